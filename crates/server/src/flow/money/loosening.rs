//! What loosens limits or the lock is asked of a device first; what tightens them holds at once.

use crate::{
    clients::HOSTED,
    flow::{
        Origin, Refused,
        confirm::offer,
        login::session::SignedIn,
        throttle::{self, Purpose},
    },
    work::{Stop, Work, stops},
};
use domain::{
    confirmation::{Channel, Confirmation, Operation, Outcome, What},
    id::DeviceId,
    lockout::Budget,
    money::{lock::LockRefusal, own, two_devices::SumRefusal},
};
use store::{Error, device::Device};

/// Why nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotChanged {
    /// No active device of this user, whosever it may be.
    #[error("no such device")]
    UnknownDevice,
    /// The limits cannot be had.
    #[error(transparent)]
    Limits(#[from] own::NotChanged),
    /// The lock stays as it is.
    #[error(transparent)]
    Lock(#[from] LockRefusal),
    /// The sum above which two devices are needed stays as it is.
    #[error(transparent)]
    Sum(#[from] SumRefusal),
    /// As anywhere. None of the devices may confirm it: [`Refused::NotPermitted`].
    #[error(transparent)]
    Refused(#[from] Refused),
}

stops!(NotChanged);
stops!(NotChanged: Refused, own::NotChanged, LockRefusal, SumRefusal);

impl From<Error> for NotChanged {
    fn from(error: Error) -> Self {
        Self::Refused(error.into())
    }
}

/// What became of a wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wished {
    /// It holds.
    Holds,
    /// A device is to confirm it: the handle of the attempt.
    Asked(String),
}

/// Who asks on a page.
#[derive(Debug, Clone)]
pub struct Asking {
    /// Whose session it is.
    pub signed_in: SignedIn,
    /// Where it comes from.
    pub origin: Origin,
}

impl Asking {
    /// From now on the work is about this user.
    pub(in crate::flow) fn is_about(&self, work: &mut Work<'_>) {
        work.about.user = Some(self.signed_in.user.id);
        work.about.budget = Some(Budget::beyond_login(self.signed_in.user.id, true));
        work.about.address = Some(self.origin.address);
    }

    /// Pays for what sends messages or costs work.
    pub(in crate::flow) fn paced(&self, work: &mut Work<'_>) -> Result<(), Stop<Refused>> {
        self.is_about(work);
        throttle::user(work, &self.origin, self.signed_in.user.username.as_str(), Purpose::Operation)
    }

    /// Has a device confirm what loosens. `digest`: of the handle by which the attempt is reached.
    pub(in crate::flow) fn offer(
        &self,
        work: &mut Work<'_>,
        what: What,
        digest: [u8; 32],
    ) -> Result<Confirmation, Stop<Refused>> {
        offer::beyond_login(work, self.draft(work, what), digest)
    }

    /// What a device is to confirm, before it is offered.
    pub(in crate::flow) fn draft(&self, work: &Work<'_>, what: What) -> Confirmation {
        let operation = Operation {
            what,
            client: HOSTED.to_owned(),
            address: self.origin.address.to_string(),
            agent: self.origin.agent.clone(),
            message: None,
            channel: Channel::Settings { session: self.signed_in.session.id },
            passkey_alone: false,
        };
        offer::draft(self.signed_in.user.id, operation, work.now, work.now.plus(offer::LIFE))
    }
}

/// The device that confirmed something, where that is how it ended, among all of its user's.
pub(in crate::flow) fn confirmed(
    work: &mut Work<'_>,
    confirmation: &Confirmation,
) -> Result<Option<(DeviceId, Vec<Device>)>, Error> {
    let Some(Outcome::Confirmed { device, .. }) = confirmation.outcome() else { return Ok(None) };
    Ok(Some((device, store::device::of_user(work.sql, confirmation.user)?)))
}
