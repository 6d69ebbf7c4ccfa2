//! One turn of a confirmation, whoever takes it: what is known around it, the core's step, the saved result. Every end of
//! a confirmation passes here, whoever notices it: a page, a phone, the sweep, a newer request, a device that ends.

use super::{candidates, effects::carry_out_of};
use crate::{
    app::nonce,
    flow::{Refused, login::familiar, messages::wake},
    work::{After, Stop, Work, unless_refused},
};
use domain::{
    Refusal,
    audit::About,
    confirmation::{Candidate, Channel, Confirmation, Event, Facts, Outcome, Step, step},
    device::Method,
    effect::Effect,
    id::{DeviceId, UserId},
    lockout::UserFailures,
    pushes::{PushBudget, Unanswered, has_room, same_asker},
};
use store::{Error, confirmation::Stored, device::Device, user::User};

/// What is known around a confirmation, loaded once for a unit of work.
pub struct Surroundings {
    /// Who is asked.
    pub user: User,
    /// The devices that may confirm, in the chooser's order.
    pub candidates: Vec<Candidate>,
    failures: UserFailures,
    unfamiliar: bool,
    silent: bool,
    unanswered: Unanswered,
    room: bool,
    /// Requests of the same asker's earlier attempts: a newer one takes their place on the phone.
    older: Vec<Stored>,
    gives: bool,
}

impl Surroundings {
    /// For a unit that, if its step confirms, gives at once what the confirmation gives: that is saved with the step.
    pub fn giving(self) -> Self {
        Self { gives: true, ..self }
    }

    /// Loads them. `chosen` is the device that the step may begin to await: unless that is a phone, no request is put
    /// on one, and nothing about requests is asked.
    pub fn load(
        work: &mut Work<'_>,
        user: User,
        about: &Confirmation,
        chosen: Option<DeviceId>,
    ) -> Result<Self, Error> {
        let failures = store::failure::load(work.sql, user.id, about.budget)?;
        let quiet = Self::quiet(work, user, failures, about)?;
        // After the first of two answers the phone may be asked for the second.
        let second = about.first.is_none() && quiet.candidates.iter().any(Candidate::needs_second);
        if second || quiet.candidates.iter().any(|c| Some(c.device) == chosen && c.approves()) {
            quiet.with_requests(work, about)
        } else {
            Ok(quiet)
        }
    }

    /// What is known around an attempt that begins, which may await any of the devices.
    pub fn beginning(
        work: &mut Work<'_>,
        user: User,
        failures: UserFailures,
        draft: &Confirmation,
    ) -> Result<Self, Error> {
        let quiet = Self::quiet(work, user, failures, draft)?;
        if quiet.candidates.iter().any(Candidate::approves) { quiet.with_requests(work, draft) } else { Ok(quiet) }
    }

    /// What is known around a confirmation of a user with these devices, in a step that puts no request on a phone.
    pub fn of(work: &mut Work<'_>, user: User, devices: Vec<Device>, about: &Confirmation) -> Result<Self, Error> {
        let failures = store::failure::load(work.sql, user.id, about.budget)?;
        let candidates = candidates::among(work, devices, &user, about.id, &about.operation.what)?;
        Ok(Self::around(user, candidates, failures, about))
    }

    fn quiet(work: &mut Work<'_>, user: User, failures: UserFailures, about: &Confirmation) -> Result<Self, Error> {
        let candidates = candidates::load(work, &user, about.id, &about.operation.what)?;
        Ok(Self::around(user, candidates, failures, about))
    }

    fn around(user: User, mut candidates: Vec<Candidate>, failures: UserFailures, about: &Confirmation) -> Self {
        candidates.retain(|candidate| candidate.serves(&about.operation.channel));
        let unanswered = Unanswered::default();
        Self {
            user,
            candidates,
            failures,
            unfamiliar: false,
            silent: false,
            unanswered,
            room: true,
            older: Vec::new(),
            gives: false,
        }
    }

