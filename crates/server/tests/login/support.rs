//! A server of its own for each test, users with virtual cards, and the few calls a program makes.

use axum::{extract::Request, middleware::map_request};
use countersign::{
    app::{App, Clock},
    boot,
    config::File,
    flow::{
        device::issue::{self, NewDevice},
        user::{self, NewUser},
    },
    http, jobs,
};
use domain::Secret;
use otp::ocra::{Input, Suite};
use serde_json::Value;
use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, time::Duration};
use store::seal::KeyRing;

pub const PASSWORD: &str = "correct horse battery";
pub const PIN: &str = "7294";
pub const SUITE: &str = "OCRA-1:HOTP-SHA256-8:C-QN06-PSHA256";
/// RFC 7636, appendix B.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Buckets wide enough to be out of the way of tests that are not about them.
pub const WIDE: &str =
    "[throttle]\naddress_burst = 100000\naddress_per_second = 1000\nusername_burst = 100000\nusername_each = \"1s\"\n";

pub struct Server {
    pub app: Arc<App>,
    pub url: String,
    pub http: reqwest::Client,
    place: Place,
    settings: String,
    /// The issuer, where it is not the server's own address.
    front: Option<String>,
    /// The configuration.
    pub text: String,
    task: tokio::task::JoinHandle<()>,
    jobs: tokio::task::JoinSet<()>,
}

/// A database with all tables, copied from one that was brought up to date before.
fn migrated() -> testing::postgres::Database {
    let kind: Vec<_> = store::MIGRATIONS.iter().map(|migration| (migration.name, migration.sql)).collect();
    testing::postgres::Database::prepared(kind, |url| {
        let store = store::Store::open(&store::Options::new(url)).unwrap();
        store.migrate(store::MIGRATIONS, 0).unwrap();
    })
}

/// Where the data is: a folder, or a PostgreSQL database of its own when `COUNTERSIGN_TEST_STORE` is `postgres`.
#[derive(Clone)]
struct Place {
    dir: Arc<tempfile::TempDir>,
    postgres: Option<Arc<testing::postgres::Database>>,
}

impl Place {
    #[expect(clippy::disallowed_methods, reason = "which store tests use is no setting of the program")]
    fn new() -> Self {
        let on_postgres = std::env::var("COUNTERSIGN_TEST_STORE").is_ok_and(|store| store == "postgres");
        Self { dir: Arc::new(tempfile::tempdir().unwrap()), postgres: on_postgres.then(|| Arc::new(migrated())) }
    }

    fn on(database: testing::postgres::Database) -> Self {
        Self { dir: Arc::new(tempfile::tempdir().unwrap()), postgres: Some(Arc::new(database)) }
    }

    fn url(&self) -> String {
        match &self.postgres {
            Some(database) => database.url.clone(),
            None => format!("sqlite:{}", self.dir.path().join("test.db").display()),
        }
    }
}

/// What comes later is later, by as much as ids tell apart: a clock that stood would leave its order to chance.
const MOMENT: Duration = Duration::from_millis(1);

/// Longest wait for anything. Only a test that fails ever waits so long: a machine may be as slow as it likes.
pub const SOON: Duration = Duration::from_secs(120);

/// Waits until `look` finds something.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(SOON, looking).await.unwrap_or_else(|_| panic!("{what}: in vain"))
}

/// A port that was just left may be busy for a moment.
async fn listen(port: u16) -> tokio::net::TcpListener {
    let look = async || tokio::net::TcpListener::bind(("127.0.0.1", port)).await.ok();
    until(&format!("port {port} is free"), look).await
}

/// A clock that stands at the beginning of a second: requests move it on within that second.
fn standing() -> Clock {
    let clock = Clock::standing();
    let into = clock.now().micros() % 1_000_000;
    clock.advance(Duration::from_micros(u64::try_from(1_000_000 - into).unwrap()));
    clock
}

impl Server {
    pub async fn start() -> Self {
        Self::with(WIDE).await
    }

    /// A server with further settings. Its clock stands still but for [`Self::advance`], as that of every server of the
    /// tests does: what depends on the time is the same however long a machine takes, and may be compared. Only a
    /// request moves it on, by a [`MOMENT`].
    pub async fn with(settings: &str) -> Self {
        Self::at(Place::new(), settings, standing(), (0, None)).await
    }

    /// A server that calls itself by the address of what stands before it.
    pub async fn behind(front: &str) -> Self {
        Self::at(Place::new(), WIDE, standing(), (0, Some(front.to_owned()))).await
    }

