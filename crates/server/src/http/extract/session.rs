//! A browser's session: whose it is, how a newer one takes its place, and its end. A handler cannot get a user without a
//! living session.

use super::{
    caller::{Body, Caller, FORM, Who},
    cookie,
    form::PageForm,
    page::Visit,
};
use crate::{
    app::App,
    flow::login::session::{self, SignedIn},
    http::{Shared, answer::Page},
};
use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderValue, request::Parts},
};
use std::{sync::Arc, time::Duration};

/// A visit of a signed-in user; others are sent to the login.
pub struct SignedInVisit {
    /// The visit.
    pub visit: Visit,
    /// Who.
    pub signed_in: SignedIn,
}

impl Caller for SignedInVisit {
    const WHO: Who = Who::SignedIn;
}

impl FromRequestParts<Arc<App>> for SignedInVisit {
    type Rejection = Page;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Page> {
        let visit = Visit::of(parts, app);
        sign_in(visit, app).await
    }
}

/// The page that a temporary code leads to in its last days, and nowhere else.
pub const CARD: &str = "/settings/online-card";

async fn sign_in(visit: Visit, app: &Shared) -> Result<SignedInVisit, Page> {
    let found = sign_in_at_all(visit, app).await?;
    if found.signed_in.session.card_only { Err(found.visit.go(CARD)) } else { Ok(found) }
}

async fn sign_in_at_all(mut visit: Visit, app: &Shared) -> Result<SignedInVisit, Page> {
    let Some(handle) = visit.session().map(str::to_owned) else { return Err(visit.go("/login")) };
    match session::signed_in_at_all(app, &handle).await {
        Ok(Some(signed_in)) => {
            visit.greet(&signed_in);
            Ok(SignedInVisit { visit, signed_in })
        }
        Ok(None) => Err(visit.go("/login?notice=session-ended").with_cookie(ended(app))),
        Err(refused) => Err(visit.refused(&refused)),
    }
}

/// A checked form of a signed-in user.
pub struct SignedInForm {
    /// The form.
    pub form: PageForm,
    /// Who.
    pub signed_in: SignedIn,
}

impl Caller for SignedInForm {
    const WHO: Who = Who::SignedIn;
    const BODY: Option<Body> = Some(FORM);
}

impl FromRequest<Arc<App>> for SignedInForm {
    type Rejection = Page;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Page> {
        let form = PageForm::from_request(request, app).await?;
        let SignedInVisit { visit, signed_in } = sign_in(form.visit.clone(), app).await?;
        Ok(Self { form: PageForm { visit, ..form }, signed_in })
    }
}

/// A visit of a signed-in user to the page of the online code card, which every session leads to.
pub struct CardVisit(pub SignedInVisit);

impl Caller for CardVisit {
    const WHO: Who = Who::SignedIn;
}

impl FromRequestParts<Arc<App>> for CardVisit {
    type Rejection = Page;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Page> {
        sign_in_at_all(Visit::of(parts, app), app).await.map(Self)
    }
}

/// A checked form of that page.
pub struct CardForm(pub SignedInForm);

impl Caller for CardForm {
    const WHO: Who = Who::SignedIn;
    const BODY: Option<Body> = Some(FORM);
}

impl FromRequest<Arc<App>> for CardForm {
    type Rejection = Page;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Page> {
        let form = PageForm::from_request(request, app).await?;
        let SignedInVisit { visit, signed_in } = sign_in_at_all(form.visit.clone(), app).await?;
        Ok(Self(SignedInForm { form: PageForm { visit, ..form }, signed_in }))
    }
}

/// The cookie of a new session; without a life it lives as long as the browser. An older session of this browser is over,
/// or goes on in it.
pub(in crate::http) async fn begun(
    app: &Shared,
    visit: &Visit,
    handle: &str,
    life: Option<Duration>,
) -> Option<HeaderValue> {
    if let Some(old) = visit.session()
        && let Err(refused) = session::succeed(app, old, handle).await
    {
        tracing::warn!(%refused, "a browser's older session was not taken over; it goes on beside the new one");
    }
    cookie::set(&app.settings, cookie::SESSION, handle, life)
}

/// The line that removes the cookie of a session that is over.
pub(in crate::http) fn ended(app: &App) -> Option<HeaderValue> {
    cookie::clear(&app.settings, cookie::SESSION)
}
