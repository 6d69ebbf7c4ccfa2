//! The steps of a living attempt: looking, choosing, answering. One unit of work each.

use crate::{
    app::App,
    flow::{
        Origin, Refused,
        confirm::{
            candidates,
            effects::Scene,
            give::{self, Given},
            next::{self, View},
            turn::{Around, Turned, turn},
        },
        throttle::Doing,
    },
    handle::{Kind, Read},
};
use domain::{
    Refusal, Secret, Timestamp,
    confirmation::{Candidate, Channel, Confirmation, Event, Exhaustion, Operation, Outcome, Step, What},
    device::{Keys, Method, Verification},
    effect::Effect,
    id::{ConfirmationId, DeviceId},
};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use store::{Error, Sql, confirmation::Stored, user::User};

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
    /// Refuses.
    Decline,
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
    /// How long to hold the answer while nothing changes.
    pub wait: Duration,
    /// Where it comes from.
    pub origin: Origin,
}

/// Whose an attempt must be. A handle of the pages is of no use to a program, nor one program's to another.
#[derive(Debug, Clone)]
pub enum Owner {
    /// Our own pages.
    Pages,
    /// A phone that is about to be activated.
    Activation,
    /// A program, by its client id where it says it: the handle is bound to the client that began the attempt.
    Program(Option<String>),
}

impl Owner {
    fn owns(&self, operation: &Operation) -> bool {
        match (self, &operation.channel) {
            (Self::Program(client), Channel::FirstParty(_)) => {
                client.as_ref().is_none_or(|client| *client == operation.client)
            }
            (Self::Activation, channel) => *channel == Channel::Activation,
            (Self::Pages, Channel::FirstParty(_) | Channel::Phone | Channel::Activation) | (Self::Program(_), _) => {
                false
            }
            (Self::Pages, _) => true,
        }
    }
}

/// The name by which a code to scan is wished for.
pub const SCAN: &str = "qr";

/// Takes a step; one that only looks may wait for news.
pub async fn act(app: &Arc<App>, request: Request) -> Result<Progress, Refused> {
    let read = app.handles.read(Kind::Attempt, &request.handle).ok_or(Refused::UnknownAttempt)?;
    let handle = request.handle.clone();
    act_on(app, read, request).await.map(|going| Progress { handle, going })
}

/// The same, on the attempt that another kind of handle stands for.
pub async fn act_on(app: &Arc<App>, read: Read, request: Request) -> Result<Going, Refused> {
    let request = Arc::new(request);
    if request.wait.is_zero() || !matches!(request.act, Act::Look) {
        once(app, &request, read, None).await
    } else {
        waited(app, &request, read).await
    }
}

async fn once(app: &Arc<App>, request: &Arc<Request>, read: Read, waiter: Option<i64>) -> Result<Going, Refused> {
    // A lost compare-and-set is read again: of two answers one wins and the other meets an ended attempt.
    for _ in 0..8 {
        let (unit_app, unit_request) = (Arc::clone(app), Arc::clone(request));
        match app.store.write(move |sql| unit(&unit_app, sql, &unit_request, (read, waiter))).await? {
            Taken::LostRace => {}
            Taken::Step(result) => return result,
        }
    }
    Err(Refused::Busy)
}

/// Looks until something changes or the time is over. Of two who wait for one attempt the later is answered; the
/// earlier gets the step once more.
async fn waited(app: &Arc<App>, request: &Arc<Request>, read: Read) -> Result<Going, Refused> {
    let unit_request = Arc::clone(request);
    let numbered = app.store.write(move |sql| {
        let stored = store::confirmation::by_handle(sql, read.user, read.digest)?;
        let Some(stored) = stored.filter(|s| unit_request.owner.owns(&s.confirmation.operation)) else {
            return Ok(None);
        };
        let id = stored.confirmation.id;
        Ok::<_, Error>(Some((id, store::confirmation::waits(sql, read.user, id)?)))
    });
    let (id, mine) = numbered.await?.ok_or(Refused::UnknownAttempt)?;
    let over = tokio::time::sleep(request.wait);
    tokio::pin!(over);
    let mut news = app.store.watch(id.octets());
    let first = once(app, request, read, Some(mine)).await?;
    let Going::Awaiting(first) = first else { return Ok(first) };
    loop {
        tokio::select! {
            () = &mut over => return once(app, request, read, Some(mine)).await,
            () = news.changed() => {}
        }
        match once(app, request, read, Some(mine)).await? {
            Going::Awaiting(view) if view.next == first.next && view.latest => {}
            going => return Ok(going),
        }
    }
}

