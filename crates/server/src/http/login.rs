//! The hosted login: password, chooser, the device's screen. Works without JavaScript.
//!
//! An attempt's handle lives in a cookie of its own; the address bar shows a short public id only.

mod screen;

use crate::{
    clients::{Client, HOSTED},
    flow::{
        Origin, Refused,
        confirm::{
            attempt::{self, Act, Going, Owner, Progress, Request},
            give::{Given, Pass},
            next::View,
            way_back::{self, WayBack},
        },
        login::{
            password::{self, Begin, Claim},
            session,
        },
        oidc::authorize::{self, Waiting},
    },
    handle::Kind,
    http::{
        Shared, cookie,
        login::screen::{minutes, screen},
        open,
        page::{MOST_MARKS, PageForm, Visit, seconds},
        problem::{ApiProblem, Slug},
    },
    pages::{
        Frame,
        error::ErrorKind,
        login::{Back, EndReason, Ended, Password, PasswordNotice},
    },
};
use axum::{
    extract::State,
    http::{Method, StatusCode, Uri, header},
    response::{IntoResponse, Response, sse::Event},
};
use domain::{
    Secret,
    confirmation::{Channel, Exhaustion, Outcome},
    version::ChooserSince,
};
use futures_util::stream;
use oidc::{Form, authorize::Addressee, first_party::limits};
use sha2::{Digest as _, Sha256};
use std::{sync::Arc, time::Duration};

/// Octets of an attempt's public id.
const PUBLIC_ID: usize = 64;

/// How much longer than the attempt its cookie lives, so that a late answer is told "expired" and not "unknown".
const COOKIE_GRACE: Duration = Duration::from_secs(3600);

