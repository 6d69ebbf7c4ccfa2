//! The key-encryption keys, read from a file that is not in the database.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::aead::{LessSafeKey, NONCE_LEN};
use aws_lc_rs::digest::{Context as Digest, SHA256};
use zeroize::Zeroizing;

use super::{SealError, aes_key, open_with, seal_with};

/// The name of a key-encryption key: the first four octets of SHA-256("countersign kek" ‖ key), so that a wrong key
/// file is told as such.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KekId(pub(super) [u8; 4]);

impl KekId {
    fn of(key: &[u8; 32]) -> Self {
        let mut digest = Digest::new(&SHA256);
        digest.update(b"countersign kek");
        digest.update(key);
        Self(digest.finish().as_ref().first_chunk().copied().unwrap_or_default())
    }
}

impl fmt::Display for KekId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

impl fmt::Debug for KekId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KekId({self})")
    }
}

/// The key-encryption keys: the current one wraps, the others still unwrap. Clones share them.
#[derive(Clone)]
pub struct KeyRing {
    current: KekId,
    keys: Arc<[(KekId, LessSafeKey)]>,
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<_> = self.keys.iter().map(|(id, _)| id).collect();
        f.debug_struct("KeyRing").field("current", &self.current).field("keys", &ids).finish()
    }
}

impl KeyRing {
    /// The first key is the current one.
    pub fn new(keys: &[Zeroizing<[u8; 32]>]) -> Result<Self, SealError> {
        let current = KekId::of(keys.first().ok_or(SealError::NoKey)?);
        let keys: Result<Vec<_>, SealError> = keys.iter().map(|key| Ok((KekId::of(key), aes_key(key)?))).collect();
        Ok(Self { current, keys: keys?.into() })
    }

    /// One key a line, as 64 hexadecimal digits, the current one first. Empty lines and lines with `#` are skipped.
    pub fn parse(text: &str) -> Result<Self, SealError> {
        let lines = text.lines().map(str::trim).zip(1..);
        let keys = lines.filter(|(line, _)| !line.is_empty() && !line.starts_with('#'));
        let keys: Result<Vec<_>, _> =
            keys.map(|(text, line)| hex_key(text).ok_or(SealError::KeyLine { line })).collect();
        Self::new(&keys?)
    }

    /// Reads a file for [`KeyRing::parse`].
    pub fn from_file(path: &Path) -> Result<Self, SealError> {
        let text = std::fs::read_to_string(path).map_err(|error| SealError::KeyFile(error.to_string()))?;
        Self::parse(&Zeroizing::new(text))
    }

    /// The key that wraps.
    #[must_use]
    pub fn current(&self) -> KekId {
        self.current
    }

    fn key(&self, wanted: KekId) -> Result<&LessSafeKey, SealError> {
        let found = self.keys.iter().find(|(id, _)| *id == wanted).map(|(_, key)| key);
        found.ok_or(SealError::WrongKey { wanted, held: self.current })
    }

    /// Wraps a data key by the current key.
    pub(super) fn wrap(&self, id: u32, key: &[u8; 32], nonce: [u8; NONCE_LEN]) -> Result<Vec<u8>, SealError> {
        seal_with(self.key(self.current)?, &authenticated(id, self.current), nonce, key)
    }

    pub(super) fn unwrap(&self, id: u32, kek: KekId, wrapped: &[u8]) -> Result<Zeroizing<[u8; 32]>, SealError> {
        let refused = SealError::Refused { table: "data_keys", field: "wrapped" };
        let opened = open_with(self.key(kek)?, &authenticated(id, kek), wrapped).ok_or(refused.clone())?;
        opened.as_slice().try_into().map(Zeroizing::new).map_err(|_| refused)
    }
}

fn authenticated(id: u32, kek: KekId) -> Vec<u8> {
    [b"countersign data key".as_slice(), &id.to_be_bytes(), &kek.0].concat()
}

fn hex_key(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let mut key = Zeroizing::new([0; 32]);
    if text.len() != 2 * key.len() || !text.is_ascii() {
        return None;
    }
    let digit = |character: u8| char::from(character).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    for (octet, pair) in key.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *octet = digit(*high)? << 4 | digit(*low)?;
    }
    Some(key)
}
