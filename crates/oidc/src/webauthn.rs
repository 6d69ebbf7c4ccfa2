//! Assertions of a platform authenticator (Web Authentication Level 3, 7.2), as a signature over data of ours: the
//! challenge is the hash of what is signed, and the user was verified.

use crate::jwk::PublicKey;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// Most octets of each part.
const MOST: usize = 2048;

/// Flags of authenticator data (6.1): the user was present, and verified; the credential may be backed up, and is.
const UP: u8 = 0x01;
const UV: u8 = 0x04;
const BE: u8 = 0x08;
const BS: u8 = 0x10;

/// Octets of authenticator data without extensions: the RP ID's hash, flags, counter.
const SHORTEST: usize = 37;

/// An assertion, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// `authenticatorData`.
    pub authenticator_data: Vec<u8>,
    /// `clientDataJSON`.
    pub client_data: Vec<u8>,
    /// `signature`, DER.
    pub signature: Vec<u8>,
}

/// What an assertion must fit.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The credential's public key (ES256).
    pub key: &'a PublicKey,
    /// The relying party's id: a host name.
    pub rp_id: &'a str,
    /// The page's origin.
    pub origin: &'a str,
    /// The challenge.
    pub challenge: &'a [u8],
    /// The counter of the assertion before this one.
    pub counter: u32,
}

/// Why an assertion does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AssertionError {
    /// Not of the form.
    #[error("the assertion is malformed")]
    Malformed,
    /// Made by another ceremony.
    #[error("type is not webauthn.get")]
    Type,
    /// For another challenge.
    #[error("the challenge is another one")]
    Challenge,
    /// Made on another site's page.
    #[error("the origin is another one")]
    Origin,
    /// Made inside another site's page.
    #[error("a page of another origin took part")]
    CrossOrigin,
    /// For another relying party.
    #[error("the RP ID is another one")]
    RpId,
    /// Nobody was there.
    #[error("the user was not present")]
    Presence,
    /// Nobody was verified.
    #[error("the user was not verified")]
    Verification,
    /// Backed up, though it cannot be.
    #[error("the backup flags contradict each other")]
    Backup,
    /// Signed by another key, or altered.
    #[error("the signature does not hold")]
    Signature,
    /// The counter went back: there may be a copy of the authenticator.
    #[error("the signature counter did not grow")]
    Counter,
}

#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: bool,
    #[serde(rename = "topOrigin")]
    top_origin: Option<String>,
}

/// Checks an assertion, and gives the counter that it carries. Zero says that the authenticator counts nothing.
pub fn verify(assertion: &Assertion, expected: &Expected<'_>) -> Result<u32, AssertionError> {
    let Assertion { authenticator_data, client_data, signature } = assertion;
    if [authenticator_data, client_data, signature].iter().any(|part| part.len() > MOST) {
        return Err(AssertionError::Malformed);
    }
    client_data_fits(client_data, expected)?;
    let counter = authenticator_data_fits(authenticator_data, expected)?;
    let signed = [authenticator_data.as_slice(), &Sha256::digest(client_data)].concat();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, expected.key.sec1())
        .verify(&signed, signature)
        .map_err(|_| AssertionError::Signature)?;
    // Only what is signed may be believed to be a copy's.
    if (counter != 0 || expected.counter != 0) && counter <= expected.counter {
        return Err(AssertionError::Counter);
    }
    Ok(counter)
}

fn client_data_fits(octets: &[u8], expected: &Expected<'_>) -> Result<(), AssertionError> {
    let data: ClientData = serde_json::from_slice(octets).map_err(|_| AssertionError::Malformed)?;
    let challenge = URL_SAFE_NO_PAD.decode(&data.challenge).map_err(|_| AssertionError::Malformed)?;
    for (holds, error) in [
        (data.kind == "webauthn.get", AssertionError::Type),
        (bool::from(challenge.ct_eq(expected.challenge)), AssertionError::Challenge),
        (data.origin == expected.origin, AssertionError::Origin),
        (!data.cross_origin && data.top_origin.is_none(), AssertionError::CrossOrigin),
    ] {
        if !holds {
            return Err(error);
        }
    }
    Ok(())
}

