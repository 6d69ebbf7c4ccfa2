//! Contact points: where a user is told things outside the login. Addresses are sealed.

use crate::{
    Ask, Error, Row, Sql,
    seal::{Context, Sealer},
    sql::{params, statements},
};
use domain::{
    Secret, Timestamp,
    contact_change::Point,
    id::{ContactId, UserId},
};

/// How a contact point is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// E-mail.
    Mail,
    /// SMS.
    Sms,
}

/// A contact point.
#[derive(Debug, Clone)]
pub struct Contact {
    /// The id.
    pub id: ContactId,
    /// How it is reached.
    pub channel: Channel,
    /// The mail address or phone number.
    pub address: Secret<String>,
    /// When it joined the others by a change; none of one that came with its user.
    pub joined_at: Option<Timestamp>,
    /// When it was replaced or removed.
    pub left_at: Option<Timestamp>,
}

impl Contact {
    /// What rules about changes see of it.
    pub fn point(&self) -> Point {
        Point { id: self.id, joined_at: self.joined_at, left_at: self.left_at }
    }

    /// The address as whoever may know only that it is there sees it: enough to tell which one it is.
    pub fn masked(&self) -> String {
        let address = self.address.expose();
        match (self.channel, address.split_once('@')) {
            (Channel::Mail, Some((name, host))) => format!("{}•••@{host}", name.chars().take(1).collect::<String>()),
            _ => {
                let tail: String = address.chars().rev().take(2).collect();
                format!("••• {}", tail.chars().rev().collect::<String>())
            }
        }
    }
}

statements! {
    INSERT = "INSERT INTO contacts (user_id, id, channel, sealed_address, created_at, joined_at, lookup)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    OF_USER = "SELECT id, channel, sealed_address, joined_at, left_at FROM contacts
        WHERE user_id = $1 AND left_at IS NULL ORDER BY id";
    EVERY = "SELECT id, channel, sealed_address, joined_at, left_at FROM contacts WHERE user_id = $1 ORDER BY id";
    ONE = "SELECT id, channel, sealed_address, joined_at, left_at FROM contacts WHERE user_id = $1 AND id = $2";
    LEAVE = "UPDATE contacts SET left_at = $3 WHERE user_id = $1 AND id = $2 AND left_at IS NULL";
    BY_LOOKUP = "SELECT user_id FROM contacts WHERE lookup = $1 AND left_at IS NULL LIMIT $2";
    NOT_FILED = "SELECT user_id, id FROM contacts WHERE lookup IS NULL LIMIT $1";
    FILE = "UPDATE contacts SET lookup = $3 WHERE user_id = $1 AND id = $2";
    COME_BACK = "UPDATE contacts SET left_at = NULL WHERE user_id = $1 AND id = $2";
}

impl Channel {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Sms => "sms",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        [Self::Mail, Self::Sms].into_iter().find(|channel| channel.name() == name)
    }
}

/// A contact point that is added.
#[derive(Debug, Clone, Copy)]
pub struct New<'a> {
    /// The contact point.
    pub contact: &'a Contact,
    /// For its address.
    pub nonce: [u8; 12],
    /// What it is found by: a keyed digest of its address.
    pub lookup: [u8; 32],
}

/// Adds a contact point.
pub fn insert(
    sql: &mut dyn Sql,
    sealer: &Sealer,
    user: UserId,
    New { contact, nonce, lookup }: New<'_>,
    now: Timestamp,
) -> Result<(), Error> {
    let row = [user.octets(), contact.id.octets()].concat();
    let sealed = sealer.seal(&context(&row), contact.address.expose().as_bytes(), nonce)?;
    let args = params![
        user.octets(),
        contact.id.octets(),
        contact.channel.name(),
        sealed,
        now.micros(),
        contact.joined_at.map(Timestamp::micros),
        lookup,
    ];
    sql.apply(INSERT, &args)
}

/// At most `limit` users who are reached where this was made of, now.
pub fn users(sql: &mut dyn Sql, lookup: [u8; 32], limit: u32) -> Result<Vec<UserId>, Error> {
    sql.rows(BY_LOOKUP, &params![lookup, limit])?.iter().map(|row| Ok(row.id16(0)?.into())).collect()
}

/// At most `limit` contact points that are not found by anything yet: those of an older version.
pub fn not_filed(sql: &mut dyn Sql, limit: u32) -> Result<Vec<(UserId, ContactId)>, Error> {
    let rows = sql.rows(NOT_FILED, &params![limit])?;
    rows.iter().map(|row| Ok((row.id16(0)?.into(), row.id16(1)?.into()))).collect()
}

/// Sets what one is found by.
pub fn file(sql: &mut dyn Sql, user: UserId, id: ContactId, lookup: [u8; 32]) -> Result<(), Error> {
    sql.apply(FILE, &params![user.octets(), id.octets(), lookup])
}

/// A user's contact points, oldest first, without those that were replaced or removed.
pub fn of_user(sql: &mut dyn Sql, sealer: &Sealer, user: UserId) -> Result<Vec<Contact>, Error> {
    ask_of_user(user).rows(sql)?.iter().map(|row| read(row, sealer, user)).collect()
}

/// What [`of_user`] reads.
#[must_use]
pub fn ask_of_user(user: UserId) -> Ask {
    Ask::new(OF_USER, params![user.octets()])
}

/// The same with those that were replaced or removed lately.
pub fn every(sql: &mut dyn Sql, sealer: &Sealer, user: UserId) -> Result<Vec<Contact>, Error> {
    sql.rows(EVERY, &params![user.octets()])?.iter().map(|row| read(row, sealer, user)).collect()
}

/// Notes that one was replaced or removed. False when it had been before.
pub fn leave(sql: &mut dyn Sql, user: UserId, id: ContactId, now: Timestamp) -> Result<bool, Error> {
    sql.changes_one(LEAVE, &params![user.octets(), id.octets(), now.micros()])
}

/// Takes one back that was replaced or removed.
pub fn come_back(sql: &mut dyn Sql, user: UserId, id: ContactId) -> Result<(), Error> {
    sql.apply(COME_BACK, &params![user.octets(), id.octets()])
}

/// One contact point, also one that was replaced or removed.
pub fn one(sql: &mut dyn Sql, sealer: &Sealer, user: UserId, id: ContactId) -> Result<Option<Contact>, Error> {
    sql.row(ONE, &params![user.octets(), id.octets()])?.map(|row| read(&row, sealer, user)).transpose()
}

fn read(row: &Row, sealer: &Sealer, user: UserId) -> Result<Contact, Error> {
    let id = ContactId::from(row.id16(0)?);
    let opened = sealer.open(&context(&[user.octets(), id.octets()].concat()), row.bytes(2)?)?;
    let address = std::str::from_utf8(&opened).map_err(|_| row.corrupt(2, "an address"))?.to_owned();
    Ok(Contact {
        id,
        channel: Channel::parse(row.text(1)?).ok_or_else(|| row.corrupt(1, "a channel"))?,
        address: Secret::new(address),
        joined_at: row.opt_i64(3)?.map(Timestamp::from_micros),
        left_at: row.opt_i64(4)?.map(Timestamp::from_micros),
    })
}

fn context(row: &[u8]) -> Context<'_> {
    Context { table: "contacts", row, field: "address" }
}
