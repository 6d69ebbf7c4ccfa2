//! Withdrawals and transfers that a back end asks for: offered, taken on by what its user types or approves, carried out
//! or given up.

use super::{NotDone, named};
use crate::{
    app::{App, nonce},
    flow::{
        Origin, Refused,
        confirm::{
            attempt::{self, Act, Going, Owner},
            next::{self, View},
            offer::{self, Offered, Offering},
            turn::{self, Surroundings},
        },
        money,
        oidc::{receipt, statement},
    },
    handle::{Kind, Read},
    work::{Stop, Work},
};
use domain::{
    Refusal, Timestamp,
    audit::{Actor, Detail, Kind as Audit},
    confirmation::{Channel, Chooser, Confirmation, Event, Operation, Outcome, What},
    id::{ConfirmationId, DeviceId, UserId},
    money::withdrawal::{WithdrawalEvent, WithdrawalState},
};
use operation::{Destination, Text, WithdrawalBatch};
use sha2::{Digest as _, Sha256};
use std::{sync::Arc, time::Duration};
use store::{Ask, user::User, withdrawal::Keyed};
use wire::receipt::Receipt;

pub use store::withdrawal::Withdrawal;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The client that asks.
    pub client: String,
    /// Where it calls from.
    pub origin: Origin,
    /// Whose, by id or username.
    pub user: String,
    /// Whether it is a transfer.
    pub transfer: bool,
    /// Each payment; several are confirmed or refused as one.
    pub payments: Vec<Payment>,
    /// The account that it leaves; may be none where the user has one, or none is known.
    pub account: Option<Text<64>>,
    /// The device to ask.
    pub device: Option<DeviceId>,
    /// Of the request, which is carried out once.
    pub key: Keyed,
}

/// One payment.
#[derive(Debug, Clone)]
pub struct Payment {
    /// How much.
    pub amount: operation::Amount,
    /// Where it goes.
    pub destination: Destination,
    /// The institution's words for it.
    pub reference: Option<Text<140>>,
}

/// A withdrawal, and what is awaited of its user.
#[derive(Debug)]
pub struct Standing {
    /// The withdrawal.
    pub withdrawal: Withdrawal,
    /// What is awaited, where its client may take it on.
    pub view: Option<Box<View>>,
    /// Why it was not confirmed, where this call found it ended.
    pub refused: Option<Refused>,
}

/// What stands in the place of an account or reference that is not said.
const UNSAID: &str = "—";

/// The key of a request: of two clients, the same words are two keys.
pub fn keyed(client: &str, key: &str, asked: &[u8]) -> Keyed {
    let digest = Sha256::new().chain_update(client).chain_update([0]).chain_update(key);
    Keyed { key: digest.finalize().into(), asked: Sha256::digest(asked).into() }
}

/// Asks for a withdrawal. The same request once more gives the same one.
pub async fn ask(app: &Arc<App>, asked: Asked) -> Result<Standing, NotDone> {
    let by = Actor::Client { id: asked.client.clone() };
    let name = asked.user.clone();
    let user = app.store.read(move |sql| named(sql, &name)).await?.ok_or(NotDone::UnknownUser)?.id;
    // Named before the unit runs, so that what it reads can be named too.
    let id = ConfirmationId::new(app.now(), &nonce());
    let key = asked.key.key;
    let reads = |now| asks(app, user, id, key, now);
    app.decide(by, user, reads, move |work| {
        let user = store::user::by_id(work.sql, user)?.ok_or(NotDone::UnknownUser)?;
        work.about.user = Some(user.id);
        work.about.client = Some(asked.client.clone());
        work.about.address = Some(asked.origin.address);
        match store::withdrawal::by_key(work.sql, user.id, asked.key.key)? {
            Some(made) if made.request.map(|request| request.asked) == Some(asked.key.asked) => again(work, user, made),
            Some(_) => Err(NotDone::KeyReused.into()),
            None => made(work, &asked, user, id),
        }
    })
    .await
}

/// What a request reads.
fn asks(app: &App, user: UserId, id: ConfirmationId, key: [u8; 32], now: Timestamp) -> Vec<Ask> {
    let mut asks = offer::asks(app, user, now);
    asks.extend(money::permit::asks(app, user, id, now));
    asks.extend([
        store::withdrawal::ask_by_key(user, key),
        store::account::ask_of_user(user),
        store::webhook::ask_all(),
    ]);
    asks
}

