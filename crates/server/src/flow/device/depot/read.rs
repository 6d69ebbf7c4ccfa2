//! Devices out of files: PSKC (RFC 6030) and CSV.

use super::entry::{Entry, Wrong};
use algorithm::{Kind, ocra, one_time};
use domain::{
    Secret,
    device::{
        Algorithm, Moving,
        inventory::{KeyUse, Terms},
    },
};
use pskc::{Encoding, Key, Lock, Package, PinUsage, Reader, Unlock, Value};
use std::{
    collections::{BTreeMap, VecDeque},
    io::BufRead,
};

mod algorithm;
mod csv;

pub use csv::csv;
pub(crate) use csv::hexadecimal;

/// Keys that wait for their PINs, and PINs for their keys.
const APART: usize = 10_000;

/// The devices of a PSKC file. After what cannot be read there is nothing more.
pub fn pskc(source: impl BufRead, unlock: Unlock) -> Result<impl Iterator<Item = Result<Entry, Wrong>>, Wrong> {
    let reader = Reader::new(source, unlock).map_err(unread)?;
    Ok(Pskc { reader, ready: VecDeque::new(), waiting: BTreeMap::new(), pins: BTreeMap::new(), over: false })
}

fn unread(error: pskc::Error) -> Wrong {
    let why = if error.path.is_empty() {
        error.problem.to_string()
    } else {
        format!("{}: {}", error.path.join("/"), error.problem)
    };
    Wrong { line: error.line, serial: None, why, last: true }
}

struct Pskc<R> {
    reader: Reader<R>,
    ready: VecDeque<Result<Entry, Wrong>>,
    /// Devices whose PIN stands further on, by the id of the key that is the PIN.
    waiting: BTreeMap<String, Entry>,
    /// PINs that were read before their keys, by their id.
    pins: BTreeMap<String, Secret<String>>,
    over: bool,
}

impl<R: BufRead> Iterator for Pskc<R> {
    type Item = Result<Entry, Wrong>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(ready) = self.ready.pop_front() {
                return Some(ready);
            }
            if self.over {
                return None;
            }
            match self.reader.next() {
                Some(Ok(package)) => self.package(&package),
                Some(Err(error)) => {
                    self.over = true;
                    self.ready.push_back(Err(unread(error)));
                }
                None => self.end(),
            }
        }
    }
}

impl<R: BufRead> Pskc<R> {
    fn package(&mut self, package: &Package) {
        for key in &package.keys {
            let wrong = |why: String| Wrong { line: key.line, serial: package.device.serial.clone(), why, last: false };
            let done = if key.algorithm == pskc::Algorithm::Pin { self.pin(key) } else { self.key(package, key) };
            if let Err(why) = done {
                self.ready.push_back(Err(wrong(why)));
            }
        }
        if package.keys.is_empty() {
            let serial = package.device.serial.clone();
            let why = "this device has no key".to_owned();
            self.ready.push_back(Err(Wrong { line: package.line, serial, why, last: false }));
        }
    }

    /// A PIN goes to its key by the id that the key names, and never by a serial number.
    fn pin(&mut self, key: &Key) -> Result<(), String> {
        let octets = opened(key)?.expose();
        let pin = std::str::from_utf8(octets).map_err(|_| "this PIN is no text")?;
        let pin = Secret::new(pin.to_owned());
        if let Some(entry) = self.waiting.remove(&key.id) {
            self.ready.push_back(Ok(Entry { pin: Some(pin), ..entry }));
        } else if self.pins.len() < APART {
            self.pins.insert(key.id.clone(), pin);
        } else {
            return Err(format!("more than {APART} PINs stand far from their keys: put each behind its key"));
        }
        Ok(())
    }

    fn key(&mut self, package: &Package, key: &Key) -> Result<(), String> {
        let entry = entry(package, key)?;
        let takes_pin = matches!(&entry.algorithm, Algorithm::Ocra { suite } if suite.pin_algorithm().is_some());
        let policy = key.policy.as_ref().and_then(|policy| policy.pin.as_ref());
        match policy.and_then(|pin| pin.usage) {
            Some(PinUsage::Prepend | PinUsage::Append) => {
                return Err("its PIN is typed beside the response, which is not supported here".to_owned());
            }
            Some(PinUsage::Algorithmic) if !takes_pin => {
                return Err("its PIN is said to be part of the response, and its suite has none".to_owned());
            }
            _ => {}
        }
        // A PIN that the device checks itself is nothing for the server.
        match policy.and_then(|pin| pin.key_id.clone()).filter(|_| takes_pin) {
            None => self.ready.push_back(Ok(entry)),
            Some(id) => match self.pins.remove(&id) {
                Some(pin) => self.ready.push_back(Ok(Entry { pin: Some(pin), ..entry })),
                None if self.waiting.len() < APART => {
                    if let Some(other) = self.waiting.insert(id, entry) {
                        return Err(format!("its PIN is the PIN of {} too", other.serial));
                    }
                }
                None => {
                    return Err(format!("more than {APART} keys stand far from their PINs: put each behind its key"));
                }
            },
        }
        Ok(())
    }

