//! Forms of our own pages. A handler cannot get one without its token having been checked.

use super::{
    body::{self, BodyError},
    caller::{Body, Caller, FORM, Who},
    page::Visit,
};
use crate::{
    app::App,
    flow::Origin,
    http::{
        answer::Page,
        problem::{ApiProblem, Slug},
    },
    pages::error::ErrorKind,
};
use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, HeaderValue, header, request::Parts},
};
use oidc::Form;
use std::sync::Arc;

/// A form of one of our own pages: its token was checked.
pub struct PageForm {
    /// The visit.
    pub visit: Visit,
    /// Where it comes from.
    pub origin: Origin,
    pub(super) form: Form,
}

impl Caller for PageForm {
    const WHO: Who = Who::PageForm;
    const BODY: Option<Body> = Some(FORM);
}

impl PageForm {
    /// A field, empty when it is missing; the error page when it is there twice or longer than `max` octets.
    #[expect(clippy::result_large_err, reason = "the error is the answer that goes out, made once")]
    pub fn field(&self, name: &'static str, max: usize) -> Result<&str, Page> {
        let value = self.form.optional(name, max).map_err(|_| self.visit.error(ErrorKind::BadRequest))?;
        Ok(value.unwrap_or_default())
    }
}

impl FromRequest<Arc<App>> for PageForm {
    type Rejection = Page;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Page> {
        let (mut parts, content) = request.into_parts();
        let visit = Visit::of(&parts, app);
        let Ok(origin) = Origin::from_request_parts(&mut parts, app).await;
        let same_origin = same_origin(&parts.headers, &app.settings.issuer);
        let form = body::form(Request::from_parts(parts, content)).await.map_err(|error| {
            visit.error(match error {
                BodyError::ContentType => ErrorKind::UnsupportedMediaType,
                BodyError::TooLarge => ErrorKind::TooLarge,
                BodyError::Malformed => ErrorKind::BadRequest,
            })
        })?;
        let token = form.optional("csrf", 64).ok().flatten().unwrap_or_default();
        if same_origin && visit.has_token(token.as_bytes()) {
            Ok(Self { visit, origin, form })
        } else {
            Err(visit.error(ErrorKind::FormExpired))
        }
    }
}

/// A call of a script of our own pages, which carries the token of its page's forms in a header.
pub struct ScriptCall;

impl Caller for ScriptCall {
    const WHO: Who = Who::PageForm;
}

impl FromRequestParts<Arc<App>> for ScriptCall {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiProblem> {
        let token = parts.headers.get("x-csrf-token").map(HeaderValue::as_bytes).unwrap_or_default();
        let fits = same_origin(&parts.headers, &app.settings.issuer) && Visit::of(parts, app).has_token(token);
        if fits { Ok(Self) } else { Err(Slug::FormExpired.into()) }
    }
}

/// Whether the browser says that the request comes from a page of ours; browsers that say nothing pass, and are
/// held by the token.
pub(in crate::http) fn same_origin(headers: &HeaderMap, issuer: &str) -> bool {
    let origin = headers.get(header::ORIGIN).map(|value| value.as_bytes() == issuer.as_bytes());
    let site = headers.get("sec-fetch-site").map(|value| value == "same-origin" || value == "none");
    origin.unwrap_or(true) && site.unwrap_or(true)
}
