//! The only crate that knows SQL.
//!
//! [`Store::write`] and [`Store::read`] run one synchronous closure as one transaction: a unit of work, which may run
//! again. [`Store::unit`] runs one about one user that only decides: what it reads is fetched at once, what it writes is
//! sent at once and behind the user's version. There is no ORM, no repository trait and no second copy of any statement; a driver per database takes the
//! same texts.
//!
//! # Adding a noun
//!
//! 1. **Table**: add `migrations/NNNN_what.sql` (never touch a released one) and its name to [`MIGRATIONS`]. Words are
//!    PostgreSQL's: `BIGINT`, `TEXT`, `BYTEA`, and nothing else. Every statement ends in `;`. Ids are 16 bytes, times
//!    are integer microseconds given by the caller, a flag is a nullable `…_at`. A table that belongs to a user has a
//!    primary key that begins with `user_id`; one that does not is named in `src/tests/schema.rs` with its reason. No
//!    `DEFERRABLE` keys: a unit must fail by itself and not by its commit.
//! 2. **File**: add `src/noun.rs` with one `statements!` block and functions
//!    `pub fn verb(sql: &mut dyn Sql, …) -> Result<…, Error>` around it, `mod noun;` below, and the name in the
//!    `registry!` list. (Forgotten there, `noun::ALL` is dead code, which the compiler and a test report.)
//! 3. **SQL both databases read**: `$1`, `ON CONFLICT … DO UPDATE`, `RETURNING`, keyset paging, `CAST(SUM(…) AS BIGINT)`
//!    and `CAST($1 AS BIGINT) + $2`; no `now()`, no JSON operators, no `BOOLEAN`. Compare-and-set is
//!    `UPDATE … WHERE … AND version = $n` by [`Sql::changes_one`]; a write whose count does not matter is
//!    [`Sql::apply`]. A statement about a user's rows begins its condition with `user_id = $1`: by that the rows are
//!    protected (`src/effect.rs`), and a test goes through all statements.
//! 4. **Reads** of a path that many take get an `ask_…` function beside them.
//! 5. **Secrets** go through [`seal`] before they are bound.

mod driver;
mod effect;
mod error;
mod guard;
pub mod holding;
pub mod migrate;
mod record;
pub mod seal;
mod signal;
pub mod sql;
mod store;
mod unit;

pub mod account;
pub mod activation;
pub mod agent;
pub mod alarm;
pub mod audit;
pub mod backchannel;
pub mod call;
pub mod client;
pub mod client_token;
pub mod code;
pub mod confirmation;
pub mod contact;
pub mod contact_change;
pub mod contact_wish;
pub mod delivery;
pub mod desk_case;
pub mod device;
pub mod device_order;
pub mod erasure;
pub mod evidence;
pub mod failure;
pub mod grant;
pub mod inventory;
pub mod invitation;
mod json;
mod many;
pub mod mark;
pub mod new_pin;
pub mod outbox;
pub mod own_limit;
pub mod passkey_evidence;
pub mod password;
pub mod phone_session;
pub mod pin_change;
pub mod place;
pub mod pulse;
pub mod push;
pub mod pushes;
pub mod rate;
pub mod refresh;
pub mod replay;
pub mod request;
pub mod restored;
pub mod retention;
pub mod secret;
pub mod session;
pub mod throttle;
pub mod token;
pub mod transfer_rule;
pub mod user;
pub mod webhook;
pub mod withdrawal;

pub use crate::error::Error;
pub use crate::migrate::{Fit, Migration, MigrationError};
pub use crate::signal::Watch;
pub use crate::sql::{Ask, Row, Sql, Stmt, Val};
pub use crate::store::{Column, Options, Store, Table, UnitSpec, shown};
pub use crate::unit::Counts;

/// How long a moment that is only told, such as a device's last use, may stand before a later one takes its place: so what
/// is used again and again is not written each time.
const SELDOM: std::time::Duration = std::time::Duration::from_secs(60);

/// The schema, in order.
pub const MIGRATIONS: &[Migration] = migrate::migrations![
    "0000_core",
    "0001_login",
    "0002_phone",
    "0003_oidc",
    "0004_provider",
    "0005_backchannel",
    "0006_push",
    "0007_app",
    "0008_pin_changes",
    "0009_taken_up",
    "0010_messages",
    "0011_unit_of_work",
    "0012_operator",
    "0013_pushes",
    "0014_reload",
    "0015_wrong_answers",
    "0017_money",
    "0018_fewer_indexes",
    "0019_api",
    "0021_own_rules",
    "0022_webhooks",
    "0023_passkeys",
    "0024_inventory",
    "0025_new_pins",
    "0026_device_orders",
    "0027_passwords",
    "0028_phone_life",
    "0030_contacts",
    "0031_erased_users",
    "0032_everyday",
    "0033_desk",
    "0034_orders_by_back_ends",
    "0035_printed_cards",
    "0036_desk_api",
    "0037_contact_lookup",
    "0038_calls",
    "0040_queues",
];

/// Collects the statements of the named modules.
macro_rules! registry {
    ($($module:path),+ $(,)?) => {
        /// Every statement this program can run.
        pub fn statements() -> impl Iterator<Item = Stmt> {
            // A module is named by path so that submodules can be listed too.
            [$({ use $module as module; module::ALL }),+].into_iter().flatten().copied()
        }
    };
}

registry![
    crate::migrate,
    crate::guard,
    crate::seal,
    crate::account,
    crate::activation,
    crate::agent,
    crate::alarm,
    crate::audit,
    crate::backchannel,
    crate::call,
    crate::client,
    crate::client_token,
    crate::code,
    crate::confirmation,
    crate::contact,
    crate::contact_change,
    crate::contact_wish,
    crate::delivery,
    crate::desk_case,
    crate::device,
    crate::device_order,
    crate::erasure,
    crate::evidence,
    crate::failure,
    crate::grant,
    crate::inventory,
    crate::invitation,
    crate::mark,
    crate::new_pin,
    crate::outbox,
    crate::holding,
    crate::own_limit,
    crate::passkey_evidence,
    crate::phone_session,
    crate::password,
    crate::pin_change,
    crate::place,
    crate::pulse,
    crate::push,
    crate::pushes,
    crate::rate,
    crate::refresh,
    crate::replay,
    crate::request,
    crate::restored,
    crate::retention,
    crate::secret,
    crate::session,
    crate::throttle,
    crate::token,
    crate::transfer_rule,
    crate::user,
    crate::webhook,
    crate::withdrawal,
];

#[cfg(test)]
mod tests;
