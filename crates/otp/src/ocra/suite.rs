//! A suite: which function, how many digits, which inputs.

use alloc::string::{String, ToString as _};
use core::fmt;
use core::str::FromStr;

use super::message::Message;
use super::parse::{self, Spec};
use super::{Input, InputError, PinHash, SuiteError};
use crate::code::Candidate;
use crate::mac::{self, Mac};
use crate::{Algorithm, Code, Key, window};

/// The characters of a question (RFC 6287, 5.1 and 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QuestionFormat {
    /// `A`: ASCII letters and digits, case kept.
    Alphanumeric,
    /// `N`: ASCII decimal digits, one number.
    Numeric,
    /// `H`: hexadecimal digits in either case.
    Hexadecimal,
}

/// An OCRA suite (RFC 6287, 6). Its text takes part in every response, so it is kept exactly as given.
///
/// ```
/// use otp::{Algorithm, ocra::{QuestionFormat, Suite}};
///
/// let suite = Suite::parse("OCRA-1:HOTP-SHA256-8:C-QN06-PSHA256").unwrap();
/// assert_eq!((suite.algorithm(), suite.digits()), (Algorithm::Sha256, 8));
/// assert_eq!((suite.question_format(), suite.question_length()), (QuestionFormat::Numeric, 6));
/// assert_eq!((suite.has_counter(), suite.pin_algorithm()), (true, Some(Algorithm::Sha256)));
/// assert_eq!((suite.session_length(), suite.time_step()), (None, None));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Suite {
    text: String,
    spec: Spec,
}

impl Suite {
    /// Reads a suite text, letter case included (RFC 6287, 6).
    ///
    /// ```
    /// use otp::ocra::{Suite, SuiteError};
    ///
    /// assert!(Suite::parse("OCRA-1:HOTP-SHA1-6:QN08").is_ok());
    /// assert_eq!(Suite::parse("OCRA-1:HOTP-SHA1-6:QN8"), Err(SuiteError::QuestionLength));
    /// assert_eq!(Suite::parse("OCRA-2:HOTP-SHA1-6:QN08"), Err(SuiteError::Version));
    /// ```
    ///
    /// # Errors
    /// The first misdeed of the text, see [`SuiteError`].
    pub fn parse(text: &str) -> Result<Suite, SuiteError> {
        Ok(Suite { text: text.to_string(), spec: parse::spec(text)? })
    }

