//! Places: the networks and programs that a user has logged in from. A login from elsewhere is unfamiliar.

use crate::{
    Ask, Error, SELDOM, Sql,
    sql::{params, statements},
};
use domain::{Timestamp, id::UserId};

statements! {
    SEEN = "INSERT INTO places (user_id, place, last_seen_at) VALUES ($1, $2, $4), ($1, $3, $4)
        ON CONFLICT (user_id, place) DO UPDATE SET last_seen_at = excluded.last_seen_at WHERE places.last_seen_at <= $5";
    KNOWN = "SELECT COUNT(*) FROM places WHERE user_id = $1 AND (place = $2 OR place = $3) AND last_seen_at > $4";
}

/// Notes a login from two places, which are different keyed digests; at most one a minute from each.
pub fn seen(sql: &mut dyn Sql, user: UserId, places: [[u8; 16]; 2], now: Timestamp) -> Result<(), Error> {
    let [one, other] = places;
    sql.apply(SEEN, &params![user.octets(), one, other, now.micros(), now.minus(SELDOM).micros()])
}

/// Whether the user was seen at both places after `since`.
pub fn both_known(sql: &mut dyn Sql, user: UserId, places: [[u8; 16]; 2], since: Timestamp) -> Result<bool, Error> {
    let ask = ask_both_known(user, places, since);
    Ok(sql.one(ask.stmt(), ask.args())?.i64(0)? == 2)
}

/// What [`both_known`] reads.
#[must_use]
pub fn ask_both_known(user: UserId, [one, other]: [[u8; 16]; 2], since: Timestamp) -> Ask {
    Ask::new(KNOWN, params![user.octets(), one, other, since.micros()])
}
