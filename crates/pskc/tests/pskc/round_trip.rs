//! What is written is read again; no octets make the reader panic.

use super::figure;
use jiff::Timestamp;
use proptest::prelude::*;
use pskc::{
    Algorithm, ChallengeFormat, Device, Encoding, Key, Package, PinPolicy, PinUsage, Policy, Protection, Reader,
    ResponseFormat, Secret, Unlock, Value, Writer,
};
use std::num::NonZeroU32;

/// Text as people and makers write it, also with what XML takes for something; white space around it is of no account.
fn text() -> impl Strategy<Value = Option<String>> {
    prop::option::of("[a-zA-Z0-9<>&\"'\\]Яé/=:._-]([ a-zA-Z0-9<>&\"'\\]Яé/=:._-]{0,10}[a-z0-9<&])?")
}

fn moment() -> impl Strategy<Value = Option<Timestamp>> {
    prop::option::of((0_i64..4_000_000_000).prop_map(|second| Timestamp::from_second(second).unwrap()))
}

fn encoding() -> impl Strategy<Value = Encoding> {
    prop::sample::select(vec![
        Encoding::Decimal,
        Encoding::Hexadecimal,
        Encoding::Alphanumeric,
        Encoding::Base64,
        Encoding::Binary,
    ])
}

prop_compose! {
    fn device()(
        (manufacturer, serial, model, issue) in (text(), text(), text(), text()),
        (binding, user, start, expiry) in (text(), text(), moment(), moment()),
    ) -> Device {
        Device { manufacturer, serial, model, issue, binding, start, expiry, user }
    }
}

prop_compose! {
    fn pin()(
        key_id in text(),
        usage in prop::option::of(prop::sample::select(vec![PinUsage::Local, PinUsage::Prepend, PinUsage::Append, PinUsage::Algorithmic])),
        max_failures: Option<u32>, min: Option<u32>, max: Option<u32>,
        encoding in prop::option::of(encoding()),
    ) -> PinPolicy {
        PinPolicy { key_id, usage, max_failures, min, max, encoding }
    }
}

prop_compose! {
    fn policy()(
        start in moment(), expiry in moment(), pin in prop::option::of(pin()),
        usage in prop::collection::vec("[A-Z]{2,6}", 0..3), transactions: Option<u64>,
    ) -> Policy {
        Policy { start, expiry, pin, usage, transactions }
    }
}

prop_compose! {
    fn key()(
        algorithm in prop::sample::select(vec![
            Algorithm::Hotp, Algorithm::Totp, Algorithm::Ocra, Algorithm::Pin, Algorithm::Other("urn:x:y".to_owned()),
        ]),
        (id, issuer, suite, profile, reference, friendly_name, user) in
            ("[a-z0-9<&\"]{1,9}", text(), text(), text(), text(), text(), text()),
        challenge in prop::option::of((encoding(), any::<(u32, u32, bool)>()).prop_map(|(encoding, (min, max, check_digits))| {
            ChallengeFormat { encoding, min, max, check_digits }
        })),
        response in prop::option::of((encoding(), any::<(u32, bool)>()).prop_map(|(encoding, (length, check_digits))| {
            ResponseFormat { encoding, length, check_digits }
        })),
        secret in prop::option::of(prop::collection::vec(any::<u8>(), 0..70)),
        (counter, time, interval, drift) in any::<(Option<u64>, Option<i64>, Option<u64>, Option<i64>)>(),
        policy in prop::option::of(policy()),
    ) -> Key {
        Key {
            issuer, suite, challenge, response, profile, reference, friendly_name, counter, time, interval, drift, user,
            policy, secret: secret.map_or(Value::Absent, |octets| Value::Open(Secret::new(octets))),
            ..Key::new(id, algorithm)
        }
    }
}

prop_compose! {
    fn package()(device in device(), module in text(), keys in prop::collection::vec(key(), 0..3)) -> Package {
        Package { line: 0, device, module, keys }
    }
}

/// Each kind of protection, with what opens it.
fn protections() -> Vec<(Protection, Unlock)> {
    let keys = [16, 24, 32].map(|length| {
        let key = Secret::new(vec![5; length]);
        (Protection::Key { name: "the <key>".to_owned(), key: key.clone() }, Unlock::Key(key))
    });
    let password = Secret::new("пароль".as_bytes().to_vec());
    let iterations = NonZeroU32::new(1000).unwrap();
    let by_password = (Protection::Password { password: password.clone(), iterations }, Unlock::Password(password));
    [vec![(Protection::Nothing, Unlock::Nothing), by_password], keys.into()].concat()
}

fn written(packages: &[Package], protection: &Protection) -> Vec<u8> {
    let mut state = 7_u8;
    let random = move |octets: &mut [u8]| {
        octets.fill_with(|| {
            state = state.wrapping_mul(109).wrapping_add(89);
            state
        });
    };
    let mut writer = Writer::new(Vec::new(), protection, random).unwrap();
    packages.iter().for_each(|package| writer.package(package).unwrap());
    writer.finish().unwrap()
}

fn without_lines(mut package: Package) -> Package {
    package.line = 0;
    package.keys.iter_mut().for_each(|key| key.line = 0);
    package
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_is_written_is_read(packages in prop::collection::vec(package(), 0..4)) {
        for (protection, unlock) in protections() {
            let text = written(&packages, &protection);
            let read: Vec<_> =
                Reader::new(&text[..], unlock).unwrap().map(|package| without_lines(package.unwrap())).collect();
            prop_assert_eq!(&read, &packages);
        }
    }

    /// Read without the key, everything but the key is there, and the key is not.
    #[test]
    fn what_is_encrypted_stands_nowhere_in_the_file(package in package()) {
        for (protection, _) in protections().into_iter().skip(1) {
            let text = written(std::slice::from_ref(&package), &protection);
            let read = Reader::new(&text[..], Unlock::Nothing).unwrap().next().unwrap().unwrap();
            for (read, written) in read.keys.iter().zip(&package.keys) {
                let Value::Open(secret) = &written.secret else { continue };
                prop_assert!(matches!(read.secret, Value::Locked(_)));
                let plain = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, secret.expose());
                prop_assert!(plain.len() < 12 || !String::from_utf8_lossy(&text).contains(&plain));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    /// Figures with octets flipped, cut, doubled and put elsewhere: read or refused, and never a panic.
    #[test]
    fn no_octets_make_it_panic(
        number in 2_u8..11, changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..4), 0..6),
    ) {
        let mut text = figure(number).into_bytes();
        for (at, octet, how) in changes {
            if text.is_empty() {
                break;
            }
            let at = at.index(text.len());
            match how {
                0 => text[at] ^= octet,
                1 => text.truncate(at),
                2 => text.insert(at, octet),
                _ => {
                    let part = text[at..(at + usize::from(octet)).min(text.len())].to_vec();
                    text.splice(at / 2..at / 2, part);
                }
            }
        }
        for unlock in [Unlock::Nothing, super::key("12345678901234567890123456789012"), super::password("qwerty")] {
            let found = Reader::new(&text[..], unlock).map(Iterator::collect::<Vec<_>>);
            if let Ok(found) = found {
                prop_assert!(found.iter().rev().skip(1).all(Result::is_ok), "nothing comes behind an error");
            }
        }
    }
}
