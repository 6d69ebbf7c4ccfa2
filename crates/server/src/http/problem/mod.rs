//! Errors as the outside sees them: one match from our refusals to what is told (`told.rs`), in three dresses: a problem
//! document for our APIs, RFC 6749 for OAuth endpoints, a page for browsers.

mod oauth;
mod phone;
mod slug;
mod told;

pub use oauth::{OAuthProblem, first_party, sent_back, step_failure};
pub use phone::PhoneProblem;
pub use slug::Slug;
pub use told::{Extra, Told};

use crate::{
    flow::{Refused, desk, institution::NotDone},
    http::answer::moment,
};
use axum::{
    Json,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use operation::Amount;
use std::time::Duration;
use wire::Problem;

/// A problem document as an answer.
#[derive(Debug, Clone)]
pub struct ApiProblem {
    /// Which one.
    pub slug: Slug,
    /// What to do about this one.
    pub detail: Option<String>,
    /// A stable word, where one slug has several reasons.
    pub reason: Option<&'static str>,
    /// Wrong answers left.
    pub attempts_left: Option<u32>,
    /// How long to wait.
    pub wait: Option<Duration>,
    /// What problems of its type carry.
    pub extra: Option<Extra>,
}

impl From<Slug> for ApiProblem {
    fn from(slug: Slug) -> Self {
        Self { slug, detail: None, reason: None, attempts_left: None, wait: None, extra: None }
    }
}

impl From<Told> for ApiProblem {
    fn from(Told { slug, detail, reason, attempts_left, wait, extra, .. }: Told) -> Self {
        Self { slug, detail, reason, attempts_left, wait, extra }
    }
}

impl From<NotDone> for ApiProblem {
    fn from(refused: NotDone) -> Self {
        Told::institution(refused).into()
    }
}

impl From<desk::NotDone> for ApiProblem {
    fn from(refused: desk::NotDone) -> Self {
        Told::desk(refused).into()
    }
}

impl From<Refused> for ApiProblem {
    fn from(refused: Refused) -> Self {
        Told::of(refused).into()
    }
}

impl ApiProblem {
    /// No further answer is held open for an address.
    pub fn too_many_open() -> Self {
        let detail = Some("too many answers are held open for this address".to_owned());
        Self { detail, wait: Some(TOO_MANY_OPEN_WAIT), ..Self::from(Slug::Throttled) }
    }
}

impl IntoResponse for ApiProblem {
    fn into_response(self) -> Response {
        let status = self.slug.status();
        let (devices, required, until) = match self.extra {
            None => (None, None, None),
            Some(Extra::Devices(devices)) => (Some(devices), None, None),
            Some(Extra::Required(money)) => (None, Some(money), None),
            Some(Extra::Until(until)) => (None, None, Some(until)),
        };
        let problem = Problem {
            kind: format!("/problems/{}", self.slug.name()),
            title: self.slug.title().to_owned(),
            status: status.as_u16(),
            detail: self.detail,
            reason: self.reason.map(str::to_owned),
            attempts_left: self.attempts_left,
            retry_after: self.wait.map(crate::http::extract::page::seconds),
            devices,
            required: required.map(|money| Amount::from(money).digits().to_owned()),
            currency: required.map(|money| money.currency().code().to_owned()),
            until: until.map(moment),
            instance: None,
        };
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        retry_after(headers, self.wait);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match self.slug {
            // Whoever brought no token at all learns only what is needed (RFC 6750, 3.1).
            Slug::Unauthorized if self.reason == Some("invalid_token") => {
                let value = HeaderValue::from_static("Bearer error=\"invalid_token\"");
                headers.insert(header::WWW_AUTHENTICATE, value);
            }
            Slug::Unauthorized => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Slug::InsufficientScope => {
                let scope = self.reason.unwrap_or_default();
                let value = format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"");
                headers.extend(HeaderValue::from_str(&value).ok().map(|value| (header::WWW_AUTHENTICATE, value)));
            }
            Slug::InvalidProof => {
                let value = HeaderValue::from_static("DPoP algs=\"ES256\", error=\"invalid_dpop_proof\"");
                headers.insert(header::WWW_AUTHENTICATE, value);
            }
            _ => {}
        }
        response
    }
}

/// How long to wait where too many answers are held open.
const TOO_MANY_OPEN_WAIT: Duration = Duration::from_secs(30);

/// Adds `Retry-After` in whole seconds, at least one.
pub fn retry_after(headers: &mut HeaderMap, wait: Option<Duration>) {
    if let Some(wait) = wait {
        let seconds = wait.as_millis().div_ceil(1000).max(1);
        if let Ok(value) = HeaderValue::from_str(&seconds.to_string()) {
            headers.insert(header::RETRY_AFTER, value);
        }
    }
}
