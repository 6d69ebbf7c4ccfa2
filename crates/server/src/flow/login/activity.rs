//! What happened to a user, told to its owner, and "it wasn't me", said of it.

use super::session::SignedIn;
use crate::{
    activity::Line,
    app::App,
    flow::{
        Refused,
        confirm::effects::carry_out,
        throttle::{self, Purpose},
    },
    work::{Origin, Stop, Work},
};
use domain::{
    audit::{
        Actor, Kind,
        story::{self, Row, Story},
    },
    confirmation::{Outcome, disowned},
    effect::Effect,
    id::{AuditId, ConfirmationId, DeviceId, UserId},
};
use std::{collections::HashMap, sync::Arc, time::Duration};
use store::{
    Error,
    audit::{Counted, Entry},
    confirmation::Stored,
    user::User,
};

/// How far back counts of what anybody can cause go.
const COUNTED_FOR: Duration = Duration::from_secs(30 * 86_400);

/// How long after the end of an attempt its last rows may come.
const AFTERWARDS: Duration = Duration::from_secs(600);

/// Rows that one look reads.
const WINDOW: u32 = 200;

/// Some of what happened, newest first.
#[derive(Debug, Clone)]
pub struct Told {
    /// The lines.
    pub lines: Vec<Line>,
    /// Where whoever wants to know of earlier ones goes on; none where there are no earlier ones.
    pub older: Option<AuditId>,
}

/// What is to be told.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    /// What happened before this row; all of it without one.
    pub before: Option<AuditId>,
    /// How many lines at most, beside those of what anybody can cause.
    pub most: usize,
}

/// A row of the log, with the names of what it names.
#[derive(Debug, Clone)]
pub struct Named {
    /// The row.
    pub entry: Entry,
    /// What its device is called.
    pub device: Option<String>,
    /// What its program is called.
    pub client: Option<String>,
}

/// [`tell`], as a look of its own.
pub async fn told(
    app: &Arc<App>,
    user: UserId,
    ask: Ask,
    wanted: impl Fn(&Line) -> bool + Send + Sync + 'static,
) -> Result<Told, Refused> {
    app.look(move |work| Ok(tell(work, user, ask, &wanted)?)).await
}

/// Tells the stories that `wanted` picks.
pub fn tell(work: &mut Work<'_>, user: UserId, ask: Ask, wanted: impl Fn(&Line) -> bool) -> Result<Told, Error> {
    let own = store::audit::own(work.sql, user, ask.before, WINDOW)?;
    let full = own.len() >= usize::try_from(WINDOW).unwrap_or(usize::MAX);
    let last = own.last().map(|entry| entry.id).filter(|_| full);
    let mut rows: Vec<_> = own.into_iter().map(row).collect();
    if ask.before.is_none() {
        let counted = store::audit::counted(work.sql, user, work.now.minus(COUNTED_FOR))?;
        rows.extend(counted.into_iter().map(counted_row));
    }
    let labels = labels(work, user)?;
    let mut told = Told { lines: Vec::new(), older: last };
    let mut shown = None;
    let mut places = ask.most;
    for story in story::fold(rows).into_iter().filter(|story| !story.technical()) {
        // What anybody can cause takes nobody's place.
        let own = !story.by_anybody();
        if own && places == 0 {
            told.older = shown;
            continue;
        }
        let id = story.told.id;
        let line = line(work, user, &labels, story, ask.before.is_some())?;
        let Some(line) = line.filter(|line| wanted(line)) else { continue };
        if own {
            places -= 1;
            shown = Some(id);
        }
        told.lines.push(line);
    }
    Ok(told)
}

/// Rows of the log as lines, the newest first.
pub(in crate::flow) fn lines(work: &mut Work<'_>, user: UserId, rows: Vec<Entry>) -> Result<Vec<Line>, Error> {
    let labels = labels(work, user)?;
    let lines = story::fold(rows.into_iter().map(row)).into_iter();
    lines.filter_map(|story| line(work, user, &labels, story, false).transpose()).collect()
}

/// Every row of the log about the user before one, newest first.
pub async fn entries(
    app: &Arc<App>,
    user: UserId,
    before: Option<AuditId>,
    most: u32,
) -> Result<(Vec<Named>, Option<AuditId>), Refused> {
    app.look(move |work| {
        let labels = labels(work, user)?;
        let mut rows = store::audit::page(work.sql, Some(user), before, most.saturating_add(1))?;
        let more = rows.len() > usize::try_from(most).unwrap_or(usize::MAX);
        rows.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        let older = rows.last().map(|entry| entry.id).filter(|_| more);
        let named = rows.into_iter().map(|entry| {
            let about = entry.record().map(|record| record.about).unwrap_or_default();
            let device = about.device.and_then(|device| labels.get(&device).cloned());
            Named { client: about.client.map(|client| client_name(work.app, &client)), device, entry }
        });
        Ok((named.collect(), older))
    })
    .await
}