fn authenticator_data_fits(octets: &[u8], expected: &Expected<'_>) -> Result<u32, AssertionError> {
    let (head, _) = octets.split_at_checked(SHORTEST).ok_or(AssertionError::Malformed)?;
    let (rp_id, rest) = head.split_at(32);
    let (Some((flags, counter)), hash) = (rest.split_first(), Sha256::digest(expected.rp_id)) else {
        return Err(AssertionError::Malformed);
    };
    let counter = counter.try_into().map(u32::from_be_bytes).map_err(|_| AssertionError::Malformed)?;
    for (holds, error) in [
        (rp_id == hash.as_slice(), AssertionError::RpId),
        (flags & UP != 0, AssertionError::Presence),
        (flags & UV != 0, AssertionError::Verification),
        (flags & BS == 0 || flags & BE != 0, AssertionError::Backup),
    ] {
        if !holds {
            return Err(error);
        }
    }
    Ok(counter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    const VECTORS: &str = include_str!("../../../vectors/webauthn-l3.json");

    fn octets(value: &Value) -> Vec<u8> {
        let text = value.as_str().unwrap();
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }

    /// The vectors' ES256 credentials, each with what its sign-in must fit. The key is in the attested credential data
    /// at the registration's end: COSE's -2 and -3, 32 octets each.
    fn each(mut check: impl FnMut(&str, &Assertion, &Expected<'_>)) -> usize {
        let all: Value = serde_json::from_str(VECTORS).unwrap();
        let (rp_id, origin) = (all["rp_id"].as_str().unwrap(), all["origin"].as_str().unwrap());
        let mut count = 0;
        for vector in all["vectors"].as_array().unwrap().iter().filter(|vector| vector["alg"] == -7) {
            let attested = octets(&vector["registration"]["attestationObject"]);
            let at = |marker: &[u8]| attested.windows(3).rposition(|three| three == marker).map(|at| at + 3);
            let (Some(x), Some(y)) = (at(&[0x21, 0x58, 0x20]), at(&[0x22, 0x58, 0x20])) else { continue };
            let coordinate = |at: usize| <[u8; 32]>::try_from(&attested[at..at + 32]).unwrap();
            let key = PublicKey::of_coordinates(coordinate(x), coordinate(y)).unwrap();
            let signed = &vector["authentication"];
            let assertion = Assertion {
                authenticator_data: octets(&signed["authenticatorData"]),
                client_data: octets(&signed["clientDataJSON"]),
                signature: octets(&signed["signature"]),
            };
            let challenge = octets(&signed["challenge"]);
            check(
                vector["id"].as_str().unwrap(),
                &assertion,
                &Expected { key: &key, rp_id, origin, challenge: &challenge, counter: 0 },
            );
            count += 1;
        }
        count
    }

    /// What a vector must come to: those without user verification, or of another site's frame, are refused.
    fn wanted(assertion: &Assertion) -> Result<(), AssertionError> {
        let data: Value = serde_json::from_slice(&assertion.client_data).unwrap();
        match assertion.authenticator_data[32] {
            _ if data["crossOrigin"] == true || data.get("topOrigin").is_some() => Err(AssertionError::CrossOrigin),
            flags if flags & UV == 0 => Err(AssertionError::Verification),
            _ => Ok(()),
        }
    }

    #[test]
    fn the_w3c_vectors_are_judged() {
        let (mut held, mut refused) = (0, 0);
        let count = each(|id, assertion, expected| {
            let found = verify(assertion, expected).map(|_| ());
            assert_eq!(found, wanted(assertion), "{id}");
            if found.is_ok() { held += 1 } else { refused += 1 }
        });
        assert!(count >= 5 && held >= 1 && refused >= 1, "{count} vectors, {held} held, {refused} refused");
    }

    #[test]
    fn each_changed_part_is_refused() {
        let mut tried = 0;
        each(|id, assertion, expected| {
            if wanted(assertion).is_err() {
                return;
            }
            tried += 1;
            let other = PublicKey::of(&serde_json::json!({
                "kty": "EC", "crv": "P-256",
                "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
            }))
            .unwrap();
            let flags = |set: u8, clear: u8| {
                let mut changed = assertion.clone();
                changed.authenticator_data[32] = (changed.authenticator_data[32] | set) & !clear;
                changed
            };
            let client_data = |from: &str, to: &str| {
                let text = String::from_utf8(assertion.client_data.clone()).unwrap();
                assert!(text.contains(from), "{id}: {text}");
                Assertion { client_data: text.replace(from, to).into_bytes(), ..assertion.clone() }
            };
            let short = Assertion { authenticator_data: vec![0; 36], ..assertion.clone() };
            let signed = Assertion { signature: assertion.signature[1..].to_vec(), ..assertion.clone() };
            for (what, assertion, expected, error) in [
                ("key", assertion.clone(), Expected { key: &other, ..*expected }, AssertionError::Signature),
                ("rp id", assertion.clone(), Expected { rp_id: "example.com", ..*expected }, AssertionError::RpId),
                (
                    "origin",
                    assertion.clone(),
                    Expected { origin: "https://a.test", ..*expected },
                    AssertionError::Origin,
                ),
                ("challenge", assertion.clone(), Expected { challenge: b"x", ..*expected }, AssertionError::Challenge),
                ("presence", flags(0, UP), *expected, AssertionError::Presence),
                ("verification", flags(0, UV), *expected, AssertionError::Verification),
                ("backup", flags(BS, BE), *expected, AssertionError::Backup),
                ("ceremony", client_data("webauthn.get", "webauthn.create"), *expected, AssertionError::Type),
                ("spaces", client_data("{", "{ "), *expected, AssertionError::Signature),
                ("length", short, *expected, AssertionError::Malformed),
                ("signature", signed, *expected, AssertionError::Signature),
                ("counter", assertion.clone(), Expected { counter: u32::MAX, ..*expected }, AssertionError::Counter),
            ] {
                assert_eq!(verify(&assertion, &expected).err(), Some(error), "{id}: {what}");
            }
        });
        assert!(tried > 0);
    }
}
