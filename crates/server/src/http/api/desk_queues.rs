//! The desk: what waits there beside cases and orders.

use super::{
    agent::{DeskSeeing, DeskSendingAgain, DeskTakingAlarm},
    cursor, id, page, rows, unfit,
};
use crate::{
    activity::Reader,
    flow::desk::{
        alarm::{self, Hand},
        find,
        queue::Place,
        undelivered::{self, Destination},
    },
    http::{
        Shared,
        answer::{Data, moment},
        extract::{
            address::{Params, Segment},
            body::ApiBody,
        },
        problem::{ApiProblem, Slug},
    },
};
use axum::{extract::State, response::NoContent};
use i18n::Lang;
use wire::api::{
    List, Page,
    desk_queue::{Alarm, Asked, PutAside, Undelivered},
};

/// `GET /desk/alarms`.
pub async fn alarms(
    State(app): State<Shared>,
    _: DeskSeeing,
    Params(asked): Params<Asked>,
) -> Result<Data<List<Alarm>>, ApiProblem> {
    let lang = match asked.locale.as_deref() {
        None => Lang::default(),
        Some(tag) => Lang::parse(tag).ok_or_else(|| unfit("locale", "is none of en and ru"))?,
    };
    let reader = Reader { lang, zone: app.settings.zone.clone() };
    let (limit, after) = (rows(asked.limit)?, cursor(asked.cursor.as_deref())?);
    let found = alarm::page(&app, after, limit.saturating_add(1)).await?;
    let places: Vec<_> = found.iter().map(|alarm| Place { at: alarm.since, id: alarm.user }).collect();
    let found = found.into_iter().map(|alarm| of_alarm(alarm, &reader)).zip(places).collect();
    Ok(Data(without_places(page(found, limit, |(_, place)| place.to_string()))))
}

fn without_places<T, P>(List { data, next_cursor }: List<(T, P)>) -> List<T> {
    List { data: data.into_iter().map(|(row, _)| row).collect(), next_cursor }
}

fn of_alarm(alarm: alarm::Alarm, reader: &Reader) -> Alarm {
    let (line, device) = alarm.said.map_or((None, None), |said| (Some(said.line), said.on));
    let (taken_by, taken_at) = alarm.taken.map(|(name, taken)| (name, moment(taken.at))).unzip();
    Alarm {
        user: alarm.user.to_string(),
        username: alarm.username,
        since: moment(alarm.since),
        text: line.as_ref().map(|line| line.sentence(reader)),
        circumstances: line.map(|line| line.circumstances(reader.lang)).unwrap_or_default(),
        device,
        link_until: alarm.link_until.map(moment),
        case: alarm.case.map(|case| case.to_string()),
        taken_by,
        taken_at,
    }
}

/// `POST /desk/alarms/{id}/take`.
pub async fn take(
    State(app): State<Shared>,
    caller: DeskTakingAlarm,
    Segment(name): Segment,
) -> Result<NoContent, ApiProblem> {
    handed(&app, caller, name, Hand::Take).await
}

/// `POST /desk/alarms/{id}/leave`.
pub async fn leave(
    State(app): State<Shared>,
    caller: DeskTakingAlarm,
    Segment(name): Segment,
) -> Result<NoContent, ApiProblem> {
    handed(&app, caller, name, Hand::Leave).await
}

async fn handed(
    app: &Shared,
    caller: DeskTakingAlarm,
    name: Option<String>,
    hand: Hand,
) -> Result<NoContent, ApiProblem> {
    let user = find::known(app, &name.ok_or(Slug::NotFound)?).await?;
    alarm::hand(app, &caller.agent, caller.origin, user, hand).await?;
    Ok(NoContent)
}

/// `GET /desk/undelivered`.
pub async fn undelivered(
    State(app): State<Shared>,
    _: DeskSeeing,
    Params(asked): Params<Page>,
) -> Result<Data<List<Undelivered>>, ApiProblem> {
    let (limit, after) = (rows(asked.limit)?, cursor(asked.cursor.as_deref())?);
    let found = undelivered::page(&app, after, limit.saturating_add(1)).await?;
    let places: Vec<_> = found.iter().map(|one| Place { at: one.row.failed_at, id: one.row.id }).collect();
    let found = found.into_iter().map(of_message).zip(places).collect();
    Ok(Data(without_places(page(found, limit, |(_, place)| place.to_string()))))
}

fn of_message(message: undelivered::Undelivered) -> Undelivered {
    let (channel, to) = match message.to {
        Destination::Contact(channel, to) => (Some(channel.name()), Some(to)),
        Destination::Gone => (None, None),
        Destination::Desk => (Some("mail"), None),
    };
    Undelivered {
        id: message.row.id.to_string(),
        user: message.row.user.to_string(),
        username: message.username,
        kind: message.kind.name().to_owned(),
        channel: channel.map(str::to_owned),
        to,
        why: message.why.name().to_owned(),
        status: message.row.why,
        created_at: moment(message.row.created_at),
        failed_at: moment(message.row.failed_at),
        sent_again_at: message.row.again_at.map(moment),
    }
}

/// `POST /desk/undelivered/{id}/send-again`.
pub async fn again(
    State(app): State<Shared>,
    caller: DeskSendingAgain,
    Segment(segment): Segment,
) -> Result<NoContent, ApiProblem> {
    undelivered::again(&app, &caller.agent, caller.origin, id(segment)?).await?;
    Ok(NoContent)
}

/// `POST /desk/undelivered/{id}/put-aside`.
pub async fn aside(
    State(app): State<Shared>,
    caller: DeskSendingAgain,
    Segment(segment): Segment,
    ApiBody(body): ApiBody<PutAside>,
) -> Result<NoContent, ApiProblem> {
    undelivered::put_aside(&app, &caller.agent, caller.origin, id(segment)?, &body.reason).await?;
    Ok(NoContent)
}
