//! Code cards on paper: made in batches ahead of their users, and printed once.

use super::depot::{
    DepotError,
    entry::Entry,
    import::{self, Import, Report},
};
use crate::{
    app::{App, random},
    work::{Stop, Work, stops},
};
use domain::{
    Secret,
    audit::{Detail, Kind},
    card::{self, CardUse, DEFAULT_PLACES, NotPrinted},
    device::{
        Algorithm, Keys, Method, Moving,
        catalogue::{Class, IssueError},
        inventory::{Stock, Terms},
        lifecycle::DeviceEvent,
    },
    id::{DeviceId, UserId},
};
use std::sync::Arc;
use store::{Error, device::Device, inventory};

/// Most cards of a batch.
pub const MOST: u32 = 10_000;

/// Why no card was made or printed.
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    /// There is no card of this serial number.
    #[error("neither the depot nor a user has a card of this serial number")]
    NoSerial,
    /// It is not printed.
    #[error(transparent)]
    NotPrinted(#[from] NotPrinted),
    /// The class.
    #[error("there is no class of code cards of this name: name one with --class")]
    NoClass,
    /// The class is legacy.
    #[error(
        "{0}: this class is not issued any more. Where it is to be, set issued = \"desk\" under [device_classes.{0}] of the configuration"
    )]
    Legacy(String),
    /// Others cannot be made ahead of their users.
    #[error(transparent)]
    Issue(IssueError),
    /// How many.
    #[error("a batch has 1 to {MOST} cards")]
    Count,
    /// The serial numbers.
    #[error("the first serial number is at most 18 digits, and those that follow have as many")]
    First,
    /// The depot did not take it.
    #[error("{0}")]
    Refused(String),
    /// The depot.
    #[error(transparent)]
    Depot(#[from] DepotError),
    /// The database.
    #[error(transparent)]
    Store(#[from] Error),
}

stops!(CardError);
stops!(CardError: NotPrinted);

/// Cards to make.
#[derive(Debug, Clone)]
pub struct Batch {
    /// How many.
    pub count: u32,
    /// The class; else the first one of code cards.
    pub class: Option<String>,
    /// The first serial number, which the others follow; else each has one of its own.
    pub first: Option<String>,
}

/// Makes cards, which lie in the depot from then on: all of them, or none. Their serial numbers.
pub fn make(app: &Arc<App>, batch: &Batch) -> Result<Vec<String>, CardError> {
    let class = class(app, batch.class.as_deref())?;
    if !(1..=MOST).contains(&batch.count) {
        return Err(CardError::Count);
    }
    let serials = serials(batch)?;
    let entries = serials.iter().zip(1..).map(|(serial, line)| {
        Ok(Entry {
            line,
            serial: serial.clone(),
            class: Some(class.name.clone()),
            algorithm: Algorithm::CodeCard { places: DEFAULT_PLACES },
            moving: Moving { card: Some(CardUse::default()), ..Moving::default() },
            terms: Terms::default(),
            key: Secret::new(random::<32>().to_vec()),
            pin: None,
        })
    });
    let import = Import { source: "code cards".to_owned(), class: None, adopt: false, dry_run: false };
    let report = import::import(app, app.operator(), &import, entries, &mut |_| ())?;
    match report {
        Report { done: true, new, .. } if new == u64::from(batch.count) => Ok(serials),
        Report { refused, .. } => Err(CardError::Refused(match refused.into_iter().next() {
            Some(refused) => format!("{}: {}", refused.serial.unwrap_or_default(), refused.why),
            None => "nothing was made".to_owned(),
        })),
    }
}

/// The class of this name, or the first one, whose devices are code cards for good.
fn class<'a>(app: &'a App, name: Option<&str>) -> Result<&'a Class, CardError> {
    let cards = |class: &&Class| class.methods.first() == Some(&Method::CodeCard) && !class.interim;
    let mut classes = app.settings.catalogue.classes().iter().filter(cards);
    let found = classes.find(|class| name.is_none_or(|name| class.name == name)).ok_or(CardError::NoClass)?;
    match found.check_issue(false) {
        Ok(()) => Ok(found),
        Err(IssueError::Legacy) => Err(CardError::Legacy(found.name.clone())),
        Err(other) => Err(CardError::Issue(other)),
    }
}

/// A serial number of ten digits, the first not 0. One that is taken already is refused where it is kept.
pub(in crate::flow) fn new_serial() -> String {
    let drawn = u64::from_be_bytes(random::<8>()) % 9_000_000_000;
    (drawn + 1_000_000_000).to_string()
}

