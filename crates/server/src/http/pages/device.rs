//! The page of one of the user's devices. What is another's is as unknown as what never was.

use super::settings::moment;
use crate::{
    flow::{
        confirm::round::Codes,
        device::{
            order,
            own::{self, NotDone},
            own_pin,
            own_resync::{self, NotResynced},
        },
        money::overview::{self, DeviceRoom},
    },
    http::{
        Shared,
        answer::Page,
        extract::{
            address::Query,
            form::PageForm,
            page::Visit,
            session::{SignedInForm, SignedInVisit},
        },
    },
    pages::{
        device::{DevicePage, Doubt, LeftToday, ResyncPage, Told},
        error::ErrorKind,
    },
};
use axum::{extract::State, http::StatusCode};
use domain::{Secret, device::Algorithm, id::DeviceId};

/// Octets of a label at most that are read; how many characters it may have is the domain's.
const LABEL: usize = 1024;

/// `GET /settings/devices?id=…`: its page, or the question whether the last usable one is lost (`ask=last`).
pub async fn show(State(app): State<Shared>, SignedInVisit { visit, signed_in }: SignedInVisit, query: Query) -> Page {
    let Some(id) = asked_for(&query) else { return visit.error(ErrorKind::NotFound) };
    match own::look(&app, &signed_in, id).await {
        Ok(own) => {
            // Where days cannot be counted the page does without.
            let rooms = overview::load(&app, signed_in.user.id).await.map(|money| money.devices).unwrap_or_default();
            let page = DevicePage {
                frame: visit.frame_at(&at(id)),
                id: id.to_string(),
                left: rooms.iter().find(|room| room.id == id).map(left_today),
                replaceable: order::replaceable(&app, &own.device),
                has_pin: own_pin::has_pin(&own.device),
                runs_ahead: own.device.algorithm.as_ref().is_some_and(Algorithm::runs_ahead),
                label: own.device.label,
                passkey: own.device.passkey.is_some(),
                default: own.default,
                doubt: own.in_doubt_until.map(|until| Doubt { until: moment(until), may_veto: own.may_veto }),
                asks: own.last && query.member("ask", 8) == Some("last"),
                told: query.member("said", 32).and_then(Told::of),
            };
            visit.show(StatusCode::OK, &page)
        }
        Err(NotDone::Refused(refused)) => visit.refused(&refused),
        Err(_) => visit.error(ErrorKind::NotFound),
    }
}

fn left_today(room: &DeviceRoom) -> LeftToday {
    room.available.map_or(LeftToday::Unlimited, |left| LeftToday::UpTo(left.into()))
}

/// `POST /settings/devices/label`.
pub async fn rename(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Result<Page, Page> {
    let id = named(&form)?;
    let label = form.field("label", LABEL)?;
    let done = own::rename(&app, &signed_in.user, id, form.origin.clone(), label).await;
    Ok(answered(&form.visit, id, done.map(|()| Told::Renamed)))
}

/// `POST /settings/devices/default`.
pub async fn prefer(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Result<Page, Page> {
    let id = named(&form)?;
    let done = own::prefer(&app, &signed_in.user, id, form.origin.clone()).await;
    Ok(answered(&form.visit, id, done.map(|()| Told::Default)))
}

/// `POST /settings/devices/lost`.
pub async fn lost(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Result<Page, Page> {
    let id = named(&form)?;
    let last = form.field("last", 16)? == "understood";
    let done = own::report_lost(&app, &signed_in.user, id, form.origin.clone(), last).await;
    Ok(answered(&form.visit, id, done.map(|()| Told::Suspended)))
}

/// `POST /settings/devices/remove`.
pub async fn remove(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Result<Page, Page> {
    let id = named(&form)?;
    let last = form.field("last", 16)? == "understood";
    let done = own::remove(&app, &signed_in.user, id, form.origin.clone(), last).await;
    Ok(answered(&form.visit, id, done.map(|()| Told::Removed)))
}

/// `GET /settings/devices/resync?id=…`.
pub async fn resync_page(
    State(app): State<Shared>,
    SignedInVisit { visit, signed_in }: SignedInVisit,
    query: Query,
) -> Page {
    let Some(id) = asked_for(&query) else { return visit.error(ErrorKind::NotFound) };
    match own_resync::look(&app, &signed_in, id).await {
        Ok(asked) => {
            let page = ResyncPage {
                frame: visit.frame_at(&of_resync(id)),
                id: id.to_string(),
                label: asked.device.label,
                round: asked.round.id,
                challenges: asked.round.questions.map(|pair| pair.map(|question| question.as_str().to_owned())),
                told: query.member("said", 32).and_then(Told::of),
            };
            visit.show(StatusCode::OK, &page)
        }
        Err(NotResynced::Device(NotDone::Refused(refused))) => visit.refused(&refused),
        Err(_) => visit.error(ErrorKind::NotFound),
    }
}

/// `POST /settings/devices/resync`.
pub async fn resync(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Result<Page, Page> {
    let id = named(&form)?;
    let responses = [form.field("first", 64)?, form.field("second", 64)?].map(|code| Secret::new(code.to_owned()));
    let codes = Codes { round: form.field("round", 64)?.to_owned(), responses };
    let done = own_resync::answer(&app, &signed_in, id, form.origin.clone(), codes).await;
    let again = |told: Told| form.visit.go(&format!("{}&said={}", of_resync(id), told.name()));
    Ok(match done {
        Ok(()) => answered(&form.visit, id, Ok(Told::Resynchronised)),
        Err(NotResynced::Device(not)) => answered(&form.visit, id, Err(not)),
        Err(NotResynced::NothingMoves) => answered(&form.visit, id, Err(NotDone::Unknown)),
        Err(NotResynced::Locked) => again(Told::Locked),
        Err(NotResynced::Wrong) => again(Told::WrongCodes),
        Err(NotResynced::Stale) => again(Told::StaleCodes),
    })
}

pub(super) fn asked_for(query: &Query) -> Option<DeviceId> {
    query.member("id", 64)?.parse().ok()
}

fn of_resync(id: DeviceId) -> String {
    format!("/settings/devices/resync?id={id}")
}

#[expect(clippy::result_large_err, reason = "the error is the answer that goes out, made once")]
pub(super) fn named(form: &PageForm) -> Result<DeviceId, Page> {
    form.field("id", 64)?.parse().map_err(|_| form.visit.error(ErrorKind::BadRequest))
}

fn at(id: DeviceId) -> String {
    format!("/settings/devices?id={id}")
}

pub(super) fn answered(visit: &Visit, id: DeviceId, done: Result<Told, NotDone>) -> Page {
    let of_device = |told: Told| visit.go(&format!("{}&said={}", at(id), told.name()));
    let overview = |told: Told| visit.go(&format!("/settings?said={}", told.name()));
    match done {
        Ok(told) => overview(told),
        Err(NotDone::Unknown) => overview(Told::Unknown),
        Err(NotDone::Last) => visit.go(&format!("{}&ask=last", at(id))),
        Err(NotDone::Label) => of_device(Told::BadLabel),
        Err(NotDone::LabelTaken) => of_device(Told::LabelTaken),
        Err(NotDone::Refused(refused)) => visit.refused(&refused),
    }
}
