//! Whether the server can serve.

use crate::app::App;
use domain::Timestamp;
use std::{sync::Arc, time::Duration};
use store::{Error, Fit, MigrationError};

/// How long a probe waits for the answer. A database that needs longer serves nobody.
const PATIENCE: Duration = Duration::from_secs(3);
/// How far this machine's clock may be from the database's.
const SKEW: Duration = Duration::from_secs(10);
/// How far it may be behind what this machine itself wrote before.
const STEP_BACK: Duration = Duration::from_secs(60);

/// What keeps the server from serving, in words for operators.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// It does not answer in time.
    #[error("the database does not answer")]
    Silent,
    /// It cannot be reached, is full, or says something else.
    #[error("{0}")]
    Database(Error),
    /// Another process holds it.
    #[error("the database cannot be written to: another process holds it")]
    Held,
    /// It lacks what this program needs.
    #[error("the database is to be brought up to date ({0}): countersign migrate")]
    Behind(String),
    /// Its tables and this program do not fit.
    #[error(transparent)]
    Schema(#[from] MigrationError),
    /// The clocks of this machine and the database's differ.
    #[error("this machine's clock is {0} seconds from the database's")]
    Skew(u64),
    /// This machine's clock was ahead before.
    #[error("this machine's clock is {0} seconds behind what it was")]
    Back(u64),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        match error {
            Error::Busy => Self::Held,
            Error::Migration(error) => Self::Schema(error),
            error => Self::Database(error),
        }
    }
}

/// Whether the database answers, has the tables that this program needs, is written to, and has the time that we have.
/// What a newer program added is no trouble; its names are given.
pub async fn ready(app: &Arc<App>) -> Result<Vec<String>, Trouble> {
    let found = tokio::time::timeout(PATIENCE, look(app)).await.unwrap_or(Err(Trouble::Silent));
    app.readiness.found(found.as_ref().err().map(ToString::to_string).as_deref());
    found
}

async fn look(app: &Arc<App>) -> Result<Vec<String>, Trouble> {
    let asking = app.readiness.ask().ok_or(Trouble::Silent)?;
    let store = app.store.clone();
    // Both block their thread, for as long as the database likes: whoever asks meanwhile is told that it is silent.
    let looked = tokio::task::spawn_blocking(move || {
        let found = store.fit(store::MIGRATIONS).and_then(|fit| Ok((fit, store.clock()?)));
        (found, asking)
    });
    let (found, _asking) = looked.await.map_err(|_| Trouble::Database(Error::Panicked))?;
    let (Fit { pending, newer }, theirs) = found?;
    if !pending.is_empty() {
        return Err(Trouble::Behind(pending.join(", ")));
    }
    let now = app.now();
    let last = app.store.write(move |sql| store::pulse::beat(sql, now)).await?;
    // A test's clock runs ahead of every database's on purpose.
    let ours = now.minus(app.clock.ahead_by());
    clocks_agree(ours, theirs.map(Timestamp::from_micros), last.map(|last| last.minus(app.clock.ahead_by())))?;
    Ok(newer)
}

/// A database on another machine has a clock to compare with; one on this machine has what was written last.
fn clocks_agree(ours: Timestamp, theirs: Option<Timestamp>, last: Option<Timestamp>) -> Result<(), Trouble> {
    if let Some(theirs) = theirs {
        let apart = ours.since(theirs).max(theirs.since(ours));
        return if apart > SKEW { Err(Trouble::Skew(apart.as_secs())) } else { Ok(()) };
    }
    match last.map(|last| last.since(ours)) {
        Some(back) if back > STEP_BACK => Err(Trouble::Back(back.as_secs())),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_compared_with_the_databases_or_with_what_was_before() {
        let at = |seconds: i64| Timestamp::from_unix_seconds(1_800_000_000 + seconds);
        assert_eq!(clocks_agree(at(0), Some(at(9)), None), Ok(()));
        assert_eq!(clocks_agree(at(0), Some(at(11)), None), Err(Trouble::Skew(11)));
        assert_eq!(clocks_agree(at(11), Some(at(0)), None), Err(Trouble::Skew(11)));
        assert_eq!(clocks_agree(at(0), Some(at(0)), Some(at(3600))), Ok(()), "another node's trouble is not ours");
        assert_eq!(clocks_agree(at(0), None, Some(at(3600))), Err(Trouble::Back(3600)));
        assert_eq!(clocks_agree(at(0), None, Some(at(30))), Ok(()));
        assert_eq!(clocks_agree(at(0), None, Some(at(-86_400))), Ok(()), "a server that was off for a day");
    }
}
