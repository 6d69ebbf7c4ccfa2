//! The online code card: had in a temporary access, printed or saved, and started by two of its values.

use crate::{
    app::{App, nonce, random},
    flow::{
        Refused,
        confirm::effects::carry_out,
        device::{
            lifecycle,
            lifecycle::insert_device,
            own::{self, NotDone},
            question::{self, Asked},
        },
        login::session::SignedIn,
        messages::notice,
    },
    work::{Origin, Stop, Work},
};
use domain::{
    Secret, Timestamp,
    audit::{Actor, Detail, Kind},
    card::{CardUse, DEFAULT_PLACES, value_at},
    desk::temporary::{Life, Phase},
    device::{
        Algorithm, DeviceState, Keys, Method, Moving,
        catalogue::{Class, Issuance},
        lifecycle::DeviceEvent,
        own_proof::{Given, Judged},
    },
    effect::Notice,
    id::{DeviceId, UserId},
    lockout::DeviceFailures,
};
use std::sync::Arc;
use store::{Error, device::Device};

/// Where a user stands on the page of the card.
#[derive(Debug)]
pub enum Stands {
    /// One may be had.
    Offered {
        /// Until when, by the temporary code.
        until: Timestamp,
        /// The card that serves now, if there is one.
        serving: Option<Timestamp>,
    },
    /// One was made and waits for two of its values.
    Made(Box<Made>),
}

/// A card that was made.
#[derive(Debug)]
pub struct Made {
    /// The device.
    pub device: Device,
    /// What stands at its places, from one on.
    pub values: Vec<Secret<String>>,
    /// What is asked.
    pub asked: Asked,
}

/// Why it was not started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotStarted {
    /// As with every own device.
    Device(NotDone),
    /// Too many wrong answers.
    Locked,
    /// The values are wrong; it counted.
    Wrong,
    /// They are for another question; nothing counted.
    Stale,
}

impl<T: Into<NotDone>> From<T> for NotStarted {
    fn from(not: T) -> Self {
        Self::Device(not.into())
    }
}

crate::work::stops!(NotStarted);

/// Where the user stands; none for whom no temporary access opens the page.
pub async fn look(app: &Arc<App>, signed_in: &SignedIn) -> Result<Option<Stands>, Refused> {
    let signed_in = signed_in.clone();
    app.look(move |work| Ok(stands(work, &signed_in)?)).await
}

fn stands(work: &mut Work<'_>, signed_in: &SignedIn) -> Result<Option<Stands>, Error> {
    let user = signed_in.user.id;
    let devices = store::device::of_user(work.sql, user)?;
    let Some(until) = lent_until(work, &devices) else { return Ok(None) };
    let Some(class) = class(work.app) else { return Ok(None) };
    let cards = || devices.iter().filter(|device| device.class == class.name && !device.is_over(work.now));
    if let Some(made) = cards().find(|card| card.state == DeviceState::Pending) {
        return made_one(work, signed_in, made).map(|made| made.map(|made| Stands::Made(Box::new(made))));
    }
    let serving = cards().find(|card| card.state == DeviceState::Active).and_then(|card| card.life);
    Ok(Some(Stands::Offered { until, serving: serving.map(|life| life.until) }))
}

/// Whether a temporary code opens the page, of a user with these devices.
pub(in crate::flow) fn is_open(work: &Work<'_>, devices: &[Device]) -> bool {
    lent_until(work, devices).is_some() && class(work.app).is_some()
}

/// Until when a temporary code opens the page.
fn lent_until(work: &Work<'_>, devices: &[Device]) -> Option<Timestamp> {
    let code = |device: &&Device| {
        device.state == DeviceState::Active && matches!(device.algorithm, Some(Algorithm::Static { .. }))
    };
    let lives = devices.iter().filter(code).filter_map(|device| device.life);
    lives.filter(|life| life.phase(work.now) != Phase::Over).map(|life| life.until).max()
}

fn class(app: &App) -> Option<&Class> {
    let mut classes = app.settings.catalogue.classes().iter();
    classes.find(|class| class.issuance == Issuance::FromTemporaryAccess && class.methods.contains(&Method::CodeCard))
}

