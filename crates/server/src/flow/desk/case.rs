//! Cases: what needs two people, from the proposal to the end.

use super::{
    NotDone, OnDuty,
    agent::serving,
    call,
    find::{self, Named},
    temporary,
};
use crate::{
    app::{App, nonce, random},
    flow::{
        Refused,
        device::printed,
        login::new_password,
        messages::outbox::{self, New},
        money::{self, Asking},
    },
    handle::{Kind, Read},
    work::{After, Origin, Stop, Work, unless_refused},
};
use domain::{
    Secret,
    audit::{Actor, Detail, Kind as Audit},
    confirmation::{Confirmation, What},
    desk::{self, Act, CaseEvent, CaseState, case},
    id::{CaseId, UserId},
};
use operation::{DeskAct, DeskCase as Statement, Text};
use serde_json::json;
use std::sync::Arc;
use store::{Error, desk_case::DeskCase};

/// Most characters of a reason, and of how the identity was checked.
const WORDS: usize = 240;

/// What an agent proposes.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// About whom.
    pub user: UserId,
    /// What is to be done.
    pub act: Act,
    /// Why.
    pub reason: String,
    /// How the identity was checked: which questions, never the answers.
    pub identity_check: String,
}

/// Proposes a case. The user is told on every contact point, with a link by which to object.
pub async fn propose(app: &Arc<App>, agent: &OnDuty, origin: Origin, proposal: Proposal) -> Result<CaseId, NotDone> {
    let words = |name, text: &str| Text::<WORDS>::parse(text.trim()).map_err(|error| NotDone::Text(name, error));
    let reason = words("reason", &proposal.reason)?;
    let identity_check = words("identity_check", &proposal.identity_check)?;
    let agent = agent.clone();
    app.work(agent.actor(), move |work| {
        work.about.address = Some(origin.address);
        case::may_propose(agent.of_case(), proposal.user)?;
        let user = store::user::by_id(work.sql, proposal.user)?.ok_or(NotDone::Unknown)?;
        work.about.user = Some(user.id);
        match proposal.act {
            Act::TemporaryAccess => temporary::may_have(work, user.id)?,
            Act::PasswordLink if !new_password::can_be_sent(work, user.id)? => return Err(NotDone::NoContact.into()),
            Act::PasswordLink | Act::Reprint => {}
        }
        let card = match proposal.act {
            Act::Reprint => Some(printed::in_use(work, user.id)?.ok_or(NotDone::Nothing)?.id),
            Act::TemporaryAccess | Act::PasswordLink => None,
        };
        // Where answers to questions alone say who calls, the user is given time to object.
        let proof = call::proof(work, agent.signed_in.user.id, user.id)?;
        let not_before = desk::call::not_before(proof.as_ref(), work.app.settings.temporary.unproven, work.now);
        let case = DeskCase {
            user: user.id,
            id: CaseId::new(work.now, &nonce()),
            act: proposal.act,
            state: CaseState::Proposed,
            first: agent.signed_in.user.id,
            second: None,
            reason: reason.as_str().to_owned(),
            identity_check: identity_check.as_str().to_owned(),
            card,
            proof: proof.and_then(|proof| proof.device),
            device: None,
            created_at: work.now,
            changed_at: work.now,
            until: not_before.plus(case::LIFE),
            not_before,
        };
        let (link, digest) = objection(work, &case);
        store::desk_case::insert(work.sql, &work.app.sealer, &case, digest, [random(), random()])?;
        work.record(Audit::CaseProposed, Detail::none().to(case.act.name()))?;
        let message = match case.act {
            Act::TemporaryAccess => "notice-case-temporary-access",
            Act::PasswordLink => "notice-case-password-link",
            Act::Reprint => "notice-case-reprint",
        };
        let arguments = json!({ "link": link });
        outbox::everywhere(work, user.id, New { message, arguments: &arguments, until: case.until })?;
        Ok(case.id)
    })
    .await
}

