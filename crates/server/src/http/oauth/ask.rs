//! What a client asks a signed-in user to confirm, on a page of ours: an authorization request can be sent by any site, so
//! nothing reaches a device before this page's own form says so.

use crate::{
    flow::{
        confirm::offer,
        login::session::{self, SignedIn},
        oidc::{
            authorize::{self, Verdict, Waiting},
            details,
        },
        phone::statement,
    },
    http::{
        Shared,
        answer::Page,
        extract::{address::Query, attempt, form::PageForm, page::Visit},
        oauth::sent::Sent,
        problem,
    },
    pages::{Frame, about::About, ask::Ask, error::ErrorKind},
};
use axum::{extract::State, http::StatusCode};
use oidc::{OAuthError, first_party::limits};

/// The address of the page of a request that is kept under this handle.
pub(super) fn address(handle: &str) -> String {
    format!("/oauth2/authorize/ask?request={handle}")
}

/// `GET /oauth2/authorize/ask`: what is asked. It offers nothing to a device.
pub async fn show(State(app): State<Shared>, Sent { visit, origin }: Sent, query: Query) -> Page {
    let handle = query.member("request", limits::HANDLE).unwrap_or_default();
    let asked = match Asked::look(&app, &visit, handle).await {
        Ok(asked) => asked,
        Err(response) => return response,
    };
    let Ok(operation) = details::operation(&asked.waiting.request, &asked.signed_in, &origin) else {
        return visit.error(ErrorKind::BadRequest);
    };
    let visit = visit.leading_on(true);
    let frame = Frame {
        signed_in: Some(asked.signed_in.user.username.to_string()),
        about: About::of(Some(statement::shown_of(&app, &operation, app.now()))),
        ..visit.frame()
    };
    visit.show(StatusCode::OK, &Ask { frame, request: handle.to_owned() })
}

/// `POST /oauth2/authorize/ask`: on to the user's devices, or back to the client with a refusal.
pub async fn answer(State(app): State<Shared>, form: PageForm) -> Result<Page, Page> {
    let handle = form.field("request", limits::HANDLE)?.to_owned();
    let refuses = match form.field("answer", limits::OTHER)? {
        "continue" => false,
        "refuse" => true,
        _ => return Err(form.visit.error(ErrorKind::BadRequest)),
    };
    let (visit, origin) = (form.visit, form.origin);
    let asked = Asked::look(&app, &visit, &handle).await?;
    let request = &asked.waiting.request;
    if authorize::take(&app, &handle, visit.browser()).await.map_err(|refused| visit.refused(&refused))?.is_none() {
        // The form was sent twice, and the other one was first.
        return Ok(attempt::standing(&app, &visit).await);
    }
    let offered = if refuses {
        Err(OAuthError::AccessDenied)
    } else {
        details::ask(&app, request, &asked.signed_in, origin).await.map_err(problem::sent_back)
    };
    Ok(match offered {
        Ok(handle) => attempt::on_to(&app, &visit, &handle, offer::LIFE),
        Err(error) => visit.go(&request.addressee.error(&app.settings.issuer, &error)),
    })
}

/// A request that waits for its user's word, and that user.
struct Asked {
    waiting: Waiting,
    signed_in: SignedIn,
}

impl Asked {
    /// The request of a handle, where who is signed in may answer it; else where to go on.
    async fn look(app: &Shared, visit: &Visit, handle: &str) -> Result<Self, Page> {
        let refused = |refused| visit.refused(&refused);
        let Some(waiting) = authorize::look(app, handle, visit.browser()).await.map_err(refused)? else {
            // It was answered, or its time is over.
            return Err(attempt::standing(app, visit).await);
        };
        let signed_in = match visit.session() {
            Some(session) => session::signed_in(app, session).await.map_err(refused)?,
            None => None,
        };
        let verdict = authorize::judge(app, &waiting.request, signed_in.as_ref(), Some(waiting.since));
        match (verdict, signed_in) {
            (Ok(Verdict::Confirm), Some(signed_in)) => Ok(Self { waiting, signed_in }),
            (Ok(Verdict::Ask), _) => Err(visit.go(&format!("/login?request={handle}"))),
            (Ok(_), _) => Err(visit.error(ErrorKind::BadRequest)),
            (Err(error), _) => Err(visit.go(&waiting.request.addressee.error(&app.settings.issuer, &error))),
        }
    }
}
