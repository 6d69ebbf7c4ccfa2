//! The steps of a living attempt: looking, choosing, answering. One unit of work each.

pub use super::act::Act;

use super::{
    give::{self, Given},
    next::{self, View},
    prepared::event,
    turn::Surroundings,
};
use crate::{
    app::App,
    flow::{
        Refused,
        login::familiar,
        throttle::{self, Purpose},
    },
    handle::{Kind, Read},
    work::{Origin, Stop, Work},
};
use domain::{
    Refusal, Timestamp,
    audit::Actor,
    confirmation::{Channel, Confirmation, Exhaustion, Operation, Outcome, Step, Told},
    device::Verification,
    id::{ConfirmationId, DeviceId, SessionId, UserId},
};
use std::{sync::Arc, time::Duration};
use store::{Ask, confirmation::Stored, user::User};

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
    /// A client's back end, by its client id, which relays what the user does.
    BackEnd(String),
    /// A program in which an agent works, by its session.
    Agent(SessionId),
    /// An agent of the desk, who relays what the caller does.
    Desk(UserId),
}

impl Owner {
    /// Who acts where it takes a step.
    fn actor(&self) -> Actor {
        match self {
            Self::BackEnd(client) => Actor::Client { id: client.clone() },
            Self::Desk(agent) => Actor::Agent { id: *agent },
            Self::Pages | Self::Activation | Self::Program(_) | Self::Agent(_) => Actor::User,
        }
    }

    /// Whether the address that it calls from is a place where one user is: not that of a back end or of the desk, which
    /// call for all.
    fn is_at_its_user(&self) -> bool {
        !matches!(self, Self::BackEnd(_) | Self::Desk(_))
    }

    fn owns(&self, operation: &Operation) -> bool {
        match (self, &operation.channel) {
            (Self::Program(client), Channel::FirstParty(_)) => {
                client.as_ref().is_none_or(|client| *client == operation.client)
            }
            (Self::Activation, channel) => *channel == Channel::Activation,
            (Self::BackEnd(client), channel) => *channel == Channel::Backchannel && *client == operation.client,
            (Self::Desk(agent), channel) => *channel == Channel::Call { agent: *agent },
            (Self::Agent(session), channel) => *channel == Channel::Settings { session: *session },
            (Self::Pages, Channel::FirstParty(_) | Channel::Phone | Channel::Activation | Channel::Call { .. })
            | (Self::Program(_), _) => false,
            (Self::Pages, _) => true,
        }
    }
}

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
    let unit_request = Arc::clone(request);
    app.decide(
        request.owner.actor(),
        read.user,
        |now| asks(app, request, read, now),
        move |work| {
            let request = &unit_request;
            work.about.address = Some(request.origin.address);
            let (stored, user) = admitted(work, request, read)?;
            let latest = waiter.is_none_or(|mine| mine == stored.waiter);
            take(work, request, stored, user, latest)
        },
    )
    .await
}

/// What a step reads.
fn asks(app: &App, request: &Request, read: Read, now: Timestamp) -> Vec<Ask> {
    let mut asks = vec![
        store::confirmation::ask_by_handle(read.user, read.digest),
        store::user::ask_by_id(read.user),
        store::device::ask_of_user(read.user),
        store::failure::ask_load(read.user),
    ];
    match &request.act {
        Act::Answer(_) | Act::Consecutive(_) | Act::Assert(_) => {
            asks.push(store::device::ask_keys(read.user));
            asks.push(familiar::ask(app, read.user, &request.origin));
            asks.extend(throttle::ask_address(app, &request.origin));
        }
        // Which device it is that was chosen is not known yet; a phone's request needs more.
        Act::Choose { .. } | Act::Method(_) => {
            asks.push(store::confirmation::ask_pending(read.user, now));
            asks.extend(app.push.is_some().then(|| store::push::ask_service(read.user)));
            if let Owner::Program(Some(client)) = &request.owner {
                asks.extend(familiar::ask_all(app, read.user, &request.origin, client));
            }
        }
        // What the phone has confirmed meanwhile is given.
        Act::Look => asks.push(familiar::ask(app, read.user, &request.origin)),
        Act::Back | Act::Decline | Act::Leave | Act::MoreTime => {}
    }
    asks
}

