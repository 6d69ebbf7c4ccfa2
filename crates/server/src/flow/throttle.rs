//! The buckets in front of everything that takes a secret.

use crate::{app::App, flow::Origin};
use domain::{Timestamp, lockout::Budget};
use std::time::Duration;
use store::{Error, Sql, throttle};

/// Takes a token of the address's bucket. `Some` is how long to wait. The demo exempts loopback.
pub fn throttle_address(
    app: &App,
    sql: &mut dyn Sql,
    origin: &Origin,
    now: Timestamp,
) -> Result<Option<Duration>, Error> {
    if exempt(app, origin) {
        return Ok(None);
    }
    let bucket = app.handles.bucket("address", &network(origin.address));
    throttle::take(sql, bucket, app.settings.address_rate, now)
}

/// Who takes a step: from where, among whose failures, as which user.
type Named<'a> = (&'a Origin, Budget, &'a str);

/// What a user's buckets are kept for: each beside the others, so that none empties another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// Giving a secret.
    Proving,
    /// Choosing a device or a method, which asks for a secret.
    Choosing,
    /// Asking an operation in a signed-in browser: each is a new attempt with challenges of its own.
    Asking,
}

impl Doing {
    /// The buckets of a username, and of a known browser or program.
    fn buckets(self) -> (&'static str, &'static str) {
        match self {
            Self::Proving => ("username", "mark"),
            Self::Choosing => ("username-choice", "mark-choice"),
            Self::Asking => ("username-operation", "mark-operation"),
        }
    }
}

/// Takes a token of the username's bucket, or of a known program's own: a stranger who guesses must not keep the
/// owner out of the owner's own machine.
pub fn throttle_user(
    app: &App,
    sql: &mut dyn Sql,
    (origin, budget, username): Named<'_>,
    doing: Doing,
    now: Timestamp,
) -> Result<Option<Duration>, Error> {
    if exempt(app, origin) {
        return Ok(None);
    }
    let (of_name, of_mark) = doing.buckets();
    let bucket = match budget {
        Budget::Strangers => app.handles.bucket(of_name, username.as_bytes()),
        Budget::Known(mark) => app.handles.bucket(of_mark, &mark.octets()),
    };
    throttle::take(sql, bucket, app.settings.username_rate, now)
}

fn exempt(app: &App, origin: &Origin) -> bool {
    app.settings.demo && origin.address.is_loopback()
}

/// What one customer of a network has for himself: an IPv4 address, or a /64 of IPv6.
fn network(address: std::net::IpAddr) -> Vec<u8> {
    match address.to_canonical() {
        std::net::IpAddr::V4(v4) => v4.octets().to_vec(),
        std::net::IpAddr::V6(v6) => v6.octets().iter().take(8).copied().collect(),
    }
}
