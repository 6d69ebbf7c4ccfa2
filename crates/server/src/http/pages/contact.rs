//! Contact points on the settings page, and the page of a link that undoes a change of them.

use super::settings::moment;
use crate::{
    flow::{
        Refused,
        confirm::offer,
        contact::{
            NotChanged, undo,
            wish::{self, Typed},
        },
        login::overview::{self, Contact},
        money::Asking,
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
    },
    pages::{
        contact::{ContactCodePage, ContactLine, ContactTold, ContactUndoPage, ContactUndonePage, ContactsPage},
        error::ErrorKind,
        login::{EndReason, Ended},
    },
};
use axum::{extract::State, http::StatusCode};
use domain::{
    Secret, Timestamp,
    contact_change::{NotChanged as Rule, UNDONE_WITHIN},
    id::ContactId,
};
use oidc::first_party::limits;

const PAGE: &str = "/settings/contacts";

/// Octets of an address as typed that are read.
const ADDRESS: usize = 1024;

fn said(query: &Query) -> Option<ContactTold> {
    query.member("said", 16).and_then(ContactTold::of)
}

/// `GET /settings/contacts`, for a further one or in place of one (`replaces=…`).
pub async fn show(State(app): State<Shared>, SignedInVisit { visit, signed_in }: SignedInVisit, query: Query) -> Page {
    let now = app.now();
    let contacts = match overview::contacts(&app, signed_in.user.id).await {
        Ok(contacts) => contacts.iter().map(|contact| line(contact, now)).collect::<Vec<_>>(),
        Err(refused) => return visit.refused(&refused),
    };
    let replaces = query.member("replaces", 64).and_then(|id| contacts.iter().find(|line| line.id == id).cloned());
    visit.show(StatusCode::OK, &ContactsPage { frame: visit.frame_at(PAGE), contacts, replaces, told: said(&query) })
}

fn line(contact: &Contact, now: Timestamp) -> ContactLine {
    let waits = !contact.point().is_way_back(now);
    let from = contact.joined_at.filter(|_| waits).map(|joined| moment(joined.plus(UNDONE_WITHIN)));
    ContactLine { id: contact.id.to_string(), address: contact.masked(), from }
}

/// `POST /settings/contacts`: sends a code to what is to become a contact point.
pub async fn begin(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Result<Page, Page> {
    let replaces = match form.field("replaces", 64)? {
        "" => None,
        id => Some(id.parse().map_err(|_| form.visit.error(ErrorKind::BadRequest))?),
    };
    let typed = Typed { address: form.field("address", ADDRESS)?.to_owned(), replaces };
    let asking = Asking { signed_in, origin: form.origin.clone() };
    let back = replaces.map_or(PAGE.to_owned(), |id: ContactId| format!("{PAGE}?replaces={id}"));
    Ok(match wish::begin(&app, &asking, typed).await {
        Ok(id) => form.visit.go(&format!("{PAGE}/code?id={id}")),
        Err(not) => told(&form.visit, &back, not),
    })
}

/// Back to where it was typed, with what is wrong.
fn told(visit: &Visit, to: &str, not: NotChanged) -> Page {
    let told = match not {
        NotChanged::Rule(Rule::Unknown) | NotChanged::CodeOver => ContactTold::Unknown,
        NotChanged::Rule(Rule::Last) => ContactTold::Last,
        NotChanged::Rule(Rule::TooMany) => ContactTold::TooMany,
        NotChanged::Address => ContactTold::Address,
        NotChanged::Known => ContactTold::Known,
        NotChanged::WrongCode => ContactTold::WrongCode,
        NotChanged::Refused(Refused::Throttled(_)) => ContactTold::TooOften,
        NotChanged::Refused(Refused::NoUsableDevice { .. }) => {
            let reason = EndReason::NoUsableDevice { recover: false };
            return visit.show(StatusCode::OK, &Ended { frame: visit.frame(), reason, back: None });
        }
        NotChanged::Refused(refused) => return visit.refused(&refused),
    };
    let joint = if to.contains('?') { '&' } else { '?' };
    visit.go(&format!("{to}{joint}said={}", told.name()))
}

/// `GET /settings/contacts/code`: asks for the code that was sent.
pub async fn code_page(
    State(app): State<Shared>,
    SignedInVisit { visit, signed_in }: SignedInVisit,
    query: Query,
) -> Page {
    let id = query.member("id", 64).and_then(|id| id.parse().ok());
    let Some(id) = id else { return visit.go(PAGE) };
    match wish::awaited(&app, signed_in.user.id, id).await {
        Ok(sent_to) => {
            let (id, told) = (sent_to.is_some().then(|| id.to_string()), said(&query));
            let sent_to = sent_to.unwrap_or_default();
            visit.show(StatusCode::OK, &ContactCodePage { frame: visit.frame(), id, sent_to, told })
        }
        Err(refused) => visit.refused(&refused),
    }
}

/// `POST /settings/contacts/code`: has a device confirm the change, where the code is right.
pub async fn prove(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Result<Page, Page> {
    let id: ContactId = form.field("id", 64)?.parse().map_err(|_| form.visit.error(ErrorKind::BadRequest))?;
    let code = Secret::new(form.field("code", 64)?.to_owned());
    let asking = Asking { signed_in, origin: form.origin.clone() };
    let here = format!("{PAGE}/code?id={id}");
    Ok(match wish::prove(&app, &asking, id, code).await {
        Ok(handle) => attempt::on_to(&app, &form.visit, &handle, offer::LIFE),
        // Its page says that it is not good any more.
        Err(NotChanged::CodeOver) => form.visit.go(&here),
        Err(not) => told(&form.visit, &here, not),
    })
}

/// `POST /settings/contacts/remove`: has a device confirm that one is used no more.
pub async fn remove(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Result<Page, Page> {
    let id: ContactId = form.field("id", 64)?.parse().map_err(|_| form.visit.error(ErrorKind::BadRequest))?;
    let asking = Asking { signed_in, origin: form.origin.clone() };
    Ok(match wish::remove(&app, &asking, id).await {
        Ok(handle) => attempt::on_to(&app, &form.visit, &handle, offer::LIFE),
        Err(not) => told(&form.visit, PAGE, not),
    })
}

/// `GET /contact/undo/{link}`: says what it would undo, and undoes nothing.
pub async fn undo_page(State(app): State<Shared>, visit: Visit, Segment(link): Segment) -> Page {
    let link = link.unwrap_or_default();
    match undo::look(&app, &link).await {
        Ok(found) => {
            let link = found.is_some().then_some(link);
            let undo::Undone { gone, back } = found.unwrap_or_default();
            visit.show(StatusCode::OK, &ContactUndoPage { frame: visit.frame(), link, gone, back })
        }
        Err(refused) => visit.refused(&refused),
    }
}

/// `POST /contact/undo`.
pub async fn undo(State(app): State<Shared>, form: PageForm) -> Result<Page, Page> {
    let link = form.field("link", limits::HANDLE)?;
    match undo::undo(&app, link, form.origin.clone()).await {
        Ok(true) => Ok(form.visit.go("/contact/undone")),
        // A form without its link leads nowhere else.
        Ok(false) if link.is_empty() => Ok(form.visit.go("/login")),
        Ok(false) => Ok(form.visit.go(&format!("/contact/undo/{link}"))),
        Err(refused) => Err(form.visit.refused(&refused)),
    }
}

/// `GET /contact/undone`.
pub async fn undone(_: State<Shared>, visit: Visit) -> Page {
    visit.show(StatusCode::OK, &ContactUndonePage { frame: visit.frame_at("/contact/undone") })
}