    /// As [`Self::behind`], on this database.
    pub async fn behind_on(front: &str, database: testing::postgres::Database) -> Self {
        Self::at(Place::on(database), WIDE, standing(), (0, Some(front.to_owned()))).await
    }

    /// As [`Self::with`], on this database.
    pub async fn with_on(settings: &str, database: testing::postgres::Database) -> Self {
        Self::at(Place::on(database), settings, standing(), (0, None)).await
    }

    /// A second server on the same database under the same name, as another node.
    pub async fn another_node(&self) -> Self {
        let issuer = self.app.settings.issuer.clone();
        Self::at(self.place.clone(), &self.settings, self.app.clock.clone(), (0, Some(issuer))).await
    }

    async fn at(place: Place, settings: &str, clock: Clock, (port, front): (u16, Option<String>)) -> Self {
        let listener = listen(port).await;
        let own = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let url = front.as_ref().unwrap_or(&own);
        // Settings that begin with [http] say more of it.
        let (http, settings_of_parts) = match settings.strip_prefix("[http]\n") {
            Some(rest) => rest.split_at(rest.find("\n[").map_or(rest.len(), |at| at + 1)),
            None => ("", settings),
        };
        let text = format!(
            "[http]\npublic_url = \"{url}\"\n{http}[store]\nurl = \"{}\"\n{settings_of_parts}\n\
             [[clients]]\nid = \"tws\"\nname = \"TWS\"\nfirst_party = true\nchooser_since = [\"966\", \"0 below 100\"]\n\
             [[clients]]\nid = \"other\"\nname = \"Other\"\nfirst_party = true\n\
             [[clients]]\nid = \"portal\"\nname = \"Portal\"\n",
            place.url(),
        );
        let file = File::parse(&text).unwrap();
        let ring = KeyRing::parse(&"5a".repeat(32)).unwrap();
        let app =
            Arc::new(tokio::task::spawn_blocking(move || boot::boot_with(&file, &ring, clock)).await.unwrap().unwrap());
        let clock = app.clock.clone();
        let later = move |request: Request| {
            clock.advance(MOMENT);
            std::future::ready(request)
        };
        let router = http::router(Arc::clone(&app)).layer(map_request(later));
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let task = tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        // "localhost" may be ::1 first on some machines; this server listens on 127.0.0.1.
        let url = own.replace("localhost", "127.0.0.1");
        Self {
            app,
            url,
            http,
            place,
            settings: settings.to_owned(),
            front,
            text,
            task,
            jobs: tokio::task::JoinSet::new(),
        }
    }

    /// Lets it do by itself what a server does besides answering: deliver, and follow changes of clients and keys. Off
    /// by default, since some tests count what an answer costs.
    pub fn at_work(mut self) -> Self {
        self.jobs = jobs::followers(&self.app);
        self
    }

    /// Stops, and starts again on the same data; the clock goes on where it was.
    pub async fn restart(self) -> Self {
        self.again(0).await
    }

    /// As [`Self::restart`], under the same address: what others remember of it still holds.
    pub async fn restart_at_same_port(self) -> Self {
        let port = self.url.rsplit(':').next().unwrap().parse().unwrap();
        self.again(port).await
    }

    async fn again(mut self, port: u16) -> Self {
        let (place, settings, front) = (self.place.clone(), self.settings.clone(), self.front.clone());
        let clock = self.app.clock.clone();
        self.task.abort();
        self.jobs.shutdown().await;
        drop(self);
        Self::at(place, &settings, clock, (port, front)).await
    }

    /// Everything the database holds: SQLite's files as they are, or what PostgreSQL's own dump says (octets in
    /// hexadecimal).
    pub fn dump(&self) -> Vec<u8> {
        let Some(database) = &self.place.postgres else {
            let files = std::fs::read_dir(self.place.dir.path()).unwrap();
            return files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect();
        };
        let dumped = std::process::Command::new("pg_dump").arg(&database.url).output().unwrap();
        assert!(dumped.status.success(), "{}", String::from_utf8_lossy(&dumped.stderr));
        dumped.stdout
    }

    /// Has SQLite copy its log into the database, so that what was overwritten there is not found in the log.
    pub fn checkpoint(&self) {
        if self.place.postgres.is_none() {
            let database = rusqlite::Connection::open(self.place.dir.path().join("test.db")).unwrap();
            let busy = database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
            assert_eq!(busy.unwrap(), 0, "somebody reads the log still");
        }
    }

