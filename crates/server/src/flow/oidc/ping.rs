//! Telling a client that the user has answered (CIBA, 10.2): so that it asks now, and not again and again.

use crate::{app::App, flow::messages::queue};
use domain::{
    Timestamp,
    confirmation::{Channel, Confirmation},
};
use serde_json::json;
use store::{Error, Sql, delivery::Kind};

/// Queues the ping of a confirmation that has just ended, where its client wants one.
pub fn ended(app: &App, sql: &mut dyn Sql, confirmation: &Confirmation, now: Timestamp) -> Result<(), Error> {
    if confirmation.operation.channel != Channel::Backchannel {
        return Ok(());
    }
    let found = store::backchannel::notification(sql, &app.sealer, confirmation.user, confirmation.id)?;
    let Some((client, notification)) = found else { return Ok(()) };
    let Some(client) = app.clients.find(&client) else { return Ok(()) };
    let Some(url) = &client.oauth.client_notification_endpoint else { return Ok(()) };
    let ping = queue::New {
        user: Some(confirmation.user),
        kind: Kind::Ping,
        client: &client.id,
        url,
        bearer: Some(notification.token),
        body: json!({ "auth_req_id": notification.auth_req_id.expose() }).to_string(),
        // Later than this the tokens are gone, and the client has learnt it by asking.
        expires_at: Some(confirmation.expires_at.plus(crate::flow::oidc::ciba::GRACE)),
    };
    queue::queue(app, sql, ping, now)
}
