//! The sample users and their virtual cards.

use crate::{
    app::App,
    demo::{
        phone,
        place::{Place, write_private},
    },
    flow::{
        Refused,
        desk::agent,
        device::issue::{self, EnrolError, NewDevice},
        institution::{
            NotDone,
            account::{self, Posted},
        },
        oidc::client_token,
        user::{self, NewUser},
    },
    handle::Kind,
};
use domain::{Secret, audit::Actor};
use i18n::Lang;
use serde::{Deserialize, Serialize};
use std::{fmt::Write as _, fs, io, sync::Arc, time::Duration};
use wire::{
    card_file::CardFile,
    demo::{Agent, Device, Ready, User},
};

/// Why the sample users could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// A user or device.
    #[error(transparent)]
    Enrol(#[from] EnrolError),
    /// A file.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The roster of an earlier run.
    #[error("demo.json in the data folder cannot be read ({0}); give another folder")]
    Roster(#[from] serde_json::Error),
    /// Accounts and the token.
    #[error(transparent)]
    Institution(#[from] NotDone),
    /// The demo's own configuration; a bug.
    #[error("the demo has no client for its back office")]
    NoBackOffice,
}

#[derive(Serialize, Deserialize)]
struct Roster {
    users: Vec<User>,
    /// None of a demo of an earlier version.
    #[serde(default)]
    agents: Vec<Agent>,
    api_token: String,
}

/// What there is to try.
pub(crate) struct Seeded {
    /// The sample users.
    pub(crate) users: Vec<User>,
    /// The agents of the desk.
    pub(crate) agents: Vec<Agent>,
    /// The token of the back office.
    pub(crate) api_token: String,
}

impl From<Roster> for Seeded {
    fn from(Roster { users, agents, api_token }: Roster) -> Self {
        Self { users, agents, api_token }
    }
}

/// The agents of the desk: username, password, person, roles, device.
const AGENTS: &[(&str, &str, &str, &str, Sample)] = &[
    ("dana", "dana waters every plant", "E-1017", "agent", ("dsc-plus", "7710061", Some("6174"))),
    ("emil", "emil sharpens every pencil", "E-1044", "agent,supervisor", ("dsc-plus", "7710062", Some("4063"))),
];

/// The sample users' phones: username, PIN. Where there is one it is the default device.
const PHONES: &[(&str, &str)] = &[("alice", "2580"), ("boris", "8520")];

/// A sample device: class, serial, PIN.
type Sample = (&'static str, &'static str, Option<&'static str>);

/// The sample users: username, password, language, devices. The first device is the default one.
const USERS: &[(&str, &str, Lang, &[Sample])] = &[
    ("alice", "alice likes long walks", Lang::En, &[("dsc-plus", "7710042", Some("7294"))]),
    ("boris", "boris reads on the night train", Lang::Ru, &[]),
    (
        "carol",
        "carol keeps bees at home",
        Lang::En,
        &[("dsc-plus", "7710051", Some("5028")), ("security-code-card", "2240007", None)],
    ),
    ("dave", "dave still has the old one", Lang::En, &[("gold", "1900311", None)]),
];

/// Makes the sample users, or reads those of an earlier run.
pub(crate) fn seed(app: &Arc<App>, place: &Place) -> Result<Seeded, SeedError> {
    if let Ok(text) = fs::read_to_string(place.roster()) {
        let roster: Roster = serde_json::from_str(&text)?;
        let known = app.handles.read(Kind::ClientToken, &roster.api_token).is_some();
        // A demo of an earlier version had a token that was good for its clock alone.
        let api_token = if known { roster.api_token } else { api_token(app)? };
        let late = roster.agents.is_empty();
        let agents = if late { agents(app, place)? } else { roster.agents };
        let roster = Roster { users: roster.users, agents, api_token };
        if !known || late {
            write_private(&place.roster(), &serde_json::to_string_pretty(&roster)?)?;
        }
        return Ok(roster.into());
    }
    let mut users = Vec::new();
    for (username, password, locale, devices) in USERS {
        let new = NewUser {
            username: (*username).to_owned(),
            password: Some(Secret::new((*password).to_owned())),
            locale: *locale,
            mail: Some(format!("{username}@example.com")),
            phone: Some("+1 202 555 0142".to_owned()),
        };
        user::add_user(app, &new)?;
        let phone = PHONES.iter().find(|(owner, _)| owner == username);
        let phone = phone.map(|(_, pin)| phone::add(app, place, username, pin)).transpose()?;
        let cards = devices.iter().map(|sample| device(app, place, username, *sample));
        let devices = phone.into_iter().map(Ok).chain(cards).collect::<Result<_, _>>()?;
        users.push(User { username: new.username, password: (*password).to_owned(), devices });
    }
    accounts(app)?;
    let roster = Roster { users, agents: agents(app, place)?, api_token: api_token(app)? };
    // Written last: a demo that was stopped half way is made anew, in another folder, rather than half known.
    write_private(&place.roster(), &serde_json::to_string_pretty(&roster)?)?;
    Ok(roster.into())
}

/// The agents of the desk, each a user with a device and roles.
fn agents(app: &Arc<App>, place: &Place) -> Result<Vec<Agent>, SeedError> {
    let mut agents = Vec::new();
    for (username, password, person, roles, sample) in AGENTS {
        let new = NewUser {
            username: (*username).to_owned(),
            password: Some(Secret::new((*password).to_owned())),
            locale: Lang::En,
            mail: Some(format!("{username}@example.com")),
            phone: None,
        };
        user::add_user(app, &new)?;
        let device = device(app, place, username, *sample)?;
        let (initial, rest) = username.split_at(1);
        let first_name = initial.to_uppercase() + rest;
        agent::set(app, username, agent::Set { person, first_name: Some(&first_name), roles })?;
        agents.push(Agent {
            username: new.username,
            password: (*password).to_owned(),
            roles: roles.split(',').map(str::to_owned).collect(),
            devices: vec![device],
        });
    }
    Ok(agents)
}

/// The sample accounts: whose they are, and what they are worth.
const ACCOUNTS: &[(&str, &str, &str)] = &[
    ("U1000001", "alice", "812345.00"),
    ("U1000002", "boris", "48120.55"),
    ("U1000003", "carol", "1250000.00"),
    ("U1000004", "dave", "260400.10"),
];

fn accounts(app: &Arc<App>) -> Result<(), SeedError> {
    for (id, user, equity) in ACCOUNTS {
        let posted = Posted {
            id: (*id).to_owned(),
            users: vec![(*user).to_owned()],
            currency: "USD".to_owned(),
            equity: (*equity).to_owned(),
        };
        let by = Actor::Client { id: BACK_OFFICE.to_owned() };
        let kept: Result<bool, NotDone> = app.work_blocking(by, move |work| account::post(work, &posted));
        kept?;
    }
    Ok(())
}

/// The client in whose name the demo's token stands.
const BACK_OFFICE: &str = "payments";
/// How long that is good: longer than anybody moves the clock.
const FOR_EVER: Duration = Duration::from_secs(100 * 366 * 86_400);

fn api_token(app: &Arc<App>) -> Result<String, SeedError> {
    let client = app.clients.find(BACK_OFFICE).ok_or(SeedError::NoBackOffice)?;
    let (text, token) = client_token::mint(app, &client, &client.oauth.api_scopes().join(" "), FOR_EVER);
    let by = Actor::Client { id: client.id.clone() };
    let kept: Result<(), Refused> =
        app.work_blocking(by, move |work| Ok(store::client_token::insert(work.sql, &token)?));
    kept.map_err(NotDone::from)?;
    Ok(text)
}

fn device(app: &Arc<App>, place: &Place, username: &str, (class, serial, pin): Sample) -> Result<Device, SeedError> {
    let added = issue::add_device(
        app,
        &NewDevice {
            username: username.to_owned(),
            class: class.to_owned(),
            serial: serial.to_owned(),
            label: None,
            suite: None,
            key: None,
            pin: pin.map(|pin| Secret::new(pin.to_owned())),
            adopt: true,
        },
    )?;
    let path = place.card(&format!("{username}-{class}-{serial}"));
    if let Some(card) = added.card() {
        // Its passcodes follow the demo's clock, however that is moved.
        let card = CardFile { clock: Some(place.clock()), ..card };
        write_private(&path, &serde_json::to_string_pretty(&card)?)?;
    }
    Ok(Device {
        id: added.device.id.to_string(),
        class: class.to_owned(),
        label: added.device.label,
        pin: pin.map(str::to_owned),
        state_file: Some(path.display().to_string()),
    })
}

fn person(out: &mut String, username: &str, password: &str, devices: &[Device]) {
    let _ = writeln!(out, "  {username}  password: {password}");
    for device in devices {
        let pin = device.pin.as_ref().map(|pin| format!("PIN {pin}  ")).unwrap_or_default();
        let file = device.state_file.as_deref().unwrap_or_default();
        let _ = writeln!(out, "    {}  {pin}{file}", device.label);
    }
}

/// What to try, for a terminal. `client` is how it calls the client program.
pub(crate) fn words(ready: &Ready, client: &str) -> String {
    let mut out = format!("Countersign demo, ready.\n\n  Start here  {}/demo/\n", ready.url);
    let _ = writeln!(out, "  Log in      {}/login", ready.url);
    let _ = writeln!(out, "  Mobile app  {}/app/  (activate it with the code from the outbox)", ready.url);
    let _ = writeln!(out, "  Outbox      {}  (mail and SMS that would be sent)", ready.outbox_url);
    let _ = match &ready.brokerage_url {
        Some(url) => writeln!(out, "  Brokerage   {url}/  (portal, trader, debit cards)\n"),
        None => writeln!(out, "  Brokerage   not beside this program: the demo goes on without it\n"),
    };
    for user in &ready.users {
        person(&mut out, &user.username, &user.password, &user.devices);
    }
    let _ = writeln!(out, "\n  The desk    {}/console  (two agents)\n", ready.url);
    for agent in &ready.agents {
        person(&mut out, &agent.username, &agent.password, &agent.devices);
    }
    let _ = write!(out, "\n  In a terminal: {client} login --client tws --server {}\n  Stop with Ctrl-C.", ready.url);
    out
}
