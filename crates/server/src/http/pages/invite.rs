//! The page that invites a phone to be activated.

use crate::{
    flow::{
        Origin,
        phone::invite::{self, NotMade, Standing},
    },
    http::{
        Shared,
        extract::open,
        extract::page::{SignedInForm, SignedInVisit},
        problem::ApiProblem,
    },
    pages::{
        invite::{Invite, InvitePage},
        login::TimeLeft,
        qr::Qr,
    },
};
use axum::{
    extract::State,
    http::{StatusCode, Uri},
    response::{IntoResponse, Response, sse::Event},
};
use futures_util::stream;
use oidc::Form;

/// Where it is.
const PAGE: &str = "/settings/phone";

/// `GET /settings/phone`.
pub async fn show(State(app): State<Shared>, SignedInVisit { visit, signed_in }: SignedInVisit) -> Response {
    let standing = match invite::look(&app, &signed_in).await {
        Ok(standing) => standing,
        Err(refused) => return visit.refused(&refused),
    };
    let total = app.settings.activation_life.as_secs();
    let stale = !invite::may_be_made(&app, &signed_in);
    let invite = match standing {
        Standing::Active => Invite::Active,
        Standing::Used => Invite::Used,
        Standing::None | Standing::Over if stale => Invite::Stale,
        Standing::None => Invite::None,
        Standing::Over => Invite::Over,
        Standing::Open { link, id, seconds } => match Qr::of(&link) {
            Some(qr) => Invite::Open {
                qr,
                id,
                clock: TimeLeft { seconds_left: seconds, total },
                address: format!("{}/app/", app.settings.issuer),
            },
            None => Invite::None,
        },
    };
    visit.show(StatusCode::OK, &InvitePage { frame: visit.frame_at(PAGE), invite, stale })
}

/// `POST /settings/phone`: makes an invitation.
pub async fn make(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Response {
    match invite::make(&app, &signed_in).await {
        // The page says itself when the login is too long ago.
        Ok(()) | Err(NotMade::Stale) => form.visit.go(PAGE),
        Err(NotMade::Refused(refused)) => form.visit.refused(&refused),
    }
}

/// `GET /settings/phone/events`: one event when the invitation stands otherwise than the page shows.
pub async fn events(
    State(app): State<Shared>,
    SignedInVisit { signed_in, .. }: SignedInVisit,
    origin: Origin,
    uri: Uri,
) -> Response {
    let query = Form::parse(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    let shown = query.optional("shown", 16).ok().flatten().unwrap_or("open").to_owned();
    let session = &signed_in.session;
    let Ok(place) = open::place(&app, &session.id.octets(), session.user, &origin) else {
        return ApiProblem::too_many_open().into_response();
    };
    let over = async move {
        // Trouble is news too: the page then sees for itself.
        let _ = invite::changed(&app, &signed_in, &shown).await;
        Event::default().event("changed").data("now")
    };
    open::events(place, stream::once(over))
}
