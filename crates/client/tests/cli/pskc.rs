//! `pskc` against the figures of RFC 6030.

use super::{run, value};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

fn figure(number: u8) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../vectors/pskc-rfc6030/figure{number:02}.xml"))
}

fn listed(number: u8, more: &[&str]) -> Value {
    let file = figure(number);
    serde_json::from_str(&value(&[&["pskc", file.to_str().unwrap()], more].concat())).unwrap()
}

const KEY: &str = "12345678901234567890123456789012";
const SECRET: &str = "3132333435363738393031323334353637383930";

#[test]
fn lists_keys_and_pins_and_shows_secrets_only_when_told_to() {
    let hotp = "urn:ietf:params:xml:ns:keyprov:pskc:hotp";
    let policy = json!({
        "pin_key_id": "123456781", "pin_usage": "Local", "pin_min_length": 4, "pin_max_length": 4,
        "pin_encoding": "DECIMAL", "key_usage": ["OTP"],
    });
    let pin = "urn:ietf:params:xml:ns:keyprov:pskc:pin";
    let mut expected = json!([
        {"serial": "987654321", "key_id": "12345678", "algorithm": hotp, "counter": 0, "response_length": 8,
         "policy": policy},
        {"serial": "987654321", "key_id": "123456781", "algorithm": pin, "response_length": 4},
    ]);
    assert_eq!(listed(5, &[]), expected);
    expected[0]["secret_hex"] = SECRET.into();
    expected[1]["secret_hex"] = "31323334".into();
    assert_eq!(listed(5, &["--show-secrets"]), expected);
    assert_eq!(listed(2, &[])[0]["serial"], Value::Null, "a file need not say it");
}

#[test]
fn opens_what_is_encrypted_by_key_or_password() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = dir.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (key, password, other) =
        (file("key", &format!("{KEY}\n")), file("password", "qwerty\n"), file("other", "qwerty\n\n"));
    for more in [["--key-hex", KEY], ["--key-file", key.as_str()]] {
        assert_eq!(listed(6, &[&more[..], &["--show-secrets"]].concat())[0]["secret_hex"], SECRET);
    }
    assert_eq!(listed(7, &["--password-file", &password, "--show-secrets"])[0]["secret_hex"], SECRET);
    assert_eq!(listed(6, &["--show-secrets"])[0].get("secret_hex"), None, "it stays closed");

    for (number, more, reason) in [
        (7, ["--password-file", other.as_str()], "it does not open"),
        (6, ["--password-file", password.as_str()], "encrypted by a pre-shared key"),
        (8, ["--key-hex", KEY], "encryption by rsa_1_5 is not supported"),
    ] {
        let refused = run(&[&["pskc", figure(number).to_str().unwrap()], &more[..]].concat());
        assert_eq!((refused.code, refused.out.as_str()), (1, ""));
        assert!(refused.err.contains(reason) && refused.err.contains("line "), "{}", refused.err);
    }
    assert_eq!(run(&["pskc", &key, "--key-hex", "1"]).code, 2);
    let signed = run(&["pskc", figure(9).to_str().unwrap()]);
    assert!(signed.code == 0 && signed.err.contains("the signature was not verified"), "{}", signed.err);
}
