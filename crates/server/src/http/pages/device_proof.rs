//! Pages on which a device in its owner's hand answers one question: another PIN, and taking it into use.

use super::device::{answered, asked_for, named};
use crate::{
    flow::{
        Refused,
        confirm::offer,
        device::{
            own::NotDone,
            own_pin::{self, Asked, NotChanged},
            own_start::{self, NotStarted, Started},
        },
        money::Asking,
    },
    http::{
        Shared,
        answer::Page,
        extract::{
            address::Query,
            attempt,
            page::Visit,
            session::{SignedInForm, SignedInVisit},
        },
    },
    pages::{
        device::Told,
        error::ErrorKind,
        proof::{PinPage, Question, StartPage},
    },
};
use axum::{extract::State, http::StatusCode};
use domain::{Secret, device, id::DeviceId};
use wire::pin::PinError;

/// Octets of what is typed at most.
const TYPED: usize = 64;

/// `GET /settings/devices/pin?id=…`.
pub async fn pin_page(
    State(app): State<Shared>,
    SignedInVisit { visit, signed_in }: SignedInVisit,
    query: Query,
) -> Page {
    let Some(id) = asked_for(&query) else { return visit.error(ErrorKind::NotFound) };
    match own_pin::look(&app, &signed_in, id).await {
        Ok((device, asked)) => {
            let page = PinPage {
                frame: visit.frame_at(&at("pin", id)),
                id: id.to_string(),
                label: device.label,
                question: shown(&asked),
                round: asked.round,
                told: query.member("said", 32).and_then(Told::of),
            };
            visit.show(StatusCode::OK, &page)
        }
        Err(NotChanged::Device(NotDone::Refused(refused))) => visit.refused(&refused),
        Err(_) => visit.error(ErrorKind::NotFound),
    }
}

/// `POST /settings/devices/pin`.
pub async fn pin(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Result<Page, Page> {
    let id = named(&form)?;
    let secret = |field: &str| Secret::new(field.to_owned());
    let typed = own_pin::Typed {
        pins: [form.field("pin", TYPED)?, form.field("again", TYPED)?].map(secret),
        round: form.field("round", TYPED)?.to_owned(),
        response: secret(form.field("response", TYPED)?),
    };
    let asking = Asking { signed_in, origin: form.origin.clone() };
    let not = match own_pin::wish(&app, &asking, id, typed).await {
        Ok(handle) => return Ok(attempt::on_to(&app, &form.visit, &handle, offer::LIFE)),
        Err(not) => not,
    };
    Ok(match not {
        NotChanged::Differ => again(&form.visit, "pin", id, Told::PinsDiffer),
        NotChanged::Pin(error) => again(&form.visit, "pin", id, told_of(&error)),
        NotChanged::Locked => again(&form.visit, "pin", id, Told::Locked),
        NotChanged::Wrong => again(&form.visit, "pin", id, Told::WrongPin),
        NotChanged::Stale => again(&form.visit, "pin", id, Told::StaleCode),
        NotChanged::Device(NotDone::Refused(Refused::NotPermitted(_) | Refused::NoUsableDevice { .. })) => {
            again(&form.visit, "pin", id, Told::NoDevice)
        }
        NotChanged::Device(not) => answered(&form.visit, id, Err(not)),
    })
}

/// `GET /settings/devices/start?id=…`.
pub async fn start_page(
    State(app): State<Shared>,
    SignedInVisit { visit, signed_in }: SignedInVisit,
    query: Query,
) -> Page {
    let Some(id) = asked_for(&query) else { return visit.error(ErrorKind::NotFound) };
    match own_start::look(&app, &signed_in, id).await {
        Ok((device, asked)) => {
            let page = StartPage {
                frame: visit.frame_at(&at("start", id)),
                id: id.to_string(),
                has_pin: own_pin::has_pin(&device),
                first: device.activated_at.is_none(),
                label: device.label,
                question: shown(&asked),
                round: asked.round,
                told: query.member("said", 32).and_then(Told::of),
            };
            visit.show(StatusCode::OK, &page)
        }
        Err(NotStarted::Device(NotDone::Refused(refused))) => visit.refused(&refused),
        Err(_) => visit.error(ErrorKind::NotFound),
    }
}

/// `POST /settings/devices/start`.
pub async fn start(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Result<Page, Page> {
    let id = named(&form)?;
    let typed = own_start::Typed {
        serial: form.field("serial", TYPED)?.to_owned(),
        round: form.field("round", TYPED)?.to_owned(),
        answer: Secret::new(form.field("answer", TYPED)?.to_owned()),
    };
    Ok(match own_start::start(&app, &signed_in, id, form.origin.clone(), typed).await {
        Ok(Started::First) => answered(&form.visit, id, Ok(Told::Started)),
        Ok(Started::Again) => answered(&form.visit, id, Ok(Told::Reactivated)),
        Err(NotStarted::Serial) => again(&form.visit, "start", id, Told::WrongSerial),
        Err(NotStarted::Wrong) => again(&form.visit, "start", id, Told::WrongCode),
        Err(NotStarted::Stale) => again(&form.visit, "start", id, Told::StaleCode),
        Err(NotStarted::Locked) => again(&form.visit, "start", id, Told::Locked),
        Err(NotStarted::Device(not)) => answered(&form.visit, id, Err(not)),
    })
}

fn shown(asked: &Asked) -> Question {
    match &asked.question {
        device::Question::Challenge(challenge) => Question::Challenge(challenge.as_str().to_owned()),
        device::Question::Passcode => Question::Passcode,
        device::Question::Places(places) => Question::Places(*places),
    }
}

/// What is said of a PIN that may not be chosen.
pub(super) fn told_of(error: &PinError) -> Told {
    match error {
        PinError::Characters | PinError::Length(_) => Told::PinDigits,
        PinError::Repeated => Told::PinRepeated,
        PinError::Sequence => Told::PinSequence,
        PinError::Pattern => Told::PinPattern,
        PinError::Year => Told::PinYear,
    }
}

fn at(what: &str, id: DeviceId) -> String {
    format!("/settings/devices/{what}?id={id}")
}

fn again(visit: &Visit, what: &str, id: DeviceId, told: Told) -> Page {
    visit.go(&format!("{}&said={}", at(what, id), told.name()))
}
