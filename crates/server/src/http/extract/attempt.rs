//! A browser's attempts. The handle of each lives in a cookie of its own; the address bar and forms show a short public id
//! only.

use super::{
    address::Query,
    caller::{Body, Caller, FORM, Who},
    cookie,
    form::PageForm,
    page::Visit,
};
use crate::{
    app::App,
    flow::{Origin, confirm::attempt},
    handle::{Kind, Read},
    http::{
        Shared,
        answer::Page,
        problem::{ApiProblem, Slug},
    },
};
use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderValue, request::Parts},
};
use sha2::{Digest as _, Sha256};
use std::{sync::Arc, time::Duration};

/// Octets of an attempt's public id at most.
pub const PUBLIC_ID: usize = 64;

/// How much longer than the attempt its cookie lives, so that a late answer is told "expired" and not "unknown".
const COOKIE_GRACE: Duration = Duration::from_secs(3600);

/// A checked form of the pages of an attempt.
pub struct AttemptForm {
    /// The form.
    pub form: PageForm,
    /// The attempt's public id.
    pub attempt: String,
    /// The attempt's handle; none where this browser does not hold it, and nothing can be done.
    pub handle: Option<String>,
}

impl Caller for AttemptForm {
    const WHO: Who = Who::Attempt;
    const BODY: Option<Body> = Some(FORM);
}

impl FromRequest<Arc<App>> for AttemptForm {
    type Rejection = Page;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Page> {
        let form = PageForm::from_request(request, app).await?;
        let attempt = form.field("attempt", PUBLIC_ID)?.to_owned();
        let handle = held(app, &form.visit, &attempt);
        Ok(Self { form, attempt, handle })
    }
}

/// A call of a script of an attempt's page.
pub struct AttemptCall {
    /// The attempt's handle.
    pub handle: String,
    /// What stands in it.
    pub read: Read,
    /// Where it comes from.
    pub origin: Origin,
}

impl Caller for AttemptCall {
    const WHO: Who = Who::Attempt;
}

impl FromRequestParts<Arc<App>> for AttemptCall {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiProblem> {
        let Ok(query) = Query::from_request_parts(parts, app).await;
        let Ok(origin) = Origin::from_request_parts(parts, app).await;
        let attempt = query.member("attempt", PUBLIC_ID).unwrap_or_default();
        let handle = held(app, &Visit::of(parts, app), attempt).ok_or(Slug::NotFound)?;
        let read = app.handles.read(Kind::Attempt, &handle).ok_or(Slug::NotFound)?;
        Ok(Self { handle, read, origin })
    }
}

/// The handle of an attempt of this browser.
pub(in crate::http) fn held(app: &App, visit: &Visit, attempt: &str) -> Option<String> {
    let held = cookie::value(&visit.headers, &app.settings, &name(attempt));
    held.filter(|handle| !handle.is_empty()).map(str::to_owned)
}

/// The address of the page of where an attempt stands.
pub(in crate::http) fn address(attempt: &str) -> String {
    format!("/login?attempt={attempt}")
}

/// On to the pages of an attempt, whose handle goes into a cookie of its own.
pub(in crate::http) fn on_to(app: &App, visit: &Visit, handle: &str, life: Duration) -> Page {
    let id = public_id(handle);
    let line = cookie::set(&app.settings, &name(&id), handle, Some(life + COOKIE_GRACE));
    visit.go(&address(&id)).with_cookie(line)
}

/// The line that removes an attempt's cookie.
pub(in crate::http) fn forgotten(app: &App, attempt: &str) -> Option<HeaderValue> {
    cookie::clear(&app.settings, &name(attempt))
}

/// To where the browser's latest attempt stands, or to the start.
pub(in crate::http) async fn standing(app: &Shared, visit: &Visit) -> Page {
    let held = cookie::values(&visit.headers, &app.settings, cookie::ATTEMPT);
    let handles: Vec<_> = held.into_iter().map(str::to_owned).collect();
    match attempt::latest(app, &handles).await {
        Ok(Some(handle)) => visit.go(&address(&public_id(&handle))),
        Ok(None) => visit.go("/login"),
        Err(refused) => visit.refused(&refused),
    }
}

fn name(attempt: &str) -> String {
    format!("{}{attempt}", cookie::ATTEMPT)
}

/// A short name of an attempt that gives nothing away: half of a digest of its handle.
fn public_id(handle: &str) -> String {
    let digest = Sha256::digest(handle.as_bytes());
    digest.iter().take(8).map(|octet| format!("{octet:02x}")).collect()
}
