//! Browser sessions, known programs, and the buckets in front of everything that takes a secret.

use super::{
    Origin, Refused,
    unit::{Scene, audit},
};
use crate::{app::App, handle::Kind};
use domain::{
    Timestamp,
    audit::Kind as Audit,
    id::{MarkId, SessionId, UserId},
    lockout::Budget,
};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use store::{
    Error, Sql,
    session::{Alive, Session},
    throttle,
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
        let now = unit_app.now();
        let Some(session) = store::session::live(sql, read.user, read.digest, alive(&unit_app, now))? else {
            return Ok(None);
        };
        store::session::seen(sql, session.user, session.id, now)?;
        let user = store::user::by_id(sql, session.user)?;
        Ok::<_, Error>(user.map(|user| SignedIn { session, user }))
    });
    Ok(found.await?)
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
        let ended = store::session::end(sql, user, session, now)?;
        if ended {
            let more = json!({ "session": session.to_string() });
            audit(sql, &scene(user, now), Audit::SessionEnded, &more)?;
        }
        Ok::<_, Error>(ended)
    });
    Ok(ended.await?)
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

/// Takes a token of the address's bucket. `Some` is how long to wait. The demo exempts loopback.
pub fn throttle_address(
    app: &App,
    sql: &mut dyn Sql,
    origin: &Origin,
    now: Timestamp,
) -> Result<Option<Duration>, Error> {
    if exempt(app, origin) {
        return Ok(None);
    }
    let bucket = app.handles.bucket("address", &network(origin.address));
    throttle::take(sql, bucket, app.settings.address_rate, now)
}

/// Takes a token of the username's bucket, or of a known program's own: a stranger who guesses must not keep the
/// owner out of the owner's own machine.
pub fn throttle_user(
    app: &App,
    sql: &mut dyn Sql,
    (origin, budget, username): (&Origin, Budget, &str),
    now: Timestamp,
) -> Result<Option<Duration>, Error> {
    if exempt(app, origin) {
        return Ok(None);
    }
    let bucket = match budget {
        Budget::Strangers => app.handles.bucket("username", username.as_bytes()),
        Budget::Known(mark) => app.handles.bucket("mark", &mark.octets()),
    };
    throttle::take(sql, bucket, app.settings.username_rate, now)
}

fn exempt(app: &App, origin: &Origin) -> bool {
    app.settings.demo && origin.address.is_loopback()
}

/// What one customer of a network has for himself: an IPv4 address, or a /64 of IPv6.
fn network(address: std::net::IpAddr) -> Vec<u8> {
    match address.to_canonical() {
        std::net::IpAddr::V4(v4) => v4.octets().to_vec(),
        std::net::IpAddr::V6(v6) => v6.octets().iter().take(8).copied().collect(),
    }
}
