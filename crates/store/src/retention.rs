//! How long rows are kept: every table and its end of life, in one list, which the server's sweep carries out.
//!
//! What has an index by time is swept over all users, a batch at a time. What belongs to a user and has none is swept user by
//! user, by the user's own key: an index that every login moves would cost more than the walk.

use crate::{
    Error, Sql, backchannel, client_token, contact_wish, delivery, failure, inventory, invitation, new_pin, outbox,
    password, pin_change, replay, request,
    sql::{params, statements},
    throttle, webhook,
};
use domain::{Timestamp, contact_change::UNDONE_WITHIN, id::UserId, lockout::Budget};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);
const UNDONE: Duration = UNDONE_WITHIN.saturating_add(DAY);

/// Rows that one statement forgets at most; the statements over all users say the same number.
pub const BATCH: u64 = 1000;

/// Users of one unit of work.
const USERS_AT_ONCE: u32 = 20;

/// What an institution sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// How long what was confirmed is kept, with what phones signed and the sessions in which it was.
    pub history: Duration,
    /// How long a browser or program stays known unused.
    pub marks: Duration,
    /// How long a network or program stays familiar.
    pub places: Duration,
    /// How long a phone may lie unused before its session is over.
    pub phones: Duration,
}

/// How long rows are kept after the moment that ended them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    For(Duration),
    History,
    Marks,
    Places,
    Phones,
}

impl Kept {
    fn before(self, terms: &Terms, now: Timestamp) -> Timestamp {
        now.minus(match self {
            Self::For(duration) => duration,
            Self::History => terms.history,
            Self::Marks => terms.marks,
            Self::Places => terms.places,
            // A phone that comes a little late still hears that it lay unused.
            Self::Phones => terms.phones.saturating_add(30 * DAY),
        })
    }
}

/// Forgets a batch of what ended before a moment; how many rows.
type OfAll = fn(&mut dyn Sql, Timestamp) -> Result<u64, Error>;
/// Forgets what of a user's ended before a moment.
type OfUser = fn(&mut dyn Sql, UserId, Timestamp) -> Result<(), Error>;

