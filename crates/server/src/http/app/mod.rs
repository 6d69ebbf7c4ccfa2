//! The phone app, `/app/`: its files, what it may know before anybody is known, and its own session.

use crate::{
    app::App,
    clients::PHONE_APP,
    flow::{
        Origin,
        login::{
            app_session::{self, Brought},
            session,
        },
    },
    http::{
        Shared,
        extract::body,
        extract::cookie,
        extract::page::{Visit, same_origin},
        problem::{self, ApiProblem, Slug},
    },
    pages::{assets, error::ErrorKind},
};
use axum::{
    Json,
    extract::{FromRequestParts, Path, Request, State, rejection::PathRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use std::{sync::Arc, time::Duration};
use wire::phone_app::{Config, Desk, OpenSession, Session};

/// The app loads only what comes from here, makes no script from text (Trusted Types), and is framed by nobody. Its
/// pictures may also be what it drew or scanned itself.
const CSP: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; \
     manifest-src 'self'; worker-src 'self'; require-trusted-types-for 'script'; trusted-types countersign-app; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// The camera reads codes; the platform's authenticator answers for the user.
const PERMISSIONS: HeaderValue = HeaderValue::from_static(
    "camera=(self), publickey-credentials-create=(self), publickey-credentials-get=(self), microphone=(), \
     geolocation=(), payment=()",
);

/// `GET /app`: to where the app is.
pub async fn entrance(visit: Visit) -> Response {
    visit.go("/app/")
}

/// `GET /app/`.
pub async fn index(visit: Visit, headers: HeaderMap) -> Response {
    serve(&visit, &headers, "index.html")
}

/// `GET /app/{path}`.
pub async fn file(visit: Visit, headers: HeaderMap, path: Result<Path<String>, PathRejection>) -> Response {
    match path {
        Ok(Path(path)) => serve(&visit, &headers, &path),
        Err(_) => visit.error(ErrorKind::NotFound),
    }
}

fn serve(visit: &Visit, headers: &HeaderMap, path: &str) -> Response {
    let gzip = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let gzip = gzip.is_some_and(|value| value.split(',').any(|one| one.trim().eq_ignore_ascii_case("gzip")));
    let Some((asset, packed)) = assets::of_phone_app(path, gzip) else { return visit.error(ErrorKind::NotFound) };
    // What carries its content's hash in its name never changes; everything else is asked for again.
    let kept = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let fresh = headers.get(header::IF_NONE_MATCH).is_some_and(|tag| tag.as_bytes() == asset.etag.as_bytes());
    let about = [(header::ETAG, asset.etag), (header::CACHE_CONTROL, kept.to_owned())];
    let mut response = if fresh {
        (StatusCode::NOT_MODIFIED, about).into_response()
    } else {
        (about, [(header::CONTENT_TYPE, asset.content_type)], asset.bytes).into_response()
    };
    let head = response.headers_mut();
    head.insert(header::CONTENT_SECURITY_POLICY, CSP);
    head.insert("permissions-policy", PERMISSIONS);
    head.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if packed && !fresh {
        head.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

/// `GET /app/config.json`.
pub async fn config(State(app): State<Shared>) -> Json<Config> {
    let settings = &app.settings;
    Json(Config {
        issuer: settings.issuer.clone(),
        product: settings.product.clone(),
        trade_url: settings.trade_url.clone(),
        cards: app.card_processor.is_some(),
        demo: settings.demo,
        desk_told: settings.desk_mail.is_some() && (settings.demo || app.carriers.mail.is_some()),
        desk: settings
            .desk
            .iter()
            .map(|number| Desk { country: number.country.clone(), phone: number.phone.clone() })
            .collect(),
    })
}

/// A call of the app's own page. No other site can make one: the browser says where it comes from.
pub struct OwnCall(Visit);

impl FromRequestParts<Arc<App>> for OwnCall {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiProblem> {
        let Ok(visit) = Visit::from_request_parts(parts, app).await;
        let named = parts.headers.contains_key(header::ORIGIN) || parts.headers.contains_key("sec-fetch-site");
        let ours = named && same_origin(&parts.headers, &app.settings.issuer);
        if ours { Ok(Self(visit)) } else { Err(Slug::CrossOrigin.into()) }
    }
}

/// `GET /app/session`: whose the app's session is, and until when; 204 where there is none.
pub async fn session(State(app): State<Shared>, OwnCall(visit): OwnCall) -> Result<Response, ApiProblem> {
    let Some(handle) = visit.session() else { return Ok(StatusCode::NO_CONTENT.into_response()) };
    let found = session::looked_at(&app, handle).await.map_err(|refused| problem::flow_refused(&refused))?;
    Ok(match found {
        Some(found) => Json(shown(found.user.username.as_str(), found.session.expires_at)).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

/// `POST /app/session`: a session for the code of a first-party login of the app.
pub async fn open(State(app): State<Shared>, request: Request) -> Result<Response, ApiProblem> {
    let (mut parts, content) = request.into_parts();
    let OwnCall(visit) = OwnCall::from_request_parts(&mut parts, &app).await?;
    let Ok(origin) = Origin::from_request_parts(&mut parts, &app).await;
    let body: OpenSession = body::json(Request::from_parts(parts, content)).await.map_err(Slug::from)?;
    let found =
        app_session::of_code(&app, PHONE_APP, Brought { code: body.code, verifier: body.code_verifier }, &origin).await;
    let session = found.map_err(|refused| problem::flow_refused(&refused))?;
    let mut response = Json(shown(&session.username, session.expires_at)).into_response();
    opened(&app, &visit, &session, &mut response).await;
    Ok(response)
}

/// Adds the cookie of a new session to an answer, for as long as the session may live. An older one of this browser is
/// over, or goes on in it.
pub(super) async fn opened(app: &Shared, visit: &Visit, session: &app_session::Opened, response: &mut Response) {
    if let Some(old) = visit.session()
        && let Err(error) = session::succeed(app, old, &session.handle).await
    {
        tracing::warn!(%error, "an older session of this browser goes on beside the new one");
    }
    let life = Duration::from_secs(session.expires_at.seconds_from(app.now()));
    let line = cookie::set(&app.settings, cookie::SESSION, &session.handle, Some(life));
    response.headers_mut().extend(line.map(|line| (header::SET_COOKIE, line)));
}

/// `POST /app/session/end`.
pub async fn end(State(app): State<Shared>, OwnCall(visit): OwnCall) -> Result<Response, ApiProblem> {
    if let Some(handle) = visit.session()
        && let Some(found) =
            session::looked_at(&app, handle).await.map_err(|refused| problem::flow_refused(&refused))?
    {
        session::end(&app, found.user.id, found.session.id).await.map_err(|refused| problem::flow_refused(&refused))?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().extend(cookie::clear(&app.settings, cookie::SESSION).map(|line| (header::SET_COOKIE, line)));
    Ok(response)
}

fn shown(username: &str, expires_at: domain::Timestamp) -> Session {
    Session { username: username.to_owned(), expires_at: expires_at.unix_seconds() }
}
