//! The phone's API, `/api/phone/v1`.

pub mod activations;
pub mod cards;
pub mod confirmations;
pub mod device;
pub mod lock;
pub mod push;
pub mod routes;
pub mod session;

pub use routes::ROUTES;
pub(crate) use routes::mount;

use crate::{
    app::App,
    flow::{
        Origin,
        phone::{Call, SignedBody},
        proof::Proof,
    },
    handle::Kind,
    http::{
        extract::{
            address::Segment,
            body,
            caller::{Body, Caller, Input, Who},
        },
        problem::{ApiProblem, PhoneProblem, Slug},
    },
};
use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, header, request::Parts},
};
use domain::id::ConfirmationId;
use oidc::authorization::{Scheme, credentials};
use serde::de::DeserializeOwned;
use std::sync::Arc;
use wire::phone::JOSE;

/// A call of a phone: its DPoP proof holds, its token is read. A handler cannot get the call without the check.
pub struct PhoneCall(pub(super) Call);

impl Caller for PhoneCall {
    const WHO: Who = Who::Phone;
}

impl FromRequestParts<Arc<App>> for PhoneCall {
    type Rejection = PhoneProblem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, PhoneProblem> {
        call(parts, app).await.map(Self)
    }
}

/// A call that needs no access token: the key proved itself, and the body says what else there is.
pub struct KeyCall(pub(super) Call);

impl Caller for KeyCall {
    const WHO: Who = Who::AnyKey;
}

impl FromRequestParts<Arc<App>> for KeyCall {
    type Rejection = PhoneProblem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, PhoneProblem> {
        call(parts, app).await.map(Self)
    }
}

async fn call(parts: &mut Parts, app: &Arc<App>) -> Result<Call, PhoneProblem> {
    let Ok(origin) = Origin::from_request_parts(parts, app).await;
    let mut proofs = parts.headers.get_all("dpop").iter();
    let proof = match (proofs.next(), proofs.next()) {
        (Some(proof), None) => proof.to_str().unwrap_or_default(),
        (None, _) => return Err(PhoneProblem::ProofMissing),
        (Some(_), Some(_)) => return Err(PhoneProblem::ProofRepeated),
    };
    let token = token(&parts.headers)?;
    let proof = Proof::read(app, proof, parts.method.as_str(), parts.uri.path(), token).map_err(PhoneProblem::Proof)?;
    let access = match token {
        Some(text) => Some(app.handles.read(Kind::PhoneAccess, text).ok_or(PhoneProblem::Token)?),
        None => None,
    };
    Ok(Call { key: proof.key, thumbprint: proof.jkt.clone(), proof, access, origin })
}

/// The token of `Authorization: DPoP …` (RFC 9449, 7.1).
fn token(headers: &HeaderMap) -> Result<Option<&str>, PhoneProblem> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    match value.to_str().ok().and_then(credentials) {
        Some((Scheme::Dpop, token)) => Ok(Some(token)),
        _ => Err(PhoneProblem::Token),
    }
}

/// A body that is a compact JWS, whose payload is a `T`. The use case verifies it.
pub struct Jws<T>(pub(super) SignedBody<T>);

impl<T> Input for Jws<T> {
    const BODY: Option<Body> = Some(Body::of::<T>(JOSE));
}

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Jws<T> {
    type Rejection = ApiProblem;

    async fn from_request(request: Request, _: &Arc<App>) -> Result<Self, ApiProblem> {
        let jws = body::text(request, JOSE).await.map_err(Slug::from)?;
        Ok(Self(SignedBody::new(jws)))
    }
}

/// The confirmation in the path.
pub struct ConfirmationPath(pub(super) ConfirmationId);

impl Input for ConfirmationPath {}

impl FromRequestParts<Arc<App>> for ConfirmationPath {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiProblem> {
        let Ok(Segment(id)) = Segment::from_request_parts(parts, app).await;
        confirmation(id).map(Self)
    }
}

/// The confirmation that a path names; where it names none there is nothing.
pub(super) fn confirmation(id: Option<String>) -> Result<ConfirmationId, ApiProblem> {
    id.and_then(|id| id.parse().ok()).ok_or_else(|| Slug::NotFound.into())
}

pub(super) fn malformed(member: &'static str) -> PhoneProblem {
    PhoneProblem::Refused(crate::flow::phone::PhoneRefused::Malformed(member))
}
