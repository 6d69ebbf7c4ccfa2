//! The steps of a living attempt: looking, choosing, answering. One unit of work each.

use super::{
    Origin, Refused, candidates, give,
    give::Given,
    next::{self, View},
    unit::{Scene, carry_out},
};
use crate::{
    app::{App, nonce},
    handle::{Kind, Read},
};
use domain::{
    Refusal, Secret, Timestamp,
    confirmation::{Confirmation, Event, Exhaustion, Facts, LoginChannel, Operation, Outcome, Step, step},
    device::{Keys, Method},
    id::DeviceId,
};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use store::{Error, Sql, confirmation::Stored};

/// How an attempt stands after a step.
#[derive(Debug)]
pub struct Progress {
    /// The attempt's handle.
    pub handle: String,
    /// How it stands.
    pub going: Going,
}

/// Whether an attempt goes on.
#[derive(Debug)]
pub enum Going {
    /// Something is awaited.
    Awaiting(Box<View>),
    /// It is confirmed, and this is what it gives, once.
    Done(Box<Given>),
}

/// What the other side does.
#[derive(Debug, Clone)]
pub enum Act {
    /// Asks how it stands.
    Look,
    /// Picks a device.
    Choose {
        /// The device's id, as sent.
        device: String,
        /// The method, when one is forced.
        method: Option<String>,
    },
    /// Picks another method.
    Method(String),
    /// Goes back to the chooser.
    Back,
    /// Answers.
    Answer(Arc<Secret<String>>),
}

/// A step to take: by whom, on what.
#[derive(Debug, Clone)]
pub struct Request {
    /// The attempt's handle.
    pub handle: String,
    /// Who must own it.
    pub owner: Owner,
    /// What to do.
    pub act: Act,
    /// Where it comes from.
    pub origin: Origin,
}

/// Whose an attempt must be. A handle of the pages is of no use to a program, nor one program's to another.
#[derive(Debug, Clone)]
pub enum Owner {
    /// Our own pages.
    Pages,
    /// A program, by its client id where it says it: the handle is bound to the client that began the attempt.
    Program(Option<String>),
}

impl Owner {
    fn owns(&self, operation: &Operation) -> bool {
        let Operation::Login(login) = operation;
        match (self, &login.channel) {
            (Self::Pages, LoginChannel::Hosted | LoginChannel::Authorization { .. }) => true,
            (Self::Program(client), LoginChannel::FirstParty(_)) => {
                client.as_ref().is_none_or(|client| *client == login.client)
            }
            _ => false,
        }
    }
}

/// Takes a step.
pub async fn act(app: &Arc<App>, request: Request) -> Result<Progress, Refused> {
    let read = app.handles.read(Kind::Attempt, &request.handle).ok_or(Refused::UnknownAttempt)?;
    let request = Arc::new(request);
    // A lost compare-and-set is read again: of two answers one wins and the other meets an ended attempt.
    for _ in 0..8 {
        let (unit_app, unit_request) = (Arc::clone(app), Arc::clone(&request));
        match app.store.write(move |sql| unit(&unit_app, sql, &unit_request, read)).await? {
            Taken::LostRace => {}
            Taken::Step(result) => return result.map(|going| Progress { handle: request.handle.clone(), going }),
        }
    }
    Err(Refused::Busy)
}

enum Taken {
    Step(Result<Going, Refused>),
    LostRace,
}

fn unit(app: &App, sql: &mut dyn Sql, request: &Request, read: Read) -> Result<Taken, Error> {
    let now = app.now();
    if let Act::Answer(_) = request.act
        && let Some(wait) = super::session::throttle_address(app, sql, &request.origin, now)?
    {
        return Ok(Taken::Step(Err(Refused::Throttled(wait))));
    }
    let stored = store::confirmation::by_handle(sql, read.user, read.digest)?;
    let Some(stored) = stored.filter(|s| request.owner.owns(&s.confirmation.operation)) else {
        return Ok(Taken::Step(Err(Refused::UnknownAttempt)));
    };
    if let Some(wait) = throttled(app, sql, request, &stored.confirmation, now)? {
        return Ok(Taken::Step(Err(Refused::Throttled(wait))));
    }
    take(app, sql, request, &stored, now)
}

fn throttled(
    app: &App,
    sql: &mut dyn Sql,
    request: &Request,
    confirmation: &Confirmation,
    now: Timestamp,
) -> Result<Option<Duration>, Error> {
    let (Act::Answer(_), Some(user)) = (&request.act, store::user::by_id(sql, confirmation.user)?) else {
        return Ok(None);
    };
    let named = (&request.origin, confirmation.budget, user.username.as_str());
    super::session::throttle_user(app, sql, named, now)
}

