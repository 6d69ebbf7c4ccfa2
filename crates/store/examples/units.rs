//! Measures a login's two units of work, *choose the card* and *answer its challenge*, statement by statement as the server
//! makes them (7 and 16): as transactions of their own (`write`), decided first (`unit`), and beside a floor of two units
//! that add one row each. `cargo run --release -p store --example units -- [URL]`
//!
//! Beside the pace it tells the processor time of an operation, of this process and of its database's (as Linux counts it,
//! in hundredths of a second): on a busy machine that is what can be compared. URL is an empty PostgreSQL database; without it only SQLite is measured. `TMPDIR` decides which disk that writes to.

#![allow(clippy::print_stdout, reason = "a measuring tool speaks to its user")]
#![allow(clippy::disallowed_methods, reason = "measuring needs the clock")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::audit::Kind;
use domain::confirmation::{Confirmation, Outcome, State};
use domain::device::{DeviceState, Keys, Method, Moving};
use domain::id::{DeviceId, UserId};
use domain::lockout::{Budget, DeviceFailures};
use domain::pushes::Asker;
use domain::user::Username;
use domain::{Secret, Timestamp};
use store::code::Code;
use store::confirmation::Stored;
use store::device::{Device, Nonces};
use store::mark::Mark;
use store::seal::{FreshKey, KeyRing, Sealer};
use store::throttle::{self, Rate};
use store::user::User;
use store::{Ask, Error, MIGRATIONS, Options, Sql, Store, UnitSpec};
use store::{audit, code, confirmation, device, failure, mark, place, user};

type Failure = Box<dyn std::error::Error + Send + Sync>;

const USERS: u128 = 1000;
const SPAN: Duration = Duration::from_secs(3);
const ROUNDS: usize = 3;
/// Attempts that are made ready for a round: more than are used.
const MOST: u128 = 30_000;
const WIDE: Rate = Rate { burst: 1_000_000, each: Duration::from_micros(1) };

fn main() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let mut databases = vec![("SQLite", format!("sqlite:{}", folder.path().join("units.db").display()))];
    databases.extend(std::env::args().nth(1).map(|url| ("PostgreSQL", url)));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    println!("{:<10} {:>7} {:>6} {:>12} {:>7} {:>12}", "", "callers", "way", "operations/s", "µs CPU", "units/commit");
    for (name, url) in databases {
        let store = Store::open(&Options::new(url))?;
        store.migrate(MIGRATIONS, 0)?;
        let bench = Arc::new(Bench::fill(store)?);
        for callers in [16, 64] {
            for round in 0..ROUNDS {
                for way in [Way::Floor, Way::Write, Way::Unit] {
                    let serial = (callers * 10 + round as u128) * 3 + way as u128;
                    let before = bench.store.units();
                    let (done, cpu) = runtime.block_on(bench.measure(callers, way, serial))?;
                    let work = bench.store.units() - before;
                    if work.alone > 0 {
                        println!("{} units ran alone", work.alone);
                    }
                    let rate = done as f64 / SPAN.as_secs_f64();
                    let grouped = work.writes as f64 / work.commits.max(1) as f64;
                    let each = cpu.as_micros() as f64 / done as f64;
                    println!("{name:<10} {callers:>7} {way:>6?} {rate:>12.0} {each:>7.0} {grouped:>12.1}");
                }
            }
        }
    }
    Ok(())
}

type Step = fn(&mut dyn Sql, &Sealer, u128, u128) -> Result<(), Error>;

#[derive(Clone, Copy, Debug)]
enum Way {
    Floor,
    Write,
    Unit,
}

struct Bench {
    store: Store,
    sealer: Sealer,
}

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

/// Octets spread as those of random ids are.
fn octets(number: u128) -> [u8; 16] {
    (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835).to_be_bytes()
}

fn digest(number: u128) -> [u8; 32] {
    let mut digest = [0; 32];
    digest[..16].copy_from_slice(&octets(number));
    digest[16..].copy_from_slice(&octets(!number));
    digest
}

impl Bench {
    fn fill(store: Store) -> Result<Self, Failure> {
        let ring = KeyRing::new(&[[7; 32].into()])?;
        let sealer = store.write_blocking(move |sql| {
            Sealer::load_or_create(sql, &ring, &FreshKey::new([9; 32].into(), [9; 12]), 0)
        })?;
        for number in 0..USERS {
            let sealer = sealer.clone();
            store.write_blocking(move |sql| add_user(sql, &sealer, number))?;
        }
        Ok(Self { store, sealer })
    }

