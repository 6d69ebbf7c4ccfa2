//! Users, their devices, locks, sessions and what happened to them.

use super::{
    caller::{ActivityRead, SessionsWrite, UsersErase, UsersExport, UsersRead, UsersWrite},
    cursor, id, page, rows, shown, unfit,
};
use crate::{
    flow::{
        institution::{NotDone, read, user as flow},
        leaving,
    },
    http::{
        Shared,
        answer::{Data, Made},
        extract::{
            address::{Params, Segment},
            body::ApiBody,
        },
        problem::{ApiProblem, Slug},
    },
};
use axum::{
    extract::{Path, State},
    response::NoContent,
};
use i18n::Lang;
use wire::api::{
    List, Page,
    event::Event,
    export::Export,
    user::{Change, Device, Filter, Locks, NewUser, Session, User},
};

/// `GET /users`.
pub async fn list(
    State(app): State<Shared>,
    _: UsersRead,
    Params(filter): Params<Filter>,
) -> Result<Data<List<User>>, ApiProblem> {
    let limit = rows(filter.limit)?;
    if let Some(username) = filter.username {
        return match read::user(&app, username).await {
            Ok(known) => Ok(Data(List { data: vec![shown::user(known)], next_cursor: None })),
            Err(NotDone::UnknownUser) => Ok(Data(List { data: Vec::new(), next_cursor: None })),
            Err(refused) => Err(refused.into()),
        };
    }
    let users = read::users(&app, filter.cursor.unwrap_or_default(), limit.saturating_add(1)).await?;
    let users: Vec<_> = users.into_iter().map(shown::user).collect();
    Ok(Data(page(users, limit, |user| user.username.clone())))
}

/// `POST /users`.
pub async fn add(
    State(app): State<Shared>,
    caller: UsersWrite,
    ApiBody(body): ApiBody<NewUser>,
) -> Result<Made<User>, ApiProblem> {
    let locale = body.locale.as_deref().map_or(Ok(Lang::default()), language)?;
    let NewUser { username, mail, phone, .. } = body;
    let asked = flow::Asked { username, locale, mail, phone };
    Ok(Made(shown::user(flow::add(&app, asked, &caller.client.id).await?)))
}

fn language(tag: &str) -> Result<Lang, ApiProblem> {
    Lang::parse(tag).ok_or_else(|| unfit("locale", "is none of en and ru"))
}

/// `PATCH /users/{id}`.
pub async fn change(
    State(app): State<Shared>,
    caller: UsersWrite,
    Segment(name): Segment,
    ApiBody(body): ApiBody<Change>,
) -> Result<Data<User>, ApiProblem> {
    let Change { locale, mail, phone } = body;
    let locale = locale.as_deref().map(language).transpose()?;
    let wanted = flow::Change { locale, mail, phone };
    let known = flow::change(&app, name.ok_or(Slug::NotFound)?, wanted, &caller.client.id);
    Ok(Data(shown::user(known.await?)))
}

/// `POST /users/{id}/password-reset`.
pub async fn reset(
    State(app): State<Shared>,
    caller: UsersWrite,
    Segment(name): Segment,
) -> Result<NoContent, ApiProblem> {
    flow::reset_link(&app, name.ok_or(Slug::NotFound)?, &caller.client.id).await?;
    Ok(NoContent)
}

/// `DELETE /users/{id}`.
pub async fn erase(
    State(app): State<Shared>,
    caller: UsersErase,
    Segment(name): Segment,
) -> Result<NoContent, ApiProblem> {
    flow::erase(&app, name.ok_or(Slug::NotFound)?, &caller.client.id).await?;
    Ok(NoContent)
}

/// `GET /users/{id}/export`.
pub async fn export(
    State(app): State<Shared>,
    caller: UsersExport,
    Segment(name): Segment,
) -> Result<Data<Export>, ApiProblem> {
    Ok(Data(leaving::export::by_client(&app, name.ok_or(Slug::NotFound)?, &caller.client.id).await?))
}

/// `GET /users/{id}`.
pub async fn one(State(app): State<Shared>, _: UsersRead, Segment(name): Segment) -> Result<Data<User>, ApiProblem> {
    Ok(Data(shown::user(read::user(&app, name.ok_or(Slug::NotFound)?).await?)))
}

/// `GET /users/{id}/devices`.
pub async fn devices(
    State(app): State<Shared>,
    _: UsersRead,
    Segment(name): Segment,
) -> Result<Data<List<Device>>, ApiProblem> {
    let devices = read::devices(&app, name.ok_or(Slug::NotFound)?).await?;
    Ok(Data(List { data: devices.into_iter().map(shown::device).collect(), next_cursor: None }))
}

/// `GET /users/{id}/locks`.
pub async fn locks(State(app): State<Shared>, _: UsersRead, Segment(name): Segment) -> Result<Data<Locks>, ApiProblem> {
    let locks = read::locks(&app, name.ok_or(Slug::NotFound)?).await?;
    Ok(Data(Locks { data: locks.into_iter().map(shown::lock).collect() }))
}

/// `GET /users/{id}/activity`.
pub async fn activity(
    State(app): State<Shared>,
    _: ActivityRead,
    Segment(name): Segment,
    Params(asked): Params<Page>,
) -> Result<Data<List<Event>>, ApiProblem> {
    let (limit, before) = (rows(asked.limit)?, cursor(asked.cursor.as_deref())?);
    let entries = read::activity(&app, name.ok_or(Slug::NotFound)?, before, limit.saturating_add(1)).await?;
    let events: Vec<_> = entries.into_iter().map(shown::event).collect();
    Ok(Data(page(events, limit, |event| event.id.clone())))
}

/// `GET /users/{id}/sessions`.
pub async fn sessions(
    State(app): State<Shared>,
    _: UsersRead,
    Segment(name): Segment,
) -> Result<Data<List<Session>>, ApiProblem> {
    let sessions = read::sessions(&app, name.ok_or(Slug::NotFound)?).await?;
    Ok(Data(List { data: sessions.into_iter().map(shown::session).collect(), next_cursor: None }))
}

/// `DELETE /users/{id}/sessions/{session}`.
pub async fn end_session(
    State(app): State<Shared>,
    caller: SessionsWrite,
    Path((name, session)): Path<(String, String)>,
) -> Result<NoContent, ApiProblem> {
    read::end_session(&app, name, id(Some(session))?, &caller.client.id).await?;
    Ok(NoContent)
}
