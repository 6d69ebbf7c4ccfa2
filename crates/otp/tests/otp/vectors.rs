//! Every value of the vector files: RFC 6287 C, RFC 4226 D, RFC 6238 B and the composite suites.

use std::collections::HashMap;

use super::published::{OcraFile, OcraVector, key, read, unhex};
use otp::ocra::{Input, Suite};
use otp::{Algorithm, Digits, hotp, totp};
use serde::Deserialize;

fn check(vector: &OcraVector) {
    let suite: Suite = vector.suite.parse().unwrap_or_else(|error| panic!("{}: {error}", vector.id));
    let key = key(&vector.key_hex);
    let pin = vector.pin.as_ref().map(|pin| suite.pin_hash(pin).unwrap());
    let session = vector.session_hex.as_ref().map(|hex| unhex(hex));
    let time = suite.time_step().and(vector.timestamp).and_then(|seconds| suite.step_at(seconds));
    assert_eq!(time, vector.time_steps, "{}", vector.id);
    let (question, own_question) = vector.questions();
    let input =
        Input { counter: vector.counter, question, own_question, pin: pin.as_ref(), session: session.as_deref(), time };
    let code = suite.respond(&key, &input).unwrap_or_else(|error| panic!("{}: {error}", vector.id));
    assert_eq!(code.as_str(), vector.expected, "{}", vector.id);
    assert_eq!(suite.verify(&key, &input, &vector.expected), Ok(true), "{}", vector.id);
    if let Some(counter) = vector.counter {
        let from = counter.saturating_sub(2);
        let found = suite.verify_counter(&key, &Input { counter: None, ..input }, from, 2, &vector.expected);
        assert_eq!(found, Ok(Some(counter)), "{}", vector.id);
    }
    if let Some(step) = time {
        let found = suite.verify_time(&key, &Input { time: None, ..input }, step + 1, 1, 1, &vector.expected);
        assert_eq!(found, Ok(Some(step)), "{}", vector.id);
    }
}

#[test]
fn ocra_of_rfc_6287() {
    let file: OcraFile = read("ocra-rfc6287.json");
    assert_eq!(file.vectors.len(), 70);
    let modes = |mode: &str| file.vectors.iter().filter(|vector| vector.mode.as_deref() == Some(mode)).count();
    assert_eq!((modes("one-way"), modes("mutual"), modes("signature")), (40, 20, 10));
    file.vectors.iter().for_each(check);
}

#[test]
fn ocra_of_composite_suites() {
    let file: OcraFile = read("ocra-composite.json");
    assert_eq!(file.vectors.len(), 21);
    file.vectors.iter().for_each(check);
}

#[test]
fn mutual_server_suite_is_the_client_suite_without_pin() {
    let file: OcraFile = read("ocra-rfc6287.json");
    let mutual: Vec<_> = file.vectors.iter().filter(|vector| vector.mode.as_deref() == Some("mutual")).collect();
    let suite_of = |role: &'static str| mutual.iter().filter(move |vector| vector.role.as_deref() == Some(role));
    for (server, client) in suite_of("server").zip(suite_of("client")) {
        assert_eq!(server.client_challenge, client.client_challenge);
        assert_eq!(Suite::parse(&client.suite).unwrap().without_pin(), Suite::parse(&server.suite).unwrap());
    }
    assert!(mutual.iter().any(|vector| vector.pin.is_some()));
}

#[derive(Deserialize)]
struct HotpFile {
    key_hex: String,
    vectors: Vec<HotpVector>,
    extra: HotpExtra,
}

#[derive(Deserialize)]
struct HotpVector {
    counter: u64,
    hotp6: String,
}

#[derive(Deserialize)]
struct HotpExtra {
    vectors: Vec<HotpExtraVector>,
}

#[derive(Deserialize)]
struct HotpExtraVector {
    counter: u64,
    digits: u8,
    hotp: String,
}

#[test]
fn hotp_of_rfc_4226() {
    let file: HotpFile = read("hotp-rfc4226.json");
    let key = key(&file.key_hex);
    let plain = file.vectors.into_iter().map(|vector| (vector.counter, Digits::Six, vector.hotp6));
    let extra = file.extra.vectors.into_iter();
    let extra = extra.map(|vector| (vector.counter, Digits::try_from(vector.digits).unwrap(), vector.hotp));
    let all: Vec<_> = plain.chain(extra).collect();
    assert_eq!(all.len(), 28);
    for (counter, digits, expected) in all {
        assert_eq!(hotp::value(&key, counter, digits).as_str(), expected);
        assert_eq!(hotp::verify(&key, counter, 0, digits, &expected), Some(counter));
    }
}

#[derive(Deserialize)]
struct TotpFile {
    step_seconds: u32,
    keys_hex: HashMap<String, String>,
    vectors: Vec<TotpVector>,
}

#[derive(Deserialize)]
struct TotpVector {
    time: u64,
    steps_hex: String,
    algorithm: String,
    totp8: String,
}

#[test]
fn totp_of_rfc_6238() {
    let file: TotpFile = read("totp-rfc6238.json");
    assert_eq!(file.vectors.len(), 18);
    for vector in &file.vectors {
        let algorithm = Algorithm::from_name(&vector.algorithm).unwrap();
        let key = key(&file.keys_hex[&vector.algorithm]);
        let step = totp::step_at(vector.time, file.step_seconds);
        assert_eq!(step, u64::from_str_radix(&vector.steps_hex, 16).unwrap());
        assert_eq!(totp::value(&key, algorithm, step, Digits::Eight).as_str(), vector.totp8);
        assert_eq!(totp::verify(&key, algorithm, step, 0, 0, Digits::Eight, &vector.totp8), Some(step));
    }
}
