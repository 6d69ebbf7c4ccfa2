//! How long the desk's search and a user's page take among many:
//! `cargo run --release -p countersign --example search -- CONFIG USERS`.
//!
//! Fills the empty database of a configuration with so many users, each with a mail address, a telephone number, an account,
//! a card and a history, and then asks for users one after the other, by every key. Prints how long each took. See
//! docs/performance.md.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a tool that measures tells what it found, and when"
)]

use countersign::{
    app::{App, Clock, nonce, random},
    boot,
    config::File,
    flow::{
        contact::point,
        desk::{
            agent::OnDuty,
            find::{self, Contact, Device},
        },
        login::session::SignedIn,
    },
    work::{Origin, Stop},
};
use domain::{
    Secret, Timestamp,
    audit::{Detail, Kind},
    desk::{Role, Roles},
    device::{DeviceState, Moving},
    id::{ConfirmationId, ContactId, DeviceId, SessionId, UserId},
    lockout::DeviceFailures,
    user::Username,
};
use operation::{Currency, Money};
use std::{error::Error, net::Ipv4Addr, path::Path, sync::Arc, time::Instant};
use store::{account::Account, contact, device::Nonces, session::Session, user::User};

/// What goes wrong ends the tool, in words.
type Failure = Box<dyn Error + Send + Sync>;

/// Users of one unit of work.
const BATCH: u32 = 500;
/// Rows of the log about each user …
const HISTORY: u32 = 5;
/// … and about one in a thousand.
const LONG_HISTORY: u32 = 500;
/// How often each key is asked for.
const ASKED: u32 = 2000;

fn main() -> Result<(), Failure> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [config, users] = &arguments[..] else { return Err("usage: search CONFIG USERS".into()) };
    let users: u32 = users.parse()?;
    let file = File::read(Path::new(config)).map_err(|errors| format!("{errors:?}"))?;
    let app = Arc::new(boot::boot(&file, Clock::default())?);
    let begun = Instant::now();
    if app.store.read_blocking(|sql| store::user::page(sql, "", 1))?.is_empty() {
        fill(&app, users)?;
        println!("{users} users in {:.0} s", begun.elapsed().as_secs_f32());
    }
    tokio::runtime::Runtime::new()?.block_on(measure(&app, users))
}

/// What a user is looked for by, by number.
type Key = fn(u32) -> String;

/// A user's name by number.
fn name(number: u32) -> String {
    format!("customer-{number:07}")
}

fn fill(app: &Arc<App>, users: u32) -> Result<(), Failure> {
    for first in (0..users).step_by(BATCH as usize) {
        let filled: Result<(), store::Error> = app.work_blocking(app.operator(), move |work| {
            for number in first..users.min(first + BATCH) {
                one(work, number)?;
            }
            Ok::<_, Stop<store::Error>>(())
        });
        filled?;
    }
    Ok(())
}

fn one(work: &mut countersign::work::Work<'_>, number: u32) -> Result<(), store::Error> {
    let (now, id) = (work.now, UserId::new(work.now, &nonce()));
    let Ok(username) = Username::parse(&name(number)) else { return Ok(()) };
    let user = User {
        id,
        username,
        password_phc: String::new(),
        password_locked_at: None,
        locale: "en".to_owned(),
        default_device: None,
        unanswered_pushes: 0,
        untold_answers: 0,
        unhurried_at: None,
        created_at: now,
    };
    store::user::insert(work.sql, &user)?;
    for (channel, address) in
        [(contact::Channel::Mail, format!("{}@mail.example", name(number))), (contact::Channel::Sms, telephone(number))]
    {
        let id = ContactId::new(now, &nonce());
        let address = Secret::new(address);
        point::add(work, user.id, &Contact { id, channel, address, joined_at: None, left_at: None })?;
    }
    let account = account(number);
    let equity = Money::from_minor(10_000_000, Currency::USD);
    store::account::put(work.sql, &Account { id: account.clone(), equity, told_at: now })?;
    store::account::join(work.sql, id, &account)?;
    store::device::insert(work.sql, &work.app.sealer, &card(id, number, now), None, random_nonces())?;
    work.about.user = Some(id);
    let rows = if number.is_multiple_of(1000) { LONG_HISTORY } else { HISTORY };
    for row in 0..rows {
        let kinds = [Kind::PasswordAccepted, Kind::Confirmed, Kind::SessionStarted];
        let kind = kinds.into_iter().cycle().nth(row as usize % 3).unwrap_or(Kind::Confirmed);
        work.record(kind, Detail::none())?;
    }
    Ok(())
}

