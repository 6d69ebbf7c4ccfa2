//! The steps of an attempt: what its forms do, and the page of where it stands.

use super::{
    Asked, PUBLIC_ID,
    note::{Note, Said},
    on_to_step, password_page,
    screen::{minutes, screen},
};
use crate::{
    flow::{
        Origin, Refused,
        confirm::{
            attempt::{self, Act, Going, Owner, Progress, Request},
            give::{Given, Pass},
            way_back::{self, WayBack},
        },
        login::session,
        oidc::authorize,
    },
    handle::Kind,
    http::{
        Shared,
        extract::cookie,
        extract::open,
        extract::page::{MOST_MARKS, PageForm, Visit},
        problem::{ApiProblem, Slug},
    },
    pages::{
        Frame,
        error::ErrorKind,
        login::{Back, EndReason, Ended, PasswordNotice},
    },
};
use axum::{
    extract::State,
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response, sse::Event},
};
use domain::{
    Secret,
    confirmation::{Exhaustion, Outcome},
};
use futures_util::stream;
use oidc::{Form, authorize::Addressee, first_party::limits};
use std::{sync::Arc, time::Duration};

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
        Ok(None) => visit.go("/login?notice=over"),
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

/// `POST /login/again`: leaves a login for another start, for the same program. One that is over is left already.
pub async fn again(State(app): State<Shared>, form: PageForm) -> Result<Response, Response> {
    let attempt = form.field("attempt", PUBLIC_ID)?.to_owned();
    let visit = form.visit;
    let name = format!("{}{attempt}", cookie::ATTEMPT);
    let Some(handle) = held(&app, &visit, &name) else { return Ok(visit.go("/login")) };
    let left = act(&app, &handle, form.origin, Act::Leave).await;
    match left {
        Ok(_) | Err(Refused::Ended(_) | Refused::UnknownAttempt | Refused::Caller(_)) => {}
        Err(refused) => return Err(visit.refused(&refused)),
    }
    let behind = way_back::way_back(&app, &handle).await.map_err(|refused| visit.refused(&refused))?;
    let mut response = visit.go(&start(behind.as_ref()));
    response.headers_mut().extend(cookie::clear(&app.settings, &name).map(|line| (header::SET_COOKIE, line)));
    Ok(response)
}

/// `GET` where only forms lead: to where the browser's latest attempt stands, or to the start.
pub async fn standing(State(app): State<Shared>, visit: Visit) -> Response {
    let handles: Vec<_> =
        cookie::values(&visit.headers, &app.settings, cookie::ATTEMPT).into_iter().map(str::to_owned).collect();
    match attempt::latest(&app, &handles).await {
        Ok(Some(handle)) => visit.go(&on_to_step(&super::public_id(&handle))),
        Ok(None) => visit.go("/login"),
        Err(refused) => visit.refused(&refused),
    }
}