    fn end(&mut self) {
        self.over = true;
        let alone = |(id, entry): (String, Entry)| {
            let why = format!("its PIN, the key {id}, is not in the file");
            Err(Wrong { line: entry.line, serial: Some(entry.serial), why, last: false })
        };
        self.ready.extend(std::mem::take(&mut self.waiting).into_iter().map(alone));
        if let Some(signature) = self.reader.signature() {
            let why = "the file is signed (XML signature), which is not verified here: check it with your own tools \
                       (xmlsec1), and give the file without its Signature"
                .to_owned();
            self.ready.push_back(Err(Wrong { line: signature.line, serial: None, why, last: true }));
        }
    }
}

fn opened(key: &Key) -> Result<&pskc::Secret, String> {
    match &key.secret {
        Value::Open(secret) => Ok(secret),
        Value::Absent => Err("the file names this key and does not hold it".to_owned()),
        Value::Locked(Lock::Key) => Err("its key is encrypted: give --key-file or --password-file".to_owned()),
        Value::Locked(Lock::Unsupported) => {
            Err("its key is encrypted by a method that is not supported: ask for a file by a pre-shared key or a \
                 password"
                .to_owned())
        }
    }
}

fn entry(package: &Package, key: &Key) -> Result<Entry, String> {
    let serial = package.device.serial.clone().ok_or("this device has no serial number")?;
    if !key.locked_numbers.is_empty() {
        return Err(format!("encrypted and not opened: {}", key.locked_numbers.join(", ")));
    }
    let secret = opened(key)?;
    Ok(Entry {
        line: key.line,
        serial,
        class: None,
        algorithm: algorithm(key)?,
        moving: Moving {
            counter: key.counter.unwrap_or_default(),
            drift: key.drift.unwrap_or_default(),
            ..Moving::default()
        },
        terms: terms(package, key),
        key: Secret::new(secret.expose().to_vec()),
        pin: None,
    })
}

fn algorithm(key: &Key) -> Result<Algorithm, String> {
    let checked = key.response.as_ref().is_some_and(|response| response.check_digits)
        || key.challenge.as_ref().is_some_and(|challenge| challenge.check_digits);
    if checked {
        return Err("its challenges or responses have check digits, which are not supported here".to_owned());
    }
    if key.response.as_ref().is_some_and(|response| response.encoding != Encoding::Decimal) {
        return Err("its responses are not decimal digits".to_owned());
    }
    let length = key.response.as_ref().map(|response| u8::try_from(response.length).unwrap_or(u8::MAX));
    let suite = key.suite.as_deref();
    match &key.algorithm {
        pskc::Algorithm::Hotp => one_time(Kind::Hotp, suite, length),
        pskc::Algorithm::Totp => one_time(Kind::Totp(key.interval.unwrap_or(30)), suite, length),
        pskc::Algorithm::Ocra => {
            let found = ocra(suite)?;
            match length {
                Some(length) if length != found.answer_length() => {
                    Err("the length of its responses is not that of its suite".to_owned())
                }
                _ => Ok(found),
            }
        }
        pskc::Algorithm::Pin | pskc::Algorithm::Other(_) => {
            Err(format!("{} is not supported here: HOTP, TOTP and OCRA are", key.algorithm.uri()))
        }
    }
}

