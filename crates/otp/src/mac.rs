//! HMAC over the three hash functions, keyed once and used for a whole window.

use alloc::vec::Vec;

use hmac::digest::block_api::EagerHash;
use hmac::digest::{Digest, common};
use hmac::{Hmac, KeyInit, Mac as _};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use zeroize::{Zeroize, Zeroizing};

use crate::{Algorithm, Key};

/// An HMAC that has already taken its key.
pub(crate) enum Mac {
    Sha1(Hmac<Sha1>),
    Sha256(Hmac<Sha256>),
    Sha512(Hmac<Sha512>),
}

impl Mac {
    pub(crate) fn new(algorithm: Algorithm, key: &Key) -> Mac {
        match algorithm {
            Algorithm::Sha1 => Mac::Sha1(keyed(key)),
            Algorithm::Sha256 => Mac::Sha256(keyed(key)),
            Algorithm::Sha512 => Mac::Sha512(keyed(key)),
        }
    }

    /// The HMAC of the parts joined.
    pub(crate) fn tag(&self, parts: &[&[u8]]) -> Tag {
        match self {
            Mac::Sha1(mac) => tag(mac, parts),
            Mac::Sha256(mac) => tag(mac, parts),
            Mac::Sha512(mac) => tag(mac, parts),
        }
    }
}

/// An HMAC value of 20, 32 or 64 octets.
pub(crate) struct Tag(Zeroizing<Vec<u8>>);

impl Tag {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Dynamic truncation to 31 bits (RFC 4226, 5.3).
    pub(crate) fn truncate(&self) -> u32 {
        let offset = usize::from(self.0.last().copied().unwrap_or(0) & 0x0f);
        let word = self.0.iter().skip(offset).take(4).fold(0, |word: u32, octet| (word << 8) | u32::from(*octet));
        word & 0x7fff_ffff
    }
}

/// The plain hash of `data`, as OCRA takes of a PIN.
pub(crate) fn hash(algorithm: Algorithm, data: &[u8]) -> Vec<u8> {
    match algorithm {
        Algorithm::Sha1 => Sha1::digest(data).to_vec(),
        Algorithm::Sha256 => Sha256::digest(data).to_vec(),
        Algorithm::Sha512 => Sha512::digest(data).to_vec(),
    }
}

/// Fills the key up to one block first (RFC 2104, 2), the one form that HMAC takes without a possible error.
fn keyed<D: EagerHash + Digest>(key: &Key) -> Hmac<D> {
    let mut block = common::Key::<Hmac<D>>::default();
    let mut hashed = if key.len() > block.len() { D::digest(key.as_bytes()).to_vec() } else { Vec::new() };
    let octets = if hashed.is_empty() { key.as_bytes() } else { &hashed };
    block.iter_mut().zip(octets).for_each(|(to, from)| *to = *from);
    let mac = Hmac::new(&block);
    block.as_mut_slice().zeroize();
    hashed.zeroize();
    mac
}

fn tag<D: EagerHash>(mac: &Hmac<D>, parts: &[&[u8]]) -> Tag {
    let mut mac = mac.clone();
    parts.iter().for_each(|part| mac.update(part));
    Tag(Zeroizing::new(mac.finalize().into_bytes().to_vec()))
}
