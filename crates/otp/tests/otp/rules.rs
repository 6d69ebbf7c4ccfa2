//! The eleven rules that decide an OCRA value, a test each, and every refusal of an input. The expected messages are
//! spelt out octet by octet; suites of 0 digits show the whole HMAC of them. Rule 11's suite texts are in `suites.rs`.

use super::published::{rfc_key, unhex};
use hmac::{Hmac, KeyInit, Mac};
use otp::Key;
use otp::ocra::{Input, InputError, PinHash, Suite, SuiteError};
use sha2::{Digest, Sha256};

const PREFIX: &str = "OCRA-1:HOTP-SHA256-0:";

fn suite(data: &str) -> Suite {
    Suite::parse(&format!("{PREFIX}{data}")).unwrap()
}

fn key() -> Key {
    rfc_key(32)
}

fn answer(suite: &Suite, input: &Input<'_>) -> String {
    suite.respond(&key(), input).unwrap().as_str().to_owned()
}

fn ask(data: &str, question: &str) -> String {
    answer(&suite(data), &Input { question, ..Input::default() })
}

fn refusal(data: &str, input: &Input<'_>) -> InputError {
    suite(data).respond(&key(), input).unwrap_err()
}

/// The HMAC of a suite text, one zero octet and the octets given.
fn hmac(data: &str, rest: &[&[u8]]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key().as_bytes()).unwrap();
    mac.update(PREFIX.as_bytes());
    mac.update(data.as_bytes());
    mac.update(&[0]);
    rest.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().iter().map(|octet| format!("{octet:02x}")).collect()
}

fn filled(question: &[u8]) -> [u8; 128] {
    let mut octets = [0; 128];
    octets[..question.len()].copy_from_slice(question);
    octets
}

#[test]
fn rule_01_parts_follow_each_other_in_order_with_nothing_between() {
    let data = "C-QA08-PSHA256-S064-T1M";
    let suite = suite(data);
    let pin = suite.pin_hash("1234").unwrap();
    let session = [0x5a; 64];
    let input = Input {
        counter: Some(1),
        question: "abc",
        own_question: None,
        pin: Some(&pin),
        session: Some(&session),
        time: Some(2),
    };
    let pin_octets = Sha256::digest(b"1234");
    let one = [0, 0, 0, 0, 0, 0, 0, 1];
    let two = [0, 0, 0, 0, 0, 0, 0, 2];
    assert_eq!(answer(&suite, &input), hmac(data, &[&one, &filled(b"abc"), &pin_octets, &session, &two]));
    assert_eq!(ask("QA08", "abc"), hmac("QA08", &[&filled(b"abc")]));
}

#[test]
fn rule_02_counter_and_time_are_eight_octets_big_endian() {
    let counter = Input { counter: Some(0x0102_0304_0506_0708), question: "1", ..Input::default() };
    assert_eq!(answer(&suite("C-QA08"), &counter), hmac("C-QA08", &[&[1, 2, 3, 4, 5, 6, 7, 8], &filled(b"1")]));

    let timed = suite("QA08-T30S");
    assert_eq!([0, 29, 30, 59, 60].map(|seconds| timed.step_at(seconds)), [0, 0, 1, 1, 2].map(Some));
    assert_eq!(suite("QA08-T48H").step_at(48 * 3600 * 5 - 1), Some(4));
    let at = |time| answer(&timed, &Input { question: "1", time: Some(time), ..Input::default() });
    assert_eq!(at(0), hmac("QA08-T30S", &[&filled(b"1"), &[0; 8]]));
    assert_eq!(at(u64::MAX), hmac("QA08-T30S", &[&filled(b"1"), &[0xff; 8]]));
}

#[test]
fn rule_03_question_is_filled_to_128_octets_on_the_right() {
    let mut octets = [0; 128];
    octets[0] = b'x';
    assert_eq!(ask("QA08", "x"), hmac("QA08", &[&octets]));
    let whole = "y".repeat(64);
    let mutual = Input { question: &whole, own_question: Some(&whole), ..Input::default() };
    assert_eq!(answer(&suite("QA64"), &mutual), hmac("QA64", &[&[b'y'; 128]]));
}

