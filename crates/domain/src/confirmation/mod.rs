//! The one state machine: one user confirms one operation with one device.
//!
//! ```text
//!            offer            DeviceChosen              CodeSubmitted / Asserted / Approved
//! operation ───▶ AwaitingChoice ───▶ Awaiting{Response, Passcode, CardValues, …}   ───▶ Ended
//!                     ▲                         │  ▲
//!                     └── ReturnedToChoice ─────┘  └── MethodChosen, DeviceChosen: same attempt
//! ```
//! [`step`] is the only way from one state to the next. A challenge is made only after the choice, belongs to
//! its attempt, is one for each device in it, and dies with it. Ended confirmations never change.

mod answer;
mod approval;
mod assertion;
mod candidate;
mod card_values;
mod challenge;
mod choosing;
mod consecutive;
mod event;
mod first_answer;
mod last_wrong;
mod more_time;
mod operation;
mod order;
mod outcome;
mod passcode;
mod response;
pub mod sent_code;

pub use self::operation::{Channel, Operation, Proved, Redemption, Return};
pub use ::operation::{CardPayment, CardPreauthorisation, Destination, Purpose, What, Withdrawal};
pub use approval::{AwaitingApproval, disowned, own};
pub use assertion::{AwaitingAssertion, alone};
pub use candidate::{Candidate, PasskeyRef, Reach};
pub use card_values::AwaitingCardValues;
pub use challenge::Challenge;
pub use choosing::{Chooser, offer};
pub use event::{Event, Proof};
pub use first_answer::FirstAnswer;
pub use last_wrong::LastWrong;
pub use order::money_first;
pub use outcome::{Exhaustion, Outcome};
pub use passcode::AwaitingPasscode;
pub use response::AwaitingResponse;
pub use sent_code::{AwaitingSentCode, Sending, SentCode};

use crate::{
    Nonce, Policy, Refusal, Timestamp,
    device::Method,
    effect::Effect,
    id::{ConfirmationId, DeviceId, UserId},
    lockout::{Budget, Until, UserFailures},
    pushes::{Asker, Unanswered},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, time::Duration};

/// No confirmation lives longer, whatever the settings say: whoever looks for those that live looks no further back.
pub const LONGEST_LIFE: Duration = Duration::from_secs(86_400);

/// One attempt to have one user confirm one operation with one of their devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// Its id.
    pub id: ConfirmationId,
    /// Who is asked.
    pub user: UserId,
    /// What is to be confirmed. Never changes.
    pub operation: Operation,
    /// When it began.
    pub created_at: Timestamp,
    /// When it dies.
    pub expires_at: Timestamp,
    /// Wrong answers so far, over all devices.
    pub wrong_answers: u32,
    /// Whose failures its wrong answers count among.
    pub budget: Budget,
    /// Who asks, for the place on the phone.
    pub asker: Asker,
    /// The challenges that its devices were asked. A device chosen again is asked its own again: whoever holds the
    /// response to one challenge could else choose until that one comes.
    pub asked: BTreeMap<DeviceId, Challenge>,
    /// The wrong answer that came last: the same one again is no other, and counts no more.
    pub last_wrong: Option<LastWrong>,
    /// The first answer, where two devices are needed.
    pub first: Option<FirstAnswer>,
    /// The code that was sent last, where one was: choosing its device again sends no other.
    pub sent: Option<SentCode>,
    /// What is awaited.
    pub state: State,
}

/// What a confirmation awaits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// The user is to pick a device.
    AwaitingChoice,
    /// A response to a challenge.
    AwaitingResponse(AwaitingResponse),
    /// A passcode that changes with time.
    AwaitingPasscode(AwaitingPasscode),
    /// Two values of a code card.
    AwaitingCardValues(AwaitingCardValues),
    /// A code that was sent.
    AwaitingSentCode(AwaitingSentCode),
    /// An approval on the phone.
    AwaitingApproval(AwaitingApproval),
    /// A passkey's assertion.
    AwaitingAssertion(AwaitingAssertion),
    /// Nothing more.
    Ended(Outcome),
}

/// What is known around a confirmation when something happens to it.
pub struct Facts<'a> {
    /// The user's active devices that may confirm this operation, in the chooser's order.
    pub candidates: &'a [Candidate],
    /// The user's failures in the confirmation's budget.
    pub user_failures: &'a UserFailures,
    /// Pushes of this confirmation's budget that the user has left unanswered since the last success.
    pub unanswered: Unanswered,
    /// Whether any push of any budget counts as unanswered.
    pub any_unanswered: bool,
    /// Whether the phone has room for this confirmation's request ([`crate::pushes::has_room`]).
    pub room: bool,
    /// Whether the login comes from an unfamiliar place.
    pub unfamiliar: bool,
    /// Whether no notification would reach the phone: there are none here, or it takes none.
    pub silent: bool,
    /// Wrong answers that no password came before, since the user was last told of them.
    pub untold: u32,
    /// The settings.
    pub policy: &'a Policy,
}

