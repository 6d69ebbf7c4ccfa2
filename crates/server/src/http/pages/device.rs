//! The page of one of the user's devices. What is another's is as unknown as what never was.

use crate::{
    flow::device::own::{self, NotDone},
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
        device::{DevicePage, Told},
        error::ErrorKind,
    },
};
use axum::{extract::State, http::StatusCode};
use domain::id::DeviceId;

/// Octets of a label at most that are read; how many characters it may have is the domain's.
const LABEL: usize = 1024;

/// `GET /settings/devices?id=…`: its page, or the question whether the last usable one is lost (`ask=last`).
pub async fn show(State(app): State<Shared>, SignedInVisit { visit, signed_in }: SignedInVisit, query: Query) -> Page {
    let Some(id) = query.member("id", 64).and_then(|id| id.parse::<DeviceId>().ok()) else {
        return visit.error(ErrorKind::NotFound);
    };
    match own::look(&app, &signed_in.user, id).await {
        Ok(own) => {
            let page = DevicePage {
                frame: visit.frame_at(&at(id)),
                id: id.to_string(),
                label: own.device.label,
                default: own.default,
                asks: own.last && query.member("ask", 8) == Some("last"),
                told: query.member("said", 32).and_then(Told::of),
            };
            visit.show(StatusCode::OK, &page)
        }
        Err(NotDone::Refused(refused)) => visit.refused(&refused),
        Err(_) => visit.error(ErrorKind::NotFound),
    }
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

#[expect(clippy::result_large_err, reason = "the error is the answer that goes out, made once")]
fn named(form: &PageForm) -> Result<DeviceId, Page> {
    form.field("id", 64)?.parse().map_err(|_| form.visit.error(ErrorKind::BadRequest))
}

fn at(id: DeviceId) -> String {
    format!("/settings/devices?id={id}")
}

fn answered(visit: &Visit, id: DeviceId, done: Result<Told, NotDone>) -> Page {
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
