//! What a statement does, read off its text: which table, whether it writes, and by which column it is found.
//!
//! From this follows what protects a unit of work (`docs/decisions/0008-unit-of-work.md`): rows of a user are protected
//! by that user's version, and the few tables that belong to nobody guard themselves in their statements.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::{Stmt, Val};

/// How the rows of a table are protected from units that meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protection {
    /// By the version of the user they belong to: whoever writes one raises it. Every table that is not named below.
    User,
    /// They belong to a user, but no unit decides anything on them except by their own compare-and-set.
    Appended,
    /// They belong to nobody, and each statement that changes one says on what condition.
    Shared,
}

/// Tables of users' rows on which no unit decides, each with its reason.
pub(crate) const APPENDED: &[(&str, &str)] = &[
    ("audit", "rows are added and never changed"),
    ("outbox", "rows are added; what became of one is noted while it reads as it was read"),
    ("deliveries", "rows are added; a node claims one by the moment it is due"),
];

/// Tables that belong to no user, each with what guards a row.
pub(crate) const SHARED: &[(&str, &str)] = &[
    ("schema_migrations", "changed under a lock of the whole database"),
    ("data_keys", "unique ids; a wrapping is replaced while it is the one that was read"),
    ("server_secrets", "the first of a name stays"),
    ("signing_keys", "unique ids; an end is noted while it is null"),
    ("usernames", "unique names"),
    ("erased_names", "unique digests; the first stays"),
    ("serials", "unique numbers of a class; one is given back by the device that holds it"),
    ("pulse", "one row, which the last to write has; no unit decides on it"),
    ("authorization_requests", "random digests; taken while it was not taken, opened in the browser that was first"),
    ("replays", "the first of a digest stays"),
    ("clients", "changed while it reads as it was read"),
    ("client_tokens", "random digests; taken back by the client that holds one, and never changed"),
    ("webhooks", "random ids; ended by the client that has it, while it is not ended"),
    (
        "webhook_messages",
        "random ids; what came of one is noted by the node that has its delivery, and decides nothing",
    ),
    ("accounts", "the institution's word, the last one holds; no unit decides on it and writes another row"),
    ("rates", "one that is older than what is known is not taken"),
    ("inventory", "unique numbers; changed while it has the version that was read"),
    ("inventory_events", "one for each version of a serial number"),
    ("inventory_batches", "random ids; ready or given up while it is neither"),
    ("throttle", "a token is taken only while there is one"),
];

/// What a statement is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    /// It reads.
    Read,
    /// It adds exactly one row, or fails.
    Insert,
    /// It writes, and only its count or its rows say how much.
    Write,
}

/// What a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Effect {
    pub(crate) verb: Verb,
    /// The table; empty when it names none.
    pub(crate) table: &'static str,
    /// Whether it names no other table.
    single: bool,
    /// The column that `$1` is compared with, or put into.
    pub(crate) leading: Option<&'static str>,
    /// Whether it answers rows of what it wrote.
    pub(crate) returning: bool,
}

impl Effect {
    /// That of a statement. Statements outside of the registry are those of tests; they are read each time.
    pub(crate) fn of(stmt: Stmt) -> Self {
        static EFFECTS: LazyLock<HashMap<&'static str, Effect>> =
            LazyLock::new(|| crate::statements().map(|stmt| (stmt.name(), read(stmt.sql()))).collect());
        EFFECTS.get(stmt.name()).copied().unwrap_or_else(|| read(stmt.sql()))
    }

    pub(crate) fn protection(self) -> Protection {
        let within = |list: &[(&str, &str)]| list.iter().any(|(name, _)| *name == self.table);
        if within(SHARED) || self.table.is_empty() {
            Protection::Shared
        } else if within(APPENDED) {
            Protection::Appended
        } else {
            Protection::User
        }
    }

    /// The one user whose rows it is about; none when it is about several users' rows, or nobody's.
    pub(crate) fn user(self, args: &[Val]) -> Option<&Val> {
        args.first().filter(|_| self.leading == Some("user_id"))
    }

    /// Whether what it reads may be what another statement wrote.
    pub(crate) fn may_see(self, args: &[Val], write: Self, written: &[Val]) -> bool {
        if !self.single {
            return true;
        }
        let apart = self.leading.is_some() && self.leading == write.leading && args.first() != written.first();
        self.table == write.table && !apart
    }
}

fn read(sql: &'static str) -> Effect {
    let words: Vec<&'static str> =
        sql.split(|c: char| !c.is_alphanumeric() && !['_', '$', '='].contains(&c)).filter(|w| !w.is_empty()).collect();
    // What is read from may be a query.
    let is_table = |word: &&str| !word.eq_ignore_ascii_case("SELECT");
    let is = |at: usize, word: &str| words.get(at).is_some_and(|found| found.eq_ignore_ascii_case(word));
    let names = |at: &usize| {
        is(*at, "FROM") || is(*at, "JOIN") || is(*at, "INTO") || (is(*at, "UPDATE") && !is(*at + 1, "SET"))
    };
    let mut tables: Vec<&'static str> =
        (0..words.len()).filter(names).filter_map(|at| words.get(at + 1).copied()).filter(is_table).collect();
    let table = tables.first().copied().unwrap_or_default();
    tables.dedup();
    let conflict = (0..words.len()).any(|at| is(at, "CONFLICT"));
    let many = sql.matches("VALUES").count() != 1 || sql.contains("), (");
    let verb = match words.first() {
        Some(first) if first.eq_ignore_ascii_case("SELECT") => Verb::Read,
        Some(first) if first.eq_ignore_ascii_case("INSERT") && !conflict && !many => Verb::Insert,
        _ => Verb::Write,
    };
    Effect {
        verb,
        table,
        single: tables.len() <= 1,
        leading: leading(&words),
        returning: verb != Verb::Read && (0..words.len()).any(|at| is(at, "RETURNING")),
    }
}

/// Of an `INSERT` the first column, if `$1` is put into it; of others the column that `$1` is compared with first.
fn leading(words: &[&'static str]) -> Option<&'static str> {
    let place = |word: &str| words.iter().position(|found| found.eq_ignore_ascii_case(word));
    if let (Some(0), Some(values)) = (place("INSERT"), place("VALUES")) {
        let first = words.get(values + 1).is_some_and(|value| *value == "$1");
        return words.get(3).copied().filter(|_| first);
    }
    let condition = words.get(place("WHERE")?..)?;
    condition.windows(3).find_map(|found| match found {
        [column, "=", "$1"] => Some(*column),
        _ => None,
    })
}

/// The users whose version a unit has raised, since it writes their rows.
#[derive(Debug, Default)]
pub(crate) struct Raised(Vec<Val>);

impl Raised {
    /// That of a unit whose guard has raised one already.
    pub(crate) fn of(user: Val) -> Self {
        Self(vec![user])
    }

    /// The user whose version must be raised before a statement runs.
    pub(crate) fn due(&mut self, stmt: Stmt, args: &[Val]) -> Option<Val> {
        let effect = Effect::of(stmt);
        if effect.verb == Verb::Read || effect.protection() != Protection::User {
            return None;
        }
        let user = effect.user(args).filter(|user| !self.0.contains(user))?.clone();
        self.0.push(user.clone());
        Some(user)
    }

    /// It could not be raised.
    pub(crate) fn forget(&mut self, user: &Val) {
        self.0.retain(|raised| raised != user);
    }
}
