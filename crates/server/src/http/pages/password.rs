//! Another password: changed on the settings page, or chosen anew by whoever was sent a link.

use crate::{
    flow::{
        Refused,
        confirm::offer,
        login::new_password::{self, Asked, Led, NotChanged, Reset},
    },
    http::{
        Shared,
        answer::Page,
        extract::{
            address::{Query, Segment},
            attempt,
            form::PageForm,
            page::Visit,
            session::{SignedInForm, SignedInVisit},
        },
        problem::{Slug, Told},
    },
    pages::{
        login::{EndReason, Ended},
        password::{ChangePage, ChosenPage, ForgotPage, NewPasswordPage, PasswordTold, SentPage},
    },
};
use axum::{extract::State, http::StatusCode};
use domain::{Secret, password::PasswordError};
use oidc::first_party::limits;

/// Where a signed-in user changes it.
const CHANGE: &str = "/settings/password";

fn said(query: &Query) -> Option<PasswordTold> {
    query.member("said", 16).and_then(PasswordTold::of)
}

/// `GET /.well-known/change-password`: where password managers send their users.
pub async fn well_known(_: State<Shared>, visit: Visit) -> Page {
    visit.go(CHANGE)
}

/// `GET /settings/password`.
pub async fn show(_: State<Shared>, SignedInVisit { visit, signed_in }: SignedInVisit, query: Query) -> Page {
    let username = signed_in.user.username.to_string();
    visit.show(StatusCode::OK, &ChangePage { frame: visit.frame_at(CHANGE), username, told: said(&query) })
}

/// `POST /settings/password`: has a device confirm another one.
pub async fn change(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Result<Page, Page> {
    let current = Secret::new(form.field("current", limits::PASSWORD)?.to_owned());
    let Some(new) = new(&form)? else { return Ok(told(&form.visit, CHANGE, PasswordTold::Differ)) };
    let asked = Asked {
        signed_in,
        current,
        new,
        marks: form.visit.marks(),
        browser: form.visit.browser(),
        origin: form.origin.clone(),
    };
    let asked = new_password::change(&app, asked).await;
    Ok(led_on(&app, &form.visit, CHANGE, asked.map(Led::On)))
}

/// The new password, where it was typed twice alike.
#[expect(clippy::result_large_err, reason = "the error is the answer that goes out, made once")]
fn new(form: &PageForm) -> Result<Option<Secret<String>>, Page> {
    let (new, repeat) = (form.field("new", limits::PASSWORD)?, form.field("repeat", limits::PASSWORD)?);
    Ok((new == repeat).then(|| Secret::new(new.to_owned())))
}

/// On to the pages of the attempt, or back to the form with what is wrong.
fn led_on(app: &Shared, visit: &Visit, form: &str, asked: Result<Led, NotChanged>) -> Page {
    let wrong = match asked {
        Ok(Led::On(handle)) => return attempt::on_to(app, visit, &handle, offer::LIFE),
        Ok(Led::Set) => return visit.go("/forgot/done"),
        Err(NotChanged::Password(PasswordError::TooShort)) => PasswordTold::TooShort,
        Err(NotChanged::Password(PasswordError::TooLong)) => PasswordTold::TooLong,
        Err(NotChanged::Password(PasswordError::Guessable)) => PasswordTold::Guessable,
        Err(NotChanged::Password(PasswordError::Common)) => PasswordTold::Common,
        // Its page says that it is not good any more.
        Err(NotChanged::LinkOver) => return visit.go(form),
        Err(NotChanged::Refused(Refused::InvalidCredentials)) => PasswordTold::Wrong,
        Err(NotChanged::Refused(Refused::NoUsableDevice { .. })) => {
            let reason = EndReason::NoUsableDevice { recover: false };
            return visit.show(StatusCode::OK, &Ended { frame: visit.frame(), reason, back: None });
        }
        Err(NotChanged::Refused(refused)) if Told::of(refused.clone()).slug == Slug::Busy => PasswordTold::Busy,
        Err(NotChanged::Refused(refused)) => return visit.refused(&refused),
    };
    told(visit, form, wrong)
}

fn told(visit: &Visit, form: &str, told: PasswordTold) -> Page {
    visit.go(&format!("{form}?said={}", told.name()))
}

/// `GET /forgot`.
pub async fn forgot_page(_: State<Shared>, visit: Visit) -> Page {
    visit.show(StatusCode::OK, &ForgotPage { frame: visit.frame_at("/forgot") })
}

/// `POST /forgot`: sends a link, if there is such a user; the answer does not tell.
pub async fn forgot(State(app): State<Shared>, form: PageForm) -> Result<Page, Page> {
    let username = form.field("username", limits::USERNAME)?;
    let sent = new_password::forgotten(&app, username, form.origin.clone()).await;
    sent.map_err(|refused| form.visit.refused(&refused))?;
    Ok(form.visit.go("/forgot/sent"))
}

/// `GET /forgot/sent`.
pub async fn sent(_: State<Shared>, visit: Visit) -> Page {
    visit.show(StatusCode::OK, &SentPage { frame: visit.frame_at("/forgot/sent") })
}

/// `GET /forgot/done`: the first password is chosen.
pub async fn chosen(_: State<Shared>, visit: Visit) -> Page {
    visit.show(StatusCode::OK, &ChosenPage { frame: visit.frame_at("/forgot/done") })
}

/// `GET /forgot/{link}`: asks for a new password, and uses nothing up.
pub async fn link(State(app): State<Shared>, visit: Visit, Segment(link): Segment, query: Query) -> Page {
    let link = link.unwrap_or_default();
    match new_password::is_good(&app, &link).await {
        Ok(good) => {
            let (link, told) = (good.then_some(link), said(&query));
            visit.show(StatusCode::OK, &NewPasswordPage { frame: visit.frame(), link, told })
        }
        Err(refused) => visit.refused(&refused),
    }
}

/// `POST /forgot/new`: has a device confirm the new password.
pub async fn reset(State(app): State<Shared>, form: PageForm) -> Result<Page, Page> {
    let link = form.field("link", limits::HANDLE)?.to_owned();
    // A form without its link leads to where one is asked for.
    let address = if link.is_empty() { "/forgot".to_owned() } else { format!("/forgot/{link}") };
    let Some(new) = new(&form)? else { return Ok(told(&form.visit, &address, PasswordTold::Differ)) };
    let reset = Reset { link, new, browser: form.visit.browser(), origin: form.origin.clone() };
    let asked = new_password::reset(&app, reset).await;
    Ok(led_on(&app, &form.visit, &address, asked))
}
