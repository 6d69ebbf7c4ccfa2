//! Who is on the line: an agent has a device of the user's show it, and the user's phone says who of ours is calling.

use super::{NotDone, OnDuty, agent::serving, step::Step};
use crate::{
    app::{App, random},
    clients::CONSOLE,
    flow::{
        Refused,
        confirm::{
            attempt::{self, Going, Owner},
            next::View,
            offer,
        },
        messages::notice,
    },
    handle::{Kind, Read},
    work::{Origin, Work},
};
use domain::{
    Refusal, Timestamp,
    audit::{Actor, Detail, Kind as Audit},
    confirmation::{Channel, Confirmation, Operation, Outcome, What},
    desk::{
        CallState,
        call::{self, LIFE, REST},
    },
    device::DeviceState,
    effect::Notice,
    id::{ConfirmationId, DeviceId, UserId},
};
use i18n::Lang;
use operation::{Call as Statement, Text};
use std::sync::Arc;
use store::{Error, call::Call, user::User};

/// A check, and how it stands.
#[derive(Debug)]
pub struct Checking {
    /// The check.
    pub call: Call,
    /// Whose device is asked.
    pub username: String,
    /// Where it stands now.
    pub state: CallState,
    /// What the agent says first; none where that is not kept any more.
    pub said: Option<Statement>,
    /// What the device that said yes is called.
    pub device: Option<String>,
    /// What is awaited.
    pub view: Option<Box<View>>,
    /// Why it ended, where this step found that it has.
    pub refused: Option<Refused>,
}

/// Asks a device of a user to show who is on the line; asked again while one is asked, it is the same check.
pub async fn begin(app: &Arc<App>, agent: &OnDuty, origin: Origin, user: UserId) -> Result<ConfirmationId, NotDone> {
    let agent = agent.clone();
    app.work(agent.actor(), move |work| {
        work.about.user = Some(user);
        work.about.address = Some(origin.address);
        let user = store::user::by_id(work.sql, user)?.ok_or(NotDone::Unknown)?;
        let calls = recent(work, user.id)?;
        let own = |call: &&Call| call.call.agent == agent.signed_in.user.id;
        let open = |call: &&Call| call.call.state(work.now) == CallState::Asked;
        if let Some(asked) = calls.iter().find(|call| own(call) && open(call)) {
            return Ok(asked.id);
        }
        call::may_check(agent.of_case(), user.id, &of_core(&calls), work.now)?;
        let draft = draft(work, &agent, &user)?;
        let (_, digest) = work.app.handles.derive(Kind::Attempt, user.id, draft.id);
        let asked = offer::beyond_login(work, draft, digest)?;
        let call = domain::desk::Call {
            agent: agent.signed_in.user.id,
            state: CallState::Asked,
            asked_at: work.now,
            ended_at: asked.expires_at,
            device: None,
        };
        store::call::insert(work.sql, &Call { user: user.id, id: asked.id, call })?;
        Ok(asked.id)
    })
    .await
}

fn draft(work: &mut Work<'_>, agent: &OnDuty, user: &User) -> Result<Confirmation, Error> {
    let lang = Lang::parse(&user.locale).unwrap_or_default();
    let said = Statement {
        first_name: Text::fenced(&first_name(work, &agent.signed_in.user)?),
        // What the user reads, the agent says: in the user's language.
        words: Text::fenced(&lang.call_words(random())),
    };
    let operation = Operation {
        what: What::Call(said),
        client: CONSOLE.to_owned(),
        // The desk's own, of which a user knows nothing.
        address: String::new(),
        agent: String::new(),
        message: None,
        channel: Channel::Call { agent: agent.signed_in.user.id },
        passkey_alone: false,
    };
    Ok(offer::draft(user.id, operation, work.now, work.now.plus(LIFE)))
}

/// By what users know an agent.
fn first_name(work: &mut Work<'_>, agent: &User) -> Result<String, Error> {
    let name = serving(work, agent.id)?.and_then(|agent| agent.first_name);
    Ok(name.unwrap_or_else(|| agent.username.to_string()))
}

/// Takes a step of a check of this agent's: what the caller chose or read out, or a look.
pub async fn go_on(
    app: &Arc<App>,
    agent: &OnDuty,
    origin: Origin,
    id: ConfirmationId,
    step: Step,
) -> Result<Checking, NotDone> {
    let own = agent.signed_in.user.id;
    let found = stands(app, own, id).await?;
    if found.state != CallState::Asked {
        return Ok(found);
    }
    let (_, digest) = app.handles.derive(Kind::Attempt, found.call.user, id);
    let request =
        attempt::Request { handle: String::new(), owner: Owner::Desk(own), act: step.act, wait: step.wait, origin };
    match attempt::act_on(app, Read { user: found.call.user, digest }, request).await {
        Ok(Going::Awaiting(view)) => Ok(Checking { view: Some(view), ..found }),
        Ok(Going::Done(_)) => stands(app, own, id).await,
        Err(refused @ Refused::Step(Refusal::Ended(_) | Refusal::DeviceLocked(_))) => {
            let refused = Some(refused).filter(|refused| !confirmed(refused));
            Ok(Checking { refused, ..stands(app, own, id).await? })
        }
        Err(refused) => Err(refused.into()),
    }
}

