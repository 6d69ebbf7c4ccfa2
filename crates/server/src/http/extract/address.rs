//! What stands in a request's address.

use super::caller::Input;
use crate::app::App;
use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use oidc::Form;
use std::{convert::Infallible, sync::Arc};

/// The part of the path that a row leaves open; none where it is no text.
pub struct Segment(pub Option<String>);

impl Input for Segment {}

impl<T> Input for Path<T> {}

impl FromRequestParts<Arc<App>> for Segment {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let found = Path::<String>::from_request_parts(parts, app).await;
        Ok(Self(found.ok().map(|Path(text)| text)))
    }
}

/// The query, read as a form; empty where it is none.
pub struct Query(Form);

impl Input for Query {}

impl FromRequestParts<Arc<App>> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Self, Infallible> {
        Ok(Self(Form::parse(parts.uri.query().unwrap_or_default().as_bytes()).unwrap_or_default()))
    }
}

impl Query {
    /// A member; none where it is missing, there twice or longer than `max` octets.
    pub fn member(&self, name: &'static str, max: usize) -> Option<&str> {
        self.0.optional(name, max).ok().flatten()
    }
}
