//! Whether a login comes from a familiar place: a known browser or program, a network and a client that this user
//! was seen with lately.

use crate::{app::App, work::Work};
use domain::{
    Timestamp,
    confirmation::{Confirmation, Operation},
    id::UserId,
    lockout::Budget,
};
use std::net::IpAddr;
use store::{Ask, Error};

/// Whether the user must type the number from the login screen on the phone.
pub fn unfamiliar(work: &mut Work<'_>, user: UserId, asked: &Confirmation) -> Result<bool, Error> {
    if work.app.settings.demo && !work.app.settings.unfamiliar {
        return Ok(false);
    }
    // Only where a login screen can show the number; and who is signed in has shown where they are.
    if !asked.operation.logs_in() {
        return Ok(false);
    }
    if asked.budget == Budget::Strangers {
        return Ok(true);
    }
    let since = work.now.minus(work.app.settings.familiar_for);
    Ok(!store::place::both_known(work.sql, user, places(work.app, &asked.operation), since)?)
}

/// What [`unfamiliar`] reads of a program's attempt, where it goes on from where it began.
pub fn ask(app: &App, user: UserId, seen: Seen<'_>, now: Timestamp) -> Ask {
    store::place::ask_both_known(user, seen.places(app), now.minus(app.settings.familiar_for))
}

/// Notes a login that succeeded.
pub fn seen(work: &mut Work<'_>, user: UserId, login: &Operation) -> Result<(), Error> {
    store::place::seen(work.sql, user, places(work.app, login), work.now)
}

fn places(app: &App, login: &Operation) -> [[u8; 16]; 2] {
    Seen { address: login.address.parse().ok(), client: &login.client }.places(app)
}

/// Where a user is seen.
pub struct Seen<'a> {
    /// The network address.
    pub address: Option<IpAddr>,
    /// The client's id.
    pub client: &'a str,
}

impl Seen<'_> {
    fn places(&self, app: &App) -> [[u8; 16]; 2] {
        let network = self.address.map(network).unwrap_or_default();
        [app.handles.bucket("place-network", &network), app.handles.bucket("place-client", self.client.as_bytes())]
    }
}

/// The network that counts as one place: a /24 of IPv4, a /48 of IPv6.
fn network(address: IpAddr) -> Vec<u8> {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.octets().iter().take(3).copied().collect(),
        IpAddr::V6(v6) => v6.octets().iter().take(6).copied().collect(),
    }
}
