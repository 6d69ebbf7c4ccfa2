//! Agents: users with roles, who are let in with a strong device only.

use crate::{
    app::App,
    flow::{
        Refused,
        login::session::SignedIn,
        messages::notice,
        user::{EnrolError, in_user},
    },
    work::{Stop, Work},
};
use domain::{
    audit::{Actor, Detail, Kind},
    desk::{Right, Roles, case},
    effect::Notice,
    id::UserId,
};
use operation::Text;
use std::sync::Arc;
use store::{Error, agent::Agent, user::User};

/// Most characters by which the institution names a person.
const PERSON: usize = 64;

/// An agent at work.
#[derive(Debug, Clone)]
pub struct OnDuty {
    /// The session and the user.
    pub signed_in: SignedIn,
    /// The person.
    pub person: String,
    /// The roles.
    pub roles: Roles,
}

impl OnDuty {
    /// Who acts, as the log names it.
    pub fn actor(&self) -> Actor {
        Actor::Agent { id: self.signed_in.user.id }
    }

    /// Whether the roles allow something.
    pub fn may(&self, right: Right) -> bool {
        self.roles.may(right)
    }

    /// As cases see them.
    pub fn of_case(&self) -> case::Agent<'_> {
        case::Agent { id: self.signed_in.user.id, person: &self.person, roles: &self.roles }
    }
}

/// Why a signed-in user is not let into the console.
#[derive(Debug)]
pub enum NotOnDuty {
    /// No agent: for them there is no console.
    NoAgent,
    /// The login was not confirmed by a device that is strong enough.
    WeakDevice,
    /// It could not be looked up.
    Failed(Refused),
}

impl From<Error> for NotOnDuty {
    fn from(error: Error) -> Self {
        Self::Failed(error.into())
    }
}

/// The agent whose session it is.
pub async fn on_duty(app: &Arc<App>, signed_in: &SignedIn) -> Result<OnDuty, NotOnDuty> {
    let signed_in = signed_in.clone();
    app.look(move |work| {
        let user = signed_in.user.id;
        let Some(agent) = serving(work, user)? else { return Err(Stop::Refused(NotOnDuty::NoAgent)) };
        if !by_strong_device(work, &signed_in)? {
            return Err(Stop::Refused(NotOnDuty::WeakDevice));
        }
        Ok(OnDuty { signed_in: signed_in.clone(), person: agent.person, roles: agent.roles })
    })
    .await
}

/// A user's roles, as long as they are an agent.
pub(in crate::flow) fn serving(work: &mut Work<'_>, user: UserId) -> Result<Option<Agent>, Error> {
    Ok(store::agent::one(work.sql, user)?.filter(|agent| agent.ended_at.is_none()))
}

fn by_strong_device(work: &mut Work<'_>, signed_in: &SignedIn) -> Result<bool, Error> {
    let session = &signed_in.session;
    let login = store::confirmation::by_id(work.sql, session.user, session.confirmation)?;
    let Some(device) = login.and_then(|stored| stored.confirmation.device()) else { return Ok(false) };
    let Some(device) = store::device::one(work.sql, session.user, device)? else { return Ok(false) };
    Ok(work.app.settings.catalogue.class(&device.class).is_some_and(domain::device::catalogue::Class::is_strong))
}

/// What an operator says of an agent.
#[derive(Debug, Clone, Copy)]
pub struct Set<'a> {
    /// The person, as the institution names its staff.
    pub person: &'a str,
    /// By what users know them on the telephone; none leaves it as it is.
    pub first_name: Option<&'a str>,
    /// The roles, separated by commas.
    pub roles: &'a str,
}

/// Makes a user an agent, or gives one other roles, by an operator's hand.
pub fn set(app: &Arc<App>, username: &str, set: Set<'_>) -> Result<Agent, EnrolError> {
    let roles = Roles::parse(set.roles).ok_or(EnrolError::Roles)?;
    let person = set.person.trim().to_owned();
    let first_name = set.first_name.map(str::trim).filter(|name| !name.is_empty());
    let first_name = first_name.map(Text::<60>::parse).transpose().map_err(EnrolError::FirstName)?;
    if person.is_empty() || person.chars().count() > PERSON || person.chars().any(char::is_control) {
        return Err(EnrolError::Person);
    }
    in_user(app, username, move |work, user| {
        let known = store::agent::one(work.sql, user.id)?;
        let named = first_name.as_ref().map(|name| name.as_str().to_owned());
        let agent = Agent {
            user: user.id,
            person: person.clone(),
            first_name: named.or_else(|| known.as_ref().and_then(|known| known.first_name.clone())),
            roles: roles.clone(),
            added_at: work.now,
            ended_at: None,
        };
        match known {
            Some(_) => store::agent::set(work.sql, &agent)?,
            None => store::agent::insert(work.sql, &agent)?,
        }
        work.record(Kind::AgentSet, Detail::none().to(roles.names()))?;
        notice::tell(work, user.id, Notice::AgentSet)?;
        Ok(agent)
    })
}

/// Ends an agent's roles, by an operator's hand.
pub fn end(app: &Arc<App>, username: &str) -> Result<User, EnrolError> {
    in_user(app, username, |work, user| {
        if !store::agent::end(work.sql, user.id, work.now)? {
            return Err(EnrolError::NoAgent.into());
        }
        work.record(Kind::AgentEnded, Detail::none())?;
        Ok(user)
    })
}

/// Every agent with the username, also those that are none any more.
pub fn list(app: &Arc<App>) -> Result<Vec<(Agent, Option<User>)>, Error> {
    app.store.read_blocking(|sql| {
        let agents = store::agent::list(sql)?;
        agents.into_iter().map(|agent| Ok((store::user::by_id(sql, agent.user)?, agent))).map(swapped).collect()
    })
}

fn swapped(found: Result<(Option<User>, Agent), Error>) -> Result<(Agent, Option<User>), Error> {
    found.map(|(user, agent)| (agent, user))
}
