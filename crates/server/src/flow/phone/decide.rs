//! The decision on the phone: approve, refuse, "it wasn't me".

use super::{
    Call, PhoneRefused, SignedBody, assertion,
    session::{self, Admitted, admit},
    statement::{self, Expected, StatementError},
};
use crate::{
    app::App,
    flow::{
        confirm::turn::{Surroundings, turn},
        money::permit,
    },
    work::{Stop, Work},
};
use domain::{
    Refusal, Timestamp,
    audit::{Detail, Kind as Audit},
    confirmation::{Event, Exhaustion, Outcome, Proof, Step, Told},
    device::Keys,
    id::{ConfirmationId, DeviceId, UserId},
};
use std::sync::Arc;
use store::{Ask, confirmation::Stored, device::Credential, evidence::Evidence};
use wire::phone::{Decide, Decided, Decision, typ};

/// A decision as it came.
#[derive(Debug, Clone)]
pub struct Deciding {
    /// The confirmation in the path.
    pub confirmation: ConfirmationId,
    /// Whether the path approves.
    pub approves: bool,
    /// The signed body.
    pub body: SignedBody<Decide>,
}

/// Takes a decision. The signature is checked first, by the key of the call's own proof; that this is the phone's
/// registered key is checked where the phone is admitted.
pub async fn decide(app: &Arc<App>, call: Call, deciding: Deciding) -> Result<Decided, PhoneRefused> {
    let decide = deciding.body.open(&call, typ::STATEMENT).map_err(|_| StatementError::Signature)?;
    let user = call.user()?;
    let leaves = is_of_money(&decide);
    let reads = |now| {
        let mut asks = asks(&call, &deciding, user, now);
        if leaves {
            asks.extend(permit::asks(app, user, deciding.confirmation, now));
            asks.push(store::webhook::ask_all());
        }
        asks
    };
    let (unit_call, unit_deciding) = (call.clone(), deciding.clone());
    app.decide(call.actor(), user, reads, move |work| unit(work, &unit_call, &unit_deciding, &decide)).await
}

/// Whether it says that it is about money that leaves: then more is read. What it is about is what is stored.
fn is_of_money(decide: &Decide) -> bool {
    let named = decide.statement.operation.get("type").and_then(serde_json::Value::as_str);
    matches!(named, Some("withdrawal" | "withdrawal_batch"))
}

fn asks(call: &Call, deciding: &Deciding, user: UserId, now: Timestamp) -> Vec<Ask> {
    let mut asks = session::asks(call, now);
    asks.extend([
        store::confirmation::ask_by_id(user, deciding.confirmation),
        store::device::ask_keys(user),
        store::user::ask_by_id(user),
        store::failure::ask_load(user),
        // What follows once the phone is free: another request may wait, a back end for its answer.
        store::confirmation::ask_open(user, now),
        store::backchannel::ask_notification(user, deciding.confirmation),
    ]);
    if !deciding.approves {
        asks.push(store::pushes::ask_load(user));
    }
    asks
}

fn unit(work: &mut Work<'_>, call: &Call, deciding: &Deciding, decide: &Decide) -> Result<Decided, Stop<PhoneRefused>> {
    let admitted = admit(work, call)?;
    let (user, device) = (admitted.session.user, admitted.device.id);
    let stored = store::confirmation::by_id(work.sql, user, deciding.confirmation)?;
    let stored = stored.ok_or(PhoneRefused::UnknownConfirmation)?;
    if let Some(outcome) = stored.confirmation.outcome() {
        return Err(Refusal::Ended(outcome).into());
    }
    if !statement::awaits(&stored.confirmation, device) {
        return Err(PhoneRefused::UnknownConfirmation.into());
    }
    work.is_about(&stored.confirmation);
    let keys = store::device::keys(work.sql, &work.app.sealer, user, device)?;
    let meant = event(work.app, &admitted, &stored, Signed { deciding, decide }, keys.as_ref());
    let (event, moved) = match meant {
        Ok(meant) => meant,
        Err(error) => {
            work.record(Audit::StatementRefused, Detail::none().member(error.member()))?;
            return Err(error.into());
        }
    };
    let known = store::user::by_id(work.sql, user)?.ok_or(PhoneRefused::Token)?;
    let around = Surroundings::of(work, known, admitted.devices, &stored.confirmation)?;
    let step = turn(work, &stored, &around, &event)?;
    if let Some(moved) = moved {
        store::device::save_credential(work.sql, user, device, &moved)?;
    }
    let decided = matches!(step.confirmation.outcome(), Some(Outcome::Confirmed { .. } | Outcome::Denied { .. }));
    if decided || answered_first(&step, device) {
        let confirmation = step.confirmation.id;
        let statement = deciding.body.jws().to_owned();
        store::evidence::keep(work.sql, &Evidence { user, confirmation, device, statement, at: work.now })?;
    }
    Ok(answer(work.app, &step, device)?)
}

