//! The steps of an attempt: what its forms do, and the page of where it stands.

use super::{
    Asked,
    note::{Note, Said},
    password_page,
    screen::{self, minutes, screen},
};
use crate::{
    flow::{
        Origin, Refused,
        confirm::{
            attempt::{self, Act, Going, Owner, Progress, Request},
            give::{Given, Pass},
            round::Codes,
            way_back::{self, WayBack},
        },
        oidc::authorize,
    },
    http::{
        Shared,
        answer::{Events, Page},
        extract::{
            address::Query,
            attempt::{self as attempts, AttemptCall, AttemptForm, PUBLIC_ID, address, forgotten, held},
            cookie,
            form::PageForm,
            open,
            page::{MOST_MARKS, Visit},
            session,
        },
        problem::{ApiProblem, Told},
    },
    pages::{
        Frame,
        error::ErrorKind,
        login::{Back, EndReason, Ended, PasswordNotice},
    },
};
use axum::{extract::State, http::StatusCode, response::sse::Event};
use domain::{
    Refusal, Secret,
    confirmation::{Exhaustion, Outcome},
};
use futures_util::stream;
use oidc::{
    authorize::Addressee,
    first_party::limits,
    webauthn::{MAX_CREDENTIAL, Signed},
};
use std::{sync::Arc, time::Duration};

/// `POST /login/device`: a device was picked.
pub async fn device(State(app): State<Shared>, sent: AttemptForm) -> Result<Page, Page> {
    let device = sent.form.field("device", limits::OTHER)?.to_owned();
    Ok(post(&app, sent, Act::Choose { device, method: None }).await)
}

/// `POST /login/method`: another method of the same device.
pub async fn method(State(app): State<Shared>, sent: AttemptForm) -> Result<Page, Page> {
    let method = sent.form.field("method", limits::OTHER)?.to_owned();
    Ok(post(&app, sent, Act::Method(method)).await)
}

/// `POST /login/more`: more time, once. A page whose script asks reads what is left from the page that this leads to.
pub async fn more(State(app): State<Shared>, sent: AttemptForm) -> Page {
    post(&app, sent, Act::MoreTime).await
}

/// `POST /login/back`: back to the chooser.
pub async fn back(State(app): State<Shared>, sent: AttemptForm) -> Page {
    post(&app, sent, Act::Back).await
}

/// `POST /login/cancel`: leaves a login that a program asked for, which learns of it.
pub async fn cancel(State(app): State<Shared>, form: PageForm) -> Result<Page, Page> {
    let request = form.field("request", limits::HANDLE)?.to_owned();
    Ok(given_up(&app, &form.visit, &request).await)
}

/// Back to the program whose request waits, which gets nothing for it.
async fn given_up(app: &Shared, visit: &Visit, request: &str) -> Page {
    match authorize::take(app, request, visit.browser()).await {
        Ok(Some(waiting)) => visit.go(&waiting.request.addressee.denied(&app.settings.issuer, "denied")),
        Ok(None) => visit.go("/login?notice=over"),
        Err(refused) => visit.refused(&refused),
    }
}

/// `POST /login/decline`: refuses what is not a login.
pub async fn decline(State(app): State<Shared>, sent: AttemptForm) -> Page {
    post(&app, sent, Act::Decline).await
}

/// `POST /login/answer`: a response, a passcode or card values. The two values of a card have a field each, and may
/// both stand in the first.
pub async fn answer(State(app): State<Shared>, sent: AttemptForm) -> Result<Page, Page> {
    let form = &sent.form;
    let (first, second) = (form.field("response", limits::RESPONSE)?, form.field("second", limits::RESPONSE)?);
    let response = format!("{first}{second}");
    Ok(post(&app, sent, Act::Answer(Arc::new(Secret::new(response)))).await)
}

/// `POST /login/assert`: what a passkey signed. What cannot be read is as wrong as what does not hold.
pub async fn assert(State(app): State<Shared>, sent: AttemptForm) -> Result<Page, Page> {
    let signed = Signed::read(sent.form.field("credential", MAX_CREDENTIAL)?).ok();
    Ok(post(&app, sent, Act::Assert(signed.map(Arc::new))).await)
}

/// `GET /login/resync?attempt=…`: asks for two codes in a row. Where that is not to be done it leads to where the attempt
/// stands.
pub async fn resync_page(State(app): State<Shared>, visit: Visit, origin: Origin, query: Query) -> Page {
    let attempt = query.member("attempt", PUBLIC_ID).unwrap_or_default();
    let Some(handle) = held(&app, &visit, attempt) else { return attempts::standing(&app, &visit).await };
    match act(&app, &handle, origin, Act::Look).await {
        Ok(Progress { going: Going::Awaiting(view), .. }) => {
            screen::resync(&visit, attempt, *view).unwrap_or_else(|| visit.go(&address(attempt)))
        }
        Ok(Progress { going: Going::Done(given), .. }) => done(&app, &visit, attempt, *given).await,
        Err(_) => visit.go(&address(attempt)),
    }
}