fn made(work: &mut Work<'_>, asked: &Asked, user: User, id: ConfirmationId) -> Result<Standing, Stop<NotDone>> {
    let operation = Operation {
        what: what(asked, &account(work, asked, user.id)?)?,
        client: asked.client.clone(),
        address: asked.origin.address.to_string(),
        agent: asked.origin.agent.clone(),
        message: None,
        channel: Channel::Backchannel,
        passkey_alone: false,
    };
    let draft = Confirmation { id, ..offer::draft(user.id, operation, work.now, work.now.plus(offer::LIFE)) };
    let failures = store::failure::load(work.sql, user.id, draft.budget)?;
    let (_, handle) = work.app.handles.derive(Kind::Attempt, user.id, draft.id);
    let manner = money::withdrawal::Manner { transfer: asked.transfer, request: Some(asked.key) };
    let chooser = asked.device.map_or(Chooser::Drawn, Chooser::Device);
    let offering = Offering { chooser, handle, manner };
    // A device that may not confirm it, and a user without one, leave nothing behind: no room, no request.
    let undone = |stop: Stop<Refused>| match stop {
        Stop::Refused(refused) => Stop::Undone(NotDone::from(refused)),
        other => other.map(NotDone::from),
    };
    let offered = offer::offer(work, draft, user, failures, offering).map_err(undone)?;
    let Offered { step, around, reserved } = offered;
    let view = next::view(work.app, &step.confirmation, &around.candidates, step.told, work.now);
    let withdrawal = reserved.ok_or(NotDone::Unknown)?;
    Ok(Standing { withdrawal, view: view.map(Box::new), refused: None })
}

/// What a user is asked to confirm.
fn what(asked: &Asked, account: &Text<64>) -> Result<What, NotDone> {
    let withdrawal = |payment: &Payment| operation::Withdrawal {
        amount: payment.amount.clone(),
        destination: payment.destination.clone(),
        account_id: account.clone(),
        reference: payment.reference.clone().unwrap_or_else(|| Text::fenced(UNSAID)),
    };
    let mut withdrawals: Vec<_> = asked.payments.iter().map(withdrawal).collect();
    match withdrawals.pop() {
        Some(one) if withdrawals.is_empty() => Ok(What::Withdrawal(one)),
        last => {
            withdrawals.extend(last);
            let batch = WithdrawalBatch::of(withdrawals).map_err(|unfit| NotDone::unfit("payments", unfit))?;
            Ok(What::WithdrawalBatch(batch))
        }
    }
}

/// The account that the money leaves: the one that is said, where it is the user's; else the user's only one.
fn account(work: &mut Work<'_>, asked: &Asked, user: UserId) -> Result<Text<64>, Stop<NotDone>> {
    let known = store::account::of_user(work.sql, user)?;
    match (&asked.account, known.as_slice()) {
        (Some(said), []) => Ok(said.clone()),
        (Some(said), known) if known.iter().any(|id| id == said.as_str()) => Ok(said.clone()),
        (Some(_), _) => Err(NotDone::unfit("account_id", "is no account of this user").into()),
        (None, []) => Ok(Text::fenced(UNSAID)),
        (None, [only]) => Ok(Text::fenced(only)),
        (None, _) => Err(NotDone::unfit("account_id", "is needed: this user has several accounts").into()),
    }
}

/// A withdrawal that was made before, as it stands now.
fn again(work: &mut Work<'_>, user: User, withdrawal: Withdrawal) -> Result<Standing, Stop<NotDone>> {
    let stored = store::confirmation::by_id(work.sql, user.id, withdrawal.id)?;
    let view = match stored.filter(|stored| stored.confirmation.outcome().is_none()) {
        Some(stored) => {
            let around = Surroundings::load(work, user, &stored.confirmation, None)?;
            next::view(work.app, &stored.confirmation, &around.candidates, None, work.now)
        }
        None => None,
    };
    Ok(Standing { withdrawal, view: view.map(Box::new), refused: None })
}

/// A step of its user, which a client relays.
#[derive(Debug, Clone)]
pub struct Relayed {
    /// The client.
    pub client: String,
    /// Where it calls from.
    pub origin: Origin,
    /// What the user does.
    pub act: Act,
    /// How long to hold the answer while nothing changes.
    pub wait: Duration,
}

/// Takes a withdrawal on by a step that its client relays, or looks where it stands.
pub async fn go_on(app: &Arc<App>, id: ConfirmationId, relayed: Relayed) -> Result<Standing, NotDone> {
    let user = owner(app, id).await?;
    let (_, digest) = app.handles.derive(Kind::Attempt, user, id);
    let request = attempt::Request {
        handle: String::new(),
        owner: Owner::BackEnd(relayed.client),
        act: relayed.act,
        wait: relayed.wait,
        origin: relayed.origin,
    };
    let (view, refused) = match attempt::act_on(app, Read { user, digest }, request).await {
        Ok(Going::Awaiting(view)) => (Some(view), None),
        Ok(Going::Done(_)) | Err(Refused::Step(Refusal::Ended(Outcome::Confirmed { .. }))) => (None, None),
        Err(refused @ Refused::Step(Refusal::Ended(_) | Refusal::DeviceLocked(_))) => (None, Some(refused)),
        Err(refused) => return Err(refused.into()),
    };
    let found: Result<_, NotDone> =
        app.look(move |work| Ok(store::withdrawal::one(work.sql, user, id)?.ok_or(NotDone::Unknown)?)).await;
    Ok(Standing { withdrawal: found?, view, refused })
}

