//! One turn of a confirmation, whoever takes it: what is known around it, the core's step, the saved result.

use super::{
    candidates, place,
    unit::{Scene, carry_out},
};
use crate::app::{App, nonce};
use domain::{
    Refusal, Timestamp,
    confirmation::{Candidate, Confirmation, Event, Facts, Step, step},
    device::Method,
    effect::Effect,
    lockout::{Budget, UserFailures},
};
use store::{Error, Sql, confirmation::Stored, user::User};

/// What is known around a confirmation.
pub struct Around {
    /// Who is asked.
    pub user: User,
    /// The devices that may confirm.
    pub candidates: Vec<Candidate>,
    failures: UserFailures,
    unfamiliar: bool,
    request_open: bool,
    /// Requests of the same program's earlier attempts: a newer one takes their place on the phone.
    older: Vec<Stored>,
}

impl Around {
    /// Loads it. Where no phone is among the devices, nothing about phones is asked.
    pub fn load(app: &App, sql: &mut dyn Sql, user: User, about: &Confirmation, now: Timestamp) -> Result<Self, Error> {
        let candidates = candidates::load(app, sql, &user)?;
        let failures = store::failure::load(sql, user.id, about.budget)?;
        Self::with(app, sql, (user, candidates, failures), about, now)
    }

    /// [`Self::load`] with the failures that were loaded before.
    pub fn with(
        app: &App,
        sql: &mut dyn Sql,
        (user, candidates, failures): (User, Vec<Candidate>, UserFailures),
        about: &Confirmation,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let approves = candidates.iter().any(|c| c.methods.contains(&Method::Seamless));
        let mut pending = if approves { store::confirmation::pending(sql, user.id, now)? } else { Vec::new() };
        pending.retain(|stored| stored.confirmation.id != about.id);
        let same_program =
            |stored: &Stored| matches!(about.budget, Budget::Known(_)) && stored.confirmation.budget == about.budget;
        let (older, others): (Vec<_>, Vec<_>) = pending.into_iter().partition(same_program);
        let unfamiliar = approves && place::unfamiliar(app, sql, (user.id, about.budget), &about.operation, now)?;
        Ok(Self { user, candidates, failures, unfamiliar, request_open: !others.is_empty(), older })
    }

    /// As the core reads it.
    pub fn facts<'a>(&'a self, app: &'a App) -> Facts<'a> {
        Facts {
            candidates: &self.candidates,
            user_failures: &self.failures,
            unanswered_pushes: self.user.unanswered_pushes,
            request_open: self.request_open,
            unfamiliar: self.unfamiliar,
            policy: &app.settings.policy,
        }
    }

    /// After a step that put a request on the phone: earlier ones of the same program go on without it.
    pub fn supersede(&self, app: &App, sql: &mut dyn Sql, scene: &Scene, effects: &[Effect]) -> Result<(), Error> {
        if !effects.iter().any(|effect| matches!(effect, Effect::SendPush { .. })) {
            return Ok(());
        }
        for stored in &self.older {
            let before = &stored.confirmation;
            let Ok(taken) = step(before, &Event::Superseded, &self.facts(app), scene.now, &nonce()) else { continue };
            if store::confirmation::save(sql, stored.version, &taken.confirmation)? {
                carry_out(app, sql, &scene.about(before.id), &taken.effects)?;
            }
        }
        Ok(())
    }
}

/// How a turn went.
pub enum Turned {
    /// The step was taken and saved.
    Taken(Box<Step>),
    /// The core refused; nothing changed.
    Refused(Refusal),
    /// Another step was saved first: read again.
    LostRace,
}

/// Takes a step from a stored confirmation and saves what follows, within the caller's unit of work.
pub fn turn(
    app: &App,
    sql: &mut dyn Sql,
    scene: &Scene,
    (stored, around): (&Stored, &Around),
    event: &Event<'_>,
) -> Result<Turned, Error> {
    let before = &stored.confirmation;
    let taken = match step(before, event, &around.facts(app), scene.now, &nonce()) {
        Ok(taken) => taken,
        Err(refusal) => return Ok(Turned::Refused(refusal)),
    };
    if taken.confirmation != *before && !store::confirmation::save(sql, stored.version, &taken.confirmation)? {
        return Ok(Turned::LostRace);
    }
    carry_out(app, sql, scene, &taken.effects)?;
    around.supersede(app, sql, scene, &taken.effects)?;
    Ok(Turned::Taken(Box::new(taken)))
}