fn made_one(work: &mut Work<'_>, signed_in: &SignedIn, device: &Device) -> Result<Option<Made>, Error> {
    let keys = store::device::keys(work.sql, &work.app.sealer, device.user, device.id)?;
    let (Some(keys), Some(Algorithm::CodeCard { places })) = (keys, &device.algorithm) else { return Ok(None) };
    let Some(asked) = question::of(work.app, &signed_in.session, device) else { return Ok(None) };
    let values = (1..=*places).map(|place| value_at(keys.key.expose(), place)).collect();
    Ok(Some(Made { device: device.clone(), values, asked }))
}

/// Makes a card, in place of one that was made before and not started.
pub async fn make(app: &Arc<App>, signed_in: &SignedIn, origin: Origin) -> Result<(), NotStarted> {
    let signed_in = signed_in.clone();
    app.work(Actor::User, move |work| {
        let user = signed_in.user.id;
        work.about.user = Some(user);
        own::paced(work, &signed_in.user, &origin).map_err(|stop| stop.map(NotStarted::from))?;
        let devices = store::device::of_user(work.sql, user)?;
        if lent_until(work, &devices).is_none() {
            return Err(NotStarted::Device(NotDone::Unknown).into());
        }
        let class = class(work.app).cloned().ok_or(NotStarted::Device(NotDone::Unknown))?;
        for old in devices.iter().filter(|d| d.class == class.name && d.state == DeviceState::Pending) {
            passed(work, old, DeviceEvent::Revoked)?;
        }
        Ok(added(work, user, &class)?)
    })
    .await
}

fn added(work: &mut Work<'_>, user: UserId, class: &Class) -> Result<(), Error> {
    let device = Device {
        user,
        id: DeviceId::new(work.now, &nonce()),
        class: class.name.clone(),
        label: class.label.clone(),
        serial: String::new(),
        state: DeviceState::Pending,
        algorithm: Some(Algorithm::CodeCard { places: DEFAULT_PLACES }),
        moving: Moving { card: Some(CardUse::default()), ..Moving::default() },
        failures: DeviceFailures::default(),
        created_at: work.now,
        activated_at: None,
        last_used_at: None,
        phone: None,
        passkey: None,
        life: Some(Life::of_card(&work.app.settings.temporary, work.now)),
    };
    let keys = Keys { key: Secret::new(random::<32>().to_vec()), pin: None, approve: None };
    insert_device(work, &device, &keys)
}

fn passed(work: &mut Work<'_>, device: &Device, event: DeviceEvent) -> Result<DeviceState, Stop<NotStarted>> {
    lifecycle::pass(work, device, event).map_err(|stop| stop.map(|_| NotStarted::Device(NotDone::Unknown)))
}

/// Judges two of its values; it serves from then on, in place of an older one.
pub async fn start(
    app: &Arc<App>,
    signed_in: &SignedIn,
    origin: Origin,
    round: String,
    answer: Secret<String>,
) -> Result<(), NotStarted> {
    let signed_in = signed_in.clone();
    app.work(Actor::User, move |work| {
        work.about.user = Some(signed_in.user.id);
        own::paced(work, &signed_in.user, &origin).map_err(|stop| stop.map(NotStarted::from))?;
        let Some(Stands::Made(made)) = stands(work, &signed_in)? else {
            return Err(NotStarted::Device(NotDone::Unknown).into());
        };
        let Made { device, asked, .. } = *made;
        if asked.round != round {
            return Err(NotStarted::Stale.into());
        }
        let given = Given::Values { answer: answer.expose() };
        let judged = question::judge(work, &device, &asked, &given)?;
        let (effects, right) = match judged.ok_or(NotStarted::Device(NotDone::Unknown))? {
            Judged::Right(effects) => (effects, true),
            Judged::WrongSerial(effects) | Judged::Wrong(effects) => (effects, false),
            Judged::NotEvaluated(_) => return Err(NotStarted::Locked.into()),
        };
        carry_out(work, &effects)?;
        if right { started(work, &device) } else { Err(NotStarted::Wrong.into()) }
    })
    .await
}

fn started(work: &mut Work<'_>, device: &Device) -> Result<(), Stop<NotStarted>> {
    for old in store::device::of_user(work.sql, device.user)? {
        if old.class == device.class && old.state == DeviceState::Active {
            passed(work, &old, DeviceEvent::Replaced(device.id))?;
        }
    }
    passed(work, device, DeviceEvent::Activated)?;
    work.record_of(device.id, Kind::OnlineCardIssued, Detail::none())?;
    Ok(notice::tell(work, device.user, Notice::DeviceActivated(device.id))?)
}
