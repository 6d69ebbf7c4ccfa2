//! A device of a file, before it is in the depot.

use super::super::issue::{MIN_KEY, fits, pin_hash};
use crate::{app::random, flow::user::EnrolError};
use domain::{
    Secret,
    device::{Algorithm, Catalogue, Keys, Moving, inventory::Terms},
};
use store::inventory::NewItem;

/// Most characters of a serial number.
const SERIAL: usize = 64;

/// A device of a file.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The line at which it begins.
    pub line: u64,
    /// Its serial number.
    pub serial: String,
    /// Its class, where the file says so.
    pub class: Option<String>,
    /// How it computes.
    pub algorithm: Algorithm,
    /// What has moved in it.
    pub moving: Moving,
    /// What its maker says.
    pub terms: Terms,
    /// Its key.
    pub key: Secret<Vec<u8>>,
    /// Its first PIN.
    pub pin: Option<Secret<String>>,
}

/// Why an entry is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The line at which it stands.
    pub line: u64,
    /// Its serial number, where it is known.
    pub serial: Option<String>,
    /// Why, and what to do.
    pub why: String,
    /// Whether nothing behind it can be read either.
    pub last: bool,
}

impl Entry {
    /// The device as the depot keeps it; why not, where that is refused.
    pub(super) fn item(self, catalogue: &Catalogue, class: Option<&str>, adopt: bool) -> Result<NewItem, Wrong> {
        let (line, serial) = (self.line, self.serial.clone());
        let made = self.checked(catalogue, class, adopt);
        made.map_err(|why| Wrong { line, serial: Some(serial), why, last: false })
    }

    fn checked(self, catalogue: &Catalogue, class: Option<&str>, adopt: bool) -> Result<NewItem, String> {
        let plain = |c: char| c.is_ascii_graphic();
        if self.serial.is_empty() || self.serial.len() > SERIAL || !self.serial.chars().all(plain) {
            return Err(format!("a serial number has 1 to {SERIAL} letters, digits and signs, without spaces"));
        }
        let name = self.class.as_deref().or(class);
        let name = name.ok_or("which class is it? Say so with --class, or in the column class")?;
        let class = catalogue.class(name).ok_or_else(|| format!("there is no device class {name}"))?;
        class.check_issue(adopt).map_err(|error| match error {
            domain::device::catalogue::IssueError::Legacy => format!("{name}: {error}, with --adopt"),
            other => format!("{name}: {other}"),
        })?;
        if !fits(&self.algorithm, &class.methods) {
            return Err(format!("devices of the class {name} do not answer in this way"));
        }
        if self.key.expose().len() < MIN_KEY {
            return Err(EnrolError::ShortKey.to_string());
        }
        let pin = self.pin.as_ref().map(|pin| pin_hash(&self.algorithm, Some(pin)));
        let pin = pin.transpose().map_err(|error| format!("its PIN: {error}"))?.flatten();
        Ok(NewItem {
            serial: self.serial,
            class: class.name.clone(),
            algorithm: self.algorithm,
            moving: self.moving,
            terms: self.terms,
            keys: Keys { key: self.key, pin, approve: None },
            key_nonce: random(),
            pin_nonce: random(),
        })
    }
}
