//! `card-reader`: the software card in a file.

use super::{refused, run, value};
use std::fs;
use std::path::{Path, PathBuf};

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

fn card(dir: &Path, algorithm: &str) -> PathBuf {
    let path = dir.join("card.json");
    let text = format!(
        r#"{{"format":"countersign-card/1","class":"dsc-plus","serial":"1","label":"Card","algorithm":{algorithm},"key":"{KEY}"}}"#
    );
    fs::write(&path, text).unwrap();
    path
}

const DSC_PLUS: &str = r#"{"type":"ocra","suite":"OCRA-1:HOTP-SHA256-8:C-QN06-PSHA256","counter":5}"#;

#[test]
fn responds_as_the_same_key_does_in_ocra_and_moves_its_counter() {
    let dir = tempfile::tempdir().unwrap();
    let (card, pin) = (card(dir.path(), DSC_PLUS), dir.path().join("pin"));
    fs::write(&pin, "7294\n").unwrap();
    let (card_file, pin) = (card.to_str().unwrap(), pin.to_str().unwrap());
    let hex: String = (0..32).map(|octet| format!("{octet:02x}")).collect();
    let expected = |counter: &str| {
        let suite = "OCRA-1:HOTP-SHA256-8:C-QN06-PSHA256";
        let pin = ["--pin", "7294", "--counter", counter];
        value(&[&["ocra", "--suite", suite, "--key-hex", &hex, "--question", "123456"], &pin[..]].concat())
    };
    let respond = ["card-reader", "respond", "--state", card_file, "--pin-file", pin, "123456"];
    assert_eq!(value(&respond), expected("5"));
    assert_eq!(value(&respond), expected("6"));
    let json = value(&[&respond[..6], &["--json", "123 456"]].concat());
    assert_eq!(json, format!(r#"{{"value":"{}"}}"#, expected("7")));
    assert!(fs::read_to_string(&card).unwrap().contains("\"counter\": 8"));

    for challenge in ["12345", "1234567", "12345a"] {
        let run = run(&[&respond[..6], &[challenge]].concat());
        assert_eq!((run.code, run.out.as_str()), (1, ""), "{challenge}");
        assert!(run.err.contains("challenge"), "{}", run.err);
    }
    assert!(fs::read_to_string(&card).unwrap().contains("\"counter\": 8"), "refused: the counter stays");
    let passcode = run(&["card-reader", "passcode", "--state", card_file, "--pin-file", pin]);
    assert_eq!((passcode.code, passcode.out.as_str()), (1, ""));
}

#[test]
fn warns_of_a_challenge_that_is_not_for_a_login() {
    let dir = tempfile::tempdir().unwrap();
    let algorithm = r#"{"type":"ocra","suite":"OCRA-1:HOTP-SHA256-8:QN08"}"#;
    let card = card(dir.path(), algorithm);
    for (challenge, words) in [
        ("41234567", ""),
        ("51234567", "desk"),
        ("61234567", "devices"),
        ("71234567", "devices"),
        ("81234567", "money"),
        ("91234567", "money"),
    ] {
        let run = run(&["card-reader", "respond", "--state", card.to_str().unwrap(), challenge]);
        assert_eq!((run.code, run.out.trim().len()), (0, 8), "{challenge}: {}", run.err);
        assert!(run.err.contains(words) && run.err.is_empty() == words.is_empty(), "{challenge}: {}", run.err);
    }
}

#[test]
fn shows_passcodes_and_the_values_of_a_code_card() {
    let dir = tempfile::tempdir().unwrap();
    let gold = card(dir.path(), r#"{"type":"totp","digits":6,"step":30}"#);
    let passcode = value(&["card-reader", "passcode", "--state", gold.to_str().unwrap()]);
    assert!(passcode.len() == 6 && passcode.bytes().all(|b| b.is_ascii_digit()), "{passcode}");

    let grid = card(dir.path(), r#"{"type":"code_card","places":224}"#);
    let values =
        |places: [&str; 2]| run(&["card-reader", "values", "--state", grid.to_str().unwrap(), places[0], places[1]]);
    // As in the vectors of the crate otp, made with Python.
    assert_eq!(values(["7", "224"]).out, "N9K46E\n");
    assert_eq!(values(["0", "1"]).code, 1);
    assert_eq!(values(["1", "225"]).code, 1);
    refused(&["card-reader", "values", "--state", grid.to_str().unwrap(), "1"]);
}

#[test]
fn says_what_is_wrong_with_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("none");
    let told = run(&["card-reader", "passcode", "--state", missing.to_str().unwrap()]);
    assert_eq!(told.code, 1);
    assert!(told.err.contains("none") && !missing.with_extension("lock").exists(), "{}", told.err);
    let card = card(dir.path(), DSC_PLUS);
    let told = run(&["card-reader", "respond", "--state", card.to_str().unwrap(), "--pin-file", "/no/such", "123456"]);
    assert_eq!(told.code, 1);
    assert!(told.err.contains("/no/such"), "{}", told.err);
    fs::write(&card, "{}").unwrap();
    let told = run(&["card-reader", "respond", "--state", card.to_str().unwrap(), "123456"]);
    assert!(told.code == 1 && told.err.contains("not a card file"), "{}", told.err);
    refused(&["card-reader", "respond", "--state", card.to_str().unwrap()]);
}
