//! Devices out of CSV: a line of names, and a line for each device. No quotes, since nothing in it has a comma.

use super::algorithm::{Kind, ocra, one_time};
use crate::flow::device::depot::entry::{Entry, Wrong};
use domain::{
    Secret,
    device::{Algorithm, Moving, inventory::Terms},
};
use std::io::{BufRead, Read as _};
use zeroize::Zeroizing;

/// The columns there are.
const COLUMNS: [&str; 10] = ["serial", "class", "type", "suite", "key", "counter", "digits", "step", "drift", "pin"];
/// Most octets of a line.
const LINE: u64 = 4096;

/// The devices of a CSV file. Keys are hexadecimal; a column that is not known is refused.
pub fn csv(mut source: impl BufRead) -> Result<impl Iterator<Item = Result<Entry, Wrong>>, Wrong> {
    let wrong = |why: String| Wrong { line: 1, serial: None, why, last: true };
    let head = line(&mut source).map_err(wrong)?.ok_or_else(|| wrong("the file is empty".to_owned()))?;
    let names: Vec<_> = head.trim_start_matches('\u{feff}').split(',').map(|name| name.trim().to_owned()).collect();
    for (at, name) in names.iter().enumerate() {
        if !COLUMNS.contains(&name.as_str()) {
            return Err(wrong(format!("there is no column {name:?}; there are {}", COLUMNS.join(", "))));
        }
        if names.iter().take(at).any(|other| other == name) {
            return Err(wrong(format!("the column {name} stands there twice")));
        }
    }
    if let Some(missing) = ["serial", "type", "key"].iter().find(|needed| !names.iter().any(|name| name == *needed)) {
        return Err(wrong(format!("the first line names the columns, and {missing} is missing")));
    }
    let mut number = 1;
    let mut over = false;
    Ok(std::iter::from_fn(move || {
        while !over {
            number += 1;
            match line(&mut source) {
                Ok(None) => return None,
                Ok(Some(text)) if text.trim().is_empty() => {}
                Ok(Some(text)) => return Some(row(&names, &text, number)),
                Err(why) => {
                    over = true;
                    return Some(Err(Wrong { line: number, serial: None, why, last: true }));
                }
            }
        }
        None
    }))
}

fn line(source: &mut impl BufRead) -> Result<Option<Zeroizing<String>>, String> {
    let mut text = Zeroizing::new(String::new());
    let read = source.by_ref().take(LINE).read_line(&mut text).map_err(|error| error.to_string())?;
    if u64::try_from(read).is_ok_and(|read| read >= LINE) {
        return Err(format!("a line is longer than {LINE} octets"));
    }
    Ok((read > 0).then_some(text))
}

fn row(names: &[String], text: &str, line: u64) -> Result<Entry, Wrong> {
    let values: Vec<_> = text.split(',').map(str::trim).collect();
    let value = |name: &str| {
        let at = names.iter().position(|column| column == name)?;
        values.get(at).copied().filter(|value| !value.is_empty())
    };
    let serial = value("serial").map(str::to_owned);
    let read = if text.contains('"') {
        Err("write values without quotes".to_owned())
    } else if values.len() != names.len() {
        Err(format!("{} values, and there are {} columns", values.len(), names.len()))
    } else {
        entry(&value, line)
    };
    read.map_err(|why| Wrong { line, serial, why, last: false })
}

