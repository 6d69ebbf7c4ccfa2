//! Bodies, read strictly and within limits.

use super::caller::{Body, Input};
use crate::{
    app::App,
    http::problem::{ApiProblem, Slug},
};
use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header},
};
use oidc::{Form, OAuthError};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// Most octets of a form or JSON body.
pub const MAX_BODY: usize = 16 * 1024;

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyError {
    /// Another content type than the endpoint takes.
    ContentType,
    /// Longer than [`MAX_BODY`].
    TooLarge,
    /// Not valid: no UTF-8, no form, no such JSON.
    Malformed,
}

impl BodyError {
    /// The HTTP status.
    pub fn status(self) -> StatusCode {
        match self {
            Self::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Malformed => StatusCode::BAD_REQUEST,
        }
    }
}

impl From<OAuthError> for BodyError {
    fn from(_: OAuthError) -> Self {
        Self::Malformed
    }
}

/// Reads a form body.
pub async fn form(request: Request) -> Result<Form, BodyError> {
    if !content_type(request.headers(), "application/x-www-form-urlencoded") {
        return Err(BodyError::ContentType);
    }
    Ok(Form::parse(&octets(request).await?)?)
}

/// A JSON body of one of our own APIs.
pub struct JsonBody<T>(pub T);

impl<T> Input for JsonBody<T> {
    const BODY: Option<Body> = Some(Body::of::<T>("application/json"));
}

impl<T: DeserializeOwned> FromRequest<Arc<App>> for JsonBody<T> {
    type Rejection = ApiProblem;

    async fn from_request(request: Request, _: &Arc<App>) -> Result<Self, ApiProblem> {
        if !content_type(request.headers(), "application/json") {
            return Err(Slug::from(BodyError::ContentType).into());
        }
        let read = serde_json::from_slice(&octets(request).await.map_err(Slug::from)?);
        read.map(Self).map_err(|_| Slug::from(BodyError::Malformed).into())
    }
}

/// A JSON body of the institution's API: its schema is published, and what does not fit it is named.
pub struct ApiBody<T>(pub T);

impl<T: JsonSchema> Input for ApiBody<T> {
    const BODY: Option<Body> = Some(Body::shown::<T>("application/json"));
}

impl<T: DeserializeOwned> FromRequest<Arc<App>> for ApiBody<T> {
    type Rejection = ApiProblem;

    async fn from_request(request: Request, _: &Arc<App>) -> Result<Self, ApiProblem> {
        if !content_type(request.headers(), "application/json") {
            return Err(Slug::from(BodyError::ContentType).into());
        }
        let octets = octets(request).await.map_err(Slug::from)?;
        let unfit = |error: serde_json::Error| ApiProblem {
            reason: Some("body"),
            detail: Some(error.to_string()),
            ..Slug::BadRequest.into()
        };
        serde_json::from_slice(&octets).map(Self).map_err(unfit)
    }
}

/// Reads a body of text, such as a compact JWS.
pub async fn text(request: Request, wanted: &str) -> Result<String, BodyError> {
    if !content_type(request.headers(), wanted) {
        return Err(BodyError::ContentType);
    }
    String::from_utf8(octets(request).await?.to_vec()).map_err(|_| BodyError::Malformed)
}

async fn octets(request: Request) -> Result<Bytes, BodyError> {
    // The layer of axum that bounds bodies answers 413 here.
    Bytes::from_request(request, &()).await.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => BodyError::TooLarge,
        _ => BodyError::Malformed,
    })
}

/// Whether the content type is this one, whatever its parameters say.
pub fn content_type(headers: &HeaderMap, wanted: &str) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(wanted))
}