    fn with_requests(self, work: &mut Work<'_>, about: &Confirmation) -> Result<Self, Error> {
        let mut pending = store::confirmation::pending(work.sql, self.user.id, work.now)?;
        // What the phone asked for itself is no request to it: another attempt's may come beside it.
        let to_phone = |c: &Confirmation| c.operation.channel != Channel::Phone;
        pending.retain(|stored| stored.confirmation.id != about.id && to_phone(&stored.confirmation));
        let (older, others): (Vec<_>, Vec<_>) =
            pending.into_iter().partition(|stored| same_asker(about, &stored.confirmation));
        let room = has_room(about, others.iter().map(|stored| &stored.confirmation), &work.app.settings.policy);
        let unanswered = match PushBudget::of(about) {
            Some(budget) if self.user.unanswered_pushes > 0 => store::pushes::load(work.sql, self.user.id, &budget)?,
            _ => Unanswered::default(),
        };
        let unfamiliar = familiar::unfamiliar(work, self.user.id, about)?;
        let silent = match self.candidates.iter().find(|candidate| candidate.approves()) {
            Some(phone) => !wake::reaches(work, self.user.id, phone.device)?,
            None => false,
        };
        Ok(Self { unfamiliar, silent, unanswered, room, older, ..self })
    }

    /// Whether a request of the same asker is on the phone.
    fn has_older(&self) -> bool {
        !self.older.is_empty()
    }

    /// As the core reads them.
    pub fn facts<'a>(&'a self, policy: &'a domain::Policy) -> Facts<'a> {
        Facts {
            candidates: &self.candidates,
            user_failures: &self.failures,
            unanswered: self.unanswered,
            any_unanswered: self.user.unanswered_pushes > 0,
            room: self.room,
            unfamiliar: self.unfamiliar,
            silent: self.silent,
            untold: self.user.untold_answers,
            policy,
        }
    }

    /// A refusal of the core, with what it is about.
    pub fn refused(&self, refusal: Refusal) -> Refused {
        match refusal {
            Refusal::NotPermitted => Refused::NotPermitted(self.candidates.clone()),
            refusal => refusal.into(),
        }
    }

    /// The devices as they are after a step: what it saved of them is known without asking again.
    pub fn stepped(&mut self, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::SaveDeviceFailures { device, failures } => {
                    self.candidate(*device, |candidate| candidate.failures = *failures);
                }
                Effect::SaveMoving { device, moving } => {
                    self.candidate(*device, |candidate| candidate.moving = moving.clone());
                }
                Effect::DeviceRanOut { device } => self.candidates.retain(|candidate| candidate.device != *device),
                _ => {}
            }
        }
    }

    fn candidate(&mut self, device: DeviceId, change: impl FnOnce(&mut Candidate)) {
        if let Some(candidate) = self.candidates.iter_mut().find(|candidate| candidate.device == device) {
            change(candidate);
        }
    }

    /// After a step that put a request on the phone: earlier ones of the same program go on without it.
    pub fn supersede(&self, work: &mut Work<'_>, effects: &[Effect]) -> Result<(), Error> {
        if !effects.iter().any(|effect| matches!(effect, Effect::SendPush { .. })) {
            return Ok(());
        }
        for stored in &self.older {
            let about = About { attempt: Some(stored.confirmation.id), ..work.about.clone() };
            let taken = work.beside(about, |work| take(work, stored, self, &Event::Superseded));
            // One that has gone on meanwhile is not in the way any more.
            match taken {
                Err(Stop::Failed(Error::Retry)) => {}
                taken => drop(unless_refused(taken)?),
            }
        }
        Ok(())
    }
}

/// Takes a step from a stored confirmation and saves what follows, within the caller's unit of work. A step that another
/// one was saved before runs the unit anew.
pub fn turn(
    work: &mut Work<'_>,
    stored: &Stored,
    around: &Surroundings,
    event: &Event<'_>,
) -> Result<Step, Stop<Refusal>> {
    let taken = take(work, stored, around, event)?;
    around.supersede(work, &taken.effects)?;
    Ok(taken)
}

