//! TOTP, HOTP with the number of time steps as its counter (RFC 6238).

use crate::{Algorithm, Code, Digits, Key, hotp, window};

/// The TOTP value of one time step (RFC 6238, 4.2). SHA-256 and SHA-512 are as valid as SHA-1 (1.2).
#[must_use]
pub fn value(key: &Key, algorithm: Algorithm, step: u64, digits: Digits) -> Code {
    hotp::truncated(key, algorithm, step, digits)
}

/// Looks for `candidate` among the time steps `step - back..=step + ahead` (RFC 6238, 5.2 and 6) and gives the earliest
/// that matches; the caller refuses a step that it accepted before.
///
/// Constant in time for a given `back` and `ahead`, which the caller bounds. A candidate of another length, or with
/// anything but decimal digits, never matches.
#[expect(clippy::too_many_arguments, reason = "a window around a step has two widths")]
#[must_use]
pub fn verify(
    key: &Key,
    algorithm: Algorithm,
    step: u64,
    back: u32,
    ahead: u32,
    digits: Digits,
    candidate: &str,
) -> Option<u64> {
    hotp::search(key, algorithm, digits, candidate, window::around(step, back, ahead))
}

/// The time step T of a Unix time, counted from 0 (RFC 6238, 4.2 with T0 = 0). A step of 0 s is taken as 1 s.
#[must_use]
pub fn step_at(unix_seconds: u64, step_seconds: u32) -> u64 {
    unix_seconds / u64::from(step_seconds.max(1))
}
