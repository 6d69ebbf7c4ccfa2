//! The password step of a login: two units of work and one hash, for whomever is named.

use super::{
    Origin, Refused,
    attempt::{Going, Progress},
    candidates, next,
    unit::{Scene, carry_out},
};
use crate::{
    app::{App, nonce},
    clients::Client,
    handle::Kind,
};
use domain::{
    Secret, Timestamp, audit,
    confirmation::{self, Confirmation, Facts, LoginChannel, LoginOperation, Operation, State},
    effect::Effect,
    id::{ConfirmationId, UserId},
    lockout::{Budget, UserFailures},
    login::{PasswordFacts, PasswordVerdict, draws_chooser, judge_password},
    password,
    user::Username,
};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use store::{Error, Sql, user::User};

/// The first step of a login.
pub struct Begin {
    /// The program that asks.
    pub client: Client,
    /// As typed.
    pub username: String,
    /// As typed.
    pub password: Secret<String>,
    /// Marks that the browser or program holds; one may be this user's.
    pub marks: Vec<String>,
    /// The program's version.
    pub version: Option<u64>,
    /// What the login gives.
    pub channel: LoginChannel,
    /// Where it comes from.
    pub origin: Origin,
}

/// Takes the password step. Unknown user, wrong password and locked user are one refusal after the same work.
pub async fn begin(app: &Arc<App>, begin: Begin) -> Result<Progress, Refused> {
    let begin = Arc::new(begin);
    let (unit_app, unit_begin) = (Arc::clone(app), Arc::clone(&begin));
    let named = app.store.write(move |sql| look_up(&unit_app, sql, &unit_begin)).await?;
    let named = match named {
        Found::Throttled(wait) => return Err(Refused::Throttled(wait)),
        Found::Named(named) => Arc::new(named),
    };
    let stored = named.user.as_ref().map(|user| user.password_phc.as_str());
    let verdict = app.passwords.verify(stored, password::normalised(begin.password.expose())).await?;
    let (handle, digest) = app.handles.mint(Kind::Attempt, named.id());
    let unit_app = Arc::clone(app);
    let decided = app.store.write(move |sql| {
        if let (Some(user), Some(rehash)) = (&named.user, &verdict.rehash) {
            store::user::rehash(sql, user.id, &user.password_phc, rehash)?;
        }
        decide(&unit_app, sql, &begin, &named, (verdict.right, digest))
    });
    decided.await?.map(|going| Progress { handle, going })
}

/// Who was named, as far as the database knows.
struct Named {
    user: Option<User>,
    budget: Budget,
}

impl Named {
    /// The user's id; sixteen zeros for nobody, so that nobody takes the same statements.
    fn id(&self) -> UserId {
        self.user.as_ref().map_or(UserId::from([0; 16]), |user| user.id)
    }
}

enum Found {
    Throttled(Duration),
    Named(Named),
}

fn look_up(app: &App, sql: &mut dyn Sql, begin: &Begin) -> Result<Found, Error> {
    let now = app.now();
    if let Some(wait) = super::session::throttle_address(app, sql, &begin.origin, now)? {
        return Ok(Found::Throttled(wait));
    }
    let name = begin.username.trim().to_ascii_lowercase();
    let user = match Username::parse(&name).or_else(|_| Username::parse("-")) {
        Ok(username) => store::user::by_name(sql, &username)?,
        Err(_) => None,
    };
    let mut named = Named { user, budget: Budget::Strangers };
    for read in begin.marks.iter().filter_map(|mark| app.handles.read(Kind::Mark, mark)) {
        if named.user.as_ref().is_some_and(|user| user.id == read.user) {
            let mark = store::mark::valid(sql, read.user, read.digest, &begin.client.id)?;
            let alive = |mark: &store::mark::Mark| now < mark.last_seen_at.plus(app.settings.mark_life);
            if let Some(mark) = mark.filter(alive) {
                named.budget = Budget::Known(mark.id);
            }
        }
    }
    let waits = super::session::throttle_user(app, sql, (&begin.origin, named.budget, name.as_str()), now)?;
    Ok(waits.map_or(Found::Named(named), Found::Throttled))
}