/// The end of life of a table's rows.
#[derive(Debug, Clone, Copy)]
enum End {
    /// They stay, for this reason.
    Stays(&'static str),
    /// They are forgotten over all users.
    OfAll(Kept, OfAll),
    /// They are forgotten user by user.
    OfUser(Kept, OfUser),
}

/// Every table, and the end of life of its rows.
const TABLES: &[(&str, End)] = &[
    ("schema_migrations", End::Stays("about the database itself")),
    ("pulse", End::Stays("one row")),
    ("data_keys", End::Stays("what they sealed is opened by them")),
    ("server_secrets", End::Stays("one row each")),
    ("signing_keys", End::Stays("who verifies an old receipt needs the key that signed it")),
    ("clients", End::Stays("until an operator removes one")),
    ("usernames", End::Stays("as long as their user")),
    ("agents", End::Stays("the log names them, also those that have ended")),
    ("desk_cases", End::Stays("who let whom in, and why")),
    // Failures count for a day; the log keeps what was shown.
    ("calls", End::OfUser(MONTH, |sql, user, before| of_user(sql, CALLS, user, before))),
    ("users", End::Stays("what is kept of an erased one names it")),
    ("erased_names", End::Stays("no name is given twice")),
    // One that was replaced or removed: as long as that can be undone, and messages to it are on their way.
    ("contacts", End::OfUser(Kept::For(UNDONE), |sql, user, before| of_user(sql, CONTACTS, user, before))),
    ("contact_changes", End::OfUser(MONTH, |sql, user, before| of_user(sql, CONTACT_CHANGES, user, before))),
    // Counted for a day.
    ("contact_wishes", End::OfAll(Kept::For(DAY), contact_wish::sweep)),
    ("devices", End::Stays("the log and receipts name them, also those that have ended")),
    ("serials", End::Stays("until their device ends, which gives them back")),
    ("device_orders", End::Stays("what was mailed, and what is held back for it")),
    ("push_subscriptions", End::Stays("one row for each phone")),
    ("accounts", End::Stays("what the institution says of them last")),
    ("account_users", End::Stays("as long as the institution says so")),
    ("rates", End::Stays("one row for each currency")),
    ("own_limits", End::Stays("one row for each device")),
    ("transfer_rules", End::Stays("one row for each user")),
    ("audit", End::Stays("it is the record")),
    ("inventory", End::Stays("where each serial number went is asked for as long as the devices last")),
    ("inventory_events", End::Stays("it is the record of the depot")),
    // Its devices first: a file whose reading broke off.
    ("inventory_batches", End::OfAll(Kept::For(DAY), inventory::sweep)),
    ("replays", End::OfAll(Kept::For(Duration::ZERO), replay::sweep)),
    ("client_tokens", End::OfAll(Kept::For(Duration::ZERO), client_token::sweep)),
    ("throttle", End::OfAll(Kept::For(Duration::ZERO), throttle::sweep)),
    ("authorization_requests", End::OfAll(Kept::For(Duration::ZERO), request::sweep)),
    ("new_pins", End::OfAll(Kept::For(Duration::ZERO), new_pin::sweep)),
    ("password_links", End::OfAll(Kept::For(Duration::ZERO), password::sweep_links)),
    ("password_changes", End::OfAll(Kept::For(Duration::ZERO), password::sweep)),
    ("pin_changes", End::OfAll(Kept::For(Duration::ZERO), pin_change::sweep)),
    // One that is over is still told apart from one that never was.
    ("backchannel_requests", End::OfAll(Kept::For(HOUR), backchannel::sweep)),
    // Its page may still be open.
    ("invitations", End::OfAll(Kept::For(HOUR), invitation::sweep)),
    // A delivery that is under way still finds that it was ended.
    ("webhooks", End::OfAll(MONTH, webhook::sweep)),
    ("webhook_messages", End::OfAll(MONTH, webhook::forget)),
    // For whoever looks into trouble.
    ("deliveries", End::OfAll(Kept::For(Duration::from_secs(7 * 86_400)), delivery::sweep)),
    ("outbox", End::OfAll(Kept::For(Duration::from_secs(7 * 86_400)), outbox::sweep)),
    ("confirmations", End::OfUser(Kept::History, |sql, user, before| of_user(sql, CONFIRMATIONS, user, before))),
    ("evidence", End::OfUser(Kept::History, |sql, user, before| of_user(sql, EVIDENCE, user, before))),
    ("passkey_evidence", End::OfUser(Kept::History, |sql, user, before| of_user(sql, PASSKEYS, user, before))),
    ("sessions", End::OfUser(Kept::History, |sql, user, before| of_user(sql, SESSIONS, user, before))),
    ("withdrawals", End::OfUser(Kept::History, |sql, user, before| of_user(sql, WITHDRAWALS, user, before))),
    ("codes", End::OfUser(MONTH, |sql, user, before| of_user(sql, CODES, user, before))),
    ("tokens", End::OfUser(MONTH, |sql, user, before| of_user(sql, TOKENS, user, before))),
    ("refresh_tokens", End::OfUser(MONTH, |sql, user, before| of_user(sql, REFRESH_TOKENS, user, before))),
    // After its tokens, by which it is still asked for, and its session, whose end its client is told.
    ("grants", End::OfUser(MONTH, |sql, user, before| of_user(sql, GRANTS, user, before))),
    ("phone_sessions", End::OfUser(Kept::Phones, |sql, user, before| of_user(sql, PHONE_SESSIONS, user, before))),
    ("activations", End::OfUser(MONTH, |sql, user, before| of_user(sql, ACTIVATIONS, user, before))),
    ("marks", End::OfUser(Kept::Marks, |sql, user, before| of_user(sql, MARKS, user, before))),
    ("places", End::OfUser(Kept::Places, |sql, user, before| of_user(sql, PLACES, user, before))),
    // Of browsers and programs that are known no more. Those of strangers and back ends stay until a success.
    ("user_failures", End::OfUser(Kept::Marks, |sql, user, _| failures(sql, user))),
    ("unanswered_pushes", End::OfUser(Kept::Marks, |sql, user, before| of_user(sql, PUSHES, user, before))),
];

const MONTH: Kept = Kept::For(Duration::from_secs(30 * 86_400));

statements! {
    CALLS = "DELETE FROM calls WHERE user_id = $1 AND ended_at <= $2";
    CONTACTS = "DELETE FROM contacts WHERE user_id = $1 AND left_at IS NOT NULL AND left_at <= $2";
    CONTACT_CHANGES = "DELETE FROM contact_changes WHERE user_id = $1 AND at <= $2";
    CONFIRMATIONS = "DELETE FROM confirmations WHERE user_id = $1 AND ended_at IS NOT NULL AND ended_at <= $2";
    EVIDENCE = "DELETE FROM evidence WHERE user_id = $1 AND at <= $2";
    PASSKEYS = "DELETE FROM passkey_evidence WHERE user_id = $1 AND at <= $2";
    SESSIONS = "DELETE FROM sessions WHERE user_id = $1 AND ended_at IS NOT NULL AND ended_at <= $2";
    WITHDRAWALS = "DELETE FROM withdrawals WHERE user_id = $1 AND changed_at <= $2";
    CODES = "DELETE FROM codes WHERE user_id = $1 AND expires_at <= $2";
    TOKENS = "DELETE FROM tokens WHERE user_id = $1 AND expires_at <= $2";
    REFRESH_TOKENS = "DELETE FROM refresh_tokens WHERE user_id = $1 AND expires_at <= $2";
    GRANTS = "DELETE FROM grants WHERE user_id = $1 AND created_at <= $2
        AND NOT EXISTS (SELECT 1 FROM tokens WHERE tokens.user_id = $1 AND tokens.grant_id = grants.id)
        AND NOT EXISTS (SELECT 1 FROM refresh_tokens
            WHERE refresh_tokens.user_id = $1 AND refresh_tokens.grant_id = grants.id)
        AND NOT EXISTS (SELECT 1 FROM sessions
            WHERE sessions.user_id = $1 AND sessions.id = grants.session_id AND sessions.ended_at IS NULL)";
    PHONE_SESSIONS = "DELETE FROM phone_sessions WHERE user_id = $1 AND last_seen_at <= $2";
    ACTIVATIONS = "DELETE FROM activations WHERE user_id = $1 AND ended_at IS NOT NULL AND ended_at <= $2";
    MARKS = "DELETE FROM marks WHERE user_id = $1 AND last_seen_at <= $2";
    PLACES = "DELETE FROM places WHERE user_id = $1 AND last_seen_at <= $2";
    FAILURES = "DELETE FROM user_failures WHERE user_id = $1
        AND budget NOT IN (SELECT id FROM marks WHERE marks.user_id = $1) AND budget NOT IN ($1, $2, $3)";
    PUSHES = "DELETE FROM unanswered_pushes WHERE user_id = $1 AND budget LIKE 'mark:%'
        AND last_at <= $2";
    USERS = "SELECT user_id FROM users WHERE user_id > $1 ORDER BY user_id LIMIT $2";
}

fn of_user(sql: &mut dyn Sql, forget: crate::Stmt, user: UserId, before: Timestamp) -> Result<(), Error> {
    sql.apply(forget, &params![user.octets(), before.micros()])
}

fn failures(sql: &mut dyn Sql, user: UserId) -> Result<(), Error> {
    let [strangers, without_password] = [Budget::Strangers, Budget::WithoutPassword].map(failure::key);
    sql.apply(FAILURES, &params![user.octets(), strangers, without_password])
}

/// Every table, and why its rows stay where they do.
pub fn tables() -> impl Iterator<Item = (&'static str, Option<&'static str>)> {
    TABLES.iter().map(|(name, end)| match end {
        End::Stays(reason) => (*name, Some(*reason)),
        End::OfAll(..) | End::OfUser(..) => (*name, None),
    })
}

/// Forgets a batch of each table that is swept over all users. True while there is more.
pub fn sweep(sql: &mut dyn Sql, terms: &Terms, now: Timestamp) -> Result<bool, Error> {
    let mut more = false;
    for (_, end) in TABLES {
        if let End::OfAll(kept, forget) = end {
            more |= forget(sql, kept.before(terms, now))? >= BATCH;
        }
    }
    Ok(more)
}

/// Forgets what is over of the users behind one; the last of them, or none when all were seen.
pub fn sweep_users(sql: &mut dyn Sql, terms: &Terms, after: UserId, now: Timestamp) -> Result<Option<UserId>, Error> {
    let mut last = None;
    for row in sql.rows(USERS, &params![after.octets(), USERS_AT_ONCE])? {
        let user = UserId::from(row.id16(0)?);
        for (_, end) in TABLES {
            if let End::OfUser(kept, forget) = end {
                forget(sql, user, kept.before(terms, now))?;
            }
        }
        last = Some(user);
    }
    Ok(last)
}
