//! The desk: finding users, and what needs two people.

use super::{
    agent::{DeskFinding, DeskProposing, DeskSeconding, DeskSeeing},
    cursor, id, page, rows,
    step::Step,
    unfit,
};
use crate::{
    flow::desk::{
        agree::{self, Agreeing},
        case::{self, Proposal},
        find::{self, Named},
        step::Step as DeskStep,
    },
    http::{
        Shared,
        answer::{Begun, Data, Made, moment},
        extract::{
            address::{Params, Segment},
            body::ApiBody,
        },
        problem::{self, ApiProblem, Slug},
    },
};
use axum::extract::State;
use domain::{
    Timestamp,
    desk::{self, CaseState},
    id::CaseId,
};
use wire::api::{
    List,
    desk::{
        Access, AccessState, Case, CaseState as Stands, Filter, Found, Matter, NewAccess, NewCase, Revealed, Search,
    },
    withdrawal::Continue,
};

/// `GET /desk/users`.
pub async fn users(
    State(app): State<Shared>,
    _: DeskFinding,
    Params(search): Params<Search>,
) -> Result<Data<List<Found>>, ApiProblem> {
    let words = search.search.trim();
    if words.is_empty() || words.len() > 400 {
        return Err(unfit("search", "is 1 to 400 octets"));
    }
    let found = find::find(&app, words).await?;
    let found = found.iter().map(|user| Found {
        id: user.id.to_string(),
        username: user.username.to_string(),
        created_at: moment(user.created_at),
    });
    Ok(Data(List { data: found.collect(), next_cursor: None }))
}

/// `POST /temporary-access`.
pub async fn request(
    State(app): State<Shared>,
    caller: DeskProposing,
    ApiBody(body): ApiBody<NewAccess>,
) -> Result<Made<Access>, ApiProblem> {
    let NewAccess { user, reason, identity_check } = body;
    let act = desk::Act::TemporaryAccess;
    let named = proposed(&app, caller, &user, |user| Proposal { user, act, reason, identity_check }).await?;
    Ok(Made(access(&app, named.into())))
}

/// `POST /desk/cases`.
pub async fn propose(
    State(app): State<Shared>,
    caller: DeskProposing,
    ApiBody(body): ApiBody<NewCase>,
) -> Result<Made<Case>, ApiProblem> {
    let NewCase { kind, user, reason, identity_check } = body;
    let act = desk::Act::parse(&kind)
        .ok_or_else(|| unfit("kind", "is none of temporary_access, password_link and reprint"))?;
    let named = proposed(&app, caller, &user, |user| Proposal { user, act, reason, identity_check }).await?;
    Ok(Made(shown(&app, named.into())))
}

async fn proposed(
    app: &Shared,
    caller: DeskProposing,
    user: &str,
    proposal: impl FnOnce(domain::id::UserId) -> Proposal,
) -> Result<Named, ApiProblem> {
    let proposal = proposal(find::known(app, user).await?);
    let id = case::propose(app, &caller.agent, caller.origin, proposal).await?;
    Ok(case::look(app, id).await?)
}

/// `GET /temporary-access/{id}`.
pub async fn one_access(
    State(app): State<Shared>,
    _: DeskSeeing,
    Segment(segment): Segment,
) -> Result<Data<Access>, ApiProblem> {
    let id = of_access(&app, segment).await?;
    Ok(Data(access(&app, case::look(&app, id).await?.into())))
}

/// `GET /desk/cases`.
pub async fn cases(
    State(app): State<Shared>,
    _: DeskSeeing,
    Params(filter): Params<Filter>,
) -> Result<Data<List<Case>>, ApiProblem> {
    let (limit, before) = (rows(filter.limit)?, cursor(filter.cursor.as_deref())?);
    let state = match filter.state.unwrap_or(Stands::Proposed) {
        Stands::Proposed => CaseState::Proposed,
        Stands::Seconded => CaseState::Seconded,
        Stands::Done => CaseState::Done,
        Stands::Rejected => CaseState::Rejected,
        Stands::Lapsed => CaseState::Lapsed,
    };
    let found = find::cases(&app, state, before, limit.saturating_add(1)).await?;
    let found: Vec<_> = found.into_iter().map(|named| shown(&app, named.into())).collect();
    Ok(Data(page(found, limit, |case| case.matter.id.clone())))
}

/// `GET /desk/cases/{id}`.
pub async fn one(
    State(app): State<Shared>,
    _: DeskSeeing,
    Segment(segment): Segment,
) -> Result<Data<Case>, ApiProblem> {
    Ok(Data(shown(&app, case::look(&app, id(segment)?).await?.into())))
}

/// `POST /temporary-access/{id}/approve`.
pub async fn approve(
    State(app): State<Shared>,
    caller: DeskSeconding,
    Segment(segment): Segment,
) -> Result<Begun<Access>, ApiProblem> {
    let id = of_access(&app, segment).await?;
    Ok(Begun(access(&app, agree::begin(&app, &caller.agent, caller.origin, id).await?)))
}

/// `POST /desk/cases/{id}/second`.
pub async fn second(
    State(app): State<Shared>,
    caller: DeskSeconding,
    Segment(segment): Segment,
) -> Result<Begun<Case>, ApiProblem> {
    Ok(Begun(shown(&app, agree::begin(&app, &caller.agent, caller.origin, id(segment)?).await?)))
}

