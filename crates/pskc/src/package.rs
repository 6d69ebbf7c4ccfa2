//! A key package of a container: a device and its keys (RFC 6030, 4.3 and 5).

use crate::{
    Algorithm, ChallengeFormat, Device, Encoding, Error, Key, Lock, Package, PinPolicy, PinUsage, Policy, Problem,
    ResponseFormat, Secret, Value,
    names::Space,
    open::{Opener, Sealed, number, octets},
    xml::Element,
};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use std::str::FromStr;

pub(crate) fn read(element: Element, opener: &mut Opener) -> Result<Package, Error> {
    let line = element.line;
    element.done(|element| {
        let inside = |error: Error| error.within("KeyPackage");
        let device = element.take(Space::Pskc, "DeviceInfo")?.map(|info| info.done(device).map_err(inside));
        let module = element.take(Space::Pskc, "CryptoModuleInfo")?.map(|info| {
            let id = info.done(|info| {
                extensions(info);
                info.take_text("Id")
            });
            id.map_err(inside)
        });
        let keys = element.take_all(Space::Pskc, "Key").into_iter().map(|key| self::key(key, opener).map_err(inside));
        let keys = keys.collect::<Result<_, _>>()?;
        extensions(element);
        Ok(Package {
            line,
            device: device.transpose()?.unwrap_or_default(),
            module: module.transpose()?.flatten(),
            keys,
        })
    })
}

/// What a reader may leave out that does not understand it (RFC 6030, 4.3.5): not so in a policy.
fn extensions(element: &mut Element) {
    element.take_all(Space::Pskc, "Extensions");
}

fn device(info: &mut Element) -> Result<Device, Error> {
    let device = Device {
        manufacturer: info.take_text("Manufacturer")?,
        serial: info.take_text("SerialNo")?.filter(|serial| !serial.is_empty()),
        model: info.take_text("Model")?,
        issue: info.take_text("IssueNo")?,
        binding: info.take_text("DeviceBinding")?,
        start: date(info, "StartDate")?,
        expiry: date(info, "ExpiryDate")?,
        user: info.take_text("UserId")?,
    };
    extensions(info);
    Ok(device)
}

/// A moment; one without a zone is of UTC, as all of them must be (RFC 6030, 4.3.1).
fn date(element: &mut Element, name: &str) -> Result<Option<Timestamp>, Error> {
    let parent = element.name.clone();
    let Some(date) = element.take(Space::Pskc, name)? else { return Ok(None) };
    let moment = date.done(|date| {
        let utc = |text: &str| TimeZone::UTC.to_timestamp(text.parse::<DateTime>().ok()?).ok();
        let moment = date.text().parse().ok().or_else(|| utc(date.text()));
        moment.ok_or_else(|| date.wrong(Problem::NotA("a date and a time")))
    });
    moment.map(Some).map_err(|error| error.within(&parent))
}

fn key(element: Element, opener: &mut Opener) -> Result<Key, Error> {
    let inside = |error: Error| error.within("Key");
    element.done(|element| {
        let id = element.attribute("Id").ok_or_else(|| element.wrong(Problem::Missing("Id")))?;
        let algorithm = element.attribute("Algorithm").map(Algorithm::parse);
        let algorithm = algorithm.ok_or_else(|| element.wrong(Problem::Missing("Algorithm")))?;
        let mut key = Key { line: element.line, ..Key::new(id, algorithm) };
        key.issuer = element.take_text("Issuer")?;
        if let Some(parameters) = element.take(Space::Pskc, "AlgorithmParameters")? {
            parameters.done(|found| parameters_of(found, &mut key)).map_err(inside)?;
        }
        key.profile = element.take_text("KeyProfileId")?;
        key.reference = element.take_text("KeyReference")?;
        key.friendly_name = element.take_text("FriendlyName")?;
        key.user = element.take_text("UserId")?;
        if let Some(data) = element.take(Space::Pskc, "Data")? {
            data.done(|data| data_of(data, &mut key, opener)).map_err(inside)?;
        }
        let policy = element.take(Space::Pskc, "Policy")?;
        key.policy = policy.map(|policy| policy.done(self::policy).map_err(inside)).transpose()?;
        extensions(element);
        Ok(key)
    })
}

