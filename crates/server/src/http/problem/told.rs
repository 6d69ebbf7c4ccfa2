//! THE match from refusals to what the outside is told of them. Pages, OAuth, the phone's API and the first-party protocol
//! say it in their own words, and decide nothing.

use super::Slug;
use crate::{
    card_processor::CardError,
    flow::{Refused, confirm::candidates::would_do, desk, institution::NotDone, phone::PhoneRefused},
};
use domain::{
    Refusal, Timestamp,
    confirmation::{Exhaustion, Outcome},
    desk::{AlarmRefusal, CallRefusal, CaseRefusal, SendRefusal, temporary::NotLent},
    lockout::Until,
};
use oidc::OAuthError;
use operation::Money;
use std::time::Duration;
use wire::{Reason, problem::ProblemDevice};

/// How long to wait when too much happens at once.
const BUSY_WAIT: Duration = Duration::from_secs(1);
/// How long to wait when the database is not to be had.
const UNAVAILABLE_WAIT: Duration = Duration::from_secs(5);
/// How long to wait before a card processor that cannot be reached is asked again.
const PROCESSOR_WAIT: Duration = Duration::from_secs(5);

/// What problems of one type carry beside what all have (RFC 9457, 3.2).
#[derive(Debug, Clone)]
pub enum Extra {
    /// The user's devices that would do, where another one may not (`device-limit`).
    Devices(Vec<ProblemDevice>),
    /// What one of the user's accounts must be worth (`not-eligible`).
    Required(Money),
    /// The moment from which on it is possible (`waits`).
    Until(Timestamp),
}

/// What is told of a refusal.
#[derive(Debug, Clone)]
pub struct Told {
    /// The problem type.
    pub slug: Slug,
    /// A stable word, where one slug has several reasons.
    pub reason: Option<&'static str>,
    /// What to do about this one.
    pub detail: Option<String>,
    /// Wrong answers left.
    pub attempts_left: Option<u32>,
    /// How long to wait.
    pub wait: Option<Duration>,
    /// What problems of its type carry.
    pub extra: Option<Extra>,
    /// Until when the device is locked, where it is.
    pub locked: Option<Until>,
    /// Whether the app can be activated by the registered number, where no device can be used.
    pub recover: bool,
    /// Why the attempt ended or the step failed, in the first-party protocol.
    pub failure: Option<Reason>,
    /// The error of a request that does not fit, in the first-party protocol.
    pub error: Option<OAuthError>,
}

impl From<Slug> for Told {
    fn from(slug: Slug) -> Self {
        Self {
            slug,
            reason: None,
            detail: None,
            attempts_left: None,
            wait: None,
            extra: None,
            locked: None,
            recover: false,
            failure: None,
            error: None,
        }
    }
}

impl Told {
    /// What is told of a refusal of any use case: those of the phone hold all others.
    pub fn of(refused: impl Into<PhoneRefused>) -> Self {
        let refused = refused.into();
        let words = match &refused {
            PhoneRefused::Flow(_) | PhoneRefused::Locked(_) => None,
            of_a_phone => Some(of_a_phone.to_string()),
        };
        Self { detail: words, ..told(refused) }
    }

    /// What is told to the institution's back ends.
    pub fn institution(refused: NotDone) -> Self {
        let words = Some(refused.to_string());
        let told = match refused {
            NotDone::Refused(refused) => return Self::of(refused),
            NotDone::UnknownUser => Self::because(Slug::NotFound, "user"),
            NotDone::Unknown => Slug::NotFound.into(),
            NotDone::Unfit(member, _) => Self::because(Slug::BadRequest, member),
            NotDone::UsernameTaken => Slug::UsernameTaken.into(),
            NotDone::NoContact => Slug::NoContact.into(),
            NotDone::MoneyUnderWay(_) => Self::because(Slug::WrongState, "confirmed"),
            NotDone::KeyReused => Slug::KeyReused.into(),
            NotDone::NotNow(error) => Self::because(Slug::WrongState, error.from.name()),
        };
        Self { detail: words, ..told }
    }

