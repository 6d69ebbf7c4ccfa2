//! The keys that sign tokens, and the tokens' signatures (JWS).
//!
//! What a key does follows from the time alone: from its `signs_at` on it signs, until the next one of its algorithm
//! takes over; before that it is only published, and after that it stays published until what it signed has expired.
//! So every node that holds the same rows does the same at the same moment.

use aws_lc_rs::{
    encoding::AsDer as _,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RsaKeyPair},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use domain::{Secret, Timestamp};
use jsonwebtoken::{
    Algorithm, EncodingKey, Header,
    jwk::{AlgorithmParameters, Jwk},
};
use oidc::client::SigningAlg;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use store::secret::SigningKey;

/// How long a key is published before it signs: whoever keeps our keys asks again within that time, or asks anew for
/// a key it does not know and is not held off because it asked just before.
pub const OVERLAP: Duration = Duration::from_secs(300);

/// How much longer than its last token lives a key stays published, for clocks that differ.
const MARGIN: Duration = Duration::from_secs(300);

/// A key could not be made, read or used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a signing key could not be made, read or used")]
pub struct SigningError;

/// A new key, with its thumbprint (RFC 7638) as key id. An RSA key takes a while.
pub fn new_key(alg: SigningAlg, now: Timestamp) -> Result<SigningKey, SigningError> {
    let (private, mut jwk) = match alg {
        SigningAlg::Es256 => new_p256()?,
        SigningAlg::Rs256 => new_rsa()?,
    };
    let text = |jwk: &Members| serde_json::to_string(jwk).map_err(|_| SigningError);
    let kid = URL_SAFE_NO_PAD.encode(Sha256::digest(text(&jwk)?));
    let more = [("kid", kid.as_str()), ("use", "sig"), ("alg", alg.name())];
    jwk.extend(more.map(|(name, value)| (name, value.to_owned())));
    Ok(SigningKey {
        algorithm: alg.name().to_owned(),
        private: Secret::new(private),
        public_jwk: text(&jwk)?,
        created_at: now,
        signs_at: now,
        retired_at: None,
        kid,
    })
}

/// A JWK's members. Those that it must have, in this order and without spaces, are the text of its thumbprint.
type Members = BTreeMap<&'static str, String>;

/// A P-256 key (RFC 7518, 6.2) in PKCS #8, and its public members.
fn new_p256() -> Result<(Vec<u8>, Members), SigningError> {
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
        .map_err(|_| SigningError)?;
    let private = document.as_ref().to_vec();
    let public = Jwk::from_encoding_key(&EncodingKey::from_ec_der(&private), Algorithm::ES256);
    let AlgorithmParameters::EllipticCurve(point) = public.map_err(|_| SigningError)?.algorithm else {
        return Err(SigningError);
    };
    let members = [("kty", "EC".to_owned()), ("crv", "P-256".to_owned()), ("x", point.x), ("y", point.y)];
    Ok((private, members.into()))
}

/// An RSA key of 2048 bits (RFC 7518, 3.3 and 6.3) in PKCS #8, and its public members.
fn new_rsa() -> Result<(Vec<u8>, Members), SigningError> {
    let document = RsaKeyPair::generate(KeySize::Rsa2048).and_then(|pair| pair.as_der()).map_err(|_| SigningError)?;
    let private = document.as_ref().to_vec();
    let public = Jwk::from_encoding_key(&rsa(&private)?, Algorithm::RS256);
    let AlgorithmParameters::RSA(numbers) = public.map_err(|_| SigningError)?.algorithm else {
        return Err(SigningError);
    };
    Ok((private, [("kty", "RSA".to_owned()), ("n", numbers.n), ("e", numbers.e)].into()))
}

/// The library takes an RSA key of this form by its PEM text only.
fn rsa(pkcs8: &[u8]) -> Result<EncodingKey, SigningError> {
    let text =
        Secret::new(format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(pkcs8)));
    EncodingKey::from_rsa_pem(text.expose().as_bytes()).map_err(|_| SigningError)
}

/// The part that a signing key plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is published and does not sign yet.
    Next,
    /// It signs.
    Current,
    /// It signs no more; what it signed may still live, so it is published.
    Retiring,
    /// It is not published any more.
    Retired,
}

impl State {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Current => "current",
            Self::Retiring => "retiring",
            Self::Retired => "retired",
        }
    }
}