#[test]
fn rule_04_numeric_question_is_one_number_in_hexadecimal() {
    // 1234 = 4d2, an odd number of hexadecimal digits.
    assert_eq!(ask("QN08", "1234"), hmac("QN08", &[&filled(&[0x4d, 0x20])]));
    assert_eq!(ask("QN08", "00001234"), ask("QN08", "1234"));
    assert_eq!(ask("QN08", "00000000"), hmac("QN08", &[&[0; 128]]));
    assert_eq!(ask("QN08", "255"), hmac("QN08", &[&filled(&[0xff])]));
    assert_eq!(ask("QN08", "256"), hmac("QN08", &[&filled(&[0x10])]));
    // 2^128, beyond any machine word.
    let big = "340282366920938463463374607431768211456";
    assert_eq!(ask("QN64", big), hmac("QN64", &[&filled(&[0x10])]));
    // 10^64 - 1 and 10^128 - 1, the largest that one party and two can ask.
    let nines = "9".repeat(64);
    let octets = unhex("184f03e93ff9f4daa797ed6e38ed64bf6a1f00ffffffffffffffff");
    assert_eq!(ask("QN64", &nines), hmac("QN64", &[&filled(&octets)]));
    let octets = unhex(concat!(
        "24ee91f2603a6337f19bccdb0dac404dc08d3cff5ec2374e42f0f1538fd0",
        "3df99092e953e00ffffffffffffffffffffffffffffffff0"
    ));
    let mutual = Input { question: &nines, own_question: Some(&nines), ..Input::default() };
    assert_eq!(answer(&suite("QN64"), &mutual), hmac("QN64", &[&filled(&octets)]));
}

#[test]
fn rule_05_hexadecimal_question_is_read_as_given() {
    assert_eq!(ask("QH08", "00ff00a1"), hmac("QH08", &[&filled(&[0x00, 0xff, 0x00, 0xa1])]));
    assert_ne!(ask("QH08", "00ff"), ask("QH08", "ff"));
    assert_eq!(ask("QH08", "abc"), hmac("QH08", &[&filled(&[0xab, 0xc0])]));
    assert_eq!(ask("QH08", "aBcDeF09"), ask("QH08", "AbCdEf09"));
    assert_eq!(ask("QH08", "ABCDEF09"), hmac("QH08", &[&filled(&[0xab, 0xcd, 0xef, 0x09])]));
}

#[test]
fn rule_06_alphanumeric_question_is_its_octets_with_case() {
    assert_eq!(ask("QA10", "Az09"), hmac("QA10", &[&filled(b"Az09")]));
    assert_ne!(ask("QA10", "az09"), ask("QA10", "AZ09"));
    assert_ne!(ask("QA10", "0001"), ask("QA10", "1"));
}

#[test]
fn rule_07_length_is_an_upper_limit_and_mutual_questions_are_joined() {
    assert_eq!(ask("QA04", "a"), hmac("QA04", &[&filled(b"a")]));
    assert_eq!(ask("QA04", "abcd"), hmac("QA04", &[&filled(b"abcd")]));
    let one = Input { question: "abcde", ..Input::default() };
    assert_eq!(refusal("QA04", &one), InputError::QuestionTooLong);

    let mutual = Input { question: "Srv4", own_question: Some("Cli4"), ..Input::default() };
    assert_eq!(answer(&suite("QA04"), &mutual), hmac("QA04", &[&filled(b"Srv4Cli4")]));
    let long = Input { own_question: Some("Cli45"), ..mutual };
    assert_eq!(refusal("QA04", &long), InputError::QuestionTooLong);
    // Joined as text first: 12 and 0034 are the number 120034, and abc and d the octets ab cd.
    let numeric = Input { question: "12", own_question: Some("0034"), ..Input::default() };
    assert_eq!(answer(&suite("QN04"), &numeric), hmac("QN04", &[&filled(&[0x1d, 0x4e, 0x20])]));
    let hexadecimal = Input { question: "abc", own_question: Some("d"), ..Input::default() };
    assert_eq!(answer(&suite("QH04"), &hexadecimal), hmac("QH04", &[&filled(&[0xab, 0xcd])]));
}