fn entry<'a>(value: &impl Fn(&str) -> Option<&'a str>, line: u64) -> Result<Entry, String> {
    let digits = number(value, "digits")?;
    let suite = value("suite");
    let algorithm = match value("type").map(str::to_ascii_lowercase).as_deref() {
        Some("ocra") if digits.is_none() => ocra(suite)?,
        Some("ocra") => return Err("an OCRA key has its digits in its suite".to_owned()),
        Some("hotp") => one_time(Kind::Hotp, suite, digits)?,
        Some("totp") => one_time(Kind::Totp(number(value, "step")?.unwrap_or(30)), suite, digits)?,
        _ => return Err("the type is ocra, hotp or totp".to_owned()),
    };
    if value("step").is_some() && !matches!(algorithm, Algorithm::Totp { .. }) {
        return Err("only TOTP has a step".to_owned());
    }
    Ok(Entry {
        line,
        serial: value("serial").ok_or("the serial number is missing")?.to_owned(),
        class: value("class").map(str::to_owned),
        algorithm,
        moving: Moving {
            counter: number(value, "counter")?.unwrap_or_default(),
            drift: number(value, "drift")?.unwrap_or_default(),
            ..Moving::default()
        },
        terms: Terms::default(),
        key: hexadecimal(value("key").ok_or("the key is missing")?).ok_or("the key is not hexadecimal")?,
        pin: value("pin").map(|pin| Secret::new(pin.to_owned())),
    })
}

fn number<'a, T: std::str::FromStr>(
    value: &impl Fn(&str) -> Option<&'a str>,
    name: &'static str,
) -> Result<Option<T>, String> {
    value(name).map(str::parse).transpose().map_err(|_| format!("the {name} is no number that fits"))
}

/// Octets in hexadecimal.
pub(crate) fn hexadecimal(text: &str) -> Option<Secret<Vec<u8>>> {
    if !text.is_ascii() || text.len() % 2 == 1 {
        return None;
    }
    let pair = |at: usize| text.get(at..at + 2).filter(|pair| !pair.starts_with('+'));
    let octets = (0..text.len()).step_by(2).map(|at| u8::from_str_radix(pair(at)?, 16).ok());
    octets.collect::<Option<Vec<u8>>>().map(Secret::new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Vec<Result<Entry, Wrong>> {
        match csv(text.as_bytes()) {
            Ok(entries) => entries.collect(),
            Err(wrong) => vec![Err(wrong)],
        }
    }

    #[test]
    fn a_row_is_a_device() {
        let text =
            "serial,type,key,digits,counter,class\n 42 ,hotp,3132333435363738393031323334353637383930,8,7,gold\n\n";
        let entry = read(text).remove(0).unwrap();
        assert_eq!((entry.serial.as_str(), entry.class.as_deref(), entry.line), ("42", Some("gold"), 2));
        assert_eq!((entry.algorithm, entry.moving.counter), (Algorithm::Hotp { digits: 8 }, 7));
        assert_eq!(entry.key.expose(), b"12345678901234567890");
    }

    #[test]
    fn what_does_not_fit_is_said_with_its_line() {
        for (text, line, why) in [
            ("", 1, "empty"),
            ("serial,type,key,colour\n", 1, "no column \"colour\""),
            ("serial,type,type,key\n", 1, "twice"),
            ("serial,type\n", 1, "key is missing"),
            ("serial,type,key\n1,hotp\n", 2, "2 values"),
            ("serial,type,key\n\n1,hotp,0g\n", 3, "not hexadecimal"),
            ("serial,type,key\n1,hotp,+1\n", 2, "not hexadecimal"),
            ("serial,type,key\n1,md5,00\n", 2, "ocra, hotp or totp"),
            ("serial,type,key\n,hotp,00\n", 2, "serial number is missing"),
            ("serial,type,key,digits\n1,hotp,00,5\n", 2, "6 to 8"),
            ("serial,type,key,counter\n1,hotp,00,-1\n", 2, "the counter is no number"),
            ("serial,type,key\n\"1\",hotp,00\n", 2, "without quotes"),
            ("serial,type,key,step\n1,hotp,00,30\n", 2, "only TOTP"),
            ("serial,type,key,suite\n1,ocra,00,OCRA-1\n", 2, "no OCRA suite"),
        ] {
            let found = read(text);
            let Some(Err(wrong)) = found.last() else { panic!("{text:?}: {found:?}") };
            assert!(wrong.line == line && wrong.why.contains(why), "{text:?}: {wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(serial|type|key|,|\n|hotp|00|\"|.){0,40}") {
            let _ = read(&text);
        }
    }
}
