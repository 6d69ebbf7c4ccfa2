//! Agents of the desk: a handler gets one only whose login, idle time and roles allow what it does.

use super::{
    caller::{Body, Caller, FORM, Who},
    form::PageForm,
    page::Visit,
    session::{SignedInForm, SignedInVisit, ended},
};
use crate::{
    app::App,
    flow::{
        desk::{
            OnDuty,
            agent::{NotOnDuty, on_duty},
        },
        login::session,
    },
    http::{Shared, answer::Page},
    pages::error::ErrorKind,
};
use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::request::Parts,
};
use domain::desk::Right;
use std::sync::Arc;

async fn let_in(app: &Shared, seen: SignedInVisit, right: Right) -> Result<(Visit, OnDuty), Page> {
    let SignedInVisit { visit, signed_in } = seen;
    let found = match on_duty(app, &signed_in).await {
        Ok(found) => found,
        Err(NotOnDuty::NoAgent) => return Err(visit.error(ErrorKind::NotFound)),
        Err(NotOnDuty::WeakDevice) => return Err(visit.error(ErrorKind::WeakDevice)),
        Err(NotOnDuty::Failed(refused)) => return Err(visit.refused(&refused)),
    };
    let session = &found.signed_in.session;
    // The use that is under way is noted already: what counts is the one before it.
    if session.last_seen_at.plus(app.settings.console_idle) <= app.now() {
        if let Err(refused) = session::log_out(app, session.user, session.id).await {
            return Err(visit.refused(&refused));
        }
        return Err(visit.go("/login?notice=session-ended").with_cookie(ended(app)));
    }
    if found.may(right) { Ok((visit, found)) } else { Err(visit.error(ErrorKind::RoleNeeded)) }
}

macro_rules! visits {
    ($($visit:ident: $right:ident;)+) => {$(
        #[doc = concat!("A visit of an agent with [`Right::", stringify!($right), "`].")]
        pub struct $visit {
            /// The visit.
            pub visit: Visit,
            /// Who.
            pub agent: OnDuty,
        }

        impl Caller for $visit {
            const WHO: Who = Who::Agent(Right::$right);
        }

        impl FromRequestParts<Arc<App>> for $visit {
            type Rejection = Page;

            async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Page> {
                let seen = SignedInVisit::from_request_parts(parts, app).await?;
                let (visit, agent) = let_in(app, seen, Right::$right).await?;
                Ok(Self { visit, agent })
            }
        }
    )+};
}

macro_rules! forms {
    ($($form:ident: $right:ident;)+) => {$(
        #[doc = concat!("A checked form of an agent with [`Right::", stringify!($right), "`].")]
        pub struct $form {
            /// The form.
            pub form: PageForm,
            /// Who.
            pub agent: OnDuty,
        }

        impl Caller for $form {
            const WHO: Who = Who::Agent(Right::$right);
            const BODY: Option<Body> = Some(FORM);
        }

        impl FromRequest<Arc<App>> for $form {
            type Rejection = Page;

            async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Page> {
                let SignedInForm { form, signed_in } = SignedInForm::from_request(request, app).await?;
                let seen = SignedInVisit { visit: form.visit.clone(), signed_in };
                let (visit, agent) = let_in(app, seen, Right::$right).await?;
                Ok(Self { form: PageForm { visit, ..form }, agent })
            }
        }
    )+};
}

visits! {
    Finding: Find;
    Seeing: SeeUser;
    Mailing: SeeOrders;
    Auditing: SeeSettings;
    CheckingCaller: CheckCaller;
}

forms! {
    MailingForm: Mail;
    Suspending: Suspend;
    Unlocking: Unlock;
    EndingSessions: EndSessions;
    CheckingForm: CheckCaller;
    TakingAlarm: TakeAlarm;
    SendingAgain: SendAgain;
    Proposing: Propose;
    Seconding: Second;
}