/// `GET /login`: the password page, or where an attempt stands.
pub async fn show(State(app): State<Shared>, visit: Visit, origin: Origin, method: Method, uri: Uri) -> Response {
    // Whoever only looks takes nothing that is given once.
    if method == Method::HEAD {
        return visit.go("/login");
    }
    let query = Form::parse(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    let asked = |name| query.optional(name, PUBLIC_ID).ok().flatten();
    if let Some(attempt) = asked("attempt") {
        return step(&app, &visit, origin, attempt, Act::Look).await;
    }
    let notice = match asked("notice") {
        Some("signed-out") => Some(PasswordNotice::SignedOut),
        Some("session-ended") => Some(PasswordNotice::SessionEnded),
        _ => None,
    };
    if let Ok(Some(handle)) = query.optional("request", limits::HANDLE) {
        return match authorize::look(&app, handle).await {
            Ok(Some(waiting)) => {
                let visit = visit.leading_on(true);
                let username = waiting.request.login_hint.clone().unwrap_or_default();
                let asked = Asked { username, ..Asked::by(&app, handle, &waiting) };
                password_page(&visit, StatusCode::OK, asked, notice)
            }
            Ok(None) => password_page(&visit, StatusCode::OK, Asked::default(), Some(PasswordNotice::AttemptExpired)),
            Err(refused) => visit.refused(&refused),
        };
    }
    password_page(&visit, StatusCode::OK, Asked::default(), notice)
}

/// What a password page is filled with: whom it is about, and for which request of which program.
#[derive(Default)]
struct Asked {
    username: String,
    request: String,
    asker: Option<String>,
}

impl Asked {
    fn by(app: &Shared, handle: &str, waiting: &Waiting) -> Self {
        let asker = app.clients.find(&waiting.request.client_id).map(|client| client.name.clone());
        Self { username: String::new(), request: handle.to_owned(), asker }
    }
}

/// `POST /login`: the password step.
pub async fn begin(State(app): State<Shared>, form: PageForm) -> Result<Response, Response> {
    let username = form.field("username", limits::USERNAME)?.to_owned();
    let password = form.field("password", limits::PASSWORD)?;
    let request = form.field("request", limits::HANDLE)?.to_owned();
    let waiting = authorize::look(&app, &request).await.map_err(|refused| form.visit.refused(&refused))?;
    let channel = match &waiting {
        Some(waiting) => Channel::Authorization { request: request.clone(), origin: waiting.origin() },
        None => Channel::Hosted,
    };
    let begin = Begin {
        claim: Claim {
            client: HOSTED.to_owned(),
            username: username.clone(),
            password: Secret::new(password.to_owned()),
            marks: form.visit.marks(),
            browser: Some(form.visit.browser()),
            origin: form.origin,
        },
        client: Client {
            id: HOSTED.to_owned(),
            name: app.settings.product.clone(),
            first_party: true,
            chooser_since: ChooserSince::default(),
            oauth: oidc::client::Registration::default(),
        },
        version: None,
        channel,
    };
    let asked = waiting.as_ref().map(|waiting| Asked::by(&app, &request, waiting)).unwrap_or_default();
    let visit = form.visit.leading_on(waiting.is_some());
    Ok(match password::begin(&app, begin).await {
        Ok(Progress { handle, going: Going::Awaiting(view) }) => begun(&app, &visit, &handle, &view),
        Ok(Progress { going: Going::Done(given), .. }) => signed_in(&app, &visit, *given).await,
        Err(refused) => password_refused(&app, &visit, Asked { username, ..asked }, &refused),
    })
}

fn begun(app: &Shared, visit: &Visit, handle: &str, view: &View) -> Response {
    on_to(app, visit, handle, Duration::from_secs(view.expires_in))
}

/// On to the pages of an attempt, whose handle goes into a cookie of its own.
pub(crate) fn on_to(app: &Shared, visit: &Visit, handle: &str, life: Duration) -> Response {
    let id = public_id(handle);
    let mut response = visit.go(&format!("/login?attempt={id}"));
    let life = life + COOKIE_GRACE;
    let line = cookie::set(&app.settings, &format!("{}{id}", cookie::ATTEMPT), handle, Some(life));
    response.headers_mut().extend(line.map(|line| (header::SET_COOKIE, line)));
    response
}

/// A short name of an attempt that gives nothing away: half of a digest of its handle.
fn public_id(handle: &str) -> String {
    let digest = Sha256::digest(handle.as_bytes());
    digest.iter().take(8).map(|octet| format!("{octet:02x}")).collect()
}

fn password_refused(app: &Shared, visit: &Visit, asked: Asked, refused: &Refused) -> Response {
    match refused {
        Refused::InvalidCredentials => {
            password_page(visit, StatusCode::FORBIDDEN, asked, Some(PasswordNotice::InvalidCredentials))
        }
        Refused::Throttled(wait) => {
            let notice = PasswordNotice::Throttled { seconds: seconds(*wait) };
            let mut response = password_page(visit, StatusCode::TOO_MANY_REQUESTS, asked, Some(notice));
            crate::http::problem::retry_after(&mut response, Some(*wait));
            response
        }
        Refused::Busy => {
            let mut response = password_page(visit, StatusCode::SERVICE_UNAVAILABLE, asked, Some(PasswordNotice::Busy));
            crate::http::problem::retry_after(&mut response, Some(crate::http::problem::BUSY_WAIT));
            response
        }
        Refused::Unavailable => {
            let notice = Some(PasswordNotice::Unavailable);
            let mut response = password_page(visit, StatusCode::SERVICE_UNAVAILABLE, asked, notice);
            crate::http::problem::retry_after(&mut response, Some(crate::http::problem::UNAVAILABLE_WAIT));
            response
        }
        Refused::DeviceLocked(until) => {
            let reason = EndReason::DeviceLocked { minutes: minutes(*until, app.now()) };
            over(visit, reason, On::Again(asked.request))
        }
        Refused::NoUsableDevice => over(visit, EndReason::NoUsableDevice, On::Again(asked.request)),
        other => visit.refused(other),
    }
}

fn password_page(visit: &Visit, status: StatusCode, asked: Asked, notice: Option<PasswordNotice>) -> Response {
    let Asked { username, request, asker } = asked;
    let back = if request.is_empty() { "/login".to_owned() } else { format!("/login?request={request}") };
    let frame = Frame { request: request.clone(), ..visit.frame_at(&back) };
    visit.show(status, &Password { frame, username, notice, request, asker })
}

/// `POST /login/device`: a device was picked.
pub async fn device(State(app): State<Shared>, form: PageForm) -> Result<Response, Response> {
    let device = form.field("device", limits::OTHER)?.to_owned();
    post(&app, form, Act::Choose { device, method: None }).await
}

/// `POST /login/method`: another method of the same device.
pub async fn method(State(app): State<Shared>, form: PageForm) -> Result<Response, Response> {
    let method = form.field("method", limits::OTHER)?.to_owned();
    post(&app, form, Act::Method(method)).await
}

/// `POST /login/back`: back to the chooser.
pub async fn back(State(app): State<Shared>, form: PageForm) -> Result<Response, Response> {
    post(&app, form, Act::Back).await
}

/// `POST /login/cancel`: leaves a login that a program asked for, which learns of it.
pub async fn cancel(State(app): State<Shared>, form: PageForm) -> Result<Response, Response> {
    let request = form.field("request", limits::HANDLE)?.to_owned();
    Ok(given_up(&app, &form.visit, &request).await)
}

/// Back to the program whose request waits, which gets nothing for it.
async fn given_up(app: &Shared, visit: &Visit, request: &str) -> Response {
    match authorize::take(app, request).await {
        Ok(Some(waiting)) => visit.go(&waiting.request.addressee.denied(&app.settings.issuer, "denied")),
        Ok(None) => password_page(visit, StatusCode::OK, Asked::default(), Some(PasswordNotice::AttemptExpired)),
        Err(refused) => visit.refused(&refused),
    }
}

/// `POST /login/decline`: refuses what is not a login.
pub async fn decline(State(app): State<Shared>, form: PageForm) -> Result<Response, Response> {
    post(&app, form, Act::Decline).await
}

/// `POST /login/answer`: a response, a passcode or card values. The two values of a card have a field each, and may
/// both stand in the first.
pub async fn answer(State(app): State<Shared>, form: PageForm) -> Result<Response, Response> {
    let (first, second) = (form.field("response", limits::RESPONSE)?, form.field("second", limits::RESPONSE)?);
    let response = format!("{first}{second}");
    post(&app, form, Act::Answer(Arc::new(Secret::new(response)))).await
}

/// `GET /login/events`: one event when the attempt changed; the page then asks for its address again. The answer itself
/// gives nothing: cookies are set where the page is asked for.
pub async fn events(State(app): State<Shared>, visit: Visit, origin: Origin, uri: Uri) -> Response {
    let query = Form::parse(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    let attempt = query.optional("attempt", PUBLIC_ID).ok().flatten().unwrap_or_default();
    let name = format!("{}{attempt}", cookie::ATTEMPT);
    let handle = cookie::value(&visit.headers, &app.settings, &name).unwrap_or_default().to_owned();
    let Some(read) = app.handles.read(Kind::Attempt, &handle) else {
        return ApiProblem::from(Slug::NotFound).into_response();
    };
    let since = query.optional("version", PUBLIC_ID).ok().flatten().and_then(|text| text.parse().ok());
    let Ok(place) = open::place(&app, &read.digest, read.user, &origin) else {
        return ApiProblem::too_many_open().into_response();
    };
    let changed = async move {
        // Trouble and an attempt that is gone are news too: the page then sees for itself.
        let _ = attempt::changed(&app, &handle, since).await;
        Event::default().event("changed").data("now")
    };
    open::events(place, stream::once(changed))
}

async fn post(app: &Shared, form: PageForm, act: Act) -> Result<Response, Response> {
    let attempt = form.field("attempt", PUBLIC_ID)?.to_owned();
    Ok(step(app, &form.visit, form.origin, &attempt, act).await)
}

async fn step(app: &Shared, visit: &Visit, origin: Origin, attempt: &str, act: Act) -> Response {
    let name = format!("{}{attempt}", cookie::ATTEMPT);
    let Some(handle) = cookie::value(&visit.headers, &app.settings, &name).filter(|handle| !handle.is_empty()) else {
        return password_page(visit, StatusCode::OK, Asked::default(), Some(PasswordNotice::AttemptExpired));
    };
    let request = Request { handle: handle.to_owned(), owner: Owner::Pages, act, wait: Duration::ZERO, origin };
    match attempt::act(app, request).await {
        Ok(Progress { going: Going::Awaiting(view), .. }) => screen(visit, attempt, *view),
        Ok(Progress { going: Going::Done(given), .. }) => {
            // What was not a login stays known, so that a form sent twice is told that it was answered.
            let login = !matches!(given.pass, Pass::Back(..) | Pass::Told);
            let mut response = signed_in(app, visit, *given).await;
            if !login {
                return response;
            }
            response.headers_mut().extend(cookie::clear(&app.settings, &name).map(|line| (header::SET_COOKIE, line)));
            response
        }
        Err(refused) => {
            let way_back = match way_back::way_back(app, handle).await {
                Ok(way_back) => way_back,
                Err(refused) => return visit.refused(&refused),
            };
            step_refused(app, visit, (attempt, way_back), &refused).await
        }
    }
}

async fn step_refused(
    app: &Shared,
    visit: &Visit,
    (attempt, way_back): (&str, Option<WayBack>),
    refused: &Refused,
) -> Response {
    let reason = match refused {
        Refused::Ended(Outcome::Confirmed { .. }) => EndReason::AlreadyAnswered,
        Refused::Ended(Outcome::Denied { .. }) => EndReason::Denied,
        Refused::Ended(Outcome::Expired { .. }) => EndReason::Expired,
        Refused::Ended(Outcome::Exhausted { because: Exhaustion::DeviceLocked(until), .. })
        | Refused::DeviceLocked(until) => EndReason::DeviceLocked { minutes: minutes(*until, app.now()) },
        Refused::Ended(Outcome::Exhausted { .. }) => EndReason::TooManyAttempts,
        Refused::NoUsableDevice => EndReason::NoUsableDevice,
        Refused::UnknownAttempt => {
            return password_page(visit, StatusCode::OK, Asked::default(), Some(PasswordNotice::AttemptExpired));
        }
        // A page that was sent twice, or an old one: show where the attempt stands.
        Refused::Caller(_) => return visit.go(&format!("/login?attempt={attempt}")),
        other => return visit.refused(other),
    };
    let denied = matches!(refused, Refused::Ended(Outcome::Denied { .. }));
    let on = match way_back {
        // Who asked is told at once; the user has just said it and needs no page about it.
        Some(WayBack::Client { to, .. }) if denied => return visit.go(&to),
        Some(WayBack::Login { request }) if denied => return given_up(app, visit, &request).await,
        Some(WayBack::Client { to, name }) => On::Back(Back { client: Some(name), address: to }),
        Some(WayBack::Login { request }) => On::Again(request),
        Some(WayBack::Settings) => On::Back(settings()),
        None => On::Again(String::new()),
    };
    over(visit, reason, on)
}

/// The way on from an end.
enum On {
    /// Back to where it came from: it was no login.
    Back(Back),
    /// Another try, for this request of a program; empty where none asked.
    Again(String),
}

/// The way on from a back end's request, which was answered from there.
fn settings() -> Back {
    Back { client: None, address: "/settings".to_owned() }
}

fn over(visit: &Visit, reason: EndReason, on: On) -> Response {
    let (request, back) = match on {
        On::Back(back) => (String::new(), Some(back)),
        On::Again(request) => (request, None),
    };
    let frame = Frame { request, ..visit.frame_at("/login") };
    visit.show(StatusCode::OK, &Ended { frame, reason, back })
}

async fn signed_in(app: &Shared, visit: &Visit, given: Given) -> Response {
    let (session, to) = match given.pass {
        Pass::Session(session) => (session, "/settings".to_owned()),
        Pass::Onward(session, request) => (session, format!("/oauth2/authorize/continue?request={request}")),
        Pass::Back(code, back) => {
            let uri = back.redemption.redirect_uri.unwrap_or_default();
            let addressee = Addressee { redirect_uri: uri, state: back.state };
            return visit.go(&addressee.answer(&app.settings.issuer, &code));
        }
        Pass::Told => return over(visit, EndReason::Told, On::Back(settings())),
        Pass::Code(_) => return visit.error(ErrorKind::Internal),
    };
    if let Some(old) = visit.session()
        && let Err(refused) = session::succeed(app, old, &session).await
    {
        tracing::warn!(%refused, "a browser's older session was not taken over; it ends by idling");
    }
    let mut response = visit.go(&to);
    let headers = response.headers_mut();
    headers.extend(cookie::set(&app.settings, cookie::SESSION, &session, None).map(|line| (header::SET_COOKIE, line)));
    if let Some(mark) = given.mark {
        let mut marks = vec![mark];
        marks.extend(visit.marks().into_iter().take(MOST_MARKS - 1));
        let line = cookie::set(&app.settings, cookie::MARKS, &marks.join("."), Some(app.settings.mark_life));
        headers.extend(line.map(|line| (header::SET_COOKIE, line)));
    }
    response
}
