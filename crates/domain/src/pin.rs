//! PINs of cards with a keypad. The server judges them as part of a response; here only what may be chosen.

/// Why a PIN may not be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    /// Not 4 to 8 digits.
    #[error("a PIN has 4 to 8 digits")]
    Form,
    /// One digit throughout, or digits in a row.
    #[error("a PIN must not be one digit throughout or digits in a row")]
    Trivial,
}

/// Checks a new PIN.
pub fn check_new(pin: &str) -> Result<(), PinError> {
    let digits = pin.as_bytes();
    if !(4..=8).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return Err(PinError::Form);
    }
    let steps = |by: i16| digits.iter().zip(digits.iter().skip(1)).all(|(a, b)| i16::from(*b) - i16::from(*a) == by);
    if [-1, 0, 1].into_iter().any(steps) { Err(PinError::Trivial) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trivial_pins_are_refused() {
        for bad in ["0000", "1234", "4321", "98765432"] {
            assert_eq!(check_new(bad), Err(PinError::Trivial), "{bad}");
        }
        for bad in ["", "123", "123456789", "12a4", "１２３４"] {
            assert_eq!(check_new(bad), Err(PinError::Form), "{bad}");
        }
        assert_eq!(check_new("7294"), Ok(()));
    }
}
