//! Finding a user, and the page about one.

use super::{NotDone, OnDuty, call};
use crate::{
    app::App,
    flow::{
        Refused,
        contact::point,
        login::activity::{self, Ask, Told},
        user,
    },
    work::{Origin, Work},
};
use domain::{
    Timestamp,
    audit::{Detail, Kind},
    desk::{CaseState, Right},
    id::{AuditId, CaseId, UserId},
    user::Username,
};
use std::sync::Arc;
use store::{Error, desk_case::DeskCase, device_order::DeviceOrder, session::Session, user::User};

pub use store::{contact::Contact, device::Device};

/// Users that one search lists at most.
const FOUND: u32 = 25;
/// Stories that one page tells.
const STORIES: usize = 30;
/// Rows of a queue at most.
const QUEUE: u32 = 100;

/// Users of whom one key is this: the username or its beginning, the serial number of a device, an account, a whole mail
/// address or telephone number.
pub async fn find(app: &Arc<App>, typed: &str) -> Result<Vec<User>, Refused> {
    let typed = typed.trim().to_owned();
    app.look(move |work| {
        let mut ids = by_serial(work, &typed)?;
        ids.extend(store::account::users(work.sql, &typed)?);
        ids.extend(point::users(work, &typed, FOUND)?);
        let mut users = Vec::new();
        for id in ids {
            users.extend(store::user::by_id(work.sql, id)?);
        }
        users.extend(by_name(work, &typed)?);
        users.sort_by(|a, b| a.username.as_str().cmp(b.username.as_str()));
        users.dedup_by_key(|user| user.id);
        Ok(users)
    })
    .await
}

fn by_name(work: &mut Work<'_>, typed: &str) -> Result<Vec<User>, Error> {
    let name = typed.to_ascii_lowercase();
    if name.is_empty() {
        return Ok(Vec::new());
    }
    let exact = match Username::parse(&name) {
        Ok(name) => store::user::by_name(work.sql, &name)?,
        Err(_) => None,
    };
    let following = store::user::page(work.sql, &name, FOUND)?;
    let begins = following.into_iter().filter(|user| user.username.as_str().starts_with(&name));
    Ok(exact.into_iter().chain(begins).collect())
}

fn by_serial(work: &mut Work<'_>, typed: &str) -> Result<Vec<UserId>, Error> {
    let mut users = Vec::new();
    for class in work.app.settings.catalogue.classes() {
        users.extend(store::device::by_serial(work.sql, &class.name, typed)?.map(|(user, _)| user));
    }
    Ok(users)
}

/// What an agent sees of a user.
#[derive(Debug)]
pub struct Seen {
    /// The user.
    pub user: User,
    /// Where messages go.
    pub contacts: Vec<Contact>,
    /// Every device the user ever had.
    pub devices: Vec<Device>,
    /// Every order of a device.
    pub orders: Vec<DeviceOrder>,
    /// Living sessions.
    pub sessions: Vec<Session>,
    /// Whether failures lock the user now.
    pub locked: bool,
    /// The device that shows this agent who is on the line, and until when.
    pub proof: Option<(String, Timestamp)>,
    /// What needs two people, the latest first, with the agents' names.
    pub cases: Vec<Named>,
    /// What happened.
    pub told: Told,
}

/// A case, with the names of whom it names.
#[derive(Debug, Clone)]
pub struct Named {
    /// The case.
    pub case: DeskCase,
    /// Whom it is about.
    pub user: String,
    /// The serial number of the card that it is about.
    pub card: Option<String>,
    /// The class of the device that showed who was on the line when it was proposed.
    pub proof: Option<String>,
    /// Who proposed it.
    pub first: String,
    /// Who seconded or rejected it.
    pub second: Option<String>,
}

/// The page about a user; that it was looked at is noted.
pub async fn see(
    app: &Arc<App>,
    agent: &OnDuty,
    origin: Origin,
    user: UserId,
    before: Option<AuditId>,
) -> Result<Seen, NotDone> {
    let agent_id = agent.signed_in.user.id;
    app.work(agent.actor(), move |work| {
        let found = store::user::by_id(work.sql, user)?.ok_or(NotDone::Unknown)?;
        work.about.user = Some(found.id);
        work.about.address = Some(origin.address);
        work.record(Kind::UserViewed, Detail::none())?;
        let alive = crate::flow::login::session::alive(work.app, work.now);
        let mut cases = Vec::new();
        for case in store::desk_case::of_user(work.sql, &work.app.sealer, found.id)?.into_iter().rev() {
            cases.push(named(work, case)?);
        }
        let proof = call::shown(work, agent_id, found.id)?;
        let told = activity::tell(work, found.id, Ask { before, most: STORIES }, |_| true)?;
        Ok(Seen {
            contacts: store::contact::of_user(work.sql, &work.app.sealer, found.id)?,
            devices: store::device::of_user(work.sql, found.id)?,
            orders: store::device_order::of_user(work.sql, &work.app.sealer, found.id)?,
            sessions: store::session::of_user(work.sql, found.id, alive)?,
            locked: user::is_locked(work, found.id)?,
            proof,
            cases,
            told,
            user: found,
        })
    })
    .await
}

