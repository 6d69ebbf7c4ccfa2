//! Operations that a client asks a user to confirm (RFC 9396), by the browser's way: offered to whoever is signed in.

use super::Denied;
use crate::{
    app::App,
    flow::{
        Refused,
        confirm::offer,
        login::session::SignedIn,
        throttle::{self, Purpose},
    },
    handle::Kind,
    work::Origin,
};
use domain::{
    audit::Actor,
    confirmation::{Channel, Operation, Proved, Redemption, Return, What},
};
use oidc::{authorize::AuthorizeRequest, details};
use std::sync::Arc;

/// What a client gets back of what it asked for; none of what no client asks for.
pub fn given_back(what: &What) -> Option<Vec<What>> {
    let details = what.details();
    details.iter().all(|detail| details::TYPES.contains(&detail.name())).then_some(details)
}

/// A request's operation, as it is asked of who is signed in.
pub fn operation(request: &AuthorizeRequest, signed_in: &SignedIn, origin: &Origin) -> Result<Operation, Refused> {
    let detail = request.detail.as_ref().ok_or(Refused::Internal)?;
    let session = &signed_in.session;
    let back = Return {
        redemption: Redemption { details: true, ..crate::flow::oidc::authorize::redemption(request) },
        session: session.id,
        proved: Proved { acr: session.acr.clone(), amr: session.amr.clone(), at: session.created_at },
        state: request.addressee.state.clone(),
        origin: request.addressee.origin(),
    };
    Ok(Operation {
        what: detail.clone(),
        client: request.client_id.clone(),
        address: origin.address.to_string(),
        agent: origin.agent.clone(),
        message: None,
        channel: Channel::Details(Box::new(back)),
        passkey_alone: false,
    })
}

/// Asks a signed-in user to confirm a request's operation; the handle of the attempt.
pub async fn ask(
    app: &Arc<App>,
    request: &AuthorizeRequest,
    signed_in: &SignedIn,
    origin: Origin,
) -> Result<String, Denied> {
    let operation = operation(request, signed_in, &origin)?;
    let session = &signed_in.session;
    let (handle, digest) = app.handles.mint(Kind::Attempt, session.user);
    let user = signed_in.user.clone();
    let reads = |now| offer::asks(app, session.user, now);
    let asked: Result<(), Refused> = app
        .decide(Actor::User, session.user, reads, move |work| {
            let draft = offer::draft(user.id, operation.clone(), work.now, work.now.plus(offer::LIFE));
            work.about.budget = Some(draft.budget);
            throttle::user(work, &origin, user.username.as_str(), Purpose::Operation)?;
            offer::beyond_login(work, draft, digest)?;
            Ok(())
        })
        .await;
    asked?;
    Ok(handle)
}