/// The line of an attempt of the user; none where nothing of it is kept.
pub async fn of_attempt(app: &Arc<App>, user: UserId, attempt: ConfirmationId) -> Result<Option<Line>, Refused> {
    app.look(move |work| {
        let Some(kept) = store::confirmation::by_id(work.sql, user, attempt)? else { return Ok(None) };
        // Its rows are among the latest, or else among those that were written before its end was over.
        let end = AuditId::first(kept.confirmation.expires_at.plus(AFTERWARDS));
        for before in [None, Some(end)] {
            let told = tell(work, user, Ask { before, most: 1 }, |line| line.story.attempt == Some(attempt))?;
            if let Some(line) = told.lines.into_iter().next() {
                return Ok(Some(line));
            }
        }
        Ok(None)
    })
    .await
}

/// "It wasn't me", said of an attempt by whoever is signed in: the password is locked, and all that it gave is taken back, also the session that says it. False when there is no such attempt, or none behind the password.
pub async fn disown(
    app: &Arc<App>,
    signed_in: &SignedIn,
    attempt: ConfirmationId,
    origin: Origin,
) -> Result<bool, Refused> {
    let user = signed_in.user.clone();
    app.work(Actor::User, move |work| disown_in(work, &user, attempt, &origin)).await
}

/// The same, in the caller's unit of work.
pub fn disown_in(
    work: &mut Work<'_>,
    user: &User,
    attempt: ConfirmationId,
    origin: &Origin,
) -> Result<bool, Stop<Refused>> {
    throttle::user(work, origin, user.username.as_str(), Purpose::Operation)?;
    let stored = store::confirmation::by_id(work.sql, user.id, attempt)?.map(|stored| stored.confirmation);
    let behind_password = stored.filter(|one| one.operation.behind_password());
    let Some(confirmation) = behind_password else { return Ok(false) };
    let locked = store::user::by_id(work.sql, user.id)?.is_none_or(|user| user.password_locked_at.is_some());
    if locked {
        // Said before, of this or of another: there is nothing left to take back.
        return Ok(true);
    }
    work.is_about(&confirmation);
    work.about.address = Some(origin.address);
    let mut effects = disowned(&confirmation.operation);
    effects.push(Effect::audit(Kind::Reported));
    carry_out(work, &effects)?;
    Ok(true)
}

/// What a story's sentence needs beside it. None for what is left of an attempt whose end stands on an earlier page.
fn line(
    work: &mut Work<'_>,
    user: UserId,
    labels: &HashMap<DeviceId, String>,
    story: Story,
    later_page: bool,
) -> Result<Option<Line>, Error> {
    let kept = match story.about_attempt() {
        Some(attempt) => store::confirmation::by_id(work.sql, user, attempt)?,
        None => None,
    };
    if later_page && story.attempt.is_some() && !story.ended() && kept.as_ref().is_some_and(told_by_its_end) {
        return Ok(None);
    }
    let confirmed_with = kept.as_ref().and_then(|stored| stored.confirmation.device());
    let device = story.about.device.or(confirmed_with).and_then(|device| labels.get(&device).cloned());
    let operation = kept.map(|stored| stored.confirmation.operation);
    let client = operation.as_ref().map(|operation| operation.asks_for()).or(story.about.client.as_deref());
    let client = client_name(work.app, client.unwrap_or_default());
    Ok(Some(Line { client, device, operation, story }))
}

/// Whether the row of its end is among those that are told one by one.
fn told_by_its_end(stored: &Stored) -> bool {
    stored.confirmation.outcome().is_some_and(|outcome: Outcome| !outcome.audit_kind().told_as_count())
}

fn row(entry: Entry) -> Row {
    Row { id: entry.id, at: entry.at, count: 1, since: entry.at, record: entry.record() }
}

fn counted_row(counted: Counted) -> Row {
    Row { count: counted.count, since: counted.since, ..row(counted.last) }
}

fn labels(work: &mut Work<'_>, user: UserId) -> Result<HashMap<DeviceId, String>, Error> {
    let devices = store::device::of_user(work.sql, user)?;
    Ok(devices.into_iter().map(|device| (device.id, device.label)).collect())
}

fn client_name(app: &App, client: &str) -> String {
    app.clients.find(client).map_or_else(|| app.settings.product.clone(), |client| client.name.clone())
}
