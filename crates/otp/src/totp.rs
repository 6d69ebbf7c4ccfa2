//! TOTP, HOTP with the number of time steps as its counter (RFC 6238).

use crate::{Algorithm, Code, Digits, Key, hotp, window};

/// The TOTP value of one time step (RFC 6238, 4.2). SHA-256 and SHA-512 are as valid as SHA-1 (1.2).
///
/// ```
/// use otp::{Algorithm, Digits, Key, totp};
///
/// // RFC 6238, appendix B, at 59 s.
/// let key = Key::new(b"12345678901234567890".to_vec());
/// let step = totp::step_at(59, 30);
/// assert_eq!(totp::value(&key, Algorithm::Sha1, step, Digits::Eight).as_str(), "94287082");
/// ```
#[must_use]
pub fn value(key: &Key, algorithm: Algorithm, step: u64, digits: Digits) -> Code {
    hotp::truncated(key, algorithm, step, digits)
}

/// Looks for `candidate` among the time steps `step - back..=step + ahead` (RFC 6238, 5.2 and 6) and gives the earliest
/// that matches; the caller refuses a step that it accepted before.
///
/// Constant in time for a given `back` and `ahead`, which the caller bounds. A candidate of another length, or with
/// anything but decimal digits, never matches.
///
/// ```
/// use otp::{Algorithm, Digits, Key, totp};
///
/// let key = Key::new(b"12345678901234567890".to_vec());
/// // The token's clock is one step behind the server's: a step of drift is forgiven either way.
/// let now = totp::step_at(59, 30) + 1;
/// assert_eq!(totp::verify(&key, Algorithm::Sha1, now, 1, 1, Digits::Eight, "94287082"), Some(now - 1));
/// assert_eq!(totp::verify(&key, Algorithm::Sha1, now, 0, 1, Digits::Eight, "94287082"), None);
/// ```
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
///
/// ```
/// # use otp::totp;
/// assert_eq!(totp::step_at(59, 30), 1);
/// assert_eq!(totp::step_at(60, 30), 2);
/// ```
#[must_use]
pub fn step_at(unix_seconds: u64, step_seconds: u32) -> u64 {
    unix_seconds / u64::from(step_seconds.max(1))
}
