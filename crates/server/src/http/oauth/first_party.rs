//! `/oauth2/authorize-challenge`: logins of programs with a form of their own.

use crate::{
    clients::Client,
    flow::{
        Origin,
        confirm::{
            attempt::{self, Act, Going, Owner, Progress},
            give::Pass,
        },
        login::password::{self, Begin, Claim},
    },
    http::{
        Shared,
        oauth::client::ProgramForm,
        problem::{self, OAuthProblem},
    },
};
use axum::{Json, extract::State};
use domain::{
    Secret,
    confirmation::{Channel, Redemption},
};
use oidc::{
    first_party::{self, Request},
    webauthn::Signed,
};
use std::{sync::Arc, time::Duration};
use wire::Answer;

/// Answers a request of the first-party protocol.
pub async fn authorize_challenge(
    State(app): State<Shared>,
    program: ProgramForm,
) -> Result<Json<Answer>, OAuthProblem> {
    let origin = program.origin.clone();
    let taken = match Request::parse(&program.form)? {
        Request::Begin(request) => {
            let client = program.first_party(&app, request.client_id)?;
            let scope = oidc::scope::requested_of(request.scope, &client.oauth.allowed_scopes())?;
            password::begin(&app, begin(request, scope, client, origin)).await
        }
        Request::Continue(request) => {
            let client = request.client_id.map(|id| program.first_party(&app, id)).transpose()?;
            let request = attempt::Request {
                handle: request.auth_session.to_owned(),
                owner: Owner::Program(client.map(|client| client.id)),
                wait: wait(&request.act),
                act: act(&request.act),
                origin,
            };
            attempt::act(&app, request).await
        }
    };
    let answer = match taken {
        Ok(Progress { going: Going::Done(given), .. }) => {
            let Pass::Code(code) = given.pass else { return Err(OAuthProblem::INTERNAL) };
            let answer = Answer { authorization_code: Some(code), client_mark: given.mark, ..Answer::default() };
            return Ok(Json(answer));
        }
        // A device that locked in this step is no end: another one may be chosen with the same handle.
        Ok(Progress { handle, going: Going::Awaiting(view) }) => Answer {
            error: Some("insufficient_authorization".to_owned()),
            auth_session: Some(handle),
            expires_in: Some(view.expires_in),
            failure: problem::step_failure(&view),
            next: Some(view.next),
            ..Answer::default()
        },
        Err(refused) => {
            let failure = Some(problem::first_party(refused, app.now())?);
            Answer { error: Some("access_denied".to_owned()), failure, ..Answer::default() }
        }
    };
    Err(OAuthProblem::Attempt(Box::new(answer)))
}

fn begin(request: first_party::Begin<'_>, scope: String, client: Client, origin: Origin) -> Begin {
    Begin {
        claim: Claim {
            client: client.id.clone(),
            username: request.username.to_owned(),
            password: Secret::new(request.password.to_owned()),
            marks: request.client_mark.map(str::to_owned).into_iter().collect(),
            browser: None,
            origin,
        },
        client,
        version: request.client_version.map(str::to_owned),
        channel: Channel::FirstParty(Redemption {
            code_challenge: Some(request.code_challenge.as_str().to_owned()),
            scope,
            nonce: request.nonce.map(str::to_owned),
            ..Redemption::default()
        }),
    }
}

fn wait(act: &first_party::Act<'_>) -> Duration {
    match act {
        first_party::Act::Ask { wait } => *wait,
        _ => Duration::ZERO,
    }
}

fn act(act: &first_party::Act<'_>) -> Act {
    match act {
        first_party::Act::Ask { .. } => Act::Look,
        first_party::Act::Choose { device_id, method } => {
            Act::Choose { device: (*device_id).to_owned(), method: method.map(str::to_owned) }
        }
        first_party::Act::Method(method) => Act::Method((*method).to_owned()),
        first_party::Act::Assert(credential) => Act::Assert(Signed::read(credential).ok().map(Arc::new)),
        first_party::Act::Respond(response) => Act::Answer(Arc::new(Secret::new((*response).to_owned()))),
    }
}
