//! Rows of the audit log: appended in the unit of work that they tell of, and never changed but for what
//! is forgotten of an erased user.

use crate::{
    Error, Row, Sql,
    sql::{params, statements},
};
use domain::{
    Timestamp,
    audit::{Kind, Record},
    id::{AuditId, UserId},
};

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// About whom; none for an unknown user.
    pub user: Option<UserId>,
    /// Its id, which sorts by time.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// What, by its stable name.
    pub kind: String,
    /// Details as a JSON object; nothing secret.
    pub detail: String,
}

/// A record that is to be appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// The row's id.
    pub id: AuditId,
    /// What it says.
    pub record: Record,
}

const NOBODY: [u8; 16] = [0; 16];

statements! {
    INSERT = "INSERT INTO audit (user_id, id, at, kind, detail) VALUES ($1, $2, $3, $4, $5)";
    INSERT_TWO = "INSERT INTO audit (user_id, id, at, kind, detail) VALUES ($1, $2, $5, $6, $7), ($3, $4, $5, $8, $9)";
    PAGE = "SELECT user_id, id, at, kind, detail FROM audit WHERE id < $1 ORDER BY id DESC LIMIT $2";
    PAGE_OF_USER = "SELECT user_id, id, at, kind, detail FROM audit WHERE user_id = $1 AND id < $2
        ORDER BY id DESC LIMIT $3";
    LAST_OF = "SELECT user_id, id, at, kind, detail FROM audit WHERE user_id = $1 AND kind IN ($2, $3)
        ORDER BY id DESC LIMIT 1";
    OWN = "SELECT user_id, id, at, kind, detail FROM audit WHERE user_id = $1 AND kind NOT IN (
        'password.accepted', 'password.refused', 'confirmation.offered', 'confirmation.device_chosen',
        'confirmation.code_sent', 'confirmation.returned_to_choice', 'confirmation.expired', 'confirmation.abandoned', 'activation.started',
        'activation.refused', 'activation.ended', 'backchannel.asked', 'backchannel.refused', 'message.failed',
        'authorization_code.redeemed', 'refresh_token.used')
        AND id < $2 ORDER BY id DESC LIMIT $3";
    COUNTED = "SELECT kind, COUNT(*), MIN(at), MAX(at) FROM audit WHERE user_id = $1 AND at > $2 AND kind IN (
        'password.accepted', 'password.refused', 'confirmation.offered', 'confirmation.device_chosen',
        'confirmation.code_sent', 'confirmation.returned_to_choice', 'confirmation.expired', 'confirmation.abandoned', 'activation.started',
        'activation.refused', 'activation.ended', 'backchannel.asked', 'backchannel.refused', 'message.failed')
        GROUP BY kind ORDER BY kind";
    LAST_OF_KIND = "SELECT user_id, id, at, kind, detail FROM audit WHERE user_id = $1 AND kind = $2 AND at = $3
        ORDER BY id DESC LIMIT 1";
    NEWS = "SELECT user_id, id, at, kind, detail FROM audit WHERE user_id = $1 AND id >= $2 AND kind IN (
        'device.added', 'device.state_changed', 'mark.set', 'device.pin_changed', 'password.changed',
        'user.password_set', 'contact.added', 'contact.replaced', 'contact.removed', 'contact.change_undone',
        'own_limits.lowered', 'own_limits.rise', 'two_devices.lowered', 'two_devices.rise', 'transfer_lock.opens',
        'recovery.code_alone_allowed', 'online_card.issued') ORDER BY id DESC LIMIT $3";
    FIRST_OF = "SELECT user_id, id, at, kind, detail FROM audit WHERE user_id = $1 AND kind = $2 ORDER BY id LIMIT 1";
    REWRITE = "UPDATE audit SET detail = $3 WHERE user_id = $1 AND id = $2";
    LATEST = "SELECT user_id, id, at, kind, detail FROM audit WHERE user_id = $1 ORDER BY id DESC LIMIT $2";
}

impl Entry {
    /// The row as a record; none when its kind or text is not of this version.
    pub fn record(&self) -> Option<Record> {
        Record::from_json(Kind::parse(&self.kind)?, self.user, &self.detail)
    }
}

/// Appends records of one moment, in their order; two in one statement.
pub fn append(sql: &mut dyn Sql, at: Timestamp, records: &[Noted]) -> Result<(), Error> {
    let key = |Noted { id, record }: &Noted| params![record.about.user.map_or(NOBODY, UserId::octets), id.octets()];
    let told = |Noted { record, .. }: &Noted| params![record.kind.name(), record.to_json()];
    for some in records.chunks(2) {
        let [keys, tells] = [some.iter().flat_map(key).collect::<Vec<_>>(), some.iter().flat_map(told).collect()];
        let args = [keys, params![at.micros()].into(), tells].concat();
        sql.apply(if some.len() == 2 { INSERT_TWO } else { INSERT }, &args)?;
    }
    Ok(())
}

