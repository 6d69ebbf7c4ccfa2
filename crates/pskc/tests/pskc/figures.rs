//! Figures 2 to 10 of RFC 6030, as others read them (vectors/pskc-rfc6030/expected.json says who).

use super::{figure, key, password};
use pskc::{Key, Lock, Package, Policy, Reader, Unlock, Value};
use serde_json::{Map, Value as Json, json};

fn expected() -> Vec<Json> {
    let name = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/pskc-rfc6030/expected.json");
    let all: Json = serde_json::from_str(&std::fs::read_to_string(name).unwrap()).unwrap();
    all["documents"].as_array().unwrap().clone()
}

fn unlock(document: &Json) -> Unlock {
    let unlock = &document["unlock"];
    match (unlock["pre_shared_key_hex"].as_str(), unlock["password"].as_str()) {
        (Some(hex), _) => key(hex),
        (_, Some(text)) => password(text),
        _ => Unlock::Nothing,
    }
}

fn shown(package: &Package, found: &Key) -> Json {
    let secret = match &found.secret {
        Value::Open(secret) => Json::from(secret.expose().iter().map(|o| format!("{o:02x}")).collect::<String>()),
        Value::Absent | Value::Locked(_) => Json::Null,
    };
    let mut all = Map::new();
    let device = &package.device;
    let members = [
        ("serial", device.serial.clone().map(Json::from)),
        ("manufacturer", device.manufacturer.clone().map(Json::from)),
        ("key_id", Some(found.id.clone().into())),
        ("algorithm", Some(found.algorithm.uri().into())),
        ("issuer", found.issuer.clone().map(Json::from)),
        ("response_encoding", found.response.as_ref().map(|format| format.encoding.name().into())),
        ("response_length", found.response.as_ref().map(|format| format.length.into())),
        ("counter", found.counter.map(Json::from)),
        ("device_userid", device.user.clone().map(Json::from)),
        ("key_userid", found.user.clone().map(Json::from)),
        ("crypto_module", package.module.clone().map(Json::from)),
        ("key_profile", found.profile.clone().map(Json::from)),
        ("key_reference", found.reference.clone().map(Json::from)),
        ("secret_hex", Some(secret)),
        ("policy", found.policy.as_ref().map(policy)),
    ];
    all.extend(members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    Json::Object(all)
}

fn policy(policy: &Policy) -> Json {
    let mut all = Map::new();
    let pin = policy.pin.clone().unwrap_or_default();
    let usage = (!policy.usage.is_empty()).then(|| json!(policy.usage));
    let members = [
        ("start_date", policy.start.map(|at| at.to_string().into())),
        ("expiry_date", policy.expiry.map(|at| at.to_string().into())),
        ("pin_min_length", pin.min.map(Json::from)),
        ("pin_max_length", pin.max.map(Json::from)),
        ("pin_key_id", pin.key_id.map(Json::from)),
        ("pin_encoding", pin.encoding.map(|encoding| encoding.name().into())),
        ("pin_usage", pin.usage.map(|usage| usage.name().into())),
        ("key_usage", usage),
    ];
    all.extend(members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    Json::Object(all)
}

#[test]
fn every_figure_is_read_as_others_read_it() {
    let documents = expected();
    assert_eq!(documents.len(), 9);
    for document in documents {
        let number = u8::try_from(document["figure"].as_u64().unwrap()).unwrap();
        let text = figure(number);
        let mut reader = Reader::new(text.as_bytes(), unlock(&document)).unwrap();
        assert_eq!(json!(reader.id()), document["container_id"], "figure {number}");
        let packages = reader.by_ref().collect::<Result<Vec<_>, _>>().unwrap();
        let found: Vec<_> =
            packages.iter().flat_map(|package| package.keys.iter().map(|key| shown(package, key))).collect();
        let mut wanted = document["keys"].as_array().unwrap().clone();
        for key in &mut wanted {
            let key = key.as_object_mut().unwrap();
            // That the MAC holds is told by the key's being there.
            assert!(key.remove("mac_valid").is_none_or(|valid| valid == true && !key["secret_hex"].is_null()));
            assert!(key.remove("secret_error").is_none_or(|_| key["secret_hex"].is_null()));
        }
        assert_eq!(Json::from(found), Json::from(wanted), "figure {number}");

        let signed = reader.signature().map(|signature| {
            json!({"algorithm": signature.algorithm, "issuer": signature.issuer, "serial": signature.serial})
        });
        let wanted = document.get("signature").map(|signature| {
            json!({"algorithm": signature["algorithm"], "issuer": signature["issuer"], "serial": signature["serial"]})
        });
        assert_eq!(signed, wanted, "figure {number}");
    }
}

#[test]
fn what_is_encrypted_stays_closed_without_its_key_and_says_by_what() {
    for (number, lock) in [(6, Lock::Key), (7, Lock::Key), (8, Lock::Unsupported)] {
        let packages = super::read(&figure(number), Unlock::Nothing).unwrap();
        assert_eq!(packages[0].keys[0].secret, Value::Locked(lock), "figure {number}");
    }
}

/// A PIN is found by its id: the serial number is that of the key it goes with.
#[test]
fn a_pin_is_a_key_of_its_own() {
    let packages = super::read(&figure(5), Unlock::Nothing).unwrap();
    let pin_id = packages[0].keys[0].policy.as_ref().unwrap().pin.as_ref().unwrap().key_id.clone().unwrap();
    let keys: Vec<_> = packages.iter().flat_map(|package| &package.keys).collect();
    let pins: Vec<_> = keys.iter().filter(|key| key.id == pin_id).collect();
    assert_eq!((keys.len(), pins.len(), &pins[0].algorithm), (2, 1, &pskc::Algorithm::Pin));
}

#[test]
fn nothing_secret_is_shown() {
    for (number, unlock) in
        [(5, Unlock::Nothing), (6, key("12345678901234567890123456789012")), (7, password("qwerty"))]
    {
        let shown = format!("{unlock:?} {:?}", super::read(&figure(number), unlock.clone()).unwrap());
        for secret in ["MTIzND", "3132", "49, 50, 51", "qwerty", "113, 119"] {
            assert!(!shown.contains(secret), "figure {number}: {secret}");
        }
    }
}

/// Written by python-pskc 1.4, with `fields=["secret", "counter"]`: numbers in as few octets as they take, and for key wrap a
/// MAC method without an algorithm.
#[test]
fn what_python_pskc_writes_is_read() {
    for (name, unlock) in [("cbc", key(&"00".repeat(32))), ("wrap", password("x"))] {
        let path = format!("{}/../../vectors/python-pskc/{name}.xml", env!("CARGO_MANIFEST_DIR"));
        let packages = super::read(&std::fs::read_to_string(path).unwrap(), unlock).unwrap();
        let keys: Vec<_> = packages.iter().flat_map(|package| &package.keys).collect();
        let [ocra, totp] = keys[..] else { panic!("two keys") };
        let secret = |key: &Key| match &key.secret {
            Value::Open(secret) => secret.expose().to_vec(),
            other => panic!("{other:?}"),
        };
        assert_eq!((secret(ocra), secret(totp)), ((0..20).collect(), (0..32).collect()), "{name}");
        assert_eq!((ocra.counter, totp.counter), (Some(7), Some(4_000_000_000)), "{name}");
        assert_eq!((totp.interval, totp.drift, &totp.algorithm), (Some(30), Some(3), &pskc::Algorithm::Totp));
        assert_eq!(ocra.suite.as_deref(), Some("OCRA-1:HOTP-SHA256-8:C-QN06-PSHA256"));
    }
}
