//! Envelope encryption of what must not be readable in a stolen database: AES-256-GCM under data-encryption keys, which
//! the table `data_keys` holds wrapped by a key-encryption key (KEK) that is never in the database.
//!
//! A sealed value is `version (1) ‖ data key id (4, big-endian) ‖ nonce (12) ‖ ciphertext ‖ tag (16)`. Table, row and
//! field are additional data, so a value that was moved elsewhere does not open. A nonce is 12 random octets given by
//! the caller; one data key must therefore seal no more than 2^32 values (NIST SP 800-38D, 8.3) before
//! [`new_data_key`] makes the next one.

mod keyring;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

pub use self::keyring::{KekId, KeyRing};
use crate::sql::{params, statements};
use crate::{Error, Sql};

const VERSION: u8 = 1;
const HEADER: usize = 1 + 4;
const TAG: usize = 16;

/// What can go wrong with sealed values and keys.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The key file cannot be read.
    #[error("the key file cannot be read: {0}")]
    KeyFile(String),
    /// A line of the key file is no key.
    #[error("line {line} of the key file is not 64 hexadecimal digits")]
    KeyLine {
        /// The line, counted from 1.
        line: usize,
    },
    /// The key file holds no key.
    #[error("the key file holds no key")]
    NoKey,
    /// The data keys were wrapped by a key that was not given: most likely it is the wrong key file.
    #[error(
        "this database's data keys are wrapped by key {wanted}, which the key file does not hold (it holds {held})"
    )]
    WrongKey {
        /// The key that is needed.
        wanted: KekId,
        /// The current one of those given.
        held: KekId,
    },
    /// The database has no data key yet.
    #[error("the database has no data key yet")]
    NoDataKey,
    /// A value was sealed by a data key that is not known; it may be newer than the last [`Sealer::reload`].
    #[error("data key {id} is not known")]
    UnknownDataKey {
        /// Its id.
        id: u32,
    },
    /// A value did not open: it was changed, or belongs to another row or field.
    #[error("{table}.{field}: a sealed value was changed or belongs elsewhere")]
    Refused {
        /// The table it was read from.
        table: &'static str,
        /// The field it was read from.
        field: &'static str,
    },
    /// A value is longer than AES-GCM takes.
    #[error("a value is too long to be sealed")]
    TooLong,
}

/// Where a sealed value lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context<'a> {
    /// The table.
    pub table: &'static str,
    /// The row's primary key; of a key with several columns, those that tell the row apart in the table, in order.
    pub row: &'a [u8],
    /// The column.
    pub field: &'static str,
}

impl Context<'_> {
    /// The additional data: each part with its length, so that no two places read alike.
    fn authenticated(&self, header: &[u8]) -> Vec<u8> {
        let mut bytes = header.to_vec();
        for part in [self.table.as_bytes(), self.row, self.field.as_bytes()] {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        bytes
    }

    fn refused(&self) -> SealError {
        SealError::Refused { table: self.table, field: self.field }
    }
}

/// A new data-encryption key: 44 octets from the server's random generator.
pub struct FreshKey {
    key: Zeroizing<[u8; 32]>,
    nonce: [u8; NONCE_LEN],
}

impl FreshKey {
    /// `key` must be random and used for nothing else; `nonce` random.
    #[must_use]
    pub fn new(key: Zeroizing<[u8; 32]>, nonce: [u8; NONCE_LEN]) -> Self {
        Self { key, nonce }
    }
}

statements! {
    /// Every data key, oldest first.
    DATA_KEYS = "SELECT id, kek_id, wrapped FROM data_keys ORDER BY id";
    /// Adds a data key.
    ADD_DATA_KEY = "INSERT INTO data_keys (id, kek_id, wrapped, created_at) VALUES ($1, $2, $3, $4)";
    /// Replaces the wrapping of a data key.
    REWRAP = "UPDATE data_keys SET kek_id = $1, wrapped = $2 WHERE id = $3 AND kek_id = $4";
}

/// Adds a data key, which seals all values from the next [`Sealer::reload`] on; older ones still open what they sealed.
/// `now`: microseconds since 1970. Gives its id.
pub fn new_data_key(sql: &mut dyn Sql, ring: &KeyRing, fresh: &FreshKey, now: i64) -> Result<u32, Error> {
    let last = sql.rows(DATA_KEYS, &[])?.last().map_or(Ok(0), |row| row.u32(0))?;
    let id = last.checked_add(1).ok_or(SealError::TooLong)?;
    let wrapped = ring.wrap(id, &fresh.key, fresh.nonce)?;
    sql.exec(ADD_DATA_KEY, &params![id, ring.current().0, wrapped, now])?;
    Ok(id)
}

