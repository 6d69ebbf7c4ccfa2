//! What the end of a browser session ends with it (OpenID Connect Back-Channel Logout, 2.5 and 2.7).

use crate::{
    app::App,
    flow::messages::queue::{self, New},
};
use domain::{
    Timestamp,
    id::{SessionId, UserId},
};
use oidc::scope;
use std::collections::BTreeSet;
use store::{Error, Sql, delivery::Kind};

/// Takes back what clients got in a session, and tells those that registered for it; in the unit of work that ended
/// the session. What was granted for longer than the session (`offline_access`) loses its access tokens only: its
/// refresh token goes on, as its name says.
pub fn session_ended(
    app: &App,
    sql: &mut dyn Sql,
    user: UserId,
    session: SessionId,
    now: Timestamp,
) -> Result<(), Error> {
    // Clients from before the last login of this browser know the session by its older name.
    for name in store::session::line(sql, user, session)? {
        let grants = store::grant::of_session(sql, user, name)?;
        for grant in &grants {
            if scope::has(&grant.scope, scope::OFFLINE_ACCESS) {
                store::token::revoke_grant(sql, user, grant.id, now)?;
            } else {
                store::grant::end(sql, user, grant.id, now)?;
            }
        }
        // Also a client whose grant was over before may still show somebody as signed in.
        let clients: BTreeSet<String> = grants.into_iter().map(|grant| grant.client).collect();
        for client in clients {
            tell(app, sql, (user, name), &client, now)?;
        }
    }
    Ok(())
}

fn tell(
    app: &App,
    sql: &mut dyn Sql,
    (user, session): (UserId, SessionId),
    client: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let Some(client) = app.clients.find(client) else { return Ok(()) };
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
    queue::queue(app, sql, told, now)
}