/// Waits until an attempt of our own pages has taken a step since now, or since the given count of steps. False when
/// there is no such attempt.
pub async fn changed(app: &Arc<App>, handle: &str, since: Option<i64>) -> Result<bool, Refused> {
    let Some((id, version)) = standing(app, handle).await? else { return Ok(false) };
    let since = since.unwrap_or(version);
    let mut news = app.store.watch(id.octets());
    loop {
        match standing(app, handle).await? {
            Some((_, version)) if version == since => news.changed().await,
            _ => return Ok(true),
        }
    }
}

async fn standing(app: &Arc<App>, handle: &str) -> Result<Option<(ConfirmationId, i64)>, Refused> {
    let Some(read) = app.handles.read(Kind::Attempt, handle) else { return Ok(None) };
    let found = app.store.read(move |sql| store::confirmation::by_handle(sql, read.user, read.digest)).await?;
    let found = found.filter(|stored| Owner::Pages.owns(&stored.confirmation.operation));
    Ok(found.map(|stored| (stored.confirmation.id, stored.version)))
}

enum Taken {
    Step(Result<Going, Refused>),
    LostRace,
}

fn unit(app: &App, sql: &mut dyn Sql, request: &Request, (read, waiter): (Read, Option<i64>)) -> Result<Taken, Error> {
    let now = app.now();
    if let Act::Answer(_) = request.act
        && let Some(wait) = crate::flow::throttle::throttle_address(app, sql, &request.origin, now)?
    {
        return Ok(Taken::Step(Err(Refused::Throttled(wait))));
    }
    let stored = store::confirmation::by_handle(sql, read.user, read.digest)?;
    let Some(stored) = stored.filter(|s| request.owner.owns(&s.confirmation.operation)) else {
        return Ok(Taken::Step(Err(Refused::UnknownAttempt)));
    };
    let Some(user) = store::user::by_id(sql, read.user)? else {
        return Ok(Taken::Step(Err(Refused::UnknownAttempt)));
    };
    if let Channel::Details(back) = &stored.confirmation.operation.channel
        && !store::session::goes_on(sql, read.user, back.session)?
    {
        // What a session began ends with it.
        return Ok(Taken::Step(Err(Refused::UnknownAttempt)));
    }
    let named = (&request.origin, stored.confirmation.budget, user.username.as_str());
    let doing = match request.act {
        Act::Answer(_) => Some(Doing::Proving),
        Act::Choose { .. } | Act::Method(_) => Some(Doing::Choosing),
        Act::Look | Act::Back | Act::Decline => None,
    };
    if let Some(doing) = doing
        && let Some(wait) = crate::flow::throttle::throttle_user(app, sql, named, doing, now)?
    {
        return Ok(Taken::Step(Err(Refused::Throttled(wait))));
    }
    let latest = waiter.is_none_or(|mine| mine == stored.waiter);
    take(app, sql, request, (&stored, user, latest), now)
}

