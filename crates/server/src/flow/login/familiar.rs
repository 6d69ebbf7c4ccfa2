//! Where a login comes from: a known browser or program, a network and a client that this user was seen with lately. What
//! follows from it is the core's ([`domain::trust`]).

use crate::{
    agent,
    app::App,
    clients::HOSTED,
    flow::messages::outbox::{self, NOTICE_LIFE, New},
    work::{Origin, Work},
};
use domain::{
    Timestamp,
    confirmation::{Channel, Confirmation, Operation},
    id::UserId,
    lockout::Budget,
    trust::{self, Known, News, Whence},
};
use serde_json::json;
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
    // A mark may have been revoked since the attempt began.
    let Budget::Known(mark) = asked.budget else { return Ok(true) };
    let mark = store::mark::of_user(work.sql, user)?.into_iter().map(|(known, _)| known).find(|known| known.id == mark);
    let known = mark.map(|mark| Known { first_login: mark.created_at, last_login: mark.last_seen_at });
    let (network, client) = places(work.app, &asked.operation);
    let whence = Whence { known, network: lately(work, user, network)?, client: lately(work, user, client)? };
    Ok(whence.is_unfamiliar(&work.app.settings.policy, work.now))
}

/// Notes a login that succeeded, and tells its owner of what is new about it.
pub fn seen(work: &mut Work<'_>, user: UserId, login: &Confirmation) -> Result<(), Error> {
    let (network, client) = places(work.app, &login.operation);
    let news = trust::news(matches!(login.budget, Budget::Known(_)), lately(work, user, network)?);
    store::place::seen(work.sql, user, [network, client], work.now)?;
    news.map_or(Ok(()), |news| tell(work, user, &login.operation, news))
}

/// What [`seen`] reads, where the login is confirmed from where it began.
pub fn ask(app: &App, user: UserId, origin: &Origin) -> Ask {
    store::place::ask_last_seen(user, network_place(app, Some(origin.address)))
}

/// What [`unfamiliar`] reads of a program's attempt, where it goes on from where it began.
pub fn ask_all(app: &App, user: UserId, origin: &Origin, client: &str) -> [Ask; 3] {
    let client = app.handles.bucket("place-client", client.as_bytes());
    [ask(app, user, origin), store::place::ask_last_seen(user, client), store::mark::ask_of_user(user)]
}

fn lately(work: &mut Work<'_>, user: UserId, place: [u8; 16]) -> Result<bool, Error> {
    let since: Timestamp = work.now.minus(work.app.settings.familiar_for);
    Ok(store::place::last_seen(work.sql, user, place)?.is_some_and(|at| at > since))
}

/// What a program calls itself is its own word: only names of browsers that we know are told, and the client's name.
fn tell(work: &mut Work<'_>, user: UserId, login: &Operation, news: News) -> Result<(), Error> {
    let client = work.app.clients.find(login.asks_for()).filter(|client| client.id != HOSTED);
    let client = client.map_or_else(|| work.app.settings.product.clone(), |client| client.name.clone());
    let program = match (&login.channel, agent::known(&login.agent)) {
        (_, Some(browser)) => Some(browser),
        (Channel::FirstParty(_), None) => Some(client.clone()),
        _ => None,
    };
    let arguments = json!({
        "client": client,
        "program": program,
        "from": login.address,
        "at": work.now.unix_seconds(),
        "settings": format!("{}/settings", work.app.settings.issuer),
    });
    let message = match news {
        News::Program => "notice-login-new-program",
        News::Network => "notice-login-new-network",
    };
    outbox::everywhere(work, user, New { message, arguments: &arguments, until: work.now.plus(NOTICE_LIFE) })
}

fn places(app: &App, login: &Operation) -> ([u8; 16], [u8; 16]) {
    let network = network_place(app, login.address.parse().ok());
    (network, app.handles.bucket("place-client", login.client.as_bytes()))
}

fn network_place(app: &App, address: Option<IpAddr>) -> [u8; 16] {
    app.handles.bucket("place-network", &address.map(network).unwrap_or_default())
}

/// The network that counts as one place: a /24 of IPv4, a /48 of IPv6.
fn network(address: IpAddr) -> Vec<u8> {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.octets().iter().take(3).copied().collect(),
        IpAddr::V6(v6) => v6.octets().iter().take(6).copied().collect(),
    }
}