#[test]
fn rule_08_pin_is_the_hash_of_its_utf_8_octets() {
    let data = "QA08-PSHA256";
    let suite = suite(data);
    let pin = suite.pin_hash("Zürich").unwrap();
    assert_eq!(pin.as_bytes(), Sha256::digest("Zürich".as_bytes()).as_slice());
    let input = Input { question: "abc", pin: Some(&pin), ..Input::default() };
    assert_eq!(answer(&suite, &input), hmac(data, &[&filled(b"abc"), &Sha256::digest("Zürich")]));
    let sha1 = Suite::parse("OCRA-1:HOTP-SHA256-8:QA08-PSHA1").unwrap().pin_hash("1234").unwrap();
    assert_eq!(sha1.as_bytes(), unhex("7110eda4d09e062aa5e4a390b0a572ac0d2c0220"));
    let sha512 = Suite::parse("OCRA-1:HOTP-SHA256-8:QA08-PSHA512").unwrap().pin_hash("1234").unwrap();
    assert_eq!(sha512.as_bytes().len(), 64);
}

#[test]
fn rule_09_session_is_filled_on_the_left() {
    let ask = |data: &str, session: &[u8]| {
        let input = Input { question: "1", session: Some(session), ..Input::default() };
        suite(data).respond(&key(), &input).map(|code| code.as_str().to_owned())
    };
    for (data, len) in [("QA08-S064", 64), ("QA08-S128", 128), ("QA08-S256", 256), ("QA08-S512", 512)] {
        let mut octets = vec![0; len];
        octets[len - 2..].copy_from_slice(&[7, 8]);
        let expected = hmac(data, &[&filled(b"1"), &octets]);
        assert_eq!(ask(data, &[7, 8]), Ok(expected.clone()));
        assert_eq!(ask(data, &octets), Ok(expected));
        octets.push(9);
        assert_eq!(ask(data, &octets), Err(InputError::SessionTooLong));
    }
    assert_eq!(ask("QA08-S064", &[]), Ok(hmac("QA08-S064", &[&filled(b"1"), &[0; 64]])));
}

#[test]
fn rule_10_digits() {
    let truncated = |code: &str, at: usize| u64::from_str_radix(&code[at * 2..at * 2 + 8], 16).unwrap() & 0x7fff_ffff;
    for digits in [4_u32, 5, 6, 7, 8, 9, 10] {
        let data = format!("OCRA-1:HOTP-SHA1-{digits}:QN08");
        let suite = Suite::parse(&data).unwrap();
        let mut mac = Hmac::<sha1::Sha1>::new_from_slice(rfc_key(20).as_bytes()).unwrap();
        mac.update(data.as_bytes());
        mac.update(&[0; 129]);
        let hex: String = mac.finalize().into_bytes().iter().map(|octet| format!("{octet:02x}")).collect();
        let offset = usize::from_str_radix(&hex[hex.len() - 1..], 16).unwrap();
        let expected = format!("{:0width$}", truncated(&hex, offset) % 10_u64.pow(digits), width = digits as usize);
        let code = suite.respond(&rfc_key(20), &Input { question: "0", ..Input::default() }).unwrap();
        assert_eq!(code.as_str(), expected);
        assert_eq!(code.as_str().len(), digits as usize);
    }
    for (hash, len) in [("SHA1", 40), ("SHA256", 64), ("SHA512", 128)] {
        let suite = Suite::parse(&format!("OCRA-1:HOTP-{hash}-0:QN08")).unwrap();
        let input = Input { question: "0", ..Input::default() };
        let code = suite.respond(&key(), &input).unwrap();
        assert_eq!(code.as_str().len(), len);
        assert_eq!(suite.verify(&key(), &input, code.as_str()), Ok(true));
        assert_eq!(suite.verify(&key(), &input, &code.as_str().to_uppercase()), Ok(false));
    }
}

