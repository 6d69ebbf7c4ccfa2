//! What holds for every suite, input, window and candidate.

use super::published::{rfc_key, unhex};
use otp::ocra::{Input, PinHash, Suite};
use otp::{Algorithm, Digits, Key, hotp, totp};
use proptest::option;
use proptest::prelude::*;

fn hash() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("SHA1"), Just("SHA256"), Just("SHA512")]
}

fn digits() -> impl Strategy<Value = u8> {
    prop_oneof![Just(0_u8), 4..=10_u8]
}

fn step() -> impl Strategy<Value = String> {
    prop_oneof![
        (1..=59_u8).prop_map(|n| format!("{n}S")),
        (1..=59_u8).prop_map(|n| format!("{n}M")),
        (1..=48_u8).prop_map(|n| format!("{n}H")),
    ]
}

/// The text of a valid suite.
fn suite_text(digits: impl Strategy<Value = u8>) -> impl Strategy<Value = String> {
    let session = prop_oneof![Just("064"), Just("128"), Just("256"), Just("512")];
    let question = (prop_oneof![Just('A'), Just('N'), Just('H')], 4..=64_u8);
    (hash(), digits, any::<bool>(), question, option::of(hash()), option::of(session), option::of(step())).prop_map(
        |(hash, digits, counter, (format, length), pin, session, step)| {
            let mut parts = Vec::new();
            parts.extend(counter.then(|| "C".to_owned()));
            parts.push(format!("Q{format}{length:02}"));
            parts.extend(pin.map(|hash| format!("P{hash}")));
            parts.extend(session.map(|length| format!("S{length}")));
            parts.extend(step.map(|step| format!("T{step}")));
            format!("OCRA-1:HOTP-{hash}-{digits}:{}", parts.join("-"))
        },
    )
}

/// A text that is nearly a suite: one with a stretch replaced.
fn damaged_suite() -> impl Strategy<Value = String> {
    (suite_text(digits()), any::<prop::sample::Index>(), "[A-Za-z0-9:\\-é]{0,3}", 0..3_usize).prop_map(
        |(text, at, patch, cut)| {
            let at = at.index(text.len());
            let end = (at + cut).min(text.len());
            format!("{}{patch}{}", &text[..at], &text[end..])
        },
    )
}

/// An input with everything that the suite takes.
struct Fitting {
    suite: Suite,
    question: String,
    pin: Option<PinHash>,
    session: Option<Vec<u8>>,
}

impl std::fmt::Debug for Fitting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.suite, self.question)
    }
}

impl Fitting {
    fn at(&self, counter: u64, step: u64) -> Input<'_> {
        Input {
            counter: self.suite.has_counter().then_some(counter),
            question: &self.question,
            own_question: None,
            pin: self.pin.as_ref(),
            session: self.session.as_deref(),
            time: self.suite.time_step().map(|_| step),
        }
    }
}

fn fitting(digits: impl Strategy<Value = u8>) -> impl Strategy<Value = Fitting> {
    (suite_text(digits), "[0-9]{1,64}", ".{0,12}", prop::collection::vec(any::<u8>(), 0..=512)).prop_map(
        |(text, question, pin, mut session)| {
            let suite = Suite::parse(&text).unwrap();
            let question = question.chars().take(suite.question_length().into()).collect();
            let pin = suite.pin_hash(&pin);
            session.truncate(suite.session_length().unwrap_or(0).into());
            let session = suite.session_length().map(|_| session);
            Fitting { suite, question, pin, session }
        },
    )
}

fn key() -> impl Strategy<Value = Key> {
    prop::collection::vec(any::<u8>(), 0..200).prop_map(Key::new)
}

fn near_the_ends() -> impl Strategy<Value = u64> {
    prop_oneof![0..50_u64, any::<u64>(), (u64::MAX - 50)..=u64::MAX]
}

