//! What a carrier makes of a message, and what HTTP says of that.

use domain::Timestamp;
use reqwest::header::{self, HeaderMap};
use std::time::Duration;

/// What a carrier made of a message. The reasons are for logs and audit rows: they name no address and repeat no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It takes care of it. Whether it arrives is not known.
    Taken,
    /// It will never take this one.
    Refused(String),
    /// It may take it another time; not before this, where it says so.
    Later(String, Option<Duration>),
}

/// What went wrong, by its first cause: "error sending request" alone helps nobody.
pub(super) fn cause(error: &reqwest::Error) -> String {
    let mut first: &dyn std::error::Error = error;
    while let Some(before) = first.source() {
        first = before;
    }
    first.to_string()
}

/// `Retry-After`: seconds or a date (RFC 9110, 10.2.3).
pub(super) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(text).ok()?;
    Some(Timestamp::from_micros(date.timestamp().as_microsecond()).since(now))
}
