//! The console's queues: users who said "it wasn't me", and messages that could not be delivered.

use super::{activity, console, settings::moment};
use crate::{
    activity::Reader,
    flow::desk::{
        NotDone, OnDuty,
        alarm::{self, Alarm, Hand},
        queue::{Place, ROWS},
        undelivered::{self as messages, Destination, Undelivered},
    },
    http::{
        Shared,
        answer::Page,
        extract::{
            address::Query,
            agent::{Seeing, SendingAgain, TakingAlarm},
            form::PageForm,
        },
    },
    pages::{
        console::DeskTold,
        queues::{AlarmLine, AlarmsPage, MessageLine, TakenLine, UndeliveredPage},
    },
};
use axum::{extract::State, http::StatusCode};
use domain::{desk::Right, id::UserId};
use std::{fmt::Display, str::FromStr};

const ALARMS: &str = "/console/alarms";
const UNDELIVERED: &str = "/console/undelivered";
/// Octets of a place in a queue at most.
const PLACE: usize = 96;
/// Octets of a reason at most that are read; how many characters it may have is the flow's.
const WORDS: usize = 2048;

fn after<T: FromStr>(query: &Query) -> Option<Place<T>> {
    query.member("after", PLACE).and_then(|place| place.parse().ok())
}

/// Takes the row that is one more than a page holds away, and says where the next page begins.
fn cut<R, T: Display>(rows: &mut Vec<R>, path: &str, place: impl Fn(&R) -> Place<T>) -> Option<String> {
    let most = usize::try_from(ROWS).unwrap_or(usize::MAX);
    let more = rows.len() > most;
    rows.truncate(most);
    rows.last().filter(|_| more).map(|last| format!("{path}?after={}", place(last)))
}

/// `GET /console/alarms`.
pub async fn alarms(State(app): State<Shared>, Seeing { visit, agent }: Seeing, query: Query) -> Page {
    let mut found = match alarm::page(&app, after(&query), ROWS.saturating_add(1)).await {
        Ok(found) => found,
        Err(not) => return console::refused(&visit, not),
    };
    let later = cut(&mut found, ALARMS, |alarm| Place { at: alarm.since, id: alarm.user });
    let reader = activity::reader(&app, &visit);
    let own = agent.signed_in.user.id;
    let page = AlarmsPage {
        frame: visit.frame_at(ALARMS),
        alarms: found.into_iter().map(|alarm| alarm_line(alarm, &reader, own)).collect(),
        later,
        may_take: agent.may(Right::TakeAlarm),
        told: console::told(&query),
    };
    visit.show(StatusCode::OK, &page)
}

fn alarm_line(alarm: Alarm, reader: &Reader, own: UserId) -> AlarmLine {
    let (line, device) = alarm.said.map_or((None, None), |said| (Some(said.line), said.on));
    let taken = |(name, taken): (String, domain::desk::Taken)| TakenLine {
        name,
        since: moment(taken.at),
        own: taken.agent == own,
    };
    AlarmLine {
        id: alarm.user.to_string(),
        user: alarm.username,
        since: moment(alarm.since),
        text: line.as_ref().map(|line| line.sentence(reader)),
        place: line.map(|line| line.circumstances(reader.lang).join(" · ")).unwrap_or_default(),
        device,
        link_until: alarm.link_until.map(moment),
        case: alarm.case.map(|case| case.to_string()),
        taken: alarm.taken.map(taken),
    }
}

/// `POST /console/alarms/take`.
pub async fn take(State(app): State<Shared>, TakingAlarm { form, agent }: TakingAlarm) -> Result<Page, Page> {
    handed(&app, &form, &agent, Hand::Take).await
}

/// `POST /console/alarms/leave`.
pub async fn leave(State(app): State<Shared>, TakingAlarm { form, agent }: TakingAlarm) -> Result<Page, Page> {
    handed(&app, &form, &agent, Hand::Leave).await
}

async fn handed(app: &Shared, form: &PageForm, agent: &OnDuty, hand: Hand) -> Result<Page, Page> {
    let user = console::id_in(form, "user")?;
    let told = match hand {
        Hand::Take => DeskTold::AlarmTaken,
        Hand::Leave => DeskTold::AlarmLeft,
    };
    let done = alarm::hand(app, agent, form.origin.clone(), user, hand).await;
    Ok(console::back(&form.visit, ALARMS, done.map(|()| told)))
}

/// `GET /console/undelivered`.
pub async fn undelivered(State(app): State<Shared>, Seeing { visit, agent }: Seeing, query: Query) -> Page {
    let mut found = match messages::page(&app, after(&query), ROWS.saturating_add(1)).await {
        Ok(found) => found,
        Err(not) => return console::refused(&visit, not),
    };
    let later = cut(&mut found, UNDELIVERED, |one| Place { at: one.row.failed_at, id: one.row.id });
    let page = UndeliveredPage {
        frame: visit.frame_at(UNDELIVERED),
        messages: found.into_iter().map(message_line).collect(),
        later,
        may_send: agent.may(Right::SendAgain),
        told: console::told(&query),
    };
    visit.show(StatusCode::OK, &page)
}

fn message_line(message: Undelivered) -> MessageLine {
    let (channel, to) = match message.to {
        Destination::Contact(channel, to) => (Some(channel.name()), Some(to)),
        Destination::Gone => (None, None),
        Destination::Desk => (Some("mail"), None),
    };
    let row = message.row;
    MessageLine {
        id: row.id.to_string(),
        user: message.username,
        user_id: row.user.to_string(),
        kind: message.kind.name(),
        channel,
        to,
        why: message.why.name(),
        status: Some(row.why).filter(|why| why.parse::<u16>().is_ok()),
        queued: moment(row.created_at),
        since: moment(row.failed_at),
        again: row.again_at.map(moment),
    }
}

/// `POST /console/undelivered/again`.
pub async fn again(State(app): State<Shared>, SendingAgain { form, agent }: SendingAgain) -> Result<Page, Page> {
    let id = console::id_in(&form, "id")?;
    let done = messages::again(&app, &agent, form.origin.clone(), id).await;
    Ok(console::back(&form.visit, UNDELIVERED, done.map(|()| DeskTold::SentAgain)))
}

/// `POST /console/undelivered/aside`.
pub async fn aside(State(app): State<Shared>, SendingAgain { form, agent }: SendingAgain) -> Result<Page, Page> {
    let id = console::id_in(&form, "id")?;
    let reason = form.field("reason", WORDS)?;
    let done = match messages::put_aside(&app, &agent, form.origin.clone(), id, reason).await {
        Err(NotDone::Text(..)) => Ok(DeskTold::Reason),
        done => done.map(|()| DeskTold::PutAside),
    };
    Ok(console::back(&form.visit, UNDELIVERED, done))
}