proptest! {
    #[test]
    fn suite_text_round_trips(text in suite_text(digits())) {
        let suite = Suite::parse(&text).unwrap();
        prop_assert_eq!(suite.to_string(), text.as_str());
        prop_assert_eq!(suite.to_string().parse::<Suite>().unwrap(), suite.clone());
        prop_assert!(suite.without_pin().pin_algorithm().is_none());
        prop_assert_eq!(Suite::parse(suite.without_pin().as_str()).unwrap(), suite.without_pin());
    }

    #[test]
    fn suite_reader_takes_any_text(text in "\\PC*") {
        prop_assert!(Suite::parse(&text).is_err());
    }

    #[test]
    fn suite_reader_takes_any_octets(octets in prop::collection::vec(any::<u8>(), 0..80)) {
        prop_assert!(Suite::parse(&String::from_utf8_lossy(&octets)).is_err());
    }

    #[test]
    fn damaged_suites_are_refused_or_read_as_they_stand(text in damaged_suite()) {
        if let Ok(suite) = Suite::parse(&text) {
            prop_assert_eq!(suite.as_str(), text.as_str());
            prop_assert!(matches!(suite.digits(), 0 | 4..=10));
            prop_assert!((4..=64).contains(&suite.question_length()));
            prop_assert!(suite.time_step().is_none_or(|seconds| (1..=48 * 3600).contains(&seconds)));
        }
    }

    #[test]
    fn any_input_is_answered_or_refused(
        text in suite_text(digits()),
        key in key(),
        counter in option::of(near_the_ends()),
        question in prop_oneof!["\\PC{0,70}", "[0-9]{0,70}", "[0-9a-fA-F]{0,70}"],
        own_question in option::of("[0-9]{0,70}"),
        pin in option::of(prop::sample::select(vec![0_usize, 20, 32, 64])),
        session in option::of(prop::collection::vec(any::<u8>(), 0..600)),
        time in option::of(near_the_ends()),
        candidate in "\\PC{0,140}",
    ) {
        let suite = Suite::parse(&text).unwrap();
        let pin = pin.map(|len| PinHash::from_bytes(vec![7; len]));
        let input = Input {
            counter,
            question: &question,
            own_question: own_question.as_deref(),
            pin: pin.as_ref(),
            session: session.as_deref(),
            time,
        };
        match suite.respond(&key, &input) {
            Ok(code) => {
                prop_assert_eq!(suite.verify(&key, &input, code.as_str()), Ok(true));
                prop_assert_eq!(suite.verify(&key, &input, &candidate), Ok(candidate == code.as_str()));
            }
            Err(error) => prop_assert_eq!(suite.verify(&key, &input, &candidate), Err(error)),
        }
        let _ = suite.verify_counter(&key, &input, u64::MAX, 3, &candidate);
        let _ = suite.verify_time(&key, &input, 0, 3, 3, &candidate);
    }

    #[test]
    fn verify_agrees_with_respond(fitting in fitting(digits()), key in key(), at in near_the_ends(), slip in 0..128_usize) {
        let input = fitting.at(at, at);
        let code = fitting.suite.respond(&key, &input).unwrap();
        prop_assert_eq!(fitting.suite.verify(&key, &input, code.as_str()), Ok(true));
        let mut wrong = code.as_str().to_owned().into_bytes();
        let slip = slip % wrong.len();
        wrong[slip] = if wrong[slip] == b'0' { b'1' } else { b'0' };
        let wrong = String::from_utf8(wrong).unwrap();
        prop_assert_eq!(fitting.suite.verify(&key, &input, &wrong), Ok(false));
        for shape in [&code.as_str()[1..], &format!("{}0", code.as_str()), &format!(" {}", code.as_str()), ""] {
            prop_assert_eq!(fitting.suite.verify(&key, &input, shape), Ok(false));
        }
    }

    // Suites of 0 digits: the whole HMAC, so no two counters share a response by chance.
    #[test]
    fn counter_window_holds_exactly_its_counters(
        fitting in fitting(Just(0)).prop_filter("counter", |fitting| fitting.suite.has_counter()),
        from in near_the_ends(),
        look_ahead in 0..25_u32,
        offset in 0..40_u64,
    ) {
        let key = rfc_key(32);
        let counter = from.saturating_add(offset);
        let code = fitting.suite.respond(&key, &fitting.at(counter, 9)).unwrap();
        let found = fitting.suite.verify_counter(&key, &fitting.at(0, 9), from, look_ahead, code.as_str());
        let inside = counter - from <= u64::from(look_ahead);
        prop_assert_eq!(found, Ok(inside.then_some(counter)));
        if let Some(before) = from.checked_sub(1) {
            let code = fitting.suite.respond(&key, &fitting.at(before, 9)).unwrap();
            prop_assert_eq!(fitting.suite.verify_counter(&key, &fitting.at(0, 9), from, look_ahead, code.as_str()), Ok(None));
        }
    }

    #[test]
    fn time_window_holds_exactly_its_steps(
        fitting in fitting(Just(0)).prop_filter("time", |fitting| fitting.suite.time_step().is_some()),
        step in near_the_ends(),
        back in 0..6_u32,
        ahead in 0..6_u32,
        offset in -10..=10_i64,
    ) {
        let key = rfc_key(32);
        let at = step.saturating_add_signed(offset);
        let code = fitting.suite.respond(&key, &fitting.at(9, at)).unwrap();
        let found = fitting.suite.verify_time(&key, &fitting.at(9, 0), step, back, ahead, code.as_str());
        let inside = (step.saturating_sub(back.into())..=step.saturating_add(ahead.into())).contains(&at);
        prop_assert_eq!(found, Ok(inside.then_some(at)));
    }

    #[test]
    fn hotp_and_totp_take_anything(key in key(), at in near_the_ends(), window in 0..5_u32, text in "\\PC{0,12}") {
        for digits in [Digits::Six, Digits::Seven, Digits::Eight] {
            let code = hotp::value(&key, at, digits);
            prop_assert_eq!(code.as_str().len(), usize::from(digits.get()));
            let found = hotp::verify(&key, at, window, digits, code.as_str());
            prop_assert_eq!(found, Some(at));
            let known = (0..=u64::from(window)).any(|by| hotp::value(&key, at.saturating_add(by), digits).as_str() == text);
            prop_assert_eq!(hotp::verify(&key, at, window, digits, &text).is_some(), known);
            for algorithm in [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512] {
                let code = totp::value(&key, algorithm, at, digits);
                let found = totp::verify(&key, algorithm, at, window, window, digits, code.as_str());
                prop_assert!(found.is_some_and(|step| step.abs_diff(at) <= u64::from(window)));
            }
        }
    }

    #[test]
    fn step_is_the_whole_number_of_steps(seconds in any::<u64>(), step in 1..=u32::MAX) {
        let at = totp::step_at(seconds, step);
        prop_assert!(at * u64::from(step) <= seconds);
        prop_assert!(seconds - at * u64::from(step) < u64::from(step));
    }
}