/// A decision with what was signed in it.
#[derive(Clone, Copy)]
struct Signed<'a> {
    deciding: &'a Deciding,
    decide: &'a Decide,
}

/// What the decision means to the core, once its statement holds.
fn event(
    app: &App,
    admitted: &Admitted,
    stored: &Stored,
    Signed { deciding, decide }: Signed<'_>,
    keys: Option<&Keys>,
) -> Result<(Event<'static>, Option<Credential>), StatementError> {
    let device = admitted.device.id;
    let expected = Expected {
        issuer: &app.settings.issuer,
        confirmation: &deciding.confirmation.to_string(),
        device: &device.to_string(),
        operation: &statement::shown_value(app, &stored.confirmation),
        approves: deciding.approves,
        crossing: statement::asked(&stored.confirmation),
        now: app.now(),
    };
    statement::check(&decide.statement, &expected)?;
    let credential = admitted.device.phone.as_ref().and_then(|phone| phone.credential.as_ref());
    let approved = |proof| Event::Approved { device, number: decide.statement.number.clone(), proof };
    match (decide.statement.decision, &decide.pin_proof, &decide.assertion, credential) {
        (Decision::Approve, Some(proof), None, None) => {
            let digest: String =
                statement::digest(&decide.statement)?.iter().map(|octet| format!("{octet:02x}")).collect();
            let holds = keys.is_some_and(|keys| keys.pin_proof_holds(&digest, proof));
            Ok((approved(if holds { Proof::Valid } else { Proof::Invalid }), None))
        }
        // The platform answers only when it has verified its user: one that does not hold is no slip of a finger.
        (Decision::Approve, None, Some(assertion), Some(credential)) => {
            let digest = statement::digest(&decide.statement)?;
            let moved = assertion::verify(app, credential, assertion, &digest).map_err(StatementError::Assertion)?;
            Ok((approved(Proof::Valid), Some(moved)))
        }
        (Decision::Deny | Decision::Report, None, None, _) => {
            Ok((Event::Denied { device, reported: decide.statement.decision == Decision::Report }, None))
        }
        _ => Err(StatementError::PinProof),
    }
}

/// Whether this device's is the first of two answers.
fn answered_first(step: &Step, device: DeviceId) -> bool {
    step.confirmation.first.is_some_and(|first| first.device == device)
}

fn answer(app: &App, step: &Step, device: DeviceId) -> Result<Decided, PhoneRefused> {
    let id = step.confirmation.id.to_string();
    match (step.confirmation.outcome(), step.told) {
        (Some(Outcome::Confirmed { .. }), _) => Ok(Decided { id, outcome: "confirmed".to_owned() }),
        (Some(Outcome::Denied { .. }), _) => Ok(Decided { id, outcome: "denied".to_owned() }),
        (Some(Outcome::Exhausted { because: Exhaustion::DeviceLocked(until), .. }), _)
        | (None, Some(Told::DeviceLocked(until))) => Err(PhoneRefused::Locked(until)),
        (Some(outcome), _) => Err(Refusal::Ended(outcome).into()),
        (None, _) if answered_first(step, device) => Ok(Decided { id, outcome: "second_needed".to_owned() }),
        (None, Some(Told::WrongNumber)) => Err(PhoneRefused::WrongNumber),
        (None, _) => Err(PhoneRefused::WrongPin(step.confirmation.attempts_left(&app.settings.policy))),
    }
}
