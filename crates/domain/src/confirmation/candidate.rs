//! A device that may confirm, as the machine sees it.

use super::{Channel, Facts, Moment, What, Withheld};
use crate::{
    Refusal, Timestamp,
    device::{Algorithm, Method, Moving, Verification},
    id::DeviceId,
    lockout::{DeviceFailures, Until},
    money::permit::{Judged, Verdict},
    pushes::PushBudget,
};

/// One of the user's active devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its id.
    pub device: DeviceId,
    /// Its class.
    pub class: String,
    /// Its label.
    pub label: String,
    /// Its methods, the preferred one first.
    pub methods: Vec<Method>,
    /// How it computes; none for a device that signs instead.
    pub algorithm: Option<Algorithm>,
    /// What it proves beside that the user holds it.
    pub verification: Verification,
    /// What moves on it.
    pub moving: Moving,
    /// Its failures.
    pub failures: DeviceFailures,
    /// By what a browser finds it, where it is a passkey.
    pub passkey: Option<PasskeyRef>,
    /// Where its codes are sent, where it stands for a telephone.
    pub reach: Option<Reach>,
    /// Whether it leads to the page of the online code card, and nowhere else: a temporary code in its last days.
    pub card_only: bool,
    /// Whether it is the user's default device.
    pub default: bool,
    /// What limits and locks say of it, where money is to leave.
    pub judged: Option<Judged>,
}

/// Where codes are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// The telephone, as a page may show it.
    pub masked: String,
    /// From when on another message may go there, where as many as may be went there in a day.
    pub from: Option<Timestamp>,
}

/// By what a browser finds a passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyRef {
    /// The credential's id, base64url.
    pub id: String,
    /// How its authenticator is reached.
    pub transports: Vec<String>,
}

impl Candidate {
    /// Whether it is a phone that shows what it is asked.
    pub fn approves(&self) -> bool {
        self.methods.contains(&Method::Seamless)
    }

    /// Whether it has nothing but codes that are sent.
    pub fn is_sent_codes(&self) -> bool {
        self.methods.as_slice() == [Method::SentCode]
    }

    /// Notes where its codes are sent, where it has such; false where it so has nothing left to answer by.
    pub fn reached_at(&mut self, reach: Option<&Reach>) -> bool {
        if self.methods.contains(&Method::SentCode) {
            self.reach = reach.cloned();
            self.methods.retain(|method| *method != Method::SentCode || reach.is_some());
        }
        !self.methods.is_empty()
    }

    /// Whether it may confirm this. A phone does not vouch for the phone that is to take its place: it may be the one
    /// that was lost. Nor does a passkey, which may lie on that phone.
    pub fn may_confirm(&self, what: &What) -> bool {
        match what {
            What::PhoneActivation => !(self.approves() || self.methods.contains(&Method::Webauthn)),
            What::Call(_) => self.methods.iter().any(|method| method.serves_calls()),
            _ => true,
        }
    }

    /// With the methods alone that serve an operation: what is read out on the telephone must be of no use for anything
    /// else.
    #[must_use]
    pub fn with_methods_for(mut self, what: &What) -> Self {
        if matches!(what, What::Call(_)) {
            self.methods.retain(|method| method.serves_calls());
        }
        self
    }

    /// Whether it serves an operation that came by this channel: what leads to one page of ours serves a login on our
    /// pages.
    pub fn serves(&self, channel: &Channel) -> bool {
        !self.card_only || *channel == Channel::Hosted
    }

    /// Whether limits and locks let it confirm this, alone or together with another device.
    pub fn permitted(&self) -> bool {
        self.judged.as_ref().is_none_or(|judged| judged.verdict <= Verdict::Second)
    }

    /// Whether it takes a second device beside it.
    pub fn needs_second(&self) -> bool {
        self.judged.as_ref().is_some_and(|judged| judged.verdict == Verdict::Second)
    }

    /// Until when it is locked, if it is.
    pub fn locked(&self, facts: &Facts<'_>, now: Timestamp) -> Option<Until> {
        self.failures.locked(&facts.policy.device_lock, now)
    }

    /// The method that is wished for: the forced one if the device has it, else the preferred one.
    pub(super) fn wished(&self, forced: Option<Method>) -> Result<Method, Refusal> {
        let mut methods = self.methods.iter().copied();
        let wished = match forced {
            None => methods.next(),
            Some(method) => methods.find(|m| *m == method),
        };
        wished.ok_or(Refusal::UnknownMethod)
    }

    /// The method to use for a wish: where no notification may be sent now, the device's other one, and why.
    pub(super) fn method(&self, wished: Method, moment: &Moment<'_>) -> Result<(Method, Option<Withheld>), Refusal> {
        match moment.withheld() {
            Some(why) if wished == Method::Seamless => {
                let instead = self.methods.iter().copied().find(|m| *m != Method::Seamless);
                Ok((instead.ok_or(Refusal::NoUsableDevice)?, Some(why)))
            }
            _ => Ok((wished, None)),
        }
    }
}

impl Moment<'_> {
    /// Why no notification may be sent to a phone of this user now, if none may.
    pub(super) fn withheld(&self) -> Option<Withheld> {
        let Facts { unanswered, room, policy, .. } = *self.facts;
        let budget = PushBudget::of(self.confirmation)?;
        match () {
            () if !room => Some(Withheld::RequestOpen),
            () if unanswered.too_many(&budget, policy, self.now) => Some(Withheld::TooManyUnanswered),
            () => None,
        }
    }

    /// The devices that are not locked, may confirm it, and have not done so.
    pub(super) fn usable(&self) -> impl Iterator<Item = &Candidate> {
        let open = |c: &&Candidate| c.permitted() && c.locked(self.facts, self.now).is_none();
        self.facts.candidates.iter().filter(open).filter(|c| !self.has_answered(c.device))
    }

    /// Whether so many devices as are needed could still answer, without one of them.
    pub(super) fn enough_without(&self, device: Option<DeviceId>) -> bool {
        let (mut left, mut needed) = (0, 1);
        for candidate in self.usable().filter(|c| Some(c.device) != device) {
            left += 1;
            if candidate.needs_second() && self.confirmation.first.is_none() {
                needed = 2;
            }
        }
        left >= needed
    }
}