/// Looks until something changes or the time is over. Of two who wait for one attempt the later is answered; the
/// earlier gets the step once more.
async fn waited(app: &Arc<App>, request: &Arc<Request>, read: Read) -> Result<Going, Refused> {
    let unit_request = Arc::clone(request);
    let asks = [store::confirmation::ask_by_handle(read.user, read.digest)];
    let numbered = app.decide::<_, Refused, _>(
        Actor::User,
        read.user,
        |_| asks.to_vec(),
        move |work| {
            let stored = store::confirmation::by_handle(work.sql, read.user, read.digest)?;
            let owned = stored.filter(|stored| unit_request.owner.owns(&stored.confirmation.operation));
            let owned = owned.ok_or(Refused::UnknownAttempt)?;
            Ok((owned.confirmation.id, store::confirmation::waits(work.sql, &owned)?))
        },
    );
    let (id, mine) = numbered.await?;
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

/// Attempts that one browser is asked about.
const MOST_HELD: usize = 16;

/// Of the attempts of our own pages with these handles the latest that lives.
pub async fn latest(app: &Arc<App>, handles: &[String]) -> Result<Option<String>, Refused> {
    let (mut found, now) = (None, app.now());
    for handle in handles.iter().take(MOST_HELD) {
        let Some(read) = app.handles.read(Kind::Attempt, handle) else { continue };
        let stored = app.store.read(move |sql| store::confirmation::by_handle(sql, read.user, read.digest)).await?;
        let lives = |c: &Confirmation| Owner::Pages.owns(&c.operation) && c.outcome().is_none() && now < c.expires_at;
        let Some(stored) = stored.filter(|stored| lives(&stored.confirmation)) else { continue };
        let began = stored.confirmation.created_at;
        if found.as_ref().is_none_or(|(latest, _)| *latest < began) {
            found = Some((began, handle.clone()));
        }
    }
    Ok(found.map(|(_, handle)| handle))
}

async fn standing(app: &Arc<App>, handle: &str) -> Result<Option<(ConfirmationId, i64)>, Refused> {
    let Some(read) = app.handles.read(Kind::Attempt, handle) else { return Ok(None) };
    let found = app.store.read(move |sql| store::confirmation::by_handle(sql, read.user, read.digest)).await?;
    let found = found.filter(|stored| Owner::Pages.owns(&stored.confirmation.operation));
    Ok(found.map(|stored| (stored.confirmation.id, stored.version)))
}

/// The attempt of a handle and its user, where the caller owns it, what it rests on goes on, and the buckets allow the
/// step.
fn admitted(work: &mut Work<'_>, request: &Request, read: Read) -> Result<(Stored, User), Stop<Refused>> {
    let answers = matches!(request.act, Act::Answer(_) | Act::Consecutive(_) | Act::Assert(_));
    if answers && request.owner.is_at_its_user() {
        throttle::address(work, &request.origin)?;
    }
    let stored = store::confirmation::by_handle(work.sql, read.user, read.digest)?;
    let stored = stored.filter(|stored| request.owner.owns(&stored.confirmation.operation));
    let stored = stored.ok_or(Refused::UnknownAttempt)?;
    let user = store::user::by_id(work.sql, read.user)?.ok_or(Refused::UnknownAttempt)?;
    if let Some(session) = stored.confirmation.operation.session()
        && !store::session::goes_on(work.sql, read.user, session)?
    {
        // What a session began ends with it.
        return Err(Refused::UnknownAttempt.into());
    }
    work.is_about(&stored.confirmation);
    let purpose = match request.act {
        Act::Answer(_) | Act::Consecutive(_) | Act::Assert(_) => Some(Purpose::Secret),
        Act::Choose { .. } | Act::Method(_) => Some(Purpose::Choice),
        Act::Look | Act::Back | Act::Decline | Act::Leave | Act::MoreTime => None,
    };
    if let Some(purpose) = purpose {
        throttle::user(work, &request.origin, user.username.as_str(), purpose)?;
    }
    Ok((stored, user))
}

fn take(
    work: &mut Work<'_>,
    request: &Request,
    stored: Stored,
    user: User,
    latest: bool,
) -> Result<Going, Stop<Refused>> {
    let before = &stored.confirmation;
    if matches!(request.act, Act::Look) && latest && !stored.given && is_fresh(work, before) {
        // The phone confirmed it meanwhile: whoever waited gets what it gives.
        let around = Surroundings::load(work, user, before, None)?;
        if !store::confirmation::given(work.sql, before.user, before.id, work.now)? {
            return Err(before.outcome().map_or(Refused::Internal, |outcome| Refusal::Ended(outcome).into()).into());
        }
        return confirmed(work, before, &around);
    }
    if matches!(request.act, Act::Look)
        && stored.given
        && let Some(given) = give::again(work, before)?
    {
        return Ok(Going::Done(Box::new(given)));
    }
    let mut around = Surroundings::load(work, user, before, chosen(&request.act, before))?.giving();
    let step = match event(work, &request.act, before)?.turn(work, &stored, &around) {
        Ok(step) => step,
        // A locked device leaves the choice where it is.
        Err(Stop::Refused(Refusal::DeviceLocked(until))) => {
            Step { confirmation: before.clone(), effects: Vec::new(), told: Some(Told::DeviceLocked(until)) }
        }
        // Looking at a living attempt is no event of its own.
        Err(Stop::Refused(Refusal::NotAwaited)) if matches!(request.act, Act::Look) => {
            Step { confirmation: before.clone(), effects: Vec::new(), told: None }
        }
        Err(stop) => return Err(stop.map(|refusal| around.refused(refusal))),
    };
    around.stepped(&step.effects);
    match step.confirmation.outcome() {
        Some(Outcome::Confirmed { .. }) => confirmed(work, &step.confirmation, &around),
        Some(Outcome::Exhausted { because: Exhaustion::DeviceLocked(until), .. }) => {
            Err(Refusal::DeviceLocked(until).into())
        }
        Some(outcome) => Err(Refusal::Ended(outcome).into()),
        None => {
            let version = stored.version + i64::from(step.confirmation != *before);
            let view = next::view(work.app, &step.confirmation, &around.candidates, step.told, work.now);
            let view = view.ok_or(Refused::Internal)?;
            Ok(Going::Awaiting(Box::new(View { latest, version, ..view })))
        }
    }
}

/// Whether what a confirmed attempt gives may still be fetched: a handle must not stay worth a session.
fn is_fresh(work: &Work<'_>, confirmation: &Confirmation) -> bool {
    let Some(Outcome::Confirmed { at, .. }) = confirmation.outcome() else { return false };
    work.now < confirmation.expires_at.max(at.plus(work.app.settings.code_life))
}

/// The device that an act may begin to await.
fn chosen(act: &Act, before: &Confirmation) -> Option<DeviceId> {
    match act {
        Act::Choose { device, .. } => device.parse().ok(),
        Act::Method(_) => before.device(),
        Act::Answer(_) | Act::Consecutive(_) | Act::Assert(_) => None,
        Act::Look | Act::Back | Act::Decline | Act::Leave | Act::MoreTime => None,
    }
}

/// Gives what a confirmed login gives, in the unit that noted that it does.
pub(in crate::flow) fn confirmed(
    work: &mut Work<'_>,
    confirmation: &Confirmation,
    around: &Surroundings,
) -> Result<Going, Stop<Refused>> {
    let Some(Outcome::Confirmed { device, method, at }) = confirmation.outcome() else {
        return Err(Refused::Internal.into());
    };
    store::device::used(work.sql, confirmation.user, device, work.now)?;
    let used = around.candidates.iter().find(|candidate| candidate.device == device);
    let verification = used.map_or(Verification::Nothing, |candidate| candidate.verification);
    let proof = give::Proof { method, verification, at };
    Ok(Going::Done(Box::new(give::give(work, confirmation, &proof)?)))
}