impl Facts<'_> {
    /// Until when the user's failures in a budget keep answers from being evaluated.
    fn user_locked(&self, budget: Budget, now: Timestamp) -> Option<Timestamp> {
        self.user_failures.locked(budget.lock(self.policy), now)
    }
}

/// A step that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The confirmation after it.
    pub confirmation: Confirmation,
    /// What to do, in this order.
    pub effects: Vec<Effect>,
    /// What to tell the user, when it went wrong.
    pub told: Option<Told>,
}

/// What went wrong in a step that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// A wrong answer; the attempt lives.
    WrongAnswer,
    /// The wrong number was typed on the phone; the attempt lives.
    WrongNumber,
    /// The code that was sent is good no more, or none was; nothing was judged.
    CodeOver,
    /// The device is locked now; another may be chosen.
    DeviceLocked(Until),
    /// No notification was sent, and why.
    PushWithheld(Withheld),
}

/// Why no request is on the phone where one was wished for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Withheld {
    /// As many requests as may be are on the phone and not answered yet.
    RequestOpen,
    /// Too many were left unanswered since the last success.
    TooManyUnanswered,
    /// The wrong number was typed on the phone.
    WrongNumber,
    /// The same asker began a newer attempt, whose request took its place.
    Superseded,
}

/// One moment of one step: what every state's rules read.
#[derive(Clone, Copy)]
struct Moment<'a> {
    confirmation: &'a Confirmation,
    facts: &'a Facts<'a>,
    now: Timestamp,
    nonce: &'a Nonce,
}

/// Takes a confirmation one step on, or says why not. A refusal changes nothing.
///
/// Expiry comes before everything else: whatever arrives at or after `expires_at` finds the attempt over.
pub fn step(
    confirmation: &Confirmation,
    event: &Event<'_>,
    facts: &Facts<'_>,
    now: Timestamp,
    nonce: &Nonce,
) -> Result<Step, Refusal> {
    let moment = Moment { confirmation, facts, now, nonce };
    if let State::Ended(outcome) = &confirmation.state {
        return Err(Refusal::Ended(*outcome));
    }
    if now >= confirmation.expires_at {
        return Ok(moment.end(Outcome::Expired { at: confirmation.expires_at }, Vec::new()));
    }
    match (&confirmation.state, event) {
        (_, Event::DeviceChosen { device, method }) => choosing::device_chosen(&moment, *device, *method),
        (_, Event::MethodChosen { method }) => choosing::method_chosen(&moment, *method),
        (_, Event::ScanChosen { device }) => choosing::scan_chosen(&moment, *device),
        (_, Event::ReturnedToChoice) => choosing::returned(&moment),
        (State::AwaitingResponse(state), Event::CodeSubmitted { code, keys }) => state.submitted(&moment, code, keys),
        (State::AwaitingPasscode(state), Event::CodeSubmitted { code, keys }) => state.submitted(&moment, code, keys),
        (State::AwaitingCardValues(state), Event::CodeSubmitted { code, keys }) => state.submitted(&moment, code, keys),
        (State::AwaitingSentCode(state), Event::CodeSubmitted { code, keys }) => state.submitted(&moment, code, keys),
        (State::AwaitingResponse(_) | State::AwaitingPasscode(_), Event::Consecutive { questions, codes, keys }) => {
            moment.consecutive(*questions, *codes, keys)
        }
        (State::AwaitingApproval(state), Event::Approved { device, number, proof }) if state.device == *device => {
            state.approved(&moment, number.as_deref(), *proof)
        }
        (State::AwaitingApproval(state), Event::Denied { device, reported }) if state.device == *device => {
            Ok(state.denied(&moment, *reported))
        }
        (State::AwaitingAssertion(state), Event::Asserted { proof }) => state.asserted(&moment, *proof),
        (State::AwaitingApproval(state), Event::Superseded) => state.superseded(&moment),
        (State::AwaitingResponse(state), Event::PhoneFree) => state.handed_over(&moment),
        (_, Event::DeviceEnded { device }) if moment.has_answered(*device) => Ok(moment.first_ended()),
        (_, Event::DeviceEnded { device }) if confirmation.device() == Some(*device) => {
            Ok(choosing::device_ended(&moment, *device))
        }
        // Whoever does not want to log in goes away: there is nothing to refuse on the page that asks for a login.
        (_, Event::Declined) if !confirmation.operation.logs_in() => Ok(refused(&moment)),
        (_, Event::TakenBack) => Ok(refused(&moment)),
        (_, Event::Abandoned) if confirmation.operation.logs_in() => {
            Ok(moment.end(Outcome::Abandoned { at: now }, Vec::new()))
        }
        (_, Event::CalledOff) if !confirmation.operation.logs_in() => {
            Ok(moment.end(Outcome::Abandoned { at: now }, Vec::new()))
        }
        (_, Event::MoreTimeAsked) if confirmation.may_have_more_time(facts.policy) => Ok(moment.more_time()),
        (
            _,
            Event::CodeSubmitted { .. }
            | Event::Consecutive { .. }
            | Event::Asserted { .. }
            | Event::Approved { .. }
            | Event::Denied { .. }
            | Event::DeviceEnded { .. }
            | Event::Declined
            | Event::Abandoned
            | Event::CalledOff
            | Event::Superseded
            | Event::PhoneFree
            | Event::MoreTimeAsked
            | Event::TimeElapsed,
        ) => Err(Refusal::NotAwaited),
    }
}

