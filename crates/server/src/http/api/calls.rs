//! The desk: who is on the line is shown by a device of the caller's.

use super::{agent::DeskChecking, desk::step, id};
use crate::{
    flow::desk::{
        call::{self, Checking},
        find,
        step::Step,
    },
    http::{
        Shared,
        answer::{Begun, Data, moment},
        extract::{address::Segment, body::ApiBody},
        problem::{self, ApiProblem},
    },
};
use axum::extract::State;
use domain::{Timestamp, desk::CallState};
use wire::api::{
    call::{Call, CallState as Stands, NewCall},
    withdrawal::Continue,
};

/// `POST /desk/calls`.
pub async fn begin(
    State(app): State<Shared>,
    caller: DeskChecking,
    ApiBody(body): ApiBody<NewCall>,
) -> Result<Begun<Call>, ApiProblem> {
    let user = find::known(&app, &body.user).await?;
    let id = call::begin(&app, &caller.agent, caller.origin.clone(), user).await?;
    Ok(Begun(shown(call::go_on(&app, &caller.agent, caller.origin, id, Step::LOOK).await?, app.now())))
}

/// `GET /desk/calls/{id}`.
pub async fn one(
    State(app): State<Shared>,
    caller: DeskChecking,
    Segment(segment): Segment,
) -> Result<Data<Call>, ApiProblem> {
    let id = id(segment)?;
    Ok(Data(shown(call::go_on(&app, &caller.agent, caller.origin, id, Step::LOOK).await?, app.now())))
}

/// `POST /desk/calls/{id}/continue`.
pub async fn go_on(
    State(app): State<Shared>,
    caller: DeskChecking,
    Segment(segment): Segment,
    ApiBody(body): ApiBody<Continue>,
) -> Result<Data<Call>, ApiProblem> {
    let (id, step) = (id(segment)?, step(body)?);
    Ok(Data(shown(call::go_on(&app, &caller.agent, caller.origin, id, step).await?, app.now())))
}

fn shown(checking: Checking, now: Timestamp) -> Call {
    let failure = match checking.refused {
        Some(refused) => problem::first_party(refused, now).ok(),
        None => checking.view.as_ref().and_then(|view| problem::step_failure(view)),
    };
    let proved = checking.state == CallState::Proved;
    Call {
        id: checking.call.id.to_string(),
        user: checking.call.user.to_string(),
        username: checking.username,
        state: match checking.state {
            CallState::Asked => Stands::Asked,
            CallState::Proved => Stands::Proved,
            CallState::Failed => Stands::Failed,
        },
        first_name: checking.said.as_ref().map(|said| said.first_name.to_string()),
        words: checking.said.as_ref().map(|said| said.words.to_string()),
        device: checking.device,
        until: proved.then(|| moment(checking.call.call.serves_until())),
        expires_in: checking.view.as_ref().map(|view| view.expires_in),
        next: checking.view.map(|view| view.next),
        failure,
    }
}
