//! The specification's own test vectors, and each part of them altered.

use super::*;
use serde_json::Value;

const VECTORS: &str = include_str!("../../../../vectors/webauthn-l3.json");

fn octets(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// One vector: a registration and a sign-in.
struct Vector {
    id: String,
    registration: Registration,
    offered: Vec<u8>,
    assertion: Assertion,
    asked: Vec<u8>,
    credential_id: Vec<u8>,
}

const RP_ID: &str = "example.org";
const ORIGIN: &str = "https://example.org";

fn vectors() -> Vec<Vector> {
    let all: Value = serde_json::from_str(VECTORS).unwrap();
    assert_eq!((all["rp_id"].as_str(), all["origin"].as_str()), (Some(RP_ID), Some(ORIGIN)));
    let read = |vector: &Value| {
        let (registered, signed) = (&vector["registration"], &vector["authentication"]);
        Vector {
            id: vector["id"].as_str().unwrap().to_owned(),
            registration: Registration {
                attestation_object: octets(&registered["attestationObject"]),
                client_data: octets(&registered["clientDataJSON"]),
            },
            offered: octets(&registered["challenge"]),
            assertion: Assertion {
                authenticator_data: octets(&signed["authenticatorData"]),
                client_data: octets(&signed["clientDataJSON"]),
                signature: octets(&signed["signature"]),
            },
            asked: octets(&signed["challenge"]),
            credential_id: octets(&registered["credential_id"]),
        }
    };
    all["vectors"].as_array().unwrap().iter().map(read).collect()
}

impl Vector {
    fn offer(&self) -> Offer<'_> {
        Offer { rp_id: RP_ID, origin: ORIGIN, challenge: &self.offered }
    }

    fn expected<'a>(&'a self, key: &'a Key) -> Expected<'a> {
        Expected { key, rp_id: RP_ID, origin: ORIGIN, challenge: &self.asked, counter: 0, backup_eligible: None }
    }

    /// The credential's key, wherever its registration would be refused for what the browser or its user did.
    fn key(&self) -> Result<Key, WebauthnError> {
        let at = self.registration.attestation_object.windows(self.credential_id.len());
        let at = at.clone().position(|window| window == self.credential_id).unwrap() + self.credential_id.len();
        Key::read(&self.registration.attestation_object[at..]).map(|(key, _)| key)
    }
}

/// What client data and flags come to by themselves: no user verification, or another site's frame, is refused.
fn wanted(client_data: &[u8], flags: u8) -> Result<(), WebauthnError> {
    let data: Value = serde_json::from_slice(client_data).unwrap();
    match flags {
        _ if data["crossOrigin"] == true || data.get("topOrigin").is_some() => Err(WebauthnError::CrossOrigin),
        flags if flags & UV == 0 => Err(WebauthnError::Verification),
        _ => Ok(()),
    }
}

#[test]
fn the_w3c_vectors_are_judged() {
    let (mut held, mut refused, mut other_keys) = (Vec::new(), 0, Vec::new());
    for vector in vectors() {
        let key = match vector.key() {
            Ok(key) => key,
            Err(error) => {
                assert_eq!(error, WebauthnError::Algorithm, "{}", vector.id);
                other_keys.push(vector.id);
                continue;
            }
        };
        let Assertion { authenticator_data, client_data, .. } = &vector.assertion;
        let found = verify(&vector.assertion, &vector.expected(&key)).map(drop);
        assert_eq!(found, wanted(client_data, authenticator_data[32]), "{}", vector.id);
        if found.is_ok() { held.push(vector.id) } else { refused += 1 }
    }
    assert_eq!(other_keys, ["packed-es384", "packed-es512", "packed-ed448"], "algorithms that we do not ask for");
    assert_eq!(held.len() + refused, 12);
    assert!(held.len() >= 3 && refused >= 3, "{held:?}");
}

#[test]
fn each_kind_of_key_signs() {
    for id in ["none-es256", "packed-rs256", "packed-eddsa"] {
        let vector = vectors().into_iter().find(|vector| vector.id == id).unwrap();
        let signed =
            [vector.assertion.authenticator_data.as_slice(), &Sha256::digest(&vector.assertion.client_data)].concat();
        let key = vector.key().unwrap();
        assert_eq!(key.verify(&signed, &vector.assertion.signature), Ok(()), "{id}");
        assert_eq!(key.verify(&signed[1..], &vector.assertion.signature), Err(WebauthnError::Signature), "{id}");
    }
}

#[test]
fn the_w3c_registrations_are_judged() {
    let (mut taken, mut refused) = (0, 0);
    for vector in vectors() {
        let object = &vector.registration.attestation_object;
        let flags = authenticator_data_flags(object);
        let found = register(&vector.registration, &vector.offer());
        let wanted = wanted(&vector.registration.client_data, flags).and(vector.key().map(drop));
        assert_eq!(found.clone().map(drop), wanted, "{}", vector.id);
        let Ok(found) = found else {
            refused += 1;
            continue;
        };
        taken += 1;
        assert_eq!(found.id, vector.credential_id, "{}", vector.id);
        assert_eq!(Key::read(&found.key), Ok((vector.key().unwrap(), found.key.len())), "{}", vector.id);
        assert_eq!((found.backup_eligible, found.backed_up), (flags & BE != 0, flags & BS != 0), "{}", vector.id);
    }
    assert!(taken >= 3 && refused >= 3, "{taken} taken, {refused} refused");
}

/// The flags in an attestation object: 32 octets behind the RP ID's hash begins.
fn authenticator_data_flags(object: &[u8]) -> u8 {
    object[authenticator_data_at(object) + 32]
}