fn parameters_of(element: &mut Element, key: &mut Key) -> Result<(), Error> {
    let inside = |error: Error| error.within("AlgorithmParameters");
    key.suite = element.take_text("Suite")?;
    let challenge = element.take(Space::Pskc, "ChallengeFormat")?.map(|format| {
        format.done(|format| {
            let (min, max) = (need_attribute(format, "Min")?, need_attribute(format, "Max")?);
            Ok(ChallengeFormat { encoding: encoding(format)?, min, max, check_digits: check_digits(format)? })
        })
    });
    key.challenge = challenge.transpose().map_err(inside)?;
    let response = element.take(Space::Pskc, "ResponseFormat")?.map(|format| {
        format.done(|format| {
            let length = need_attribute(format, "Length")?;
            Ok(ResponseFormat { encoding: encoding(format)?, length, check_digits: check_digits(format)? })
        })
    });
    key.response = response.transpose().map_err(inside)?;
    Ok(())
}

fn encoding(format: &Element) -> Result<Encoding, Error> {
    let name = format.attribute("Encoding").ok_or_else(|| format.wrong(Problem::Missing("Encoding")))?;
    Encoding::parse(name).ok_or_else(|| format.wrong(Problem::NotA("an encoding of RFC 6030, such as DECIMAL")))
}

fn check_digits(format: &Element) -> Result<bool, Error> {
    match format.attribute("CheckDigits") {
        None | Some("false" | "0") => Ok(false),
        Some("true" | "1") => Ok(true),
        Some(_) => Err(format.wrong(Problem::NotA("true or false"))),
    }
}

fn attribute<N: FromStr>(element: &Element, name: &str) -> Result<Option<N>, Error> {
    let parse = |text: &str| text.trim().parse().map_err(|_| element.wrong(Problem::NotA("a number that fits here")));
    element.attribute(name).map(parse).transpose()
}

fn need_attribute<N: FromStr>(element: &Element, name: &'static str) -> Result<N, Error> {
    attribute(element, name)?.ok_or_else(|| element.wrong(Problem::Missing(name)))
}

/// A value as it stands in the file.
enum Stored {
    Plain(Element),
    Sealed(Element, Sealed),
}

/// Keeps a number of a key; false where it does not fit.
type Keep = fn(&mut Key, i128) -> bool;

