//! `pskc`: a test tool that lists what a PSKC file (RFC 6030) holds.

use super::Entry;
use super::one_time::octets;
use super::output::{self, Failure, line};
use ::pskc::{Key, Package, Policy, Reader, Secret, Unlock, Value};
use serde::Serialize;
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;
use zeroize::Zeroizing;

#[derive(Debug, clap::Args)]
pub(super) struct Pskc {
    /// The file.
    file: PathBuf,
    /// The key that it is encrypted by, hexadecimal. A test tool: the command line is not private.
    #[arg(long, value_name = "HEX", conflicts_with_all = ["key_file", "password_file"])]
    key_hex: Option<String>,
    /// A file with that key, hexadecimal.
    #[arg(long, value_name = "FILE", conflicts_with = "password_file")]
    key_file: Option<PathBuf>,
    /// A file with the password that it is encrypted by.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Also show the keys and PINs, hexadecimal.
    #[arg(long)]
    show_secrets: bool,
}

/// A key of the file, as it is shown.
#[derive(Serialize)]
struct Shown {
    serial: Option<String>,
    key_id: String,
    algorithm: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    suite: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counter: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_interval: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_drift: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_length: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<ShownPolicy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_hex: Option<String>,
}

#[derive(Serialize)]
struct ShownPolicy {
    #[serde(skip_serializing_if = "Option::is_none")]
    start_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiry_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pin_key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pin_usage: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pin_min_length: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pin_max_length: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pin_max_failed_attempts: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pin_encoding: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    key_usage: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number_of_transactions: Option<u64>,
}

pub(super) fn pskc(arguments: &Pskc, entry: &mut Entry<'_>) -> Result<(), Failure> {
    let unlock = unlock(arguments)?;
    let named = |reason: &dyn std::fmt::Display| Failure::Failed(format!("{}: {reason}", arguments.file.display()));
    let file = File::open(&arguments.file).map_err(|error| named(&error))?;
    let mut reader = Reader::new(BufReader::new(file), unlock).map_err(|error| named(&error))?;
    // All of it or nothing: half of a list would read like a whole one.
    let packages = reader.by_ref().collect::<Result<Vec<_>, _>>().map_err(|error| named(&error))?;
    if reader.signature().is_some() {
        let _ = writeln!(entry.err, "countersign-client: the file is signed; the signature was not verified");
    }
    let keys = packages.iter().flat_map(|package| package.keys.iter().map(move |key| (package, key)));
    let shown: Vec<_> = keys.map(|(package, key)| shown(package, key, arguments.show_secrets)).collect();
    line(entry, &Zeroizing::new(serde_json::to_string(&shown)?))
}

fn unlock(arguments: &Pskc) -> Result<Unlock, Failure> {
    if let Some(path) = &arguments.password_file {
        let password = output::secret_file(path)?;
        return Ok(Unlock::Password(Secret::new(password.as_bytes().to_vec())));
    }
    let key = match (&arguments.key_hex, &arguments.key_file) {
        (Some(hex), _) => octets("--key-hex", hex)?,
        (_, Some(path)) => octets("--key-file", output::secret_file(path)?.trim())?,
        (None, None) => return Ok(Unlock::Nothing),
    };
    Ok(Unlock::Key(Secret::new(key.to_vec())))
}

fn shown(package: &Package, key: &Key, secrets: bool) -> Shown {
    let secret_hex = match &key.secret {
        Value::Open(secret) if secrets => Some(secret.expose().iter().map(|octet| format!("{octet:02x}")).collect()),
        _ => None,
    };
    Shown {
        serial: package.device.serial.clone(),
        key_id: key.id.clone(),
        algorithm: key.algorithm.uri(),
        suite: key.suite.clone(),
        counter: key.counter,
        time_interval: key.interval,
        time_drift: key.drift,
        response_length: key.response.as_ref().map(|format| format.length),
        policy: key.policy.as_ref().map(policy),
        secret_hex,
    }
}

fn policy(policy: &Policy) -> ShownPolicy {
    let pin = policy.pin.clone().unwrap_or_default();
    ShownPolicy {
        start_date: policy.start.map(|at| at.to_string()),
        expiry_date: policy.expiry.map(|at| at.to_string()),
        pin_key_id: pin.key_id,
        pin_usage: pin.usage.map(::pskc::PinUsage::name),
        pin_min_length: pin.min,
        pin_max_length: pin.max,
        pin_max_failed_attempts: pin.max_failures,
        pin_encoding: pin.encoding.map(::pskc::Encoding::name),
        key_usage: policy.usage.clone(),
        number_of_transactions: policy.transactions,
    }
}