/// The second unit: judged on what is stored now, since other tries may have counted meanwhile.
fn decide(
    app: &App,
    sql: &mut dyn Sql,
    begin: &Begin,
    named: &Named,
    (right, digest): (bool, [u8; 32]),
) -> Result<Result<Going, Refused>, Error> {
    let now = app.now();
    let id = ConfirmationId::new(now, &nonce());
    let mut scene = scene(begin, named, now);
    let user = store::user::by_id(sql, named.id())?;
    let failures = store::failure::load(sql, named.id(), named.budget)?;
    let facts = PasswordFacts {
        failures: user.as_ref().map(|_| &failures),
        right,
        password_locked: user.as_ref().is_some_and(|user| user.password_locked_at.is_some()),
    };
    match (judge_password(&facts, &app.settings.policy, now), user) {
        (PasswordVerdict::Accepted, Some(user)) => {
            scene.detail["attempt"] = id.to_string().into();
            carry_out(app, sql, &scene, &[Effect::audit(audit::Kind::PasswordAccepted)])?;
            offer(app, sql, begin, (&scene, &user, &failures), (id, digest))
        }
        (PasswordVerdict::Accepted, None) => Ok(Err(Refused::InvalidCredentials)),
        (PasswordVerdict::Refused(effects), _) => {
            if !effects.iter().any(|effect| matches!(effect, Effect::SaveUserFailures(_))) {
                // Nobody and a locked user save what was loaded, so that every refusal runs as many statements.
                store::failure::save(sql, named.id(), named.budget, &failures)?;
            }
            carry_out(app, sql, &scene, &effects)?;
            Ok(Err(Refused::InvalidCredentials))
        }
    }
}

fn offer(
    app: &App,
    sql: &mut dyn Sql,
    begin: &Begin,
    (scene, user, failures): (&Scene, &User, &UserFailures),
    (id, digest): (ConfirmationId, [u8; 32]),
) -> Result<Result<Going, Refused>, Error> {
    let now = scene.now;
    let candidates = candidates::load(app, sql, user)?;
    let facts = Facts {
        candidates: &candidates,
        user_failures: failures,
        unanswered_pushes: 0,
        unfamiliar: app.settings.unfamiliar(scene.budget),
        policy: &app.settings.policy,
    };
    let draft = Confirmation {
        id,
        user: user.id,
        operation: Operation::Login(LoginOperation {
            client: begin.client.id.clone(),
            address: begin.origin.address.to_string(),
            agent: begin.origin.agent.clone(),
            channel: begin.channel.clone(),
        }),
        created_at: now,
        expires_at: now.plus(app.settings.policy.login_life),
        wrong_answers: 0,
        budget: scene.budget,
        state: State::AwaitingChoice,
    };
    let chooser = draws_chooser(begin.client.chooser_since, begin.version);
    let step = match confirmation::offer(draft, chooser, &facts, now, &nonce()) {
        Ok(step) => step,
        Err(refusal) => return Ok(Err(refusal.into())),
    };
    store::confirmation::insert(sql, &step.confirmation, digest)?;
    carry_out(app, sql, scene, &step.effects)?;
    let view = next::view(&step.confirmation, &candidates, &app.settings.policy, None, now);
    Ok(view.map(|view| Going::Awaiting(Box::new(view))).ok_or(Refused::Internal))
}

fn scene(begin: &Begin, named: &Named, now: Timestamp) -> Scene {
    Scene {
        user: named.user.as_ref().map(|user| user.id),
        budget: named.budget,
        now,
        detail: json!({
            "client": begin.client.id,
            "address": begin.origin.address.to_string(),
            "known_program": named.budget != Budget::Strangers,
        }),
    }
}