/// The link by which the user objects to a case, and its digest.
fn objection(work: &Work<'_>, case: &DeskCase) -> (String, [u8; 32]) {
    let (handle, digest) = work.app.handles.derive(Kind::Objection, case.user, case.id.octets().into());
    (format!("{}/objection/{handle}", work.app.settings.issuer), digest)
}

/// A case as an agent sees it.
pub async fn look(app: &Arc<App>, id: CaseId) -> Result<Named, NotDone> {
    app.look(move |work| {
        let found = store::desk_case::by_id(work.sql, &work.app.sealer, id)?.ok_or(NotDone::Unknown)?;
        Ok(find::named(work, found)?)
    })
    .await
}

/// Has a second agent confirm a case with a device of their own: the handle of the attempt.
pub async fn second(app: &Arc<App>, agent: &OnDuty, origin: Origin, id: CaseId) -> Result<String, NotDone> {
    let (handle, digest) = app.handles.mint(crate::handle::Kind::Attempt, agent.signed_in.user.id);
    let agent = agent.clone();
    app.work(Actor::User, move |work| {
        let (asking, what) = to_second(work, &agent, &origin, id)?;
        asking.offer(work, what, digest)?;
        Ok(())
    })
    .await
    .map(|()| handle)
}

/// What a device of the second agent is to confirm, where that agent may second the case; paid for.
pub(super) fn to_second(
    work: &mut Work<'_>,
    agent: &OnDuty,
    origin: &Origin,
    id: CaseId,
) -> Result<(Asking, What), Stop<NotDone>> {
    let found = store::desk_case::by_id(work.sql, &work.app.sealer, id)?.ok_or(NotDone::Unknown)?;
    allowed(work, &found, &CaseEvent::Seconded(agent.of_case()))?;
    let named = find::named(work, found)?;
    let asking = Asking { signed_in: agent.signed_in.clone(), origin: origin.clone() };
    asking.paced(work)?;
    Ok((asking, What::DeskCase(statement(&named))))
}

/// What the second person signs: a case as it is shown.
fn statement(named: &Named) -> Statement {
    let case = &named.case;
    Statement {
        case: Text::fenced(&case.id.to_string()),
        act: match case.act {
            Act::TemporaryAccess => DeskAct::TemporaryAccess,
            Act::PasswordLink => DeskAct::PasswordLink,
            Act::Reprint => DeskAct::Reprint,
        },
        user: Text::fenced(&named.user),
        proof: named.proof.as_ref().map(|device| Text::fenced(device)),
        card: named.card.as_ref().map(|serial| Text::fenced(serial)),
        first: Text::fenced(&named.first),
        reason: Text::fenced(&case.reason),
        identity_check: Text::fenced(&case.identity_check),
    }
}

/// What a case becomes by an event, with its first agent as they are now.
pub(super) fn allowed(
    work: &mut Work<'_>,
    found: &DeskCase,
    event: &CaseEvent<'_>,
) -> Result<CaseState, Stop<NotDone>> {
    let first = serving(work, found.first)?;
    let first = first.as_ref().map(|first| case::Agent { id: first.user, person: &first.person, roles: &first.roles });
    let seen = case::Case {
        act: found.act,
        user: found.user,
        state: found.state,
        first,
        until: found.until,
        not_before: found.not_before,
    };
    Ok(seen.after(*event, work.now)?)
}

