//! What a container holds.

use crate::Secret;
use jiff::Timestamp;

/// A device with its keys (RFC 6030, 4.3).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Package {
    /// The line of the file at which it begins.
    pub line: u64,
    /// The device.
    pub device: Device,
    /// The id of its crypto module.
    pub module: Option<String>,
    /// Its keys.
    pub keys: Vec<Key>,
}

/// A device (RFC 6030, 4.3.1).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Device {
    /// Who made it.
    pub manufacturer: Option<String>,
    /// Its serial number.
    pub serial: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// Tells devices of one serial number apart.
    pub issue: Option<String>,
    /// What its key is bound to, such as a telephone's number.
    pub binding: Option<String>,
    /// From when it may be used.
    pub start: Option<Timestamp>,
    /// Until when it may be used.
    pub expiry: Option<Timestamp>,
    /// Whose it is.
    pub user: Option<String>,
}

/// What a key is for (RFC 6030, 10; the registry of PSKC algorithms).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Algorithm {
    /// HOTP (RFC 4226).
    Hotp,
    /// TOTP (RFC 6238).
    Totp,
    /// OCRA (RFC 6287); its suite stands in [`Key::suite`].
    Ocra,
    /// A PIN of another key.
    Pin,
    /// Another one, by its URI.
    Other(String),
}

/// A key (RFC 6030, 4.3.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The line of the file at which it begins.
    pub line: u64,
    /// Its id, unique in the file.
    pub id: String,
    /// What it is for.
    pub algorithm: Algorithm,
    /// Who issued it.
    pub issuer: Option<String>,
    /// The suite of its algorithm: OCRA's, or the hash of TOTP.
    pub suite: Option<String>,
    /// What challenges look like.
    pub challenge: Option<ChallengeFormat>,
    /// What responses look like.
    pub response: Option<ResponseFormat>,
    /// A profile that both sides know, by its id.
    pub profile: Option<String>,
    /// An external key that this one is made of.
    pub reference: Option<String>,
    /// A name for people.
    pub friendly_name: Option<String>,
    /// The key itself.
    pub secret: Value,
    /// The next counter.
    pub counter: Option<u64>,
    /// The time at which the key was handed over, in intervals.
    pub time: Option<i64>,
    /// Seconds of a time step.
    pub interval: Option<u64>,
    /// How many steps the device's clock runs ahead.
    pub drift: Option<i64>,
    /// Which of the numbers above are encrypted and could not be opened.
    pub locked_numbers: Vec<&'static str>,
    /// Whose it is.
    pub user: Option<String>,
    /// What it may be used for.
    pub policy: Option<Policy>,
}

impl Key {
    /// A key with nothing but its id and what it is for.
    #[must_use]
    pub fn new(id: impl Into<String>, algorithm: Algorithm) -> Self {
        Self {
            line: 0,
            id: id.into(),
            algorithm,
            issuer: None,
            suite: None,
            challenge: None,
            response: None,
            profile: None,
            reference: None,
            friendly_name: None,
            secret: Value::Absent,
            counter: None,
            time: None,
            interval: None,
            drift: None,
            locked_numbers: Vec::new(),
            user: None,
            policy: None,
        }
    }
}

/// A value that may be encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// The file has none.
    Absent,
    /// Opened, or never encrypted.
    Open(Secret),
    /// Encrypted, and no key was given.
    Locked(Lock),
}

/// By what a value that was not opened is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    /// By a key or a password, which would open it.
    Key,
    /// By a method that is not supported.
    Unsupported,
}

/// What a challenge or response consists of (RFC 6030, 4.3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Digits.
    Decimal,
    /// Hexadecimal digits.
    Hexadecimal,
    /// Letters and digits.
    Alphanumeric,
    /// Base64.
    Base64,
    /// Octets.
    Binary,
}

impl Encoding {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Decimal, "DECIMAL"),
        (Self::Hexadecimal, "HEXADECIMAL"),
        (Self::Alphanumeric, "ALPHANUMERIC"),
        (Self::Base64, "BASE64"),
        (Self::Binary, "BINARY"),
    ];

    /// Its name in the file.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(one, _)| *one == self).map_or("", |(_, name)| name)
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(one, _)| *one)
    }
}

/// What challenges look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChallengeFormat {
    /// Of what.
    pub encoding: Encoding,
    /// The shortest.
    pub min: u32,
    /// The longest.
    pub max: u32,
    /// Whether the last digit checks the others.
    pub check_digits: bool,
}

/// What responses look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseFormat {
    /// Of what.
    pub encoding: Encoding,
    /// How long.
    pub length: u32,
    /// Whether the last digit checks the others.
    pub check_digits: bool,
}

/// What a key may be used for (RFC 6030, 5).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// From when.
    pub start: Option<Timestamp>,
    /// Until when.
    pub expiry: Option<Timestamp>,
    /// The PIN that goes with it.
    pub pin: Option<PinPolicy>,
    /// For what, such as `OTP` or `CR`; none: for anything.
    pub usage: Vec<String>,
    /// How often.
    pub transactions: Option<u64>,
}

/// The PIN that goes with a key (RFC 6030, 5.1).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PinPolicy {
    /// The id of the key that is the PIN: never told by a serial number, which several keys may share.
    pub key_id: Option<String>,
    /// How the PIN is used.
    pub usage: Option<PinUsage>,
    /// After how many wrong PINs the key is not to be used any more.
    pub max_failures: Option<u32>,
    /// The shortest.
    pub min: Option<u32>,
    /// The longest.
    pub max: Option<u32>,
    /// Of what.
    pub encoding: Option<Encoding>,
}

/// How a PIN is used (RFC 6030, 5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinUsage {
    /// The device checks it.
    Local,
    /// It is typed before the response.
    Prepend,
    /// It is typed behind the response.
    Append,
    /// It is an input of the algorithm.
    Algorithmic,
}

impl PinUsage {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Local, "Local"),
        (Self::Prepend, "Prepend"),
        (Self::Append, "Append"),
        (Self::Algorithmic, "Algorithmic"),
    ];

    /// Its name in the file.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(one, _)| *one == self).map_or("", |(_, name)| name)
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(one, _)| *one)
    }
}

/// A signature over the file (RFC 6030, 6.3). It is read and not verified: whoever needs it to hold must refuse the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The line of the file at which it begins.
    pub line: u64,
    /// The URI of its algorithm.
    pub algorithm: Option<String>,
    /// Who issued the certificate, where the file says so.
    pub issuer: Option<String>,
    /// The certificate's serial number, where the file says so.
    pub serial: Option<String>,
}

impl Algorithm {
    const ALL: [(Self, &'static str); 4] =
        [(Self::Hotp, "hotp"), (Self::Totp, "totp"), (Self::Ocra, "ocra"), (Self::Pin, "pin")];

    pub(crate) fn parse(uri: &str) -> Self {
        let name = uri.strip_prefix(crate::names::PSKC).and_then(|rest| rest.strip_prefix(':')).unwrap_or(uri);
        let known = Self::ALL.into_iter().find(|(_, known)| *known == name).map(|(one, _)| one);
        known.unwrap_or_else(|| Self::Other(uri.to_owned()))
    }

    /// Its URI.
    #[must_use]
    pub fn uri(&self) -> String {
        match self {
            Self::Other(uri) => uri.clone(),
            known => {
                let name = Self::ALL.iter().find(|(one, _)| one == known).map_or("", |(_, name)| name);
                format!("{}:{name}", crate::names::PSKC)
            }
        }
    }
}
