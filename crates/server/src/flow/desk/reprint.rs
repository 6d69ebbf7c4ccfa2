//! A printed card in place of another one: two agents agreed, and whoever prints carries it out. The old card ends when its
//! user activates the new one.

use super::{
    NotDone,
    case::{allowed, saved},
};
use crate::{
    app::{App, nonce, random},
    flow::{
        device::{dispatch, issue, printed},
        user::EnrolError,
    },
    work::{Stop, Work, stops},
};
use domain::{
    Secret,
    audit::{Detail, Kind},
    card::{CardUse, value_at},
    desk::CaseEvent,
    device::{Algorithm, DeviceState, Keys, Moving, order::OrderState},
    id::{CaseId, DeviceId},
    lockout::DeviceFailures,
};
use std::sync::Arc;
use store::{Error, desk_case::DeskCase, device::Device, device_order::DeviceOrder};

/// Why no other card was made.
#[derive(Debug, thiserror::Error)]
pub enum NotReprinted {
    /// The case does not allow it, or there is none.
    #[error("{0}")]
    Desk(#[from] NotDone),
    /// The old card has ended meanwhile.
    #[error("the card that another one is to take the place of has ended")]
    Ended,
    /// The new one.
    #[error(transparent)]
    Enrol(#[from] EnrolError),
    /// The database.
    #[error(transparent)]
    Store(#[from] Error),
}

stops!(NotReprinted);
stops!(NotReprinted: NotDone, EnrolError);

/// The new card, made and not yet kept.
pub struct Made {
    case: CaseId,
    device: Device,
    keys: Keys,
    label: String,
    places: u32,
}

impl Made {
    /// What it holds, to be printed.
    pub fn card(&self) -> printed::Card {
        printed::Card {
            serial: self.device.serial.clone(),
            class: self.device.class.clone(),
            label: self.label.clone(),
            values: (1..=self.places).map(|place| value_at(self.keys.key.expose(), place)).collect(),
        }
    }
}

/// Makes the card that a case allows; [`keep`] keeps it. In between it can be written to where it is printed from.
pub fn make(app: &Arc<App>, case: &str, serial: Option<&str>) -> Result<Made, NotReprinted> {
    let case: CaseId = case.parse().map_err(|_| NotDone::Unknown)?;
    let serial = serial.map_or_else(printed::new_serial, str::to_owned);
    let key = Secret::new(random::<32>().to_vec());
    app.work_blocking(app.operator(), move |work| {
        let (found, old) = agreed(work, case)?;
        let Some(Algorithm::CodeCard { places }) = old.algorithm else { return Err(NotReprinted::Ended.into()) };
        let class = work.app.settings.catalogue.class(&old.class).ok_or(EnrolError::NoClass)?;
        let device = Device {
            user: found.user,
            id: DeviceId::new(work.now, &nonce()),
            class: old.class.clone(),
            label: class.label.clone(),
            serial: serial.clone(),
            state: DeviceState::Shipped { at: work.now },
            algorithm: Some(Algorithm::CodeCard { places }),
            moving: Moving { card: Some(CardUse::default()), ..Moving::default() },
            failures: DeviceFailures::default(),
            created_at: work.now,
            activated_at: None,
            last_used_at: None,
            phone: None,
            passkey: None,
            life: None,
        };
        let device = Device { label: issue::free_label(work.sql, found.user, &device)?, ..device };
        let keys = Keys { key: key.clone(), pin: None, approve: None };
        Ok(Made { case, device, keys, label: class.label.clone(), places })
    })
}

/// The case, both agreed and in time, and the card that it is about.
fn agreed(work: &mut Work<'_>, case: CaseId) -> Result<(DeskCase, Device), Stop<NotReprinted>> {
    let found = store::desk_case::by_id(work.sql, &work.app.sealer, case)?.ok_or(NotDone::Unknown)?;
    work.about.user = Some(found.user);
    allowed(work, &found, &CaseEvent::Fulfilled)?;
    let old = found.card.ok_or(NotReprinted::Ended)?;
    let old = store::device::one(work.sql, found.user, old)?.filter(|old| printed::is_replaced(work, old));
    Ok((found, old.ok_or(NotReprinted::Ended)?))
}

/// Keeps a card that was made, as one that is mailed: its user activates it by its serial number and two values, and the old
/// one ends with that. The case is done.
pub fn keep(app: &Arc<App>, made: &Made) -> Result<(), NotReprinted> {
    let (case, device, keys) = (made.case, made.device.clone(), made.keys.clone());
    let kept = app.work_blocking(app.operator(), move |work| {
        let (found, old) = agreed(work, case)?;
        let state = allowed(work, &found, &CaseEvent::Fulfilled)?;
        let order = DeviceOrder {
            user: found.user,
            device: device.id,
            // The case says who agreed.
            confirmation: None,
            request: None,
            class: device.class.clone(),
            address: String::new(),
            deposit: None,
            replaces: Some(old.id),
            has_pin: false,
            serial: None,
            state: OrderState::Asked,
            created_at: work.now,
            changed_at: work.now,
        };
        let nonces = store::device_order::Nonces { pin: random(), address: random() };
        store::device_order::insert(work.sql, &work.app.sealer, &order, None, nonces)?;
        let device = Device { state: DeviceState::Shipped { at: work.now }, ..device.clone() };
        dispatch::mail(work, &order, &device, &keys)?;
        store::device::print(work.sql, device.user, device.id, work.now)?;
        let after = DeskCase { state, device: Some(device.id), changed_at: work.now, ..found.clone() };
        saved(work, &found, &after)?;
        work.record(Kind::CaseDone, Detail::none().to(found.act.name()))?;
        Ok(work.record_of(device.id, Kind::CardPrinted, Detail::none().serial(device.serial.as_str()))?)
    });
    kept.map_err(|error| match error {
        NotReprinted::Store(error) => NotReprinted::Enrol(dispatch::taken(EnrolError::Store(error))),
        other => other,
    })
}