/// `GET /login/events`: one event when the attempt changed; the page then asks for its address again. The answer itself
/// gives nothing: cookies are set where the page is asked for.
pub async fn events(State(app): State<Shared>, visit: Visit, origin: Origin, uri: Uri) -> Response {
    let query = Form::parse(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    let attempt = query.optional("attempt", PUBLIC_ID).ok().flatten().unwrap_or_default();
    let handle = held(&app, &visit, &format!("{}{attempt}", cookie::ATTEMPT)).unwrap_or_default();
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

/// The handle in a cookie of this browser.
fn held(app: &Shared, visit: &Visit, name: &str) -> Option<String> {
    cookie::value(&visit.headers, &app.settings, name).filter(|handle| !handle.is_empty()).map(str::to_owned)
}

async fn act(app: &Shared, handle: &str, origin: Origin, act: Act) -> Result<Progress, Refused> {
    let request = Request { handle: handle.to_owned(), owner: Owner::Pages, act, wait: Duration::ZERO, origin };
    attempt::act(app, request).await
}

/// Does what a form says, and leads to the page of where the attempt then stands.
async fn post(app: &Shared, form: PageForm, act_: Act) -> Result<Response, Response> {
    let attempt = form.field("attempt", PUBLIC_ID)?.to_owned();
    let visit = form.visit;
    let to = on_to_step(&attempt);
    let Some(handle) = held(app, &visit, &format!("{}{attempt}", cookie::ATTEMPT)) else { return Ok(visit.go(&to)) };
    Ok(match act(app, &handle, form.origin, act_).await {
        Ok(Progress { going: Going::Done(given), .. }) => done(app, &visit, &attempt, *given).await,
        Ok(_) => visit.go(&to),
        Err(refused) => {
            if let Some(said) = Said::of(&refused, app.now()) {
                visit.go(&format!("{to}&said={}", Note::seal(&visit, said, "", app.now())))
            } else if let Refused::Ended(outcome) = refused {
                ended(app, &visit, (&attempt, &handle), outcome).await
            } else if let Refused::UnknownAttempt | Refused::Caller(_) | Refused::NotPermitted(_) = refused {
                // A page that was sent twice, or an old one: show where the attempt stands.
                visit.go(&to)
            } else {
                visit.refused(&refused)
            }
        }
    })
}

/// The answer to a form that ended an attempt: who asked is told at once of a refusal, which the user has just made.
async fn ended(app: &Shared, visit: &Visit, (attempt, handle): (&str, &str), outcome: Outcome) -> Response {
    match way_back::way_back(app, handle).await {
        Ok(Some(WayBack::Client { to, .. })) if matches!(outcome, Outcome::Denied { .. }) => visit.go(&to),
        Ok(_) => visit.go(&on_to_step(attempt)),
        Err(refused) => visit.refused(&refused),
    }
}

/// The page of where an attempt stands.
pub(super) async fn look(app: &Shared, visit: &Visit, origin: Origin, attempt: &str, note: Option<&Note>) -> Response {
    let expired = || password_page(visit, Asked::default(), Some((StatusCode::OK, PasswordNotice::AttemptExpired)));
    let Some(handle) = held(app, visit, &format!("{}{attempt}", cookie::ATTEMPT)) else { return expired() };
    let reason = match act(app, &handle, origin, Act::Look).await {
        Ok(Progress { going: Going::Awaiting(view), .. }) => {
            match note.and_then(|note| note.said.in_its_place(app.now())) {
                Some(reason @ EndReason::NoUsableDevice { .. }) => reason,
                _ => return screen(visit, attempt, *view, note.and_then(|note| note.said.at_step(app.now()))),
            }
        }
        Ok(Progress { going: Going::Done(given), .. }) => return done(app, visit, attempt, *given).await,
        Err(Refused::UnknownAttempt) => return expired(),
        Err(Refused::Ended(outcome)) => end_reason(outcome, app.now()),
        Err(Refused::DeviceLocked(until)) => EndReason::DeviceLocked { minutes: minutes(until, app.now()) },
        Err(refused) => return visit.refused(&refused),
    };
    match way_back::way_back(app, &handle).await {
        // Who asked is told at once; the user has just said it and needs no page about it.
        Ok(Some(WayBack::Client { to, .. })) if reason == EndReason::Denied => visit.go(&to),
        Ok(Some(WayBack::Login { request, .. })) if reason == EndReason::Denied => given_up(app, visit, &request).await,
        Ok(behind) => over(visit, reason, behind),
        Err(refused) => visit.refused(&refused),
    }
}

fn end_reason(outcome: Outcome, now: domain::Timestamp) -> EndReason {
    match outcome {
        Outcome::Confirmed { .. } => EndReason::AlreadyAnswered,
        Outcome::Denied { .. } => EndReason::Denied,
        Outcome::Expired { .. } => EndReason::Expired,
        Outcome::Abandoned { .. } => EndReason::Abandoned,
        Outcome::Exhausted { because: Exhaustion::DeviceLocked(until), .. } => {
            EndReason::DeviceLocked { minutes: minutes(until, now) }
        }
        Outcome::Exhausted { .. } => EndReason::TooManyAttempts,
    }
}

fn over(visit: &Visit, reason: EndReason, behind: Option<WayBack>) -> Response {
    let mut frame = visit.frame();
    let back = match behind {
        Some(WayBack::Client { to, name }) => Some(Back { client: Some(name), address: to }),
        Some(WayBack::Settings) => Some(Back { client: None, address: "/settings".to_owned() }),
        Some(WayBack::Login { request, name }) => {
            frame = Frame { request, asker: name, ..frame };
            None
        }
        None => None,
    };
    // A back end's request was answered from our own page, and whoever asked was told.
    let told = reason == EndReason::AlreadyAnswered && back.as_ref().is_some_and(|back| back.client.is_none());
    let reason = if told { EndReason::Told } else { reason };
    visit.show(StatusCode::OK, &Ended { frame, reason, back })
}

/// Where a login starts again: for the same program.
fn start(behind: Option<&WayBack>) -> String {
    match behind {
        Some(WayBack::Login { request, .. }) => format!("/login?request={request}"),
        _ => "/login".to_owned(),
    }
}

/// On with what an attempt gave.
async fn done(app: &Shared, visit: &Visit, attempt: &str, given: Given) -> Response {
    match given.pass {
        // What was not a login stays known, so that a form sent twice is told that it was answered.
        Pass::Told => visit.go(&on_to_step(attempt)),
        Pass::Back(..) => signed_in(app, visit, given).await,
        _ => {
            let mut response = signed_in(app, visit, given).await;
            let name = format!("{}{attempt}", cookie::ATTEMPT);
            response.headers_mut().extend(cookie::clear(&app.settings, &name).map(|line| (header::SET_COOKIE, line)));
            response
        }
    }
}

/// On with what a login gave: a session and a mark in cookies, or a code for who asked.
pub(super) async fn signed_in(app: &Shared, visit: &Visit, given: Given) -> Response {
    let (session, to) = match given.pass {
        Pass::Session(session) => (session, "/settings".to_owned()),
        Pass::Onward(session, request) => (session, format!("/oauth2/authorize/continue?request={request}")),
        Pass::Back(code, back) => {
            let uri = back.redemption.redirect_uri.unwrap_or_default();
            let addressee = Addressee { redirect_uri: uri, state: back.state };
            return visit.go(&addressee.answer(&app.settings.issuer, &code));
        }
        Pass::Told | Pass::Code(_) => return visit.error(ErrorKind::Internal),
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