struct Key {
    kid: String,
    alg: SigningAlg,
    private: EncodingKey,
    public: Value,
    signs_at: Timestamp,
    /// When another took over, or will.
    until: Option<Timestamp>,
    /// When it was taken out of use by hand.
    retired_at: Option<Timestamp>,
}

impl Key {
    fn signs(&self, now: Timestamp) -> bool {
        self.retired_at.is_none() && self.signs_at <= now && self.until.is_none_or(|until| now < until)
    }

    /// Whether something it signed may be alive, where that lives so long.
    fn counts(&self, life: Duration, now: Timestamp) -> bool {
        self.retired_at.is_none() && self.until.is_none_or(|until| now < until.plus(life))
    }
}

/// How long what a key signs lives.
#[derive(Debug, Clone, Copy)]
pub struct Lives {
    /// An ID token, for whoever verifies it.
    pub token: Duration,
    /// An ID token that comes back as a hint: as long as the session that it tells of.
    pub hint: Duration,
}

/// The keys as this node holds them.
pub struct Signer {
    keys: RwLock<Arc<Vec<Key>>>,
    lives: Lives,
}

impl Signer {
    /// From the stored keys.
    pub fn new(keys: &[SigningKey], lives: Lives) -> Result<Self, SigningError> {
        Ok(Self { keys: RwLock::new(Arc::new(read(keys)?)), lives })
    }

    /// Takes what is stored now.
    pub fn replace(&self, keys: &[SigningKey]) -> Result<(), SigningError> {
        let keys = Arc::new(read(keys)?);
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(())
    }

    fn keys(&self) -> Arc<Vec<Key>> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Signs an ID token's claims.
    pub fn sign(&self, alg: SigningAlg, claims: &impl Serialize, now: Timestamp) -> Result<String, SigningError> {
        self.signed(alg, None, claims, now)
    }

    /// Signs a payload for another use than an ID token: `typ` says which.
    pub fn sign_as(
        &self,
        typ: &str,
        alg: SigningAlg,
        payload: &impl Serialize,
        now: Timestamp,
    ) -> Result<String, SigningError> {
        self.signed(alg, Some(typ), payload, now)
    }

    fn signed(
        &self,
        alg: SigningAlg,
        typ: Option<&str>,
        payload: &impl Serialize,
        now: Timestamp,
    ) -> Result<String, SigningError> {
        let keys = self.keys();
        let key = signing(&keys, alg, now, self.lives.token).ok_or(SigningError)?;
        let mut header = Header::new(match alg {
            SigningAlg::Es256 => Algorithm::ES256,
            SigningAlg::Rs256 => Algorithm::RS256,
        });
        header.kid = Some(key.kid.clone());
        if let Some(typ) = typ {
            header.typ = Some(typ.to_owned());
        }
        jsonwebtoken::encode(&header, payload, &key.private).map_err(|_| SigningError)
    }

    /// Whether there is a key that signs this way.
    pub fn can_sign(&self, alg: SigningAlg, now: Timestamp) -> bool {
        signing(&self.keys(), alg, now, self.lives.token).is_some()
    }

    /// The published keys (RFC 7517, 5).
    pub fn jwks(&self, now: Timestamp) -> Value {
        self.set(self.lives.token, now)
    }

    /// The keys by which an ID token of ours may be that comes back as a hint.
    pub fn hint_keys(&self, now: Timestamp) -> Value {
        self.set(self.lives.hint, now)
    }

    fn set(&self, life: Duration, now: Timestamp) -> Value {
        self.those(|key| key.counts(life.saturating_add(MARGIN), now))
    }

    /// Every key that has signed and was not taken out of use by hand: for receipts, which are kept for years.
    pub fn receipt_keys(&self, now: Timestamp) -> Value {
        self.those(|key| key.retired_at.is_none() && key.signs_at <= now)
    }

    fn those(&self, wanted: impl Fn(&Key) -> bool) -> Value {
        json!({ "keys": self.keys().iter().filter(|key| wanted(key)).map(|key| &key.public).collect::<Vec<_>>() })
    }

    /// Each key with what it does, the latest to sign first; and until when one that retires is published.
    pub fn states(&self, now: Timestamp) -> Vec<(String, State, Option<Timestamp>)> {
        let life = self.lives.token.saturating_add(MARGIN);
        let state = |key: &Key| {
            if !key.counts(life, now) {
                State::Retired
            } else if key.signs(now) {
                State::Current
            } else if key.signs_at > now {
                State::Next
            } else {
                State::Retiring
            }
        };
        let until = |key: &Key| key.until.filter(|_| state(key) == State::Retiring).map(|until| until.plus(life));
        self.keys().iter().map(|key| (key.kid.clone(), state(key), until(key))).collect()
    }
}

