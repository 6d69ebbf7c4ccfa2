//! Cases of the desk: what needs two people, and where it stands.

use crate::{
    Error, Row, Sql,
    seal::{Context, Sealer},
    sql::{params, statements},
};
use domain::{
    Timestamp,
    desk::{Act, CaseState},
    id::{CaseId, DeviceId, UserId},
};

/// A case as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskCase {
    /// Whom it is about.
    pub user: UserId,
    /// Its id.
    pub id: CaseId,
    /// What is to be done.
    pub act: Act,
    /// Where it stands.
    pub state: CaseState,
    /// The agent who proposed it.
    pub first: UserId,
    /// The agent who seconded or rejected it.
    pub second: Option<UserId>,
    /// Why.
    pub reason: String,
    /// How the identity was checked: which questions, never the answers.
    pub identity_check: String,
    /// The card that it is about.
    pub card: Option<DeviceId>,
    /// The device that showed who was on the line when it was proposed; none where answers to questions alone did.
    pub proof: Option<DeviceId>,
    /// What came of it.
    pub device: Option<DeviceId>,
    /// When it was proposed.
    pub created_at: Timestamp,
    /// When its state changed last.
    pub changed_at: Timestamp,
    /// Until when it waits in this state.
    pub until: Timestamp,
    /// The moment before which it is not carried out.
    pub not_before: Timestamp,
}

statements! {
    INSERT = "INSERT INTO desk_cases (user_id, id, act, state, first_id, second_id, sealed_reason, sealed_check, objection, device_id, created_at, changed_at, waits_until, not_before, card_id,
        proof_id) VALUES ($1, $2, $3, $4, $5, NULL, $6, $7, $8, NULL, $9, $9, $10, $11, $12, $13)";
    OWNER = "SELECT user_id FROM desk_cases WHERE id = $1";
    ONE = "SELECT user_id, id, act, state, first_id, second_id, sealed_reason, sealed_check, device_id, created_at,
        changed_at, waits_until, not_before, card_id, proof_id FROM desk_cases WHERE user_id = $1 AND id = $2";
    OF_OBJECTION = "SELECT user_id, id, act, state, first_id, second_id, sealed_reason, sealed_check, device_id,
        created_at, changed_at, waits_until, not_before, card_id, proof_id FROM desk_cases WHERE user_id = $1 AND objection = $2";
    OF_USER = "SELECT user_id, id, act, state, first_id, second_id, sealed_reason, sealed_check, device_id,
        created_at, changed_at, waits_until, not_before, card_id, proof_id FROM desk_cases WHERE user_id = $1 ORDER BY id";
    IN_STATE = "SELECT user_id, id, act, state, first_id, second_id, sealed_reason, sealed_check, device_id,
        created_at, changed_at, waits_until, not_before, card_id, proof_id FROM desk_cases WHERE state = $1
        ORDER BY waits_until, id LIMIT $2";
    PAGE = "SELECT user_id, id, act, state, first_id, second_id, sealed_reason, sealed_check, device_id,
        created_at, changed_at, waits_until, not_before, card_id, proof_id FROM desk_cases WHERE state = $1 AND id < $2
        ORDER BY id DESC LIMIT $3";
    DUE = "SELECT user_id, id FROM desk_cases WHERE state = $1 AND waits_until <= $2 LIMIT $3";
    PASS = "UPDATE desk_cases SET state = $4, second_id = $5, device_id = $6, waits_until = $7, changed_at = $8
        WHERE user_id = $1 AND id = $2 AND state = $3";
}

/// Adds a case, with the digest of the link by which its user may object.
pub fn insert(
    sql: &mut dyn Sql,
    sealer: &Sealer,
    case: &DeskCase,
    objection: [u8; 32],
    nonces: [[u8; 12]; 2],
) -> Result<(), Error> {
    let row = row_of(case.user, case.id);
    let [of_reason, of_check] = nonces;
    let args = params![
        case.user.octets(),
        case.id.octets(),
        case.act.name(),
        case.state.name(),
        case.first.octets(),
        sealer.seal(&context(&row, "reason"), case.reason.as_bytes(), of_reason)?,
        sealer.seal(&context(&row, "check"), case.identity_check.as_bytes(), of_check)?,
        objection,
        case.created_at.micros(),
        case.until.micros(),
        case.not_before.micros(),
        case.card.map(DeviceId::octets),
        case.proof.map(DeviceId::octets),
    ];
    sql.apply(INSERT, &args)
}

