//! What a confirmed login gives: a browser session or an authorization code, and a mark for the program.
//! In the unit of work that confirmed it, so that there is never one without the other.

use super::unit::{Scene, audit};
use crate::{
    app::{App, nonce},
    handle::Kind,
};
use domain::{
    Timestamp,
    audit::Kind as Audit,
    confirmation::{Candidate, Confirmation, LoginChannel, LoginOperation, Operation, Redemption},
    device::{Algorithm, Method},
    id::{GrantId, MarkId, SessionId},
    lockout::Budget,
    login::{ACR_TWO_FACTORS, amr},
};
use serde_json::json;
use store::{Error, Sql};

/// What a confirmed login gives, once.
#[derive(Debug)]
pub struct Given {
    /// The way on.
    pub pass: Pass,
    /// A mark for a program that had none.
    pub mark: Option<String>,
}

/// The way on.
#[derive(Debug)]
pub enum Pass {
    /// A session's handle, for a cookie.
    Session(String),
    /// A session's handle, and the handle of the authorization request that waits for it.
    Onward(String, String),
    /// An authorization code.
    Code(String),
}

/// How a login was confirmed.
pub struct Way {
    /// The method.
    pub method: Method,
    /// Whether a PIN took part.
    pub has_pin: bool,
    /// When.
    pub at: Timestamp,
}

/// Whether a PIN takes part in the device's answers.
pub fn has_pin(candidate: &Candidate) -> bool {
    matches!(&candidate.algorithm, Some(Algorithm::Ocra { suite }) if suite.pin_algorithm().is_some())
}

/// Gives what the login's channel says.
pub fn give(
    app: &App,
    sql: &mut dyn Sql,
    scene: &Scene,
    confirmation: &Confirmation,
    way: &Way,
) -> Result<Given, Error> {
    let Operation::Login(login) = &confirmation.operation;
    let mark = mark(app, sql, scene, confirmation, login)?;
    super::place::seen(app, sql, confirmation.user, login, scene.now)?;
    let pass = match &login.channel {
        LoginChannel::Hosted => Pass::Session(session(app, sql, scene, confirmation, (login, way))?),
        LoginChannel::Authorization { request, .. } => {
            Pass::Onward(session(app, sql, scene, confirmation, (login, way))?, request.clone())
        }
        LoginChannel::FirstParty(redemption) => {
            Pass::Code(code(app, sql, scene, confirmation, (login, redemption, way))?)
        }
    };
    Ok(Given { pass, mark })
}

/// A known program is seen again; an unknown one becomes known.
fn mark(
    app: &App,
    sql: &mut dyn Sql,
    scene: &Scene,
    confirmation: &Confirmation,
    login: &LoginOperation,
) -> Result<Option<String>, Error> {
    if let Budget::Known(mark) = confirmation.budget {
        store::mark::seen(sql, confirmation.user, mark, scene.now)?;
        return Ok(None);
    }
    let (handle, digest) = app.handles.mint(Kind::Mark, confirmation.user);
    let mark = store::mark::Mark {
        user: confirmation.user,
        id: MarkId::new(scene.now, &nonce()),
        client: login.client.clone(),
        agent: login.agent.clone(),
        created_at: scene.now,
        last_seen_at: scene.now,
    };
    store::mark::insert(sql, &mark, digest)?;
    audit(sql, scene, Audit::MarkSet, &json!({ "mark": mark.id.to_string() }))?;
    Ok(Some(handle))
}

fn session(
    app: &App,
    sql: &mut dyn Sql,
    scene: &Scene,
    confirmation: &Confirmation,
    (login, way): (&LoginOperation, &Way),
) -> Result<String, Error> {
    let (handle, digest) = app.handles.mint(Kind::Session, confirmation.user);
    let session = store::session::Session {
        user: confirmation.user,
        id: SessionId::new(scene.now, &nonce()),
        confirmation: confirmation.id,
        agent: login.agent.clone(),
        address: login.address.clone(),
        acr: ACR_TWO_FACTORS.to_owned(),
        amr: amr(way.method, way.has_pin).join(" "),
        created_at: scene.now,
        last_seen_at: scene.now,
        expires_at: scene.now.plus(app.settings.session_overall),
    };
    store::session::insert(sql, &session, digest)?;
    audit(sql, scene, Audit::SessionStarted, &json!({ "session": session.id.to_string() }))?;
    Ok(handle)
}

fn code(
    app: &App,
    sql: &mut dyn Sql,
    scene: &Scene,
    confirmation: &Confirmation,
    (login, redemption, way): (&LoginOperation, &Redemption, &Way),
) -> Result<String, Error> {
    let (handle, digest) = app.handles.mint(Kind::Code, confirmation.user);
    let code = store::code::Code {
        user: confirmation.user,
        digest,
        confirmation: confirmation.id,
        client: login.client.clone(),
        redemption: redemption.clone(),
        acr: ACR_TWO_FACTORS.to_owned(),
        amr: amr(way.method, way.has_pin).join(" "),
        auth_at: way.at,
        expires_at: scene.now.plus(app.settings.code_life),
        redeemed_at: None,
        grant: GrantId::new(scene.now, &nonce()),
        session: None,
    };
    store::code::insert(sql, &code)?;
    audit(sql, scene, Audit::CodeIssued, &json!({ "grant": code.grant.to_string() }))?;
    Ok(handle)
}
