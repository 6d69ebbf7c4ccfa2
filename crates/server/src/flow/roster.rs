//! Many users at once, for load tests: one password and one PIN for all, each with a card and a phone of which we know
//! the other side too; the phone is the default device. Only in a database without users: whoever has the roster can
//! log in as any of them.

use super::{
    device::{
        issue::{self, EnrolError, NewDevice},
        lifecycle,
    },
    phone::sample::SamplePhone,
};
use crate::{
    app::{App, nonce, random},
    work::{Stop, Work},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    Secret,
    audit::{Detail, Kind},
    device::Keys,
    id::UserId,
    password,
    user::Username,
};
use std::sync::Arc;
use store::{Error, device::Device, user::User};
use wire::{
    phone::PhoneTokens,
    pin::{self, PinError},
    roster::{self, FORMAT, Roster},
};

/// Users of one unit of work.
const BATCH: usize = 50;

/// Why no crowd was made.
#[derive(Debug, thiserror::Error)]
pub enum CrowdError {
    /// There are users.
    #[error("this database has users already; a crowd for load tests needs one of its own")]
    NotEmpty,
    /// A user or a device.
    #[error(transparent)]
    Enrol(#[from] EnrolError),
    /// The database.
    #[error(transparent)]
    Store(#[from] Error),
}

/// A user to be, with both sides of the devices.
struct Member {
    user: User,
    card: Device,
    keys: Keys,
    phone: SamplePhone,
}

/// Makes `count` users. Blocks.
pub fn seed(app: &Arc<App>, count: u32) -> Result<Roster, CrowdError> {
    if !app.store.read_blocking(|sql| store::user::page(sql, "", 1))?.is_empty() {
        return Err(CrowdError::NotEmpty);
    }
    let password = URL_SAFE_NO_PAD.encode(random::<12>());
    let phc = app.passwords.hash(&password::normalised(&password)).map_err(EnrolError::from)?;
    let pin = std::iter::repeat_with(|| format!("{:06}", nonce().below(1_000_000)));
    let pin = pin
        .take(100)
        .find(|pin| pin::check_new(pin, &pin::PHONE).is_ok())
        .ok_or(EnrolError::Pin(PinError::Repeated))?;
    let mut users = Vec::new();
    let mut members = (1..=count).map(|number| member(app, number, &phc, &pin));
    loop {
        let batch: Arc<Vec<Member>> = Arc::new(members.by_ref().take(BATCH).collect::<Result<_, _>>()?);
        if batch.is_empty() {
            break;
        }
        let unit_batch = Arc::clone(&batch);
        let phones = app.work_blocking(app.operator(), move |work| {
            let phones: Result<Vec<_>, Error> = unit_batch.iter().map(|member| insert(work, member)).collect();
            Ok::<_, Stop<CrowdError>>(phones?)
        })?;
        users.extend(
            batch.iter().zip(&phones).filter_map(|(member, (phone, tokens))| entry(app, member, phone, tokens)),
        );
    }
    Ok(Roster { format: FORMAT.to_owned(), password, pin, users })
}

fn member(app: &App, number: u32, phc: &str, pin: &str) -> Result<Member, EnrolError> {
    let now = app.now();
    let username = format!("load-{number:06}");
    let new = NewDevice {
        username: username.clone(),
        class: "dsc-plus".to_owned(),
        serial: format!("{:07}", number),
        label: None,
        suite: None,
        key: None,
        pin: Some(Secret::new(pin.to_owned())),
        adopt: true,
    };
    let (card, keys) = issue::made_device(app, &new)?;
    let user = User {
        id: UserId::new(now, &nonce()),
        username: Username::parse(&username)?,
        password_phc: phc.to_owned(),
        password_locked_at: None,
        locale: i18n::Lang::En.tag().to_owned(),
        default_device: None,
        unanswered_pushes: 0,
        untold_answers: 0,
        unhurried_at: None,
        created_at: now,
    };
    Ok(Member { card: Device { user: user.id, ..card }, user, keys, phone: SamplePhone::new(app, pin)? })
}

fn insert(work: &mut Work<'_>, member: &Member) -> Result<(Device, PhoneTokens), Error> {
    store::user::insert(work.sql, &member.user)?;
    work.about.user = Some(member.user.id);
    work.record(Kind::UserAdded, Detail::none().username(member.user.username.as_str()))?;
    lifecycle::insert_device(work, &member.card, &member.keys)?;
    let (phone, tokens) = member.phone.insert(work, member.user.id)?;
    // What a back end asks goes to the default device at once.
    store::user::set_default_device(work.sql, member.user.id, phone.id)?;
    Ok((phone, tokens))
}

fn entry(app: &App, member: &Member, device: &Device, tokens: &PhoneTokens) -> Option<roster::User> {
    let username = member.user.username.to_string();
    let added = issue::MadeDevice { device: member.card.clone(), keys: member.keys.clone() };
    Some(roster::User {
        card_id: member.card.id.to_string(),
        card: added.card()?,
        phone: member.phone.file(app, &username, device, tokens),
        username,
        mark: None,
    })
}
