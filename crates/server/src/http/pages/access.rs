//! What has access to a user's login besides the devices: as it is listed on the settings page, and how each is ended.

use super::activity::{at, day_of};
use crate::{
    activity::Reader,
    agent,
    clients::HOSTED,
    flow::{
        Refused,
        login::{access, session},
    },
    handle::Kind,
    http::{
        Shared,
        answer::Page,
        extract::{page::Visit, session::SignedInForm},
    },
    pages::{
        access::{MarkLine, ProgramLine, Section, SessionLine},
        error::ErrorKind,
    },
};
use axum::extract::State;
use domain::id::{MarkId, SessionId};

/// What of it is whoever asks.
pub(super) struct Own<'a> {
    /// The session.
    pub session: SessionId,
    /// The marks.
    pub marks: &'a [MarkId],
}

/// The section of the settings page.
pub(super) fn section(app: &Shared, found: &access::Access, own: &Own<'_>, reader: &Reader) -> Section {
    let sessions = found.sessions.iter().map(|open| SessionLine {
        id: open.session.id.to_string(),
        label: program(app, HOSTED, &open.session.agent),
        programs: open.clients.iter().filter(|client| *client != HOSTED).map(|client| name_of(app, client)).collect(),
        started: at(reader, open.session.created_at),
        last_seen: at(reader, open.session.last_seen_at),
        this_one: open.session.id == own.session,
    });
    let programs = found.programs.iter().map(|kept| ProgramLine {
        id: kept.grant.to_string(),
        label: program(app, &kept.client, kept.agent.as_deref().unwrap_or_default()),
        since: day_of(reader, kept.since),
        last_used: at(reader, kept.last_used),
    });
    let marks = found.marks.iter().map(|(mark, _)| MarkLine {
        id: mark.id.to_string(),
        label: program(app, &mark.client, &mark.agent),
        since: day_of(reader, mark.created_at),
        address: mark.address.clone(),
        last_seen: at(reader, mark.last_seen_at),
        this_one: own.marks.contains(&mark.id),
    });
    Section { sessions: sessions.collect(), programs: programs.collect(), marks: marks.collect() }
}

/// `POST /settings/sessions/end`.
pub async fn end_session(
    State(app): State<Shared>,
    SignedInForm { form, signed_in }: SignedInForm,
) -> Result<Page, Page> {
    let id = form.field("id", 64)?.parse().map_err(|_| form.visit.error(ErrorKind::BadRequest))?;
    back_or_missing(&form.visit, session::end(&app, &signed_in.session, id).await)
}

/// `POST /settings/marks/revoke`.
pub async fn revoke_mark(
    State(app): State<Shared>,
    SignedInForm { form, signed_in }: SignedInForm,
) -> Result<Page, Page> {
    let id = form.field("id", 64)?.parse().map_err(|_| form.visit.error(ErrorKind::BadRequest))?;
    back_or_missing(&form.visit, session::revoke_mark(&app, signed_in.user.id, id).await)
}

/// Back to the page. One that is gone already is as good as one that was ended now.
#[expect(clippy::result_large_err, reason = "the error is the answer that goes out, made once")]
fn back_or_missing(visit: &Visit, done: Result<bool, Refused>) -> Result<Page, Page> {
    match done {
        Ok(_) => Ok(visit.go("/settings")),
        Err(refused) => Err(visit.refused(&refused)),
    }
}

/// `POST /settings/programs/end`.
pub async fn end_program(
    State(app): State<Shared>,
    SignedInForm { form, signed_in }: SignedInForm,
) -> Result<Page, Page> {
    let id = form.field("id", 64)?.parse().map_err(|_| form.visit.error(ErrorKind::BadRequest))?;
    back_or_missing(&form.visit, access::end_program(&app, signed_in.user.id, id).await)
}

/// `POST /settings/access/end-others`.
pub async fn end_others(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Page {
    let held = form.visit.marks();
    let held: Vec<_> = held.iter().filter_map(|mark| app.handles.read(Kind::Mark, mark)).collect();
    match access::end_others(&app, &signed_in.session, held).await {
        Ok(()) => form.visit.go("/settings?said=others-ended"),
        Err(refused) => form.visit.refused(&refused),
    }
}

/// A browser by the name people know; a program by its registered name and what it calls itself.
fn program(app: &Shared, client: &str, agent: &str) -> String {
    let name = name_of(app, client);
    match agent::name(agent) {
        agent if agent.is_empty() => name,
        agent if client == HOSTED => agent,
        agent => format!("{name} · {agent}"),
    }
}

fn name_of(app: &Shared, client: &str) -> String {
    app.clients.find(client).map_or_else(|| app.settings.product.clone(), |client| client.name.clone())
}
