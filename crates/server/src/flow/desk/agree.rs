//! The second word said in a program: a device of the agent's confirms the case's statement, step by step as the program
//! relays what the agent does.

use super::{NotDone, OnDuty, case, find::Named, step::Step};
use crate::{
    app::App,
    flow::{
        Refused,
        confirm::{
            attempt::{self, Going, Owner},
            next::View,
            offer,
        },
    },
    handle::{Kind, Read},
    work::{Origin, Work},
};
use domain::{
    Refusal,
    audit::Actor,
    confirmation::{Outcome, What},
    id::{CaseId, ConfirmationId},
};
use std::sync::Arc;
use store::{Error, session::Session};

/// A case, and what is awaited of the agent who is to second it.
#[derive(Debug)]
pub struct Agreeing {
    /// The case.
    pub named: Named,
    /// What is awaited.
    pub view: Option<Box<View>>,
    /// Why a device did not confirm it, where this step found that it will not.
    pub refused: Option<Refused>,
}

/// Has a device of the agent's asked; asked once more, tells what is awaited.
pub async fn begin(app: &Arc<App>, agent: &OnDuty, origin: Origin, id: CaseId) -> Result<Agreeing, NotDone> {
    let (unit_agent, unit_origin) = (agent.clone(), origin.clone());
    let asked: Result<_, NotDone> = app
        .work(Actor::User, move |work| {
            let (asking, what) = case::to_second(work, &unit_agent, &unit_origin, id)?;
            if let Some(asked) = asked_of(work, &unit_agent, id)? {
                return Ok(asked);
            }
            let draft = asking.draft(work, what);
            let (_, digest) = work.app.handles.derive(Kind::Attempt, draft.user, draft.id);
            Ok(offer::beyond_login(work, draft, digest)?.id)
        })
        .await;
    let taken = taken(app, &agent.signed_in.session, asked?, origin, Step::LOOK).await?;
    stands(app, id, taken).await
}

/// Takes on what [`begin`] began.
pub async fn go_on(
    app: &Arc<App>,
    agent: &OnDuty,
    origin: Origin,
    id: CaseId,
    step: Step,
) -> Result<Agreeing, NotDone> {
    let unit_agent = agent.clone();
    let asked: Result<_, NotDone> = app.look(move |work| Ok(asked_of(work, &unit_agent, id)?)).await;
    match asked? {
        Some(asked) => {
            let taken = taken(app, &agent.signed_in.session, asked, origin, step).await?;
            stands(app, id, taken).await
        }
        // The phone may have confirmed it meanwhile, or nothing was asked.
        None => stands(app, id, Taken::default()).await,
    }
}

/// What a step gave.
#[derive(Default)]
struct Taken {
    view: Option<Box<View>>,
    refused: Option<Refused>,
}

async fn taken(
    app: &Arc<App>,
    session: &Session,
    asked: ConfirmationId,
    origin: Origin,
    step: Step,
) -> Result<Taken, NotDone> {
    let (_, digest) = app.handles.derive(Kind::Attempt, session.user, asked);
    let request = attempt::Request {
        handle: String::new(),
        owner: Owner::Agent(session.id),
        act: step.act,
        wait: step.wait,
        origin,
    };
    match attempt::act_on(app, Read { user: session.user, digest }, request).await {
        Ok(Going::Awaiting(view)) => Ok(Taken { view: Some(view), refused: None }),
        Ok(Going::Done(_)) | Err(Refused::Step(Refusal::Ended(Outcome::Confirmed { .. }))) => Ok(Taken::default()),
        Err(refused @ Refused::Step(Refusal::Ended(_) | Refusal::DeviceLocked(_))) => {
            Ok(Taken { view: None, refused: Some(refused) })
        }
        Err(refused) => Err(refused.into()),
    }
}

async fn stands(app: &Arc<App>, id: CaseId, Taken { view, refused }: Taken) -> Result<Agreeing, NotDone> {
    Ok(Agreeing { named: case::look(app, id).await?, view, refused })
}

/// What was asked of this agent in this session about a case, and lives.
fn asked_of(work: &mut Work<'_>, agent: &OnDuty, id: CaseId) -> Result<Option<ConfirmationId>, Error> {
    let (session, id) = (&agent.signed_in.session, id.to_string());
    let open = store::confirmation::open(work.sql, session.user, work.now)?.into_iter();
    let mut about = open.map(|stored| stored.confirmation).filter(|one| {
        let of_case = matches!(&one.operation.what, What::DeskCase(shown) if shown.case.as_str() == id);
        of_case && one.operation.session() == Some(session.id)
    });
    Ok(about.next().map(|one| one.id))
}