fn random_nonces() -> Nonces {
    Nonces { key: random(), pin: random(), approve: random() }
}

fn telephone(number: u32) -> String {
    format!("+1202{number:07}")
}

fn account(number: u32) -> String {
    format!("U{number:07}")
}

fn serial(number: u32) -> String {
    format!("{:07}", 1_000_000 + number)
}

fn card(user: UserId, number: u32, now: Timestamp) -> Device {
    Device {
        user,
        id: DeviceId::new(now, &nonce()),
        class: "dsc-plus".to_owned(),
        label: "Digital Security Card+".to_owned(),
        serial: serial(number),
        state: DeviceState::Active,
        algorithm: None,
        moving: Moving::default(),
        failures: DeviceFailures::default(),
        created_at: now,
        activated_at: Some(now),
        last_used_at: None,
        phone: None,
        passkey: None,
        life: None,
    }
}

async fn measure(app: &Arc<App>, users: u32) -> Result<(), Failure> {
    let some = move |n: u32| n.wrapping_mul(2_654_435_761) % users;
    let keys: [(&str, Key); 6] = [
        ("username", name),
        ("beginning of a username", |n| name(n).split_at(12).0.to_owned()),
        ("mail address", |n| format!("{}@mail.example", name(n))),
        ("telephone number", telephone),
        ("serial number", serial),
        ("account", account),
    ];
    for (what, key) in keys {
        let mut took = Vec::new();
        for n in 0..ASKED {
            let typed = key(some(n));
            let begun = Instant::now();
            let found = find::find(app, &typed).await?;
            took.push(begun.elapsed());
            if found.is_empty() {
                return Err(format!("nobody by {typed}").into());
            }
        }
        told(what, took);
    }
    let ids = app.store.read(move |sql| {
        let mut ids = Vec::new();
        for n in 0..ASKED {
            // A tenth of them have a long history.
            let number = if n.is_multiple_of(10) { some(n) / 1000 * 1000 } else { some(n) };
            let Ok(username) = Username::parse(&name(number)) else { continue };
            ids.extend(store::user::by_name(sql, &username)?);
        }
        Ok::<_, store::Error>(ids)
    });
    let ids = ids.await?;
    let agent = on_duty(app, ids.first().ok_or("nobody")?.clone());
    let origin = Origin { address: Ipv4Addr::LOCALHOST.into(), agent: String::new() };
    let mut took = Vec::new();
    for user in &ids {
        let begun = Instant::now();
        find::see(app, &agent, origin.clone(), user.id, None).await?;
        took.push(begun.elapsed());
    }
    told("page and timeline", took);
    Ok(())
}

fn on_duty(app: &App, user: User) -> OnDuty {
    let now = app.now();
    let session = Session {
        user: user.id,
        id: SessionId::new(now, &nonce()),
        confirmation: ConfirmationId::new(now, &nonce()),
        agent: String::new(),
        address: String::new(),
        acr: String::new(),
        amr: String::new(),
        created_at: now,
        last_seen_at: now,
        expires_at: now,
        stays: false,
        card_only: false,
    };
    OnDuty { signed_in: SignedIn { session, user }, person: "E-1".to_owned(), roles: Roles::of([Role::Agent]) }
}

/// Half of them took no longer than this, and all but one in a hundred no longer than that.
fn told(what: &str, mut took: Vec<std::time::Duration>) {
    took.sort();
    let at = |part: usize| took.get(took.len() * part / 100).map_or(0.0, |took| took.as_secs_f64() * 1000.0);
    println!(
        "{what:<24} p50 {:>6.2} ms   p99 {:>6.2} ms   longest {:>6.2} ms",
        at(50),
        at(99),
        took.last().map_or(0.0, |took| took.as_secs_f64() * 1000.0)
    );
}
