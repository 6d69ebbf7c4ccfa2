//! Codes: how an HMAC becomes text, and how a candidate is compared with it.

use alloc::string::String;
use core::fmt;

use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use crate::mac::Tag;

/// Room for the longest code, the 64 octets of HMAC-SHA-512 in hexadecimal.
const LONGEST: usize = 128;

/// A computed code: decimal digits with leading zeros, the whole HMAC in lower-case hexadecimal for an OCRA suite with
/// 0 digits (RFC 6287, 5.2), or a code card's value. Wiped from memory on drop, never printed by `Debug`.
#[derive(Clone)]
pub struct Code(Zeroizing<String>);

impl Code {
    /// The code as text.
    ///
    /// ```
    /// # use otp::{Digits, Key, hotp};
    /// # let key = Key::new(b"12345678901234567890".to_vec());
    /// let code = hotp::value(&key, 0, Digits::Six);
    /// assert_eq!(code.as_str(), "755224");
    /// assert_eq!(format!("{code:?}"), "Code(..)", "a log never shows it");
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A code that was put together elsewhere.
    pub(crate) fn of_text(text: Zeroizing<String>) -> Code {
        Code(text)
    }

    pub(crate) fn new(tag: &Tag, digits: u8) -> Code {
        let text = Text::new(tag, digits);
        let mut code = Zeroizing::new(String::with_capacity(LONGEST));
        code.extend(text.octets().iter().map(|octet| char::from(*octet)));
        Code(code)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(..)")
    }
}

/// How many decimal digits an HOTP or TOTP value has (RFC 4226, 5.3: six at least, seven or eight possible).
///
/// ```
/// use otp::{Digits, DigitsError};
///
/// assert_eq!(Digits::try_from(8), Ok(Digits::Eight));
/// assert_eq!(Digits::try_from(9), Err(DigitsError));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Digits {
    /// Six digits.
    Six = 6,
    /// Seven digits.
    Seven = 7,
    /// Eight digits.
    Eight = 8,
}

impl Digits {
    /// The number of digits.
    ///
    /// ```
    /// # use otp::Digits;
    /// assert_eq!(Digits::Eight.get(), 8);
    /// ```
    #[must_use]
    pub const fn get(self) -> u8 {
        self as u8
    }
}

impl TryFrom<u8> for Digits {
    type Error = DigitsError;

    fn try_from(digits: u8) -> Result<Digits, DigitsError> {
        match digits {
            6 => Ok(Digits::Six),
            7 => Ok(Digits::Seven),
            8 => Ok(Digits::Eight),
            _ => Err(DigitsError),
        }
    }
}

/// The number of digits is not 6, 7 or 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DigitsError;

impl fmt::Display for DigitsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a HOTP or TOTP value has 6, 7 or 8 digits")
    }
}

impl core::error::Error for DigitsError {}

/// A code's characters in a buffer of fixed size, so that every candidate meets the same comparison.
struct Text {
    octets: Zeroizing<[u8; LONGEST]>,
    len: usize,
}

impl Text {
    fn new(tag: &Tag, digits: u8) -> Text {
        let mut octets = Zeroizing::new([0; LONGEST]);
        if digits == 0 {
            let hex = tag.as_bytes().iter().flat_map(|octet| [octet >> 4, octet & 0x0f]).map(hex_digit);
            octets.iter_mut().zip(hex).for_each(|(to, from)| *to = from);
            return Text { octets, len: tag.as_bytes().len() * 2 };
        }
        let len = usize::from(digits);
        let mut rest = tag.truncate();
        for octet in octets.iter_mut().take(len).rev() {
            *octet = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        Text { octets, len }
    }

    fn octets(&self) -> &[u8] {
        self.octets.get(..self.len).unwrap_or_default()
    }
}

const fn hex_digit(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'a' + (nibble - 10) }
}

/// A candidate in a buffer as large as any code's.
///
/// One of another length stays all zero: no code has a zero octet, so it fails after the same work as any other.
pub(crate) struct Candidate {
    octets: Zeroizing<[u8; LONGEST]>,
    digits: u8,
}

impl Candidate {
    pub(crate) fn new(text: &str, digits: u8, tag_len: usize) -> Candidate {
        let len = if digits == 0 { tag_len * 2 } else { usize::from(digits) };
        let text = if text.len() == len { text } else { "" };
        let mut octets = Zeroizing::new([0; LONGEST]);
        octets.iter_mut().zip(text.bytes()).for_each(|(to, from)| *to = from);
        Candidate { octets, digits }
    }

    /// Whether the candidate is the code of `tag`, in constant time (RFC 4226, 7.2).
    pub(crate) fn matches(&self, tag: &Tag) -> Choice {
        Text::new(tag, self.digits).octets.as_slice().ct_eq(self.octets.as_slice())
    }
}
