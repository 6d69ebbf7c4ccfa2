//! The page that makes a passkey: the browser makes it, and another device of its user vouches for it.

use super::ceremony::Ceremony;
use crate::{
    flow::{
        Refused,
        confirm::offer,
        device::{
            own::NotDone,
            passkey::{self, LIFE, NewPasskey, NotAdded},
        },
        money::Asking,
    },
    http::{
        Shared,
        answer::Page,
        extract::{
            address::Query,
            attempt,
            form::PageForm,
            page::Visit,
            session::{SignedInForm, SignedInVisit},
        },
    },
    pages::passkey::{PasskeyTold, PasskeysPage},
};
use axum::{extract::State, http::StatusCode};
use domain::login::may_add_a_device;
use oidc::webauthn::{self, Known, MAX_CREDENTIAL, Made, NewFor, Offer};
use sha2::{Digest as _, Sha256};

/// Where it is.
const PAGE: &str = "/settings/passkeys";

/// Octets of a label at most that are read; how many characters it may have is the domain's.
const LABEL: usize = 1024;

/// `GET /settings/passkeys`.
pub async fn show(State(app): State<Shared>, SignedInVisit { visit, signed_in }: SignedInVisit, query: Query) -> Page {
    let frame = visit.frame_at(PAGE);
    let making = match passkey::making(&app, &signed_in.user, frame.t("passkey-usual-label")).await {
        Ok(making) => making,
        Err(refused) => return visit.refused(&refused),
    };
    let now = app.now();
    let session = signed_in.session.id.to_string();
    let ceremony = Ceremony::Making { session, user_handle: making.user_handle.clone() };
    let new = NewFor {
        rp_id: webauthn::rp_id(&app.settings.issuer),
        rp_name: &app.settings.product,
        user_handle: &making.user_handle,
        username: signed_in.user.username.as_str(),
    };
    let there = making.there.iter().map(|known| Known { id: &known.id, transports: &known.transports });
    let options =
        webauthn::creation_options(&new, &ceremony.challenge(&visit, now.plus(LIFE)), &there.collect::<Vec<_>>());
    let page = PasskeysPage {
        frame,
        label: making.label,
        options: options.to_string(),
        stale: !may_add_a_device(&signed_in.session.amr, signed_in.session.created_at, now),
        told: query.member("said", 32).and_then(PasskeyTold::of),
    };
    visit.show(StatusCode::OK, &page)
}

/// `POST /settings/passkeys`.
pub async fn add(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Result<Page, Page> {
    let Some(new) = made(&app, &form, &signed_in.session.id.to_string())? else {
        return Ok(said(&form.visit, PasskeyTold::Failed));
    };
    let asking = Asking { signed_in, origin: form.origin.clone() };
    Ok(match passkey::add(&app, &asking, new).await {
        Ok(handle) => attempt::on_to(&app, &form.visit, &handle, offer::LIFE),
        Err(not) => refused(&form.visit, not),
    })
}

/// What the browser made, where it was made for this session and this browser.
#[expect(clippy::result_large_err, reason = "the error is the answer that goes out, made once")]
fn made(app: &Shared, form: &PageForm, session: &str) -> Result<Option<NewPasskey>, Page> {
    let label = form.field("label", LABEL)?.to_owned();
    let credential = form.field("credential", MAX_CREDENTIAL)?;
    Ok(registered(app, &form.visit, session, credential).map(|new| NewPasskey { label, ..new }))
}

fn registered(app: &Shared, visit: &Visit, session: &str, credential: &str) -> Option<NewPasskey> {
    let made = Made::read(credential).ok()?;
    let challenge = webauthn::challenge_of(&made.registration.client_data)?;
    let Ceremony::Making { session: of, user_handle } = Ceremony::of(visit, &challenge, app.now())? else {
        return None;
    };
    let issuer = &app.settings.issuer;
    let offer = Offer { rp_id: webauthn::rp_id(issuer), origin: issuer, challenge: &challenge };
    let registered = webauthn::register(&made.registration, &offer).ok().filter(|_| of == session)?;
    let challenge =
        Sha256::new().chain_update(b"countersign/passkey/made/v1").chain_update(&challenge).finalize().into();
    Some(NewPasskey { label: String::new(), registered, transports: made.transports, user_handle, challenge })
}

fn refused(visit: &Visit, not: NotAdded) -> Page {
    let told = match not {
        // The page says itself that the login is too long ago.
        NotAdded::Stale => return visit.go(PAGE),
        NotAdded::NotIssued => PasskeyTold::NotIssued,
        NotAdded::Known => PasskeyTold::Known,
        NotAdded::TooMany => PasskeyTold::TooMany,
        NotAdded::Device(NotDone::Label) => PasskeyTold::BadLabel,
        NotAdded::Device(NotDone::LabelTaken) => PasskeyTold::LabelTaken,
        NotAdded::Device(NotDone::Unknown | NotDone::Last) => PasskeyTold::Failed,
        NotAdded::Device(NotDone::Refused(
            Refused::NotPermitted(_) | Refused::NoUsableDevice { .. } | Refused::Step(_),
        )) => PasskeyTold::NoDevice,
        NotAdded::Device(NotDone::Refused(refused)) => return visit.refused(&refused),
    };
    said(visit, told)
}

fn said(visit: &Visit, told: PasskeyTold) -> Page {
    visit.go(&format!("{PAGE}?said={}", told.name()))
}