fn serials(batch: &Batch) -> Result<Vec<String>, CardError> {
    let Some(first) = &batch.first else { return Ok((0..batch.count).map(|_| new_serial()).collect()) };
    let width = first.len();
    let digits = (1..=18).contains(&width) && first.bytes().all(|byte| byte.is_ascii_digit());
    let number: u64 = first.parse().ok().filter(|_| digits).ok_or(CardError::First)?;
    let all: Vec<_> = (number..).take(batch.count as usize).map(|number| format!("{number:0width$}")).collect();
    if all.last().is_some_and(|last| last.len() > width) { Err(CardError::First) } else { Ok(all) }
}

/// What a card holds, to be printed.
pub struct Card {
    /// Its serial number.
    pub serial: String,
    /// Its class.
    pub class: String,
    /// The class's label.
    pub label: String,
    /// What stands at its places, from one on.
    pub values: Vec<Secret<String>>,
}

/// A card that may be printed.
struct Found {
    place: Place,
    class: String,
    places: u32,
    keys: Keys,
}

/// Where it is.
enum Place {
    Depot,
    User(UserId, DeviceId),
}

/// The card of a serial number, if it may be printed. [`printed`] is called when it is about to appear on paper.
pub fn card(app: &Arc<App>, serial: &str) -> Result<Card, CardError> {
    let serial = serial.to_owned();
    app.work_blocking(app.operator(), move |work| {
        let Found { class, places, keys, .. } = found(work, &serial)?;
        let label = work.app.settings.catalogue.class(&class).map(|class| class.label.clone());
        let values = (1..=places).map(|place| card::value_at(keys.key.expose(), place)).collect();
        Ok(Card { serial: serial.clone(), label: label.unwrap_or_else(|| class.clone()), class, values })
    })
}

/// Notes that a card is printed: it is not printed again.
pub fn printed(app: &Arc<App>, serial: &str) -> Result<(), CardError> {
    let serial = serial.to_owned();
    app.work_blocking(app.operator(), move |work| {
        let place = found(work, &serial)?.place;
        let noted = match place {
            Place::Depot => inventory::print(work.sql, &serial, work.now)?,
            Place::User(user, device) => store::device::print(work.sql, user, device, work.now)?,
        };
        if !noted {
            return Err(Error::Retry.into());
        }
        let what = Detail::none().serial(serial.as_str());
        match place {
            Place::Depot => work.record(Kind::CardPrinted, what)?,
            Place::User(user, device) => {
                work.about.user = Some(user);
                work.record_of(device, Kind::CardPrinted, what)?;
            }
        }
        Ok(())
    })
}

fn found(work: &mut Work<'_>, serial: &str) -> Result<Found, Stop<CardError>> {
    if let Some(item) = inventory::one(work.sql, serial)? {
        let places = card::may_print(Some(&item.algorithm), item.printed_at, item.state == Stock::Retired)?;
        let keys = inventory::keys(work.sql, &work.app.sealer, serial)?.ok_or(CardError::NoSerial)?;
        return Ok(Found { place: Place::Depot, class: item.class, places, keys });
    }
    for class in work.app.settings.catalogue.classes().iter().filter(|class| class.methods.contains(&Method::CodeCard))
    {
        let Some((user, id)) = store::device::by_serial(work.sql, &class.name, serial)? else { continue };
        let Some(device) = store::device::one(work.sql, user, id)? else { continue };
        let printed = store::device::printed(work.sql, user, id)?;
        let places = card::may_print(device.algorithm.as_ref(), printed, device.state.ended())?;
        let keys = store::device::keys(work.sql, &work.app.sealer, user, id)?.ok_or(CardError::NoSerial)?;
        return Ok(Found { place: Place::User(user, id), class: device.class, places, keys });
    }
    Err(CardError::NoSerial.into())
}

/// The user's printed card that is in use: of several the one that was activated last.
pub(in crate::flow) fn in_use(work: &mut Work<'_>, user: UserId) -> Result<Option<Device>, Error> {
    let devices = store::device::of_user(work.sql, user)?.into_iter();
    let cards = devices.filter(|device| {
        let printed = matches!(device.algorithm, Some(Algorithm::CodeCard { .. })) && device.life.is_none();
        printed && is_replaced(work, device)
    });
    Ok(cards.max_by_key(|device| (device.activated_at, device.id)))
}

/// Whether another one may take its place.
pub(in crate::flow) fn is_replaced(work: &Work<'_>, device: &Device) -> bool {
    device.state.after(DeviceEvent::Replaced(device.id), work.now).is_ok()
}
