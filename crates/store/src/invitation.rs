//! Invitations to activate the phone app, shown on a signed-in page or on the phone that is to be left: a handle in a
//! picture, a short id to be typed.

use crate::{
    Error, Row, Sql,
    seal::{Context, Sealer},
    sql::{params, statements},
};
use domain::{
    Secret, Timestamp,
    id::{DeviceId, SessionId, UserId},
};

/// An invitation, stored under the digest of its handle.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// Whose.
    pub user: UserId,
    /// The digest of its handle.
    pub digest: [u8; 32],
    /// What shows it.
    pub shown_by: ShownBy,
    /// What its page shows: the handle, and the id to be typed.
    pub shown: Secret<Shown>,
    /// Wrong ids typed so far.
    pub wrong_ids: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it dies.
    pub expires_at: Timestamp,
    /// When a phone took it up, or it was withdrawn.
    pub used_at: Option<Timestamp>,
}

/// What shows an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShownBy {
    /// A signed-in page.
    Session(SessionId),
    /// The phone whose place the new one takes.
    Phone(DeviceId),
}

impl ShownBy {
    /// The session's column, which also holds the phone's id, and the phone's own.
    fn columns(self) -> ([u8; 16], Option<[u8; 16]>) {
        match self {
            Self::Session(id) => (id.octets(), None),
            Self::Phone(id) => (id.octets(), Some(id.octets())),
        }
    }

    fn read(row: &Row, session: usize, phone: usize) -> Result<Self, Error> {
        Ok(match row.opt_id16(phone)? {
            Some(phone) => Self::Phone(phone.into()),
            None => Self::Session(row.id16(session)?.into()),
        })
    }
}

/// What is shown.
#[derive(Debug, Clone, PartialEq, Eq, zeroize::Zeroize)]
pub struct Shown {
    /// The handle, in the picture.
    pub handle: String,
    /// The short id.
    pub id: String,
}

statements! {
    INSERT = "INSERT INTO invitations (user_id, digest, session_id, sealed_shown, wrong_ids, created_at, expires_at,
        used_at, old_device_id) VALUES ($1, $2, $3, $4, 0, $5, $6, NULL, $7)";
    OPEN = "SELECT user_id, digest, session_id, sealed_shown, wrong_ids, created_at, expires_at, used_at,
        old_device_id FROM invitations
        WHERE user_id = $1 AND used_at IS NULL AND expires_at > $2 ORDER BY created_at DESC LIMIT 1";
    LATEST = "SELECT user_id, digest, session_id, sealed_shown, wrong_ids, created_at, expires_at, used_at,
        old_device_id FROM invitations WHERE user_id = $1 AND session_id = $2 ORDER BY created_at DESC LIMIT 1";
    MADE = "SELECT COUNT(*) FROM invitations WHERE user_id = $1 AND created_at > $2";
    WRONG = "UPDATE invitations SET wrong_ids = wrong_ids + 1 WHERE user_id = $1 AND digest = $2 RETURNING wrong_ids";
    USE = "UPDATE invitations SET used_at = $3 WHERE user_id = $1 AND digest = $2 AND used_at IS NULL AND expires_at > $3
        RETURNING session_id, old_device_id";
    WITHDRAW = "UPDATE invitations SET used_at = $2 WHERE user_id = $1 AND used_at IS NULL";
    SWEEP = "DELETE FROM invitations WHERE (user_id, digest) IN (
        SELECT user_id, digest FROM invitations WHERE expires_at < $1 LIMIT 1000)";
}

/// Adds an invitation; what it shows is sealed.
pub fn insert(sql: &mut dyn Sql, sealer: &Sealer, invitation: &Invitation, nonce: [u8; 12]) -> Result<(), Error> {
    let row = row_of(invitation.user, invitation.digest);
    let Shown { handle, id } = invitation.shown.expose();
    let shown = Secret::new(format!("{id} {handle}"));
    let (session, phone) = invitation.shown_by.columns();
    let args = params![
        invitation.user.octets(),
        invitation.digest,
        session,
        sealer.seal(&context(&row), shown.expose().as_bytes(), nonce)?,
        invitation.created_at.micros(),
        invitation.expires_at.micros(),
        phone,
    ];
    sql.apply(INSERT, &args)?;
    sql.wake(invitation.user.octets());
    Ok(())
}

/// The user's open invitation.
pub fn open(sql: &mut dyn Sql, sealer: &Sealer, user: UserId, now: Timestamp) -> Result<Option<Invitation>, Error> {
    sql.row(OPEN, &params![user.octets(), now.micros()])?.map(|row| read(&row, sealer)).transpose()
}

/// The latest one that a session or a phone made, open or not.
pub fn latest(sql: &mut dyn Sql, sealer: &Sealer, user: UserId, by: ShownBy) -> Result<Option<Invitation>, Error> {
    sql.row(LATEST, &params![user.octets(), by.columns().0])?.map(|row| read(&row, sealer)).transpose()
}

/// How many were made for the user after `since`.
pub fn made_since(sql: &mut dyn Sql, user: UserId, since: Timestamp) -> Result<u32, Error> {
    sql.one(MADE, &params![user.octets(), since.micros()])?.u32(0)
}

/// Counts a wrong id; how many there were.
pub fn wrong(sql: &mut dyn Sql, invitation: &Invitation) -> Result<u32, Error> {
    sql.one(WRONG, &params![invitation.user.octets(), invitation.digest])?.u32(0)
}

/// Takes it up, once; what shows it. None when it was taken up, withdrawn or over.
pub fn take_up(sql: &mut dyn Sql, user: UserId, digest: [u8; 32], now: Timestamp) -> Result<Option<ShownBy>, Error> {
    let taken = sql.row(USE, &params![user.octets(), digest, now.micros()])?;
    sql.wake(user.octets());
    taken.map(|row| ShownBy::read(&row, 0, 1)).transpose()
}

/// Withdraws every open one of a user.
pub fn withdraw(sql: &mut dyn Sql, user: UserId, now: Timestamp) -> Result<(), Error> {
    sql.apply(WITHDRAW, &params![user.octets(), now.micros()])
}

/// Forgets those that were over before a moment.
pub fn sweep(sql: &mut dyn Sql, before: Timestamp) -> Result<u64, Error> {
    sql.exec(SWEEP, &params![before.micros()])
}

fn read(row: &Row, sealer: &Sealer) -> Result<Invitation, Error> {
    let (user, digest) = (UserId::from(row.id16(0)?), row.array(1)?);
    let shown = sealer.open(&context(&row_of(user, digest)), row.bytes(3)?)?;
    let shown = std::str::from_utf8(&shown).ok().and_then(|text| text.split_once(' '));
    let (id, handle) = shown.ok_or_else(|| row.corrupt(3, "what an invitation shows"))?;
    Ok(Invitation {
        user,
        digest,
        shown_by: ShownBy::read(row, 2, 8)?,
        shown: Secret::new(Shown { handle: handle.to_owned(), id: id.to_owned() }),
        wrong_ids: row.u32(4)?,
        created_at: Timestamp::from_micros(row.i64(5)?),
        expires_at: Timestamp::from_micros(row.i64(6)?),
        used_at: row.opt_i64(7)?.map(Timestamp::from_micros),
    })
}

fn row_of(user: UserId, digest: [u8; 32]) -> Vec<u8> {
    [user.octets().as_slice(), &digest].concat()
}

fn context(row: &[u8]) -> Context<'_> {
    Context { table: "invitations", row, field: "shown" }
}
