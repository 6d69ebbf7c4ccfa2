//! Offering an operation to a user: the one way by which a confirmation begins.

use super::{effects::carry_out_of, turn::Surroundings};
use crate::{
    app::{App, nonce},
    flow::{
        Refused,
        money::withdrawal::{self, Manner},
    },
    work::{Stop, Work},
};
use domain::{
    Timestamp,
    confirmation::{self, Channel, Chooser, Confirmation, LONGEST_LIFE, Operation, State, Step},
    id::{ConfirmationId, UserId},
    lockout::{Budget, UserFailures},
    pushes::Asker,
};
use std::collections::BTreeMap;
use store::{Ask, user::User, withdrawal::Withdrawal};

/// How long a user has to confirm an operation.
pub const LIFE: std::time::Duration = std::time::Duration::from_secs(300);

/// A confirmation of something that is not a login, before it is offered.
pub fn draft(user: UserId, operation: Operation, now: Timestamp, expires_at: Timestamp) -> Confirmation {
    let asker = match &operation.channel {
        Channel::Backchannel | Channel::Call { .. } => Asker::BackEnd,
        Channel::Recovery { browser } => Asker::Browser { digest: *browser },
        _ => operation.session().map_or(Asker::Attempt, |id| Asker::Session { id }),
    };
    let budget = Budget::beyond_login(user, operation.behind_password());
    Confirmation {
        asker,
        id: ConfirmationId::new(now, &nonce()),
        user,
        operation,
        created_at: now,
        expires_at: expires_at.min(now.plus(LONGEST_LIFE)),
        wrong_answers: 0,
        budget,
        asked: BTreeMap::new(),
        last_wrong: None,
        first: None,
        sent: None,
        state: State::AwaitingChoice,
    }
}

/// How a confirmation is offered.
#[derive(Debug, Clone, Copy)]
pub struct Offering {
    /// What becomes of the choice where the user has several devices.
    pub chooser: Chooser,
    /// The digest of the handle by which it is reached.
    pub handle: [u8; 32],
    /// How a withdrawal was asked for; nothing to say of anything else.
    pub manner: Manner,
}

impl Offering {
    /// One that nobody asked for in a particular manner.
    pub fn of(chooser: Chooser, handle: [u8; 32]) -> Self {
        Self { chooser, handle, manner: Manner::default() }
    }
}

/// What was offered.
pub struct Offered {
    /// The first step.
    pub step: Step,
    /// What is known around it.
    pub around: Surroundings,
    /// The room that is kept for it, where money is to leave.
    pub reserved: Option<Withdrawal>,
}

/// Offers a confirmation to its user, in the caller's unit of work.
pub fn offer(
    work: &mut Work<'_>,
    draft: Confirmation,
    user: User,
    failures: UserFailures,
    Offering { chooser, handle, manner }: Offering,
) -> Result<Offered, Stop<Refused>> {
    work.is_about(&draft);
    let draft = if user.unhurried_at.is_some() { draft.unhurried() } else { draft };
    let counted = withdrawal::weigh(work, &draft.operation.what)?;
    let around = Surroundings::beginning(work, user, failures, &draft)?;
    let step = confirmation::offer(draft, chooser, &around.facts(&work.app.settings.policy), work.now, &nonce());
    let step = step.map_err(|refusal| around.refused(refusal))?;
    store::confirmation::insert(work.sql, &step.confirmation, handle)?;
    let reserved = match counted {
        Some(counted) => withdrawal::reserve(work, &step.confirmation, counted, manner)?,
        None => None,
    };
    carry_out_of(work, &step.confirmation, &step.effects)?;
    around.supersede(work, &step.effects)?;
    Ok(Offered { step, around, reserved })
}

/// What [`beyond_login`] reads.
pub fn asks(app: &App, user: UserId, now: Timestamp) -> Vec<Ask> {
    let mut asks = vec![
        store::user::ask_by_id(user),
        store::failure::ask_load(user),
        store::device::ask_of_user(user),
        store::confirmation::ask_pending(user, now),
    ];
    asks.extend(app.push.is_some().then(|| store::push::ask_service(user)));
    asks
}

/// Offers a confirmation of something that is not a login: to the phone at once where one is the default and there is no
/// page to draw a chooser on.
pub fn beyond_login(work: &mut Work<'_>, draft: Confirmation, digest: [u8; 32]) -> Result<Confirmation, Stop<Refused>> {
    Ok(with_devices(work, draft, digest)?.step.confirmation)
}

/// [`beyond_login`], and what is said of the user's devices.
pub fn with_devices(work: &mut Work<'_>, draft: Confirmation, digest: [u8; 32]) -> Result<Offered, Stop<Refused>> {
    let Some(user) = store::user::by_id(work.sql, draft.user)? else { return Err(Refused::UnknownAttempt.into()) };
    let failures = store::failure::load(work.sql, user.id, draft.budget)?;
    let asks_there = matches!(draft.operation.channel, Channel::Recovery { .. } | Channel::Call { .. });
    let on_a_page = asks_there || draft.operation.session().is_some();
    let chooser = if on_a_page { Chooser::Drawn } else { Chooser::PhoneFirst };
    work.about.address = draft.operation.address.parse().ok();
    offer(work, draft, user, failures, Offering::of(chooser, digest))
}
