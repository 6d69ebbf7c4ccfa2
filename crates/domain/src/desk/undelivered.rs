//! Messages that were given up: what the desk may have sent again, and until when it is of use then.

use crate::{Timestamp, messages};
use std::time::Duration;

/// How long what happened is still worth telling when it is sent again.
pub const LIFE: Duration = Duration::from_secs(86_400);

/// A message that was given up, as far as it decides whether it is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undelivered {
    /// Whether it lets somebody in or stops something: a code, or a link. Then its life is that of what is in it.
    pub opens: bool,
    /// From when on it is of no use, where that is known.
    pub until: Option<Timestamp>,
    /// When the desk last had it sent again.
    pub again_at: Option<Timestamp>,
}

/// Why it is not sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendRefusal {
    /// What is in it is of no use any more: whoever needs it asks for another.
    #[error("what is in it is of no use any more")]
    Over,
    /// Where it goes is no contact point any more, or a changed one that may not be told this yet.
    #[error("nothing is sent there any more")]
    Gone,
    /// It was sent again within a day, or as much as may be was sent there again.
    #[error("no more is sent there again within a day")]
    Enough,
}

impl Undelivered {
    /// Until when it is of use when it is sent again now. `sent` is how many messages were sent there again within a day, of `a_day`.
    pub fn again(&self, sent: u32, a_day: u32, now: Timestamp) -> Result<Timestamp, SendRefusal> {
        let until = if self.opens { self.until.filter(|until| now < *until) } else { Some(now.plus(LIFE)) };
        let until = until.ok_or(SendRefusal::Over)?;
        let lately = self.again_at.is_some_and(|at| now < at.plus(messages::DAY));
        if lately || sent >= a_day { Err(SendRefusal::Enough) } else { Ok(until) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_opens_something_never_outlives_it_and_a_day_holds_no_more(
            opens: bool, until in prop::option::of(0..400_000i64), again in prop::option::of(0..200_000i64),
            sent in 0..6u32, a_day in 1..5u32, now in 0..400_000i64,
        ) {
            let at = Timestamp::from_unix_seconds;
            let message = Undelivered { opens, until: until.map(at), again_at: again.map(at) };
            let told = message.again(sent, a_day, at(now));
            let over = opens && until.is_none_or(|until| until <= now);
            let enough = sent >= a_day || again.is_some_and(|again| now - again < 86_400);
            let end = if opens { until.unwrap_or_default() } else { now + 86_400 };
            prop_assert_eq!(told, match (over, enough) {
                (true, _) => Err(SendRefusal::Over),
                (_, true) => Err(SendRefusal::Enough),
                _ => Ok(at(end)),
            });
        }
    }
}
