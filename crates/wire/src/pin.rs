//! What a new PIN may be. A phone's PIN never reaches the server, so the phone itself must know the rule; a card's PIN
//! passes the server, which goes by the same one. `vectors/pins.json` holds the table that every program is tested with.

use std::ops::RangeInclusive;

/// Digits of a phone's PIN.
pub const PHONE: RangeInclusive<usize> = 4..=6;
/// Digits of a card's PIN.
pub const CARD: RangeInclusive<usize> = 4..=8;

/// Why a PIN may not be chosen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    /// Something else than digits.
    #[error("a PIN has digits only")]
    Characters,
    /// Other than so many digits.
    #[error("a PIN has {} to {} digits", .0.start(), .0.end())]
    Length(RangeInclusive<usize>),
    /// One digit throughout: 7777.
    #[error("a PIN must not be one digit throughout")]
    Repeated,
    /// Digits in a row, up or down, also past 9: 3456, 4321, 8901.
    #[error("a PIN must not be digits in a row")]
    Sequence,
    /// A few digits again and again, or the same from both ends: 1212, 470470, 1221, 12321.
    #[error("a PIN must not repeat itself, nor read the same from both ends")]
    Pattern,
    /// Four digits that are a year of our time: 1900 to 2099.
    #[error("a PIN must not be a year")]
    Year,
}

impl PinError {
    /// The stable name, as in the table.
    ///
    /// ```
    /// # use wire::pin::PinError;
    /// assert_eq!(PinError::Repeated.name(), "repeated");
    /// ```
    pub fn name(&self) -> &'static str {
        match self {
            Self::Characters => "characters",
            Self::Length(_) => "length",
            Self::Repeated => "repeated",
            Self::Sequence => "sequence",
            Self::Pattern => "pattern",
            Self::Year => "year",
        }
    }
}

/// Checks a new PIN of [`PHONE`] or [`CARD`] digits. What everybody tries first is refused and no more: every refusal
/// leaves fewer PINs to guess.
///
/// ```
/// use wire::pin::{CARD, PHONE, PinError, check_new};
///
/// assert_eq!(check_new("7294", &PHONE), Ok(()));
/// assert_eq!(check_new("1234", &PHONE), Err(PinError::Sequence));
/// assert_eq!(check_new("1987", &PHONE), Err(PinError::Year));
/// assert_eq!(check_new("72940518", &PHONE), Err(PinError::Length(PHONE)));
/// assert_eq!(check_new("72940518", &CARD), Ok(()), "a card's may be longer");
/// ```
///
/// # Errors
/// The first reason that holds, in the order of [`PinError`].
pub fn check_new(pin: &str, digits: &RangeInclusive<usize>) -> Result<(), PinError> {
    let octets = pin.as_bytes();
    match () {
        () if !octets.iter().all(u8::is_ascii_digit) => return Err(PinError::Characters),
        () if !digits.contains(&octets.len()) => return Err(PinError::Length(digits.clone())),
        () => {}
    }
    let steps = |by: u8| octets.iter().zip(octets.iter().skip(1)).all(|(a, b)| (a - b'0' + by) % 10 == b - b'0');
    let repeats = |block: usize| {
        octets.len().is_multiple_of(block) && octets.iter().zip(octets.iter().skip(block)).all(|(a, b)| a == b)
    };
    match () {
        () if steps(0) => Err(PinError::Repeated),
        () if steps(1) || steps(9) => Err(PinError::Sequence),
        () if (2..=octets.len() / 2).any(repeats) => Err(PinError::Pattern),
        () if octets.iter().eq(octets.iter().rev()) => Err(PinError::Pattern),
        () if octets.len() == 4 && (pin.starts_with("19") || pin.starts_with("20")) => Err(PinError::Year),
        () => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn the_table_holds() {
        let text = include_str!("../../../vectors/pins.json");
        let table: Value = serde_json::from_str(text).unwrap();
        for (kind, digits) in [("phone", &PHONE), ("card", &CARD)] {
            assert_eq!(table["digits"][kind], serde_json::json!([digits.start(), digits.end()]));
            let rows = table[kind].as_array().unwrap();
            assert!(rows.len() > 5, "the table was not read");
            for row in rows {
                let pin = row["pin"].as_str().unwrap();
                let refused = check_new(pin, digits).err().map(|error| error.name());
                assert_eq!(refused, row["refused"].as_str(), "{kind} {pin}");
            }
        }
    }

    /// Refusing much would help whoever guesses.
    #[test]
    fn few_are_refused() {
        let refused = |length: usize| {
            let all = 0..10_u32.pow(u32::try_from(length).unwrap());
            all.filter(|n| check_new(&format!("{n:0length$}"), &CARD).is_err()).count()
        };
        assert_eq!([refused(4), refused(5), refused(6)], [406, 1020, 2010]);
    }
}
