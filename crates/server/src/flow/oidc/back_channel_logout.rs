//! What the end of a browser session ends with it (OpenID Connect Back-Channel Logout, 2.5 and 2.7).

use crate::{
    flow::messages::queue::{self, New},
    work::Work,
};
use domain::id::{SessionId, UserId};
use oidc::scope;
use std::collections::BTreeSet;
use store::{Error, delivery::Kind};

/// Takes back what clients got in a session, and tells those that registered for it; in the unit of work that ended
/// the session. What was granted for longer than the session (`offline_access`) loses its access tokens only: its
/// refresh token goes on, as its name says.
pub fn session_ended(work: &mut Work<'_>, user: UserId, session: SessionId) -> Result<(), Error> {
    // Clients from before the last login of this browser know the session by its older name.
    for name in store::session::line(work.sql, user, session)? {
        let grants = store::grant::of_session(work.sql, user, name)?;
        for grant in &grants {
            if scope::has(&grant.scope, scope::OFFLINE_ACCESS) {
                store::token::revoke_grant(work.sql, user, grant.id, work.now)?;
            } else {
                store::grant::end(work.sql, user, grant.id, work.now)?;
            }
        }
        // Also a client whose grant was over before may still show somebody as signed in.
        let clients: BTreeSet<String> = grants.into_iter().map(|grant| grant.client).collect();
        for client in clients {
            tell(work, user, name, &client)?;
        }
    }
    Ok(())
}

fn tell(work: &mut Work<'_>, user: UserId, session: SessionId, client: &str) -> Result<(), Error> {
    let Some(client) = work.app.clients.find(client) else { return Ok(()) };
    let Some(url) = &client.oauth.backchannel_logout_uri else { return Ok(()) };
    let told = New {
        user: Some(user),
        kind: Kind::Logout,
        client: &client.id,
        url,
        bearer: None,
        body: session.to_string(),
        expires_at: None,
    };
    queue::queue(work, told)
}
