//! What remains of a user who is erased. Every table stands in one list, with what becomes of the user's rows.

use crate::{
    Error, Sql, Stmt,
    sql::{params, statements},
};
use domain::{Timestamp, id::UserId, user::Username};

/// What becomes of a user's rows in a table.
#[derive(Debug, Clone, Copy)]
enum Fate {
    /// They stay, for this reason.
    Stays(&'static str),
    /// They are forgotten.
    Forgotten(Stmt),
    /// They stay without what is personal in them.
    Blanked(Stmt),
    /// They stay without what is personal in them, one by one by the caller.
    Rewritten(&'static str),
    /// By the key of another noun.
    Apart(&'static str),
}

use Fate::{Apart, Blanked, Forgotten, Rewritten, Stays};

const TABLES: &[(&str, Fate)] = &[
    ("schema_migrations", Stays("about the database itself")),
    ("pulse", Stays("about the database itself")),
    ("data_keys", Stays("keys of the server")),
    ("server_secrets", Stays("keys of the server")),
    ("signing_keys", Stays("who verifies an old receipt needs the key that signed it")),
    ("clients", Stays("programs, not users")),
    ("client_tokens", Stays("of clients, in their own name")),
    ("webhooks", Stays("of clients")),
    ("webhook_messages", Stays("they hold ids and states")),
    ("rates", Stays("about currencies")),
    ("accounts", Rewritten("those stay that others have a share in")),
    ("replays", Stays("digests, for minutes")),
    ("throttle", Stays("keyed digests, until they are full again")),
    ("authorization_requests", Stays("nobody is known yet; they die within minutes")),
    ("inventory", Stays("where a serial number went, by ids")),
    ("inventory_batches", Stays("of the depot")),
    ("inventory_events", Stays("about serial numbers, by ids")),
    ("erased_names", Apart("a keyed digest of the name comes in")),
    ("usernames", Apart("the name goes")),
    ("serials", Apart("given back when the devices end")),
    ("audit", Rewritten("what happened stays, without addresses, names and labels")),
    ("withdrawals", Rewritten("what was moved and what it takes up stays, without payees and accounts")),
    ("users", Blanked(USER)),
    ("devices", Blanked(DEVICES)),
    ("contacts", Forgotten(CONTACTS)),
    ("contact_changes", Forgotten(CONTACT_CHANGES)),
    ("contact_wishes", Forgotten(CONTACT_WISHES)),
    ("confirmations", Forgotten(CONFIRMATIONS)),
    ("evidence", Forgotten(EVIDENCE)),
    ("passkey_evidence", Forgotten(PASSKEY_EVIDENCE)),
    ("agents", Forgotten(AGENTS)),
    ("desk_cases", Forgotten(DESK_CASES)),
    ("calls", Forgotten(CALLS)),
    ("device_orders", Forgotten(DEVICE_ORDERS)),
    ("account_users", Forgotten(ACCOUNT_USERS)),
    ("own_limits", Forgotten(OWN_LIMITS)),
    ("transfer_rules", Forgotten(TRANSFER_RULES)),
    ("user_failures", Forgotten(USER_FAILURES)),
    ("unanswered_pushes", Forgotten(UNANSWERED_PUSHES)),
    ("push_subscriptions", Forgotten(PUSH_SUBSCRIPTIONS)),
    ("marks", Forgotten(MARKS)),
    ("places", Forgotten(PLACES)),
    ("sessions", Forgotten(SESSIONS)),
    ("phone_sessions", Forgotten(PHONE_SESSIONS)),
    ("codes", Forgotten(CODES)),
    ("tokens", Forgotten(TOKENS)),
    ("refresh_tokens", Forgotten(REFRESH_TOKENS)),
    ("grants", Forgotten(GRANTS)),
    ("backchannel_requests", Forgotten(BACKCHANNEL_REQUESTS)),
    ("activations", Forgotten(ACTIVATIONS)),
    ("invitations", Forgotten(INVITATIONS)),
    ("pin_changes", Forgotten(PIN_CHANGES)),
    ("new_pins", Forgotten(NEW_PINS)),
    ("password_links", Forgotten(PASSWORD_LINKS)),
    ("password_changes", Forgotten(PASSWORD_CHANGES)),
    ("outbox", Forgotten(OUTBOX)),
    // Clients are still told that sessions ended: that names ids alone.
    ("deliveries", Forgotten(DELIVERIES)),
];

statements! {
    USER = "UPDATE users SET username = '', password_phc = '', password_locked_at = NULL, locale = '', default_device = NULL,
        user_code_phc = NULL, unanswered_pushes = 0, untold_answers = 0, alarm_agent = NULL, alarm_taken_at = NULL WHERE user_id = $1";
    ERASED = "UPDATE users SET erased_at = $2 WHERE user_id = $1 AND erased_at IS NULL";
    DEVICES = "UPDATE devices SET label = class, serial = '', sealed_key = NULL, sealed_pin = NULL, sealed_approve = NULL,
        credential = NULL WHERE user_id = $1";
    CONTACTS = "DELETE FROM contacts WHERE user_id = $1";
    CONTACT_CHANGES = "DELETE FROM contact_changes WHERE user_id = $1";
    CONTACT_WISHES = "DELETE FROM contact_wishes WHERE user_id = $1";
    CONFIRMATIONS = "DELETE FROM confirmations WHERE user_id = $1";
    EVIDENCE = "DELETE FROM evidence WHERE user_id = $1";
    PASSKEY_EVIDENCE = "DELETE FROM passkey_evidence WHERE user_id = $1";
    DEVICE_ORDERS = "DELETE FROM device_orders WHERE user_id = $1";
    AGENTS = "DELETE FROM agents WHERE user_id = $1";
    CALLS = "DELETE FROM calls WHERE user_id = $1";
    DESK_CASES = "DELETE FROM desk_cases WHERE user_id = $1";
    ACCOUNT_USERS = "DELETE FROM account_users WHERE user_id = $1";
    OWN_LIMITS = "DELETE FROM own_limits WHERE user_id = $1";
    TRANSFER_RULES = "DELETE FROM transfer_rules WHERE user_id = $1";
    USER_FAILURES = "DELETE FROM user_failures WHERE user_id = $1";
    UNANSWERED_PUSHES = "DELETE FROM unanswered_pushes WHERE user_id = $1";
    PUSH_SUBSCRIPTIONS = "DELETE FROM push_subscriptions WHERE user_id = $1";
    MARKS = "DELETE FROM marks WHERE user_id = $1";
    PLACES = "DELETE FROM places WHERE user_id = $1";
    SESSIONS = "DELETE FROM sessions WHERE user_id = $1";
    PHONE_SESSIONS = "DELETE FROM phone_sessions WHERE user_id = $1";
    CODES = "DELETE FROM codes WHERE user_id = $1";
    TOKENS = "DELETE FROM tokens WHERE user_id = $1";
    REFRESH_TOKENS = "DELETE FROM refresh_tokens WHERE user_id = $1";
    GRANTS = "DELETE FROM grants WHERE user_id = $1";
    BACKCHANNEL_REQUESTS = "DELETE FROM backchannel_requests WHERE user_id = $1";
    ACTIVATIONS = "DELETE FROM activations WHERE user_id = $1";
    INVITATIONS = "DELETE FROM invitations WHERE user_id = $1";
    PIN_CHANGES = "DELETE FROM pin_changes WHERE user_id = $1";
    NEW_PINS = "DELETE FROM new_pins WHERE user_id = $1";
    PASSWORD_LINKS = "DELETE FROM password_links WHERE user_id = $1";
    PASSWORD_CHANGES = "DELETE FROM password_changes WHERE user_id = $1";
    OUTBOX = "DELETE FROM outbox WHERE user_id = $1";
    DELIVERIES = "DELETE FROM deliveries WHERE user_id = $1 AND kind IN ('mail', 'sms', 'push')";
    NAME = "DELETE FROM usernames WHERE username = $1 AND user_id = $2";
    KEEP_NAME = "INSERT INTO erased_names (digest, erased_at) VALUES ($1, $2)";
    IS_ERASED = "SELECT 1 FROM erased_names WHERE digest = $1";
}

/// Forgets whatever is personal of a user, but for what the caller rewrites. `digest`: a keyed digest of the name, which is
/// not given again. False where the user was erased before.
pub fn erase(
    sql: &mut dyn Sql,
    user: UserId,
    username: &Username,
    digest: [u8; 16],
    now: Timestamp,
) -> Result<bool, Error> {
    if !sql.changes_one(ERASED, &params![user.octets(), now.micros()])? {
        return Ok(false);
    }
    for (_, fate) in TABLES {
        if let Forgotten(stmt) | Blanked(stmt) = fate {
            sql.apply(*stmt, &params![user.octets()])?;
        }
    }
    sql.apply(NAME, &params![username.as_str(), user.octets()])?;
    sql.apply(KEEP_NAME, &params![digest, now.micros()])?;
    Ok(true)
}

/// Whether a user of this name was erased.
pub fn is_erased_name(sql: &mut dyn Sql, digest: [u8; 16]) -> Result<bool, Error> {
    Ok(sql.row(IS_ERASED, &params![digest])?.is_some())
}

/// Every table, and what remains there and why; nothing where the rows go.
pub fn tables() -> impl Iterator<Item = (&'static str, Option<&'static str>)> {
    TABLES.iter().map(|(name, fate)| match fate {
        Stays(reason) | Rewritten(reason) | Apart(reason) => (*name, Some(*reason)),
        Blanked(_) => (*name, Some("without what is personal")),
        Forgotten(_) => (*name, None),
    })
}
