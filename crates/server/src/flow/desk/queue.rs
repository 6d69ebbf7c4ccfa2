//! A place in a queue of the desk, where its next page begins.

use domain::Timestamp;
use std::{fmt, str::FromStr};

/// Rows of a queue on one page of the console.
pub const ROWS: u32 = 50;

/// The last row of a page: since when it is there, and its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<T> {
    /// Since when.
    pub at: Timestamp,
    /// Which row of that moment.
    pub id: T,
}

/// What is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoPlace;

impl<T: fmt::Display> fmt::Display for Place<T> {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}.{}", self.at.micros(), self.id)
    }
}

impl<T: FromStr> FromStr for Place<T> {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let (at, id) = text.split_once('.').ok_or(NoPlace)?;
        let (at, id) = (at.parse().map_err(|_| NoPlace)?, id.parse().map_err(|_| NoPlace)?);
        Ok(Self { at: Timestamp::from_micros(at), id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::UserId;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_place_reads_back(at: i64, id: [u8; 16]) {
            let place = Place { at: Timestamp::from_micros(at), id: UserId::from(id) };
            prop_assert_eq!(place.to_string().parse(), Ok(place));
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = text.parse::<Place<UserId>>();
        }
    }
}
