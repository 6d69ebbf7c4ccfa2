//! The buckets in front of everything that takes a secret or costs somebody something.

use crate::{
    app::App,
    flow::Refused,
    work::{Origin, Stop, Work},
};
use domain::{
    id::{DeviceId, MarkId, UserId},
    lockout::Budget,
};
use std::{net::IpAddr, time::Duration};
use store::{
    Ask,
    throttle::{self, Rate},
};

/// What a user's buckets are kept for: each beside the others, so that none empties another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Giving a secret.
    Secret,
    /// Choosing a device or a method, which asks for a secret.
    Choice,
    /// Asking an operation in a signed-in browser: each is a new attempt with challenges of its own.
    Operation,
}

/// What a phone does of its own accord.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneAct {
    /// Asks for something itself.
    Asks,
    /// Subscribes to pushes.
    Subscribes,
    /// Has itself woken, to see whether it works.
    TestsPush,
}

/// Whose tokens a step takes.
#[derive(Debug, Clone, Copy)]
pub enum Bucket<'a> {
    /// One customer of a network: an IPv4 address, or a /64 of IPv6.
    Address(IpAddr),
    /// The network that one customer's is a part of: a /24 of IPv4, or a /48.
    Network(IpAddr),
    /// A username, as typed, by whoever is not known.
    Username(Purpose, &'a str),
    /// A known browser or program.
    Mark(Purpose, MarkId),
    /// A phone.
    Phone(PhoneAct, DeviceId),
    /// A client's back end, whomever it asks.
    BackEnd(&'a str),
    /// A client's back end that names whom there is not.
    Strangers(&'a str),
    /// A client's back end and the one user whom it asks.
    BackEndAndUser(&'a str, UserId),
    /// All back ends and the one user whom they ask.
    BackEndsOf(UserId),
    /// A mail address or number that codes are sent to, whoever asks for them.
    Destination(&'a str),
    /// Wrong user codes of a client's back end for one user.
    UserCode(&'a str, UserId),
}

impl Bucket<'_> {
    /// The bucket's name in the table: keyed, so that it does not tell whom it is about.
    fn name(self, app: &App) -> [u8; 16] {
        let name = |of: &str, value: &[u8]| app.handles.bucket(of, value);
        match self {
            Self::Address(address) => name("address", &leading(address, 4, 8)),
            Self::Network(address) => name("network", &leading(address, 3, 6)),
            Self::Username(Purpose::Secret, user) => name("username", user.as_bytes()),
            Self::Username(Purpose::Choice, user) => name("username-choice", user.as_bytes()),
            Self::Username(Purpose::Operation, user) => name("username-operation", user.as_bytes()),
            Self::Mark(Purpose::Secret, mark) => name("mark", &mark.octets()),
            Self::Mark(Purpose::Choice, mark) => name("mark-choice", &mark.octets()),
            Self::Mark(Purpose::Operation, mark) => name("mark-operation", &mark.octets()),
            Self::Phone(PhoneAct::Asks, device) => name("phone-asks", &device.octets()),
            Self::Phone(PhoneAct::Subscribes, device) => name("push-subscription", &device.octets()),
            Self::Phone(PhoneAct::TestsPush, device) => name("push-test", &device.octets()),
            Self::BackEnd(client) => name("backchannel-client", client.as_bytes()),
            Self::Strangers(client) => name("backchannel-strangers", client.as_bytes()),
            Self::BackEndAndUser(client, user) => name("backchannel-client-user", &both(client, user)),
            Self::BackEndsOf(user) => name("backchannel-user", &user.octets()),
            Self::Destination(address) => name("destination", address.as_bytes()),
            Self::UserCode(client, user) => name("backchannel-user-code", &both(client, user)),
        }
    }
}

fn both(client: &str, user: UserId) -> Vec<u8> {
    [&user.octets(), client.as_bytes()].concat()
}

/// Takes a token of a bucket, or refuses with the time until there is one.
pub fn take(work: &mut Work<'_>, bucket: Bucket<'_>, rate: Rate) -> Result<(), Stop<Refused>> {
    let wait = throttle::take(work.sql, bucket.name(work.app), rate, work.now)?;
    throttled(wait)
}

/// Refuses while there is no token in a bucket; takes none.
pub fn look(work: &mut Work<'_>, bucket: Bucket<'_>, rate: Rate) -> Result<(), Stop<Refused>> {
    let wait = throttle::wait(work.sql, bucket.name(work.app), rate, work.now)?;
    throttled(wait)
}

fn throttled(wait: Option<Duration>) -> Result<(), Stop<Refused>> {
    match wait {
        Some(wait) => Err(Stop::Refused(Refused::Throttled(wait))),
        None => Ok(()),
    }
}

/// What [`look`] reads.
pub fn ask(app: &App, bucket: Bucket<'_>) -> Ask {
    throttle::ask(bucket.name(app))
}

/// Takes a token of the address's bucket and one of its network's. The demo exempts loopback.
pub fn address(work: &mut Work<'_>, origin: &Origin) -> Result<(), Stop<Refused>> {
    if exempt(work.app, origin) {
        return Ok(());
    }
    let rate = work.app.settings.address_rate;
    take(work, Bucket::Address(origin.address), rate)?;
    take(work, Bucket::Network(origin.address), of_network(rate, origin.address))
}

/// The bucket of a network, which an attacker may have as a whole. A /48 of IPv6 is given to whoever asks and holds
/// 65536 of what one customer has, so it gets twice as much; a /24 of IPv4 costs money and is shared by many households,
/// so it gets sixteen times as much. Nothing larger counts: whole carriers share it.
fn of_network(rate: Rate, address: IpAddr) -> Rate {
    let times = if address.to_canonical().is_ipv4() { 16 } else { 2 };
    Rate { burst: rate.burst.saturating_mul(times), each: rate.each / times }
}

/// What [`address`] reads, so that an address without a token is refused before anything is written.
pub fn ask_address(app: &App, origin: &Origin) -> Vec<Ask> {
    if exempt(app, origin) {
        return Vec::new();
    }
    [Bucket::Address(origin.address), Bucket::Network(origin.address)].map(|bucket| ask(app, bucket)).into()
}

/// Takes a token of the username's bucket, or of a known program's own: a stranger who guesses must not keep the
/// owner out of the owner's own machine. The demo exempts loopback.
pub fn user(work: &mut Work<'_>, origin: &Origin, username: &str, purpose: Purpose) -> Result<(), Stop<Refused>> {
    if exempt(work.app, origin) {
        return Ok(());
    }
    let bucket = match (work.budget(), work.user()) {
        (Budget::Known(mark), _) => Bucket::Mark(purpose, mark),
        // A bucket of the user's own, under an id that no mark has.
        (Budget::WithoutPassword, Some(user)) => Bucket::Mark(purpose, user.octets().into()),
        (Budget::Strangers | Budget::WithoutPassword, _) => Bucket::Username(purpose, username),
    };
    let rate = work.app.settings.username_rate;
    take(work, bucket, rate)
}

/// Whether nothing is counted for where a request comes from: the demo's own machine.
pub fn exempt(app: &App, origin: &Origin) -> bool {
    app.settings.demo && origin.address.is_loopback()
}

/// The first octets of an address of either kind.
fn leading(address: IpAddr, of_v4: usize, of_v6: usize) -> Vec<u8> {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.octets().into_iter().take(of_v4).collect(),
        IpAddr::V6(v6) => v6.octets().into_iter().take(of_v6).collect(),
    }
}