    /// The text as given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The hash inside HMAC (RFC 6287, 6.2).
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.spec.algorithm
    }

    /// Digits of a response, 4 to 10, or 0 for the whole HMAC in hexadecimal (RFC 6287, 5.2).
    #[must_use]
    pub fn digits(&self) -> u8 {
        self.spec.digits
    }

    /// Whether the suite takes a counter C (RFC 6287, 6.3).
    #[must_use]
    pub fn has_counter(&self) -> bool {
        self.spec.counter
    }

    /// The hash of the PIN, when the suite takes one (RFC 6287, 6.3).
    #[must_use]
    pub fn pin_algorithm(&self) -> Option<Algorithm> {
        self.spec.pin
    }

    /// The characters of a question (RFC 6287, 6.3).
    #[must_use]
    pub fn question_format(&self) -> QuestionFormat {
        self.spec.question
    }

    /// The most characters that one party's question may have, 4 to 64 (RFC 6287, 6.3).
    #[must_use]
    pub fn question_length(&self) -> u8 {
        self.spec.question_length
    }

    /// The length of the session data in octets, when the suite takes them (RFC 6287, 6.3).
    #[must_use]
    pub fn session_length(&self) -> Option<u16> {
        self.spec.session
    }

    /// The time step in seconds, when the suite takes a time (RFC 6287, 6.3).
    #[must_use]
    pub fn time_step(&self) -> Option<u64> {
        self.spec.step
    }

    /// The number of the time step at a Unix time, when the suite takes a time (RFC 6287, 5.1).
    ///
    /// ```
    /// # use otp::ocra::Suite;
    /// let suite = Suite::parse("OCRA-1:HOTP-SHA512-8:QN08-T1M").unwrap();
    /// assert_eq!(suite.step_at(125), Some(2));
    /// ```
    #[must_use]
    pub fn step_at(&self, unix_seconds: u64) -> Option<u64> {
        self.spec.step.and_then(|step| unix_seconds.checked_div(step))
    }

    /// The same suite without the PIN, for the server's answer in mutual use, which never takes it (RFC 6287, 7.2).
    ///
    /// ```
    /// # use otp::ocra::Suite;
    /// let suite = Suite::parse("OCRA-1:HOTP-SHA512-8:QA08-PSHA1").unwrap();
    /// assert_eq!(suite.without_pin().as_str(), "OCRA-1:HOTP-SHA512-8:QA08");
    /// ```
    #[must_use]
    pub fn without_pin(&self) -> Suite {
        let text = match self.spec.pin {
            // No other part of a suite text can begin with "-P".
            Some(hash) => self.text.replacen(&["-P", hash.name()].concat(), "", 1),
            None => self.text.clone(),
        };
        Suite { text, spec: Spec { pin: None, ..self.spec } }
    }

    /// The hash of the PIN's UTF-8 octets, when the suite takes a PIN (RFC 6287, 5.1).
    ///
    /// ```
    /// # use otp::ocra::Suite;
    /// let with_pin = Suite::parse("OCRA-1:HOTP-SHA256-8:C-QN08-PSHA1").unwrap();
    /// assert_eq!(with_pin.pin_hash("1234").unwrap().as_bytes().len(), 20);
    /// assert!(Suite::parse("OCRA-1:HOTP-SHA1-6:QN08").unwrap().pin_hash("1234").is_none());
    /// ```
    #[must_use]
    pub fn pin_hash(&self, pin: &str) -> Option<PinHash> {
        self.spec.pin.map(|hash| PinHash::from_bytes(mac::hash(hash, pin.as_bytes())))
    }

    /// Computes the response, or the signature, to an input (RFC 6287, 5.3).
    ///
    /// ```
    /// use otp::{Key, ocra::{Input, Suite}};
    ///
    /// // RFC 6287, C.1: a counter, the challenge, and the PIN 1234.
    /// let suite = Suite::parse("OCRA-1:HOTP-SHA256-8:C-QN08-PSHA1")?;
    /// let key = Key::new(b"12345678901234567890123456789012".to_vec());
    /// let pin = suite.pin_hash("1234");
    /// let input = Input { counter: Some(0), question: "12345678", pin: pin.as_ref(), ..Input::default() };
    /// assert_eq!(suite.respond(&key, &input)?.as_str(), "65347737");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// What of the input does not fit the suite, see [`InputError`].
    pub fn respond(&self, key: &Key, input: &Input<'_>) -> Result<Code, InputError> {
        let message = Message::new(self, input)?;
        Ok(Code::new(&message.tag(&Mac::new(self.spec.algorithm, key)), self.spec.digits))
    }

    /// Whether `candidate` is the response to an input, in constant time.
    ///
    /// A candidate of another length or with other characters (upper-case hexadecimal too) is `false`.
    ///
    /// ```
    /// use otp::{Key, ocra::{Input, InputError, Suite}};
    ///
    /// let suite = Suite::parse("OCRA-1:HOTP-SHA1-6:QN08")?;
    /// let key = Key::new(b"12345678901234567890".to_vec());
    /// let input = Input { question: "00000000", ..Input::default() };
    /// assert_eq!(suite.verify(&key, &input, "237653"), Ok(true));
    /// assert_eq!(suite.verify(&key, &input, "237654"), Ok(false));
    /// assert_eq!(suite.verify(&key, &Input::default(), "237653"), Err(InputError::QuestionMissing));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// What of the input does not fit the suite, see [`InputError`]; never anything about the candidate.
    pub fn verify(&self, key: &Key, input: &Input<'_>, candidate: &str) -> Result<bool, InputError> {
        let message = Message::new(self, input)?;
        let check = Check::new(self, key, candidate);
        Ok(bool::from(check.candidate.matches(&message.tag(&check.mac))))
    }

    /// Looks for `candidate` among the counters `from..=from + look_ahead`, ending at the largest counter (RFC 6287, 7.1
    /// as RFC 4226, 7.2), and gives the lowest that matches; the caller then accepts only counters above it.
    ///
    /// [`Input::counter`] is not read. Constant in time for a given `look_ahead`, which the caller bounds.
    ///
    /// ```
    /// use otp::{Key, ocra::{Input, Suite}};
    ///
    /// let suite = Suite::parse("OCRA-1:HOTP-SHA256-8:C-QN08-PSHA1")?;
    /// let key = Key::new(b"12345678901234567890123456789012".to_vec());
    /// let pin = suite.pin_hash("1234");
    /// let input = Input { question: "12345678", pin: pin.as_ref(), ..Input::default() };
    /// // The card was asked twice in vain: its response is of counter 2, and the server expects 0.
    /// let found = suite.verify_counter(&key, &input, 0, 20, "78192410")?;
    /// assert_eq!(found, Some(2), "3 is expected from now on");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Suite::verify`]; [`InputError::CounterUnwanted`] when the suite takes no counter.
    pub fn verify_counter(
        &self,
        key: &Key,
        input: &Input<'_>,
        from: u64,
        look_ahead: u32,
        candidate: &str,
    ) -> Result<Option<u64>, InputError> {
        let message = Message::new(self, &Input { counter: Some(from), ..*input })?;
        let check = Check::new(self, key, candidate);
        Ok(window::first(window::ahead(from, look_ahead), |counter| {
            check.candidate.matches(&message.tag_at_counter(&check.mac, counter))
        }))
    }

    /// Looks for `candidate` among the time steps `step - back..=step + ahead`, ending at 0 and the largest number
    /// (RFC 6287, 7.1 as RFC 6238, 6), and gives the earliest that matches; the caller refuses a step accepted before.
    ///
    /// [`Input::time`] is not read. Constant in time for a given `back` and `ahead`, which the caller bounds.
    ///
    /// ```
    /// use otp::{Key, ocra::{Input, Suite}};
    ///
    /// let suite = Suite::parse("OCRA-1:HOTP-SHA256-6:QN06-T30S")?;
    /// let key = Key::new(vec![7; 32]);
    /// let now = suite.step_at(1_700_000_000).unwrap();
    /// let shown = suite.respond(&key, &Input { question: "000000", time: Some(now - 1), ..Input::default() })?;
    /// let input = Input { question: "000000", ..Input::default() };
    /// assert_eq!(suite.verify_time(&key, &input, now, 1, 1, shown.as_str())?, Some(now - 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Suite::verify`]; [`InputError::TimeUnwanted`] when the suite takes no time.
    #[expect(clippy::too_many_arguments, reason = "a window around a step has two widths")]
    pub fn verify_time(
        &self,
        key: &Key,
        input: &Input<'_>,
        step: u64,
        back: u32,
        ahead: u32,
        candidate: &str,
    ) -> Result<Option<u64>, InputError> {
        let message = Message::new(self, &Input { time: Some(step), ..*input })?;
        let check = Check::new(self, key, candidate);
        Ok(window::first(window::around(step, back, ahead), |step| {
            check.candidate.matches(&message.tag_at_step(&check.mac, step))
        }))
    }
}

impl FromStr for Suite {
    type Err = SuiteError;

    fn from_str(text: &str) -> Result<Suite, SuiteError> {
        Suite::parse(text)
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A keyed HMAC and the candidate its values are compared with.
struct Check {
    mac: Mac,
    candidate: Candidate,
}

impl Check {
    fn new(suite: &Suite, key: &Key, candidate: &str) -> Check {
        let algorithm = suite.spec.algorithm;
        Check {
            mac: Mac::new(algorithm, key),
            candidate: Candidate::new(candidate, suite.spec.digits, algorithm.output_len()),
        }
    }
}
