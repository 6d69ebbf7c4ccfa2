//! The password step of a login: two units of work and one hash, for whomever is named.

use crate::{
    app::App,
    clients::Client,
    flow::{
        Refused,
        confirm::{
            attempt::{Going, Progress},
            effects::carry_out,
            next,
            offer::{self, Offered, Offering},
        },
        device::code_alone,
        login::sent_code,
        messages::outbox,
        throttle::{self, Purpose},
    },
    handle::Kind,
    passwords::Caller,
    work::{Origin, Stop, Work},
};
use domain::{
    Secret,
    audit::{Actor, Detail, Kind as Audit},
    confirmation::{Channel, Chooser, Confirmation, Operation, What},
    device::recovery::ByCode,
    effect::Effect,
    id::UserId,
    lockout::{Budget, UserFailures},
    login::{PasswordFacts, PasswordVerdict, judge_password},
    password,
    pushes::Asker,
    user::Username,
};
use std::sync::Arc;
use store::{contact::Channel as Contact, user::User};

/// The first step of a login.
pub struct Begin {
    /// The program that asks.
    pub client: Client,
    /// Who claims to be whom.
    pub claim: Claim,
    /// The program's version.
    pub version: Option<String>,
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
    /// A keyed digest of the browser's cookie, where a browser asks.
    pub browser: Option<[u8; 16]>,
    /// Where it comes from.
    pub origin: Origin,
}

/// A claim that was accepted.
pub struct Accepted {
    /// The user.
    pub user: User,
    /// The user's failures in the claim's budget.
    pub failures: UserFailures,
}

/// Takes the password step and offers the second factor.
pub async fn begin(app: &Arc<App>, begin: Begin) -> Result<Progress, Refused> {
    let Begin { client, claim, version, channel } = begin;
    let drawn = client.chooser_since.draws_chooser(version.as_deref());
    let chooser = if drawn { Chooser::Drawn } else { Chooser::Default };
    let login = Operation {
        what: What::Login,
        message: None,
        client: client.id,
        address: claim.origin.address.to_string(),
        agent: claim.origin.agent.clone(),
        channel,
        passkey_alone: false,
    };
    let browser = claim.browser;
    with_password(app, claim, move |work, accepted| {
        let asker = asker(browser, work.budget());
        offered(work, accepted, &login, asker, chooser)
    })
    .await
}

