//! The decision on the phone: approve, refuse, "it wasn't me".

use crate::{
    app::App,
    flow::{
        Refused,
        confirm::{
            effects::{Scene, audit},
            turn::{Around, Turned, turn},
        },
        phone::{
            Call, PhoneRefused, assertion,
            session::{Admitted, admit},
            statement::{self, Expected, StatementError},
        },
    },
};
use domain::{
    audit::Kind as Audit,
    confirmation::{Event, Exhaustion, Outcome, Proof, Step, Told},
    device::Keys,
    id::ConfirmationId,
};
use serde_json::json;
use std::sync::Arc;
use store::{Error, Sql, confirmation::Stored, device::Credential, evidence::Evidence};
use wire::phone::{Decide, Decided, Decision, typ};

/// A decision as it came.
#[derive(Debug, Clone)]
pub struct Deciding {
    /// The confirmation in the path.
    pub confirmation: ConfirmationId,
    /// Whether the path approves.
    pub approves: bool,
    /// The compact JWS.
    pub jws: String,
}

/// Takes a decision. The signature is checked first, by the key of the call's own proof; that this is the phone's
/// registered key is checked where the phone is admitted.
pub async fn decide(app: &Arc<App>, call: Call, deciding: Deciding) -> Result<Decided, PhoneRefused> {
    let payload = oidc::jws::verify(&deciding.jws, &call.key, typ::STATEMENT).map_err(|_| StatementError::Signature)?;
    let decide: Decide = serde_json::from_slice(&payload).map_err(|_| StatementError::Signature)?;
    let request = Arc::new((call, deciding, decide));
    for _ in 0..8 {
        let (unit_app, unit_request) = (Arc::clone(app), Arc::clone(&request));
        let decided = app.store.write(move |sql| {
            let (call, deciding, decide) = &*unit_request;
            match unit(&unit_app, sql, call, (deciding, decide))? {
                // A lost race undoes the unit, so that its proof may be used for the next try.
                Taken::LostRace => Err(Undone::LostRace),
                Taken::Decided(result) => Ok(result),
            }
        });
        match decided.await {
            Err(Undone::LostRace) => {}
            Err(Undone::Store(error)) => return Err(error.into()),
            Ok(result) => return result,
        }
    }
    Err(Refused::Busy.into())
}

enum Undone {
    LostRace,
    Store(Error),
}

impl From<Error> for Undone {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

enum Taken {
    Decided(Result<Decided, PhoneRefused>),
    LostRace,
}

fn unit(app: &App, sql: &mut dyn Sql, call: &Call, (deciding, decide): (&Deciding, &Decide)) -> Result<Taken, Error> {
    let now = app.now();
    let refused = |refused| Ok(Taken::Decided(Err(refused)));
    let admitted = match admit(app, sql, call)? {
        Ok(admitted) => admitted,
        Err(why) => return refused(why),
    };
    let user = admitted.session.user;
    let stored = store::confirmation::by_id(sql, user, deciding.confirmation)?;
    let Some(stored) = stored else { return refused(PhoneRefused::UnknownConfirmation) };
    if let Some(outcome) = stored.confirmation.outcome() {
        return refused(Refused::Ended(outcome).into());
    }
    if !statement::awaits(&stored.confirmation, admitted.device.id) {
        return refused(PhoneRefused::UnknownConfirmation);
    }
    let scene = Scene {
        budget: stored.confirmation.budget,
        detail: json!({
            "attempt": stored.confirmation.id.to_string(),
            "client": stored.confirmation.operation.client,
            "address": call.origin.address.to_string(),
        }),
        ..crate::flow::phone::session::scene(&admitted.device, call, now)
    };
    let keys = store::device::keys(sql, &app.sealer, user, admitted.device.id)?;
    let (event, moved) = match event(app, &admitted, &stored, (deciding, decide), keys.as_ref()) {
        Ok(event) => event,
        Err(error) => {
            audit(sql, &scene, Audit::StatementRefused, &json!({ "member": error.member() }))?;
            return refused(error.into());
        }
    };
    let Some(known) = store::user::by_id(sql, user)? else { return refused(PhoneRefused::Token) };
    let around = Around::load(app, sql, known, &stored.confirmation, (None, now))?;
    match turn(app, sql, &scene, (&stored, &around), &event)? {
        Turned::LostRace => Ok(Taken::LostRace),
        Turned::Refused(refusal) => refused(Refused::from(refusal).into()),
        Turned::Taken(step) => {
            if let Some(moved) = moved {
                store::device::save_credential(sql, user, admitted.device.id, &moved)?;
            }
            if matches!(step.confirmation.outcome(), Some(Outcome::Confirmed { .. } | Outcome::Denied { .. })) {
                let evidence = Evidence {
                    user,
                    confirmation: step.confirmation.id,
                    device: admitted.device.id,
                    statement: deciding.jws.clone(),
                    at: now,
                };
                store::evidence::keep(sql, &evidence)?;
            }
            Ok(Taken::Decided(answer(app, &step)))
        }
    }
}

/// What the decision means to the core, once its statement holds.
fn event(
    app: &App,
    admitted: &Admitted,
    stored: &Stored,
    (deciding, decide): (&Deciding, &Decide),
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

fn answer(app: &App, step: &Step) -> Result<Decided, PhoneRefused> {
    let id = step.confirmation.id.to_string();
    match (step.confirmation.outcome(), step.told) {
        (Some(Outcome::Confirmed { .. }), _) => Ok(Decided { id, outcome: "confirmed".to_owned() }),
        (Some(Outcome::Denied { .. }), _) => Ok(Decided { id, outcome: "denied".to_owned() }),
        (Some(Outcome::Exhausted { because: Exhaustion::DeviceLocked(until), .. }), _)
        | (None, Some(Told::DeviceLocked(until))) => Err(PhoneRefused::Locked(until)),
        (Some(outcome), _) => Err(Refused::Ended(outcome).into()),
        (None, Some(Told::WrongNumber)) => Err(PhoneRefused::WrongNumber),
        (None, _) => Err(PhoneRefused::WrongPin(step.confirmation.attempts_left(&app.settings.policy))),
    }
}
