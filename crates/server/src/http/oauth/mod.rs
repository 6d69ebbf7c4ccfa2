//! The OpenID Connect provider's endpoints.

pub mod ask;
pub mod authorize;
pub mod backchannel;
pub mod first_party;
pub mod logout;
pub mod metadata;
pub mod par;
pub mod token;
pub mod tokens;
pub mod userinfo;

use crate::{
    clients::Client,
    flow::{
        Refused,
        oidc::{
            Denied,
            client::{self, Sent},
        },
        proof::Proof,
    },
    http::{Shared, extract::body, layers::cors::Caller, problem::OAuthProblem},
};
use axum::{
    extract::Request,
    http::{HeaderMap, header},
};
use oidc::{ClientFault, Form, OAuthError};
use std::sync::Arc;

impl From<Denied> for OAuthProblem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::OAuth(error) => Self::Request(error),
            Denied::Refused(Refused::Busy) => Self::Busy,
            Denied::Refused(Refused::Unavailable) => Self::Unavailable,
            Denied::Refused(Refused::Throttled(wait)) => Self::Throttled(wait),
            Denied::Refused(_) => Self::Internal,
        }
    }
}

/// A form whose client proved itself, with the proof of the key it holds, where it sent one; not noted yet.
pub(crate) struct ClientForm {
    pub(crate) form: Form,
    pub(crate) client: Arc<Client>,
    pub(crate) proof: Option<Proof>,
}

/// Reads a form and authenticates its client.
pub(crate) async fn client_form(app: &Shared, request: Request) -> Result<ClientForm, OAuthProblem> {
    let path = request.uri().path().to_owned();
    let caller = Caller::of(request.extensions());
    let headers = request.headers().clone();
    let form = body::form(request).await?;
    let authorization =
        one(&headers, header::AUTHORIZATION.as_str()).map_err(|()| OAuthProblem::Client(ClientFault::Header.into()))?;
    let client = client::authenticate(app, Sent { path: &path, form: &form, authorization }).await.map_err(
        |denied| match denied {
            Denied::OAuth(error) if error.code() == "invalid_client" && authorization.is_some() => {
                OAuthProblem::Client(error)
            }
            denied => denied.into(),
        },
    )?;
    caller.is(&client);
    let proof = one(&headers, "dpop").map_err(|()| OAuthError::NoDpopProof)?;
    let proof = proof.map(|text| Proof::read(app, text, ("POST", &path), None)).transpose();
    Ok(ClientForm { form, client, proof: proof.map_err(OAuthError::InvalidDpopProof)? })
}

/// A header that may be there once.
pub(crate) fn one<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, ()> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| ()),
        (Some(_), Some(_)) => Err(()),
    }
}
