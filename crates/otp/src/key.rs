//! The shared key and the hash functions that HMAC may use with it.

use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

use crate::mac::Mac;

/// A shared secret key K, in octets (RFC 4226, 5.1; RFC 6287, 5.1). Any length is taken; wiped from memory on drop.
#[derive(Clone)]
pub struct Key(Zeroizing<Vec<u8>>);

impl Key {
    /// Takes ownership of the key's octets.
    ///
    /// ```
    /// use otp::Key;
    ///
    /// let key = Key::new(b"12345678901234567890".to_vec());
    /// assert_eq!(key.len(), 20);
    /// assert_eq!(format!("{key:?}"), "Key(..)", "a log never shows it");
    /// ```
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Key {
        Key(Zeroizing::new(bytes))
    }

    /// Length of the key in octets.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the key has no octets at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The secret octets, for sealing or export.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// A digest of `parts`, by which nobody without the key finds out what they are: HMAC-SHA-256 over each part after
    /// its length, so that the same octets split elsewhere give another one.
    ///
    /// ```
    /// use otp::Key;
    ///
    /// let key = Key::new(vec![7; 32]);
    /// assert_ne!(key.digest(&[b"ab", b"c"]), key.digest(&[b"a", b"bc"]));
    /// ```
    #[must_use]
    pub fn digest(&self, parts: &[&[u8]]) -> [u8; 32] {
        let lengths: Vec<_> = parts.iter().map(|part| (part.len() as u64).to_be_bytes()).collect();
        let framed: Vec<&[u8]> =
            lengths.iter().zip(parts).flat_map(|(length, part)| [length.as_slice(), part]).collect();
        let tag = Mac::new(Algorithm::Sha256, self).tag(&framed);
        let mut digest = [0; 32];
        digest.iter_mut().zip(tag.as_bytes()).for_each(|(to, from)| *to = *from);
        digest
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// A hash function: inside HMAC, or over a PIN (RFC 6287, 5.2 and 6.3; RFC 6238, 1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// SHA-1, 20 octets.
    Sha1,
    /// SHA-256, 32 octets.
    Sha256,
    /// SHA-512, 64 octets.
    Sha512,
}

impl Algorithm {
    /// Length of the hash in octets.
    #[must_use]
    pub const fn output_len(self) -> usize {
        match self {
            Algorithm::Sha1 => 20,
            Algorithm::Sha256 => 32,
            Algorithm::Sha512 => 64,
        }
    }

    /// The name that an OCRA suite uses (RFC 6287, 6.2): `SHA1`, `SHA256` or `SHA512`, in capitals.
    ///
    /// ```
    /// # use otp::Algorithm;
    /// assert_eq!(Algorithm::Sha256.name(), "SHA256");
    /// assert_eq!(Algorithm::Sha256.output_len(), 32);
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Algorithm::Sha1 => "SHA1",
            Algorithm::Sha256 => "SHA256",
            Algorithm::Sha512 => "SHA512",
        }
    }

    /// The algorithm of that exact name, see [`Algorithm::name`].
    ///
    /// ```
    /// # use otp::Algorithm;
    /// assert_eq!(Algorithm::from_name("SHA512"), Some(Algorithm::Sha512));
    /// assert_eq!(Algorithm::from_name("sha512"), None, "letter case counts");
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Algorithm> {
        [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512].into_iter().find(|algorithm| algorithm.name() == name)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