fn terms(package: &Package, key: &Key) -> Terms {
    let (device, policy) = (&package.device, key.policy.as_ref());
    let micros = |at: jiff::Timestamp| at.as_microsecond();
    let used = |name: &String| match name.as_str() {
        "OTP" => KeyUse::Otp,
        "CR" => KeyUse::ChallengeResponse,
        _ => KeyUse::Other,
    };
    Terms {
        manufacturer: device.manufacturer.clone(),
        model: device.model.clone(),
        issuer: key.issuer.clone(),
        key_id: Some(key.id.clone()),
        valid_from: device.start.into_iter().chain(policy.and_then(|policy| policy.start)).max().map(micros),
        valid_until: device.expiry.into_iter().chain(policy.and_then(|policy| policy.expiry)).min().map(micros),
        uses: policy.map(|policy| policy.usage.iter().map(used).collect()).unwrap_or_default(),
        transactions: policy.and_then(|policy| policy.transactions),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(name: &str) -> Vec<Result<Entry, Wrong>> {
        let path = format!("{}/../../vectors/pskc-rfc6030/{name}.xml", env!("CARGO_MANIFEST_DIR"));
        let file = std::io::BufReader::new(std::fs::File::open(path).unwrap());
        pskc(file, Unlock::Nothing).unwrap().collect()
    }

    fn why(found: &Result<Entry, Wrong>) -> &str {
        &found.as_ref().unwrap_err().why
    }

    #[test]
    fn the_rfcs_figures_become_devices_or_say_why_not() {
        let token = figure("figure03").remove(0).unwrap();
        assert_eq!((token.serial.as_str(), &token.algorithm), ("987654321", &Algorithm::Hotp { digits: 8 }));
        assert_eq!(token.key.expose(), b"12345678901234567890");
        assert_eq!(token.terms.manufacturer.as_deref(), Some("Manufacturer"));
        // A PIN that the device checks: one token, and no second device of the PIN's serial number.
        let [Ok(token)] = &figure("figure05")[..] else { panic!("one token") };
        assert!(token.pin.is_none());
        assert!(why(&figure("figure02")[0]).contains("no serial number"));
        assert!(why(&figure("figure04")[0]).contains("does not hold it"));
        assert!(why(&figure("figure06")[0]).contains("--key-file"), "{:?}", figure("figure06"));
        assert!(why(&figure("figure08")[0]).contains("not supported"));
        assert!(why(figure("figure09").last().unwrap()).contains("signed"));
        let bulk: Vec<_> = figure("figure10").into_iter().map(|entry| entry.unwrap().terms).collect();
        assert_eq!(bulk.iter().filter(|terms| terms.valid_from.is_some() && terms.valid_until.is_some()).count(), 4);
    }

    /// By its id, before or behind its key; never by the serial number that both have.
    #[test]
    fn a_pin_finds_its_key_by_its_id() {
        let uri = "urn:ietf:params:xml:ns:keyprov:pskc";
        let token = |n: u8, pin: u8| {
            format!(
                "<KeyPackage><DeviceInfo><SerialNo>{n}</SerialNo></DeviceInfo><Key Id=\"k{n}\" Algorithm=\"{uri}:ocra\">\
                 <AlgorithmParameters><Suite>OCRA-1:HOTP-SHA256-8:C-QN06-PSHA256</Suite></AlgorithmParameters>\
                 <Data><Secret><PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue></Secret></Data>\
                 <Policy><PINPolicy PINKeyId=\"p{pin}\" PINUsageMode=\"Algorithmic\"/></Policy></Key></KeyPackage>"
            )
        };
        let pin = |n: u8, value: &str| {
            format!(
                "<KeyPackage><DeviceInfo><SerialNo>1</SerialNo></DeviceInfo><Key Id=\"p{n}\" Algorithm=\"{uri}:pin\">\
                 <Data><Secret><PlainValue>{value}</PlainValue></Secret></Data></Key></KeyPackage>"
            )
        };
        let read = |parts: &[String]| {
            let file = format!("<KeyContainer Version=\"1.0\" xmlns=\"{uri}\">{}</KeyContainer>", parts.concat());
            pskc(file.as_bytes(), Unlock::Nothing).unwrap().collect::<Vec<_>>()
        };
        // 4711 and 4712 in base64.
        let found = read(&[pin(2, "NDcxMg=="), token(1, 1), token(2, 2), pin(1, "NDcxMQ==")]);
        let mut found: Vec<_> = found.into_iter().map(Result::unwrap).collect();
        found.sort_by(|a, b| a.serial.cmp(&b.serial));
        let pins: Vec<_> = found.iter().map(|entry| entry.pin.as_ref().unwrap().expose().as_str()).collect();
        assert_eq!(pins, ["4711", "4712"]);
        let alone = read(&[token(1, 1), pin(2, "NDcxMg==")]);
        assert!(why(&alone[0]).contains("p1"), "{alone:?}");
        assert!(!format!("{found:?}").contains("4711"), "a log never shows a PIN");
    }
}