fn data_of(element: &mut Element, key: &mut Key, opener: &mut Opener) -> Result<(), Error> {
    let inside = |error: Error| error.within("Data");
    if let Some(secret) = element.take(Space::Pskc, "Secret")? {
        key.secret = secret_of(secret, opener).map_err(inside)?;
    }
    let numbers: [(&'static str, Keep); 4] = [
        ("Counter", |key, value| fits(&mut key.counter, value)),
        ("Time", |key, value| fits(&mut key.time, value)),
        ("TimeInterval", |key, value| fits(&mut key.interval, value)),
        ("TimeDrift", |key, value| fits(&mut key.drift, value)),
    ];
    for (name, keep) in numbers {
        let Some(found) = element.take(Space::Pskc, name)? else { continue };
        let line = found.line;
        match number_of(found, name == "TimeDrift", opener).map_err(inside)? {
            Some(value) if keep(key, value) => {}
            Some(_) => {
                let path = vec!["Data".to_owned(), name.to_owned()];
                return Err(Error { line, path, problem: Problem::NotA("a number that fits here") });
            }
            None => key.locked_numbers.push(name),
        }
    }
    Ok(())
}

fn fits<N: TryFrom<i128>>(place: &mut Option<N>, value: i128) -> bool {
    *place = N::try_from(value).ok();
    place.is_some()
}

fn secret_of(element: Element, opener: &mut Opener) -> Result<Value, Error> {
    match stored(element)? {
        Stored::Plain(plain) => octets(&plain).map(|octets| Value::Open(Secret::new(octets))),
        Stored::Sealed(_, sealed) if !opener.is_armed() => {
            Ok(Value::Locked(if sealed.is_supported() { Lock::Key } else { Lock::Unsupported }))
        }
        Stored::Sealed(place, sealed) => opener.open(&sealed).map(Value::Open).map_err(|problem| place.wrong(problem)),
    }
}

/// A number; none when it is encrypted and there is nothing to open it with. An encrypted one is written in 4 or 8 octets
/// in network order (RFC 6030, 4.3.6), or in fewer.
fn number_of(element: Element, signed: bool, opener: &mut Opener) -> Result<Option<i128>, Error> {
    match stored(element)? {
        Stored::Plain(plain) => number(&plain).map(Some),
        Stored::Sealed(..) if !opener.is_armed() => Ok(None),
        Stored::Sealed(place, sealed) => {
            let secret = opener.open(&sealed).map_err(|problem| place.wrong(problem))?;
            let octets = secret.expose();
            let negative = signed && octets.len() >= 4 && octets.first().is_some_and(|first| first & 0x80 != 0);
            let mut wide = [if negative { 0xff } else { 0 }; 16];
            let place_of = wide.len().checked_sub(octets.len()).filter(|_| (1..=8).contains(&octets.len()));
            let Some(target) = place_of.and_then(|from| wide.get_mut(from..)) else {
                return Err(place.wrong(Problem::NotA("a number of at most 8 octets")));
            };
            target.copy_from_slice(octets);
            Ok(Some(i128::from_be_bytes(wide)))
        }
    }
}

fn stored(element: Element) -> Result<Stored, Error> {
    let name = element.name.clone();
    let inside = |error: Error| error.within(&name);
    element.done(|element| {
        let plain = element.take(Space::Pskc, "PlainValue")?;
        let sealed = element.take(Space::Pskc, "EncryptedValue")?;
        let mac = element.take(Space::Pskc, "ValueMAC")?;
        match (plain, sealed) {
            (Some(plain), None) => {
                // A MAC over a value that is not encrypted means nothing here.
                if mac.is_some() {
                    return Err(element.wrong(Problem::Unknown("ValueMAC".to_owned())));
                }
                plain.childless().map(Stored::Plain).map_err(inside)
            }
            (None, Some(sealed)) => {
                let place = Element::place(element);
                let mac = mac.map(|mac| mac.done(|mac| octets(mac))).transpose().map_err(inside)?;
                Ok(Stored::Sealed(place, Sealed::read(sealed, mac).map_err(inside)?))
            }
            (None, None) => Err(element.wrong(Problem::Missing("PlainValue or EncryptedValue"))),
            (Some(_), Some(_)) => Err(element.wrong(Problem::Twice("the value".to_owned()))),
        }
    })
}

fn policy(element: &mut Element) -> Result<Policy, Error> {
    let inside = |error: Error| error.within("Policy");
    let pin = element.take(Space::Pskc, "PINPolicy")?.map(|pin| pin.done(|pin| pin_policy(pin)).map_err(inside));
    let usage = element.take_all(Space::Pskc, "KeyUsage").into_iter();
    let usage = usage.map(|usage| usage.done(|usage| usage.words()).map_err(inside));
    let usage = usage.collect::<Result<_, _>>()?;
    let transactions = element.take(Space::Pskc, "NumberOfTransactions")?;
    let transactions = transactions.map(|count| count.done(|count| number(count)).map_err(inside));
    Ok(Policy {
        start: date(element, "StartDate")?,
        expiry: date(element, "ExpiryDate")?,
        pin: pin.transpose()?,
        usage,
        transactions: transactions.transpose()?,
    })
}

fn pin_policy(element: &Element) -> Result<PinPolicy, Error> {
    const KNOWN: [&str; 6] = ["PINKeyId", "PINUsageMode", "MaxFailedAttempts", "MinLength", "MaxLength", "PINEncoding"];
    if let Some(unknown) = element.attribute_names().find(|name| !KNOWN.contains(name)) {
        return Err(element.wrong(Problem::Unknown(unknown.to_owned())));
    }
    let usage = element.attribute("PINUsageMode").map(|name| {
        PinUsage::parse(name).ok_or_else(|| element.wrong(Problem::NotA("a use of a PIN of RFC 6030, such as Local")))
    });
    let encoding = element.attribute("PINEncoding").map(|name| {
        let known = Encoding::parse(name);
        known.ok_or_else(|| element.wrong(Problem::NotA("an encoding of RFC 6030, such as DECIMAL")))
    });
    Ok(PinPolicy {
        key_id: element.attribute("PINKeyId").map(str::to_owned),
        usage: usage.transpose()?,
        max_failures: attribute(element, "MaxFailedAttempts")?,
        min: attribute(element, "MinLength")?,
        max: attribute(element, "MaxLength")?,
        encoding: encoding.transpose()?,
    })
}
