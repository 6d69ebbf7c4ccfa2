//! What protects each row: every table and every statement of the registry is gone through.

use super::schema::WITHOUT_USER;
use super::{Fixture, MIGRATIONS};
use crate::effect::{APPENDED, Effect, Protection, SHARED, Verb};
use crate::guard;
use crate::record::{Expected, Write};
use crate::sql::params;

/// `countersign restore` holds the lock of a server on the file, so none decides meanwhile.
const COPY: &str = "of a copy that no server works on yet";

/// Statements that write rows of several users and raise no version, each with the reason why no decision may rest on
/// what they take away.
const OF_MANY: &[(&str, &str)] = &[
    ("store::backchannel::SWEEP", "of no use any more: whoever redeems one expects to find it"),
    ("store::contact_wish::SWEEP", "a day old: its code and its confirmation are over by then"),
    ("store::invitation::SWEEP", "over long ago: whoever takes one up looks at its time"),
    ("store::new_pin::SWEEP", "of no use any more: its confirmation is over by then"),
    ("store::password::SWEEP", "of no use any more: whoever takes one expects to find it"),
    ("store::password::SWEEP_LINKS", "of no use any more: whoever uses one up looks at its time"),
    ("store::pin_change::SWEEP", "of no use any more: whoever ends one expects to find it"),
    ("store::restored::ACTIVATIONS", COPY),
    ("store::restored::CODES", COPY),
    ("store::restored::GRANTS", COPY),
    ("store::restored::INVITATIONS", COPY),
    ("store::restored::MARKS", COPY),
    ("store::restored::PASSWORD_LINKS", COPY),
    ("store::restored::PHONE_SESSIONS", COPY),
    ("store::restored::SESSIONS", COPY),
    ("store::restored::TOKENS", COPY),
];

/// Statements that read rows of several users; a unit that uses one runs alone.
const READ_OF_MANY: &[&str] = &[
    "store::account::USERS",
    "store::activation::OVERDUE",
    "store::agent::LIST",
    "store::alarm::COUNT",
    "store::alarm::PAGE",
    "store::confirmation::OVERDUE",
    "store::contact::BY_LOOKUP",
    "store::contact::NOT_FILED",
    "store::call::BY_ID",
    "store::desk_case::DUE",
    "store::desk_case::IN_STATE",
    "store::desk_case::OWNER",
    "store::desk_case::PAGE",
    "store::device::LENT",
    "store::device_order::BY_ID",
    "store::device_order::DUE",
    "store::device_order::IN_STATE",
    "store::device_order::PAGE",
    "store::device_order::PAGE_OF_STATE",
    "store::retention::USERS",
    "store::session::OVER",
    "store::user::WHOLE_BY_NAME",
    "store::withdrawal::OWNER",
];

#[test]
fn every_table_is_protected_by_its_user_or_says_what_guards_it() {
    let fixture = Fixture::sqlite(false);
    let tables = fixture.open_with(MIGRATIONS).tables().unwrap();
    let mut shared: Vec<_> = SHARED.iter().map(|(name, _)| *name).collect();
    let mut without: Vec<_> = WITHOUT_USER.iter().map(|(name, _)| *name).collect();
    shared.sort_unstable();
    without.sort_unstable();
    assert_eq!(shared, without, "a table without users guards its rows itself");
    for (name, _) in APPENDED {
        assert!(tables.iter().any(|table| table.name == *name), "{name} is gone: strike it from the list");
    }
}

#[test]
fn every_statement_that_writes_a_users_rows_names_the_user() {
    let mut of_many = Vec::new();
    for stmt in crate::statements().filter(|stmt| !guard::is_own(*stmt)) {
        let effect = Effect::of(stmt);
        assert!(!effect.table.is_empty(), "{}: which table?", stmt.name());
        if effect.protection() == Protection::User && effect.leading != Some("user_id") {
            of_many.push((stmt.name(), effect.verb == Verb::Read));
        }
    }
    of_many.sort_unstable();
    let mut known: Vec<_> = OF_MANY.iter().map(|(name, _)| (*name, false)).collect();
    known.extend(READ_OF_MANY.iter().map(|name| (*name, true)));
    known.sort_unstable();
    assert_eq!(of_many, known, "begin the condition with `user_id = $1`, or say why no decision rests on it");
}

#[test]
fn effects_are_read_off_the_text() {
    let read = |sql| Effect::of(crate::Stmt::registered("probe", sql));
    let insert = read("INSERT INTO devices (user_id, id) VALUES ($1, $2)");
    assert_eq!((insert.verb, insert.table, insert.leading), (Verb::Insert, "devices", Some("user_id")));
    for several in [
        "INSERT INTO places (user_id, place) VALUES ($1, $2), ($1, $3)",
        "INSERT INTO replays (digest, expires_at) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING",
        "INSERT INTO marks (user_id) SELECT user_id FROM users WHERE user_id = $1",
        "WITH gone AS (DELETE FROM marks WHERE user_id = $1 RETURNING id) SELECT id FROM gone",
    ] {
        assert_eq!(read(several).verb, Verb::Write, "{several}");
    }
    let update = read("UPDATE users SET locale = $2 WHERE user_id = $1 AND locale <> $2");
    assert_eq!((update.table, update.leading, update.returning), ("users", Some("user_id"), false));
    assert_eq!(read("UPDATE users SET locale = $1 WHERE username = $2").leading, None);
    assert!(read("UPDATE users SET version = $2 WHERE user_id = $1 RETURNING version").returning);
}

#[test]
fn a_read_may_see_a_write_to_the_same_rows_only() {
    let read = |sql| Effect::of(crate::Stmt::registered("probe", sql));
    let (take, look) = (read("UPDATE throttle SET full_at = 0 WHERE bucket = $1"), "FROM throttle WHERE bucket = $1");
    let look = read(Box::leak(format!("SELECT full_at {look}").into_boxed_str()));
    let (one, other) = (params![[1; 16]], params![[2; 16]]);
    assert!(look.may_see(&one, take, &one));
    assert!(!look.may_see(&one, take, &other));
    let all = read("SELECT full_at FROM throttle");
    assert!(all.may_see(&[], take, &one));
    assert!(read("SELECT m.id FROM marks AS m JOIN throttle AS t ON t.bucket = m.id").may_see(&one, take, &other));
    assert!(!read("SELECT id FROM marks WHERE user_id = $1").may_see(&one, take, &one));
}

/// Whoever changes several does it in one order, so the whole key says where a row is.
#[test]
fn a_row_that_belongs_to_nobody_has_its_place_by_its_whole_key() {
    let place = |sql, args: &[crate::Val]| {
        Write { stmt: crate::Stmt::registered("probe", sql), args: args.to_vec(), expected: Expected::Any }.place()
    };
    let claim = |number: &str| {
        let sql = "INSERT INTO serials (class, serial, user_id, device_id) VALUES ($1, $2, $3, $4)";
        place(sql, &params!["gold", number, [9; 16], [9; 16]])
    };
    let release = |number: &str| {
        place(
            "DELETE FROM serials WHERE class = $1 AND serial = $2 AND device_id = $3",
            &params!["gold", number, [1; 16]],
        )
    };
    assert!(claim("1") < claim("2"));
    assert_eq!(claim("1"), release("1"), "by nothing but the key: what is done to a row stays in its order");
    let take = |full_at: i64| place("UPDATE throttle SET full_at = $2 WHERE bucket = $1", &params![[1; 16], full_at]);
    assert_eq!(take(1), take(2));
}
