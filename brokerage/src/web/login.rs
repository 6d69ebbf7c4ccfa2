//! Logging in to a part and out of it, by the issuer.

use super::{
    Shared, home,
    part::Part,
    trouble::Trouble,
    visit::{PageForm, Visit, once},
    withdraw,
};
use crate::{
    app::token,
    provider::{
        login::{Identity, Redemption, Sent},
        proof::LoggedOut,
    },
    store::{
        customer, first_seen,
        session::{self, Login, Purpose, Session},
    },
};
use axum::{
    body::to_bytes,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use std::time::Duration;

/// How old a login may be for a sensitive page, in seconds.
pub const RECENT: i64 = 300;
/// How long the answer of the issuer is awaited, in seconds.
const PATIENCE: i64 = 1800;
/// How long a session lives, in seconds.
const SESSION: i64 = 8 * 3600;
/// Longest logout token's form, in octets.
const LONGEST: usize = 8 * 1024;

/// `GET /portal/login`.
pub async fn portal(visit: Visit) -> Response {
    let to = visit.parameter("to").and_then(page).unwrap_or("/portal/").to_owned();
    begin(&visit, Part::Portal, Purpose::Page(to)).await
}

/// `GET /trader/login`.
pub async fn trader(visit: Visit) -> Response {
    begin(&visit, Part::Trader, Purpose::Page("/trader/".to_owned())).await
}

/// The pages of the portal that a login may lead to.
fn page(name: &str) -> Option<&'static str> {
    ["/portal/", "/portal/withdraw", "/portal/statements"].into_iter().find(|page| *page == name)
}

/// Sends the browser to log in.
pub async fn begin(visit: &Visit, part: Part, purpose: Purpose) -> Response {
    let max_age = match purpose {
        Purpose::StepUp => Some(Duration::from_secs(RECENT.unsigned_abs())),
        _ => None,
    };
    let sent = visit.app.provider.login(visit.app.registered(part), &callback(&visit.app, part), max_age).await;
    let sent = match sent {
        Ok(sent) => sent,
        Err(error) => return Trouble::from(error).show(visit),
    };
    match await_answer(visit, part, &sent, purpose).await {
        Ok(()) => visit.go(&sent.url),
        Err(trouble) => trouble.show(visit),
    }
}

/// Notes what is expected when the browser comes back.
///
/// # Errors
/// The database's.
pub async fn await_answer(visit: &Visit, part: Part, sent: &Sent, purpose: Purpose) -> Result<(), Trouble> {
    let now = visit.app.clock.now();
    let login = Login {
        state: sent.state.clone(),
        browser: visit.browser().to_vec(),
        part,
        nonce: sent.nonce.clone(),
        verifier: sent.verifier.clone(),
        purpose,
    };
    visit.app.store.run(move |tx| Ok(session::await_answer(tx, &login, (now, now + PATIENCE))?)).await
}

/// Where the issuer sends a part's browsers back to.
pub fn callback(app: &Shared, part: Part) -> String {
    format!("{}{}callback", app.public_url, part.home())
}

/// `GET /portal/callback`.
pub async fn portal_callback(visit: Visit) -> Response {
    answered(visit, Part::Portal).await
}

/// `GET /trader/callback`.
pub async fn trader_callback(visit: Visit) -> Response {
    answered(visit, Part::Trader).await
}

async fn answered(visit: Visit, part: Part) -> Response {
    let state = visit.parameter("state").unwrap_or_default().to_owned();
    let (browser, now) = (visit.browser(), visit.app.clock.now());
    let taken = visit.app.store.run(move |tx| Ok(session::answered(tx, &state, &browser, part, now)?)).await;
    let login = match taken {
        Ok(Some(login)) => login,
        Ok(None) => return home::message(&visit, StatusCode::BAD_REQUEST, "unexpected"),
        Err(trouble) => return Trouble::show(&trouble, &visit),
    };
    // RFC 9207: an answer of another server must not be taken for the issuer's.
    if visit.parameter("iss") != Some(visit.app.provider.issuer()) {
        return home::message(&visit, StatusCode::BAD_REQUEST, "unexpected");
    }
    let Some(code) = visit.parameter("code") else { return refused(&visit, &login).await };
    let redirect_uri = callback(&visit.app, part);
    let redemption = Redemption { code, redirect_uri: &redirect_uri, verifier: &login.verifier, nonce: &login.nonce };
    let identity = visit.app.provider.redeem(visit.app.registered(part), &redemption).await;
    match (identity, &login.purpose) {
        (Ok(identity), Purpose::Withdrawal(id)) => withdraw::confirmed(&visit, id, identity).await,
        (Ok(identity), Purpose::Page(to)) => enter(&visit, part, identity, to).await,
        (Ok(identity), Purpose::StepUp) if now - identity.auth_time > RECENT => {
            tracing::warn!("the issuer answered a request for a recent login with an old one");
            home::message(&visit, StatusCode::FORBIDDEN, "not-recent")
        }
        (Ok(identity), Purpose::StepUp) => enter(&visit, part, identity, "/portal/statements").await,
        (Err(error), Purpose::Withdrawal(id)) => withdraw::failed(&visit, id, error).await,
        (Err(error), _) => Trouble::from(error).show(&visit),
    }
}