/// A withdrawal as it stands; of its own, a client also learns what is awaited.
pub async fn one(app: &Arc<App>, id: ConfirmationId, client: &str, origin: Origin) -> Result<Standing, NotDone> {
    let user = owner(app, id).await?;
    let found: Result<Withdrawal, NotDone> =
        app.look(move |work| Ok(store::withdrawal::one(work.sql, user, id)?.ok_or(NotDone::Unknown)?)).await;
    let withdrawal = found?;
    if withdrawal.client != client || withdrawal.state != WithdrawalState::AwaitingConfirmation {
        return Ok(Standing { withdrawal, view: None, refused: None });
    }
    let look = Relayed { client: client.to_owned(), origin, act: Act::Look, wait: Duration::ZERO };
    match go_on(app, id, look).await {
        // It was asked for by another way, or is answered on a page.
        Err(NotDone::Refused(Refused::UnknownAttempt)) => Ok(Standing { withdrawal, view: None, refused: None }),
        standing => standing,
    }
}

async fn owner(app: &Arc<App>, id: ConfirmationId) -> Result<UserId, NotDone> {
    app.store.read(move |sql| store::withdrawal::owner(sql, id)).await?.ok_or(NotDone::Unknown)
}

/// A user's withdrawals, the newest first, before one of them.
pub async fn list(
    app: &Arc<App>,
    user: String,
    before: Option<ConfirmationId>,
    limit: u32,
) -> Result<Vec<Withdrawal>, NotDone> {
    app.look(move |work| {
        let user = named(work.sql, &user)?.ok_or(NotDone::UnknownUser)?;
        Ok(store::withdrawal::of_user(work.sql, user.id, before, limit)?)
    })
    .await
}

/// Notes that the institution has carried out a withdrawal.
pub async fn settle(app: &Arc<App>, id: ConfirmationId, client: &str) -> Result<Withdrawal, NotDone> {
    passed(app, id, client, WithdrawalEvent::Settle, Audit::WithdrawalSettled).await
}

/// Gives a withdrawal up: its room is free again, and no device confirms it any more.
pub async fn cancel(app: &Arc<App>, id: ConfirmationId, client: &str) -> Result<Withdrawal, NotDone> {
    passed(app, id, client, WithdrawalEvent::Cancel, Audit::WithdrawalCancelled).await
}

async fn passed(
    app: &Arc<App>,
    id: ConfirmationId,
    client: &str,
    event: WithdrawalEvent,
    audit: Audit,
) -> Result<Withdrawal, NotDone> {
    let user = owner(app, id).await?;
    let client = client.to_owned();
    let reads = |now| {
        vec![
            store::withdrawal::ask_one(user, id),
            store::webhook::ask_all(),
            store::user::ask_by_id(user),
            store::confirmation::ask_open(user, now),
        ]
    };
    app.decide(Actor::Client { id: client.clone() }, user, reads, move |work| {
        work.about.user = Some(user);
        work.about.attempt = Some(id);
        work.about.client = Some(client.clone());
        let one = store::withdrawal::one(work.sql, user, id)?.ok_or(NotDone::Unknown)?;
        let state = one.state.after(event)?;
        if state == one.state {
            return Ok(one);
        }
        if !store::withdrawal::pass(work.sql, &one, state, work.now)? {
            return Err(Stop::Failed(store::Error::Retry));
        }
        money::withdrawal::told(work, &one, state)?;
        work.record(audit, Detail::none())?;
        turn::open(work, user, |confirmation| confirmation.id == id, &Event::CalledOff)?;
        Ok(Withdrawal { state, changed_at: work.now, ..one })
    })
    .await
}

/// What proves that a user confirmed a withdrawal.
#[derive(Debug)]
pub struct Evidence {
    /// The receipt, to be signed.
    pub receipt: Receipt,
    /// What a phone signed.
    pub statement: Option<statement::Signed>,
}

/// The evidence of a withdrawal that is confirmed or settled.
pub async fn evidence(app: &Arc<App>, id: ConfirmationId) -> Result<Evidence, NotDone> {
    let user = owner(app, id).await?;
    app.look(move |work| {
        let one = store::withdrawal::one(work.sql, user, id)?.ok_or(NotDone::Unknown)?;
        // Whoever acts on receipts must not act on one that was given up, or that the transfer lock stopped.
        one.state.after(WithdrawalEvent::Settle)?;
        let stored = store::confirmation::by_id(work.sql, user, id)?.ok_or(NotDone::Unknown)?;
        let devices = store::device::of_user(work.sql, user)?;
        let confirmed = receipt::confirmed(work, &stored.confirmation, &devices)?.ok_or(NotDone::Unknown)?;
        let statement = statement::of(work.sql, user, id)?;
        Ok(Evidence { receipt: confirmed.receipt, statement })
    })
    .await
}
