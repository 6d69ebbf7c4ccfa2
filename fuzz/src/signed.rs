//! What is signed by somebody: nothing that a fuzzer makes is believed, since it has no key. A seed is signed by the
//! key of its own test; `Taken` says that everything but the signature could be read.

use crate::{Verdict, text};
use oidc::{
    dpop::{self, DpopError},
    hint,
    jwk::PublicKey,
    jws::{self, JwsError, Unverified},
    webauthn::{self, Assertion, WebauthnError},
};
use serde_json::{Value, json};
use std::time::Duration;

/// A point of the curve (RFC 7517, A.1), whose private half nobody here has.
fn key() -> Option<PublicKey> {
    let jwk = json!({
        "kty": "EC", "crv": "P-256",
        "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
    });
    PublicKey::of(&jwk).ok()
}

/// A compact JWS.
pub(crate) fn jws(data: &[u8]) -> Verdict {
    let (Some(text), Some(key)) = (text(data), key()) else { return Verdict::Refused };
    let read = Unverified::parse(text);
    if let Ok(read) = &read {
        let _ = (read.header(), read.unverified_json::<Value>());
    }
    let verified = jws::verify(text, &key, "x+jws");
    assert!(verified.is_err(), "nobody here can sign for this key");
    // A signature is the last thing that is looked at.
    Verdict::of(verified == Err(JwsError::Signature))
}

/// A public key.
pub(crate) fn jwk(data: &[u8]) -> Verdict {
    let Some(text) = text(data) else { return Verdict::Refused };
    let key = PublicKey::parse(text);
    if let Ok(key) = &key {
        assert_eq!(PublicKey::of(&key.jwk()).as_ref(), Ok(key));
        assert_eq!(PublicKey::of_sec1(&key.sec1()).as_ref(), Ok(key));
        assert!(oidc::jwk::is_thumbprint(&key.thumbprint()));
    }
    let _ = PublicKey::of_sec1(data);
    Verdict::of_result(&key)
}

/// A DPoP proof. Whoever makes one brings the key, so that a proof that holds may well be found; it must then say what
/// was asked.
pub(crate) fn dpop(data: &[u8]) -> Verdict {
    let Some(text) = text(data) else { return Verdict::Refused };
    let expected = dpop::Expected {
        method: "POST",
        url: "https://server.example.com/token",
        now: 1_562_262_616,
        window: Duration::from_secs(60),
        access_token: None,
        nonce: None,
    };
    match dpop::verify(text, &expected) {
        Ok(proof) => {
            assert_eq!(proof.jkt, proof.key.thumbprint());
            assert!((1..=dpop::MAX_JTI).contains(&proof.jti.len()));
            assert!(proof.iat.abs_diff(expected.now) <= 60);
            let other = dpop::Expected { method: "GET", ..expected };
            assert_eq!(dpop::verify(text, &other), Err(DpopError::Method));
            Verdict::Taken
        }
        Err(_) => Verdict::Refused,
    }
}

/// An ID token that comes back: only ours is believed.
pub(crate) fn id_token_hint(data: &[u8]) -> Verdict {
    let (Some(text), Some(key)) = (text(data), key()) else { return Verdict::Refused };
    let mut jwk = key.jwk();
    if let Some(members) = jwk.as_object_mut() {
        members.insert("kid".into(), json!("k"));
    }
    assert_eq!(hint::read(text, "https://id.example", &json!({ "keys": [jwk] })), None, "nobody here can sign");
    let claims = Unverified::parse(text).and_then(|read| read.unverified_json::<hint::Hint>());
    Verdict::of_result(&claims)
}

/// An assertion of a platform authenticator: three parts, each after its length in two octets.
pub(crate) fn webauthn(data: &[u8]) -> Verdict {
    let mut rest = data;
    let mut part = || {
        let (length, after) = rest.split_first_chunk::<2>()?;
        let (part, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        rest = after;
        Some(part.to_vec())
    };
    let (Some(authenticator_data), Some(client_data), Some(signature), Some(key)) = (part(), part(), part(), key())
    else {
        return Verdict::Refused;
    };
    let key = webauthn::Key::Es256(key);
    let expected = webauthn::Expected {
        key: &key,
        rp_id: "id.example",
        origin: "https://id.example",
        challenge: b"x",
        counter: 0,
        backup_eligible: None,
    };
    let found = webauthn::verify(&Assertion { authenticator_data, client_data, signature }, &expected);
    assert!(found.is_err(), "nobody here can sign for this key");
    Verdict::of(found == Err(WebauthnError::Signature))
}