    /// What is told to an agent's program.
    pub fn desk(refused: desk::NotDone) -> Self {
        let words = Some(refused.to_string());
        let told = match refused {
            desk::NotDone::Refused(refused) => return Self::of(refused),
            desk::NotDone::Unknown => Slug::NotFound.into(),
            desk::NotDone::Text(member, _) => Self::because(Slug::BadRequest, member),
            desk::NotDone::Nothing => Self::because(Slug::WrongState, "nothing"),
            desk::NotDone::NoContact => Slug::NoContact.into(),
            desk::NotDone::Lent(NotLent::InARow) => Slug::TemporaryAccessInARow.into(),
            desk::NotDone::Lent(NotLent::UnderWay) => Self::because(Slug::WrongState, "under_way"),
            desk::NotDone::Alarm(AlarmRefusal::OwnUser) => Self::because(Slug::RoleNeeded, "own_user"),
            desk::NotDone::Alarm(AlarmRefusal::Anothers) => Self::because(Slug::WrongState, "taken"),
            desk::NotDone::Alarm(AlarmRefusal::NotYours) => Self::because(Slug::WrongState, "not_yours"),
            desk::NotDone::Send(SendRefusal::Over) => Self::because(Slug::WrongState, "over"),
            desk::NotDone::Send(SendRefusal::Gone) => Self::because(Slug::WrongState, "gone"),
            desk::NotDone::Send(SendRefusal::Enough) => Self::because(Slug::WrongState, "enough"),
            desk::NotDone::Call(CallRefusal::OwnUser) => Self::because(Slug::RoleNeeded, "own_user"),
            desk::NotDone::Call(CallRefusal::Role) => Self::because(Slug::RoleNeeded, "role"),
            desk::NotDone::Call(CallRefusal::UnderWay) => Self::because(Slug::WrongState, "under_way"),
            desk::NotDone::Call(CallRefusal::Rests(until)) => {
                Self { extra: Some(Extra::Until(until)), ..Self::because(Slug::Waits, "too_many_failed") }
            }
            desk::NotDone::Case(CaseRefusal::SecondPersonNeeded) => Slug::SecondPersonNeeded.into(),
            desk::NotDone::Case(CaseRefusal::Waits(until)) => {
                Self { extra: Some(Extra::Until(until)), ..Slug::Waits.into() }
            }
            desk::NotDone::Case(CaseRefusal::State(state)) => Self::because(Slug::WrongState, state.name()),
            desk::NotDone::Case(CaseRefusal::NotTheFirst) => Self::because(Slug::RoleNeeded, "not_the_first"),
            desk::NotDone::Case(CaseRefusal::Role) => Self::because(Slug::RoleNeeded, "role"),
            desk::NotDone::Case(CaseRefusal::NotAtTheDesk) => Self::because(Slug::WrongState, "not_at_the_desk"),
            desk::NotDone::Case(CaseRefusal::OwnUser) => Self::because(Slug::RoleNeeded, "own_user"),
        };
        Self { detail: words, ..told }
    }

    fn wait(slug: Slug, wait: Duration) -> Self {
        Self { wait: Some(wait), ..slug.into() }
    }

    fn because(slug: Slug, reason: &'static str) -> Self {
        Self { reason: Some(reason), ..slug.into() }
    }

    fn left(slug: Slug, attempts: u32) -> Self {
        Self { attempts_left: Some(attempts), ..slug.into() }
    }

    fn failed(slug: Slug, failure: Reason) -> Self {
        Self { failure: Some(failure), ..slug.into() }
    }

    fn unfit(slug: Slug, error: OAuthError) -> Self {
        Self { error: Some(error), ..slug.into() }
    }

    fn locked(until: Until) -> Self {
        let reason = match until {
            Until::At(_) => "for_a_time",
            Until::Lifted => "until_lifted",
        };
        let because = Some(reason);
        Self { reason: because, locked: Some(until), ..Self::failed(Slug::DeviceLocked, Reason::DeviceLocked) }
    }

    /// The end of an attempt. Only a page leaves one.
    fn ended(outcome: Outcome) -> Self {
        let (reason, failure, locked) = match outcome {
            Outcome::Confirmed { .. } => ("already_answered", Reason::AlreadyAnswered, None),
            Outcome::Denied { .. } => ("denied", Reason::Denied, None),
            Outcome::Expired { .. } => ("expired", Reason::Expired, None),
            Outcome::Abandoned { .. } => ("abandoned", Reason::Denied, None),
            Outcome::Exhausted { because: Exhaustion::DeviceLocked(until), .. } => {
                ("too_many_attempts", Reason::DeviceLocked, Some(until))
            }
            Outcome::Exhausted { .. } => ("too_many_attempts", Reason::TooManyAttempts, None),
        };
        Self { reason: Some(reason), locked, ..Self::failed(Slug::AttemptEnded, failure) }
    }
}

