//! Telling a client that the user has answered (CIBA, 10.2): so that it asks now, and not again and again.

use crate::{
    flow::messages::queue::{self, New},
    work::Work,
};
use domain::confirmation::{Channel, Confirmation};
use serde_json::json;
use std::time::Duration;
use store::{Error, delivery::Kind};

/// How long tokens may be fetched after a request's time was over, when its user answered in time.
pub const GRACE: Duration = Duration::from_secs(60);

/// Queues the ping of a confirmation that has just ended, where its client wants one.
pub fn ended(work: &mut Work<'_>, confirmation: &Confirmation) -> Result<(), Error> {
    if confirmation.operation.channel != Channel::Backchannel {
        return Ok(());
    }
    let found = store::backchannel::notification(work.sql, &work.app.sealer, confirmation.user, confirmation.id)?;
    let Some((client, notification)) = found else { return Ok(()) };
    let Some(client) = work.app.clients.find(&client) else { return Ok(()) };
    let Some(url) = &client.oauth.client_notification_endpoint else { return Ok(()) };
    let ping = New {
        user: Some(confirmation.user),
        kind: Kind::Ping,
        client: &client.id,
        url,
        bearer: Some(notification.token),
        body: json!({ "auth_req_id": notification.auth_req_id.expose() }).to_string(),
        // Later than this the tokens are gone, and the client has learnt it by asking.
        expires_at: Some(confirmation.expires_at.plus(GRACE)),
    };
    queue::queue(work, ping)
}
