//! Both sides of a challenge (RFC 6287): a card computes a response with its PIN, and a verifier that knows key, PIN hash
//! and counter judges it.
//!
//! `cargo run -p otp --example challenge_response -- 812345 7294`
#![allow(clippy::print_stdout, reason = "an example that says what it does")]

use otp::{
    Key,
    ocra::{Input, PinHash, Suite},
};

/// What the verifier keeps of a card.
struct Kept {
    key: Key,
    pin: PinHash,
    /// The next counter that it takes.
    counter: u64,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let challenge = arguments.next().unwrap_or_else(|| "812345".to_owned());
    let typed = arguments.next().unwrap_or_else(|| "7294".to_owned());

    let suite = Suite::parse("OCRA-1:HOTP-SHA256-8:C-QN06-PSHA256")?;
    let key = Key::new((0..32).collect());
    let pin = suite.pin_hash("7294").ok_or("the suite takes a PIN")?;
    let mut kept = Kept { key: key.clone(), pin, counter: 0 };

    // The card was tried out twice: its counter is ahead of what the verifier expects.
    let typed = suite.pin_hash(&typed);
    let on_card = Input { counter: Some(2), question: &challenge, pin: typed.as_ref(), ..Input::default() };
    let response = suite.respond(&key, &on_card)?;
    println!("the card shows {}", response.as_str());

    let expected = Input { question: &challenge, pin: Some(&kept.pin), ..Input::default() };
    match suite.verify_counter(&kept.key, &expected, kept.counter, 20, response.as_str())? {
        Some(found) => {
            kept.counter = found + 1;
            println!("right; from now on the verifier takes counter {} and later ones", kept.counter);
        }
        None => println!("wrong: a wrong PIN and a wrong response look the same, and are counted as one thing"),
    }
    Ok(())
}
