//! The console: who is on the line is shown by a device of the caller's.

use super::{
    console::{ID, back, id_in, refused, told},
    settings::moment,
};
use crate::{
    flow::{
        Origin, Refused,
        confirm::{attempt::Act, next::View},
        desk::{
            NotDone, OnDuty,
            call::{self, Checking},
            step::Step,
        },
    },
    http::{
        Shared,
        answer::Page,
        extract::{
            address::Query,
            agent::{CheckingCaller, CheckingForm},
            form::PageForm,
            page::Visit,
        },
    },
    pages::{
        call::{CallDevice, CallPage, CallStands},
        console::{DeskTold, ProofLine},
        error::ErrorKind,
    },
};
use axum::{extract::State, http::StatusCode};
use domain::{
    Secret,
    confirmation::Told,
    desk::CallState,
    device::Method,
    id::{ConfirmationId, UserId},
};
use std::{sync::Arc, time::Duration};
use wire::Next;

/// Octets of what is typed at most.
const TYPED: usize = 64;

/// `POST /console/call`.
pub async fn begin(State(app): State<Shared>, CheckingForm { form, agent }: CheckingForm) -> Result<Page, Page> {
    let user: UserId = id_in(&form, "user")?;
    let asked = call::begin(&app, &agent, form.origin.clone(), user).await;
    Ok(match asked {
        Ok(id) => form.visit.go(&at(id)),
        // Also where every one is locked.
        Err(NotDone::Refused(Refused::NoUsableDevice { .. } | Refused::NotPermitted(_) | Refused::Step(_))) => {
            back(&form.visit, &format!("/console/user?id={user}"), Ok(DeskTold::CallNoDevice))
        }
        Err(not) => back(&form.visit, &format!("/console/user?id={user}"), Err(not)),
    })
}

fn at(id: ConfirmationId) -> String {
    format!("/console/call?id={id}")
}

/// `GET /console/call?id=…`.
pub async fn show(
    State(app): State<Shared>,
    CheckingCaller { visit, agent }: CheckingCaller,
    origin: Origin,
    query: Query,
) -> Page {
    let Some(id) = query.member("id", ID).and_then(|id| id.parse().ok()) else {
        return visit.error(ErrorKind::NotFound);
    };
    match call::go_on(&app, &agent, origin, id, Step::LOOK).await {
        Ok(checking) => {
            let page = call_page(&visit, checking, told(&query));
            visit.show(StatusCode::OK, &page)
        }
        Err(not) => refused(&visit, not),
    }
}

fn call_page(visit: &Visit, checking: Checking, told: Option<DeskTold>) -> CallPage {
    let id = checking.call.id;
    let view = checking.view.as_deref();
    let (first_name, words) = match &checking.said {
        Some(said) => (said.first_name.to_string(), said.words.to_string()),
        None => Default::default(),
    };
    CallPage {
        frame: visit.frame_at(&at(id)),
        id: id.to_string(),
        user: checking.username.clone(),
        user_id: checking.call.user.to_string(),
        first_name,
        words,
        others: view.is_some_and(|view| view.devices.len() > 1 && !matches!(view.next, Next::ChooseDevice { .. })),
        minutes: view.map_or(0, |view| view.expires_in.div_ceil(60)),
        wrong: view.is_some_and(|view| view.stands == Some(Told::WrongAnswer)),
        stands: stands(&checking),
        told,
    }
}

fn stands(checking: &Checking) -> CallStands {
    match (checking.state, checking.view.as_deref()) {
        (CallState::Proved, _) => CallStands::Proved(ProofLine {
            device: checking.device.clone().unwrap_or_default(),
            until: moment(checking.call.call.serves_until()),
        }),
        (CallState::Asked, Some(view)) => awaited(view),
        (CallState::Asked | CallState::Failed, _) => CallStands::Failed,
    }
}

fn awaited(view: &View) -> CallStands {
    match &view.next {
        Next::Approve { device, fallback, .. } => CallStands::Approving {
            device: device.label.clone(),
            offline: fallback.iter().any(|method| method == Method::ChallengeResponse.name()),
        },
        Next::Respond { device, challenge, response_digits, .. } => CallStands::Responding {
            device: device.label.clone(),
            challenge: challenge.clone(),
            digits: u32::from(*response_digits),
        },
        _ => {
            let usable = view.devices.iter().filter(|shown| shown.usable());
            let device = |shown: &crate::flow::confirm::next::Shown| CallDevice {
                id: shown.device.id.clone(),
                label: shown.device.label.clone(),
            };
            CallStands::Choosing(usable.map(device).collect())
        }
    }
}

/// `POST /console/call/device`: what the caller has at hand.
pub async fn device(State(app): State<Shared>, CheckingForm { form, agent }: CheckingForm) -> Result<Page, Page> {
    let id = id_in(&form, "id")?;
    let device = form.field("device", ID)?.to_owned();
    Ok(stepped(&app, &form, &agent, id, Act::Choose { device, method: None }).await)
}

/// `POST /console/call/challenge`: the phone has no connection.
pub async fn challenge(State(app): State<Shared>, CheckingForm { form, agent }: CheckingForm) -> Result<Page, Page> {
    let id = id_in(&form, "id")?;
    let act = Act::Method(Method::ChallengeResponse.name().to_owned());
    Ok(stepped(&app, &form, &agent, id, act).await)
}

/// `POST /console/call/back`: another device.
pub async fn other(State(app): State<Shared>, CheckingForm { form, agent }: CheckingForm) -> Result<Page, Page> {
    let id = id_in(&form, "id")?;
    Ok(stepped(&app, &form, &agent, id, Act::Back).await)
}

/// `POST /console/call/answer`: what the caller read out.
pub async fn answer(State(app): State<Shared>, CheckingForm { form, agent }: CheckingForm) -> Result<Page, Page> {
    let id = id_in(&form, "id")?;
    let response = Secret::new(form.field("response", TYPED)?.to_owned());
    Ok(stepped(&app, &form, &agent, id, Act::Answer(Arc::new(response))).await)
}

async fn stepped(app: &Shared, form: &PageForm, agent: &OnDuty, id: ConfirmationId, act: Act) -> Page {
    let step = Step { act, wait: Duration::ZERO };
    match call::go_on(app, agent, form.origin.clone(), id, step).await {
        Ok(_) => form.visit.go(&at(id)),
        Err(not) => back(&form.visit, &at(id), Err(not)),
    }
}
