//! The console of the secure-login desk: finding users, what any one agent does, and what needs two.

use super::{
    activity,
    settings::{day, device_line, moment},
};
use crate::flow::{Origin, Refused, confirm::offer};
use crate::{
    flow::desk::{
        NotDone, OnDuty,
        act::{self, Act},
        case::{self, Proposal},
        find::{self, Named, Queues, Seen},
    },
    http::{
        Shared,
        answer::Page,
        extract::{
            address::Query,
            agent::{EndingSessions, Finding, Proposing, Seconding, Seeing, Suspending, Unlocking},
            attempt,
            form::PageForm,
            page::Visit,
        },
    },
    pages::{
        console::{
            CaseLine, CasePage, CodePage, ConsolePage, DeskTold, FoundLine, May, ProofLine, SeenDevice, ShipLine,
            UserPage,
        },
        error::ErrorKind,
    },
};
use axum::{extract::State, http::StatusCode};
use domain::{
    Timestamp,
    desk::{self, AlarmRefusal, CallRefusal, CaseRefusal, CaseState, Right, SendRefusal, temporary::NotLent},
    device::DeviceState,
    id::{CaseId, UserId},
};
use std::str::FromStr;

/// Octets of an id at most.
pub(super) const ID: usize = 64;
/// Octets of a reason at most that are read; how many characters it may have is the flow's.
const WORDS: usize = 2048;

/// `GET /console?q=…`.
pub async fn home(State(app): State<Shared>, Finding { visit, agent }: Finding, query: Query) -> Page {
    let words = query.member("q", 400).unwrap_or_default().trim().to_owned();
    let found = if words.is_empty() { Ok(Vec::new()) } else { find::find(&app, &words).await };
    let (found, Queues { to_second, to_do, to_ship, alarms, undelivered }) =
        match (found, find::queues(&app, &agent).await) {
            (Ok(found), Ok(queues)) => (found, queues),
            (Err(refused), _) | (_, Err(refused)) => return visit.refused(&refused),
        };
    let label = |class: &str| app.settings.catalogue.class(class).map_or_else(|| class.to_owned(), |c| c.label.clone());
    let now = app.now();
    let page = ConsolePage {
        frame: visit.frame_at("/console"),
        roles: agent.roles.names(),
        found: found
            .iter()
            .map(|user| FoundLine { id: user.id.to_string(), username: user.username.to_string() })
            .collect(),
        words,
        to_second: to_second.iter().map(|case| case_line(case, now)).collect(),
        to_do: to_do.iter().map(|case| case_line(case, now)).collect(),
        to_ship: to_ship
            .iter()
            .map(|(order, user)| ShipLine {
                id: order.device.to_string(),
                user: user.clone(),
                user_id: order.user.to_string(),
                label: label(&order.class),
                since: day(order.created_at),
            })
            .collect(),
        alarms,
        undelivered,
        may_see_orders: agent.may(Right::SeeOrders),
        may_see_settings: agent.may(Right::SeeSettings),
        told: told(&query),
    };
    visit.show(StatusCode::OK, &page)
}

pub(super) fn told(query: &Query) -> Option<DeskTold> {
    query.member("said", 32).and_then(DeskTold::of)
}

fn case_line(named: &Named, now: Timestamp) -> CaseLine {
    let case = &named.case;
    // No sweep has come by yet, but its time is over.
    let state = if case.state.is_open() && case.until <= now { CaseState::Lapsed } else { case.state };
    CaseLine {
        id: case.id.to_string(),
        act: case.act.name(),
        state: state.name(),
        user: named.user.clone(),
        user_id: case.user.to_string(),
        card: named.card.clone(),
        proof: named.proof.clone(),
        first: named.first.clone(),
        second: named.second.clone(),
        reason: case.reason.clone(),
        identity_check: case.identity_check.clone(),
        since: moment(case.created_at),
        until: moment(case.until),
        not_before: (case.not_before > now).then(|| moment(case.not_before)),
    }
}

