//! Browser sessions, known programs, and the buckets in front of everything that takes a secret.

use crate::{
    app::App,
    flow::{
        Refused,
        confirm::effects::{Scene, audit},
    },
    handle::{Kind, Read},
};
use domain::{
    Timestamp,
    audit::Kind as Audit,
    id::{MarkId, SessionId, UserId},
    lockout::Budget,
};
use i18n::Lang;
use serde_json::json;
use std::sync::Arc;
use store::{
    Error, Sql,
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

/// The living session of a handle, which this use keeps from idling. None when there is none.
pub async fn signed_in(app: &Arc<App>, handle: &str) -> Result<Option<SignedIn>, Refused> {
    let Some(read) = app.handles.read(Kind::Session, handle) else { return Ok(None) };
    let unit_app = Arc::clone(app);
    let found = app.store.write(move |sql| {
        let found = living(&unit_app, sql, read)?;
        if let Some(SignedIn { session, .. }) = &found {
            store::session::seen(sql, session.user, session.id, unit_app.now())?;
        }
        Ok::<_, Error>(found)
    });
    Ok(found.await?)
}

/// Whoever is signed in chose a language: messages come in it from now on.
pub async fn speaks(app: &Arc<App>, handle: &str, lang: Lang) -> Result<(), Refused> {
    let Some(found) = signed_in(app, handle).await? else { return Ok(()) };
    Ok(app.store.write(move |sql| store::user::set_locale(sql, found.user.id, lang.tag())).await?)
}

/// The same, when no person is there to use it: a program that asks again and again in the background must not keep
/// the session from idling.
pub async fn looked_at(app: &Arc<App>, handle: &str) -> Result<Option<SignedIn>, Refused> {
    let Some(read) = app.handles.read(Kind::Session, handle) else { return Ok(None) };
    let unit_app = Arc::clone(app);
    Ok(app.store.read(move |sql| living(&unit_app, sql, read)).await?)
}

fn living(app: &App, sql: &mut dyn Sql, read: Read) -> Result<Option<SignedIn>, Error> {
    let Some(session) = store::session::live(sql, read.user, read.digest, alive(app, app.now()))? else {
        return Ok(None);
    };
    let user = store::user::by_id(sql, session.user)?;
    Ok(user.map(|user| SignedIn { session, user }))
}

/// The moments that decide whether sessions live now.
pub fn alive(app: &App, now: Timestamp) -> Alive {
    Alive { now, idle_since: now.minus(app.settings.session_idle) }
}

/// Ends one of the user's sessions. False when there is no such.
pub async fn end(app: &Arc<App>, user: UserId, session: SessionId) -> Result<bool, Refused> {
    let unit_app = Arc::clone(app);
    let ended = app.store.write(move |sql| {
        let now = unit_app.now();
        ending(&unit_app, sql, &scene(user, now), (user, session))
    });
    Ok(ended.await?)
}

/// A browser that had a session has logged in anew: the same user's session goes on in the new one, with all that hangs
/// on it; another user's ends.
pub async fn succeed(app: &Arc<App>, old: &str, new: &str) -> Result<(), Refused> {
    let read = |handle| app.handles.read(Kind::Session, handle);
    let (Some(old), Some(new)) = (read(old), read(new)) else { return Ok(()) };
    let unit_app = Arc::clone(app);
    let succeeded = app.store.write(move |sql| {
        let now = unit_app.now();
        let alive = alive(&unit_app, now);
        let (old, new) = (
            store::session::live(sql, old.user, old.digest, alive)?,
            store::session::live(sql, new.user, new.digest, alive)?,
        );
        let (Some(old), Some(new)) = (old, new) else { return Ok(()) };
        if old.user != new.user {
            return ending(&unit_app, sql, &scene(old.user, now), (old.user, old.id)).map(|_| ());
        }
        if store::session::succeed(sql, old.user, (old.id, new.id), now)? {
            let more = json!({ "session": old.id.to_string(), "succeeded_by": new.id.to_string() });
            audit(sql, &scene(old.user, now), Audit::SessionEnded, &more)?;
        }
        Ok::<_, Error>(())
    });
    Ok(succeeded.await?)
}

/// Ends every session of a user, in a unit of work that has reason to.
pub fn end_all(app: &App, sql: &mut dyn Sql, scene: &Scene, user: UserId) -> Result<(), Error> {
    for session in store::session::open(sql, user)? {
        ending(app, sql, scene, (user, session.id))?;
    }
    Ok(())
}

/// Ends one session of a user, in a unit of work that has reason to.
pub fn end_one(app: &App, sql: &mut dyn Sql, scene: &Scene, of: (UserId, SessionId)) -> Result<(), Error> {
    ending(app, sql, scene, of).map(|_| ())
}

/// Ends sessions whose time is over, so that the log and the clients that they served learn of it.
pub fn sweep(app: &App, sql: &mut dyn Sql, now: Timestamp, limit: u32) -> Result<(), Error> {
    for over in store::session::over(sql, alive(app, now), limit)? {
        ending(app, sql, &scene(over.user, now), (over.user, over.id))?;
    }
    Ok(())
}

/// Ends a session with all that hangs on it. False when it was ended before.
fn ending(app: &App, sql: &mut dyn Sql, scene: &Scene, (user, session): (UserId, SessionId)) -> Result<bool, Error> {
    let ended = store::session::end(sql, user, session, scene.now)?;
    if ended {
        audit(sql, scene, Audit::SessionEnded, &json!({ "session": session.to_string() }))?;
        crate::flow::oidc::back_channel_logout::session_ended(app, sql, user, session, scene.now)?;
    }
    Ok(ended)
}

/// Forgets a known browser or program. False when there is no such.
pub async fn revoke_mark(app: &Arc<App>, user: UserId, mark: MarkId) -> Result<bool, Refused> {
    let unit_app = Arc::clone(app);
    let revoked = app.store.write(move |sql| {
        let now = unit_app.now();
        let revoked = store::mark::revoke(sql, user, mark, now)?;
        if revoked {
            audit(sql, &scene(user, now), Audit::MarkRevoked, &json!({ "mark": mark.to_string() }))?;
        }
        Ok::<_, Error>(revoked)
    });
    Ok(revoked.await?)
}

fn scene(user: UserId, now: Timestamp) -> Scene {
    Scene { user: Some(user), budget: Budget::Strangers, now, detail: json!({}) }
}
