//! How the devices of a file compute, as far as that is supported.

use domain::device::Algorithm;

/// What shows passcodes.
pub(super) enum Kind {
    Hotp,
    /// With the seconds of a step.
    Totp(u64),
}

/// What shows passcodes of so many digits, six where it is not said.
pub(super) fn one_time(kind: Kind, suite: Option<&str>, digits: Option<u8>) -> Result<Algorithm, String> {
    if let Some(other) = suite.filter(|suite| !["HMAC-SHA1", "HMAC-SHA-1", "SHA1", "SHA-1"].contains(suite)) {
        return Err(format!("{other} is not supported here for passcodes: HMAC-SHA1 is"));
    }
    let digits = digits.unwrap_or(6);
    if !(6..=8).contains(&digits) {
        return Err("a passcode has 6 to 8 digits".to_owned());
    }
    match kind {
        Kind::Hotp => Ok(Algorithm::Hotp { digits }),
        Kind::Totp(step) => match u32::try_from(step) {
            Ok(step) if (1..=3600).contains(&step) => Ok(Algorithm::Totp { digits, step }),
            _ => Err("a time step has 1 to 3600 seconds".to_owned()),
        },
    }
}

/// What answers by a suite.
pub(super) fn ocra(suite: Option<&str>) -> Result<Algorithm, String> {
    Algorithm::ocra(suite.ok_or("an OCRA key needs its suite")?)
        .ok_or_else(|| "this is no OCRA suite (RFC 6287, 6)".to_owned())
}
