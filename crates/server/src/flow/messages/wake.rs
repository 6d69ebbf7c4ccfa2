//! Waking phones: queued with what asks for them, and of no use once the request is over.

use super::queue::New;
use crate::work::Work;
use domain::{
    Timestamp,
    id::{ConfirmationId, DeviceId, UserId},
};
use store::{Error, delivery::Kind, push};
use wire::phone::push::{PushKind, PushMessage};

/// Why a phone is woken, and from when on that is of no use.
#[derive(Debug, Clone, Copy)]
pub struct Wake {
    confirmation: Option<ConfirmationId>,
    until: Timestamp,
}

impl Wake {
    /// A confirmation awaits it.
    pub fn of(confirmation: ConfirmationId, until: Timestamp) -> Self {
        Self { confirmation: Some(confirmation), until }
    }

    /// To see whether it works.
    pub fn test(until: Timestamp) -> Self {
        Self { confirmation: None, until }
    }
}

/// Whether a push would be sent to a phone: there are pushes here, and the phone is subscribed.
pub fn reaches(work: &mut Work<'_>, user: UserId, device: DeviceId) -> Result<bool, Error> {
    Ok(service(work, user, device)?.is_some())
}

fn service(work: &mut Work<'_>, user: UserId, device: DeviceId) -> Result<Option<String>, Error> {
    if work.app.push.is_some() { push::service(work.sql, user, device) } else { Ok(None) }
}

/// Queues a push. Nothing where the phone is not subscribed, or nobody is woken here.
pub fn queue(work: &mut Work<'_>, user: UserId, device: DeviceId, wake: &Wake) -> Result<(), Error> {
    let Some(service) = service(work, user, device)? else { return Ok(()) };
    let message = PushMessage {
        v: 1,
        kind: if wake.confirmation.is_some() { PushKind::Request } else { PushKind::Test },
        device: device.to_string(),
        confirmation: wake.confirmation.map(|id| id.to_string()),
    };
    let new = New {
        user: Some(user),
        kind: Kind::Push,
        client: &message.device,
        url: &service,
        bearer: None,
        // A struct of texts has no value that JSON could not write.
        body: serde_json::to_string(&message).unwrap_or_default(),
        expires_at: Some(wake.until),
    };
    super::queue::queue(work, new)
}