/// The key that signs. On a node whose clock is behind that of the node which made the keys none may be due: then the one
/// before signs as long as it is published, and where there was none, the first that will be due within what clocks differ
/// by; it is published too.
fn signing(keys: &[Key], alg: SigningAlg, now: Timestamp, life: Duration) -> Option<&Key> {
    let of_kind = || keys.iter().filter(move |key| key.alg == alg && key.retired_at.is_none());
    let due = of_kind().find(|key| key.signs(now));
    let before = || of_kind().find(|key| key.signs_at <= now && key.counts(life, now));
    due.or_else(before).or_else(|| of_kind().rfind(|key| key.signs_at > now && key.signs_at <= now.plus(MARGIN)))
}

/// The keys, the latest to sign first. One that was taken out of use still counts as the one that took over.
fn read(stored: &[SigningKey]) -> Result<Vec<Key>, SigningError> {
    let key = |key: &SigningKey| {
        let alg = SigningAlg::parse(&key.algorithm).ok_or(SigningError)?;
        Ok(Key {
            kid: key.kid.clone(),
            alg,
            private: match alg {
                SigningAlg::Es256 => EncodingKey::from_ec_der(key.private.expose()),
                SigningAlg::Rs256 => rsa(key.private.expose())?,
            },
            public: serde_json::from_str(&key.public_jwk).map_err(|_| SigningError)?,
            signs_at: key.signs_at,
            until: None,
            retired_at: key.retired_at,
        })
    };
    let mut keys = stored.iter().map(key).collect::<Result<Vec<_>, _>>()?;
    keys.sort_by(|a, b| (b.signs_at, &b.kid).cmp(&(a.signs_at, &a.kid)));
    let starts: Vec<_> = keys.iter().map(|key| (key.alg, key.signs_at)).collect();
    for (place, key) in keys.iter_mut().enumerate() {
        let later = starts.iter().take(place).rev().find(|(alg, _)| *alg == key.alg);
        key.until = later.map(|(_, signs_at)| *signs_at);
    }
    if keys.is_empty() { Err(SigningError) } else { Ok(keys) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIVES: Lives = Lives { token: Duration::from_secs(600), hint: Duration::from_secs(3600) };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(1_700_000_000 + seconds)
    }

    fn key(alg: SigningAlg, signs_at: i64) -> SigningKey {
        SigningKey { signs_at: at(signs_at), ..new_key(alg, at(0)).unwrap() }
    }

    fn kid(signer: &Signer, now: i64) -> String {
        let signed = signer.sign(SigningAlg::Es256, &json!({}), at(now)).unwrap();
        jsonwebtoken::decode_header(signed).unwrap().kid.unwrap()
    }

    fn published(set: &Value) -> Vec<&str> {
        set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap()).collect()
    }

    #[test]
    fn a_key_is_published_before_it_signs_and_after() {
        let (old, new) = (key(SigningAlg::Es256, 0), key(SigningAlg::Es256, 300));
        let signer = Signer::new(&[old.clone(), new.clone()], LIVES).unwrap();
        assert_eq!(
            (kid(&signer, 0), kid(&signer, 299), kid(&signer, 300)),
            (old.kid.clone(), old.kid.clone(), new.kid.clone())
        );
        let (both, one) = ([new.kid.as_str(), &old.kid], [new.kid.as_str()]);
        let until = 300 + 600 + 300;
        for now in [0, 300, until - 1] {
            assert_eq!(published(&signer.jwks(at(now))), both, "{now}");
        }
        assert_eq!(published(&signer.jwks(at(until))), one);
        assert_eq!(published(&signer.hint_keys(at(until))), both, "a hint lives longer");
        assert_eq!(published(&signer.hint_keys(at(300 + 3600 + 300))), one);
        assert_eq!(published(&signer.receipt_keys(at(299))), [old.kid.as_str()], "what has signed");
        assert_eq!(published(&signer.receipt_keys(at(100_000_000))), both, "a receipt is kept for years");
        let states =
            |now| signer.states(at(now)).into_iter().map(|(_, state, until)| (state, until)).collect::<Vec<_>>();
        assert_eq!(states(0), [(State::Next, None), (State::Current, None)]);
        assert_eq!(states(300), [(State::Current, None), (State::Retiring, Some(at(until)))]);
        assert_eq!(states(until), [(State::Current, None), (State::Retired, None)]);
    }

    #[test]
    fn a_key_that_was_taken_out_of_use_does_nothing_any_more() {
        let old = key(SigningAlg::Es256, 0);
        let leaked = SigningKey { retired_at: Some(at(400)), ..key(SigningAlg::Es256, 300) };
        let new = key(SigningAlg::Es256, 400);
        let signer = Signer::new(&[old.clone(), leaked, new.clone()], LIVES).unwrap();
        assert_eq!(kid(&signer, 400), new.kid);
        assert_eq!(published(&signer.jwks(at(400))), [new.kid.as_str(), &old.kid]);
        assert_eq!(published(&signer.receipt_keys(at(400))), [new.kid.as_str(), &old.kid]);
        assert_eq!(
            published(&signer.jwks(at(300 + 600 + 300))),
            [new.kid.as_str()],
            "the old one ended at 300 and not later"
        );
    }

    /// The clock of the node that made a key is ahead of this one's: what is asked now is signed all the same, and by a
    /// key that everybody can see.
    #[test]
    fn a_clock_behind_a_fresh_key_signs_by_the_one_before() {
        let first = key(SigningAlg::Es256, 60);
        let signer = Signer::new(std::slice::from_ref(&first), LIVES).unwrap();
        assert_eq!(kid(&signer, 0), first.kid, "the only one there is");
        assert!(signer.can_sign(SigningAlg::Es256, at(0)) && !signer.can_sign(SigningAlg::Rs256, at(0)));

        let old = key(SigningAlg::Es256, 0);
        let leaked = SigningKey { retired_at: Some(at(400)), ..key(SigningAlg::Es256, 300) };
        let new = key(SigningAlg::Es256, 400);
        let signer = Signer::new(&[old.clone(), leaked, new.clone()], LIVES).unwrap();
        assert_eq!(kid(&signer, 350), old.kid, "never the one that was taken out of use");
        assert_eq!(kid(&signer, 400), new.kid);
        for now in [0, 350, 400] {
            let keys = signer.jwks(at(now));
            assert!(published(&keys).contains(&kid(&signer, now).as_str()), "{now}");
        }
    }

    /// RFC 7638, 3: the thumbprint as another implementation computes it.
    #[test]
    fn a_key_id_is_the_keys_thumbprint() {
        let curve = key(SigningAlg::Es256, 0);
        let public: Value = serde_json::from_str(&curve.public_jwk).unwrap();
        assert_eq!(curve.kid, oidc::jwk::PublicKey::of(&public).unwrap().thumbprint());
        let rsa = key(SigningAlg::Rs256, 0);
        let public: Jwk = serde_json::from_str(&rsa.public_jwk).unwrap();
        assert_eq!(rsa.kid, public.thumbprint(jsonwebtoken::jwk::ThumbprintHash::SHA256).unwrap());
    }

    #[test]
    fn each_algorithm_has_keys_of_its_own() {
        let (curve, rsa) = (key(SigningAlg::Es256, 0), key(SigningAlg::Rs256, 10));
        let signer = Signer::new(&[curve.clone(), rsa], LIVES).unwrap();
        assert_eq!(kid(&signer, 20), curve.kid, "a later key of another kind takes nothing over");
        let signed = signer.sign(SigningAlg::Rs256, &json!({ "exp": 4_000_000_000_u64 }), at(20)).unwrap();
        let set: jsonwebtoken::jwk::JwkSet = serde_json::from_value(signer.jwks(at(20))).unwrap();
        let header = jsonwebtoken::decode_header(&signed).unwrap();
        assert_eq!(header.alg, Algorithm::RS256);
        let public = jsonwebtoken::DecodingKey::from_jwk(set.find(&header.kid.unwrap()).unwrap()).unwrap();
        let validation = jsonwebtoken::Validation::new(Algorithm::RS256);
        assert!(jsonwebtoken::decode::<Value>(&signed, &public, &validation).is_ok());
        assert!(signer.sign(SigningAlg::Rs256, &json!({}), at(9)).is_ok(), "clocks differ by a little");
        assert!(signer.sign(SigningAlg::Rs256, &json!({}), at(9 - 300)).is_err(), "there is none yet");
    }
}
