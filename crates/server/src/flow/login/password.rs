//! The password step of a login: two units of work and one hash, for whomever is named.

use crate::{
    app::{App, nonce},
    clients::Client,
    flow::{
        Origin, Refused,
        confirm::{
            attempt::{Going, Progress},
            effects::{Scene, carry_out},
            next,
            turn::Around,
        },
    },
    handle::Kind,
};
use domain::{
    Secret, Timestamp, audit,
    confirmation::{self, Channel, Confirmation, Operation, State, What},
    effect::Effect,
    id::{ConfirmationId, UserId},
    lockout::{Budget, UserFailures},
    login::{PasswordFacts, PasswordVerdict, draws_chooser, judge_password},
    password,
    user::Username,
};
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use store::{Error, Sql, user::User};

/// The first step of a login.
pub struct Begin {
    /// The program that asks.
    pub client: Client,
    /// Who claims to be whom.
    pub claim: Claim,
    /// The program's version.
    pub version: Option<u64>,
    /// What the login gives.
    pub channel: Channel,
}

/// A claim to be a user, by a password.
pub struct Claim {
    /// The program's client id.
    pub client: String,
    /// As typed.
    pub username: String,
    /// As typed.
    pub password: Secret<String>,
    /// Marks that the browser or program holds; one may be this user's.
    pub marks: Vec<String>,
    /// Where it comes from.
    pub origin: Origin,
}

/// A claim that was accepted.
pub struct Accepted {
    /// The user.
    pub user: User,
    /// The user's failures in the claim's budget.
    pub failures: UserFailures,
    /// About whom and when the unit of work is.
    pub scene: Scene,
}

/// Takes the password step and offers the second factor.
pub async fn begin(app: &Arc<App>, begin: Begin) -> Result<Progress, Refused> {
    let Begin { client, claim, version, channel } = begin;
    let chooser = draws_chooser(client.chooser_since, version);
    let login = Operation {
        what: What::Login,
        message: None,
        client: client.id,
        address: claim.origin.address.to_string(),
        agent: claim.origin.agent.clone(),
        channel,
    };
    with_password(app, claim, move |app, sql, accepted| {
        let (handle, digest) = app.handles.mint(Kind::Attempt, accepted.user.id);
        let offered = offer(app, sql, accepted, (&login, chooser, digest))?;
        Ok(offered.map(|going| Progress { handle, going }))
    })
    .await
}

