//! Users and the names they go by.

use crate::{
    Ask, Error, Row, Sql,
    sql::{params, statements},
};
use domain::{
    Timestamp,
    device::recovery::Choice,
    id::{DeviceId, UserId},
    user::Username,
};

/// A user as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The id.
    pub id: UserId,
    /// The name.
    pub username: Username,
    /// The password's hash, a PHC string with its scheme and cost.
    /// Nothing where none was chosen yet: [`User::has_password`].
    pub password_phc: String,
    /// Since when the password is refused, after "it wasn't me".
    pub password_locked_at: Option<Timestamp>,
    /// The language of messages, a BCP 47 tag.
    pub locale: String,
    /// The device the user prefers; none is the oldest active permanent one.
    pub default_device: Option<DeviceId>,
    /// Pushes left unanswered since the last success, of all budgets together.
    pub unanswered_pushes: u32,
    /// Wrong answers that no password came before, since the user was last told of them.
    pub untold_answers: u32,
    /// Since when the user wishes more time for everything.
    pub unhurried_at: Option<Timestamp>,
    /// When the user was added.
    pub created_at: Timestamp,
}

impl User {
    /// Whether a password was chosen: a user who was only invited has none, and nothing typed is right.
    pub fn has_password(&self) -> bool {
        !self.password_phc.is_empty()
    }
}

statements! {
    NAME = "INSERT INTO usernames (username, user_id) VALUES ($1, $2)";
    INSERT = "INSERT INTO users (user_id, username, password_phc, password_locked_at, locale, default_device, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    BY_NAME = "SELECT user_id FROM usernames WHERE username = $1";
    WHOLE_BY_NAME = "SELECT user_id, username, password_phc, password_locked_at, locale, default_device, created_at,
        unanswered_pushes, untold_answers, unhurried_at FROM users
        WHERE user_id = (SELECT n.user_id FROM usernames n WHERE n.username = $1) AND erased_at IS NULL";
    BY_ID = "SELECT user_id, username, password_phc, password_locked_at, locale, default_device, created_at,
        unanswered_pushes, untold_answers, unhurried_at FROM users WHERE user_id = $1 AND erased_at IS NULL";
    PUSHED = "UPDATE users SET unanswered_pushes = unanswered_pushes + 1 WHERE user_id = $1";
    PUSH_ANSWERED = "UPDATE users SET unanswered_pushes = unanswered_pushes - 1
        WHERE user_id = $1 AND unanswered_pushes > 0";
    FORGET_PUSHES = "UPDATE users SET unanswered_pushes = 0 WHERE user_id = $1 AND unanswered_pushes > 0";
    UNTOLD = "UPDATE users SET untold_answers = untold_answers + 1 WHERE user_id = $1";
    TOLD = "UPDATE users SET untold_answers = 0 WHERE user_id = $1";
    SET_PASSWORD_HASH = "UPDATE users SET password_phc = $3 WHERE user_id = $1 AND password_phc = $2";
    LOCK_PASSWORD = "UPDATE users SET password_locked_at = $2 WHERE user_id = $1 AND password_locked_at IS NULL";
    UNLOCK_PASSWORD = "UPDATE users SET password_locked_at = NULL WHERE user_id = $1";
    SET_PASSWORD = "UPDATE users SET password_phc = $2, password_locked_at = NULL WHERE user_id = $1";
    USER_CODE = "SELECT user_code_phc FROM users WHERE user_id = $1";
    SET_USER_CODE = "UPDATE users SET user_code_phc = $2 WHERE user_id = $1";
    CODE_ALONE = "SELECT code_alone FROM users WHERE user_id = $1";
    SET_CODE_ALONE = "UPDATE users SET code_alone = $2 WHERE user_id = $1";
    SET_DEFAULT = "UPDATE users SET default_device = $2 WHERE user_id = $1";
    SET_UNHURRIED = "UPDATE users SET unhurried_at = $2 WHERE user_id = $1";
    SET_LOCALE = "UPDATE users SET locale = $2 WHERE user_id = $1 AND locale <> $2";
    PAGE = "SELECT user_id FROM usernames WHERE username > $1 ORDER BY username LIMIT $2";
}

/// Adds a user. [`Error::Unique`] when the name is taken.
pub fn insert(sql: &mut dyn Sql, user: &User) -> Result<(), Error> {
    sql.apply(NAME, &params![user.username.as_str(), user.id.octets()])?;
    let args = params![
        user.id.octets(),
        user.username.as_str(),
        &user.password_phc,
        user.password_locked_at.map(Timestamp::micros),
        &user.locale,
        user.default_device.map(DeviceId::octets),
        user.created_at.micros(),
    ];
    sql.apply(INSERT, &args)
}

/// The user of that name. An unknown name takes the same statements as a known one.
pub fn by_name(sql: &mut dyn Sql, username: &Username) -> Result<Option<User>, Error> {
    let id = id_by_name(sql, username)?.unwrap_or(UserId::NOBODY);
    by_id(sql, id)
}

/// [`by_name`] in one statement, for a unit that only reads: one that decides would have to run alone.
pub fn look_up(sql: &mut dyn Sql, username: &Username) -> Result<Option<User>, Error> {
    sql.row(WHOLE_BY_NAME, &params![username.as_str()])?.as_ref().map(read).transpose()
}

/// The id of the user of that name.
pub fn id_by_name(sql: &mut dyn Sql, username: &Username) -> Result<Option<UserId>, Error> {
    sql.row(BY_NAME, &params![username.as_str()])?.map(|row| Ok(row.id16(0)?.into())).transpose()
}

/// The user of that id.
pub fn by_id(sql: &mut dyn Sql, id: UserId) -> Result<Option<User>, Error> {
    ask_by_id(id).row(sql)?.as_ref().map(read).transpose()
}