/// A case, with the names of whom it names.
pub(super) fn named(work: &mut Work<'_>, case: DeskCase) -> Result<Named, Error> {
    let mut name = |id| {
        let user = store::user::by_id(work.sql, id)?;
        Ok::<_, Error>(user.map_or_else(|| id.to_string(), |user| user.username.to_string()))
    };
    let (user, first) = (name(case.user)?, name(case.first)?);
    let second = case.second.map(&mut name).transpose()?;
    let card = match case.card {
        Some(card) => store::device::one(work.sql, case.user, card)?.map(|card| card.serial),
        None => None,
    };
    let proof = match case.proof {
        Some(proof) => store::device::one(work.sql, case.user, proof)?,
        None => None,
    };
    let proof = proof.map(|proof| {
        let class = work.app.settings.catalogue.class(&proof.class);
        class.map_or_else(|| proof.class.clone(), |class| class.label.clone())
    });
    Ok(Named { user, card, proof, first, second, case })
}

/// The user of an id or a name.
pub async fn known(app: &Arc<App>, name: &str) -> Result<UserId, NotDone> {
    if let Ok(id) = name.parse() {
        return Ok(id);
    }
    let name = Username::parse(name).map_err(|_| NotDone::Unknown)?;
    let found: Result<_, NotDone> = app.look(move |work| Ok(store::user::by_name(work.sql, &name)?)).await;
    found?.map(|user| user.id).ok_or(NotDone::Unknown)
}

/// Cases in a state, the newest first, before one of them.
pub async fn cases(
    app: &Arc<App>,
    state: CaseState,
    before: Option<CaseId>,
    limit: u32,
) -> Result<Vec<Named>, NotDone> {
    app.look(move |work| {
        let cases = store::desk_case::page(work.sql, &work.app.sealer, state, before, limit)?;
        Ok(cases.into_iter().map(|case| named(work, case)).collect::<Result<_, _>>()?)
    })
    .await
}

/// What waits at the desk.
#[derive(Debug, Default)]
pub struct Queues {
    /// Cases that wait for a second person.
    pub to_second: Vec<Named>,
    /// Cases that both agree to, and nobody has carried out.
    pub to_do: Vec<Named>,
    /// Orders whose device is to be mailed, each with the username.
    pub to_ship: Vec<(DeviceOrder, String)>,
    /// How many users said "it wasn't me"; none where the roles do not let it be seen.
    pub alarms: Option<u32>,
    /// How many messages could not be delivered, likewise.
    pub undelivered: Option<u32>,
}

/// What waits at the desk now, as far as the agent's roles let it be seen.
pub async fn queues(app: &Arc<App>, agent: &OnDuty) -> Result<Queues, Refused> {
    let (sees_cases, sees_orders) = (agent.may(Right::SeeUser), agent.may(Right::SeeOrders));
    app.look(move |work| {
        let mut queues = Queues::default();
        if sees_cases {
            queues.to_second = in_state(work, CaseState::Proposed)?;
            queues.to_do = in_state(work, CaseState::Seconded)?;
            queues.alarms = Some(store::alarm::count(work.sql)?);
            queues.undelivered = Some(store::outbox::count_undelivered(work.sql)?);
        }
        if sees_orders {
            queues.to_ship = orders(work, "asked")?;
        }
        Ok(queues)
    })
    .await
}

/// Orders of a state by its name, the longest there first, each with the username.
pub(super) fn orders(work: &mut Work<'_>, state: &str) -> Result<Vec<(DeviceOrder, String)>, Error> {
    let mut orders = Vec::new();
    for order in store::device_order::in_state(work.sql, &work.app.sealer, state, QUEUE)? {
        let user = store::user::by_id(work.sql, order.user)?;
        let name = user.map_or_else(|| order.user.to_string(), |user| user.username.to_string());
        orders.push((order, name));
    }
    Ok(orders)
}

fn in_state(work: &mut Work<'_>, state: CaseState) -> Result<Vec<Named>, Error> {
    let cases = store::desk_case::in_state(work.sql, &work.app.sealer, state, QUEUE)?;
    let now = work.now;
    cases.into_iter().filter(|case| case.until > now).map(|case| named(work, case)).collect()
}
