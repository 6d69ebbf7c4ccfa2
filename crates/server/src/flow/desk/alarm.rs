//! Users who said "it wasn't me": who waits, what is known of it, and who of the desk takes care of whom.

use super::{NotDone, OnDuty, queue::Place};
use crate::{
    activity::Line,
    app::App,
    flow::login::activity,
    work::{Origin, Work},
};
use domain::{
    Timestamp,
    audit::{Actor, Detail, Kind},
    desk::{self, Taken},
    id::{CaseId, UserId},
};
use std::sync::Arc;
use store::{Error, alarm};

/// A user who waits for the desk.
#[derive(Debug)]
pub struct Alarm {
    /// The user.
    pub user: UserId,
    /// The name.
    pub username: String,
    /// Since when the password is refused.
    pub since: Timestamp,
    /// What the user said it of; none where the log does not know any more.
    pub said: Option<Said>,
    /// Until when a link for another password is good that was sent.
    pub link_until: Option<Timestamp>,
    /// A case that gives the user a way back.
    pub case: Option<CaseId>,
    /// Who takes care of it, by name.
    pub taken: Option<(String, Taken)>,
}

/// What was said.
#[derive(Debug)]
pub struct Said {
    /// As the timeline tells it.
    pub line: Line,
    /// The device on which it was said; none where it was a page.
    pub on: Option<String>,
}

/// What an agent does with an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hand {
    /// Takes care of it.
    Take,
    /// Leaves it to others.
    Leave,
}

/// Alarms after one of them, the oldest first.
pub async fn page(app: &Arc<App>, after: Option<Place<UserId>>, limit: u32) -> Result<Vec<Alarm>, NotDone> {
    app.look(move |work| {
        let found = alarm::page(work.sql, after.map(|place| (place.at, place.id)), limit)?;
        Ok(found.into_iter().map(|one| told(work, one)).collect::<Result<_, _>>()?)
    })
    .await
}

/// Takes an alarm, or leaves it. The user's log names neither, but says that the desk does.
pub async fn hand(app: &Arc<App>, agent: &OnDuty, origin: Origin, user: UserId, hand: Hand) -> Result<(), NotDone> {
    let own = agent.signed_in.user.id;
    app.work(agent.actor(), move |work| {
        let found = alarm::one(work.sql, user)?.ok_or(NotDone::Unknown)?;
        work.about.user = Some(user);
        work.about.address = Some(origin.address);
        let (changed, kind) = match hand {
            Hand::Take => (found.alarm.take(own, user, work.now)?, Kind::AlarmTaken),
            Hand::Leave => (found.alarm.leave(own, work.now)?, Kind::AlarmLeft),
        };
        if !alarm::take(work.sql, &alarm::Alarm { alarm: changed, ..found })? {
            return Err(NotDone::Unknown.into());
        }
        Ok(work.record(kind, Detail::none())?)
    })
    .await
}

fn told(work: &mut Work<'_>, found: alarm::Alarm) -> Result<Alarm, Error> {
    let alarm::Alarm { user, username, alarm: desk::Alarm { since, .. } } = found;
    let taken = match found.alarm.held(work.now) {
        Some(taken) => {
            let agent = store::user::by_id(work.sql, taken.agent)?;
            Some((agent.map_or_else(|| taken.agent.to_string(), |agent| agent.username.to_string()), taken))
        }
        None => None,
    };
    let now = work.now;
    let cases = store::desk_case::of_user(work.sql, &work.app.sealer, user)?.into_iter();
    let helps = |act| matches!(act, desk::Act::PasswordLink | desk::Act::TemporaryAccess);
    let case = cases.rev().find(|case| case.state.is_open() && case.until > now && helps(case.act)).map(|case| case.id);
    let said = said(work, user, since)?;
    let link_until = store::password::living_link(work.sql, user, now)?;
    Ok(Alarm { user, username, since, said, link_until, case, taken })
}

/// What the lock of that moment came of.
fn said(work: &mut Work<'_>, user: UserId, since: Timestamp) -> Result<Option<Said>, Error> {
    let entry = store::audit::last_of(work.sql, user, [Kind::Reported, Kind::RecoveryVetoed])?;
    let Some(entry) = entry.filter(|entry| entry.at >= since) else { return Ok(None) };
    let on = match entry.record().map(|record| record.actor) {
        Some(Some(Actor::Device { id })) => store::device::one(work.sql, user, id)?.map(|device| device.label),
        _ => None,
    };
    let line = activity::lines(work, user, vec![entry])?.into_iter().next();
    Ok(line.map(|line| Said { line, on }))
}
