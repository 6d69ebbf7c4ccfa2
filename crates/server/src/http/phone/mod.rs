//! The phone's API, `/api/phone/v1`.

pub mod activations;
pub mod cards;
pub mod confirmations;
pub mod device;
pub mod push;
pub mod session;

use crate::{
    app::App,
    flow::{Origin, phone::Call, proof::Proof},
    handle::Kind,
    http::{extract::body, problem::PhoneProblem},
};
use axum::{
    extract::{FromRequestParts, Request},
    http::{HeaderMap, header, request::Parts},
};
use oidc::authorization::{Scheme, credentials};
use std::sync::Arc;
use wire::phone::JOSE;

/// A call of a phone: its DPoP proof holds, its token is read. A handler cannot get the call without the check.
pub struct PhoneCall(pub(super) Call);

impl FromRequestParts<Arc<App>> for PhoneCall {
    type Rejection = PhoneProblem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, PhoneProblem> {
        let Ok(origin) = Origin::from_request_parts(parts, app).await;
        let mut proofs = parts.headers.get_all("dpop").iter();
        let proof = match (proofs.next(), proofs.next()) {
            (Some(proof), None) => proof.to_str().unwrap_or_default(),
            (None, _) => return Err(PhoneProblem::ProofMissing),
            (Some(_), Some(_)) => return Err(PhoneProblem::ProofRepeated),
        };
        let token = token(&parts.headers)?;
        let at = (parts.method.as_str(), parts.uri.path());
        let proof = Proof::read(app, proof, at, token).map_err(PhoneProblem::Proof)?;
        let access = match token {
            Some(text) => Some(app.handles.read(Kind::PhoneAccess, text).ok_or(PhoneProblem::Token)?),
            None => None,
        };
        Ok(Self(Call { key: proof.key, thumbprint: proof.jkt.clone(), proof, access, origin }))
    }
}

/// The token of `Authorization: DPoP …` (RFC 9449, 7.1).
fn token(headers: &HeaderMap) -> Result<Option<&str>, PhoneProblem> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    match value.to_str().ok().and_then(credentials) {
        Some((Scheme::Dpop, token)) => Ok(Some(token)),
        _ => Err(PhoneProblem::Token),
    }
}

/// A body that is a compact JWS.
pub(super) async fn jws(request: Request) -> Result<String, PhoneProblem> {
    body::text(request, JOSE).await.map_err(PhoneProblem::Body)
}

pub(super) fn malformed(member: &'static str) -> PhoneProblem {
    PhoneProblem::Refused(crate::flow::phone::PhoneRefused::Malformed(member))
}