/// What a confirmed statement gives: the case is seconded, if it is still what was shown and both may still do it.
pub fn ended(work: &mut Work<'_>, confirmation: &Confirmation) -> Result<(), Error> {
    let What::DeskCase(shown) = &confirmation.operation.what else { return Ok(()) };
    if money::confirmed(work, confirmation)?.is_none() {
        return Ok(());
    }
    let Ok(id) = shown.case.as_str().parse() else { return Ok(()) };
    let Some(found) = store::desk_case::by_id(work.sql, &work.app.sealer, id)? else { return Ok(()) };
    let named = find::named(work, found)?;
    let Some(agent) = serving(work, confirmation.user)? else { return Ok(()) };
    if statement(&named) != *shown {
        return Ok(());
    }
    let by = case::Agent { id: agent.user, person: &agent.person, roles: &agent.roles };
    let about = domain::audit::About { user: Some(named.case.user), ..work.about.clone() };
    work.beside(about, |work| {
        let state = unless_refused(allowed(work, &named.case, &CaseEvent::Seconded(by)))?;
        state.map_or(Ok(()), |state| seconded(work, &named.case, agent.user, state))
    })
}

fn seconded(work: &mut Work<'_>, found: &DeskCase, by: UserId, state: CaseState) -> Result<(), Error> {
    let until = found.not_before.max(work.now).plus(case::LIFE);
    let after = DeskCase { state, second: Some(by), until, changed_at: work.now, ..found.clone() };
    saved(work, found, &after)?;
    let by = std::mem::replace(&mut work.actor, Actor::Agent { id: by });
    let recorded = work.record(Audit::CaseSeconded, Detail::none().to(found.act.name()));
    let done = recorded.and_then(|()| if state == CaseState::Done { carry_out(work, found) } else { Ok(()) });
    work.actor = by;
    done
}

pub(super) fn saved(work: &mut Work<'_>, from: &DeskCase, to: &DeskCase) -> Result<(), Error> {
    if store::desk_case::pass(work.sql, to, from.state)? { Ok(()) } else { Err(Error::Retry) }
}

/// What the second person's word carries out at once.
fn carry_out(work: &mut Work<'_>, case: &DeskCase) -> Result<(), Error> {
    let Some(user) = store::user::by_id(work.sql, case.user)? else { return Ok(()) };
    if case.act == Act::PasswordLink {
        // The old one is known to somebody else, or to nobody: the user chooses as at first.
        store::user::set_password(work.sql, user.id, "")?;
        store::failure::clear_all(work.sql, user.id)?;
        work.after(After::PasswordTaken);
        new_password::invited(work, &user)?;
        work.record(Audit::CaseDone, Detail::none().to(case.act.name()))?;
    }
    Ok(())
}

/// An agent is against it, or gives up what they proposed.
pub async fn reject(app: &Arc<App>, agent: &OnDuty, origin: Origin, id: CaseId) -> Result<(), NotDone> {
    let agent = agent.clone();
    app.work(agent.actor(), move |work| {
        work.about.address = Some(origin.address);
        let found = store::desk_case::by_id(work.sql, &work.app.sealer, id)?.ok_or(NotDone::Unknown)?;
        let state = allowed(work, &found, &CaseEvent::Rejected(agent.of_case()))?;
        let second = Some(agent.signed_in.user.id);
        let after = DeskCase { state, second, changed_at: work.now, ..found.clone() };
        saved(work, &found, &after)?;
        work.about.user = Some(found.user);
        Ok(work.record(Audit::CaseRejected, Detail::none().to(found.act.name()))?)
    })
    .await
}

/// What the first agent is shown once, when both agree and the time has come.
#[derive(Debug)]
pub struct Revealed {
    /// The case.
    pub case: DeskCase,
    /// The temporary code.
    pub code: Secret<String>,
    /// For how long it serves.
    pub life: domain::desk::temporary::Life,
}