#[test]
fn hotp_window_is_the_rfc_table() {
    let key = Key::new(unhex("3132333435363738393031323334353637383930"));
    // RFC 4226, Appendix D: the value of counter 9.
    assert_eq!(hotp::verify(&key, 0, 9, Digits::Six, "520489"), Some(9));
    assert_eq!(hotp::verify(&key, 0, 8, Digits::Six, "520489"), None);
    assert_eq!(hotp::verify(&key, 9, 0, Digits::Six, "520489"), Some(9));
    assert_eq!(hotp::verify(&key, 10, 20, Digits::Six, "520489"), None);
}

#[test]
fn totp_window_is_the_rfc_table() {
    // RFC 6238, Appendix B: the steps 37037036 and 37037037 of SHA-1.
    let key = rfc_key(20);
    let find = |step, back, ahead| totp::verify(&key, Algorithm::Sha1, step, back, ahead, Digits::Eight, "07081804");
    assert_eq!(find(37_037_036, 0, 0), Some(37_037_036));
    assert_eq!(find(37_037_037, 1, 0), Some(37_037_036));
    assert_eq!(find(37_037_037, 0, 5), None);
    assert_eq!(find(37_037_035, 0, 1), Some(37_037_036));
    assert_eq!(find(37_037_035, 5, 0), None);
    assert_eq!(totp::step_at(1_111_111_109, 30), 37_037_036);
    assert_eq!(totp::step_at(59, 0), 59);
}

#[test]
fn digits_are_six_to_eight() {
    for digits in 0..=u8::MAX {
        assert_eq!(Digits::try_from(digits).is_ok(), (6..=8).contains(&digits));
    }
}

#[test]
fn secrets_are_never_printed() {
    let key = Key::new(b"secret-key-octets".to_vec());
    let pin = PinHash::from_bytes(b"pin-hash".to_vec());
    let input = Input { question: "12", pin: Some(&pin), session: Some(b"session"), ..Input::default() };
    assert_eq!(format!("{key:?} {pin:?}"), "Key(..) PinHash(..)");
    assert_eq!(format!("{:?}", hotp::value(&key, 1, Digits::Six)), "Code(..)");
    let shown = format!("{input:?} {input:#?}");
    assert!(shown.contains("PinHash(..)"), "{shown}");
    assert!(!shown.contains("session\""), "{shown}");
    assert!(!shown.contains("115"), "{shown}");
}