/// `POST /temporary-access/{id}/continue`.
pub async fn go_on_access(
    State(app): State<Shared>,
    caller: DeskSeconding,
    Segment(segment): Segment,
    ApiBody(body): ApiBody<Continue>,
) -> Result<Data<Access>, ApiProblem> {
    let id = of_access(&app, segment).await?;
    Ok(Data(access(&app, agree::go_on(&app, &caller.agent, caller.origin, id, step(body)?).await?)))
}

/// `POST /desk/cases/{id}/continue`.
pub async fn go_on(
    State(app): State<Shared>,
    caller: DeskSeconding,
    Segment(segment): Segment,
    ApiBody(body): ApiBody<Continue>,
) -> Result<Data<Case>, ApiProblem> {
    let (id, step) = (id(segment)?, step(body)?);
    Ok(Data(shown(&app, agree::go_on(&app, &caller.agent, caller.origin, id, step).await?)))
}

/// What the second agent did, as the flow takes it.
pub(super) fn step(body: Continue) -> Result<DeskStep, ApiProblem> {
    let Step { act, wait } = body.try_into()?;
    Ok(DeskStep { act, wait })
}

/// `POST /temporary-access/{id}/reject`.
pub async fn reject_access(
    State(app): State<Shared>,
    caller: DeskSeconding,
    Segment(segment): Segment,
) -> Result<Data<Access>, ApiProblem> {
    let id = of_access(&app, segment).await?;
    Ok(Data(access(&app, rejected(&app, caller, id).await?.into())))
}

/// `POST /desk/cases/{id}/reject`.
pub async fn reject(
    State(app): State<Shared>,
    caller: DeskSeconding,
    Segment(segment): Segment,
) -> Result<Data<Case>, ApiProblem> {
    let id = id(segment)?;
    Ok(Data(shown(&app, rejected(&app, caller, id).await?.into())))
}

async fn rejected(app: &Shared, caller: DeskSeconding, id: CaseId) -> Result<Named, ApiProblem> {
    case::reject(app, &caller.agent, caller.origin, id).await?;
    Ok(case::look(app, id).await?)
}

/// `POST /temporary-access/{id}/reveal`: the code is in this answer, and nowhere else.
pub async fn reveal(
    State(app): State<Shared>,
    caller: DeskProposing,
    Segment(segment): Segment,
) -> Result<Data<Revealed>, ApiProblem> {
    let id = of_access(&app, segment).await?;
    let revealed = case::reveal(&app, &caller.agent, caller.origin, id).await?;
    Ok(Data(Revealed {
        code: revealed.code.expose().clone(),
        full_until: moment(revealed.life.full_until.unwrap_or(revealed.life.until)),
        card_until: moment(revealed.life.until),
    }))
}

/// The case that a path names, where it is about a temporary access.
async fn of_access(app: &Shared, segment: Option<String>) -> Result<CaseId, ApiProblem> {
    let id = id(segment)?;
    let found = case::look(app, id).await?;
    if found.case.act == desk::Act::TemporaryAccess { Ok(id) } else { Err(Slug::NotFound.into()) }
}

impl From<Named> for Agreeing {
    fn from(named: Named) -> Self {
        Self { named, view: None, refused: None }
    }
}

/// Where a case stands; no sweep may have come by yet when its time is over.
fn state(named: &Named, now: Timestamp) -> CaseState {
    let case = &named.case;
    if case.state.is_open() && case.until <= now { CaseState::Lapsed } else { case.state }
}

fn access(app: &Shared, agreeing: Agreeing) -> Access {
    let now = app.now();
    let state = match state(&agreeing.named, now) {
        CaseState::Proposed => AccessState::Requested,
        CaseState::Seconded => AccessState::Approved,
        CaseState::Done => AccessState::Revealed,
        CaseState::Rejected => AccessState::Rejected,
        CaseState::Lapsed => AccessState::Lapsed,
    };
    Access { state, matter: matter(agreeing, now) }
}

/// A case of which nothing is awaited.
pub(super) fn case_of(app: &Shared, named: Named) -> Case {
    shown(app, named.into())
}

fn shown(app: &Shared, agreeing: Agreeing) -> Case {
    let now = app.now();
    let state = match state(&agreeing.named, now) {
        CaseState::Proposed => Stands::Proposed,
        CaseState::Seconded => Stands::Seconded,
        CaseState::Done => Stands::Done,
        CaseState::Rejected => Stands::Rejected,
        CaseState::Lapsed => Stands::Lapsed,
    };
    Case { kind: agreeing.named.case.act.name().to_owned(), state, matter: matter(agreeing, now) }
}

fn matter(Agreeing { named, view, refused }: Agreeing, now: Timestamp) -> Matter {
    let failure = match refused {
        Some(refused) => problem::first_party(refused, now).ok(),
        None => view.as_ref().and_then(|view| problem::step_failure(view)),
    };
    let Named { case, user, first, second, card, proof } = named;
    Matter {
        id: case.id.to_string(),
        user: case.user.to_string(),
        username: user,
        first,
        second,
        reason: case.reason,
        identity_check: case.identity_check,
        card,
        proved_by: proof,
        created_at: moment(case.created_at),
        until: moment(case.until),
        not_before: (case.not_before > now).then(|| moment(case.not_before)),
        expires_in: view.as_ref().map(|view| view.expires_in),
        next: view.map(|view| view.next),
        failure,
    }
}
