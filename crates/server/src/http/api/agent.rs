//! Agents of the desk in a program: a handler gets one only whose token, session, idle time and roles allow what it does.

use super::caller::{once, presented, proof, unauthorized};
use crate::{
    app::App,
    flow::{
        Origin,
        desk::{
            OnDuty,
            agent::{NotOnDuty, on_duty},
        },
        login::session,
        oidc::{Denied, bearer, client_token},
    },
    http::{
        extract::caller::{Caller, Who},
        problem::{ApiProblem, Slug},
    },
};
use axum::{extract::FromRequestParts, http::request::Parts};
use domain::desk::Right;
use oidc::scope;
use std::{marker::PhantomData, sync::Arc};

/// A right, as a type.
pub trait Needed {
    /// The right.
    const RIGHT: Right;
}

/// An agent whose roles have a right.
pub struct AtDesk<R> {
    /// Who.
    pub agent: OnDuty,
    /// Where the call comes from.
    pub origin: Origin,
    right: PhantomData<R>,
}

macro_rules! rights {
    ($($caller:ident = $right:ident;)+) => {$(
        #[doc = concat!("An agent with [`Right::", stringify!($right), "`].")]
        pub type $caller = AtDesk<rights::$right>;
    )+
        /// The rights, as types.
        pub mod rights {
            use super::{Needed, Right};
            $(
                #[doc = concat!("[`Right::", stringify!($right), "`]")]
                pub enum $right {}

                impl Needed for $right {
                    const RIGHT: Right = Right::$right;
                }
            )+
        }
    };
}

rights! {
    DeskFinding = Find;
    DeskSeeing = SeeUser;
    DeskChecking = CheckCaller;
    DeskSuspending = Suspend;
    DeskUnlocking = Unlock;
    DeskEndingSessions = EndSessions;
    DeskTakingAlarm = TakeAlarm;
    DeskSendingAgain = SendAgain;
    DeskProposing = Propose;
    DeskSeconding = Second;
}

impl<R: Needed> Caller for AtDesk<R> {
    const WHO: Who = Who::Desk(R::RIGHT);
}

impl<R: Needed> FromRequestParts<Arc<App>> for AtDesk<R> {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiProblem> {
        let Ok(origin) = Origin::from_request_parts(parts, app).await;
        let agent = agent(app, parts).await?;
        if !agent.may(R::RIGHT) {
            return Err(not_for("role"));
        }
        Ok(Self { agent, origin, right: PhantomData })
    }
}

fn not_for(reason: &'static str) -> ApiProblem {
    ApiProblem { reason: Some(reason), ..Slug::RoleNeeded.into() }
}

/// The agent whose access token a request presents, as their roles and their login's device are now.
async fn agent(app: &Arc<App>, parts: &Parts) -> Result<OnDuty, ApiProblem> {
    let insufficient = || ApiProblem { reason: Some(scope::DESK), ..Slug::InsufficientScope.into() };
    let presented = presented(parts)?;
    let Some(token) = bearer::find(app, presented.text).await?.filter(|token| token.access) else {
        // A back end is no person.
        let of_client = client_token::find(app, presented.text).await?.is_some();
        return Err(if of_client { insufficient() } else { unauthorized("invalid_token") });
    };
    if let Some(proof) = proof(app, parts, &presented, token.grant.jkt.as_deref())? {
        once(bearer::proved(app, &token, proof).await.map_err(denied)?)?;
    }
    let may_ask = |client: Arc<crate::clients::Client>| client.oauth.allowed_scopes().contains(&scope::DESK);
    if !scope::has(&token.scope, scope::DESK) || !app.clients.find(&token.grant.client).is_some_and(may_ask) {
        return Err(insufficient());
    }
    let session = token.grant.session.ok_or_else(insufficient)?;
    let signed_in = session::of_program(app, token.user.id, session, app.settings.console_idle).await?;
    on_duty(app, &signed_in.ok_or(unauthorized("invalid_token"))?).await.map_err(|why| match why {
        NotOnDuty::NoAgent => not_for("no_agent"),
        NotOnDuty::WeakDevice => not_for("weak_device"),
        NotOnDuty::Failed(refused) => refused.into(),
    })
}

fn denied(denied: Denied) -> ApiProblem {
    match denied {
        Denied::Refused(refused) => refused.into(),
        Denied::OAuth(_) => Slug::Internal.into(),
    }
}