    /// How many rows each table has, as SQLite or PostgreSQL's own dump tells.
    pub fn rows(&self) -> BTreeMap<String, usize> {
        if self.place.postgres.is_none() {
            let database = rusqlite::Connection::open(self.place.dir.path().join("test.db")).unwrap();
            let mut names = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").unwrap();
            let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
            let count = |name: &String| {
                let count = format!("SELECT COUNT(*) FROM {name}");
                usize::try_from(database.query_row(&count, [], |row| row.get::<_, i64>(0)).unwrap()).unwrap()
            };
            return names.iter().map(|name| (name.clone(), count(name))).collect();
        }
        let (dump, mut rows, mut table) = (self.dump(), BTreeMap::new(), None);
        for line in String::from_utf8_lossy(&dump).lines() {
            if let Some(name) = line.strip_prefix("COPY public.") {
                let name = name.split(' ').next().unwrap().to_owned();
                rows.insert(name.clone(), 0);
                table = Some(name);
            } else if line == "\\." {
                table = None;
            } else if let Some(name) = &table {
                *rows.get_mut(name).unwrap() += 1;
            }
        }
        rows
    }

    /// Runs the program `countersign` on this server's configuration and data, as an operator beside it does: exit code,
    /// standard output as JSON, standard error. The command goes by the system's clock; afterwards the server's is not
    /// behind it.
    pub async fn command(&self, arguments: &[&str]) -> (i32, Value, String) {
        let (config, key) = (self.place.dir.path().join("countersign.toml"), self.place.dir.path().join("sealing.key"));
        std::fs::write(&key, "5a".repeat(32)).unwrap();
        std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let keys = format!("[keys]\nsealing_key_file = \"{}\"\n", key.display());
        std::fs::write(&config, format!("{}{keys}", self.text)).unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_countersign"));
        command.args(arguments).arg("--config").arg(config);
        // The command reads the system's clock, which must not be behind what the server has written.
        tokio::time::sleep(self.app.now().since(Clock::default().now())).await;
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let text = |octets: &[u8]| String::from_utf8(octets.to_vec()).unwrap();
        self.app.clock.advance(Clock::default().now().since(self.app.now()));
        let value = serde_json::from_str(&text(&output.stdout)).unwrap_or(Value::Null);
        (output.status.code().unwrap(), value, text(&output.stderr))
    }

    /// Unix seconds by its clock, for what is signed for it.
    pub fn unix_now(&self) -> u64 {
        u64::try_from(self.app.now().unix_seconds()).unwrap()
    }

    pub fn advance(&self, seconds: u64) {
        self.app.clock.advance(Duration::from_secs(seconds));
    }

    /// A user with `cards` DSC+ whose keys are `[1; 32]`, `[2; 32]`, ….
    pub async fn user(&self, username: &str, cards: u8) -> Vec<Card> {
        let (app, username) = (Arc::clone(&self.app), username.to_owned());
        tokio::task::spawn_blocking(move || {
            user::add_user(
                &app,
                &NewUser {
                    username: username.clone(),
                    password: Some(Secret::new(PASSWORD.to_owned())),
                    locale: i18n::Lang::En,
                    mail: Some(format!("{username}@example.com")),
                    phone: None,
                },
            )
            .unwrap();
            let card = |n: u8| {
                app.clock.advance(MOMENT);
                let added = issue::add_device(
                    &app,
                    &NewDevice {
                        username: username.clone(),
                        class: "dsc-plus".to_owned(),
                        serial: format!("{username} 77100{n:02}"),
                        label: None,
                        suite: None,
                        key: Some(Secret::new(vec![n; 32])),
                        pin: Some(Secret::new(PIN.to_owned())),
                        adopt: false,
                    },
                );
                Card { id: added.unwrap().device.id.to_string(), key: vec![n; 32], counter: 0 }
            };
            let cards = (1..=cards).map(card).collect();
            // What is done next is done later.
            app.clock.advance(MOMENT);
            cards
        })
        .await
        .unwrap()
    }