    /// Operations that several callers make within the span, one after the other each, on users of their own.
    async fn measure(self: &Arc<Self>, callers: u128, way: Way, serial: u128) -> Result<(usize, Duration), Failure> {
        let mut tasks = Vec::new();
        for caller in 0..callers {
            let bench = Arc::clone(self);
            tasks.push(tokio::spawn(async move {
                let mut attempts = Vec::new();
                for number in 0..MOST / callers {
                    // Of its own: units about many users would wait for each other.
                    let owner = caller * (USERS / callers) + number % (USERS / callers);
                    attempts.push((owner, (serial << 64) | (caller << 32) | number));
                }
                if !matches!(way, Way::Floor) {
                    bench.offer(&attempts).await?;
                }
                Ok::<_, Error>(attempts)
            }));
        }
        let mut offered = Vec::new();
        for task in tasks {
            offered.push(task.await??);
        }
        let (busy, end) = (busy(), Instant::now() + SPAN);
        let tasks: Vec<_> =
            offered.into_iter().map(|attempts| tokio::spawn(Arc::clone(self).call(attempts, way, end))).collect();
        let mut done = 0;
        for task in tasks {
            done += task.await??;
        }
        Ok((done, self::busy().saturating_sub(busy)))
    }

    /// The attempts that will be confirmed; not measured.
    async fn offer(&self, attempts: &[(u128, u128)]) -> Result<(), Error> {
        for part in attempts.chunks(250) {
            let part = part.to_vec();
            let offer = move |sql: &mut dyn Sql| {
                part.iter().try_for_each(|(owner, id)| confirmation::insert(sql, &attempt(*owner, *id), digest(*id)))
            };
            self.store.write(offer).await?;
        }
        Ok(())
    }

    async fn call(self: Arc<Self>, attempts: Vec<(u128, u128)>, way: Way, end: Instant) -> Result<usize, Error> {
        let mut done = 0;
        for (owner, id) in attempts {
            if Instant::now() >= end {
                return Ok(done);
            }
            for (nth, step) in [(4, choose as Step), (5, answer)] {
                let sealer = self.sealer.clone();
                let work = move |sql: &mut dyn Sql| step(sql, &sealer, owner, id);
                match way {
                    Way::Floor => self.store.write(move |sql| note(sql, owner, id, nth)).await?,
                    Way::Write => self.store.write(work).await?,
                    Way::Unit => self.store.unit(UnitSpec::about(octets(owner).into(), asks(owner, id)), work).await?,
                }
            }
            done += 1;
        }
        println!("all attempts were used up: the figure is too low");
        Ok(done)
    }
}

/// Processor time so far: of this process, and of the PostgreSQL backends that serve the database `units`.
fn busy() -> Duration {
    let read =
        |process: &str, file: &str| std::fs::read_to_string(format!("/proc/{process}/{file}")).unwrap_or_default();
    let mut ticks = 0;
    let own = std::process::id().to_string();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let process = entry.file_name().to_string_lossy().into_owned();
        let title = read(&process, "cmdline");
        if process == own || (title.starts_with("postgres:") && title.contains(" units ")) {
            let stat = read(&process, "stat");
            // After the name, which may hold anything: fields 14 and 15 of proc(5).
            let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
            ticks += fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum::<u64>();
        }
    }
    Duration::from_millis(ticks * 10)
}

fn add_user(sql: &mut dyn Sql, sealer: &Sealer, number: u128) -> Result<(), Error> {
    let user: UserId = octets(number).into();
    let new = User {
        id: user,
        username: Username::parse(&format!("user{number}")).map_err(|_| Error::Closed)?,
        password_phc: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2g".to_owned(),
        password_locked_at: None,
        locale: "en".to_owned(),
        default_device: None,
        unanswered_pushes: 0,
        untold_answers: 0,
        unhurried_at: None,
        created_at: at(0),
    };
    user::insert(sql, &new)?;
    for nth in 0..2 {
        let device = Device {
            user,
            id: octets((number << 8) | nth).into(),
            class: "card".to_owned(),
            label: "Card".to_owned(),
            serial: format!("{number}.{nth}"),
            state: DeviceState::Active,
            algorithm: None,
            moving: Moving::default(),
            failures: DeviceFailures::default(),
            created_at: at(0),
            activated_at: Some(at(0)),
            last_used_at: None,
            phone: None,
            passkey: None,
            life: None,
        };
        let keys = Keys { key: Secret::new(vec![1; 32]), pin: Some(Secret::new(vec![2; 20])), approve: None };
        let nonces = Nonces { key: [1; 12], pin: [2; 12], approve: [3; 12] };
        device::insert(sql, sealer, &device, Some(&keys), nonces)?;
    }
    let known = Mark {
        user,
        id: octets(number << 16).into(),
        client: "tws".to_owned(),
        agent: "Firefox".to_owned(),
        address: None,
        created_at: at(0),
        last_seen_at: at(0),
    };
    mark::insert(sql, &known, digest(number))
}