fn told(refused: PhoneRefused) -> Told {
    use PhoneRefused::Flow;
    use Refused::Step;
    match refused {
        Flow(Refused::InvalidCredentials) => Told::failed(Slug::InvalidCredentials, Reason::InvalidCredentials),
        Flow(Refused::NoUsableDevice { recover }) => {
            Told { recover, ..Told::failed(Slug::NotFound, Reason::NoUsableDevice) }
        }
        Flow(Refused::NotPermitted(candidates)) => {
            let extra = Some(Extra::Devices(would_do(&candidates)));
            Told { extra, ..Told::failed(Slug::DeviceLimit, Reason::NoUsableDevice) }
        }
        Flow(Step(Refusal::NotPermitted)) => Told::failed(Slug::DeviceLimit, Reason::NoUsableDevice),
        Flow(Refused::NotCounted(_) | Refused::NoCalendar) => Told::failed(Slug::RateMissing, Reason::NoUsableDevice),
        Flow(Refused::NoContact) => Told::failed(Slug::NoContact, Reason::NoUsableDevice),
        Flow(Refused::UnknownAttempt) => Told::unfit(Slug::NotFound, OAuthError::InvalidSession),
        Flow(Step(Refusal::Ended(outcome))) => Told::ended(outcome),
        Flow(Step(Refusal::DeviceLocked(until))) | PhoneRefused::Locked(until) => Told::locked(until),
        Flow(Step(Refusal::UnknownDevice)) => Told::unfit(Slug::NotAwaited, OAuthError::Malformed("device_id")),
        Flow(Step(Refusal::UnknownMethod)) => Told::unfit(Slug::NotAwaited, OAuthError::Malformed("method")),
        Flow(Step(_)) => Told::unfit(Slug::NotAwaited, OAuthError::NotAwaited),
        Flow(Refused::Throttled(wait)) => Told::wait(Slug::Throttled, wait),
        Flow(Refused::Busy) => Told::wait(Slug::Busy, BUSY_WAIT),
        Flow(Refused::Unavailable) => Told::wait(Slug::Unavailable, UNAVAILABLE_WAIT),
        Flow(Refused::Internal) => Slug::Internal.into(),
        PhoneRefused::ProofReplayed => Told::because(Slug::InvalidProof, "jti_used"),
        PhoneRefused::Token => Told::because(Slug::Unauthorized, "token"),
        PhoneRefused::NotActive => Slug::DeviceNotActive.into(),
        PhoneRefused::UnknownActivation => Slug::UnknownActivation.into(),
        PhoneRefused::UnknownInvitation => Slug::UnknownInvitation.into(),
        PhoneRefused::CodeAloneClosed => Slug::CodeAloneClosed.into(),
        PhoneRefused::UnknownMigration => Slug::UnknownActivation.into(),
        PhoneRefused::UpdateFirst(_) => Slug::UpdateFirst.into(),
        PhoneRefused::NoVeto => Slug::NoVeto.into(),
        PhoneRefused::NotVouched => Slug::NotAwaited.into(),
        PhoneRefused::WrongCode(attempts) => Told::left(Slug::WrongCode, attempts),
        PhoneRefused::WrongResponse(attempts) | PhoneRefused::WrongPin(attempts) => {
            Told::left(Slug::WrongResponse, attempts)
        }
        PhoneRefused::WrongNumber => Slug::WrongNumber.into(),
        PhoneRefused::Statement(error) => Told::because(Slug::StatementMismatch, error.member()),
        PhoneRefused::Malformed(member) => Told::because(Slug::BadRequest, member),
        PhoneRefused::NoPush => Slug::NoPush.into(),
        PhoneRefused::NotSubscribed => Slug::NotSubscribed.into(),
        PhoneRefused::Endpoint(error) => Told::because(Slug::BadRequest, error.reason()),
        PhoneRefused::UnknownConfirmation => Slug::NotFound.into(),
        PhoneRefused::LabelTaken => Told::because(Slug::BadRequest, "label_taken"),
        PhoneRefused::UnknownChange => Slug::UnknownChange.into(),
        PhoneRefused::NoPin => Slug::NoPin.into(),
        PhoneRefused::Card(error) => card(&error),
    }
}

/// What the card processor says.
fn card(error: &CardError) -> Told {
    let reason = match error {
        CardError::NoCards => return Slug::NoCards.into(),
        CardError::Unreachable => return Told::wait(Slug::CardProcessorUnreachable, PROCESSOR_WAIT),
        CardError::UnknownCard => return Slug::UnknownCard.into(),
        CardError::UnknownPayment => "unknown_payment",
        CardError::NotActive => "not_active",
        CardError::NotWhole => "not_whole",
        CardError::NotNeeded(_) => "not_needed",
        CardError::InsufficientFunds(_) => "insufficient_funds",
        CardError::NotShown => "not_shown",
        CardError::Changed => "changed",
    };
    Told::because(Slug::CardRefused, reason)
}