/// What [`by_id`] reads.
#[must_use]
pub fn ask_by_id(id: UserId) -> Ask {
    Ask::new(BY_ID, params![id.octets()])
}

/// Up to `limit` users whose names follow `after`, by name.
pub fn page(sql: &mut dyn Sql, after: &str, limit: u32) -> Result<Vec<User>, Error> {
    let rows = sql.rows(PAGE, &params![after, limit])?;
    let mut users = Vec::with_capacity(rows.len());
    for row in rows {
        users.extend(by_id(sql, row.id16(0)?.into())?);
    }
    Ok(users)
}

/// Replaces a hash by one of higher cost, unless the password changed meanwhile.
pub fn rehash(sql: &mut dyn Sql, id: UserId, from: &str, to: &str) -> Result<bool, Error> {
    sql.changes_one(SET_PASSWORD_HASH, &params![id.octets(), from, to])
}

/// Refuses the password from now on.
pub fn lock_password(sql: &mut dyn Sql, id: UserId, now: Timestamp) -> Result<(), Error> {
    sql.apply(LOCK_PASSWORD, &params![id.octets(), now.micros()])
}

/// Takes the password again.
pub fn unlock_password(sql: &mut dyn Sql, id: UserId) -> Result<(), Error> {
    sql.apply(UNLOCK_PASSWORD, &params![id.octets()])
}

/// The hash of what the user says to a client so that its back end may ask (CIBA, `user_code`).
pub fn user_code(sql: &mut dyn Sql, user: UserId) -> Result<Option<String>, Error> {
    let row = ask_user_code(user).row(sql)?;
    Ok(row.map(|row| row.opt_text(0).map(|phc| phc.map(str::to_owned))).transpose()?.flatten())
}

/// What [`user_code`] reads.
#[must_use]
pub fn ask_user_code(user: UserId) -> Ask {
    Ask::new(USER_CODE, params![user.octets()])
}

/// Gives the user another password, which lifts the lock of the old one.
pub fn set_password(sql: &mut dyn Sql, user: UserId, phc: &str) -> Result<(), Error> {
    sql.exec(SET_PASSWORD, &params![user.octets(), phc]).map(|_| ())
}

/// Notes that the user wishes more time for everything, or does not any more.
pub fn set_unhurried(sql: &mut dyn Sql, user: UserId, since: Option<Timestamp>) -> Result<(), Error> {
    sql.apply(SET_UNHURRIED, &params![user.octets(), since.map(Timestamp::micros)])
}

/// Sets or clears the hash of [`user_code`].
pub fn set_user_code(sql: &mut dyn Sql, user: UserId, phc: Option<&str>) -> Result<(), Error> {
    sql.apply(SET_USER_CODE, &params![user.octets(), phc])
}

/// What the user said of coming back by a code alone.
pub fn code_alone(sql: &mut dyn Sql, user: UserId) -> Result<Option<Choice>, Error> {
    let Some(row) = sql.row(CODE_ALONE, &params![user.octets()])? else { return Ok(None) };
    Ok(row.opt_i64(0)?.map(|said| if said == 0 { Choice::Never } else { Choice::Allowed }))
}

/// Sets what [`code_alone`] reads.
pub fn set_code_alone(sql: &mut dyn Sql, user: UserId, choice: Choice) -> Result<(), Error> {
    sql.apply(SET_CODE_ALONE, &params![user.octets(), i64::from(choice == Choice::Allowed)])
}

/// Counts a push.
pub(crate) fn pushed(sql: &mut dyn Sql, id: UserId) -> Result<(), Error> {
    sql.apply(PUSHED, &params![id.octets()])
}

/// Counts a push as answered.
pub(crate) fn push_answered(sql: &mut dyn Sql, id: UserId) -> Result<(), Error> {
    sql.apply(PUSH_ANSWERED, &params![id.octets()])
}

/// Counts no push as unanswered any more.
pub(crate) fn forget_pushes(sql: &mut dyn Sql, id: UserId) -> Result<(), Error> {
    sql.apply(FORGET_PUSHES, &params![id.octets()])
}

/// Counts a wrong answer of which the user is to be told.
pub fn count_untold(sql: &mut dyn Sql, id: UserId) -> Result<(), Error> {
    sql.apply(UNTOLD, &params![id.octets()])
}

/// The user was told of every wrong answer.
pub fn forget_untold(sql: &mut dyn Sql, id: UserId) -> Result<(), Error> {
    sql.apply(TOLD, &params![id.octets()])
}

/// Sets the preferred device.
pub fn set_default_device(sql: &mut dyn Sql, id: UserId, device: DeviceId) -> Result<(), Error> {
    sql.apply(SET_DEFAULT, &params![id.octets(), device.octets()])
}

/// Sets the language of messages, a BCP 47 tag.
pub fn set_locale(sql: &mut dyn Sql, id: UserId, locale: &str) -> Result<(), Error> {
    sql.apply(SET_LOCALE, &params![id.octets(), locale])
}

fn read(row: &Row) -> Result<User, Error> {
    Ok(User {
        id: row.id16(0)?.into(),
        username: Username::parse(row.text(1)?).map_err(|_| row.corrupt(1, "a username"))?,
        password_phc: row.text(2)?.to_owned(),
        password_locked_at: row.opt_i64(3)?.map(Timestamp::from_micros),
        locale: row.text(4)?.to_owned(),
        default_device: row.opt_id16(5)?.map(DeviceId::from),
        created_at: Timestamp::from_micros(row.i64(6)?),
        unanswered_pushes: row.u32(7)?,
        untold_answers: row.u32(8)?,
        unhurried_at: row.opt_i64(9)?.map(Timestamp::from_micros),
    })
}
