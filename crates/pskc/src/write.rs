//! Writing containers that others read: AES-CBC behind a MAC, by a key or by a password.

use crate::{
    Key, Package, Policy, Secret, Value,
    names::{DSIG, MORE, PKCS5, PSKC, XENC, XENC11},
};
use aws_lc_rs::{
    cipher::{self, EncryptingKey, EncryptionContext, UnboundCipherKey},
    hmac, iv, pbkdf2,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use quick_xml::escape::escape;
use std::{
    fmt::Write as _,
    io::{self, Write},
    num::NonZeroU32,
};
use zeroize::Zeroizing;

/// How the keys of a container are encrypted.
#[derive(Debug, Clone)]
pub enum Protection {
    /// Not at all.
    Nothing,
    /// By a key that both sides have, of 16, 24 or 32 octets.
    Key {
        /// The name by which the other side finds it.
        name: String,
        /// The key.
        key: Secret,
    },
    /// By a password that both sides have.
    Password {
        /// The password, in UTF-8.
        password: Secret,
        /// How often it is hashed.
        iterations: NonZeroU32,
    },
}

/// What values are encrypted by.
struct Seal {
    cipher: &'static cipher::Algorithm,
    method: &'static str,
    key: Secret,
    mac: hmac::Key,
}

/// Writes a container, one key package at a time; [`Writer::finish`] ends it.
pub struct Writer<W, F> {
    out: W,
    /// Fills octets at random.
    random: F,
    seal: Option<Seal>,
}

impl<W: Write, F: FnMut(&mut [u8])> Writer<W, F> {
    /// Writes the head. `random` fills octets at random: every encrypted value takes some.
    ///
    /// # Errors
    /// Where the output fails, or the key has a length that AES has not.
    pub fn new(mut out: W, protection: &Protection, mut random: F) -> io::Result<Self> {
        write!(
            out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<pskc:KeyContainer Version=\"1.0\" xmlns:pskc=\"{PSKC}\" \
             xmlns:ds=\"{DSIG}\" xmlns:xenc=\"{XENC}\" xmlns:xenc11=\"{XENC11}\" xmlns:pkcs5=\"{PKCS5}\">\n"
        )?;
        let key = match protection {
            Protection::Nothing => return Ok(Self { out, random, seal: None }),
            Protection::Key { name, key } => {
                let name = escape(name.as_str());
                writeln!(out, "<pskc:EncryptionKey><ds:KeyName>{name}</ds:KeyName></pskc:EncryptionKey>")?;
                key.clone()
            }
            Protection::Password { password, iterations } => {
                let mut salt = [0; 16];
                random(&mut salt);
                derivation(&mut out, &salt, *iterations)?;
                let mut key = vec![0; 32];
                pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, *iterations, &salt, password.expose(), &mut key);
                Secret::new(key)
            }
        };
        let (cipher, method) = match key.expose().len() {
            16 => (&cipher::AES_128, "aes128-cbc"),
            24 => (&cipher::AES_192, "aes192-cbc"),
            32 => (&cipher::AES_256, "aes256-cbc"),
            _ => return Err(invalid("a key has 16, 24 or 32 octets")),
        };
        let mut mac = Zeroizing::new([0; 32]);
        random(mac.as_mut());
        let seal = Seal { cipher, method, key, mac: hmac::Key::new(hmac::HMAC_SHA256, mac.as_ref()) };
        writeln!(
            out,
            "<pskc:MACMethod Algorithm=\"{MORE}hmac-sha256\"><pskc:MACKey>{}</pskc:MACKey></pskc:MACMethod>",
            cipher_data(method, &seal.encrypt(mac.as_ref(), &mut random)?)
        )?;
        Ok(Self { out, random, seal: Some(seal) })
    }

    /// Writes a device with its keys.
    ///
    /// # Errors
    /// Where the output fails, or a value of it was never opened.
    pub fn package(&mut self, package: &Package) -> io::Result<()> {
        let mut text = Zeroizing::new(String::with_capacity(4096));
        text.push_str("<pskc:KeyPackage>");
        let device = &package.device;
        let moment = |at: &Option<jiff::Timestamp>| at.map(|at| at.to_string());
        let info = [
            ("Manufacturer", device.manufacturer.clone()),
            ("SerialNo", device.serial.clone()),
            ("Model", device.model.clone()),
            ("IssueNo", device.issue.clone()),
            ("DeviceBinding", device.binding.clone()),
            ("StartDate", moment(&device.start)),
            ("ExpiryDate", moment(&device.expiry)),
            ("UserId", device.user.clone()),
        ];
        if info.iter().any(|(_, value)| value.is_some()) {
            text.push_str("<pskc:DeviceInfo>");
            info.iter().for_each(|(name, value)| element(&mut text, name, value.as_deref()));
            text.push_str("</pskc:DeviceInfo>");
        }
        if let Some(module) = &package.module {
            text.push_str("<pskc:CryptoModuleInfo>");
            element(&mut text, "Id", Some(module));
            text.push_str("</pskc:CryptoModuleInfo>");
        }
        for key in &package.keys {
            self.key(&mut text, key)?;
        }
        text.push_str("</pskc:KeyPackage>\n");
        self.out.write_all(text.as_bytes())
    }

    /// Ends the container and gives the output back.
    ///
    /// # Errors
    /// Where the output fails.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.write_all(b"</pskc:KeyContainer>\n")?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn key(&mut self, text: &mut String, key: &Key) -> io::Result<()> {
        let (id, algorithm) = (escape(key.id.as_str()), key.algorithm.uri());
        put(text, format_args!("<pskc:Key Id=\"{id}\" Algorithm=\"{}\">", escape(algorithm.as_str())));
        element(text, "Issuer", key.issuer.as_deref());
        parameters(text, key);
        element(text, "KeyProfileId", key.profile.as_deref());
        element(text, "KeyReference", key.reference.as_deref());
        element(text, "FriendlyName", key.friendly_name.as_deref());
        self.data(text, key)?;
        element(text, "UserId", key.user.as_deref());
        if let Some(policy) = &key.policy {
            self::policy(text, policy);
        }
        text.push_str("</pskc:Key>");
        Ok(())
    }

    fn data(&mut self, text: &mut String, key: &Key) -> io::Result<()> {
        if !key.locked_numbers.is_empty() {
            return Err(invalid("a number was not opened"));
        }
        text.push_str("<pskc:Data>");
        match (&key.secret, &self.seal) {
            (Value::Absent, _) => {}
            (Value::Locked(_), _) => return Err(invalid("a key was not opened")),
            (Value::Open(secret), None) => {
                let plain = Zeroizing::new(STANDARD.encode(secret.expose()));
                put(text, format_args!("<pskc:Secret><pskc:PlainValue>{}</pskc:PlainValue></pskc:Secret>", *plain));
            }
            (Value::Open(secret), Some(seal)) => {
                let octets = seal.encrypt(secret.expose(), &mut self.random)?;
                let mac = STANDARD.encode(hmac::sign(&seal.mac, &octets));
                let sealed = cipher_data(seal.method, &octets);
                put(
                    text,
                    format_args!(
                        "<pskc:Secret><pskc:EncryptedValue>{sealed}</pskc:EncryptedValue>\
                         <pskc:ValueMAC>{mac}</pskc:ValueMAC></pskc:Secret>"
                    ),
                );
            }
        }
        let numbers = [
            ("Counter", key.counter.map(i128::from)),
            ("Time", key.time.map(i128::from)),
            ("TimeInterval", key.interval.map(i128::from)),
            ("TimeDrift", key.drift.map(i128::from)),
        ];
        for (name, value) in numbers.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            let plain = format_args!("<pskc:{name}><pskc:PlainValue>{value}</pskc:PlainValue></pskc:{name}>");
            put(text, plain);
        }
        text.push_str("</pskc:Data>");
        Ok(())
    }
}

