//! One turn of a confirmation, whoever takes it: what is known around it, the core's step, the saved result.

use crate::{
    app::{App, nonce},
    flow::{
        confirm::{
            candidates,
            effects::{Scene, carry_out},
        },
        login::familiar,
    },
};
use domain::{
    Refusal, Timestamp,
    confirmation::{Candidate, Channel, Confirmation, Event, Facts, Step, step},
    device::Method,
    effect::Effect,
    id::{DeviceId, UserId},
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
    /// Loads it. `chosen` is the device that the step may begin to await: unless that is a phone, no request is put
    /// on one, and nothing about requests is asked.
    pub fn load(
        app: &App,
        sql: &mut dyn Sql,
        user: User,
        about: &Confirmation,
        (chosen, now): (Option<DeviceId>, Timestamp),
    ) -> Result<Self, Error> {
        let candidates = candidates::load(app, sql, &user, &about.operation.what)?;
        let failures = store::failure::load(sql, user.id, about.budget)?;
        let quiet = Self { user, candidates, failures, unfamiliar: false, request_open: false, older: Vec::new() };
        if quiet.candidates.iter().any(|c| Some(c.device) == chosen && approves(c)) {
            quiet.with_requests(app, sql, about, now)
        } else {
            Ok(quiet)
        }
    }

    /// What is known around an attempt that begins, which may await any of the devices.
    pub fn beginning(
        app: &App,
        sql: &mut dyn Sql,
        (user, failures): (User, UserFailures),
        draft: &Confirmation,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let candidates = candidates::load(app, sql, &user, &draft.operation.what)?;
        let quiet = Self { user, candidates, failures, unfamiliar: false, request_open: false, older: Vec::new() };
        if quiet.candidates.iter().any(approves) { quiet.with_requests(app, sql, draft, now) } else { Ok(quiet) }
    }

    fn with_requests(self, app: &App, sql: &mut dyn Sql, about: &Confirmation, now: Timestamp) -> Result<Self, Error> {
        let mut pending = store::confirmation::pending(sql, self.user.id, now)?;
        // What the phone asked for itself is no request to it: another attempt's may come beside it.
        let to_phone = |c: &Confirmation| c.operation.channel != Channel::Phone;
        pending.retain(|stored| stored.confirmation.id != about.id && to_phone(&stored.confirmation));
        // A back end's requests are each their own: the newer one must not take the older one's place.
        let from_person = |confirmation: &Confirmation| confirmation.operation.channel != Channel::Backchannel;
        let same_program = |stored: &Stored| {
            matches!(about.budget, Budget::Known(_))
                && stored.confirmation.budget == about.budget
                && from_person(about)
                && from_person(&stored.confirmation)
        };
        let (older, others): (Vec<_>, Vec<_>) = pending.into_iter().partition(same_program);
        let unfamiliar = familiar::unfamiliar(app, sql, (self.user.id, about.budget), &about.operation, now)?;
        Ok(Self { unfamiliar, request_open: !others.is_empty(), older, ..self })
    }

    /// Whether the user's default device is asked by a notification.
    pub fn default_approves(&self) -> bool {
        let preferred = self.candidates.iter().find(|candidate| candidate.default).or(self.candidates.first());
        preferred.is_some_and(approves)
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

fn approves(candidate: &Candidate) -> bool {
    candidate.methods.contains(&Method::Seamless)
}

/// Takes each of a user's open confirmations that `of` picks on by an event that nobody's answer caused.
pub fn turn_open(
    app: &App,
    sql: &mut dyn Sql,
    scene: &Scene,
    user: UserId,
    (of, event): (&dyn Fn(&Confirmation) -> bool, &Event<'_>),
) -> Result<(), Error> {
    let Some(user) = store::user::by_id(sql, user)? else { return Ok(()) };
    for stored in store::confirmation::open(sql, user.id, scene.now)? {
        let confirmation = &stored.confirmation;
        if !of(confirmation) {
            continue;
        }
        let around = Around::load(app, sql, user.clone(), confirmation, (None, scene.now))?;
        let scene = Scene { budget: confirmation.budget, ..scene.about(confirmation.id) };
        if let Turned::LostRace = turn(app, sql, &scene, (&stored, &around), event)? {
            return Err(Error::Retry);
        }
    }
    Ok(())
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
    if taken.confirmation.outcome().is_some() {
        crate::flow::oidc::ping::ended(app, sql, &taken.confirmation, scene.now)?;
    }
    Ok(Turned::Taken(Box::new(taken)))
}
