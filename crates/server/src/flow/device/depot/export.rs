//! Keys of the depot go out in a PSKC file, always encrypted: for another system, or for a second depot.

use super::DepotError;
use crate::app::{App, random};
use domain::{
    audit::{Detail, Kind},
    device::{Algorithm, inventory::Stock},
};
use pskc::{Device, Encoding, Key, Package, Policy, Protection, ResponseFormat, Secret, Value, Writer};
use std::{io::Write, sync::Arc};
use store::{
    Sql,
    inventory::{self, Item},
    seal::Sealer,
};

/// Devices that are read at once.
const AT_ONCE: u32 = 500;

/// Writes the devices that lie in the depot and nobody ever had; how many. It is recorded before anything is written.
pub fn export(app: &Arc<App>, out: impl Write, protection: &Protection) -> Result<u64, DepotError> {
    app.work_blocking(app.operator(), |work| -> Result<(), crate::work::Stop<DepotError>> {
        Ok(work.record(Kind::InventoryExported, Detail::none())?)
    })?;
    let fill = |octets: &mut [u8]| {
        for some in octets.chunks_mut(16) {
            some.iter_mut().zip(random::<16>()).for_each(|(octet, random)| *octet = random);
        }
    };
    let mut writer = Writer::new(out, protection, fill)?;
    let (mut after, mut written) = (String::new(), 0_u64);
    loop {
        let (behind, sealer) = (after.clone(), app.sealer.clone());
        let items = app.store.read_blocking(move |sql| items(sql, &sealer, &behind))?;
        let Some((last, _)) = items.last() else { break };
        after.clone_from(&last.serial);
        for (item, secret) in items {
            // Our own cards: no other system could use the key, and a card's key is the card.
            if !matches!(item.algorithm, Algorithm::CodeCard { .. }) {
                writer.package(&package(item, secret))?;
                written = written.saturating_add(1);
            }
        }
    }
    writer.finish()?;
    Ok(written)
}

fn items(sql: &mut dyn Sql, sealer: &Sealer, after: &str) -> Result<Vec<(Item, Value)>, store::Error> {
    let mut items = Vec::new();
    for item in inventory::page_of_state(sql, Stock::InStock.name(), after, AT_ONCE)? {
        let keys = inventory::keys(sql, sealer, &item.serial)?.ok_or(store::Error::Retry)?;
        let secret = Value::Open(Secret::new(keys.key.expose().clone()));
        items.push((item, secret));
    }
    Ok(items)
}

fn package(item: Item, secret: Value) -> Package {
    let (kind, suite, interval) = match &item.algorithm {
        Algorithm::Ocra { suite } => (pskc::Algorithm::Ocra, Some(suite.to_string()), None),
        Algorithm::Totp { step, .. } => (pskc::Algorithm::Totp, None, Some(u64::from(*step))),
        Algorithm::Hotp { .. } => (pskc::Algorithm::Hotp, None, None),
        // None of these goes out; a reader would be told what it is.
        Algorithm::CodeCard { .. } => (pskc::Algorithm::Other("countersign:code-card".to_owned()), None, None),
        Algorithm::Sent { .. } => (pskc::Algorithm::Other("countersign:sent-code".to_owned()), None, None),
        Algorithm::Static { .. } => (pskc::Algorithm::Other("countersign:static-code".to_owned()), None, None),
    };
    let counts = matches!(&item.algorithm, Algorithm::Hotp { .. })
        || matches!(&item.algorithm, Algorithm::Ocra { suite } if suite.has_counter());
    let moment = |at: i64| jiff::Timestamp::from_microsecond(at).ok();
    let (start, expiry) = (item.terms.valid_from.and_then(moment), item.terms.valid_until.and_then(moment));
    let key = Key {
        issuer: item.terms.issuer,
        suite,
        response: Some(ResponseFormat {
            encoding: Encoding::Decimal,
            length: u32::from(item.algorithm.answer_length()),
            check_digits: false,
        }),
        secret,
        counter: counts.then_some(item.moving.counter),
        interval,
        drift: (item.moving.drift != 0).then_some(item.moving.drift),
        policy: (start.is_some() || expiry.is_some()).then(|| Policy { start, expiry, ..Policy::default() }),
        ..Key::new(item.terms.key_id.unwrap_or_else(|| item.serial.clone()), kind)
    };
    let device = Device {
        manufacturer: item.terms.manufacturer,
        model: item.terms.model,
        serial: Some(item.serial),
        ..Device::default()
    };
    Package { device, keys: vec![key], ..Package::default() }
}