/// Refused by the user on the page that asked, or taken back with the password that began it; whatever was awaited.
fn refused(moment: &Moment<'_>) -> Step {
    moment.end(Outcome::Denied { at: moment.now, reported: false }, Vec::new())
}

impl Confirmation {
    /// The device that is awaited, if one was chosen.
    pub fn device(&self) -> Option<DeviceId> {
        match &self.state {
            State::AwaitingChoice => None,
            State::AwaitingResponse(state) => Some(state.device),
            State::AwaitingPasscode(state) => Some(state.device),
            State::AwaitingCardValues(state) => Some(state.device),
            State::AwaitingSentCode(state) => Some(state.device),
            State::AwaitingApproval(state) => Some(state.device),
            State::AwaitingAssertion(state) => Some(state.device),
            State::Ended(Outcome::Confirmed { device, .. }) => Some(*device),
            State::Ended(_) => None,
        }
    }

    /// The method that is awaited, if a device was chosen.
    pub fn method(&self) -> Option<Method> {
        match &self.state {
            State::AwaitingChoice => None,
            State::AwaitingResponse(_) => Some(Method::ChallengeResponse),
            State::AwaitingPasscode(state) => Some(state.method),
            State::AwaitingCardValues(_) => Some(Method::CodeCard),
            State::AwaitingSentCode(_) => Some(Method::SentCode),
            State::AwaitingApproval(_) => Some(Method::Seamless),
            State::AwaitingAssertion(_) => Some(Method::Webauthn),
            State::Ended(Outcome::Confirmed { method, .. }) => Some(*method),
            State::Ended(_) => None,
        }
    }

    /// How it ended, if it did.
    pub fn outcome(&self) -> Option<Outcome> {
        match &self.state {
            State::Ended(outcome) => Some(*outcome),
            _ => None,
        }
    }

    /// Why no request is on the phone where one was wished for.
    pub fn withheld(&self) -> Option<Withheld> {
        match &self.state {
            State::AwaitingResponse(state) => state.withheld,
            _ => None,
        }
    }

    /// The same in another state; a challenge that it asks is kept with its device.
    fn awaiting(mut self, state: State) -> Self {
        if let State::AwaitingResponse(AwaitingResponse { device, challenge, .. }) = &state {
            self.asked.insert(*device, challenge.clone());
        }
        Self { state, ..self }
    }

    /// Wrong answers left before the attempt ends.
    pub fn attempts_left(&self, policy: &Policy) -> u32 {
        policy.wrong_answers.saturating_sub(self.wrong_answers)
    }
}

impl State {
    /// Notes why no request is on the phone.
    fn note(&mut self, why: Option<Withheld>) {
        if let Self::AwaitingResponse(state) = self {
            state.withheld = why;
        }
    }

    /// The stable name, for logs and the store.
    pub fn name(&self) -> &'static str {
        match self {
            Self::AwaitingChoice => "awaiting_choice",
            Self::AwaitingResponse(_) => "awaiting_response",
            Self::AwaitingPasscode(_) => "awaiting_passcode",
            Self::AwaitingCardValues(_) => "awaiting_card_values",
            Self::AwaitingSentCode(_) => "awaiting_sent_code",
            Self::AwaitingApproval(_) => "awaiting_approval",
            Self::AwaitingAssertion(_) => "awaiting_assertion",
            Self::Ended(outcome) => outcome.name(),
        }
    }
}

impl Moment<'_> {
    fn candidate(&self, device: DeviceId) -> Result<&Candidate, Refusal> {
        self.facts.candidates.iter().find(|c| c.device == device).ok_or(Refusal::UnknownDevice)
    }

    /// The step into another live state.
    fn go(&self, state: State, effects: Vec<Effect>) -> Step {
        Step { confirmation: self.confirmation.clone().awaiting(state), effects, told: None }
    }

    fn end(&self, outcome: Outcome, mut effects: Vec<Effect>) -> Step {
        effects.push(Effect::Audit { kind: outcome.audit_kind(), device: self.confirmation.device() });
        self.go(State::Ended(outcome), effects)
    }
}