/// `POST /login/resync`: two codes in a row.
pub async fn resync(State(app): State<Shared>, sent: AttemptForm) -> Result<Page, Page> {
    let form = &sent.form;
    let typed = [form.field("first", limits::RESPONSE)?, form.field("second", limits::RESPONSE)?];
    let responses = typed.map(|code| Secret::new(code.to_owned()));
    let codes = Codes { round: form.field("round", PUBLIC_ID)?.to_owned(), responses };
    Ok(post(&app, sent, Act::Consecutive(Arc::new(codes))).await)
}

/// `POST /login/again`: leaves a login for another start, for the same program. One that is over is left already.
pub async fn again(
    State(app): State<Shared>,
    AttemptForm { form, attempt, handle }: AttemptForm,
) -> Result<Page, Page> {
    let visit = form.visit;
    let Some(handle) = handle else { return Ok(visit.go("/login")) };
    match act(&app, &handle, form.origin, Act::Leave).await {
        Ok(_) | Err(Refused::UnknownAttempt | Refused::Step(Refusal::Ended(_))) => {}
        Err(refused) if does_not_fit(&refused) => {}
        Err(refused) => return Err(visit.refused(&refused)),
    }
    let behind = way_back::way_back(&app, &handle).await.map_err(|refused| visit.refused(&refused))?;
    Ok(visit.go(&start(behind.as_ref())).with_cookie(forgotten(&app, &attempt)))
}

/// `GET` where only forms lead: to where the browser's latest attempt stands, or to the start.
pub async fn standing(State(app): State<Shared>, visit: Visit) -> Page {
    attempts::standing(&app, &visit).await
}

/// `GET /login/events`: one event when the attempt changed; the page then asks for its address again. The answer itself
/// gives nothing: cookies are set where the page is asked for.
pub async fn events(
    State(app): State<Shared>,
    AttemptCall { handle, read, origin }: AttemptCall,
    query: Query,
) -> Result<Events, ApiProblem> {
    let since = query.member("version", PUBLIC_ID).and_then(|text| text.parse().ok());
    let place = open::place(&app, &read.digest, read.user, &origin)?;
    let changed = async move {
        // Trouble and an attempt that is gone are news too: the page then sees for itself.
        let _ = attempt::changed(&app, &handle, since).await;
        Event::default().event("changed").data("now")
    };
    Ok(open::events(place, stream::once(changed)))
}

async fn act(app: &Shared, handle: &str, origin: Origin, act: Act) -> Result<Progress, Refused> {
    let request = Request { handle: handle.to_owned(), owner: Owner::Pages, act, wait: Duration::ZERO, origin };
    attempt::act(app, request).await
}

/// Does what a form says, and leads to the page of where the attempt then stands.
async fn post(app: &Shared, AttemptForm { form, attempt, handle }: AttemptForm, what: Act) -> Page {
    let visit = form.visit;
    let to = address(&attempt);
    let Some(handle) = handle else { return visit.go(&to) };
    let resyncs = matches!(what, Act::Consecutive(_));
    let refused = match act(app, &handle, form.origin, what).await {
        Ok(Progress { going: Going::Done(given), .. }) => return done(app, &visit, &attempt, *given).await,
        Ok(Progress { going: Going::Awaiting(view), .. }) if resyncs && view.stands.is_none() => {
            return visit.go(&format!("{to}&said={}", Note::seal(&visit, Said::InStep, "", app.now())));
        }
        Ok(_) => return visit.go(&to),
        Err(refused) => refused,
    };
    if let Some(said) = Said::of(&Told::of(refused.clone()), app.now()) {
        return visit.go(&format!("{to}&said={}", Note::seal(&visit, said, "", app.now())));
    }
    match refused {
        Refused::Step(Refusal::Ended(outcome)) => {
            ended(app, &visit, &handle, outcome).await.unwrap_or_else(|| visit.go(&to))
        }
        // A page that was sent twice, or an old one: show where the attempt stands.
        Refused::UnknownAttempt => visit.go(&to),
        refused if does_not_fit(&refused) => visit.go(&to),
        refused => visit.refused(&refused),
    }
}

/// Whether a form does not fit where the attempt stands.
fn does_not_fit(refused: &Refused) -> bool {
    let step = matches!(refused, Refused::Step(Refusal::NotAwaited | Refusal::UnknownDevice | Refusal::UnknownMethod));
    step || matches!(refused, Refused::NotPermitted(_))
}