/// The case of an id, whosever it is.
pub fn by_id(sql: &mut dyn Sql, sealer: &Sealer, id: CaseId) -> Result<Option<DeskCase>, Error> {
    match sql.row(OWNER, &params![id.octets()])? {
        Some(row) => one(sql, sealer, row.id16(0)?.into(), id),
        None => Ok(None),
    }
}

/// A user's case.
pub fn one(sql: &mut dyn Sql, sealer: &Sealer, user: UserId, id: CaseId) -> Result<Option<DeskCase>, Error> {
    sql.row(ONE, &params![user.octets(), id.octets()])?.map(|row| read(&row, sealer)).transpose()
}

/// The case to which a user may object by a link of this digest.
pub fn of_objection(
    sql: &mut dyn Sql,
    sealer: &Sealer,
    user: UserId,
    digest: [u8; 32],
) -> Result<Option<DeskCase>, Error> {
    sql.row(OF_OBJECTION, &params![user.octets(), digest])?.map(|row| read(&row, sealer)).transpose()
}

/// Every case about a user, the oldest first.
pub fn of_user(sql: &mut dyn Sql, sealer: &Sealer, user: UserId) -> Result<Vec<DeskCase>, Error> {
    sql.rows(OF_USER, &params![user.octets()])?.iter().map(|row| read(row, sealer)).collect()
}

/// Cases of all users in a state, those first that wait the shortest.
pub fn in_state(sql: &mut dyn Sql, sealer: &Sealer, state: CaseState, limit: u32) -> Result<Vec<DeskCase>, Error> {
    sql.rows(IN_STATE, &params![state.name(), limit])?.iter().map(|row| read(row, sealer)).collect()
}

/// Cases of all users in a state, the newest first; those before one of them.
pub fn page(
    sql: &mut dyn Sql,
    sealer: &Sealer,
    state: CaseState,
    before: Option<CaseId>,
    limit: u32,
) -> Result<Vec<DeskCase>, Error> {
    let before = before.map_or([0xff; 16], CaseId::octets);
    sql.rows(PAGE, &params![state.name(), before, limit])?.iter().map(|row| read(row, sealer)).collect()
}

/// Cases in a state that they have waited in long enough.
pub fn due(sql: &mut dyn Sql, state: CaseState, now: Timestamp, limit: u32) -> Result<Vec<(UserId, CaseId)>, Error> {
    let rows = sql.rows(DUE, &params![state.name(), now.micros(), limit])?;
    rows.iter().map(|row| Ok((row.id16(0)?.into(), row.id16(1)?.into()))).collect()
}

/// Saves what became of a case, unless it changed meanwhile: `from` is the state that it was in.
pub fn pass(sql: &mut dyn Sql, case: &DeskCase, from: CaseState) -> Result<bool, Error> {
    let args = params![
        case.user.octets(),
        case.id.octets(),
        from.name(),
        case.state.name(),
        case.second.map(UserId::octets),
        case.device.map(DeviceId::octets),
        case.until.micros(),
        case.changed_at.micros(),
    ];
    sql.changes_one(PASS, &args)
}

fn read(row: &Row, sealer: &Sealer) -> Result<DeskCase, Error> {
    let (user, id) = (UserId::from(row.id16(0)?), CaseId::from(row.id16(1)?));
    let of = row_of(user, id);
    let open = |column: usize, field| {
        let plain = sealer.open(&context(&of, field), row.bytes(column)?)?;
        std::str::from_utf8(&plain).map(str::to_owned).map_err(|_| row.corrupt(column, "text"))
    };
    Ok(DeskCase {
        user,
        id,
        act: Act::parse(row.text(2)?).ok_or_else(|| row.corrupt(2, "an act of the desk"))?,
        state: CaseState::parse(row.text(3)?).ok_or_else(|| row.corrupt(3, "the state of a case"))?,
        first: row.id16(4)?.into(),
        second: row.opt_id16(5)?.map(Into::into),
        reason: open(6, "reason")?,
        identity_check: open(7, "check")?,
        device: row.opt_id16(8)?.map(Into::into),
        created_at: Timestamp::from_micros(row.i64(9)?),
        changed_at: Timestamp::from_micros(row.i64(10)?),
        until: Timestamp::from_micros(row.i64(11)?),
        not_before: Timestamp::from_micros(row.i64(12)?),
        card: row.opt_id16(13)?.map(Into::into),
        proof: row.opt_id16(14)?.map(Into::into),
    })
}

fn row_of(user: UserId, id: CaseId) -> Vec<u8> {
    [user.octets(), id.octets()].concat()
}

fn context<'a>(row: &'a [u8], field: &'static str) -> Context<'a> {
    Context { table: "desk_cases", row, field }
}