/// Leaves of a row what may stay of a user who is erased.
pub fn rewrite(sql: &mut dyn Sql, user: UserId, id: AuditId, detail: &str) -> Result<(), Error> {
    sql.apply(REWRITE, &params![user.octets(), id.octets(), detail])
}

/// Inserts a row as it is, as benchmarks of the store do.
pub fn insert(sql: &mut dyn Sql, row: &Entry) -> Result<(), Error> {
    let user = row.user.map_or(NOBODY, UserId::octets);
    sql.exec(INSERT, &params![user, row.id.octets(), row.at.micros(), &row.kind, &row.detail]).map(|_| ())
}

/// The latest rows about a user (or about nobody), newest first.
pub fn latest(sql: &mut dyn Sql, user: Option<UserId>, limit: u32) -> Result<Vec<Entry>, Error> {
    let user = user.map_or(NOBODY, UserId::octets);
    sql.rows(LATEST, &params![user, limit])?.iter().map(read).collect()
}

/// Rows of one kind, as a count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The last of them.
    pub last: Entry,
    /// How many there are.
    pub count: u32,
    /// When the first of them was.
    pub since: Timestamp,
}

/// What the owner, a device or an operator did before an id, newest first, without the steps that lead to what is
/// recorded too ([`Kind::is_step`]).
pub fn own(sql: &mut dyn Sql, user: UserId, before: Option<AuditId>, limit: u32) -> Result<Vec<Entry>, Error> {
    let before = before.map_or([0xff; 16], AuditId::octets);
    sql.rows(OWN, &params![user.octets(), before, limit])?.iter().map(read).collect()
}

/// What anybody can cause ([`Kind::told_as_count`]), as a count of each kind since a moment: so it takes the place of
/// nothing in [`own`].
pub fn counted(sql: &mut dyn Sql, user: UserId, since: Timestamp) -> Result<Vec<Counted>, Error> {
    let mut all = Vec::new();
    for counted in sql.rows(COUNTED, &params![user.octets(), since.micros()])? {
        let last = sql.one(LAST_OF_KIND, &params![user.octets(), counted.text(0)?, counted.i64(3)?])?;
        let since = Timestamp::from_micros(counted.i64(2)?);
        all.push(Counted { last: read(&last)?, count: counted.u32(1)?, since });
    }
    Ok(all)
}

/// The last row about a user of one of two kinds.
pub fn last_of(sql: &mut dyn Sql, user: UserId, kinds: [Kind; 2]) -> Result<Option<Entry>, Error> {
    let [one, other] = kinds.map(Kind::name);
    sql.row(LAST_OF, &params![user.octets(), one, other])?.as_ref().map(read).transpose()
}

/// The first row about a user of a kind.
pub fn first_of(sql: &mut dyn Sql, user: UserId, kind: Kind) -> Result<Option<Entry>, Error> {
    sql.row(FIRST_OF, &params![user.octets(), kind.name()])?.as_ref().map(read).transpose()
}

/// Rows from an id on of the kinds that are news ([`domain::audit::news::KINDS`]), newest first.
pub fn news(sql: &mut dyn Sql, user: UserId, from: AuditId, limit: u32) -> Result<Vec<Entry>, Error> {
    sql.rows(NEWS, &params![user.octets(), from.octets(), limit])?.iter().map(read).collect()
}

/// Rows before an id, newest first: about a user, or about anybody.
pub fn page(sql: &mut dyn Sql, user: Option<UserId>, before: Option<AuditId>, limit: u32) -> Result<Vec<Entry>, Error> {
    let before = before.map_or([0xff; 16], AuditId::octets);
    let rows = match user {
        Some(user) => sql.rows(PAGE_OF_USER, &params![user.octets(), before, limit])?,
        None => sql.rows(PAGE, &params![before, limit])?,
    };
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Entry, Error> {
    let user = row.id16(0)?;
    Ok(Entry {
        user: (user != NOBODY).then(|| user.into()),
        id: row.id16(1)?.into(),
        at: Timestamp::from_micros(row.i64(2)?),
        kind: row.text(3)?.to_owned(),
        detail: row.text(4)?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::audit::news::KINDS;

    #[test]
    fn the_statement_names_what_is_news() {
        let named = |kind: &Kind| NEWS.sql().contains(&format!("'{}'", kind.name()));
        assert!(Kind::ALL.iter().all(|kind| named(kind) == KINDS.contains(kind)));
    }
}
