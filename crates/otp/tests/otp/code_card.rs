//! The values of printed code cards.

use otp::{
    Key,
    code_card::{ALPHABET, value},
};

/// Made with Python: `hmac.new(bytes(range(32)), b"countersign/code-card/v1" + place.to_bytes(4, "big"), sha256)`, the
/// low five bits of its first three octets in the alphabet.
#[test]
fn values_are_those_of_another_program() {
    let key = Key::new((0..32).collect());
    for (place, expected) in [(1, "JCE"), (7, "N9K"), (224, "46E")] {
        assert_eq!(value(&key, place).as_str(), expected, "place {place}");
    }
}

/// NIST SP 800-63B-4, 3.1.2.1: chi-square over the characters of 10^5 values.
#[test]
fn characters_are_even() {
    let key = Key::new(b"a key of thirty-two octets......".to_vec());
    let mut counts = [0_u32; 32];
    for place in 0..100_000 {
        for octet in value(&key, place).as_str().bytes() {
            counts[ALPHABET.iter().position(|c| *c == octet).unwrap()] += 1;
        }
    }
    let expected = 300_000.0 / 32.0;
    let chi: f64 = counts.iter().map(|c| (f64::from(*c) - expected).powi(2) / expected).sum();
    assert!(chi < 61.1, "31 degrees of freedom, 99.9 %: {chi}");
}
