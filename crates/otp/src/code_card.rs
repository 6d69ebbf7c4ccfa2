//! Printed code cards: a value from a key and a place, as HOTP's is from a key and a counter.
//!
//! No RFC defines them; they are here because the server and a software card must agree on them and share no other
//! crate that may compute with a key.

use alloc::string::String;

use zeroize::Zeroizing;

use crate::mac::Mac;
use crate::{Algorithm, Code, Key};

/// Characters of a value: capitals and digits without 0, O, 1 and I, which are misread. 32, so that five bits choose
/// one without bias.
pub const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Characters of one value.
pub const VALUE_LENGTH: usize = 3;

/// The value printed at `place`: three characters chosen by HMAC-SHA-256 of the place under the card's key.
///
/// ```
/// use otp::{Key, code_card};
///
/// let key = Key::new(vec![7; 32]);
/// let value = code_card::value(&key, 17);
/// assert_eq!(value.as_str().len(), code_card::VALUE_LENGTH);
/// assert!(value.as_str().bytes().all(|c| code_card::ALPHABET.contains(&c)));
/// assert_eq!(value.as_str(), code_card::value(&key, 17).as_str(), "what is printed does not change");
/// ```
#[must_use]
pub fn value(key: &Key, place: u32) -> Code {
    let tag = Mac::new(Algorithm::Sha256, key).tag(&[b"countersign/code-card/v1", &place.to_be_bytes()]);
    let mut text = Zeroizing::new(String::with_capacity(VALUE_LENGTH));
    for octet in tag.as_bytes().iter().take(VALUE_LENGTH) {
        text.extend(ALPHABET.get(usize::from(octet & 31)).map(|c| char::from(*c)));
    }
    Code::of_text(text)
}
