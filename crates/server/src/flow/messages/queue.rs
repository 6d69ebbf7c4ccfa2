//! What is told to clients by requests of our own, to phones by push services and to people by mail and SMS: queued in the
//! unit of work that causes it, and sent right after the commit (see [`crate::delivery`]). At least once: who gets it may
//! hear twice.

use crate::{
    app::{nonce, random},
    work::Work,
};
use domain::{
    Secret, Timestamp,
    id::{DeliveryId, UserId},
};
use store::{
    Error,
    delivery::{self, Delivery, Kind},
};

/// What wakes the sender of a kind.
pub fn topic(kind: Kind) -> [u8; 16] {
    match kind {
        Kind::Logout => *b"logouts do wait.",
        Kind::Ping => *b"pings do wait...",
        Kind::Push => *b"pushes do wait..",
        Kind::Mail => *b"mails do wait...",
        Kind::Sms => *b"SMS do wait.....",
        Kind::Webhook => *b"webhooks do wait",
    }
}

/// Something to tell.
#[derive(Debug)]
pub struct New<'a> {
    /// About whom.
    pub user: Option<UserId>,
    /// What.
    pub kind: Kind,
    /// The client; of a push the phone, of a message its id.
    pub client: &'a str,
    /// Where to: of a push the push service's origin, of a message nothing.
    pub url: &'a str,
    /// A bearer token to send along.
    pub bearer: Option<Secret<String>>,
    /// The body; of a logout the session's id.
    pub body: String,
    /// From when on it is of no use.
    pub expires_at: Option<Timestamp>,
}

/// Queues it. Sent once the unit is committed, and never if it is undone.
pub fn queue(work: &mut Work<'_>, new: New<'_>) -> Result<(), Error> {
    let delivery = Delivery {
        user: new.user,
        id: DeliveryId::new(work.now, &nonce()),
        kind: new.kind,
        client: new.client.to_owned(),
        url: new.url.to_owned(),
        bearer: new.bearer,
        body: Secret::new(new.body),
        attempts: 0,
        created_at: work.now,
        expires_at: new.expires_at,
        next_at: work.now,
    };
    delivery::insert(work.sql, &work.app.sealer, &delivery, [random(), random()])?;
    work.sql.wake(topic(new.kind));
    Ok(())
}
