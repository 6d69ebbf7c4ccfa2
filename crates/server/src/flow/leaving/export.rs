//! What is kept of a user is written down, for the user: everything but secrets and what only guards them.

use crate::{
    activity::key,
    app::App,
    flow::{
        institution::{NotDone, named},
        login::session,
        user::{EnrolError, in_user},
    },
    work::Work,
};
use domain::{
    Timestamp,
    audit::{Actor, Detail, Kind as Audit},
};
use i18n::Lang;
use std::sync::Arc;
use store::{
    Error,
    audit::Entry,
    contact::{Channel, Contact},
    device::Device,
    device_order::DeviceOrder,
    mark::Mark,
    session::Session,
    user::User,
    withdrawal::Withdrawal,
};
use wire::api::{
    export::{self, Export},
    user,
};

/// Rows that are read at once.
const AT_ONCE: u32 = 500;

/// What is kept of a user.
struct Kept {
    user: User,
    accounts: Vec<String>,
    contacts: Vec<Contact>,
    devices: Vec<Device>,
    orders: Vec<DeviceOrder>,
    marks: Vec<Mark>,
    sessions: Vec<Session>,
    withdrawals: Vec<Withdrawal>,
    activity: Vec<Entry>,
}

/// By an operator's hand.
pub fn by_operator(app: &Arc<App>, username: &str) -> Result<Export, EnrolError> {
    in_user(app, username, |work, user| Ok(written(kept(work, user)?, work.now)))
}

/// By the institution.
pub async fn by_client(app: &Arc<App>, name: String, client: &str) -> Result<Export, NotDone> {
    app.work(Actor::Client { id: client.to_owned() }, move |work| {
        let user = named(work.sql, &name)?.ok_or(NotDone::UnknownUser)?;
        work.about.user = Some(user.id);
        Ok(written(kept(work, user)?, work.now))
    })
    .await
}

/// Reads it, and notes that it was read.
fn kept(work: &mut Work<'_>, user: User) -> Result<Kept, Error> {
    work.record(Audit::UserExported, Detail::none())?;
    let alive = session::alive(work.app, work.now);
    Ok(Kept {
        accounts: store::account::of_user(work.sql, user.id)?,
        contacts: store::contact::every(work.sql, &work.app.sealer, user.id)?,
        devices: store::device::of_user(work.sql, user.id)?,
        orders: store::device_order::of_user(work.sql, &work.app.sealer, user.id)?,
        marks: store::mark::of_user(work.sql, user.id)?.into_iter().map(|(mark, _)| mark).collect(),
        sessions: store::session::of_user(work.sql, user.id, alive)?,
        withdrawals: withdrawals(work, &user)?,
        activity: activity(work, &user)?,
        user,
    })
}

fn withdrawals(work: &mut Work<'_>, user: &User) -> Result<Vec<Withdrawal>, Error> {
    let mut all: Vec<Withdrawal> = Vec::new();
    loop {
        let more = store::withdrawal::of_user(work.sql, user.id, all.last().map(|last| last.id), AT_ONCE)?;
        if more.is_empty() {
            return Ok(all);
        }
        all.extend(more);
    }
}

fn activity(work: &mut Work<'_>, user: &User) -> Result<Vec<Entry>, Error> {
    let mut all: Vec<Entry> = Vec::new();
    loop {
        let more = store::audit::page(work.sql, Some(user.id), all.last().map(|last| last.id), AT_ONCE)?;
        if more.is_empty() {
            return Ok(all);
        }
        all.extend(more);
    }
}

fn moment(at: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(at.micros()).unwrap_or_default().to_string()
}

/// As it is handed over.
fn written(kept: Kept, now: Timestamp) -> Export {
    let lang = Lang::parse(&kept.user.locale).unwrap_or_default();
    Export {
        exported_at: moment(now),
        id: kept.user.id.to_string(),
        username: kept.user.username.to_string(),
        locale: kept.user.locale,
        created_at: moment(kept.user.created_at),
        accounts: kept.accounts,
        contacts: kept.contacts.iter().map(contact).collect(),
        devices: kept.devices.into_iter().map(device).collect(),
        orders: kept.orders.into_iter().map(order).collect(),
        known_programs: kept.marks.into_iter().map(program).collect(),
        sessions: kept.sessions.into_iter().map(browser).collect(),
        withdrawals: kept.withdrawals.iter().map(withdrawal).collect(),
        activity: kept.activity.into_iter().map(|entry| happened(entry, lang)).collect(),
    }
}

fn contact(contact: &Contact) -> export::Contact {
    export::Contact {
        kind: if contact.channel == Channel::Mail { "mail" } else { "phone" }.to_owned(),
        address: contact.address.expose().clone(),
        left_at: contact.left_at.map(moment),
    }
}

fn device(device: Device) -> export::Device {
    export::Device {
        id: device.id.to_string(),
        state: device.state.name().to_owned(),
        class: device.class,
        label: device.label,
        serial: device.serial,
        created_at: moment(device.created_at),
        last_used_at: device.last_used_at.map(moment),
    }
}

fn order(order: DeviceOrder) -> export::Order {
    export::Order {
        class: order.class,
        address: order.address,
        state: order.state.name().to_owned(),
        created_at: moment(order.created_at),
    }
}

fn program(mark: Mark) -> export::KnownProgram {
    export::KnownProgram { client: mark.client, agent: mark.agent, last_seen_at: moment(mark.last_seen_at) }
}

fn browser(session: Session) -> user::Session {
    user::Session {
        id: session.id.to_string(),
        agent: session.agent,
        address: session.address,
        acr: session.acr,
        created_at: moment(session.created_at),
        last_seen_at: moment(session.last_seen_at),
        expires_at: moment(session.expires_at),
    }
}

fn withdrawal(withdrawal: &Withdrawal) -> export::Withdrawal {
    let what = withdrawal.what.details();
    export::Withdrawal {
        id: withdrawal.id.to_string(),
        state: withdrawal.state.name().to_owned(),
        what: what.iter().filter_map(|one| serde_json::to_value(one).ok()).collect(),
        created_at: moment(withdrawal.created_at),
    }
}

fn happened(entry: Entry, lang: Lang) -> export::Happened {
    export::Happened {
        at: moment(entry.at),
        what: lang.t(key(&entry.kind)),
        kind: entry.kind,
        detail: serde_json::from_str(&entry.detail).unwrap_or_default(),
    }
}