fn authenticator_data_at(object: &[u8]) -> usize {
    let hash = Sha256::digest(RP_ID);
    object.windows(32).position(|window| window == hash.as_slice()).unwrap()
}

#[test]
fn each_changed_part_of_an_assertion_is_refused() {
    use WebauthnError as E;
    let other = Key::Es256(
        crate::jwk::PublicKey::of(&serde_json::json!({
            "kty": "EC", "crv": "P-256",
            "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
        }))
        .unwrap(),
    );
    let mut tried = 0;
    for vector in vectors() {
        let Ok(key) = vector.key() else { continue };
        let (assertion, expected) = (&vector.assertion, vector.expected(&key));
        let Ok(seen) = verify(assertion, &expected) else { continue };
        tried += 1;
        let flags = |set: u8, clear: u8| {
            let mut changed = assertion.clone();
            changed.authenticator_data[32] = (changed.authenticator_data[32] | set) & !clear;
            changed
        };
        let client_data = |from: &str, to: &str| {
            let text = String::from_utf8(assertion.client_data.clone()).unwrap();
            assert!(text.contains(from), "{}: {text}", vector.id);
            Assertion { client_data: text.replace(from, to).into_bytes(), ..assertion.clone() }
        };
        let mut counter = assertion.clone();
        counter.authenticator_data[36] ^= 1;
        let short = Assertion { authenticator_data: vec![0; 36], ..assertion.clone() };
        let signed = Assertion { signature: assertion.signature[1..].to_vec(), ..assertion.clone() };
        let eligible = assertion.authenticator_data[32] & BE != 0;
        for (what, assertion, expected, error) in [
            ("key", assertion.clone(), Expected { key: &other, ..expected }, E::Signature),
            ("rp id", assertion.clone(), Expected { rp_id: "example.com", ..expected }, E::RpId),
            ("origin", assertion.clone(), Expected { origin: "https://a.test", ..expected }, E::Origin),
            ("challenge", assertion.clone(), Expected { challenge: b"x", ..expected }, E::Challenge),
            ("presence", flags(0, UP), expected, E::Presence),
            ("verification", flags(0, UV), expected, E::Verification),
            ("backup", flags(BS, BE), expected, E::Backup),
            ("another kind", assertion.clone(), Expected { backup_eligible: Some(!eligible), ..expected }, E::Backup),
            ("ceremony", client_data("webauthn.get", "webauthn.create"), expected, E::Type),
            ("frame", client_data("\"crossOrigin\":false", "\"crossOrigin\":true"), expected, E::CrossOrigin),
            ("spaces", client_data("{", "{ "), expected, E::Signature),
            ("count", counter, expected, E::Signature),
            ("length", short, expected, E::Malformed),
            ("signature", signed, expected, E::Signature),
            ("counter", assertion.clone(), Expected { counter: u32::MAX, ..expected }, E::Counter),
        ] {
            assert_eq!(verify(&assertion, &expected).err(), Some(error), "{}: {what}", vector.id);
        }
        let again = Expected { counter: seen.counter, ..expected };
        let wanted = if seen.counter == 0 { Ok(seen) } else { Err(E::Counter) };
        assert_eq!(verify(assertion, &again), wanted, "{}: the same counter again", vector.id);
    }
    assert!(tried > 0);
}

#[test]
fn each_changed_part_of_a_registration_is_refused() {
    use WebauthnError as E;
    let mut tried = 0;
    for vector in vectors() {
        let (registration, offer) = (&vector.registration, vector.offer());
        if register(registration, &offer).is_err() {
            continue;
        }
        tried += 1;
        let at = authenticator_data_at(&registration.attestation_object);
        let octet = |at: usize, set: u8, clear: u8| {
            let mut changed = registration.clone();
            changed.attestation_object[at] = (changed.attestation_object[at] | set) & !clear;
            changed
        };
        let client_data = |from: &str, to: &str| {
            let text = String::from_utf8(registration.client_data.clone()).unwrap();
            assert!(text.contains(from), "{}: {text}", vector.id);
            Registration { client_data: text.replace(from, to).into_bytes(), ..registration.clone() }
        };
        let object = &registration.attestation_object;
        let cut = Registration { attestation_object: object[..object.len() - 1].to_vec(), ..registration.clone() };
        let more = Registration { attestation_object: [object.as_slice(), &[0]].concat(), ..registration.clone() };
        for (what, registration, offer, error) in [
            ("rp id", registration.clone(), Offer { rp_id: "example.com", ..offer }, E::RpId),
            ("origin", registration.clone(), Offer { origin: "https://a.test", ..offer }, E::Origin),
            ("challenge", registration.clone(), Offer { challenge: b"x", ..offer }, E::Challenge),
            ("ceremony", client_data("webauthn.create", "webauthn.get"), offer, E::Type),
            ("frame", client_data("\"crossOrigin\":false", "\"crossOrigin\":true"), offer, E::CrossOrigin),
            ("presence", octet(at + 32, 0, UP), offer, E::Presence),
            ("verification", octet(at + 32, 0, UV), offer, E::Verification),
            ("backup", octet(at + 32, BS, BE), offer, E::Backup),
            ("no credential", octet(at + 32, 0, AT), offer, E::Malformed),
            ("extensions", octet(at + 32, ED, 0), offer, E::Malformed),
            ("no id", octet(at + 54, 0, 0xff), offer, E::Malformed),
            ("longer than it is", octet(at + 53, 0x7f, 0), offer, E::Malformed),
            ("cut", cut, offer, E::Malformed),
            ("more behind it", more, offer, E::Malformed),
        ] {
            assert_eq!(register(&registration, &offer).err(), Some(error), "{}: {what}", vector.id);
        }
    }
    assert!(tried > 0);
}
