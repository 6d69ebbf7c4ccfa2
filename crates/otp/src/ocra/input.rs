//! What a response is computed over, and what can be wrong with it.

use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

/// The data input of one response (RFC 6287, 5.1). Exactly the inputs that the suite names must be there.
#[derive(Clone, Copy, Default)]
pub struct Input<'a> {
    /// C, the counter.
    pub counter: Option<u64>,
    /// Q, the challenge received from the other party, or the text to be signed.
    pub question: &'a str,
    /// In mutual use, the challenge that the answering party itself sent: it is joined behind the other's (RFC 6287,
    /// 7.2). So for the client's answer `question` is the server's and this the client's, and the reverse.
    pub own_question: Option<&'a str>,
    /// P, the hash of the PIN.
    pub pin: Option<&'a PinHash>,
    /// S, the session data: no longer than the suite says; a shorter one is filled with zero octets on the left.
    pub session: Option<&'a [u8]>,
    /// T, the number of time steps since the Unix epoch.
    pub time: Option<u64>,
}

impl fmt::Debug for Input<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input")
            .field("counter", &self.counter)
            .field("question", &self.question)
            .field("own_question", &self.own_question)
            .field("pin", &self.pin)
            .field("session", &self.session.map(|_| format_args!("..")))
            .field("time", &self.time)
            .finish()
    }
}

/// The hash of a PIN (RFC 6287, 5.1), in the octets of the suite's P hash. As good as the PIN: wiped from memory on
/// drop, never printed.
#[derive(Clone)]
pub struct PinHash(Zeroizing<Vec<u8>>);

impl PinHash {
    /// Takes a hash made before; [`super::Suite::pin_hash`] makes one.
    ///
    /// ```
    /// use otp::ocra::{PinHash, Suite};
    ///
    /// let suite = Suite::parse("OCRA-1:HOTP-SHA256-8:C-QN08-PSHA1").unwrap();
    /// // What was sealed at the activation is as good as the PIN itself.
    /// let sealed = suite.pin_hash("1234").unwrap().as_bytes().to_vec();
    /// assert_eq!(PinHash::from_bytes(sealed).as_bytes(), suite.pin_hash("1234").unwrap().as_bytes());
    /// ```
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> PinHash {
        PinHash(Zeroizing::new(bytes))
    }

    /// The secret octets, for sealing.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for PinHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PinHash(..)")
    }
}

/// Why an input does not fit its suite (RFC 6287, 5.1 and 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputError {
    /// The suite takes a counter, the input has none.
    CounterMissing,
    /// The suite takes no counter, the input has one.
    CounterUnwanted,
    /// A question is empty.
    QuestionMissing,
    /// A question is longer than the suite allows.
    QuestionTooLong,
    /// A question has a character outside the suite's format.
    QuestionCharacters,
    /// The suite takes a PIN, the input has none.
    PinMissing,
    /// The suite takes no PIN, the input has one.
    PinUnwanted,
    /// The PIN's hash is not as long as the suite's P hash.
    PinLength,
    /// The suite takes session data, the input has none.
    SessionMissing,
    /// The suite takes no session data, the input has some.
    SessionUnwanted,
    /// The session data are longer than the suite says.
    SessionTooLong,
    /// The suite takes a time, the input has none.
    TimeMissing,
    /// The suite takes no time, the input has one.
    TimeUnwanted,
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            InputError::CounterMissing => "the suite takes a counter",
            InputError::CounterUnwanted => "the suite takes no counter",
            InputError::QuestionMissing => "the question is empty",
            InputError::QuestionTooLong => "the question is longer than the suite allows",
            InputError::QuestionCharacters => "the question has characters outside the suite's format",
            InputError::PinMissing => "the suite takes a PIN",
            InputError::PinUnwanted => "the suite takes no PIN",
            InputError::PinLength => "the PIN's hash is not as long as the suite's hash",
            InputError::SessionMissing => "the suite takes session data",
            InputError::SessionUnwanted => "the suite takes no session data",
            InputError::SessionTooLong => "the session data are longer than the suite says",
            InputError::TimeMissing => "the suite takes a time",
            InputError::TimeUnwanted => "the suite takes no time",
        })
    }
}

impl core::error::Error for InputError {}
