//! A browser that a client sends. Any site can send one, so it proves nothing about who asks.

use crate::{
    app::App,
    flow::Origin,
    http::{
        answer::Page,
        extract::{
            body,
            caller::{Body, Caller, FORM, Who},
            page::Visit,
        },
    },
    pages::error::ErrorKind,
};
use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{Method, request::Parts},
};
use oidc::Form;
use std::{convert::Infallible, sync::Arc};

/// A browser that a client sends.
pub struct Sent {
    /// The visit.
    pub visit: Visit,
    /// Where it comes from.
    pub origin: Origin,
}

impl Caller for Sent {
    const WHO: Who = Who::Sent;
}

impl FromRequestParts<Arc<App>> for Sent {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let Ok(visit) = Visit::from_request_parts(parts, app).await;
        let Ok(origin) = Origin::from_request_parts(parts, app).await;
        Ok(Self { visit, origin })
    }
}

/// A browser that a client sends with a request: in the query, or as the form of a POST.
pub struct SentForm {
    /// The browser.
    pub sent: Sent,
    /// The request.
    pub form: Form,
}

impl Caller for SentForm {
    const WHO: Who = Who::Sent;
    const BODY: Option<Body> = Some(FORM);
}

impl FromRequest<Arc<App>> for SentForm {
    type Rejection = Page;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Page> {
        let (mut parts, content) = request.into_parts();
        let Ok(sent) = Sent::from_request_parts(&mut parts, app).await;
        let form = if parts.method == Method::POST {
            body::form(Request::from_parts(parts, content)).await.ok()
        } else {
            Form::parse(parts.uri.query().unwrap_or_default().as_bytes()).ok()
        };
        match form {
            Some(form) => Ok(Self { sent, form }),
            None => Err(sent.visit.error(ErrorKind::BadRequest)),
        }
    }
}
