//! The page that invites a phone to be activated.

use crate::{
    flow::{
        Origin,
        phone::invite::{self, NotMade, Standing},
    },
    http::{
        Shared,
        answer::{Events, Page},
        extract::{
            address::Query,
            open,
            session::{SignedInForm, SignedInVisit},
        },
        problem::ApiProblem,
    },
    pages::{
        invite::{Invite, InvitePage},
        login::TimeLeft,
        qr::Qr,
    },
};
use axum::{extract::State, http::StatusCode, response::sse::Event};
use futures_util::stream;

/// Where it is.
const PAGE: &str = "/settings/phone";

/// `GET /settings/phone`.
pub async fn show(State(app): State<Shared>, SignedInVisit { visit, signed_in }: SignedInVisit) -> Page {
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
                clock: TimeLeft { seconds_left: seconds, total, more_minutes: None },
                address: format!("{}/app/", app.settings.issuer),
            },
            None => Invite::None,
        },
    };
    visit.show(StatusCode::OK, &InvitePage { frame: visit.frame_at(PAGE), invite, stale })
}

/// `POST /settings/phone`: makes an invitation.
pub async fn make(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Page {
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
    query: Query,
) -> Result<Events, ApiProblem> {
    let shown = query.member("shown", 16).unwrap_or("open").to_owned();
    let session = &signed_in.session;
    let place = open::place(&app, &session.id.octets(), session.user, &origin)?;
    let over = async move {
        // Trouble is news too: the page then sees for itself.
        let _ = invite::changed(&app, &signed_in, &shown).await;
        Event::default().event("changed").data("now")
    };
    Ok(open::events(place, stream::once(over)))
}