#[test]
fn rule_11_letter_case_counts_and_text_takes_part() {
    assert_eq!(Suite::parse("OCRA-1:HOTP-sha1-6:QN08"), Err(SuiteError::Hash));
    assert_eq!(Suite::parse("OCRA-1:HOTP-SHA1-6:qN08"), Err(SuiteError::UnknownPart));
    // The same question, the same key: only the suite text differs.
    assert_ne!(ask("QN08", "1"), ask("QN09", "1"));
}

#[test]
fn rule_11_question_characters() {
    let refused = |data, question| {
        let input = Input { question, ..Input::default() };
        assert_eq!(refusal(data, &input), InputError::QuestionCharacters, "{data} {question}");
        let mutual = Input { question: "1", own_question: Some(question), ..Input::default() };
        assert_eq!(refusal(data, &mutual), InputError::QuestionCharacters, "{data} {question}");
    };
    for question in ["12a4", "-1", "+1", "1 2", "1.0", "0x1", " 1", "1\n", "\u{0661}\u{0662}", "\u{ff11}", "\u{b2}"] {
        refused("QN08", question);
    }
    for question in ["0g", "0x1f", "ab cd", "\u{ff21}", "-a", "é"] {
        refused("QH08", question);
    }
    for question in ["a b", "a-b", "a\0", "ä", "a_b", "\u{ff21}", "🔑"] {
        refused("QA08", question);
    }
}

#[test]
fn question_must_be_there() {
    for data in ["QA08", "QN08", "QH08"] {
        assert_eq!(refusal(data, &Input::default()), InputError::QuestionMissing);
        let mutual = Input { question: "1", own_question: Some(""), ..Input::default() };
        assert_eq!(refusal(data, &mutual), InputError::QuestionMissing);
    }
}

#[test]
fn inputs_must_be_those_of_the_suite() {
    let pin = PinHash::from_bytes(vec![1; 32]);
    let bare = Input { question: "1", ..Input::default() };
    let all = Input { counter: Some(1), pin: Some(&pin), session: Some(&[1]), time: Some(1), ..bare };
    let full = "C-QN08-PSHA256-S064-T1M";
    assert!(suite(full).respond(&key(), &all).is_ok());
    assert!(suite("QN08").respond(&key(), &bare).is_ok());

    assert_eq!(refusal(full, &Input { counter: None, ..all }), InputError::CounterMissing);
    assert_eq!(refusal(full, &Input { pin: None, ..all }), InputError::PinMissing);
    assert_eq!(refusal(full, &Input { session: None, ..all }), InputError::SessionMissing);
    assert_eq!(refusal(full, &Input { time: None, ..all }), InputError::TimeMissing);
    assert_eq!(refusal("QN08", &Input { counter: Some(1), ..bare }), InputError::CounterUnwanted);
    assert_eq!(refusal("QN08", &Input { pin: Some(&pin), ..bare }), InputError::PinUnwanted);
    assert_eq!(refusal("QN08", &Input { session: Some(&[]), ..bare }), InputError::SessionUnwanted);
    assert_eq!(refusal("QN08", &Input { time: Some(0), ..bare }), InputError::TimeUnwanted);

    for len in [0, 20, 31, 33, 64] {
        let pin = PinHash::from_bytes(vec![1; len]);
        assert_eq!(refusal("QN08-PSHA256", &Input { pin: Some(&pin), ..bare }), InputError::PinLength);
    }
}

#[test]
fn verification_refuses_the_same_inputs_whatever_the_candidate() {
    let input = Input { question: "1", ..Input::default() };
    let plain = suite("QN08");
    assert_eq!(plain.verify_counter(&key(), &input, 0, 3, "1"), Err(InputError::CounterUnwanted));
    assert_eq!(plain.verify_time(&key(), &input, 9, 1, 1, "1"), Err(InputError::TimeUnwanted));
    let both = suite("C-QN08-T1M");
    assert_eq!(both.verify(&key(), &input, "1"), Err(InputError::CounterMissing));
    assert_eq!(both.verify_counter(&key(), &input, 0, 3, "1"), Err(InputError::TimeMissing));
    assert_eq!(both.verify_time(&key(), &input, 9, 1, 1, "1"), Err(InputError::CounterMissing));
}
