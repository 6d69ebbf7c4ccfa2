//! `/oauth2/authorize-challenge`: logins of programs with a form of their own.

use crate::{
    clients::Client,
    flow::{
        Origin, Refused,
        confirm::{
            attempt::{self, Act, Going, Owner, Progress},
            give::Pass,
            next::View,
        },
        login::password::{self, Begin, Claim},
    },
    http::{
        Shared,
        extract::body,
        layers::cors::Caller,
        problem::{self, OAuthProblem},
    },
};
use axum::{
    Json,
    extract::{Request as HttpRequest, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{
    Secret,
    confirmation::{Channel, Redemption, Told, Withheld},
};
use oidc::{
    OAuthError,
    first_party::{self, Request},
};
use std::{sync::Arc, time::Duration};
use wire::{Answer, Failure, Reason};

/// Answers a request of the first-party protocol.
pub async fn authorize_challenge(
    State(app): State<Shared>,
    origin: Origin,
    request: HttpRequest,
) -> Result<Response, OAuthProblem> {
    let caller = Caller::of(request.extensions());
    let form = body::form(request).await?;
    let taken = match Request::parse(&form)? {
        Request::Begin(request) => {
            let client = first_party_client(&app, &caller, request.client_id)?;
            let scope = oidc::scope::requested_of(request.scope, &client.oauth.allowed_scopes())?;
            password::begin(&app, begin(request, scope, client, origin)).await
        }
        Request::Continue(request) => {
            let client = request.client_id.map(|id| first_party_client(&app, &caller, id)).transpose()?;
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
    match taken {
        Ok(progress) => Ok(answer(progress)),
        Err(refused) => ended(refused, &app),
    }
}

fn first_party_client(app: &Shared, caller: &Caller, id: &str) -> Result<Client, OAuthError> {
    let client = app.clients.find(id).ok_or(OAuthError::InvalidClient)?;
    caller.is(&client);
    if client.first_party { Ok(Client::clone(&client)) } else { Err(OAuthError::UnauthorizedClient) }
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
        first_party::Act::Respond(response) => Act::Answer(Arc::new(Secret::new((*response).to_owned()))),
    }
}

fn answer(progress: Progress) -> Response {
    match progress.going {
        Going::Done(given) => {
            let Pass::Code(code) = given.pass else { return OAuthProblem::Internal.into_response() };
            let answer = Answer { authorization_code: Some(code), client_mark: given.mark, ..Answer::default() };
            Json(answer).into_response()
        }
        Going::Awaiting(view) => {
            // A device that locked in this step is no end: another one may be chosen with the same handle.
            let answer = Answer {
                error: Some("insufficient_authorization".to_owned()),
                auth_session: Some(progress.handle),
                expires_in: Some(view.expires_in),
                failure: told(&view),
                next: Some(view.next),
                ..Answer::default()
            };
            (StatusCode::BAD_REQUEST, Json(answer)).into_response()
        }
    }
}

/// What went wrong in the last step.
pub(in crate::http) fn told(view: &View) -> Option<Failure> {
    let wrong = |reason| Failure { attempts_left: Some(view.attempts_left), ..Failure::of(reason) };
    match view.told? {
        Told::WrongAnswer => Some(wrong(Reason::WrongResponse)),
        Told::WrongNumber => Some(wrong(Reason::WrongNumber)),
        Told::DeviceLocked(until) => Some(problem::device_locked(until, view.now)),
        Told::PushWithheld(Withheld::WrongNumber) => Some(wrong(Reason::WrongNumber)),
        // The step that is there instead carries it as a notice.
        Told::PushWithheld(_) => None,
    }
}

fn ended(refused: Refused, app: &Shared) -> Result<Response, OAuthProblem> {
    let failure = problem::first_party(refused, app.now())?;
    let answer = Answer { error: Some("access_denied".to_owned()), failure: Some(failure), ..Answer::default() };
    Ok((StatusCode::BAD_REQUEST, Json(answer)).into_response())
}