impl Seal {
    /// `IV ‖ ciphertext`. Every octet of the padding says its length, which is right for XML Encryption and for PKCS #7.
    fn encrypt(&self, plain: &[u8], random: &mut dyn FnMut(&mut [u8])) -> io::Result<Vec<u8>> {
        let failed = |_| invalid("AES failed");
        let mut iv = [0; 16];
        random(&mut iv);
        let padding = 16 - plain.len() % 16;
        let mut text = Vec::with_capacity(plain.len() + padding);
        text.extend_from_slice(plain);
        text.resize(plain.len() + padding, u8::try_from(padding).unwrap_or_default());
        let key = UnboundCipherKey::new(self.cipher, self.key.expose()).map_err(failed)?;
        let key = EncryptingKey::cbc(key).map_err(failed)?;
        let context = EncryptionContext::Iv128(iv::FixedLength::from(iv));
        key.less_safe_encrypt(&mut text, context).map_err(failed)?;
        Ok([&iv[..], &text].concat())
    }
}

fn derivation(out: &mut impl Write, salt: &[u8], iterations: NonZeroU32) -> io::Result<()> {
    writeln!(
        out,
        "<pskc:EncryptionKey><xenc11:DerivedKey><xenc11:KeyDerivationMethod Algorithm=\"{PKCS5}pbkdf2\">\
         <pkcs5:PBKDF2-params><Salt><Specified>{}</Specified></Salt><IterationCount>{iterations}</IterationCount>\
         <KeyLength>32</KeyLength><PRF Algorithm=\"{MORE}hmac-sha256\"/></pkcs5:PBKDF2-params>\
         </xenc11:KeyDerivationMethod></xenc11:DerivedKey></pskc:EncryptionKey>",
        STANDARD.encode(salt)
    )
}

