//! Errors of the phone's API.

use crate::{
    card_processor::CardError,
    flow::phone::PhoneRefused,
    http::{
        extract::body::BodyError,
        problem::{ApiProblem, Slug, flow_refused, locked},
    },
};
use axum::response::{IntoResponse, Response};
use std::time::Duration;

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
    /// The body was not read.
    Body(BodyError),
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
            Self::Body(error) => ApiProblem::from(Slug::from(error)),
            Self::Refused(refused) => phone_refused(refused),
            Self::Api(problem) => problem,
        }
        .into_response()
    }
}

/// How long to wait before a card processor that cannot be reached is asked again.
const TRY_AGAIN: Duration = Duration::from_secs(5);

fn phone_refused(refused: PhoneRefused) -> ApiProblem {
    let words = refused.to_string();
    let plain = |slug: Slug| ApiProblem { detail: Some(words.clone()), ..ApiProblem::from(slug) };
    let left = |slug: Slug, left| ApiProblem { attempts_left: Some(left), ..plain(slug) };
    let because = |slug: Slug, reason| ApiProblem { reason: Some(reason), ..plain(slug) };
    match refused {
        PhoneRefused::Flow(refused) => flow_refused(&refused),
        PhoneRefused::ProofReplayed => because(Slug::InvalidProof, "jti_used"),
        PhoneRefused::Token => because(Slug::Unauthorized, "token"),
        PhoneRefused::NotActive => plain(Slug::DeviceNotActive),
        PhoneRefused::UnknownActivation => plain(Slug::UnknownActivation),
        PhoneRefused::UnknownInvitation => plain(Slug::UnknownInvitation),
        PhoneRefused::NotVouched => plain(Slug::NotAwaited),
        PhoneRefused::WrongCode(attempts) => left(Slug::WrongCode, attempts),
        PhoneRefused::WrongResponse(attempts) | PhoneRefused::WrongPin(attempts) => left(Slug::WrongResponse, attempts),
        PhoneRefused::WrongNumber => plain(Slug::WrongNumber),
        PhoneRefused::Statement(error) => because(Slug::StatementMismatch, error.member()),
        PhoneRefused::Malformed(member) => because(Slug::BadRequest, member),
        PhoneRefused::NoPush => plain(Slug::NoPush),
        PhoneRefused::NotSubscribed => plain(Slug::NotSubscribed),
        PhoneRefused::Endpoint(error) => because(Slug::BadRequest, error.reason()),
        PhoneRefused::UnknownConfirmation => plain(Slug::NotFound),
        PhoneRefused::LabelTaken => because(Slug::BadRequest, "label_taken"),
        PhoneRefused::UnknownChange => plain(Slug::UnknownChange),
        PhoneRefused::NoPin => plain(Slug::NoPin),
        PhoneRefused::Locked(until) => locked(until),
        PhoneRefused::Card(error) => match error {
            CardError::NoCards => plain(Slug::NoCards),
            CardError::Unreachable => ApiProblem { wait: Some(TRY_AGAIN), ..plain(Slug::CardProcessorUnreachable) },
            CardError::UnknownCard => plain(Slug::UnknownCard),
            CardError::UnknownPayment => because(Slug::CardRefused, "unknown_payment"),
            CardError::NotActive => because(Slug::CardRefused, "not_active"),
            CardError::NotWhole => because(Slug::CardRefused, "not_whole"),
            CardError::NotNeeded(_) => because(Slug::CardRefused, "not_needed"),
            CardError::InsufficientFunds(_) => because(Slug::CardRefused, "insufficient_funds"),
            CardError::NotShown => because(Slug::CardRefused, "not_shown"),
            CardError::Changed => because(Slug::CardRefused, "changed"),
        },
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