/// Judges a claim; an accepted one goes on in the same unit of work. Unknown user, wrong password and locked user are
/// one refusal after the same work.
pub async fn with_password<T, R, F>(app: &Arc<App>, claim: Claim, accepted: F) -> Result<T, R>
where
    T: Send + 'static,
    R: From<Refused> + Send + 'static,
    F: Fn(&App, &mut dyn Sql, &Accepted) -> Result<Result<T, R>, Error> + Send + 'static,
{
    let claim = Arc::new(claim);
    let (unit_app, unit_claim) = (Arc::clone(app), Arc::clone(&claim));
    let named = app.store.write(move |sql| look_up(&unit_app, sql, &unit_claim)).await.map_err(Refused::from)?;
    let named = match named {
        Found::Throttled(wait) => return Err(Refused::Throttled(wait).into()),
        Found::Named(named) => Arc::new(named),
    };
    let stored = named.user.as_ref().map(|user| user.password_phc.as_str());
    let verdict = app.passwords.verify(stored, password::normalised(claim.password.expose())).await;
    let verdict = verdict.map_err(Refused::from)?;
    let unit_app = Arc::clone(app);
    let decided = app.store.write(move |sql| {
        if let (Some(user), Some(rehash)) = (&named.user, &verdict.rehash) {
            store::user::rehash(sql, user.id, &user.password_phc, rehash)?;
        }
        match decide(&unit_app, sql, (&claim, &named), verdict.right)? {
            Some(found) => accepted(&unit_app, sql, &found),
            None => Ok(Err(Refused::InvalidCredentials.into())),
        }
    });
    decided.await.map_err(Refused::from)?
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

fn look_up(app: &App, sql: &mut dyn Sql, claim: &Claim) -> Result<Found, Error> {
    let now = app.now();
    if let Some(wait) = crate::flow::throttle::throttle_address(app, sql, &claim.origin, now)? {
        return Ok(Found::Throttled(wait));
    }
    let name = claim.username.trim().to_ascii_lowercase();
    let user = match Username::parse(&name).or_else(|_| Username::parse("-")) {
        Ok(username) => store::user::by_name(sql, &username)?,
        Err(_) => None,
    };
    let mut named = Named { user, budget: Budget::Strangers };
    for read in claim.marks.iter().filter_map(|mark| app.handles.read(Kind::Mark, mark)) {
        if named.user.as_ref().is_some_and(|user| user.id == read.user) {
            let mark = store::mark::valid(sql, read.user, read.digest, &claim.client)?;
            let alive = |mark: &store::mark::Mark| now < mark.last_seen_at.plus(app.settings.mark_life);
            if let Some(mark) = mark.filter(alive) {
                named.budget = Budget::Known(mark.id);
            }
        }
    }
    let who = (&claim.origin, named.budget, name.as_str());
    let waits = crate::flow::throttle::throttle_user(app, sql, who, crate::flow::throttle::Doing::Proving, now)?;
    Ok(waits.map_or(Found::Named(named), Found::Throttled))
}

/// The second unit: judged on what is stored now, since other tries may have counted meanwhile.
fn decide(
    app: &App,
    sql: &mut dyn Sql,
    (claim, named): (&Claim, &Named),
    right: bool,
) -> Result<Option<Accepted>, Error> {
    let now = app.now();
    let scene = scene(claim, named, now);
    let user = store::user::by_id(sql, named.id())?;
    let failures = store::failure::load(sql, named.id(), named.budget)?;
    let facts = PasswordFacts {
        failures: user.as_ref().map(|_| &failures),
        right,
        password_locked: user.as_ref().is_some_and(|user| user.password_locked_at.is_some()),
    };
    match (judge_password(&facts, &app.settings.policy, now), user) {
        (PasswordVerdict::Accepted, Some(user)) => Ok(Some(Accepted { user, failures, scene })),
        (PasswordVerdict::Accepted, None) => Ok(None),
        (PasswordVerdict::Refused(effects), _) => {
            if !effects.iter().any(|effect| matches!(effect, Effect::SaveUserFailures(_))) {
                // Nobody and a locked user save what was loaded, so that every refusal runs as many statements.
                store::failure::save(sql, named.id(), named.budget, &failures)?;
            }
            carry_out(app, sql, &scene, &effects)?;
            Ok(None)
        }
    }
}

fn offer(
    app: &App,
    sql: &mut dyn Sql,
    accepted: &Accepted,
    (login, chooser, digest): (&Operation, bool, [u8; 32]),
) -> Result<Result<Going, Refused>, Error> {
    let now = accepted.scene.now;
    let id = ConfirmationId::new(now, &nonce());
    let scene = accepted.scene.about(id);
    carry_out(app, sql, &scene, &[Effect::audit(audit::Kind::PasswordAccepted)])?;
    let draft = Confirmation {
        id,
        user: accepted.user.id,
        operation: login.clone(),
        created_at: now,
        expires_at: now.plus(app.settings.policy.login_life),
        wrong_answers: 0,
        budget: scene.budget,
        asked: BTreeMap::new(),
        state: State::AwaitingChoice,
    };
    let known = (accepted.user.clone(), accepted.failures.clone());
    let around = Around::beginning(app, sql, known, &draft, now)?;
    let step = match confirmation::offer(draft, chooser, &around.facts(app), now, &nonce()) {
        Ok(step) => step,
        Err(refusal) => return Ok(Err(refusal.into())),
    };
    store::confirmation::insert(sql, &step.confirmation, digest)?;
    carry_out(app, sql, &scene, &step.effects)?;
    around.supersede(app, sql, &scene, &step.effects)?;
    let view = next::view(app, &step.confirmation, &around.candidates, step.told, now);
    Ok(view.map(|view| Going::Awaiting(Box::new(view))).ok_or(Refused::Internal))
}

fn scene(claim: &Claim, named: &Named, now: Timestamp) -> Scene {
    Scene {
        user: named.user.as_ref().map(|user| user.id),
        budget: named.budget,
        now,
        detail: json!({
            "client": claim.client,
            "address": claim.origin.address.to_string(),
            "known_program": named.budget != Budget::Strangers,
        }),
    }
}
