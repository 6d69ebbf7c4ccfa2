//! Places: the networks and programs that a user has logged in from. A login from elsewhere is unfamiliar.

use crate::{
    Ask, Error, SELDOM, Sql,
    sql::{params, statements},
};
use domain::{Timestamp, id::UserId};

statements! {
    SEEN = "INSERT INTO places (user_id, place, last_seen_at) VALUES ($1, $2, $4), ($1, $3, $4)
        ON CONFLICT (user_id, place) DO UPDATE SET last_seen_at = excluded.last_seen_at WHERE places.last_seen_at <= $5";
    LAST_SEEN = "SELECT last_seen_at FROM places WHERE user_id = $1 AND place = $2";
}

/// Notes a login from two places, which are different keyed digests; at most one a minute from each.
pub fn seen(sql: &mut dyn Sql, user: UserId, places: [[u8; 16]; 2], now: Timestamp) -> Result<(), Error> {
    let [one, other] = places;
    sql.apply(SEEN, &params![user.octets(), one, other, now.micros(), now.minus(SELDOM).micros()])
}

/// When the user was last seen at a place.
pub fn last_seen(sql: &mut dyn Sql, user: UserId, place: [u8; 16]) -> Result<Option<Timestamp>, Error> {
    let found = ask_last_seen(user, place).row(sql)?;
    found.map(|row| Ok(Timestamp::from_micros(row.i64(0)?))).transpose()
}

/// What [`last_seen`] reads.
#[must_use]
pub fn ask_last_seen(user: UserId, place: [u8; 16]) -> Ask {
    Ask::new(LAST_SEEN, params![user.octets(), place])
}
