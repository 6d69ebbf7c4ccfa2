//! Whether a login comes from a familiar place: a known browser or program, a network and a client that this user
//! was seen with lately.

use crate::app::App;
use domain::{Timestamp, confirmation::Operation, id::UserId, lockout::Budget};
use std::net::IpAddr;
use store::{Error, Sql};

/// Whether the user must type the number from the login screen on the phone.
pub fn unfamiliar(
    app: &App,
    sql: &mut dyn Sql,
    (user, budget): (UserId, Budget),
    operation: &Operation,
    now: Timestamp,
) -> Result<bool, Error> {
    if app.settings.demo && !app.settings.unfamiliar {
        return Ok(false);
    }
    // Only where a login screen can show the number; and who is signed in has shown where they are.
    if !operation.logs_in() {
        return Ok(false);
    }
    if budget == Budget::Strangers {
        return Ok(true);
    }
    let since = now.minus(app.settings.familiar_for);
    Ok(!store::place::both_known(sql, user, places(app, operation), since)?)
}

/// Notes a login that succeeded.
pub fn seen(app: &App, sql: &mut dyn Sql, user: UserId, login: &Operation, now: Timestamp) -> Result<(), Error> {
    store::place::seen(sql, user, places(app, login), now)
}

fn places(app: &App, login: &Operation) -> [[u8; 16]; 2] {
    let network = login.address.parse::<IpAddr>().map(network).unwrap_or_default();
    [app.handles.bucket("place-network", &network), app.handles.bucket("place-client", login.client.as_bytes())]
}

/// The network that counts as one place: a /24 of IPv4, a /48 of IPv6.
fn network(address: IpAddr) -> Vec<u8> {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.octets().iter().take(3).copied().collect(),
        IpAddr::V6(v6) => v6.octets().iter().take(6).copied().collect(),
    }
}
