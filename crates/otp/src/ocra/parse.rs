//! The strict reader of suite texts (RFC 6287, 6).

use core::fmt;

use super::QuestionFormat;
use crate::Algorithm;

/// Why a text is not an OCRA suite: the first misdeed found, reading from the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuiteError {
    /// Not three fields between colons (RFC 6287, 6).
    Fields,
    /// The first field is not `OCRA-1` (6.1).
    Version,
    /// The second field is not `HOTP-hash-digits` (6.2).
    Function,
    /// The HMAC's hash is none of `SHA1`, `SHA256`, `SHA512` (6.2).
    Hash,
    /// The digits are neither `0` nor `4` to `10` (6.2).
    Digits,
    /// A part of the third field is none of C, Q, P, S, T (6.3).
    UnknownPart,
    /// A part is there twice (6.3).
    RepeatedPart,
    /// The parts are not in the order C, Q, P, S, T (6.3).
    PartOrder,
    /// There is no question part (6.3).
    QuestionMissing,
    /// The question's format is none of A, N, H (6.3).
    QuestionFormat,
    /// The question's length is not two digits from `04` to `64` (6.3).
    QuestionLength,
    /// The PIN's hash is none of `SHA1`, `SHA256`, `SHA512` (6.3).
    PinHash,
    /// The session's length is none of `064`, `128`, `256`, `512` (6.3).
    SessionLength,
    /// The time step's unit is none of S, M, H (6.3).
    TimeUnit,
    /// The time step is not `1` to `59` seconds or minutes, or `1` to `48` hours (6.3).
    TimeStep,
}

impl fmt::Display for SuiteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SuiteError::Fields => "an OCRA suite has three fields between colons",
            SuiteError::Version => "the OCRA version is not OCRA-1",
            SuiteError::Function => "the OCRA function is not HOTP with a hash and digits",
            SuiteError::Hash => "the OCRA function's hash is not SHA1, SHA256 or SHA512",
            SuiteError::Digits => "the number of digits is not 0 or 4 to 10",
            SuiteError::UnknownPart => "a part of the OCRA input is not C, Q, P, S or T",
            SuiteError::RepeatedPart => "a part of the OCRA input is there twice",
            SuiteError::PartOrder => "the parts of the OCRA input are not in the order C, Q, P, S, T",
            SuiteError::QuestionMissing => "the OCRA input has no question",
            SuiteError::QuestionFormat => "the question's format is not A, N or H",
            SuiteError::QuestionLength => "the question's length is not 04 to 64",
            SuiteError::PinHash => "the PIN's hash is not SHA1, SHA256 or SHA512",
            SuiteError::SessionLength => "the session's length is not 064, 128, 256 or 512",
            SuiteError::TimeUnit => "the time step's unit is not S, M or H",
            SuiteError::TimeStep => "the time step is not 1 to 59 S or M, or 1 to 48 H",
        })
    }
}

impl core::error::Error for SuiteError {}

/// What a suite's text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Spec {
    pub algorithm: Algorithm,
    pub digits: u8,
    pub counter: bool,
    pub question: QuestionFormat,
    pub question_length: u8,
    pub pin: Option<Algorithm>,
    pub session: Option<u16>,
    pub step: Option<u64>,
}

pub(super) fn spec(text: &str) -> Result<Spec, SuiteError> {
    let mut fields = text.split(':');
    let (Some(version), Some(function), Some(data), None) =
        (fields.next(), fields.next(), fields.next(), fields.next())
    else {
        return Err(SuiteError::Fields);
    };
    if version != "OCRA-1" {
        return Err(SuiteError::Version);
    }
    let (algorithm, digits) = crypto_function(function)?;
    let data = data_input(data)?;
    let (question, question_length) = data.question.ok_or(SuiteError::QuestionMissing)?;
    Ok(Spec {
        algorithm,
        digits,
        counter: data.counter.is_some(),
        question,
        question_length,
        pin: data.pin,
        session: data.session,
        step: data.step,
    })
}

