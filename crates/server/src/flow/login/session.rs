//! Browser sessions, known programs, and the buckets in front of everything that takes a secret.

use crate::{
    app::App,
    flow::Refused,
    handle::{Kind, Read},
    work::{After, Work},
};
use domain::{
    Timestamp,
    audit::{About, Actor, Detail, Kind as Audit},
    device::DeviceState,
    id::{MarkId, SessionId, UserId},
    lockout::Budget,
};
use i18n::Lang;
use std::{sync::Arc, time::Duration};
use store::{
    Error,
    device::Device,
    session::{Alive, Session},
    user::User,
};

/// A signed-in user.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// The user.
    pub user: User,
}

/// The living session of a handle, which this use keeps from idling. None when there is none, or one that leads to the page
/// of the online code card, and nowhere else.
pub async fn signed_in(app: &Arc<App>, handle: &str) -> Result<Option<SignedIn>, Refused> {
    Ok(signed_in_at_all(app, handle).await?.filter(|found| !found.session.card_only))
}

/// The same, also of a session that leads to the page of the online code card, and nowhere else.
pub async fn signed_in_at_all(app: &Arc<App>, handle: &str) -> Result<Option<SignedIn>, Refused> {
    let Some(read) = app.handles.read(Kind::Session, handle) else { return Ok(None) };
    let reads = |now| {
        vec![store::session::ask_live(read.user, read.digest, alive(app, now)), store::user::ask_by_id(read.user)]
    };
    app.decide(Actor::User, read.user, reads, move |work| {
        let found = living(work, read)?;
        if let Some(SignedIn { session, .. }) = &found {
            store::session::seen(work.sql, session.user, session.id, work.now)?;
        }
        Ok(found)
    })
    .await
}

/// Whoever is signed in chose a language: messages come in it from now on.
pub async fn speaks(app: &Arc<App>, handle: &str, lang: Lang) -> Result<(), Refused> {
    let Some(found) = signed_in(app, handle).await? else { return Ok(()) };
    app.work(Actor::User, move |work| Ok(store::user::set_locale(work.sql, found.user.id, lang.tag())?)).await
}

/// The same, when no person is there to use it: a program that asks again and again in the background must not keep
/// the session from idling.
pub async fn looked_at(app: &Arc<App>, handle: &str) -> Result<Option<SignedIn>, Refused> {
    let Some(read) = app.handles.read(Kind::Session, handle) else { return Ok(None) };
    app.look(move |work| Ok(living(work, read)?.filter(|found| !found.session.card_only))).await
}

/// The living session in which a program was given its tokens, which this use keeps from idling. One that lay idle for
/// `idle` ends here.
pub async fn of_program(
    app: &Arc<App>,
    user: UserId,
    id: SessionId,
    idle: Duration,
) -> Result<Option<SignedIn>, Refused> {
    app.work(Actor::User, move |work| {
        let alive = alive(work.app, work.now);
        let open = store::session::of_user(work.sql, user, alive)?;
        let Some(session) = open.into_iter().find(|session| session.id == id && !session.card_only) else {
            return Ok(None);
        };
        if session.last_seen_at.plus(idle) <= work.now {
            end_one(work, user, id)?;
            return Ok(None);
        }
        store::session::seen(work.sql, user, id, work.now)?;
        Ok(store::user::by_id(work.sql, user)?.map(|user| SignedIn { session, user }))
    })
    .await
}

fn living(work: &mut Work<'_>, read: Read) -> Result<Option<SignedIn>, Error> {
    let alive = alive(work.app, work.now);
    let Some(session) = store::session::live(work.sql, read.user, read.digest, alive)? else { return Ok(None) };
    let user = store::user::by_id(work.sql, session.user)?;
    Ok(user.map(|user| SignedIn { session, user }))
}

/// The moments that decide whether sessions live now.
pub fn alive(app: &App, now: Timestamp) -> Alive {
    Alive { now, idle_since: now.minus(app.settings.session_idle) }
}

/// Ends a session by a wish of whoever is in it: its browser stays known. False when there is no such.
pub async fn log_out(app: &Arc<App>, user: UserId, session: SessionId) -> Result<bool, Refused> {
    app.work(Actor::User, move |work| Ok(end_one(work, user, session)?)).await
}

/// Ends one of a user's sessions from another one: what is there is no longer trusted, and its browser is a stranger's. False
/// when there is no such.
pub async fn end(app: &Arc<App>, by: &Session, session: SessionId) -> Result<bool, Refused> {
    if by.id == session {
        return log_out(app, by.user, session).await;
    }
    let user = by.user;
    app.work(Actor::User, move |work| {
        let open = store::session::open(work.sql, user)?.into_iter().find(|open| open.id == session);
        open.map_or(Ok(false), |open| Ok(end_distrusted(work, &open)?))
    })
    .await
}