/// The issuer sent an error instead of a code.
async fn refused(visit: &Visit, login: &Login) -> Response {
    match &login.purpose {
        Purpose::Withdrawal(id) => withdraw::declined(visit, id).await,
        Purpose::Page(_) | Purpose::StepUp => home::message(visit, StatusCode::OK, "no-login"),
    }
}

async fn enter(visit: &Visit, part: Part, identity: Identity, to: &str) -> Response {
    let (handle, now) = (token(), visit.app.clock.now());
    let (fresh, old) = (crate::app::digest(&handle), visit.session_digest(part));
    let session = Session {
        username: identity.username,
        sub: identity.sub,
        sid: identity.sid,
        id_token: identity.id_token,
        auth_time: identity.auth_time,
    };
    let begun = visit.app.store.run(move |tx| {
        if !customer::know(tx, &session.username, &session.sub)? {
            return Ok(false);
        }
        if let Some(old) = old {
            session::end(tx, &old)?;
        }
        session::begin(tx, &fresh, part, &session, (now, now + SESSION))?;
        Ok::<_, Trouble>(true)
    });
    match begun.await {
        Ok(true) => visit.with_cookie(visit.go(to), part.cookie(), Some(&handle)),
        Ok(false) => home::message(visit, StatusCode::FORBIDDEN, "another"),
        Err(trouble) => trouble.show(visit),
    }
}

/// `POST /portal/logout`.
pub async fn portal_logout(form: PageForm) -> Response {
    leave(&form.visit, Part::Portal).await
}

/// `POST /trader/logout`.
pub async fn trader_logout(form: PageForm) -> Response {
    leave(&form.visit, Part::Trader).await
}

/// Ends the session here, then at the issuer, which tells the other part.
async fn leave(visit: &Visit, part: Part) -> Response {
    let session = match visit.session(part).await {
        Ok(session) => session,
        Err(trouble) => return trouble.show(visit),
    };
    if let Some(handle) = visit.session_digest(part) {
        let ended = visit.app.store.run(move |tx| Ok::<_, Trouble>(session::end(tx, &handle)?)).await;
        if let Err(trouble) = ended {
            return trouble.show(visit);
        }
    }
    let bye = format!("{}bye", part.home());
    let to = match session {
        Some(session) => visit.app.provider.logout(&session.id_token, &format!("{}{bye}", visit.app.public_url)).await,
        None => Ok(bye.clone()),
    };
    let to = to.unwrap_or_else(|error| {
        tracing::warn!(%error, "the session at the issuer is not ended");
        bye
    });
    visit.with_cookie(visit.go(&to), part.cookie(), None)
}

/// `GET /portal/bye`, `GET /trader/bye`: back from the issuer's logout.
pub async fn bye(visit: Visit) -> Response {
    home::message(&visit, StatusCode::OK, "bye")
}

/// `POST /portal/backchannel-logout`.
pub async fn portal_told(State(app): State<Shared>, request: Request) -> Response {
    told(&app, Part::Portal, request).await
}

/// `POST /trader/backchannel-logout`.
pub async fn trader_told(State(app): State<Shared>, request: Request) -> Response {
    told(&app, Part::Trader, request).await
}

/// The issuer says that a session is over (Back-Channel Logout, 2.5 to 2.8).
async fn told(app: &Shared, part: Part, request: Request) -> Response {
    let refused = |why: &str| {
        tracing::warn!(why, "a logout token is refused");
        let body = serde_json::json!({ "error": "invalid_request", "error_description": why }).to_string();
        (StatusCode::BAD_REQUEST, [(header::CONTENT_TYPE, "application/json")], body).into_response()
    };
    let Ok(octets) = to_bytes(request.into_body(), LONGEST).await else { return refused("the form is too long") };
    let fields: Vec<_> = form_urlencoded::parse(&octets).into_owned().collect();
    let Some(text) = once(&fields, "logout_token") else { return refused("there is no logout_token") };
    let LoggedOut { sub, sid, jti, exp } = match app.provider.logged_out(app.registered(part), text).await {
        Ok(logged_out) => logged_out,
        Err(error) => return refused(&error.to_string()),
    };
    let now = app.clock.now();
    let ended = app.store.run(move |tx| {
        if !first_seen(tx, &jti, now, exp.saturating_add(3600))? {
            return Ok(None);
        }
        Ok::<_, Trouble>(Some(session::end_told(tx, part, sub.as_deref(), sid.as_deref())?))
    });
    match ended.await {
        Ok(Some(ended)) => {
            tracing::info!(ended, "sessions ended by the issuer");
            StatusCode::OK.into_response()
        }
        Ok(None) => refused("this logout token was here before"),
        Err(trouble) => {
            tracing::error!(%trouble, "a logout is not carried out");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
