//! The page on coming back after a loss: whether a code alone brings a phone back, and the veto against one that it brought.

use super::device::{answered, named};
use crate::{
    flow::{
        Refused,
        confirm::offer,
        device::{
            code_alone,
            own::NotDone,
            veto::{self, NotEnded},
        },
        money::{Asking, NotChanged},
    },
    http::{
        Shared,
        answer::Page,
        extract::{
            address::Query,
            attempt,
            form::PageForm,
            session::{SignedInForm, SignedInVisit},
        },
    },
    pages::{
        device::Told,
        recovery::{RecoveryPage, RecoveryTold},
    },
};
use axum::{extract::State, http::StatusCode};
use domain::device::recovery::ByCode;

/// `GET /settings/recovery`.
pub async fn show(State(app): State<Shared>, SignedInVisit { visit, signed_in }: SignedInVisit, query: Query) -> Page {
    match code_alone::look(&app, signed_in.user.id).await {
        Ok(stands) => {
            let page = RecoveryPage {
                frame: visit.frame_at("/settings/recovery"),
                open: stands.by_code != ByCode::Never,
                chosen: stands.chosen,
                told: query.member("said", 32).and_then(RecoveryTold::of),
            };
            visit.show(StatusCode::OK, &page)
        }
        Err(refused) => visit.refused(&refused),
    }
}

/// `POST /settings/recovery/never`.
pub async fn never(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Page {
    let asking = Asking { signed_in, origin: form.origin.clone() };
    match code_alone::close(&app, &asking).await {
        Ok(()) => said(&form, RecoveryTold::Never),
        Err(not) => refused(&form, not),
    }
}

/// `POST /settings/recovery/allow`.
pub async fn allow(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Page {
    let asking = Asking { signed_in, origin: form.origin.clone() };
    match code_alone::ask_to_allow(&app, &asking).await {
        Ok(handle) => attempt::on_to(&app, &form.visit, &handle, offer::LIFE),
        Err(not) => refused(&form, not),
    }
}

/// `POST /settings/devices/veto`.
pub async fn veto(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Result<Page, Page> {
    let id = named(&form)?;
    let done = veto::on_page(&app, &signed_in, id, form.origin.clone()).await;
    let done = done.map_err(|not| match not {
        NotEnded::Unknown => NotDone::Unknown,
        NotEnded::Refused(refused) => NotDone::Refused(refused),
    });
    Ok(answered(&form.visit, id, done.map(|()| Told::Vetoed)))
}

fn said(form: &PageForm, told: RecoveryTold) -> Page {
    form.visit.go(&format!("/settings/recovery?said={}", told.name()))
}

fn refused(form: &PageForm, not: NotChanged) -> Page {
    match not {
        NotChanged::Refused(Refused::NotPermitted(_) | Refused::NoUsableDevice { .. }) => {
            said(form, RecoveryTold::NoDevice)
        }
        NotChanged::Refused(refused) => form.visit.refused(&refused),
        _ => said(form, RecoveryTold::NoDevice),
    }
}
