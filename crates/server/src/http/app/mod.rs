//! The phone app, `/app/`: its files, what it may know before anybody is known, and its own session.

pub mod routes;

pub use routes::ROUTES;
pub(crate) use routes::mount;

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
        answer::{File, IfAny, Page, WithCookie},
        extract::{
            address::Segment,
            body::JsonBody,
            caller::{Anyone, Caller, Who},
            form::same_origin,
            page::Visit,
            session::{begun, ended},
        },
        problem::{ApiProblem, Slug},
    },
    pages::{
        assets::{self, BuiltApp},
        error::ErrorKind,
        help,
    },
};
use axum::{
    Json,
    extract::{FromRequestParts, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, NoContent},
};
use i18n::Lang;
use std::sync::Arc;
use wire::help::HelpText;
use wire::phone_app::{Config, Desk, OpenSession, Session};

/// The app loads only what comes from here, makes no script from text (Trusted Types), and is framed by nobody. Its
/// pictures may also be what it drew or scanned itself.
const CSP: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; \
     manifest-src 'self'; worker-src 'self'; frame-src 'self'; require-trusted-types-for 'script'; \
     trusted-types countersign-app; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// The standalone app is the same, but for our own app's frame, in which it is asked whether it is there.
const STANDALONE_CSP: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
     require-trusted-types-for 'script'; trusted-types countersign-app; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'self'",
);

/// The camera reads codes; the platform's authenticator answers for the user.
const PERMISSIONS: HeaderValue = HeaderValue::from_static(
    "camera=(self), publickey-credentials-create=(self), publickey-credentials-get=(self), microphone=(), \
     geolocation=(), payment=()",
);

/// `GET /app`: to where the app is.
pub async fn entrance(_: State<Shared>, visit: Visit) -> Page {
    visit.go("/app/")
}

/// `GET /app/`.
pub async fn index(_: State<Shared>, visit: Visit, headers: HeaderMap) -> Result<File, Page> {
    serve(&visit, &headers, BuiltApp::Phone, "index.html")
}

/// `GET /app/{path}`.
pub async fn file(_: State<Shared>, visit: Visit, headers: HeaderMap, Segment(path): Segment) -> Result<File, Page> {
    serve(&visit, &headers, BuiltApp::Phone, &path.ok_or_else(|| visit.error(ErrorKind::NotFound))?)
}

/// `GET /legacy-app`: to where the standalone app is.
pub async fn standalone_entrance(_: State<Shared>, visit: Visit) -> Page {
    visit.go("/legacy-app/")
}

/// `GET /legacy-app/`.
pub async fn standalone(_: State<Shared>, visit: Visit, headers: HeaderMap) -> Result<File, Page> {
    serve(&visit, &headers, BuiltApp::Standalone, "index.html")
}

/// `GET /legacy-app/{path}`.
pub async fn standalone_file(
    _: State<Shared>,
    visit: Visit,
    headers: HeaderMap,
    Segment(path): Segment,
) -> Result<File, Page> {
    serve(&visit, &headers, BuiltApp::Standalone, &path.ok_or_else(|| visit.error(ErrorKind::NotFound))?)
}

#[expect(clippy::result_large_err, reason = "the error is the answer that goes out, made once")]
fn serve(visit: &Visit, headers: &HeaderMap, app: BuiltApp, path: &str) -> Result<File, Page> {
    let codings = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let takes = |coding: &str| codings.split(',').any(|one| one.trim().eq_ignore_ascii_case(coding));
    let Some((asset, packed)) = assets::of_app(app, path, takes) else {
        return Err(visit.error(ErrorKind::NotFound));
    };
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
    match app {
        BuiltApp::Phone => head.insert(header::CONTENT_SECURITY_POLICY, CSP),
        BuiltApp::Standalone => {
            head.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
            head.insert(header::CONTENT_SECURITY_POLICY, STANDALONE_CSP)
        }
    };
    head.insert("permissions-policy", PERMISSIONS);
    head.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let (Some(coding), false) = (packed, fresh) {
        head.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    Ok(File(response))
}

/// `GET /app/help/{language}`.
pub async fn help(
    State(app): State<Shared>,
    _: Anyone,
    Segment(language): Segment,
) -> Result<Json<HelpText>, ApiProblem> {
    let lang = language.and_then(|tag| Lang::parse(&tag)).ok_or(Slug::NotFound)?;
    Ok(Json(help::text::with_limits(lang, help::LimitLine::of(&app.settings.catalogue)).ok_or(Slug::NotFound)?))
}

/// `GET /app/config.json`.
pub async fn config(State(app): State<Shared>, _: Anyone) -> Json<Config> {
    let settings = &app.settings;
    Json(Config {
        issuer: settings.issuer.clone(),
        product: settings.product.clone(),
        trade_url: settings.trade_url.clone(),
        cards: app.card_processor.is_some(),
        demo: settings.demo,
        standalone_from: settings.standalone_from.to_string(),
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

impl Caller for OwnCall {
    const WHO: Who = Who::OwnPage;
}

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
pub async fn session(State(app): State<Shared>, OwnCall(visit): OwnCall) -> Result<IfAny<Session>, ApiProblem> {
    let Some(handle) = visit.session() else { return Ok(IfAny(None)) };
    let found = session::looked_at(&app, handle).await?;
    Ok(IfAny(found.map(|found| shown(found.user.username.as_str(), found.session.expires_at))))
}

/// `POST /app/session`: a session for the code of a first-party login of the app.
pub async fn open(
    State(app): State<Shared>,
    OwnCall(visit): OwnCall,
    origin: Origin,
    JsonBody(body): JsonBody<OpenSession>,
) -> Result<WithCookie<Json<Session>>, ApiProblem> {
    let brought = Brought { code: body.code, verifier: body.code_verifier };
    let session = app_session::of_code(&app, PHONE_APP, brought, &origin).await?;
    let cookie = begun(&app, &visit, &session.handle, Some(session.life(app.now()))).await;
    Ok(WithCookie { answer: Json(shown(&session.username, session.expires_at)), cookie })
}

/// `POST /app/session/end`.
pub async fn end(State(app): State<Shared>, OwnCall(visit): OwnCall) -> Result<WithCookie<NoContent>, ApiProblem> {
    if let Some(handle) = visit.session()
        && let Some(found) = session::looked_at(&app, handle).await?
    {
        session::log_out(&app, found.user.id, found.session.id).await?;
    }
    Ok(WithCookie { answer: NoContent, cookie: ended(&app) })
}

fn shown(username: &str, expires_at: domain::Timestamp) -> Session {
    Session { username: username.to_owned(), expires_at: expires_at.unix_seconds() }
}