    /// A form POST; the status and the body as JSON.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
        let answer = self.http.post(format!("{}{path}", self.url)).form(form).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
    }

    pub async fn challenge(&self, form: &[(&str, &str)]) -> (u16, Value) {
        self.post("/oauth2/authorize-challenge", form).await
    }

    /// The first request of a login as `tws`, with further parameters.
    pub async fn begin(&self, username: &str, password: &str, more: &[(&str, &str)]) -> (u16, Value) {
        let mut form =
            vec![("client_id", "tws"), ("username", username), ("password", password), ("code_challenge", CHALLENGE)];
        form.extend_from_slice(more);
        self.challenge(&form).await
    }

    /// A whole login with the first device, which must succeed.
    pub async fn log_in(&self, username: &str, card: &mut Card, more: &[(&str, &str)]) -> Value {
        let (_, begun) = self.begin(username, PASSWORD, more).await;
        let respond = self.choose(&begun, card).await;
        let response = card.respond(&respond);
        let (status, done) = self.challenge(&[("auth_session", session(&respond)), ("response", &response)]).await;
        assert_eq!(status, 200, "{done}");
        done
    }

    /// Picks a card in a chooser; nothing to do where the card is awaited already.
    pub async fn choose(&self, begun: &Value, card: &Card) -> Value {
        if begun["next"]["step"] != "choose_device" {
            assert_eq!(begun["next"]["device"]["id"], card.id.as_str(), "{begun}");
            return begun.clone();
        }
        let (_, respond) = self.challenge(&[("auth_session", session(begun)), ("device_id", &card.id)]).await;
        assert_eq!(respond["next"]["step"], "respond", "{respond}");
        respond
    }
}

/// The attempt's handle.
pub fn session(answer: &Value) -> &str {
    answer["auth_session"].as_str().unwrap_or_else(|| panic!("no auth_session in {answer}"))
}

#[derive(Debug, Clone)]
pub struct Card {
    pub id: String,
    pub key: Vec<u8>,
    pub counter: u64,
}

impl Card {
    /// The card's answer to the challenge of a `respond` step; its counter moves on.
    pub fn respond(&mut self, step: &Value) -> String {
        self.answer(step["next"]["challenge"].as_str().unwrap_or_else(|| panic!("no challenge in {step}")), PIN)
    }

    pub fn answer(&mut self, challenge: &str, pin: &str) -> String {
        let suite = Suite::parse(SUITE).unwrap();
        let pin = suite.pin_hash(pin).unwrap();
        let input = Input { counter: Some(self.counter), question: challenge, pin: Some(&pin), ..Input::default() };
        self.counter += 1;
        suite.respond(&otp::Key::new(self.key.clone()), &input).unwrap().as_str().to_owned()
    }
}

/// What is queued for others still, whenever it may be due.
pub async fn queued(server: &Server) -> Vec<store::delivery::Delivery> {
    let (app, later) = (server.app.clone(), server.app.now().plus(Duration::from_secs(1_000_000)));
    let read = server.app.store.read(move |sql| {
        let kinds = store::delivery::Kind::ALL.into_iter();
        let due = kinds.map(|kind| store::delivery::due(sql, &app.sealer, kind, later, 100, 100));
        due.collect::<Result<Vec<_>, store::Error>>()
    });
    read.await.unwrap().concat()
}

/// Waits until nothing is queued any more.
pub async fn settled(server: &Server) {
    until("nothing is queued", async || queued(server).await.is_empty().then_some(())).await;
}

/// Waits until something queued waits for its next try, which is so far away: the last one is over and its outcome kept,
/// which whoever took it does not know.
pub async fn until_waiting(server: &Server, tries: u32, seconds: u64) {
    let waits = async || {
        let queued = queued(server).await;
        let now = server.app.now();
        queued.iter().any(|one| one.attempts == tries && one.next_at.seconds_from(now) == seconds).then_some(())
    };
    until(&format!("try {tries}, and {seconds} s until the next"), waits).await;
}

/// As [`until_waiting`], and lets that time pass.
pub async fn until_next_try(server: &Server, tries: u32, seconds: u64) {
    until_waiting(server, tries, seconds).await;
    server.advance(seconds);
}

/// A session of a user who has just logged in; nothing of it is stored.
pub fn new_session(user: domain::id::UserId, n: u8, now: domain::Timestamp) -> store::session::Session {
    store::session::Session {
        user,
        id: [n; 16].into(),
        confirmation: [n; 16].into(),
        agent: String::new(),
        address: String::new(),
        acr: String::new(),
        amr: "pwd otp mfa".to_owned(),
        created_at: now,
        last_seen_at: now,
        expires_at: now.plus(Duration::from_secs(3600)),
        stays: false,
        card_only: false,
    }
}
