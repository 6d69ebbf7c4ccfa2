//! `ocra`, `hotp` and `totp` against the published vectors.

use super::{refused, run, value};
use serde_json::Value;
use std::path::Path;

fn vectors(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn ocra(vector: &Value) -> Vec<String> {
    let text = |name: &str| vector[name].as_str().map(str::to_owned);
    let number = |name: &str| vector[name].as_u64().map(|number| number.to_string());
    let mut arguments = vec!["ocra".to_owned()];
    let own = text("own_question").unwrap_or_default();
    let flags = [
        ("--suite", text("suite")),
        ("--key-hex", text("key_hex")),
        ("--question", text("question").map(|question| question + &own)),
        ("--counter", number("counter")),
        ("--pin", text("pin")),
        ("--session-hex", text("session_hex")),
        ("--at", number("timestamp")),
    ];
    for (flag, value) in flags {
        arguments.extend(value.map(|value| format!("{flag}={value}")));
    }
    arguments
}

#[test]
fn ocra_gives_the_values_of_rfc_6287() {
    let file = vectors("ocra-rfc6287.json");
    let vectors = file["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 70);
    for vector in vectors {
        let arguments = ocra(vector);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        assert_eq!(value(&arguments), vector["expected"].as_str().unwrap(), "{}", vector["id"]);
    }
}

/// Suites the RFC has no values for; 0 digits are the whole HMAC in hexadecimal.
#[test]
fn ocra_gives_the_values_of_other_programs() {
    let file = vectors("ocra-composite.json");
    let mut whole = 0;
    for vector in file["vectors"].as_array().unwrap() {
        let suite = vector["suite"].as_str().unwrap();
        let length: usize = suite.split("-Q").nth(1).or(suite.split(":Q").nth(1)).unwrap()[1..3].parse().unwrap();
        // Joined on the command line, two questions are told apart only when both are whole.
        let joined = !vector["own_question"].is_null();
        if joined && ["question", "own_question"].iter().any(|name| vector[name].as_str().unwrap().len() != length) {
            continue;
        }
        let arguments = ocra(vector);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let value = value(&arguments);
        assert_eq!(value, vector["expected"].as_str().unwrap(), "{}", vector["id"]);
        whole += usize::from(value.len() >= 40);
    }
    assert!(whole > 0, "no suite with 0 digits was tried");
}

#[test]
fn hotp_gives_the_values_of_rfc_4226() {
    let file = vectors("hotp-rfc4226.json");
    for vector in file["vectors"].as_array().unwrap() {
        let counter = vector["counter"].to_string();
        let arguments = ["hotp", "--key-hex", file["key_hex"].as_str().unwrap(), "--counter", &counter];
        assert_eq!(value(&arguments), vector["hotp6"].as_str().unwrap(), "{counter}");
    }
    let eight = ["hotp", "--key-hex", file["key_hex"].as_str().unwrap(), "--counter", "0", "--digits", "8"];
    assert_eq!(value(&eight), "84755224", "1284755224 of the RFC's table, the last eight digits");
}

#[test]
fn totp_gives_the_values_of_rfc_6238() {
    let file = vectors("totp-rfc6238.json");
    for vector in file["vectors"].as_array().unwrap() {
        let (name, at) = (vector["algorithm"].as_str().unwrap(), vector["time"].to_string());
        let key = file["keys_hex"][name].as_str().unwrap();
        for name in [name.to_owned(), name.to_lowercase()] {
            let arguments = ["totp", "--key-hex", key, "--at", &at, "--digits", "8", "--algorithm", &name];
            assert_eq!(value(&arguments), vector["totp8"].as_str().unwrap(), "{name} {at}");
        }
    }
    let key = "3132333435363738393031323334353637383930";
    assert_eq!(value(&["totp", "--key-hex", key, "--at", "59", "--step", "60"]), "755224", "step 0");
    assert_eq!(value(&["totp", "--key-hex", key]).len(), 6, "now");
}

#[test]
fn bad_input_is_wrong_usage() {
    let (suite, key) = ("OCRA-1:HOTP-SHA1-6:QN08", "3132333435363738393031323334353637383930");
    let good = ["ocra", "--suite", suite, "--key-hex", key, "--question", "00000000"];
    assert_eq!(value(&good), "237653");
    for more in [&["--counter", "1"][..], &["--pin", "1234"], &["--session-hex", "00"], &["--at", "1"]] {
        refused(&[&good[..], more].concat());
    }
    for question in ["", "123456789", "1234567x", "１２３４５６７８"] {
        refused(&["ocra", "--suite", suite, "--key-hex", key, "--question", question]);
    }
    for hex in ["", "3", "zz", "0x31", "31 32", "é"] {
        refused(&["ocra", "--suite", suite, "--key-hex", hex, "--question", "00000000"]);
        refused(&["hotp", "--key-hex", hex, "--counter", "0"]);
    }
    for suite in ["OCRA-1:HOTP-SHA1-3:QN08", "OCRA-1:HOTP-MD5-6:QN08", "", "OCRA-1:HOTP-SHA1-6:C-QN08"] {
        refused(&["ocra", "--suite", suite, "--key-hex", key, "--question", "00000000"]);
    }
    refused(&["hotp", "--key-hex", key]);
    refused(&["hotp", "--key-hex", key, "--counter", "-1"]);
    refused(&["hotp", "--key-hex", key, "--counter", "0", "--digits", "9"]);
    refused(&["totp", "--key-hex", key, "--at", "59", "--step", "0"]);
    refused(&["totp", "--key-hex", key, "--at", "59", "--algorithm", "md5"]);
    refused(&["nonsense"]);
    refused(&[]);
    let help = run(&["--help"]);
    assert_eq!(help.code, 0);
    assert!(help.out.contains("card-reader") && help.err.is_empty());
}
