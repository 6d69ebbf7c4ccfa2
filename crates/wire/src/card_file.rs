//! The state file of a software card: `countersign-client card-reader … --state FILE`.
//!
//! It stands for the card itself: it holds the key and the counter, and never the PIN, since only the
//! server can judge a PIN.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::path::PathBuf;
use zeroize::Zeroizing;

/// The file's `format` value; another value is another program's file or a newer version.
pub const FORMAT: &str = "countersign-card/1";

/// A software card.
///
/// ```
/// use wire::card_file::{Algorithm, CardFile, FORMAT};
///
/// let text = r#"{
///     "format": "countersign-card/1", "class": "gold", "serial": "7710042", "label": "Gold Device",
///     "algorithm": { "type": "totp", "digits": 6, "step": 30 }, "key": "AAECAwQFBgcICQoLDA0ODxAREhM"
/// }"#;
/// let card: CardFile = serde_json::from_str(text)?;
/// assert_eq!(card.format, FORMAT);
/// assert_eq!(card.algorithm, Algorithm::Totp { digits: 6, step: 30 });
/// assert_eq!(card.key.expose().len(), 20);
/// assert!(!format!("{card:?}").contains("AAECAw"), "a log never shows the key");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardFile {
    /// Always [`FORMAT`].
    pub format: String,
    /// The device class, e.g. `dsc-plus`.
    pub class: String,
    /// The serial number printed on the back.
    pub serial: String,
    /// The label the user knows it by.
    pub label: String,
    /// The algorithm of its responses or passcodes, with its parameters.
    pub algorithm: Algorithm,
    /// The card's key.
    pub key: KeyBytes,
    /// A file that says by how many microseconds the clock of this card's server is ahead of the system's: a demo whose
    /// clock is moved has one. A card of plastic has a clock of its own, and so has this one without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<PathBuf>,
}

/// The algorithm of a card, with its parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Algorithm {
    /// OCRA (RFC 6287).
    Ocra {
        /// The suite, e.g. `OCRA-1:HOTP-SHA256-8:C-QN06-PSHA256`.
        suite: String,
        /// The next counter to use, when the suite has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        counter: Option<u64>,
    },
    /// TOTP (RFC 6238) with HMAC-SHA-1.
    Totp {
        /// Digits of a passcode.
        digits: u8,
        /// Seconds of a time step.
        step: u32,
    },
    /// A printed code card: value of place *n* is derived from the key (see `docs/devices.md`).
    CodeCard {
        /// How many places the card has.
        places: u32,
    },
}

/// A key in a file: base64url, zeroised, never printed by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyBytes(Zeroizing<Vec<u8>>);

impl KeyBytes {
    /// Wraps key octets.
    ///
    /// ```
    /// # use wire::card_file::KeyBytes;
    /// let key = KeyBytes::new(vec![0, 1, 2]);
    /// assert_eq!(serde_json::to_string(&key).unwrap(), "\"AAEC\"", "base64url without padding");
    /// assert_eq!(format!("{key:?}"), "KeyBytes(…)");
    /// ```
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The key octets.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for KeyBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyBytes(…)")
    }
}

impl Serialize for KeyBytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&URL_SAFE_NO_PAD.encode(&*self.0))
    }
}

impl<'de> Deserialize<'de> for KeyBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        let bytes = URL_SAFE_NO_PAD.decode(text.as_bytes()).map_err(serde::de::Error::custom)?;
        Ok(Self::new(bytes))
    }
}