/// Wraps every data key by the ring's current key and gives how many were wrapped by another. Values stay as they are.
/// `nonce` gives 12 random octets at each call.
pub fn rewrap(sql: &mut dyn Sql, ring: &KeyRing, nonce: &dyn Fn() -> [u8; NONCE_LEN]) -> Result<u64, Error> {
    let mut changed = 0;
    for row in sql.rows(DATA_KEYS, &[])? {
        let (id, kek) = (row.u32(0)?, KekId(row.array(1)?));
        if kek == ring.current() {
            continue;
        }
        let key = ring.unwrap(id, kek, row.bytes(2)?)?;
        let wrapped = ring.wrap(id, &key, nonce())?;
        changed += sql.exec(REWRAP, &params![ring.current().0, wrapped, id, kek.0])?;
    }
    Ok(changed)
}

/// The unwrapped data keys, in memory. Clones share them.
#[derive(Clone)]
pub struct Sealer {
    keys: Arc<RwLock<BTreeMap<u32, LessSafeKey>>>,
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer")
    }
}

impl Sealer {
    /// Unwraps all data keys. [`SealError::NoDataKey`] if there are none, [`SealError::WrongKey`] if the ring cannot.
    pub fn load(sql: &mut dyn Sql, ring: &KeyRing) -> Result<Self, Error> {
        let sealer = Self { keys: Arc::default() };
        sealer.reload(sql, ring)?;
        Ok(sealer)
    }

    /// [`Sealer::load`], after making the first data key of a new database.
    pub fn load_or_create(sql: &mut dyn Sql, ring: &KeyRing, fresh: &FreshKey, now: i64) -> Result<Self, Error> {
        match Self::load(sql, ring) {
            Err(Error::Seal(SealError::NoDataKey)) => {
                new_data_key(sql, ring, fresh, now)?;
                Self::load(sql, ring)
            }
            loaded => loaded,
        }
    }

    /// Reads the data keys again, such as when another node made a new one. On an error the old ones stay.
    pub fn reload(&self, sql: &mut dyn Sql, ring: &KeyRing) -> Result<(), Error> {
        let mut keys = BTreeMap::new();
        for row in sql.rows(DATA_KEYS, &[])? {
            let id = row.u32(0)?;
            let key = ring.unwrap(id, KekId(row.array(1)?), row.bytes(2)?)?;
            keys.insert(id, aes_key(&key)?);
        }
        if keys.is_empty() {
            return Err(SealError::NoDataKey.into());
        }
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(())
    }

    /// Seals a value by the newest data key. `nonce` must be random, and new for every value.
    pub fn seal(&self, context: &Context<'_>, plaintext: &[u8], nonce: [u8; NONCE_LEN]) -> Result<Vec<u8>, SealError> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let (id, key) = keys.last_key_value().ok_or(SealError::NoDataKey)?;
        let mut header = vec![VERSION];
        header.extend_from_slice(&id.to_be_bytes());
        let aad = context.authenticated(&header);
        let sealed = seal_with(key, &aad, nonce, plaintext)?;
        Ok([header, sealed].concat())
    }

    /// Opens a value that was sealed for this very table, row and field.
    pub fn open(&self, context: &Context<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (header, body) = sealed.split_at_checked(HEADER).ok_or_else(|| context.refused())?;
        let (&version, id) = header.split_first().ok_or_else(|| context.refused())?;
        if version != VERSION {
            return Err(context.refused());
        }
        let id = u32::from_be_bytes(id.try_into().map_err(|_| context.refused())?);
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let key = keys.get(&id).ok_or(SealError::UnknownDataKey { id })?;
        open_with(key, &context.authenticated(header), body).ok_or_else(|| context.refused())
    }
}

fn aes_key(bytes: &[u8; 32]) -> Result<LessSafeKey, SealError> {
    UnboundKey::new(&AES_256_GCM, bytes).map(LessSafeKey::new).map_err(|_| SealError::NoKey)
}

/// `nonce ‖ ciphertext ‖ tag`. The buffer is made in its full length at once: growing would leave plaintext behind.
fn seal_with(key: &LessSafeKey, aad: &[u8], nonce: [u8; NONCE_LEN], plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
    let mut sealed = Vec::with_capacity(NONCE_LEN + plaintext.len() + TAG);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plaintext);
    let (_, text) = sealed.split_at_mut_checked(NONCE_LEN).ok_or(SealError::TooLong)?;
    let tag = key
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(aad), text)
        .map_err(|_| SealError::TooLong)?;
    sealed.extend_from_slice(tag.as_ref());
    Ok(sealed)
}

fn open_with(key: &LessSafeKey, aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, text) = sealed.split_first_chunk::<NONCE_LEN>()?;
    let mut text = Zeroizing::new(text.to_vec());
    let length = key.open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(aad), &mut text).ok()?.len();
    text.truncate(length);
    Some(text)
}