/// `GET /console/user?id=…`.
pub async fn user(State(app): State<Shared>, Seeing { visit, agent }: Seeing, origin: Origin, query: Query) -> Page {
    let Some(id) = query.member("id", ID).and_then(|id| id.parse().ok()) else {
        return visit.error(ErrorKind::NotFound);
    };
    let before = query.member("before", ID).and_then(|id| id.parse().ok());
    match find::see(&app, &agent, origin, id, before).await {
        Ok(seen) => {
            let page = user_page(&app, &visit, &agent, &seen, told(&query));
            visit.show(StatusCode::OK, &page)
        }
        Err(not) => refused(&visit, not),
    }
}

fn user_page(app: &Shared, visit: &Visit, agent: &OnDuty, seen: &Seen, told: Option<DeskTold>) -> UserPage {
    let (id, now, reader) = (seen.user.id.to_string(), app.now(), activity::reader(app, visit));
    let lock = &app.settings.policy.device_lock;
    let device = |device: &find::Device| SeenDevice {
        line: device_line(app, &reader, device, seen.user.default_device),
        serial: device.serial.clone(),
        locked: device.state == DeviceState::Active && device.failures.locked(lock, now).is_some(),
        active: device.state == DeviceState::Active,
    };
    let older = seen.told.older.map(|older| format!("/console/user?id={id}&before={older}"));
    let story = |line| crate::pages::activity::StoryLine { report: None, ..activity::story_line(line, &reader) };
    UserPage {
        frame: visit.frame_at(&format!("/console/user?id={id}")),
        username: seen.user.username.to_string(),
        since: day(seen.user.created_at),
        contacts: seen.contacts.iter().map(find::Contact::masked).collect(),
        locked: seen.locked,
        disowned: seen.user.password_locked_at.map(moment),
        devices: seen.devices.iter().map(device).collect(),
        sessions: seen.sessions.len(),
        orders: seen.orders.iter().map(|order| format!("{} – {}", order.class, order.state.name())).collect(),
        cases: seen.cases.iter().map(|case| case_line(case, now)).collect(),
        activity: seen.told.lines.iter().map(story).collect(),
        older,
        may: May {
            suspend: agent.may(Right::Suspend),
            unlock: agent.may(Right::Unlock),
            end_sessions: agent.may(Right::EndSessions),
            check: agent.may(Right::CheckCaller),
            propose: agent.may(Right::Propose),
        },
        proof: seen.proof.as_ref().map(|(device, until)| ProofLine { device: device.clone(), until: moment(*until) }),
        told,
        id,
    }
}

/// What is said of what was not done; a page of its own where nothing can be said.
fn said(not: &NotDone) -> Option<DeskTold> {
    Some(match not {
        NotDone::Unknown => DeskTold::Unknown,
        NotDone::Nothing => DeskTold::Nothing,
        NotDone::NoContact => DeskTold::NoContact,
        NotDone::Text(..) => DeskTold::Text,
        NotDone::Alarm(AlarmRefusal::OwnUser) => DeskTold::OwnUser,
        NotDone::Alarm(AlarmRefusal::Anothers) => DeskTold::AlarmAnothers,
        NotDone::Alarm(AlarmRefusal::NotYours) => DeskTold::AlarmNotYours,
        NotDone::Send(SendRefusal::Over) => DeskTold::MessageOver,
        NotDone::Send(SendRefusal::Gone) => DeskTold::MessageGone,
        NotDone::Send(SendRefusal::Enough) => DeskTold::MessageEnough,
        NotDone::Call(CallRefusal::OwnUser) => DeskTold::OwnUser,
        NotDone::Call(CallRefusal::Role) => DeskTold::Role,
        NotDone::Call(CallRefusal::UnderWay) => DeskTold::CallUnderWay,
        NotDone::Call(CallRefusal::Rests(_)) => DeskTold::CallRests,
        NotDone::Lent(NotLent::InARow) => DeskTold::InARow,
        NotDone::Lent(NotLent::UnderWay) => DeskTold::UnderWay,
        NotDone::Case(CaseRefusal::SecondPersonNeeded) => DeskTold::SecondPerson,
        NotDone::Case(CaseRefusal::State(_)) => DeskTold::WrongState,
        NotDone::Case(CaseRefusal::NotAtTheDesk) => DeskTold::NotAtTheDesk,
        NotDone::Case(CaseRefusal::NotTheFirst) => DeskTold::NotTheFirst,
        NotDone::Case(CaseRefusal::Role) => DeskTold::Role,
        NotDone::Case(CaseRefusal::OwnUser) => DeskTold::OwnUser,
        NotDone::Case(CaseRefusal::Waits(_)) => DeskTold::Waits,
        NotDone::Refused(Refused::NotPermitted(_) | Refused::NoUsableDevice { .. }) => DeskTold::NoDevice,
        NotDone::Refused(_) => return None,
    })
}

