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
        Algorithm::Sha1 => moved(&mut Sha1::digest(data)),
        Algorithm::Sha256 => moved(&mut Sha256::digest(data)),
        Algorithm::Sha512 => moved(&mut Sha512::digest(data)),
    }
}

/// Fills the key up to one block first (RFC 2104, 2), the one form that HMAC takes without a possible error.
fn keyed<D: EagerHash + Digest>(key: &Key) -> Hmac<D> {
    let mut block = common::Key::<Hmac<D>>::default();
    let hashed = (key.len() > block.len()).then(|| Zeroizing::new(moved(&mut D::digest(key.as_bytes()))));
    let octets = hashed.as_ref().map_or(key.as_bytes(), |hashed| hashed.as_slice());
    block.iter_mut().zip(octets).for_each(|(to, from)| *to = *from);
    let mac = Hmac::new(&block);
    block.as_mut_slice().zeroize();
    mac
}

fn tag<D: EagerHash>(mac: &Hmac<D>, parts: &[&[u8]]) -> Tag {
    let mut mac = mac.clone();
    parts.iter().for_each(|part| mac.update(part));
    Tag(Zeroizing::new(moved(&mut mac.finalize().into_bytes())))
}

/// Copies octets to the heap, whose owner wipes them, and wipes them here.
fn moved(octets: &mut [u8]) -> Vec<u8> {
    let copy = octets.to_vec();
    octets.zeroize();
    copy
}

#[cfg(test)]
mod tests {
    extern crate std;

    use alloc::format;
    use alloc::string::String;

    use super::*;

    fn hex(octets: &[u8]) -> String {
        octets.iter().map(|octet| format!("{octet:02x}")).collect()
    }

    #[test]
    fn intermediate_values_of_rfc_4226_appendix_d() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/hotp-rfc4226.json");
        let file: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let vectors = file["vectors"].as_array().unwrap();
        assert_eq!(vectors.len(), 10);
        let mac = Mac::new(Algorithm::Sha1, &Key::new(b"12345678901234567890".to_vec()));
        for vector in vectors {
            let tag = mac.tag(&[&vector["counter"].as_u64().unwrap().to_be_bytes()]);
            assert_eq!(hex(tag.as_bytes()), vector["hmac_sha1_hex"].as_str().unwrap());
            assert_eq!(u64::from(tag.truncate()), vector["truncated_decimal"].as_u64().unwrap());
        }
    }

    /// A key as long as the block is taken as it is, a longer one hashed first (RFC 2104, 2).
    #[test]
    fn keys_around_the_block_size() {
        for (algorithm, block) in [(Algorithm::Sha1, 64), (Algorithm::Sha256, 64), (Algorithm::Sha512, 128)] {
            for len in [0, 1, block - 1, block, block + 1, 3 * block] {
                let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(len).collect();
                let ours = Mac::new(algorithm, &Key::new(bytes.clone())).tag(&[b"a", b"", b"bc"]);
                let theirs = match algorithm {
                    Algorithm::Sha1 => direct::<Hmac<Sha1>>(&bytes),
                    Algorithm::Sha256 => direct::<Hmac<Sha256>>(&bytes),
                    Algorithm::Sha512 => direct::<Hmac<Sha512>>(&bytes),
                };
                assert_eq!(hex(ours.as_bytes()), hex(&theirs), "{algorithm} {len}");
                assert_eq!(ours.as_bytes().len(), algorithm.output_len());
            }
        }
    }

    fn direct<M: KeyInit + hmac::Mac>(key: &[u8]) -> Vec<u8> {
        let mut mac = <M as KeyInit>::new_from_slice(key).unwrap();
        mac.update(b"abc");
        mac.finalize().into_bytes().to_vec()
    }
}
