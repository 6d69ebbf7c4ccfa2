//! The brokerage's clock.

use std::{fs, path::PathBuf, time::SystemTime};

/// The wall clock; in a demo with a test clock as far ahead as that one.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    /// A file with the microseconds to be ahead.
    ahead: Option<PathBuf>,
}

impl Clock {
    /// Ahead by what the file says whenever the clock is read.
    pub fn ahead_by(file: Option<PathBuf>) -> Self {
        Self { ahead: file }
    }

    /// Unix seconds.
    #[expect(clippy::disallowed_methods, reason = "the one place of this program that reads the clock")]
    pub fn now(&self) -> i64 {
        let ahead = self.ahead.as_ref().and_then(|file| fs::read_to_string(file).ok());
        let ahead: u64 = ahead.and_then(|text| text.trim().parse().ok()).unwrap_or(0);
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_secs().saturating_add(ahead / 1_000_000)).unwrap_or(i64::MAX)
    }
}

/// A moment as people read it, in UTC.
pub fn shown(at: i64) -> String {
    jiff::Timestamp::from_second(at).map(|at| at.strftime("%Y-%m-%d %H:%M UTC").to_string()).unwrap_or_default()
}

/// A moment as machines read it (RFC 3339).
pub fn rfc3339(at: i64) -> String {
    jiff::Timestamp::from_second(at).map(|at| at.to_string()).unwrap_or_default()
}