fn attempt(owner: u128, id: u128) -> Confirmation {
    let operation = r#"{"what":{"operation":"login"},"client":"tws","address":"192.0.2.17",
        "agent":"Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0","channel":{"channel":"hosted"}}"#;
    Confirmation {
        id: octets(id).into(),
        user: octets(owner).into(),
        operation: serde_json::from_str(operation).unwrap_or_else(|_| unreachable!("a constant")),
        created_at: at(1),
        expires_at: at(300_000_000),
        wrong_answers: 0,
        budget: Budget::Known(octets(owner << 16).into()),
        asker: Asker::Attempt,
        last_wrong: None,
        first: None,
        sent: None,
        asked: BTreeMap::new(),
        state: State::AwaitingChoice,
    }
}

fn asks(owner: u128, id: u128) -> Vec<Ask> {
    let user = octets(owner).into();
    vec![
        confirmation::ask_by_handle(user, digest(id)),
        user::ask_by_id(user),
        device::ask_of_user(user),
        failure::ask_load(user),
        device::ask_keys(user),
    ]
}

fn note(sql: &mut dyn Sql, owner: u128, id: u128, nth: u128) -> Result<(), Error> {
    let row = octets(id.wrapping_mul(8) | nth);
    let kind = Kind::Confirmed.name().to_owned();
    let user = Some(octets(owner).into());
    audit::insert(sql, &audit::Entry { user, id: row.into(), at: at(1), kind, detail: DETAIL.to_owned() })
}

/// What both steps read.
fn load(sql: &mut dyn Sql, owner: u128, id: u128) -> Result<Stored, Error> {
    let user: UserId = octets(owner).into();
    let stored = confirmation::by_handle(sql, user, digest(id))?.ok_or(Error::Closed)?;
    user::by_id(sql, user)?.ok_or(Error::Closed)?;
    device::of_user(sql, user)?;
    failure::load(sql, user, stored.confirmation.budget)?;
    Ok(stored)
}

fn choose(sql: &mut dyn Sql, _: &Sealer, owner: u128, id: u128) -> Result<(), Error> {
    throttle::take(sql, octets(owner << 24), WIDE, at(1))?;
    let stored = load(sql, owner, id)?;
    if !confirmation::save(sql, stored.version, &stored.confirmation)? {
        return Err(Error::Retry);
    }
    note(sql, owner, id, 1)
}

fn answer(sql: &mut dyn Sql, sealer: &Sealer, owner: u128, id: u128) -> Result<(), Error> {
    let (user, device): (UserId, DeviceId) = (octets(owner).into(), octets(owner << 8).into());
    throttle::take(sql, octets(owner << 24), WIDE, at(1))?;
    throttle::take(sql, octets(owner << 32), WIDE, at(1))?;
    let stored = load(sql, owner, id)?;
    device::keys(sql, sealer, user, device)?.ok_or(Error::Closed)?;
    let outcome = Outcome::Confirmed { device, method: Method::ChallengeResponse, at: at(2) };
    let ended = Confirmation { state: State::Ended(outcome), ..stored.confirmation };
    if !confirmation::save(sql, stored.version, &ended)? || !confirmation::given(sql, user, ended.id, at(2))? {
        return Err(Error::Retry);
    }
    device::save_moving(sql, user, device, &Moving { counter: 7, ..Moving::default() })?;
    device::used(sql, user, device, at(2))?;
    mark::seen(sql, user, octets(owner << 16).into(), at(2))?;
    place::seen(sql, user, [octets((owner << 8) | 200), octets((owner << 8) | 201)], at(2))?;
    code::insert(sql, &new_code(user, id)?)?;
    note(sql, owner, id, 2)?;
    note(sql, owner, id, 3)
}

fn new_code(user: UserId, id: u128) -> Result<Code, Error> {
    let redemption = r#"{"code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM","scope":"openid"}"#;
    Ok(Code {
        user,
        digest: digest(!id),
        confirmation: octets(id).into(),
        client: "tws".to_owned(),
        redemption: serde_json::from_str(redemption).map_err(|_| Error::Closed)?,
        acr: "2".to_owned(),
        amr: "pwd otp".to_owned(),
        auth_at: at(2),
        expires_at: at(60_000_000),
        redeemed_at: None,
        grant: octets(id << 4).into(),
        session: None,
    })
}

const DETAIL: &str = "{\"device\":\"0192f0c1-2b3c-7d4e-8f90-a1b2c3d4e5f6\",\"method\":\"challenge_response\",\"address\":\
    \"192.0.2.17\",\"agent\":\"Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0\",\"client\":\"tws\"}";