fn take(work: &mut Work<'_>, stored: &Stored, around: &Surroundings, event: &Event<'_>) -> Result<Step, Stop<Refusal>> {
    let before = &stored.confirmation;
    let taken = step(before, event, &around.facts(&work.app.settings.policy), work.now, &nonce())?;
    let on_phone = |c: &Confirmation| c.method() == Some(Method::Seamless) && c.outcome().is_none();
    let frees = on_phone(before) && !on_phone(&taken.confirmation);
    // Looked for before anything is written: mostly none waits, and then the unit need not look again.
    let another_waits = frees && !waiting(work, before.user)?.is_empty();
    if taken.confirmation != *before {
        save(work, stored, around, &taken.confirmation)?;
    }
    carry_out_of(work, before, &taken.effects)?;
    if another_waits {
        work.after(After::PhoneFree);
    }
    if taken.confirmation.outcome().is_some() {
        work.after(After::ConfirmationEnded(Box::new(taken.confirmation.clone())));
    }
    Ok(taken)
}

/// Saves a step; one that another was saved before runs the unit anew.
fn save(work: &mut Work<'_>, stored: &Stored, around: &Surroundings, after: &Confirmation) -> Result<(), Error> {
    let confirmed = matches!(after.outcome(), Some(Outcome::Confirmed { .. }));
    let saved = if confirmed && around.gives {
        store::confirmation::save_given(work.sql, stored.version, after, work.now)?
    } else {
        store::confirmation::save(work.sql, stored.version, after)?
    };
    if saved { Ok(()) } else { Err(Error::Retry) }
}

/// Takes each of a user's open confirmations that `of` picks on by an event that nobody's answer caused.
pub fn open(
    work: &mut Work<'_>,
    user: UserId,
    of: impl Fn(&Confirmation) -> bool,
    event: &Event<'_>,
) -> Result<(), Error> {
    let Some(user) = store::user::by_id(work.sql, user)? else { return Ok(()) };
    for stored in store::confirmation::open(work.sql, user.id, work.now)? {
        if of(&stored.confirmation) {
            one(work, &user, &stored, event)?;
        }
    }
    Ok(())
}

/// Ends a confirmation whose time is over, if it has not ended.
pub fn expire(work: &mut Work<'_>, user: UserId, stored: &Stored) -> Result<(), Error> {
    let Some(user) = store::user::by_id(work.sql, user)? else { return Ok(()) };
    one(work, &user, stored, &Event::TimeElapsed)
}

fn one(work: &mut Work<'_>, user: &User, stored: &Stored, event: &Event<'_>) -> Result<(), Error> {
    let around = Surroundings::load(work, user.clone(), &stored.confirmation, None)?;
    one_with(work, stored, &around, event).map(drop)
}

/// Takes a step that is about this confirmation and nothing else of the unit; whether the core took it.
fn one_with(work: &mut Work<'_>, stored: &Stored, around: &Surroundings, event: &Event<'_>) -> Result<bool, Error> {
    let confirmation = &stored.confirmation;
    let about = About {
        user: Some(confirmation.user),
        budget: Some(confirmation.budget),
        attempt: Some(confirmation.id),
        client: Some(confirmation.operation.client.clone()),
        ..work.about.clone()
    };
    work.beside(about, |work| Ok(unless_refused(turn(work, stored, around, event))?.is_some()))
}

/// Hands the request to the phone that waited longest behind others, where there is room for it now.
pub fn hand_over(work: &mut Work<'_>, user: UserId) -> Result<(), Error> {
    let waiting = waiting(work, user)?;
    if waiting.is_empty() {
        return Ok(());
    }
    let Some(user) = store::user::by_id(work.sql, user)? else { return Ok(()) };
    for stored in waiting {
        let confirmation = &stored.confirmation;
        let around = Surroundings::load(work, user.clone(), confirmation, confirmation.device())?;
        if !around.has_older() && one_with(work, &stored, &around, &Event::PhoneFree)? {
            return Ok(());
        }
    }
    Ok(())
}

/// The user's requests that wait for a place on the phone, oldest first.
fn waiting(work: &mut Work<'_>, user: UserId) -> Result<Vec<Stored>, Error> {
    let mut open = store::confirmation::open(work.sql, user, work.now)?;
    open.retain(|stored| stored.confirmation.withheld().is_some());
    Ok(open)
}
