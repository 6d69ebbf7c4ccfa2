//! Wishes for another contact point: on their way to a code, or to a device that confirms them.

use crate::{
    Error, Row, Sql,
    contact::{Channel, Contact},
    seal::{Context, Sealer},
    sql::{params, statements},
};
use domain::{
    Secret, Timestamp,
    contact_change::Wish as Asked,
    id::{ConfirmationId, ContactId, UserId},
};

/// A wish.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Whose.
    pub user: UserId,
    /// The id of the wish, and of the contact point that is to come of it.
    pub id: ContactId,
    /// How it is reached, or how the one was that is to be removed.
    pub channel: Channel,
    /// The mail address or number; none where one is only removed.
    pub address: Option<Secret<String>>,
    /// The code that was sent there.
    pub code: Option<Secret<String>>,
    /// The one that is not used any more then.
    pub old: Option<ContactId>,
    /// The confirmation that it awaits.
    pub confirmation: Option<ConfirmationId>,
    /// Wrong codes so far.
    pub wrong_codes: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it is of no use any more.
    pub expires_at: Timestamp,
}

impl Wish {
    /// What is wished for.
    pub fn asked(&self) -> Asked {
        match (&self.address, self.old) {
            (None, Some(old)) => Asked::Remove(old),
            (Some(_), Some(old)) => Asked::Replace(old),
            (_, None) => Asked::Add,
        }
    }

    /// What a message goes to before it is a contact point.
    pub fn contact(&self) -> Option<Contact> {
        let (id, channel, address) = (self.id, self.channel, self.address.clone()?);
        Some(Contact { id, channel, address, joined_at: Some(self.created_at), left_at: None })
    }
}

/// What two values are sealed with: no two are sealed with one nonce.
#[derive(Debug, Clone, Copy)]
pub struct Nonces {
    /// For the address.
    pub address: [u8; 12],
    /// For the code.
    pub code: [u8; 12],
}

statements! {
    INSERT = "INSERT INTO contact_wishes (user_id, id, channel, sealed_address, sealed_code, replaces_id,
        confirmation_id, wrong_codes, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9)";
    ONE = "SELECT id, channel, sealed_address, sealed_code, replaces_id, confirmation_id, wrong_codes, created_at,
        expires_at FROM contact_wishes WHERE user_id = $1 AND id = $2";
    CONFIRMED = "SELECT id, channel, sealed_address, sealed_code, replaces_id, confirmation_id, wrong_codes, created_at,
        expires_at FROM contact_wishes WHERE user_id = $1 AND confirmation_id = $2";
    SINCE = "SELECT COUNT(*) FROM contact_wishes WHERE user_id = $1 AND created_at > $2 AND sealed_address IS NOT NULL";
    WRONG = "UPDATE contact_wishes SET wrong_codes = wrong_codes + 1 WHERE user_id = $1 AND id = $2";
    AWAITS = "UPDATE contact_wishes SET confirmation_id = $3, sealed_code = NULL
        WHERE user_id = $1 AND id = $2 AND confirmation_id IS NULL";
    SWEEP = "DELETE FROM contact_wishes WHERE (user_id, id) IN (
        SELECT user_id, id FROM contact_wishes WHERE created_at <= $1 LIMIT 1000)";
}

/// Adds one; address and code are sealed.
pub fn insert(sql: &mut dyn Sql, sealer: &Sealer, wish: &Wish, nonces: Nonces) -> Result<(), Error> {
    let row = [wish.user.octets(), wish.id.octets()].concat();
    let seal = |field: &'static str, text: Option<&Secret<String>>, nonce| {
        text.map(|text| sealer.seal(&context(&row, field), text.expose().as_bytes(), nonce)).transpose()
    };
    let args = params![
        wish.user.octets(),
        wish.id.octets(),
        wish.channel.name(),
        seal("address", wish.address.as_ref(), nonces.address)?,
        seal("code", wish.code.as_ref(), nonces.code)?,
        wish.old.map(ContactId::octets),
        wish.confirmation.map(ConfirmationId::octets),
        wish.created_at.micros(),
        wish.expires_at.micros(),
    ];
    sql.apply(INSERT, &args)
}

/// One wish.
pub fn one(sql: &mut dyn Sql, sealer: &Sealer, user: UserId, id: ContactId) -> Result<Option<Wish>, Error> {
    sql.row(ONE, &params![user.octets(), id.octets()])?.map(|row| read(&row, sealer, user)).transpose()
}

/// The wish that a confirmation was about.
pub fn of_confirmation(
    sql: &mut dyn Sql,
    sealer: &Sealer,
    user: UserId,
    confirmation: ConfirmationId,
) -> Result<Option<Wish>, Error> {
    let found = sql.row(CONFIRMED, &params![user.octets(), confirmation.octets()])?;
    found.map(|row| read(&row, sealer, user)).transpose()
}

/// How many wishes with an address a user made after `since`.
pub fn made_since(sql: &mut dyn Sql, user: UserId, since: Timestamp) -> Result<u32, Error> {
    sql.one(SINCE, &params![user.octets(), since.micros()])?.u32(0)
}

/// Counts a wrong code.
pub fn wrong(sql: &mut dyn Sql, user: UserId, id: ContactId) -> Result<(), Error> {
    sql.apply(WRONG, &params![user.octets(), id.octets()])
}

/// Its code was right, and a confirmation is awaited. False where one was before.
pub fn awaits(sql: &mut dyn Sql, user: UserId, id: ContactId, confirmation: ConfirmationId) -> Result<bool, Error> {
    sql.changes_one(AWAITS, &params![user.octets(), id.octets(), confirmation.octets()])
}

/// Forgets a batch of those that were made before a moment; how many.
pub fn sweep(sql: &mut dyn Sql, before: Timestamp) -> Result<u64, Error> {
    sql.exec(SWEEP, &params![before.micros()])
}

fn read(row: &Row, sealer: &Sealer, user: UserId) -> Result<Wish, Error> {
    let id = ContactId::from(row.id16(0)?);
    let place = [user.octets(), id.octets()].concat();
    let open = |column: usize, field: &'static str| -> Result<Option<Secret<String>>, Error> {
        let Some(sealed) = row.opt_bytes(column)? else { return Ok(None) };
        let opened = sealer.open(&context(&place, field), sealed)?;
        let text = std::str::from_utf8(&opened).map_err(|_| row.corrupt(column, "a text"))?;
        Ok(Some(Secret::new(text.to_owned())))
    };
    Ok(Wish {
        user,
        id,
        channel: Channel::parse(row.text(1)?).ok_or_else(|| row.corrupt(1, "a channel"))?,
        address: open(2, "address")?,
        code: open(3, "code")?,
        old: row.opt_id16(4)?.map(Into::into),
        confirmation: row.opt_id16(5)?.map(Into::into),
        wrong_codes: row.u32(6)?,
        created_at: Timestamp::from_micros(row.i64(7)?),
        expires_at: Timestamp::from_micros(row.i64(8)?),
    })
}

fn context<'a>(row: &'a [u8], field: &'static str) -> Context<'a> {
    Context { table: "contact_wishes", row, field }
}
