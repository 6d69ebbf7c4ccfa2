//! `ocra`, `hotp`, `totp`: test tools that compute one value, alone on a line.

use super::Entry;
use super::output::{self, Failure};
use otp::{
    Algorithm, Digits, Key, hotp as hotp_rfc,
    ocra::{Input, Suite},
    totp as totp_rfc,
};
use zeroize::Zeroizing;

#[derive(Debug, clap::Args)]
pub(super) struct Ocra {
    /// The suite, such as `OCRA-1:HOTP-SHA256-8:C-QN06-PSHA256`.
    #[arg(long)]
    suite: String,
    /// The key, hexadecimal.
    #[arg(long, value_name = "HEX")]
    key_hex: String,
    /// The challenge received, or the text to sign; in mutual use the other party's and the own one, joined.
    #[arg(long, default_value = "")]
    question: String,
    /// The counter, when the suite has one.
    #[arg(long)]
    counter: Option<u64>,
    /// The PIN, when the suite has one. A test tool: the command line is not private.
    #[arg(long)]
    pin: Option<String>,
    /// The session data, hexadecimal, when the suite has them.
    #[arg(long, value_name = "HEX")]
    session_hex: Option<String>,
    /// The time, when the suite has one; now without it.
    #[arg(long, value_name = "UNIXSECONDS")]
    at: Option<u64>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Hotp {
    /// The key, hexadecimal.
    #[arg(long, value_name = "HEX")]
    key_hex: String,
    /// The counter.
    #[arg(long)]
    counter: u64,
    /// Digits of the value: 6, 7 or 8.
    #[arg(long, default_value_t = 6)]
    digits: u8,
}

#[derive(Debug, clap::Args)]
pub(super) struct Totp {
    /// The key, hexadecimal.
    #[arg(long, value_name = "HEX")]
    key_hex: String,
    /// The time; now without it.
    #[arg(long, value_name = "UNIXSECONDS")]
    at: Option<u64>,
    /// Seconds of a time step.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    step: u32,
    /// Digits of the value: 6, 7 or 8.
    #[arg(long, default_value_t = 6)]
    digits: u8,
    /// The hash: sha1, sha256 or sha512.
    #[arg(long, default_value = "sha1")]
    algorithm: String,
}

pub(super) fn ocra(arguments: &Ocra, entry: &mut Entry<'_>) -> Result<(), Failure> {
    let suite = Suite::parse(&arguments.suite).map_err(Failure::usage)?;
    let key = key(&arguments.key_hex)?;
    let session = arguments.session_hex.as_deref().map(|hex| octets("--session-hex", hex)).transpose()?;
    let pin = arguments.pin.as_deref().map(|pin| suite.pin_hash(pin));
    if matches!(pin, Some(None)) {
        return Err(Failure::usage("the suite takes no PIN"));
    }
    let pin = pin.flatten();
    let (question, own_question) = questions(&suite, &arguments.question);
    let time = match (arguments.at, suite.time_step()) {
        (Some(_), None) => return Err(Failure::usage("the suite takes no time")),
        (at, _) => suite.step_at(at.unwrap_or_else(entry.unix_now)),
    };
    let input = Input {
        counter: arguments.counter,
        question,
        own_question,
        pin: pin.as_ref(),
        session: session.as_ref().map(|session| session.as_slice()),
        time,
    };
    let value = suite.respond(&key, &input).map_err(Failure::usage)?;
    output::value(entry, value.as_str(), false)
}

/// In mutual use (RFC 6287, 7.2) two questions are joined: exactly twice one question's length. Any other excess is
/// a question that is too long.
fn questions<'a>(suite: &Suite, joined: &'a str) -> (&'a str, Option<&'a str>) {
    match joined.split_at_checked(suite.question_length().into()) {
        Some((question, own)) if own.len() == question.len() => (question, Some(own)),
        _ => (joined, None),
    }
}

pub(super) fn hotp(arguments: &Hotp, entry: &mut Entry<'_>) -> Result<(), Failure> {
    let digits = Digits::try_from(arguments.digits).map_err(Failure::usage)?;
    let value = hotp_rfc::value(&key(&arguments.key_hex)?, arguments.counter, digits);
    output::value(entry, value.as_str(), false)
}

pub(super) fn totp(arguments: &Totp, entry: &mut Entry<'_>) -> Result<(), Failure> {
    let digits = Digits::try_from(arguments.digits).map_err(Failure::usage)?;
    let name: String = arguments.algorithm.chars().filter(|c| *c != '-').collect();
    let algorithm = Algorithm::from_name(&name.to_ascii_uppercase())
        .ok_or_else(|| Failure::usage("--algorithm is sha1, sha256 or sha512"))?;
    let step = totp_rfc::step_at(arguments.at.unwrap_or_else(entry.unix_now), arguments.step);
    let value = totp_rfc::value(&key(&arguments.key_hex)?, algorithm, step, digits);
    output::value(entry, value.as_str(), false)
}

fn key(hex: &str) -> Result<Key, Failure> {
    let octets = octets("--key-hex", hex)?;
    if octets.is_empty() { Err(Failure::usage("--key-hex is empty")) } else { Ok(Key::new(octets.to_vec())) }
}

/// The octets that are written in hexadecimal; `name` says where.
pub(super) fn octets(name: &str, hex: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let nibble = |digit: &u8| char::from(*digit).to_digit(16).and_then(|nibble| u8::try_from(nibble).ok());
    let octet = |pair: &[u8]| match pair {
        [high, low] => Some((nibble(high)? << 4) | nibble(low)?),
        _ => None,
    };
    let read: Option<Vec<u8>> = hex.as_bytes().chunks(2).map(octet).collect();
    read.map(Zeroizing::new).ok_or_else(|| Failure::usage(format!("{name} is not hexadecimal, two digits an octet")))
}
