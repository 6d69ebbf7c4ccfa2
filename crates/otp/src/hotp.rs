//! HOTP, a code from a key and a counter (RFC 4226).

use crate::code::Candidate;
use crate::mac::Mac;
use crate::{Algorithm, Code, Digits, Key, window};

/// The HOTP value of `counter`, with HMAC-SHA-1 (RFC 4226, 5.3).
///
/// ```
/// use otp::{Digits, Key, hotp};
///
/// // RFC 4226, appendix D.
/// let key = Key::new(b"12345678901234567890".to_vec());
/// assert_eq!(hotp::value(&key, 1, Digits::Six).as_str(), "287082");
/// ```
#[must_use]
pub fn value(key: &Key, counter: u64, digits: Digits) -> Code {
    truncated(key, Algorithm::Sha1, counter, digits)
}

/// Looks for `candidate` among the counters `from..=from + look_ahead` (RFC 4226, 7.2 and 7.4) and gives the lowest
/// that matches; the caller then accepts only counters above it.
///
/// Constant in time for a given `look_ahead`; the work grows with `look_ahead`, which the caller bounds. A candidate of
/// another length, or with anything but decimal digits, never matches.
///
/// ```
/// use otp::{Digits, Key, hotp};
///
/// let key = Key::new(b"12345678901234567890".to_vec());
/// // The token's button was pressed twice in vain: it shows the code of counter 2, and 0 is expected.
/// assert_eq!(hotp::verify(&key, 0, 20, Digits::Six, "359152"), Some(2));
/// // From then on 3 is expected, and the same code is no code any more.
/// assert_eq!(hotp::verify(&key, 3, 20, Digits::Six, "359152"), None);
/// ```
#[must_use]
pub fn verify(key: &Key, from: u64, look_ahead: u32, digits: Digits, candidate: &str) -> Option<u64> {
    search(key, Algorithm::Sha1, digits, candidate, window::ahead(from, look_ahead))
}

/// The code of one moving factor, which TOTP shares (RFC 6238, 4.2).
pub(crate) fn truncated(key: &Key, algorithm: Algorithm, factor: u64, digits: Digits) -> Code {
    Code::new(&Mac::new(algorithm, key).tag(&[&factor.to_be_bytes()]), digits.get())
}

pub(crate) fn search(
    key: &Key,
    algorithm: Algorithm,
    digits: Digits,
    candidate: &str,
    factors: impl Iterator<Item = u64>,
) -> Option<u64> {
    let mac = Mac::new(algorithm, key);
    let candidate = Candidate::new(candidate, digits.get(), algorithm.output_len());
    window::first(factors, |factor| candidate.matches(&mac.tag(&[&factor.to_be_bytes()])))
}