/// Judges a claim; an accepted one goes on in the same unit of work. Unknown user, wrong password and locked user are
/// one refusal after the same work.
pub async fn with_password<T, R, F>(app: &Arc<App>, claim: Claim, accepted: F) -> Result<T, R>
where
    T: Send + 'static,
    R: From<Refused> + From<store::Error> + Send + 'static,
    F: Fn(&mut Work<'_>, &Accepted) -> Result<T, Stop<R>> + Send + Sync + 'static,
{
    let claim = Arc::new(claim);
    let unit_claim = Arc::clone(&claim);
    let named = Arc::new(app.work(Actor::Stranger, move |work| look_up(work, &unit_claim)).await?);
    // Of whoever has no password yet everything is wrong, after the same work.
    let stored = named.user.as_ref().filter(|user| user.has_password()).map(|user| user.password_phc.as_str());
    let caller = Caller { address: claim.origin.address, known: matches!(named.budget, Budget::Known(_)) };
    let verdict = app.passwords.verify(caller, stored, password::normalised(claim.password.expose())).await;
    let verdict = verdict.map_err(Refused::from)?;
    app.work(Actor::Stranger, move |work| {
        if let (Some(user), Some(rehash)) = (&named.user, &verdict.rehash) {
            store::user::rehash(work.sql, user.id, &user.password_phc, rehash)?;
        }
        work.about.client = Some(claim.client.clone());
        work.about.address = Some(claim.origin.address);
        let found = decide(work, &named, verdict.right).map_err(|stop| stop.map(R::from))?;
        work.actor = Actor::User;
        accepted(work, &found)
    })
    .await
}

/// Who was named, as far as the database knows.
struct Named {
    user: Option<User>,
    budget: Budget,
}

impl Named {
    /// The user's id; nobody's for an unknown name, which so takes the same statements.
    fn id(&self) -> UserId {
        self.user.as_ref().map_or(UserId::NOBODY, |user| user.id)
    }
}

fn look_up(work: &mut Work<'_>, claim: &Claim) -> Result<Named, Stop<Refused>> {
    throttle::address(work, &claim.origin)?;
    let name = claim.username.trim().to_ascii_lowercase();
    let user = match Username::parse(&name).or_else(|_| Username::parse("-")) {
        Ok(username) => store::user::by_name(work.sql, &username)?,
        Err(_) => None,
    };
    let mut budget = Budget::Strangers;
    for read in claim.marks.iter().filter_map(|mark| work.app.handles.read(Kind::Mark, mark)) {
        if user.as_ref().is_some_and(|user| user.id == read.user) {
            let mark = store::mark::valid(work.sql, read.user, read.digest, &claim.client)?;
            let life = work.app.settings.mark_life;
            if let Some(mark) = mark.filter(|mark| work.now < mark.last_seen_at.plus(life)) {
                budget = Budget::Known(mark.id);
            }
        }
    }
    work.about.budget = Some(budget);
    throttle::user(work, &claim.origin, &name, Purpose::Secret)?;
    Ok(Named { user, budget })
}

/// The second unit: judged on what is stored now, since other tries may have counted meanwhile.
fn decide(work: &mut Work<'_>, named: &Named, right: bool) -> Result<Accepted, Stop<Refused>> {
    work.about.user = named.user.as_ref().map(|user| user.id);
    work.about.budget = Some(named.budget);
    work.about.known_program = Some(named.budget != Budget::Strangers);
    let user = store::user::by_id(work.sql, named.id())?;
    let failures = store::failure::load(work.sql, named.id(), named.budget)?;
    let facts = PasswordFacts {
        failures: user.as_ref().map(|_| &failures),
        right,
        password_locked: user.as_ref().is_some_and(|user| user.password_locked_at.is_some()),
    };
    match (judge_password(&facts, &work.app.settings.policy, work.now), user) {
        (PasswordVerdict::Accepted, Some(user)) => Ok(Accepted { user, failures }),
        (PasswordVerdict::Accepted, None) => Err(Refused::InvalidCredentials.into()),
        (PasswordVerdict::Refused(effects), _) => {
            if !effects.iter().any(|effect| matches!(effect, Effect::SaveUserFailures(_))) {
                // Nobody and a locked user save what was loaded, so that every refusal runs as many statements.
                store::failure::save(work.sql, named.id(), named.budget, &failures)?;
            }
            carry_out(work, &effects)?;
            Err(Refused::InvalidCredentials.into())
        }
    }
}

/// Who asks: a browser is known by its cookie, a program by its mark, and else each attempt is by itself.
fn asker(browser: Option<[u8; 16]>, budget: Budget) -> Asker {
    match (browser, budget) {
        (Some(digest), _) => Asker::Browser { digest },
        (None, Budget::Known(mark)) => Asker::Program { mark },
        (None, Budget::Strangers | Budget::WithoutPassword) => Asker::Attempt,
    }
}

fn offered(
    work: &mut Work<'_>,
    accepted: &Accepted,
    login: &Operation,
    asker: Asker,
    chooser: Chooser,
) -> Result<Progress, Stop<Refused>> {
    let (handle, digest) = work.app.handles.mint(Kind::Attempt, accepted.user.id);
    let life = work.app.settings.policy.login_life;
    let draft = offer::draft(accepted.user.id, login.clone(), work.now, work.now.plus(life));
    let draft = Confirmation { budget: work.budget(), asker, ..draft };
    work.about.attempt = Some(draft.id);
    work.record(Audit::PasswordAccepted, Detail::none())?;
    sent_code::put_on(work, accepted.user.id)?;
    let (user, failures) = (accepted.user.clone(), accepted.failures.clone());
    let Offered { step, around, .. } = match offer::offer(work, draft, user, failures, Offering::of(chooser, digest)) {
        Err(Stop::Refused(Refused::NoUsableDevice { .. })) => {
            let contacts = outbox::ways_back(work, accepted.user.id)?;
            let open = code_alone::of_user(work, accepted.user.id)?.by_code != ByCode::Never;
            let recover = open && contacts.iter().any(|contact| contact.channel == Contact::Sms);
            return Err(Refused::NoUsableDevice { recover }.into());
        }
        offered => offered?,
    };
    let view = next::view(work.app, &step.confirmation, &around.candidates, step.told, work.now);
    let view = view.ok_or(Refused::Internal)?;
    Ok(Progress { handle, going: Going::Awaiting(Box::new(view)) })
}