/// Ends a session, and forgets the browser that it is in.
fn end_distrusted(work: &mut Work<'_>, session: &Session) -> Result<bool, Error> {
    work.about.user = Some(session.user);
    if let Some(mark) = mark_of(work, session)? {
        forget(work, session.user, mark)?;
    }
    end_one(work, session.user, session.id)
}

/// The mark of the browser or program that a session's login came from: the one it showed, or the one it was given.
fn mark_of(work: &mut Work<'_>, session: &Session) -> Result<Option<MarkId>, Error> {
    let login = store::confirmation::by_id(work.sql, session.user, session.confirmation)?;
    let Some(login) = login.map(|stored| stored.confirmation) else { return Ok(None) };
    if !login.operation.logs_in() {
        return Ok(None);
    }
    if let Budget::Known(mark) = login.budget {
        return Ok(Some(mark));
    }
    let (_, digest) = work.app.handles.derive(Kind::Mark, login.user, login.id);
    Ok(store::mark::valid(work.sql, login.user, digest, &login.operation.client)?.map(|mark| mark.id))
}

/// A browser that had a session has logged in anew: the same user's session goes on in the new one, with all that hangs
/// on it; another user's ends.
pub async fn succeed(app: &Arc<App>, old: &str, new: &str) -> Result<(), Refused> {
    let read = |handle| app.handles.read(Kind::Session, handle);
    let (Some(old), Some(new)) = (read(old), read(new)) else { return Ok(()) };
    app.work(Actor::User, move |work| {
        let alive = alive(work.app, work.now);
        let old = store::session::live(work.sql, old.user, old.digest, alive)?;
        let new = store::session::live(work.sql, new.user, new.digest, alive)?;
        let (Some(old), Some(new)) = (old, new) else { return Ok(()) };
        if old.user != new.user {
            end_one(work, old.user, old.id)?;
        } else if store::session::succeed(work.sql, old.user, (old.id, new.id), work.now)? {
            work.about.user = Some(old.user);
            work.record(Audit::SessionEnded, Detail::none().session(old.id).succeeded_by(new.id))?;
        }
        Ok(())
    })
    .await
}

/// Ends every session of a user, in a unit of work that has reason to. What they were in stays known.
pub fn end_all(work: &mut Work<'_>, user: UserId) -> Result<(), Error> {
    end_others(work, user, None)
}

/// The same, but for one session.
pub fn end_others(work: &mut Work<'_>, user: UserId, kept: Option<SessionId>) -> Result<(), Error> {
    for session in store::session::open(work.sql, user)? {
        if Some(session.id) != kept {
            end_one(work, user, session.id)?;
        }
    }
    Ok(())
}

/// Ends the sessions that a device opened: all of them where it may have been in other hands, else the app's own.
pub fn end_of_device(work: &mut Work<'_>, device: &Device, state: DeviceState) -> Result<(), Error> {
    for session in store::session::open(work.sql, device.user)? {
        if !state.in_doubt() && !session.stays {
            continue;
        }
        let login = store::confirmation::by_id(work.sql, device.user, session.confirmation)?;
        let by = login.and_then(|stored| stored.confirmation.device());
        if by != Some(device.id) {
            continue;
        }
        if state.in_doubt() {
            end_distrusted(work, &session)?;
        } else {
            end_one(work, device.user, session.id)?;
        }
    }
    Ok(())
}

/// Ends sessions whose time is over, so that the log and the clients that they served learn of it.
pub fn sweep(work: &mut Work<'_>, limit: u32) -> Result<(), Error> {
    let alive = alive(work.app, work.now);
    for over in store::session::over(work.sql, alive, limit)? {
        end_one(work, over.user, over.id)?;
    }
    Ok(())
}

/// Ends a session; what hangs on it ends with it, at the end of the unit ([`After::SessionEnded`]). False when it was
/// ended before.
pub fn end_one(work: &mut Work<'_>, user: UserId, session: SessionId) -> Result<bool, Error> {
    let ended = store::session::end(work.sql, user, session, work.now)?;
    if ended {
        let about = About { user: Some(user), ..work.about.clone() };
        work.beside(about, |work| {
            work.after(After::SessionEnded(session));
            work.record(Audit::SessionEnded, Detail::none().session(session))
        })?;
    }
    Ok(ended)
}

/// Forgets a known browser or program. False when there is no such.
pub async fn revoke_mark(app: &Arc<App>, user: UserId, mark: MarkId) -> Result<bool, Refused> {
    app.work(Actor::User, move |work| {
        work.about.user = Some(user);
        Ok(forget(work, user, mark)?)
    })
    .await
}

/// Forgets a known browser or program, in a unit of work that has reason to. False when there is no such.
pub fn forget(work: &mut Work<'_>, user: UserId, mark: MarkId) -> Result<bool, Error> {
    let revoked = store::mark::revoke(work.sql, user, mark, work.now)?;
    if revoked {
        work.record(Audit::MarkRevoked, Detail::none().mark(mark))?;
    }
    Ok(revoked)
}