fn take(app: &App, sql: &mut dyn Sql, request: &Request, stored: &Stored, now: Timestamp) -> Result<Taken, Error> {
    let before = &stored.confirmation;
    let Some(user) = store::user::by_id(sql, before.user)? else {
        return Ok(Taken::Step(Err(Refused::UnknownAttempt)));
    };
    let candidates = candidates::load(app, sql, &user)?;
    let failures = store::failure::load(sql, user.id, before.budget)?;
    let facts = Facts {
        candidates: &candidates,
        user_failures: &failures,
        unanswered_pushes: 0,
        unfamiliar: app.settings.unfamiliar(before.budget),
        policy: &app.settings.policy,
    };
    let stepped = match event(app, sql, request, before)? {
        Ok(event) => event.step(before, &facts, now),
        Err(refusal) => Err(refusal),
    };
    let step = match stepped {
        Ok(step) => step,
        // Looking at a living attempt is no event of its own.
        Err(Refusal::NotAwaited) if matches!(request.act, Act::Look) => {
            Step { confirmation: before.clone(), effects: Vec::new(), told: None }
        }
        Err(refusal) => return Ok(Taken::Step(Err(refusal.into()))),
    };
    if step.confirmation != *before && !store::confirmation::save(sql, stored.version, &step.confirmation)? {
        return Ok(Taken::LostRace);
    }
    let scene = scene(request, before, now);
    carry_out(app, sql, &scene, &step.effects)?;
    // Shown as it is after the step: the devices' locks and open card pairs may have changed with it.
    let candidates = if step.effects.is_empty() { candidates } else { candidates::load(app, sql, &user)? };
    Ok(Taken::Step(match step.confirmation.outcome() {
        Some(Outcome::Confirmed { device, method, at }) => {
            store::device::used(sql, user.id, device, now)?;
            let used = candidates.iter().find(|c| c.device == device);
            let way = give::Way { method, has_pin: used.is_some_and(give::has_pin), at };
            give::give(app, sql, &scene, &step.confirmation, &way).map(|given| Going::Done(Box::new(given))).map(Ok)?
        }
        Some(Outcome::Exhausted { because: Exhaustion::DeviceLocked(until), .. }) => Err(Refused::DeviceLocked(until)),
        Some(outcome) => Err(Refused::Ended(outcome)),
        None => next::view(&step.confirmation, &candidates, &app.settings.policy, step.told, now)
            .map(|view| Going::Awaiting(Box::new(view)))
            .ok_or(Refused::Internal),
    }))
}

/// An act as the core's event, with what it needs.
enum Prepared {
    Plain(Event<'static>),
    Code(Arc<Secret<String>>, Keys),
}

impl Prepared {
    fn step(&self, before: &Confirmation, facts: &Facts<'_>, now: Timestamp) -> Result<Step, Refusal> {
        match self {
            Self::Plain(event) => step(before, event, facts, now, &nonce()),
            Self::Code(code, keys) => {
                step(before, &Event::CodeSubmitted { code: code.expose(), keys }, facts, now, &nonce())
            }
        }
    }
}

fn event(
    app: &App,
    sql: &mut dyn Sql,
    request: &Request,
    before: &Confirmation,
) -> Result<Result<Prepared, Refusal>, Error> {
    let method = |name: &String| Method::parse(name).ok_or(Refusal::UnknownMethod);
    let plain = |event| Ok(Ok(Prepared::Plain(event)));
    match &request.act {
        Act::Look => plain(Event::TimeElapsed),
        Act::Back => plain(Event::ReturnedToChoice),
        Act::Method(name) => Ok(method(name).map(|method| Prepared::Plain(Event::MethodChosen { method }))),
        Act::Choose { device, method: forced } => {
            let device = device.parse::<DeviceId>().map_err(|_| Refusal::UnknownDevice);
            let forced = forced.as_ref().map(method).transpose();
            Ok(device.and_then(|device| Ok(Prepared::Plain(Event::DeviceChosen { device, method: forced? }))))
        }
        Act::Answer(code) => {
            let keys = match before.device() {
                Some(device) if before.outcome().is_none() => {
                    store::device::keys(sql, &app.sealer, before.user, device)?
                }
                // No device is awaited: the core refuses whatever the keys are.
                _ => None,
            };
            let none = || Keys { key: Secret::new(Vec::new()), pin: None };
            Ok(Ok(Prepared::Code(Arc::clone(code), keys.unwrap_or_else(none))))
        }
    }
}

fn scene(request: &Request, confirmation: &Confirmation, now: Timestamp) -> Scene {
    Scene {
        user: Some(confirmation.user),
        budget: confirmation.budget,
        now,
        detail: json!({
            "attempt": confirmation.id.to_string(),
            "client": confirmation.operation.client(),
            "address": request.origin.address.to_string(),
        }),
    }
}
