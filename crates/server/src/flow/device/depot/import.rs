//! Files of devices come into the depot: all of a file, or nothing.
//!
//! Devices are written while the file is read, in units of some thousand, and are there for nobody until the last unit says
//! that all are: so a file of a million neither lies in memory nor keeps others from writing.

use super::{
    DepotError,
    entry::{Entry, Wrong},
};
use crate::app::{App, nonce};
use domain::{
    audit::{Actor, Detail, Kind},
    id::BatchId,
};
use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};
use store::{
    Error, Sql,
    inventory::{self, Batch, NewItem, SERIALS},
    seal::Sealer,
};
use subtle::ConstantTimeEq as _;

pub use wire::api::inventory::{Imported as Report, RefusedEntry as Refused};

/// Devices of one unit of work.
const UNIT: usize = 2000;
/// Refusals that are told one by one.
const TOLD: usize = 100;

/// What is to come in.
#[derive(Debug, Clone)]
pub struct Import {
    /// The name of the file.
    pub source: String,
    /// The class of those that do not say theirs.
    pub class: Option<String>,
    /// Whether customers already hold these devices.
    pub adopt: bool,
    /// Whether it is only looked what would happen.
    pub dry_run: bool,
}

/// Reads a file of devices and puts them into the depot, or nothing of it. Blocks the thread. `progress` is told how many were
/// read so far.
pub fn import(
    app: &Arc<App>,
    actor: Actor,
    import: &Import,
    entries: impl Iterator<Item = Result<Entry, Wrong>>,
    progress: &mut dyn FnMut(u64),
) -> Result<Report, DepotError> {
    let batch = Batch {
        id: BatchId::new(app.now(), &nonce()),
        source: import.source.clone(),
        adopted: import.adopt,
        actor,
        created_at: app.now(),
        ready_at: None,
    };
    let mut run = Run {
        app,
        import,
        batch: Arc::new(batch),
        opened: false,
        report: Report { dry_run: import.dry_run, ..Report::default() },
        seen: HashSet::new(),
        waiting: Vec::with_capacity(UNIT),
    };
    let done = run.all(entries, progress).and_then(|()| run.end());
    if done.is_err() || !run.report.done {
        run.give_up()?;
    }
    done.map(|()| run.report)
}

struct Run<'a> {
    app: &'a Arc<App>,
    import: &'a Import,
    batch: Arc<Batch>,
    /// Whether something of it is written.
    opened: bool,
    report: Report,
    /// The serial numbers of the file.
    seen: HashSet<Box<str>>,
    /// Devices that were read and not looked at yet, each with its line.
    waiting: Vec<(u64, NewItem)>,
}

