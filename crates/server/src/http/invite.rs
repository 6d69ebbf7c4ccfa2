//! The page that invites a phone to be activated.

use crate::{
    flow::phone::invite::{self, NotMade, Standing},
    http::{
        Shared,
        page::{SignedInForm, SignedInVisit, Visit},
    },
    pages::{
        invite::{Invite, InvitePage},
        login::TimeLeft,
        qr::Qr,
    },
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream;
use std::{convert::Infallible, time::Duration};

/// Where it is.
const PAGE: &str = "/settings/phone";

/// `GET /settings/phone`.
pub async fn show(State(app): State<Shared>, SignedInVisit { visit, signed_in }: SignedInVisit) -> Response {
    let standing = match invite::look(&app, &signed_in).await {
        Ok(standing) => standing,
        Err(refused) => return visit.refused(&refused),
    };
    let total = app.settings.activation_life.as_secs();
    page(
        &visit,
        match standing {
            Standing::None => Invite::None,
            Standing::Used => Invite::Used,
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
        },
    )
}

/// `POST /settings/phone`: makes an invitation.
pub async fn make(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Response {
    match invite::make(&app, &signed_in).await {
        Ok(()) => form.visit.go(PAGE),
        Err(NotMade::Stale) => page(&form.visit, Invite::Stale),
        Err(NotMade::Refused(refused)) => form.visit.refused(&refused),
    }
}

/// `GET /settings/phone/events`: one event when the invitation is no longer open.
pub async fn events(State(app): State<Shared>, SignedInVisit { signed_in, .. }: SignedInVisit) -> Response {
    let over = async move {
        // Trouble is news too: the page then sees for itself.
        let _ = invite::over(&app, &signed_in).await;
        Ok::<_, Infallible>(Event::default().event("changed").data("now"))
    };
    Sse::new(stream::once(over)).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response()
}

fn page(visit: &Visit, invite: Invite) -> Response {
    visit.show(StatusCode::OK, &InvitePage { frame: visit.frame_at(PAGE), invite })
}
