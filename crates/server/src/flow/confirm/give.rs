//! What a confirmed login gives: a browser session or an authorization code, and a mark for the program.
//! In the unit of work that confirmed it, so that there is never one without the other.

use crate::{
    app::{App, nonce},
    flow::confirm::effects::{Scene, audit},
    handle::Kind,
};
use domain::{
    Timestamp,
    audit::Kind as Audit,
    confirmation::{Channel, Confirmation, Operation, Redemption, Return},
    device::{Method, Verification},
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
    /// An authorization code for confirmed details, and its way back.
    Back(String, Box<Return>),
    /// Nothing here: who asked was told.
    Told,
}

/// How a login was confirmed.
pub struct Way {
    /// The method.
    pub method: Method,
    /// What the device proved beside that its user holds it.
    pub verification: Verification,
    /// When.
    pub at: Timestamp,
}

/// Gives what the login's channel says.
pub fn give(
    app: &App,
    sql: &mut dyn Sql,
    scene: &Scene,
    confirmation: &Confirmation,
    way: &Way,
) -> Result<Given, Error> {
    let login = &confirmation.operation;
    let used = amr(true, way.method, way.verification);
    match &login.channel {
        Channel::Details(back) => {
            let code = crate::flow::oidc::details::code(app, sql, scene, confirmation, (back, &used))?;
            return Ok(Given { pass: Pass::Back(code, back.clone()), mark: None });
        }
        Channel::Backchannel | Channel::Phone | Channel::Activation => {
            return Ok(Given { pass: Pass::Told, mark: None });
        }
        Channel::Hosted | Channel::FirstParty(_) | Channel::Authorization { .. } => {}
    }
    let mark = mark(app, sql, scene, confirmation, login)?;
    crate::flow::login::familiar::seen(app, sql, confirmation.user, login, scene.now)?;
    let pass = match &login.channel {
        Channel::FirstParty(redemption) => Pass::Code(code(app, sql, scene, confirmation, (login, redemption, way))?),
        Channel::Authorization { request, .. } => {
            Pass::Onward(session(app, sql, scene, confirmation, (login, way))?, request.clone())
        }
        _ => Pass::Session(session(app, sql, scene, confirmation, (login, way))?),
    };
    Ok(Given { pass, mark })
}

/// A known program is seen again; an unknown one becomes known.
fn mark(
    app: &App,
    sql: &mut dyn Sql,
    scene: &Scene,
    confirmation: &Confirmation,
    login: &Operation,
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
    (login, way): (&Operation, &Way),
) -> Result<String, Error> {
    let (handle, digest) = app.handles.mint(Kind::Session, confirmation.user);
    let session = store::session::Session {
        user: confirmation.user,
        id: SessionId::new(scene.now, &nonce()),
        confirmation: confirmation.id,
        agent: login.agent.clone(),
        address: login.address.clone(),
        acr: ACR_TWO_FACTORS.to_owned(),
        amr: amr(true, way.method, way.verification).join(" "),
        created_at: scene.now,
        last_seen_at: scene.now,
        expires_at: scene.now.plus(app.settings.session_overall),
        stays: false,
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
    (login, redemption, way): (&Operation, &Redemption, &Way),
) -> Result<String, Error> {
    let (handle, digest) = app.handles.mint(Kind::Code, confirmation.user);
    let code = store::code::Code {
        user: confirmation.user,
        digest,
        confirmation: confirmation.id,
        client: login.client.clone(),
        redemption: redemption.clone(),
        acr: ACR_TWO_FACTORS.to_owned(),
        amr: amr(true, way.method, way.verification).join(" "),
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