fn crypto_function(text: &str) -> Result<(Algorithm, u8), SuiteError> {
    let mut parts = text.split('-');
    let (Some("HOTP"), Some(hash), Some(digits), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(SuiteError::Function);
    };
    let algorithm = Algorithm::from_name(hash).ok_or(SuiteError::Hash)?;
    let digits = match number(digits) {
        Some(digits @ (0 | 4..=10)) => digits,
        _ => return Err(SuiteError::Digits),
    };
    Ok((algorithm, digits))
}

#[derive(Default)]
struct Data {
    counter: Option<()>,
    question: Option<(QuestionFormat, u8)>,
    pin: Option<Algorithm>,
    session: Option<u16>,
    step: Option<u64>,
}

fn data_input(text: &str) -> Result<Data, SuiteError> {
    let mut data = Data::default();
    for part in text.split('-') {
        // A part may come only while neither it nor a later one is there.
        let later = [data.question.is_some(), data.pin.is_some(), data.session.is_some(), data.step.is_some()];
        match part.split_at_checked(1) {
            Some(("C", "")) => put(&mut data.counter, (), later)?,
            Some(("Q", rest)) => put(&mut data.question, question(rest)?, [later[1], later[2], later[3]])?,
            Some(("P", rest)) => {
                let hash = Algorithm::from_name(rest).ok_or(SuiteError::PinHash)?;
                put(&mut data.pin, hash, [later[2], later[3]])?;
            }
            Some(("S", rest)) => put(&mut data.session, session(rest)?, [later[3]])?,
            Some(("T", rest)) => put(&mut data.step, step(rest)?, [])?,
            _ => return Err(SuiteError::UnknownPart),
        }
    }
    Ok(data)
}

fn put<T, const N: usize>(slot: &mut Option<T>, value: T, later: [bool; N]) -> Result<(), SuiteError> {
    if slot.replace(value).is_some() {
        return Err(SuiteError::RepeatedPart);
    }
    if later.contains(&true) { Err(SuiteError::PartOrder) } else { Ok(()) }
}

fn question(text: &str) -> Result<(QuestionFormat, u8), SuiteError> {
    let (format, length) = match text.split_at_checked(1) {
        Some(("A", length)) => (QuestionFormat::Alphanumeric, length),
        Some(("N", length)) => (QuestionFormat::Numeric, length),
        Some(("H", length)) => (QuestionFormat::Hexadecimal, length),
        _ => return Err(SuiteError::QuestionFormat),
    };
    // Exactly two digits: `QN8` is another suite text than `QN08`, and the text takes part in the HMAC.
    let &[tens @ b'0'..=b'9', units @ b'0'..=b'9'] = length.as_bytes() else {
        return Err(SuiteError::QuestionLength);
    };
    match (tens - b'0') * 10 + (units - b'0') {
        length @ 4..=64 => Ok((format, length)),
        _ => Err(SuiteError::QuestionLength),
    }
}

fn session(text: &str) -> Result<u16, SuiteError> {
    match text {
        "064" => Ok(64),
        "128" => Ok(128),
        "256" => Ok(256),
        "512" => Ok(512),
        _ => Err(SuiteError::SessionLength),
    }
}

/// The time step in seconds.
fn step(text: &str) -> Result<u64, SuiteError> {
    let (most, seconds) = match text.as_bytes().last() {
        Some(b'S') => (59, 1),
        Some(b'M') => (59, 60),
        Some(b'H') => (48, 3600),
        _ => return Err(SuiteError::TimeUnit),
    };
    let count = text.split_at_checked(text.len() - 1).and_then(|(count, _)| number(count));
    match count {
        Some(count) if (1..=most).contains(&count) => Ok(u64::from(count) * seconds),
        _ => Err(SuiteError::TimeStep),
    }
}

/// A number of one or two ASCII digits without a leading zero.
fn number(text: &str) -> Option<u8> {
    match *text.as_bytes() {
        [units @ b'0'..=b'9'] => Some(units - b'0'),
        [tens @ b'1'..=b'9', units @ b'0'..=b'9'] => Some((tens - b'0') * 10 + (units - b'0')),
        _ => None,
    }
}
