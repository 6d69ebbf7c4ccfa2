//! What the server hands to others, clients, push services, mail servers and SMS gateways: queued in the unit of work that causes them,
//! sent afterwards, and sent again until they are taken or given up.

use crate::{
    Error, Row, Sql,
    seal::{Context, Sealer},
    sql::{params, statements},
};
use domain::{
    Secret, Timestamp,
    id::{DeliveryId, UserId},
};

/// What is delivered. Each kind has a lane of its own: a mail server that hangs delays no SMS, and no client a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A logout token. The body is the session's id: a token lives two minutes, so it is made when it is sent.
    Logout,
    /// A CIBA ping. The body is JSON.
    Ping,
    /// A push to a phone. The body is what it says; where it goes is in the phone's subscription when it is sent.
    Push,
    /// A mail of the outbox. What it says is there; `client` is its id.
    Mail,
    /// An SMS of the outbox, likewise.
    Sms,
    /// A message to a webhook. The body says which; what it says is there.
    Webhook,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] = [Self::Logout, Self::Ping, Self::Push, Self::Mail, Self::Sms, Self::Webhook];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Logout => "backchannel_logout",
            Self::Ping => "ciba_ping",
            Self::Push => "push",
            Self::Mail => "mail",
            Self::Sms => "sms",
            Self::Webhook => "webhook",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A request that is to be made.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// About whom.
    pub user: Option<UserId>,
    /// Its id.
    pub id: DeliveryId,
    /// What it is.
    pub kind: Kind,
    /// The client it goes to; of a push the phone, of a message its id.
    pub client: String,
    /// Where to: of a push the push service's origin, of a message nothing.
    pub url: String,
    /// A bearer token to send along.
    pub bearer: Option<Secret<String>>,
    /// What is sent, or made into what is sent.
    pub body: Secret<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was queued.
    pub created_at: Timestamp,
    /// From when on it is of no use.
    pub expires_at: Option<Timestamp>,
    /// When it is tried next; while a node sends it, when another node may.
    pub next_at: Timestamp,
}

statements! {
    INSERT = "INSERT INTO deliveries (user_id, id, kind, client, url, sealed_bearer, sealed_body, attempts, created_at,
        expires_at, next_at, done_at, gave_up_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, NULL, NULL)";
    DUE = "SELECT user_id, id, kind, client, url, sealed_bearer, sealed_body, attempts, created_at, expires_at, next_at
        FROM (SELECT deliveries.*, ROW_NUMBER() OVER (PARTITION BY url ORDER BY next_at, id) AS place
            FROM deliveries WHERE next_at <= $1 AND kind = $2) AS due
        WHERE place <= $3 ORDER BY place, next_at, id LIMIT $4";
    CLAIM = "UPDATE deliveries SET next_at = $4, attempts = attempts + 1
        WHERE user_id = $1 AND id = $2 AND next_at = $3";
    DONE = "UPDATE deliveries SET next_at = NULL, done_at = $4 WHERE user_id = $1 AND id = $2 AND next_at = $3";
    AGAIN = "UPDATE deliveries SET next_at = $4 WHERE user_id = $1 AND id = $2 AND next_at = $3";
    GIVE_UP = "UPDATE deliveries SET next_at = NULL, gave_up_at = $4 WHERE user_id = $1 AND id = $2 AND next_at = $3";
    SWEEP = "DELETE FROM deliveries WHERE (user_id, id) IN (
        SELECT user_id, id FROM deliveries WHERE next_at IS NULL AND created_at <= $1 LIMIT 1000)";
}

const NOBODY: [u8; 16] = [0; 16];

/// Queues a request. Two nonces: for the bearer token and for the body.
pub fn insert(sql: &mut dyn Sql, sealer: &Sealer, new: &Delivery, [bearer, body]: [[u8; 12]; 2]) -> Result<(), Error> {
    let row = row_of(new);
    let seal =
        |field, text: &Secret<String>, nonce| sealer.seal(&context(&row, field), text.expose().as_bytes(), nonce);
    let sealed_bearer = new.bearer.as_ref().map(|text| seal("bearer", text, bearer)).transpose()?;
    let args = params![
        key(new),
        new.id.octets(),
        new.kind.name(),
        &new.client,
        &new.url,
        sealed_bearer,
        seal("body", &new.body, body)?,
        new.attempts,
        new.created_at.micros(),
        new.expires_at.map(Timestamp::micros),
        new.next_at.micros(),
    ];
    sql.apply(INSERT, &args)
}

