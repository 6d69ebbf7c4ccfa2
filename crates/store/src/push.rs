//! Where phones want to be woken: the subscription of each with a push service.

use crate::{
    Ask, Error, Row, Sql,
    seal::{Context, Sealer},
    sql::{params, statements},
};
use domain::{
    Secret, Timestamp,
    id::{DeviceId, UserId},
};

/// What came of the last push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// The push service took it.
    Accepted,
    /// The push service knows the subscription no more.
    Gone,
    /// The push service does not take it.
    Refused,
    /// The push service could not be reached, or was in trouble.
    Unreachable,
}

impl Sent {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Gone => "gone",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::Accepted, Self::Gone, Self::Refused, Self::Unreachable].into_iter().find(|sent| sent.name() == name)
    }
}

/// A subscription.
#[derive(Debug, Clone)]
pub struct Subscription {
    /// Whose.
    pub user: UserId,
    /// Of which phone.
    pub device: DeviceId,
    /// Random octets that tell it from the one it replaced: what is said of that must not touch this.
    pub id: [u8; 16],
    /// The push service.
    pub origin: String,
    /// Endpoint and keys; none when the push service knows it no more.
    pub target: Option<Secret<Vec<u8>>>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When a push was last tried, and what came of it.
    pub last: Option<(Timestamp, Sent)>,
}

statements! {
    PUT = "INSERT INTO push_subscriptions (user_id, device_id, id, origin, sealed_target, created_at, last_sent_at,
        last_result) VALUES ($1, $2, $3, $4, $5, $6, NULL, NULL)
        ON CONFLICT (user_id, device_id) DO UPDATE SET id = excluded.id, origin = excluded.origin,
            sealed_target = excluded.sealed_target, created_at = excluded.created_at, last_sent_at = NULL,
            last_result = NULL";
    ONE = "SELECT user_id, device_id, id, origin, sealed_target, created_at, last_sent_at, last_result
        FROM push_subscriptions WHERE user_id = $1 AND device_id = $2";
    SERVICES = "SELECT device_id, origin FROM push_subscriptions WHERE user_id = $1 AND sealed_target IS NOT NULL";
    SENT = "UPDATE push_subscriptions SET last_sent_at = $4, last_result = $5
        WHERE user_id = $1 AND device_id = $2 AND id = $3";
    OVER = "UPDATE push_subscriptions SET sealed_target = NULL
        WHERE user_id = $1 AND device_id = $2 AND id = $3 AND sealed_target IS NOT NULL";
    END = "DELETE FROM push_subscriptions WHERE user_id = $1 AND device_id = $2";
}

/// Keeps a subscription in the place of the phone's older one. Nothing is said yet of what came of a push.
pub fn put(sql: &mut dyn Sql, sealer: &Sealer, new: &Subscription, nonce: [u8; 12]) -> Result<(), Error> {
    let row = row_of(new.user, new.device);
    let sealed = new.target.as_ref().map(|target| sealer.seal(&context(&row), target.expose(), nonce)).transpose()?;
    let (user, device) = (new.user.octets(), new.device.octets());
    sql.apply(PUT, &params![user, device, new.id, &new.origin, sealed, new.created_at.micros()])
}

/// A phone's subscription.
pub fn one(sql: &mut dyn Sql, sealer: &Sealer, user: UserId, device: DeviceId) -> Result<Option<Subscription>, Error> {
    sql.row(ONE, &params![user.octets(), device.octets()])?.map(|row| read(&row, sealer)).transpose()
}

/// The push service of a phone that pushes can be sent to. Those of the user's other phones come along: which one is woken
/// may not be known yet when they are asked for.
pub fn service(sql: &mut dyn Sql, user: UserId, device: DeviceId) -> Result<Option<String>, Error> {
    let rows = ask_service(user).rows(sql)?;
    let found = rows.iter().find(|row| row.id16(0) == Ok(device.octets()));
    found.map(|row| Ok(row.text(1)?.to_owned())).transpose()
}

/// What [`service`] reads, of any phone of the user.
#[must_use]
pub fn ask_service(user: UserId) -> Ask {
    Ask::new(SERVICES, params![user.octets()])
}

/// Notes what came of a push. Nothing when the phone has another subscription by now.
pub fn sent(sql: &mut dyn Sql, to: &Subscription, sent: Sent, now: Timestamp) -> Result<(), Error> {
    let args = params![to.user.octets(), to.device.octets(), to.id, now.micros(), sent.name()];
    sql.apply(SENT, &args)
}

/// Forgets the endpoint of a subscription that its push service knows no more. False when the phone has another one by
/// now, or it was forgotten before.
pub fn over(sql: &mut dyn Sql, subscription: &Subscription) -> Result<bool, Error> {
    let (user, device) = (subscription.user.octets(), subscription.device.octets());
    sql.changes_one(OVER, &params![user, device, subscription.id])
}

/// Ends a phone's subscription. False when it has none.
pub fn end(sql: &mut dyn Sql, user: UserId, device: DeviceId) -> Result<bool, Error> {
    sql.changes_one(END, &params![user.octets(), device.octets()])
}

/// Ends a phone's subscription, if it has one.
pub(crate) fn forget(sql: &mut dyn Sql, user: UserId, device: DeviceId) -> Result<(), Error> {
    sql.apply(END, &params![user.octets(), device.octets()])
}

fn row_of(user: UserId, device: DeviceId) -> Vec<u8> {
    [user.octets(), device.octets()].concat()
}

fn context(row: &[u8]) -> Context<'_> {
    Context { table: "push_subscriptions", row, field: "target" }
}

fn read(row: &Row, sealer: &Sealer) -> Result<Subscription, Error> {
    let (user, device): (UserId, DeviceId) = (row.id16(0)?.into(), row.id16(1)?.into());
    let place = row_of(user, device);
    let open = |sealed: &[u8]| sealer.open(&context(&place), sealed).map(|opened| Secret::new(opened.to_vec()));
    let last = match (row.opt_i64(6)?, row.opt_text(7)?) {
        (Some(at), Some(name)) => {
            let sent = Sent::parse(name).ok_or_else(|| row.corrupt(7, "what came of a push"))?;
            Some((Timestamp::from_micros(at), sent))
        }
        _ => None,
    };
    Ok(Subscription {
        user,
        device,
        id: row.id16(2)?,
        origin: row.text(3)?.to_owned(),
        target: row.opt_bytes(4)?.map(open).transpose()?,
        created_at: Timestamp::from_micros(row.i64(5)?),
        last,
    })
}