impl Run<'_> {
    fn all(
        &mut self,
        entries: impl Iterator<Item = Result<Entry, Wrong>>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), DepotError> {
        let catalogue = &self.app.settings.catalogue;
        for entry in entries {
            let item = entry.and_then(|entry| {
                self.report.read = self.report.read.saturating_add(1);
                let line = entry.line;
                let item = entry.item(catalogue, self.import.class.as_deref(), self.import.adopt)?;
                if self.seen.insert(item.serial.as_str().into()) {
                    Ok((line, item))
                } else {
                    let why = "this serial number stands in the file more than once".to_owned();
                    Err(Wrong { line, serial: Some(item.serial), why, last: false })
                }
            });
            match item {
                Ok(item) => self.waiting.push(item),
                Err(wrong) => self.refuse(wrong.line, wrong.serial, wrong.why),
            }
            if self.waiting.len() >= UNIT {
                self.flush()?;
                progress(self.report.read);
            }
        }
        self.flush()
    }

    fn refuse(&mut self, line: u64, serial: Option<String>, why: String) {
        self.report.wrong = self.report.wrong.saturating_add(1);
        if self.report.refused.len() < TOLD {
            self.report.refused.push(Refused { line, serial, why });
        }
    }

    /// Looks which of the waiting devices are new, and writes these, unless nothing is to be written any more.
    fn flush(&mut self) -> Result<(), DepotError> {
        let waiting = Arc::new(std::mem::take(&mut self.waiting));
        let (looked, sealer) = (Arc::clone(&waiting), self.app.sealer.clone());
        let mut known = self.app.store.read_blocking(move |sql| known(sql, &sealer, &looked))?;
        let mut new = Vec::with_capacity(waiting.len());
        for (line, item) in waiting.iter() {
            match known.remove(&item.serial) {
                None => {
                    self.report.new = self.report.new.saturating_add(1);
                    let class = self.report.classes.entry(item.class.clone()).or_default();
                    *class = class.saturating_add(1);
                    new.push(item.clone());
                }
                Some(Known::Same) => self.report.same = self.report.same.saturating_add(1),
                Some(Known::Other(why)) => self.refuse(*line, Some(item.serial.clone()), why.to_owned()),
            }
        }
        if self.import.dry_run || self.report.wrong > 0 || new.is_empty() {
            return Ok(());
        }
        let (batch, open, sealer) = (Arc::clone(&self.batch), !self.opened, self.app.sealer.clone());
        self.opened = true;
        self.app.store.write_blocking(move |sql| {
            if open {
                inventory::open(sql, &batch)?;
            }
            inventory::add(sql, &sealer, &batch, &new)
        })?;
        Ok(())
    }

    /// Makes all be there, where nothing is wrong.
    fn end(&mut self) -> Result<(), DepotError> {
        if self.import.dry_run || self.report.wrong > 0 {
            return Ok(());
        }
        if self.opened {
            let (id, items) = (self.batch.id, self.report.new);
            let told = format!("{items}: {}", self.batch.source);
            self.app.work_blocking(self.batch.actor.clone(), move |work| {
                if !inventory::ready(work.sql, id, items, work.now)? {
                    return Err(crate::work::Stop::Undone(DepotError::Interrupted));
                }
                Ok(work.record(Kind::InventoryImported, Detail::none().because(told.as_str()))?)
            })?;
        }
        self.report.done = true;
        Ok(())
    }

    /// Takes back what was written.
    fn give_up(&mut self) -> Result<(), Error> {
        let id = self.batch.id;
        while self.opened {
            self.opened = self.app.store.write_blocking(move |sql| inventory::abandon(sql, id))? > 0;
        }
        Ok(())
    }
}

/// What the depot has under a serial number of the file.
enum Known {
    Same,
    Other(&'static str),
}

fn known(sql: &mut dyn Sql, sealer: &Sealer, items: &[(u64, NewItem)]) -> Result<BTreeMap<String, Known>, Error> {
    let mut known = BTreeMap::new();
    for some in items.chunks(SERIALS) {
        let serials: Vec<_> = some.iter().map(|(_, item)| item.serial.as_str()).collect();
        for (serial, ready) in inventory::holding(sql, &serials)? {
            let Some((_, item)) = some.iter().find(|(_, item)| item.serial == serial) else { continue };
            let found = if ready { compared(sql, sealer, item)? } else { UNFINISHED };
            known.insert(serial, found);
        }
    }
    Ok(known)
}

const UNFINISHED: Known = Known::Other(
    "another import that is not finished has this serial number; one that broke off is taken back after a day",
);

fn compared(sql: &mut dyn Sql, sealer: &Sealer, item: &NewItem) -> Result<Known, Error> {
    let (Some(there), Some(keys)) = (inventory::one(sql, &item.serial)?, inventory::keys(sql, sealer, &item.serial)?)
    else {
        return Err(Error::Retry);
    };
    let same: bool = keys.key.expose().ct_eq(item.keys.key.expose()).into();
    Ok(if !same {
        Known::Other("the depot has this serial number already, with another key")
    } else if there.class != item.class {
        Known::Other("the depot has this serial number already, in another class")
    } else if there.algorithm != item.algorithm {
        Known::Other("the depot has this serial number already, and it computes otherwise")
    } else {
        Known::Same
    })
}