/// The answer to a form that ended an attempt, where it is not the page of the attempt: who asked is told at once of a
/// refusal, which the user has just made.
async fn ended(app: &Shared, visit: &Visit, handle: &str, outcome: Outcome) -> Option<Page> {
    match way_back::way_back(app, handle).await {
        Ok(Some(WayBack::Client { to, .. })) if matches!(outcome, Outcome::Denied { .. }) => Some(visit.go(&to)),
        Ok(_) => None,
        Err(refused) => Some(visit.refused(&refused)),
    }
}

/// The page of where an attempt stands.
pub(super) async fn look(app: &Shared, visit: &Visit, origin: Origin, attempt: &str, note: Option<&Note>) -> Page {
    let expired = || password_page(visit, Asked::default(), Some((StatusCode::OK, PasswordNotice::AttemptExpired)));
    let Some(handle) = held(app, visit, attempt) else { return expired() };
    let reason = match act(app, &handle, origin, Act::Look).await {
        Ok(Progress { going: Going::Awaiting(view), .. }) => {
            match note.and_then(|note| note.said.in_its_place(app.now())) {
                Some(reason @ EndReason::NoUsableDevice { .. }) => reason,
                _ => return screen(visit, attempt, *view, note.and_then(|note| note.said.at_step(app.now()))),
            }
        }
        Ok(Progress { going: Going::Done(given), .. }) => return done(app, visit, attempt, *given).await,
        Err(Refused::UnknownAttempt) => return expired(),
        Err(Refused::Step(Refusal::Ended(outcome))) => end_reason(outcome, app.now()),
        Err(Refused::Step(Refusal::DeviceLocked(until))) => {
            EndReason::DeviceLocked { minutes: minutes(until, app.now()) }
        }
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

fn over(visit: &Visit, reason: EndReason, behind: Option<WayBack>) -> Page {
    let mut frame = visit.frame();
    let ours = match behind {
        Some(WayBack::Limits) => Some(EndReason::Changes),
        Some(WayBack::Devices) => Some(EndReason::Added),
        Some(WayBack::Contacts) => Some(EndReason::ContactChanged),
        Some(WayBack::News) => Some(EndReason::NewsKnown),
        Some(WayBack::Password { .. }) => Some(EndReason::PasswordChanged),
        _ => None,
    };
    let back = match behind {
        Some(WayBack::Client { to, name }) => Some(Back { client: Some(name), address: to }),
        Some(WayBack::Limits) => Some(Back { client: None, address: "/settings/limits".to_owned() }),
        Some(WayBack::Contacts) => Some(Back { client: None, address: "/settings/contacts".to_owned() }),
        Some(WayBack::Settings | WayBack::News | WayBack::Devices | WayBack::Password { signed_in: true }) => {
            Some(Back { client: None, address: "/settings".to_owned() })
        }
        Some(WayBack::Password { signed_in: false }) => Some(Back { client: None, address: "/login".to_owned() }),
        Some(WayBack::Login { request, name }) => {
            frame = Frame { request, asker: name, ..frame };
            None
        }
        None => None,
    };
    // A back end's request was answered from our own page, and whoever asked was told.
    let told = reason == EndReason::AlreadyAnswered && back.as_ref().is_some_and(|back| back.client.is_none());
    let reason = if told { ours.unwrap_or(EndReason::Told) } else { reason };
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
async fn done(app: &Shared, visit: &Visit, attempt: &str, given: Given) -> Page {
    let last_used = given.device.and_then(|device| visit.remembering(device));
    let page = match given.pass {
        // What was not a login stays known, so that a form sent twice is told that it was answered.
        Pass::Told => visit.go(&address(attempt)),
        Pass::Back(..) => signed_in(app, visit, given).await,
        _ => signed_in(app, visit, given).await.with_cookie(forgotten(app, attempt)),
    };
    page.with_cookie(last_used)
}

/// On with what a login gave: a session and a mark in cookies, or a code for who asked.
pub(super) async fn signed_in(app: &Shared, visit: &Visit, given: Given) -> Page {
    let (handle, to) = match given.pass {
        Pass::Session(handle) => (handle, "/settings".to_owned()),
        Pass::Onward(handle, request) => (handle, format!("/oauth2/authorize/continue?request={request}")),
        Pass::Back(code, back) => {
            let uri = back.redemption.redirect_uri.unwrap_or_default();
            let addressee = Addressee { redirect_uri: uri, state: back.state };
            return visit.go(&addressee.answer(&app.settings.issuer, &code));
        }
        Pass::Told | Pass::Code(_) => return visit.error(ErrorKind::Internal),
    };
    let page = visit.go(&to).with_cookie(session::begun(app, visit, &handle, None).await);
    let Some(mark) = given.mark else { return page };
    let mut marks = vec![mark];
    marks.extend(visit.marks().into_iter().take(MOST_MARKS - 1));
    page.with_cookie(cookie::set(&app.settings, cookie::MARKS, &marks.join("."), Some(app.settings.mark_life)))
}