pub(super) fn refused(visit: &Visit, not: NotDone) -> Page {
    match not {
        NotDone::Refused(refused) => visit.refused(&refused),
        _ => visit.error(ErrorKind::NotFound),
    }
}

/// Back to where it was done, with what became of it.
pub(super) fn back(visit: &Visit, to: &str, done: Result<DeskTold, NotDone>) -> Page {
    let told = match done {
        Ok(told) => told,
        Err(not) => match said(&not) {
            Some(told) => told,
            None => return refused(visit, not),
        },
    };
    let and = if to.contains('?') { '&' } else { '?' };
    visit.go(&format!("{to}{and}said={}", told.name()))
}

#[expect(clippy::result_large_err, reason = "the error is the answer that goes out, made once")]
pub(super) fn id_in<T: FromStr>(form: &PageForm, field: &'static str) -> Result<T, Page> {
    form.field(field, ID)?.parse().map_err(|_| form.visit.error(ErrorKind::BadRequest))
}

async fn acted(app: &Shared, form: &PageForm, agent: &OnDuty, user: UserId, act: Act) -> Page {
    let done = act::act(app, agent, form.origin.clone(), user, act).await;
    back(&form.visit, &format!("/console/user?id={user}"), done.map(|()| DeskTold::Done))
}

/// `POST /console/user/suspend`.
pub async fn suspend(State(app): State<Shared>, Suspending { form, agent }: Suspending) -> Result<Page, Page> {
    let (user, device) = (id_in(&form, "user")?, id_in(&form, "device")?);
    Ok(acted(&app, &form, &agent, user, Act::Suspend(device)).await)
}

/// `POST /console/user/lost`.
pub async fn lost(State(app): State<Shared>, Suspending { form, agent }: Suspending) -> Result<Page, Page> {
    let (user, device) = (id_in(&form, "user")?, id_in(&form, "device")?);
    Ok(acted(&app, &form, &agent, user, Act::Lost(device)).await)
}

/// `POST /console/user/unlock`.
pub async fn unlock(State(app): State<Shared>, Unlocking { form, agent }: Unlocking) -> Result<Page, Page> {
    let user = id_in(&form, "user")?;
    Ok(acted(&app, &form, &agent, user, Act::Unlock).await)
}

/// `POST /console/user/unlock-device`.
pub async fn unlock_device(State(app): State<Shared>, Unlocking { form, agent }: Unlocking) -> Result<Page, Page> {
    let (user, device) = (id_in(&form, "user")?, id_in(&form, "device")?);
    Ok(acted(&app, &form, &agent, user, Act::UnlockDevice(device)).await)
}

/// `POST /console/user/end-sessions`.
pub async fn end_sessions(
    State(app): State<Shared>,
    EndingSessions { form, agent }: EndingSessions,
) -> Result<Page, Page> {
    let user = id_in(&form, "user")?;
    Ok(acted(&app, &form, &agent, user, Act::EndSessions).await)
}