/// Makes the temporary code, and shows it to the agent who proposed the case: once.
pub async fn reveal(app: &Arc<App>, agent: &OnDuty, origin: Origin, id: CaseId) -> Result<Revealed, NotDone> {
    let agent = agent.clone();
    app.work(agent.actor(), move |work| {
        work.about.address = Some(origin.address);
        let found = store::desk_case::by_id(work.sql, &work.app.sealer, id)?.ok_or(NotDone::Unknown)?;
        work.about.user = Some(found.user);
        let state = allowed(work, &found, &CaseEvent::Performed(agent.of_case()))?;
        let (device, code) = temporary::granted(work, found.user)?;
        let life = device.life.ok_or(NotDone::Unknown)?;
        let after = DeskCase { state, device: Some(device.id), changed_at: work.now, ..found.clone() };
        saved(work, &found, &after)?;
        work.record(Audit::CaseDone, Detail::none().to(found.act.name()))?;
        let (link, _) = objection(work, &found);
        let full = life.full_until.unwrap_or(life.until).unix_seconds();
        let arguments = json!({ "link": link, "until": full, "card_until": life.until.unix_seconds() });
        let new = New { message: "notice-temporary-access", arguments: &arguments, until: life.until };
        outbox::everywhere(work, found.user, new)?;
        Ok(Revealed { case: after, code, life })
    })
    .await
}

/// The case to which a link objects, with names; none where the link is none.
pub async fn of_link(app: &Arc<App>, link: &str) -> Result<Option<Named>, Refused> {
    let Some(Read { user, digest }) = app.handles.read(Kind::Objection, link) else { return Ok(None) };
    app.look(move |work| match store::desk_case::of_objection(work.sql, &work.app.sealer, user, digest)? {
        Some(found) => Ok(Some(find::named(work, found)?)),
        None => Ok(None),
    })
    .await
}

/// The user objects, by the link that was sent or from a session: what is open is rejected, and a code that was given ends.
/// False where there was nothing to stop any more.
pub async fn object(app: &Arc<App>, origin: Origin, user: UserId, id: CaseId) -> Result<bool, Refused> {
    app.work(Actor::User, move |work| {
        work.about.user = Some(user);
        work.about.address = Some(origin.address);
        let Some(found) = store::desk_case::one(work.sql, &work.app.sealer, user, id)? else { return Ok(false) };
        if found.state == CaseState::Done {
            let Some(device) = found.device else { return Ok(false) };
            return Ok(temporary::taken_back(work, user, device)?);
        }
        let state = match allowed(work, &found, &CaseEvent::Vetoed) {
            Ok(state) => state,
            Err(Stop::Failed(error)) => return Err(error.into()),
            Err(_) => return Ok(false),
        };
        saved(work, &found, &DeskCase { state, changed_at: work.now, ..found.clone() })?;
        work.record(Audit::CaseRejected, Detail::none().to(found.act.name()).because("user"))?;
        Ok(true)
    })
    .await
}

/// What a user may object to now: cases that are open, and a code that was given and still lives.
pub(in crate::flow) fn objectionable(work: &mut Work<'_>, user: UserId) -> Result<Vec<Named>, Error> {
    let cases = store::desk_case::of_user(work.sql, &work.app.sealer, user)?;
    let now = work.now;
    let open = cases.into_iter().filter(|case| case.state.is_open() && case.until > now);
    open.map(|case| find::named(work, case)).collect()
}

/// Ends cases whose time is over: at most `limit` of each state.
pub fn sweep(work: &mut Work<'_>, limit: u32) -> Result<(), Error> {
    for state in [CaseState::Proposed, CaseState::Seconded] {
        for (user, id) in store::desk_case::due(work.sql, state, work.now, limit)? {
            let Some(found) = store::desk_case::one(work.sql, &work.app.sealer, user, id)? else { continue };
            let after = match allowed(work, &found, &CaseEvent::TimePassed) {
                Ok(after) if after != found.state => after,
                Err(Stop::Failed(error)) => return Err(error),
                _ => continue,
            };
            saved(work, &found, &DeskCase { state: after, changed_at: work.now, ..found.clone() })?;
            work.about.user = Some(user);
            work.record(Audit::CaseLapsed, Detail::none().to(found.act.name()))?;
        }
    }
    work.about.user = None;
    Ok(())
}
