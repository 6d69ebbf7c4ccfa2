//! The desk: one user's page, and what any one agent does to a user.

use super::{
    agent::{DeskEndingSessions, DeskSeeing, DeskSuspending, DeskUnlocking},
    cursor,
    desk::case_of,
    unfit,
};
use crate::{
    activity::{Line, Reader},
    flow::desk::{
        OnDuty,
        act::{self, Act},
        find::{self, Contact, Device, Seen},
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
    work::Origin,
};
use axum::{extract::State, response::NoContent};
use domain::id::DeviceId;
use i18n::Lang;
use wire::api::desk_user::{Happened, OneDevice, SeenDevice, SeenUser, Timeline};

/// `GET /desk/users/{id}`.
pub async fn one(
    State(app): State<Shared>,
    caller: DeskSeeing,
    Segment(name): Segment,
    Params(asked): Params<Timeline>,
) -> Result<Data<SeenUser>, ApiProblem> {
    let lang = match asked.locale.as_deref() {
        None => Lang::default(),
        Some(tag) => Lang::parse(tag).ok_or_else(|| unfit("locale", "is none of en and ru"))?,
    };
    let before = cursor(asked.cursor.as_deref())?;
    let user = find::known(&app, &name.ok_or(Slug::NotFound)?).await?;
    let seen = find::see(&app, &caller.agent, caller.origin, user, before).await?;
    Ok(Data(shown(&app, seen, lang)))
}

fn shown(app: &Shared, seen: Seen, lang: Lang) -> SeenUser {
    let (now, lock) = (app.now(), &app.settings.policy.device_lock);
    let reader = Reader { lang, zone: app.settings.zone.clone() };
    let device = |device: &Device| SeenDevice {
        id: device.id.to_string(),
        class: device.class.clone(),
        label: device.label.clone(),
        state: device.state.name().to_owned(),
        serial: Some(device.serial.clone()).filter(|serial| !serial.is_empty()),
        locked: device.failures.locked(lock, now).is_some(),
        created_at: moment(device.created_at),
        last_used_at: device.last_used_at.map(moment),
    };
    SeenUser {
        id: seen.user.id.to_string(),
        username: seen.user.username.to_string(),
        created_at: moment(seen.user.created_at),
        contacts: seen.contacts.iter().map(Contact::masked).collect(),
        locked: seen.locked,
        password_refused_since: seen.user.password_locked_at.map(moment),
        devices: seen.devices.iter().map(device).collect(),
        sessions: u32::try_from(seen.sessions.len()).unwrap_or(u32::MAX),
        proved_until: seen.proof.map(|(_, until)| moment(until)),
        cases: seen.cases.into_iter().map(|named| case_of(app, named)).collect(),
        activity: seen.told.lines.iter().map(|line| happened(line, &reader)).collect(),
        next_cursor: seen.told.older.map(|older| older.to_string()),
    }
}

fn happened(line: &Line, reader: &Reader) -> Happened {
    Happened {
        at: moment(line.story.told.at),
        text: line.sentence(reader),
        circumstances: line.circumstances(reader.lang),
        alarming: line.alarming(),
    }
}

/// `POST /desk/users/{id}/suspend`.
pub async fn suspend(
    State(app): State<Shared>,
    caller: DeskSuspending,
    Segment(name): Segment,
    ApiBody(body): ApiBody<OneDevice>,
) -> Result<NoContent, ApiProblem> {
    let act = Act::Suspend(device(&body)?);
    done(&app, &caller.agent, caller.origin, name, act).await
}

/// `POST /desk/users/{id}/lost`.
pub async fn lost(
    State(app): State<Shared>,
    caller: DeskSuspending,
    Segment(name): Segment,
    ApiBody(body): ApiBody<OneDevice>,
) -> Result<NoContent, ApiProblem> {
    let act = Act::Lost(device(&body)?);
    done(&app, &caller.agent, caller.origin, name, act).await
}

/// `POST /desk/users/{id}/unlock-device`.
pub async fn unlock_device(
    State(app): State<Shared>,
    caller: DeskUnlocking,
    Segment(name): Segment,
    ApiBody(body): ApiBody<OneDevice>,
) -> Result<NoContent, ApiProblem> {
    let act = Act::UnlockDevice(device(&body)?);
    done(&app, &caller.agent, caller.origin, name, act).await
}

/// `POST /desk/users/{id}/unlock`.
pub async fn unlock(
    State(app): State<Shared>,
    caller: DeskUnlocking,
    Segment(name): Segment,
) -> Result<NoContent, ApiProblem> {
    done(&app, &caller.agent, caller.origin, name, Act::Unlock).await
}

/// `POST /desk/users/{id}/end-sessions`.
pub async fn end_sessions(
    State(app): State<Shared>,
    caller: DeskEndingSessions,
    Segment(name): Segment,
) -> Result<NoContent, ApiProblem> {
    done(&app, &caller.agent, caller.origin, name, Act::EndSessions).await
}

fn device(body: &OneDevice) -> Result<DeviceId, ApiProblem> {
    body.device.parse().map_err(|_| Slug::NotFound.into())
}

async fn done(
    app: &Shared,
    agent: &OnDuty,
    origin: Origin,
    name: Option<String>,
    act: Act,
) -> Result<NoContent, ApiProblem> {
    let user = find::known(app, &name.ok_or(Slug::NotFound)?).await?;
    act::act(app, agent, origin, user, act).await?;
    Ok(NoContent)
}