/// `POST /console/cases`.
pub async fn propose(State(app): State<Shared>, Proposing { form, agent }: Proposing) -> Result<Page, Page> {
    let user = id_in(&form, "user")?;
    let act = desk::Act::parse(form.field("act", 32)?).ok_or_else(|| form.visit.error(ErrorKind::BadRequest))?;
    let proposal = Proposal {
        user,
        act,
        reason: form.field("reason", WORDS)?.to_owned(),
        identity_check: form.field("identity_check", WORDS)?.to_owned(),
    };
    Ok(match case::propose(&app, &agent, form.origin.clone(), proposal).await {
        Ok(id) => back(&form.visit, &at(id), Ok(DeskTold::Proposed)),
        Err(not) => back(&form.visit, &format!("/console/user?id={user}"), Err(not)),
    })
}

fn at(id: CaseId) -> String {
    format!("/console/case?id={id}")
}

/// `GET /console/case?id=…`.
pub async fn case(State(app): State<Shared>, Seeing { visit, agent }: Seeing, query: Query) -> Page {
    let Some(id) = query.member("id", ID).and_then(|id| id.parse().ok()) else {
        return visit.error(ErrorKind::NotFound);
    };
    match case::look(&app, id).await {
        Ok(named) => {
            let own = agent.signed_in.user.id;
            let line = case_line(&named, app.now());
            let page = CasePage {
                frame: visit.frame_at(&at(id)),
                may_second: line.state == "proposed" && named.case.first != own && agent.may(Right::Second),
                may_reject: named.case.state.is_open() && line.state != "lapsed" && agent.may(Right::Second),
                may_reveal: line.state == "seconded"
                    && !named.case.act.by_operator()
                    && named.case.first == own
                    && agent.may(Right::Propose),
                case: line,
                told: told(&query),
            };
            visit.show(StatusCode::OK, &page)
        }
        Err(not) => refused(&visit, not),
    }
}

/// `POST /console/case/second`: on to the pages on which a device of the agent's confirms the statement.
pub async fn second(State(app): State<Shared>, Seconding { form, agent }: Seconding) -> Result<Page, Page> {
    let id = id_in(&form, "id")?;
    Ok(match case::second(&app, &agent, form.origin.clone(), id).await {
        Ok(handle) => attempt::on_to(&app, &form.visit, &handle, offer::LIFE),
        Err(not) => back(&form.visit, &at(id), Err(not)),
    })
}

/// `POST /console/case/reject`.
pub async fn reject(State(app): State<Shared>, Seconding { form, agent }: Seconding) -> Result<Page, Page> {
    let id = id_in(&form, "id")?;
    let done = case::reject(&app, &agent, form.origin.clone(), id).await;
    Ok(back(&form.visit, &at(id), done.map(|()| DeskTold::Rejected)))
}

/// `POST /console/case/reveal`: the code is in this answer, and nowhere else.
pub async fn reveal(State(app): State<Shared>, Proposing { form, agent }: Proposing) -> Result<Page, Page> {
    let id = id_in(&form, "id")?;
    let revealed = match case::reveal(&app, &agent, form.origin.clone(), id).await {
        Ok(revealed) => revealed,
        Err(not) => return Ok(back(&form.visit, &at(id), Err(not))),
    };
    let named = match case::look(&app, id).await {
        Ok(named) => named,
        Err(not) => return Ok(refused(&form.visit, not)),
    };
    let page = CodePage {
        frame: form.visit.frame_at(&at(id)),
        code: revealed.code.expose().clone(),
        case: case_line(&named, app.now()),
        full_until: moment(revealed.life.full_until.unwrap_or(revealed.life.until)),
        card_until: moment(revealed.life.until),
    };
    Ok(form.visit.show(StatusCode::OK, &page))
}