fn confirmed(refused: &Refused) -> bool {
    matches!(refused, Refused::Step(Refusal::Ended(Outcome::Confirmed { .. })))
}

/// How a check of this agent's stands: nobody else's is theirs to see.
async fn stands(app: &Arc<App>, agent: UserId, id: ConfirmationId) -> Result<Checking, NotDone> {
    app.look(move |work| {
        let call = store::call::by_id(work.sql, id)?.filter(|call| call.call.agent == agent);
        let call = call.ok_or(NotDone::Unknown)?;
        let user = store::user::by_id(work.sql, call.user)?.ok_or(NotDone::Unknown)?;
        let device = match call.call.device {
            Some(device) => store::device::one(work.sql, call.user, device)?.map(|device| device.label),
            None => None,
        };
        Ok(Checking {
            username: user.username.to_string(),
            state: call.call.state(work.now),
            said: said(work, &call)?,
            device,
            view: None,
            refused: None,
            call,
        })
    })
    .await
}

fn said(work: &mut Work<'_>, call: &Call) -> Result<Option<Statement>, Error> {
    let stored = store::confirmation::by_id(work.sql, call.user, call.id)?;
    Ok(stored.and_then(|stored| match stored.confirmation.operation.what {
        What::Call(said) => Some(said),
        _ => None,
    }))
}

/// Who of ours is on the line with a user now, as far as a check says so, and until when it is open.
pub(in crate::flow) fn calling(work: &mut Work<'_>, user: UserId) -> Result<Option<(Statement, Timestamp)>, Error> {
    let Some(call) = store::call::open(work.sql, user, work.now)? else { return Ok(None) };
    Ok(said(work, &call)?.map(|said| (said, call.call.ended_at)))
}

/// A check has ended: what it shows, or that it failed, is kept and told.
pub fn ended(work: &mut Work<'_>, confirmation: &Confirmation) -> Result<(), Error> {
    let Channel::Call { agent } = confirmation.operation.channel else { return Ok(()) };
    let Some(outcome) = confirmation.outcome() else { return Ok(()) };
    let Some(asked) = store::call::by_id(work.sql, confirmation.id)? else { return Ok(()) };
    let (state, device) = match outcome {
        Outcome::Confirmed { device, .. } => (CallState::Proved, Some(device)),
        _ => (CallState::Failed, None),
    };
    let ended_at = work.now.min(asked.call.ended_at);
    let call = Call { call: domain::desk::Call { state, device, ended_at, ..asked.call }, ..asked };
    if !store::call::end(work.sql, &call)? {
        return Ok(());
    }
    let actor = work.actor.clone();
    work.actor = Actor::Agent { id: agent };
    let recorded = match device {
        Some(device) => work.record_of(device, Audit::CallerProved, Detail::none()),
        None => work.record(Audit::CallerNotProved, Detail::none()),
    };
    work.actor = actor;
    recorded?;
    notice::tell(work, call.user, device.map_or(Notice::CallerNotProved, Notice::CallerProved))
}

/// What shows this agent who is on the line as a user now: the check, and until when.
pub(super) fn proof(work: &mut Work<'_>, agent: UserId, user: UserId) -> Result<Option<domain::desk::Call>, Error> {
    let calls = of_core(&recent(work, user)?);
    let devices = store::device::of_user(work.sql, user)?;
    let active = devices.iter().filter(|device| device.state == DeviceState::Active);
    let active: Vec<DeviceId> = active.map(|device| device.id).collect();
    Ok(call::proof(&calls, agent, &active, work.now).copied())
}

/// The device that shows this agent who is on the line now, and until when.
pub(super) fn shown(work: &mut Work<'_>, agent: UserId, user: UserId) -> Result<Option<(String, Timestamp)>, Error> {
    let Some(proof) = proof(work, agent, user)? else { return Ok(None) };
    let Some(device) = proof.device else { return Ok(None) };
    let device = store::device::one(work.sql, user, device)?;
    Ok(device.map(|device| (device.label, proof.serves_until())))
}

/// Every check of a user that can still matter.
fn recent(work: &mut Work<'_>, user: UserId) -> Result<Vec<Call>, Error> {
    store::call::since(work.sql, user, work.now.minus(2 * REST))
}

fn of_core(calls: &[Call]) -> Vec<domain::desk::Call> {
    calls.iter().map(|call| call.call).collect()
}
