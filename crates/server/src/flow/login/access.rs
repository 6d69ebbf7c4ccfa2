//! What has access to a user's login besides the devices: open sessions with the programs in them, programs that keep their
//! access without one, and known browsers. Each is ended from a session of the user, all others at once too.

use super::session;
use crate::{
    app::App,
    flow::{Refused, oidc::token::REFRESH_LIFE},
    handle::Read,
    work::Work,
};
use domain::{
    Timestamp,
    audit::{About, Actor, Detail, Kind as Audit},
    id::{GrantId, SessionId, UserId},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use store::{Error, grant::Standing, mark::Mark, session::Session};

/// What has access.
#[derive(Debug)]
pub struct Access {
    /// Living sessions, the last used first.
    pub sessions: Vec<Open>,
    /// Programs whose access outlives any session.
    pub programs: Vec<Program>,
    /// Known browsers and programs with the digests of their handles.
    pub marks: Vec<(Mark, [u8; 32])>,
}

/// A living session.
#[derive(Debug)]
pub struct Open {
    /// The session.
    pub session: Session,
    /// The clients that its user was let into from it.
    pub clients: BTreeSet<String>,
}

/// A program that keeps its access by a refresh token (`offline_access`).
#[derive(Debug)]
pub struct Program {
    /// What it was granted.
    pub grant: GrantId,
    /// The client.
    pub client: String,
    /// What it called itself at its login, as long as that is kept.
    pub agent: Option<String>,
    /// When it was granted.
    pub since: Timestamp,
    /// When it last fetched tokens.
    pub last_used: Timestamp,
}

/// Grants that are looked through, the latest.
const GRANTS: u32 = 200;

/// Finds what has access, in a unit of work that tells the user.
pub fn find(work: &mut Work<'_>, user: UserId) -> Result<Access, Error> {
    let alive = session::alive(work.app, work.now);
    let sessions = store::session::of_user(work.sql, user, alive)?;
    let mut in_session = BTreeMap::<SessionId, BTreeSet<String>>::new();
    let mut programs = vec![];
    for Standing { grant, refreshes_until } in store::grant::standing(work.sql, user, GRANTS)? {
        match (refreshes_until.filter(|until| *until > work.now), grant.session) {
            (Some(until), from) => {
                let login = from.map(|id| store::session::one(work.sql, user, id)).transpose()?.flatten();
                programs.push(Program {
                    grant: grant.id,
                    client: grant.client,
                    agent: login.map(|login| login.agent),
                    since: grant.created_at,
                    last_used: until.minus(REFRESH_LIFE),
                });
            }
            (None, Some(session)) => {
                in_session.entry(session).or_default().insert(grant.client);
            }
            // What a back end asked once, and got an answer to.
            (None, None) => {}
        }
    }
    let mut open = vec![];
    for session in sessions {
        let names = store::session::line(work.sql, user, session.id)?;
        let clients = names.iter().filter_map(|name| in_session.remove(name)).flatten().collect();
        open.push(Open { session, clients });
    }
    Ok(Access { sessions: open, programs, marks: store::mark::of_user(work.sql, user)? })
}

/// Ends what a program was granted. False when there is no such, or no more.
pub async fn end_program(app: &Arc<App>, user: UserId, grant: GrantId) -> Result<bool, Refused> {
    app.work(Actor::User, move |work| {
        work.about.user = Some(user);
        Ok(end_grant(work, user, grant)?)
    })
    .await
}

fn end_grant(work: &mut Work<'_>, user: UserId, id: GrantId) -> Result<bool, Error> {
    let Some(grant) = store::grant::live(work.sql, user, id)? else { return Ok(false) };
    store::grant::end(work.sql, user, id, work.now)?;
    let about = About { client: Some(grant.client), ..work.about.clone() };
    work.beside(about, |work| work.record(Audit::GrantEnded, Detail::none().grant(id)))?;
    Ok(true)
}

/// Ends every session but the one that asks, with what it is trusted for, and every program's access that outlives one; and
/// forgets every browser but the one that holds these handles. Devices stay as they are.
pub async fn end_others(app: &Arc<App>, by: &Session, held: Vec<Read>) -> Result<(), Refused> {
    let (user, asking) = (by.user, by.id);
    app.work(Actor::User, move |work| {
        work.about.user = Some(user);
        let access = find(work, user)?;
        session::end_others(work, user, Some(asking))?;
        for program in access.programs {
            end_grant(work, user, program.grant)?;
        }
        for (mark, digest) in access.marks {
            if !held.iter().any(|read| read.digest == digest) {
                session::forget(work, user, mark.id)?;
            }
        }
        Ok(())
    })
    .await
}
