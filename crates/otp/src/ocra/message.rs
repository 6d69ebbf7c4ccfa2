//! The message that the HMAC is taken of (RFC 6287, 5.1).

use alloc::vec::Vec;

use zeroize::Zeroizing;

use super::{Input, InputError, PinHash, QuestionFormat, Suite};
use crate::mac::{Mac, Tag};

/// Octets that a question always takes in the message.
const QUESTION_OCTETS: usize = 128;

/// A checked input, laid out in runs so that a window changes only the counter or the time.
pub(super) struct Message<'a> {
    suite: &'a str,
    counter: Option<u64>,
    /// Q, P and S.
    fixed: Zeroizing<Vec<u8>>,
    step: Option<u64>,
}

impl<'a> Message<'a> {
    pub(super) fn new(suite: &'a Suite, input: &Input<'_>) -> Result<Message<'a>, InputError> {
        let counter =
            wanted(suite.has_counter(), input.counter, InputError::CounterMissing, InputError::CounterUnwanted)?;
        let question = question(suite, input)?;
        let pin = pin(suite, input)?;
        let (filling, session) = session(suite, input)?;
        let step = wanted(suite.time_step().is_some(), input.time, InputError::TimeMissing, InputError::TimeUnwanted)?;

        // Room for everything at once: growing would leave copies of the PIN's hash behind.
        let mut fixed = Zeroizing::new(Vec::with_capacity(QUESTION_OCTETS + pin.len() + filling + session.len()));
        fixed.extend_from_slice(&question);
        fixed.resize(QUESTION_OCTETS, 0);
        fixed.extend_from_slice(pin);
        fixed.resize(QUESTION_OCTETS + pin.len() + filling, 0);
        fixed.extend_from_slice(session);
        Ok(Message { suite: suite.as_str(), counter, fixed, step })
    }

    /// The HMAC of the message as it is.
    pub(super) fn tag(&self, mac: &Mac) -> Tag {
        self.tag_with(mac, self.counter, self.step)
    }

    /// The HMAC with another counter.
    pub(super) fn tag_at_counter(&self, mac: &Mac, counter: u64) -> Tag {
        self.tag_with(mac, Some(counter), self.step)
    }

    /// The HMAC with another time step.
    pub(super) fn tag_at_step(&self, mac: &Mac, step: u64) -> Tag {
        self.tag_with(mac, self.counter, Some(step))
    }

    fn tag_with(&self, mac: &Mac, counter: Option<u64>, step: Option<u64>) -> Tag {
        let (counter, step) = (counter.map(u64::to_be_bytes), step.map(u64::to_be_bytes));
        mac.tag(&[
            self.suite.as_bytes(),
            &[0],
            counter.as_ref().map(<[u8; 8]>::as_slice).unwrap_or_default(),
            &self.fixed,
            step.as_ref().map(<[u8; 8]>::as_slice).unwrap_or_default(),
        ])
    }
}

/// An input must be there exactly when the suite names it.
fn wanted<T>(
    named: bool,
    value: Option<T>,
    missing: InputError,
    unwanted: InputError,
) -> Result<Option<T>, InputError> {
    match (named, &value) {
        (true, None) => Err(missing),
        (false, Some(_)) => Err(unwanted),
        _ => Ok(value),
    }
}

fn pin<'a>(suite: &Suite, input: &Input<'a>) -> Result<&'a [u8], InputError> {
    let hash = suite.pin_algorithm();
    let pin = wanted(hash.is_some(), input.pin, InputError::PinMissing, InputError::PinUnwanted)?;
    let octets = pin.map(PinHash::as_bytes).unwrap_or_default();
    if octets.len() == hash.map_or(0, |hash| hash.output_len()) { Ok(octets) } else { Err(InputError::PinLength) }
}

/// The zero octets that fill the session data on the left, and the data.
fn session<'a>(suite: &Suite, input: &Input<'a>) -> Result<(usize, &'a [u8]), InputError> {
    let named = suite.session_length();
    let data = wanted(named.is_some(), input.session, InputError::SessionMissing, InputError::SessionUnwanted)?
        .unwrap_or_default();
    let filling = usize::from(named.unwrap_or(0)).checked_sub(data.len()).ok_or(InputError::SessionTooLong)?;
    Ok((filling, data))
}

/// The question's octets, still without their filling: 128 at the very most, as each party has at most 64 characters.
fn question(suite: &Suite, input: &Input<'_>) -> Result<Vec<u8>, InputError> {
    let mut text = Vec::with_capacity(QUESTION_OCTETS);
    for part in [Some(input.question), input.own_question].into_iter().flatten() {
        check_question(suite, part)?;
        text.extend_from_slice(part.as_bytes());
    }
    Ok(match suite.question_format() {
        QuestionFormat::Alphanumeric => text,
        QuestionFormat::Numeric => pack(decimal_to_nibbles(&text)),
        QuestionFormat::Hexadecimal => pack(text.iter().map(|digit| nibble(*digit))),
    })
}

fn check_question(suite: &Suite, text: &str) -> Result<(), InputError> {
    if text.is_empty() {
        return Err(InputError::QuestionMissing);
    }
    let fits = match suite.question_format() {
        QuestionFormat::Alphanumeric => u8::is_ascii_alphanumeric,
        QuestionFormat::Numeric => u8::is_ascii_digit,
        QuestionFormat::Hexadecimal => u8::is_ascii_hexdigit,
    };
    if !text.as_bytes().iter().all(fits) {
        return Err(InputError::QuestionCharacters);
    }
    if text.len() > usize::from(suite.question_length()) { Err(InputError::QuestionTooLong) } else { Ok(()) }
}

/// The hexadecimal digits of a decimal number, the most significant first, without leading zeros.
fn decimal_to_nibbles(digits: &[u8]) -> impl Iterator<Item = u8> {
    let mut nibbles: Vec<u8> = Vec::with_capacity(digits.len());
    for digit in digits {
        let mut carry = digit.wrapping_sub(b'0');
        for nibble in &mut nibbles {
            let sum = *nibble * 10 + carry;
            *nibble = sum & 0x0f;
            carry = sum >> 4;
        }
        if carry > 0 {
            nibbles.push(carry);
        }
    }
    nibbles.into_iter().rev()
}

/// Two digits to an octet; an odd last one is the octet's upper half.
fn pack(nibbles: impl Iterator<Item = u8>) -> Vec<u8> {
    let mut octets = Vec::with_capacity(QUESTION_OCTETS);
    let mut upper = None;
    for nibble in nibbles {
        match upper.take() {
            Some(high) => octets.push(high | nibble),
            None => upper = Some(nibble << 4),
        }
    }
    octets.extend(upper);
    octets
}

/// The value of a hexadecimal digit in either case, checked before.
fn nibble(digit: u8) -> u8 {
    if digit.is_ascii_digit() { digit - b'0' } else { (digit | 0x20).wrapping_sub(b'a') + 10 }
}
