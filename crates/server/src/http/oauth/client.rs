//! Which client calls: a form whose client proved itself, and the form of a program that has nothing to prove itself with.

use crate::{
    app::App,
    clients::Client,
    flow::{
        Origin,
        oidc::{
            Denied,
            client::{self, Sent},
        },
        proof::Proof,
    },
    http::{
        Shared,
        extract::{
            body,
            caller::{Body, Caller, FORM, Who},
            header::one,
        },
        layers::cors::CallingClient,
        problem::OAuthProblem,
    },
};
use axum::{
    extract::{FromRequest, FromRequestParts as _, Request},
    http::header,
};
use oidc::{ClientFault, Form, OAuthError};
use std::sync::Arc;

/// A form whose client proved itself, with the proof of the key it holds, where it sent one; not noted yet.
pub struct ClientForm {
    /// The form.
    pub form: Form,
    /// The client.
    pub client: Arc<Client>,
    /// The proof.
    pub proof: Option<Proof>,
    /// Where it comes from.
    pub origin: Origin,
}

impl Caller for ClientForm {
    const WHO: Who = Who::Client;
    const BODY: Option<Body> = Some(FORM);
}

impl FromRequest<Arc<App>> for ClientForm {
    type Rejection = OAuthProblem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, OAuthProblem> {
        let path = request.uri().path().to_owned();
        let headers = request.headers().clone();
        let ProgramForm { form, calling, origin } = ProgramForm::from_request(request, app).await?;
        let authorization = one(&headers, header::AUTHORIZATION.as_str())
            .map_err(|()| OAuthProblem::Client(ClientFault::Header.into()))?;
        let client =
            client::authenticate(app, Sent { path: &path, form: &form, authorization }).await.map_err(|denied| {
                match denied {
                    Denied::OAuth(error) if error.code() == "invalid_client" && authorization.is_some() => {
                        OAuthProblem::Client(error)
                    }
                    denied => denied.into(),
                }
            })?;
        calling.is(&client);
        let proof = one(&headers, "dpop").map_err(|()| OAuthError::NoDpopProof)?;
        let proof = proof.map(|text| Proof::read(app, text, "POST", &path, None)).transpose();
        Ok(Self { form, client, proof: proof.map_err(OAuthError::InvalidDpopProof)?, origin })
    }
}

/// The form of a program on the user's machine, which can keep no secret: it says which client it is.
pub struct ProgramForm {
    /// The form.
    pub form: Form,
    /// Where it comes from.
    pub origin: Origin,
    calling: CallingClient,
}

impl Caller for ProgramForm {
    const WHO: Who = Who::Client;
    const BODY: Option<Body> = Some(FORM);
}

impl FromRequest<Arc<App>> for ProgramForm {
    type Rejection = OAuthProblem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, OAuthProblem> {
        let (mut parts, content) = request.into_parts();
        let calling = CallingClient::of(&parts.extensions);
        let Ok(origin) = Origin::from_request_parts(&mut parts, app).await;
        let form = body::form(Request::from_parts(parts, content)).await?;
        Ok(Self { form, origin, calling })
    }
}

impl ProgramForm {
    /// The program of a name, if it may have a login form of its own.
    pub(super) fn first_party(&self, app: &Shared, id: &str) -> Result<Client, OAuthError> {
        let client = app.clients.find(id).ok_or(OAuthError::InvalidClient)?;
        self.calling.is(&client);
        if client.first_party { Ok(Client::clone(&client)) } else { Err(OAuthError::UnauthorizedClient) }
    }
}