fn take(
    app: &App,
    sql: &mut dyn Sql,
    request: &Request,
    (stored, user, latest): (&Stored, User, bool),
    now: Timestamp,
) -> Result<Taken, Error> {
    let before = &stored.confirmation;
    let scene = scene(request, before, now);
    if let (Act::Look, Some(outcome @ Outcome::Confirmed { at, .. }), false, true) =
        (&request.act, before.outcome(), stored.given, latest)
        // What nobody fetched in time is not given any more: a handle must not stay worth a session.
        && now < before.expires_at.max(at.plus(app.settings.code_life))
    {
        // The phone confirmed it meanwhile: whoever waited gets what it gives.
        let candidates = candidates::load(app, sql, &user, &before.operation.what)?;
        return confirmed(app, sql, &scene, (before, outcome), &candidates).map(Taken::Step);
    }
    let around = Around::load(app, sql, user, before, (chosen(&request.act, before), now))?;
    let turned = match event(app, sql, request, before)? {
        Ok(event) => event.turn(app, sql, &scene, (stored, &around))?,
        Err(refusal) => Turned::Refused(refusal),
    };
    let step = match turned {
        Turned::LostRace => return Ok(Taken::LostRace),
        Turned::Taken(step) => *step,
        // Looking at a living attempt is no event of its own.
        Turned::Refused(Refusal::NotAwaited) if matches!(request.act, Act::Look) => {
            Step { confirmation: before.clone(), effects: Vec::new(), told: None }
        }
        Turned::Refused(refusal) => return Ok(Taken::Step(Err(refusal.into()))),
    };
    let version = stored.version + i64::from(step.confirmation != *before);
    Ok(Taken::Step(match step.confirmation.outcome() {
        Some(outcome @ Outcome::Confirmed { .. }) => {
            confirmed(app, sql, &scene, (&step.confirmation, outcome), &around.candidates)?
        }
        Some(Outcome::Exhausted { because: Exhaustion::DeviceLocked(until), .. }) => Err(Refused::DeviceLocked(until)),
        Some(outcome) => Err(Refused::Ended(outcome)),
        None => {
            let candidates = shown(app, sql, around, (&before.operation.what, &step.effects))?;
            next::view(app, &step.confirmation, &candidates, step.told, now)
                .map(|view| Going::Awaiting(Box::new(View { latest, version, ..view })))
                .ok_or(Refused::Internal)
        }
    }))
}

/// The device that an act may begin to await.
fn chosen(act: &Act, before: &Confirmation) -> Option<DeviceId> {
    match act {
        Act::Choose { device, .. } => device.parse().ok(),
        Act::Method(_) => before.device(),
        Act::Look | Act::Back | Act::Decline | Act::Answer(_) => None,
    }
}

/// The devices as they are after the step: their locks and open card pairs may have changed with it.
fn shown(
    app: &App,
    sql: &mut dyn Sql,
    around: Around,
    (what, effects): (&What, &[Effect]),
) -> Result<Vec<Candidate>, Error> {
    let changes = |effect: &Effect| matches!(effect, Effect::SaveDeviceFailures { .. } | Effect::SaveMoving { .. });
    if effects.iter().any(changes) { candidates::load(app, sql, &around.user, what) } else { Ok(around.candidates) }
}

/// Gives what a confirmed login gives, once.
fn confirmed(
    app: &App,
    sql: &mut dyn Sql,
    scene: &Scene,
    (confirmation, outcome): (&Confirmation, Outcome),
    candidates: &[Candidate],
) -> Result<Result<Going, Refused>, Error> {
    let Outcome::Confirmed { device, method, at } = outcome else { return Ok(Err(Refused::Ended(outcome))) };
    if !store::confirmation::given(sql, confirmation.user, confirmation.id, scene.now)? {
        return Ok(Err(Refused::Ended(outcome)));
    }
    store::device::used(sql, confirmation.user, device, scene.now)?;
    let used = candidates.iter().find(|c| c.device == device);
    let verification = used.map_or(Verification::Nothing, |candidate| candidate.verification);
    let way = give::Way { method, verification, at };
    give::give(app, sql, scene, confirmation, &way).map(|given| Ok(Going::Done(Box::new(given))))
}

/// An act as the core's event, with what it needs.
enum Prepared {
    Plain(Event<'static>),
    Code(Arc<Secret<String>>, Keys),
}

impl Prepared {
    fn turn(&self, app: &App, sql: &mut dyn Sql, scene: &Scene, around: (&Stored, &Around)) -> Result<Turned, Error> {
        match self {
            Self::Plain(event) => turn(app, sql, scene, around, event),
            Self::Code(code, keys) => {
                turn(app, sql, scene, around, &Event::CodeSubmitted { code: code.expose(), keys })
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
        Act::Decline => plain(Event::Declined),
        // A phone's code to scan is no method of its own to the core: the phone approves all the same.
        Act::Method(name) if name == SCAN => plain(Event::ScanChosen),
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
            let none = || Keys { key: Secret::new(Vec::new()), pin: None, approve: None };
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
            "client": confirmation.operation.client,
            "address": request.origin.address.to_string(),
        }),
    }
}
