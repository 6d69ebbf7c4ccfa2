//! Errors of the phone's API.

use crate::{
    flow::phone::PhoneRefused,
    http::problem::{ApiProblem, Slug, Told},
};
use axum::response::{IntoResponse, Response};

/// An error of the phone's API.
#[derive(Debug, Clone)]
pub enum PhoneProblem {
    /// The call brings no proof.
    ProofMissing,
    /// The call brings several proofs.
    ProofRepeated,
    /// The proof does not hold.
    Proof(oidc::dpop::DpopError),
    /// The token is none of ours.
    Token,
    /// The flow refused.
    Refused(PhoneRefused),
    /// Any other.
    Api(ApiProblem),
}

impl From<PhoneRefused> for PhoneProblem {
    fn from(refused: PhoneRefused) -> Self {
        Self::Refused(refused)
    }
}

impl From<ApiProblem> for PhoneProblem {
    fn from(problem: ApiProblem) -> Self {
        Self::Api(problem)
    }
}

impl IntoResponse for PhoneProblem {
    fn into_response(self) -> Response {
        let with = |slug: Slug, reason, detail: String| ApiProblem {
            reason: Some(reason),
            detail: Some(detail),
            ..ApiProblem::from(slug)
        };
        match self {
            Self::ProofMissing => with(Slug::InvalidProof, "missing", "send one DPoP header".to_owned()),
            Self::ProofRepeated => with(Slug::InvalidProof, "repeated", "send one DPoP header".to_owned()),
            Self::Proof(error) => with(Slug::InvalidProof, proof_reason(error), error.to_string()),
            Self::Token => with(Slug::Unauthorized, "token", PhoneRefused::Token.to_string()),
            Self::Refused(refused) => Told::of(refused).into(),
            Self::Api(problem) => problem,
        }
        .into_response()
    }
}

/// The member of a proof that does not hold.
fn proof_reason(error: oidc::dpop::DpopError) -> &'static str {
    use oidc::dpop::DpopError as E;
    match error {
        E::TooLong | E::Malformed => "malformed",
        E::Type => "typ",
        E::Algorithm => "alg",
        E::Header => "header",
        E::PrivateKey | E::Key => "jwk",
        E::Signature => "signature",
        E::JtiMissing | E::JtiTooLong => "jti",
        E::Method => "htm",
        E::Url => "htu",
        E::IatMissing | E::TooOld | E::TooNew => "iat",
        E::Nonce => "nonce",
        E::AccessToken => "ath",
    }
}