fn cipher_data(method: &str, octets: &[u8]) -> String {
    format!(
        "<xenc:EncryptionMethod Algorithm=\"{XENC}{method}\"/><xenc:CipherData><xenc:CipherValue>{}\
         </xenc:CipherValue></xenc:CipherData>",
        STANDARD.encode(octets)
    )
}

fn parameters(text: &mut String, key: &Key) {
    if key.suite.is_none() && key.challenge.is_none() && key.response.is_none() {
        return;
    }
    text.push_str("<pskc:AlgorithmParameters>");
    element(text, "Suite", key.suite.as_deref());
    if let Some(format) = &key.challenge {
        let (encoding, min, max, check) = (format.encoding.name(), format.min, format.max, format.check_digits);
        put(
            text,
            format_args!(
                "<pskc:ChallengeFormat Encoding=\"{encoding}\" Min=\"{min}\" Max=\"{max}\" CheckDigits=\"{check}\"/>"
            ),
        );
    }
    if let Some(format) = &key.response {
        let (encoding, length, check) = (format.encoding.name(), format.length, format.check_digits);
        let format =
            format_args!("<pskc:ResponseFormat Encoding=\"{encoding}\" Length=\"{length}\" CheckDigits=\"{check}\"/>");
        put(text, format);
    }
    text.push_str("</pskc:AlgorithmParameters>");
}

fn policy(text: &mut String, policy: &Policy) {
    text.push_str("<pskc:Policy>");
    element(text, "StartDate", policy.start.map(|at| at.to_string()).as_deref());
    element(text, "ExpiryDate", policy.expiry.map(|at| at.to_string()).as_deref());
    if let Some(pin) = &policy.pin {
        let attributes = [
            ("PINKeyId", pin.key_id.clone()),
            ("PINUsageMode", pin.usage.map(|usage| usage.name().to_owned())),
            ("MaxFailedAttempts", pin.max_failures.map(|count| count.to_string())),
            ("MinLength", pin.min.map(|length| length.to_string())),
            ("MaxLength", pin.max.map(|length| length.to_string())),
            ("PINEncoding", pin.encoding.map(|encoding| encoding.name().to_owned())),
        ];
        text.push_str("<pskc:PINPolicy");
        for (name, value) in attributes.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            put(text, format_args!(" {name}=\"{}\"", escape(value.as_str())));
        }
        text.push_str("/>");
    }
    policy.usage.iter().for_each(|usage| element(text, "KeyUsage", Some(usage)));
    element(text, "NumberOfTransactions", policy.transactions.map(|count| count.to_string()).as_deref());
    text.push_str("</pskc:Policy>");
}

fn element(text: &mut String, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        put(text, format_args!("<pskc:{name}>{}</pskc:{name}>", escape(value)));
    }
}

fn put(text: &mut String, what: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = text.write_fmt(what);
}

fn invalid(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, why)
}

impl<W, F> std::fmt::Debug for Writer<W, F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Writer")
    }
}