/// What of a kind is to be tried now: of each address at most so many, the longest due of each first, so that what is for
/// one does not stand before what is for another.
pub fn due(
    sql: &mut dyn Sql,
    sealer: &Sealer,
    kind: Kind,
    now: Timestamp,
    of_each: u32,
    limit: u32,
) -> Result<Vec<Delivery>, Error> {
    sql.rows(DUE, &params![now.micros(), kind.name(), of_each, limit])?.iter().map(|row| read(row, sealer)).collect()
}

/// Takes a delivery for itself until a moment, and counts the try. None when another node was first.
pub fn claim(sql: &mut dyn Sql, due: &Delivery, until: Timestamp) -> Result<Option<Delivery>, Error> {
    let claimed = change(sql, CLAIM, due, until)?;
    Ok(claimed.then(|| Delivery { attempts: due.attempts.saturating_add(1), next_at: until, ..due.clone() }))
}

/// It was taken. False when the claim was lost meanwhile.
pub fn done(sql: &mut dyn Sql, claimed: &Delivery, now: Timestamp) -> Result<bool, Error> {
    change(sql, DONE, claimed, now)
}

/// It is to be tried again. False when the claim was lost meanwhile.
pub fn again(sql: &mut dyn Sql, claimed: &Delivery, at: Timestamp) -> Result<bool, Error> {
    change(sql, AGAIN, claimed, at)
}

/// It is not to be tried again. False when the claim was lost meanwhile.
pub fn give_up(sql: &mut dyn Sql, claimed: &Delivery, now: Timestamp) -> Result<bool, Error> {
    change(sql, GIVE_UP, claimed, now)
}

/// Forgets what is over and was queued before a moment.
pub fn sweep(sql: &mut dyn Sql, before: Timestamp) -> Result<u64, Error> {
    sql.exec(SWEEP, &params![before.micros()])
}

fn change(sql: &mut dyn Sql, stmt: crate::Stmt, held: &Delivery, to: Timestamp) -> Result<bool, Error> {
    sql.changes_one(stmt, &params![key(held), held.id.octets(), held.next_at.micros(), to.micros()])
}

fn key(delivery: &Delivery) -> [u8; 16] {
    delivery.user.map_or(NOBODY, UserId::octets)
}

fn row_of(delivery: &Delivery) -> Vec<u8> {
    [key(delivery), delivery.id.octets()].concat()
}

fn context<'a>(row: &'a [u8], field: &'static str) -> Context<'a> {
    Context { table: "deliveries", row, field }
}

fn read(row: &Row, sealer: &Sealer) -> Result<Delivery, Error> {
    let (user, id) = (row.id16(0)?, row.id16(1)?);
    let place = [user, id].concat();
    let open = |column: usize, field, sealed: &[u8]| {
        let opened = sealer.open(&context(&place, field), sealed)?;
        let text = std::str::from_utf8(&opened).map_err(|_| row.corrupt(column, "text"))?;
        Ok::<_, Error>(Secret::new(text.to_owned()))
    };
    Ok(Delivery {
        user: (user != NOBODY).then(|| user.into()),
        id: id.into(),
        kind: Kind::parse(row.text(2)?).ok_or_else(|| row.corrupt(2, "a kind of delivery"))?,
        client: row.text(3)?.to_owned(),
        url: row.text(4)?.to_owned(),
        bearer: row.opt_bytes(5)?.map(|sealed| open(5, "bearer", sealed)).transpose()?,
        body: open(6, "body", row.bytes(6)?)?,
        attempts: row.u32(7)?,
        created_at: Timestamp::from_micros(row.i64(8)?),
        expires_at: row.opt_i64(9)?.map(Timestamp::from_micros),
        next_at: Timestamp::from_micros(row.i64(10)?),
    })
}
