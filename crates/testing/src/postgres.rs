//! PostgreSQL for tests: a database of one's own on the server that is there, or a server of one's own.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash};
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use postgres::{Client, NoTls};
use tempfile::TempDir;

/// The variable that names the server: the URL of an account that may create databases.
pub const SERVER: &str = "COUNTERSIGN_TEST_POSTGRES";

/// The words of `CREATE DATABASE` for one that depends on nothing of the server's.
const PLAIN: &str = "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'";

/// A database of a random name, which goes with this value.
#[derive(Debug)]
pub struct Database {
    /// Its address.
    pub url: String,
    server: String,
    name: String,
}

impl Database {
    /// Creates an empty database on the server of [`SERVER`]. Panics where there is none: tests are never skipped.
    #[must_use]
    pub fn create() -> Self {
        Self::create_on(&server(), PLAIN)
    }

    /// Creates a database that begins as `prepare` left the first of its kind, whose address it was given. That is done
    /// once on a server and copied from then on, by whatever process; `kind` says what the kind depends on.
    #[must_use]
    pub fn prepared(kind: impl Hash, prepare: impl FnOnce(&str)) -> Self {
        let server = server();
        let template = format!("template_{:016x}", BuildHasherDefault::<DefaultHasher>::new().hash_one(kind));
        first_of_its_kind(&server, &template, prepare);
        Self::of(&server, &format!("TEMPLATE {template}"))
    }

    /// Creates a database on a server, with the given words of `CREATE DATABASE`.
    #[must_use]
    pub fn create_on(server: &str, words: &str) -> Self {
        Self::of(server, &format!("TEMPLATE template0 {words}"))
    }

    fn of(server: &str, words: &str) -> Self {
        let name = format!("test_{:016x}", RandomState::new().hash_one(std::process::id()));
        run(server, &format!("CREATE DATABASE {name} {words}"));
        Self { url: address(server, &name), server: server.to_owned(), name }
    }

    /// Runs statements on the server beside the program, such as those that cut its connections.
    pub fn admin(&self, sql: &str) {
        run(&self.server, sql);
    }

    /// The database's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        run(&self.server, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}

#[allow(clippy::disallowed_methods, reason = "which server tests use is no setting of the program")]
fn server() -> String {
    let server = std::env::var(SERVER);
    server.unwrap_or_else(|_| panic!("set {SERVER}, or run `cargo xtask test`, which starts a cluster"))
}

/// The address of a database on a server.
fn address(server: &str, name: &str) -> String {
    let (base, query) = server.split_once('?').map_or((server, String::new()), |(b, q)| (b, format!("?{q}")));
    let (host, _) = base.rsplit_once('/').expect("the server's URL names a database");
    format!("{host}/{name}{query}")
}

/// Makes a template where there is none yet. Whoever else wants it waits; what was begun and not ended is made anew.
fn first_of_its_kind(server: &str, template: &str, prepare: impl FnOnce(&str)) {
    let unfinished = format!("unfinished_{template}");
    let mut holder = None;
    thread::scope(|scope| {
        let lock = || -> Result<(Client, bool), postgres::Error> {
            let mut client = Client::connect(server, NoTls)?;
            client.batch_execute(&format!("SELECT pg_advisory_lock(hashtext('{template}'))"))?;
            let there = client.query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&template])?.is_some();
            Ok((client, there))
        };
        holder = scope.spawn(lock).join().ok();
    });
    let (client, there) = holder.expect("the client does not panic").expect("the server answers");
    if !there {
        run(server, &format!("DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)"));
        run(server, &format!("CREATE DATABASE {unfinished} TEMPLATE template0 {PLAIN}"));
        prepare(&address(server, &unfinished));
        run(server, &format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{unfinished}'"));
        run(server, &format!("ALTER DATABASE {unfinished} RENAME TO {template}"));
    }
    // The lock goes with its connection.
    thread::scope(|scope| drop(scope.spawn(move || drop(client)).join()));
}

/// On a thread of its own, since tests may be async and the client must not meet their runtime.
fn run(server: &str, sql: &str) {
    let done = thread::scope(|scope| scope.spawn(|| Client::connect(server, NoTls)?.batch_execute(sql)).join());
    match done {
        Ok(Ok(())) => {}
        Ok(Err(error)) => panic!("{sql}: {error:?}"),
        Err(_) => panic!("{sql}: the client panicked"),
    }
}

/// A PostgreSQL server in a temporary folder, which stops with this value. It trusts everybody on this machine, and
/// unless it is [durable](Self::durable) syncs nothing to the disk: it survives being killed, but no power cut.
#[derive(Debug)]
pub struct Cluster {
    folder: TempDir,
    binaries: PathBuf,
    port: u16,
    fsync: bool,
}

impl Cluster {
    /// Makes and starts a server.
    pub fn start() -> Result<Self, Error> {
        Self::make(false)
    }

    /// A server that writes each commit to the disk before it answers, for measuring.
    pub fn durable() -> Result<Self, Error> {
        Self::make(true)
    }

    fn make(fsync: bool) -> Result<Self, Error> {
        let folder = tempfile::Builder::new().prefix("pg").tempdir()?;
        let port = crate::free_port();
        let cluster = Self { folder, binaries: binaries()?, port, fsync };
        if is_root() {
            finish(Command::new("chown").arg("postgres").arg(cluster.folder.path()))?;
        }
        let data = cluster.data();
        finish(
            cluster
                .command("initdb")
                .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N", "-D"])
                .arg(data),
        )?;
        cluster.start_again()?;
        Ok(cluster)
    }

    /// The address of its database `postgres`, for an account that may do everything.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Runs a statement as the account that may do everything.
    pub fn admin(&self, sql: &str) {
        run(&self.url(), sql);
    }

    /// The address of one of its databases, for one of its accounts.
    #[must_use]
    pub fn url_of(&self, database: &str, account: &str) -> String {
        format!("postgres://{account}@127.0.0.1:{}/{database}", self.port)
    }

    /// Gives the server a certificate and its key, both PEM, and starts it again.
    pub fn speak_tls(&self, certificate: &str, key: &str) -> Result<(), Error> {
        for (name, text) in [("server.crt", certificate), ("server.key", key)] {
            let file = self.data().join(name);
            std::fs::write(&file, text)?;
            finish(Command::new("chmod").arg("600").arg(&file))?;
            if is_root() {
                finish(Command::new("chown").arg("postgres").arg(&file))?;
            }
        }
        // Beside the data, where the server looks for the files by these names.
        let settings = self.data().join("postgresql.auto.conf");
        std::fs::write(settings, "ssl = on\n")?;
        self.restart()
    }

    /// Stops the server, cutting all connections, and starts it again.
    pub fn restart(&self) -> Result<(), Error> {
        self.stop()?;
        self.start_again()
    }

    /// Stops every process of the server where it is: connections stay open, and nothing is answered.
    pub fn hang(&self) -> Result<(), Error> {
        // The first one begins no further ones once it stands.
        let first = self.first_process()?;
        signal("STOP", &[first])?;
        signal("STOP", &children(first)?)
    }

    /// Lets them go on.
    pub fn go_on(&self) -> Result<(), Error> {
        let first = self.first_process()?;
        let mut all = children(first)?;
        all.push(first);
        signal("CONT", &all)
    }

    fn first_process(&self) -> Result<u32, Error> {
        let text = std::fs::read_to_string(self.data().join("postmaster.pid"))?;
        let first = text.lines().next().and_then(|line| line.trim().parse().ok());
        first.ok_or_else(|| Error::other("no process in postmaster.pid"))
    }

    /// Starts a server that was stopped, on its data.
    pub fn start_again(&self) -> Result<(), Error> {
        let folder = self.folder.path().display();
        let options = format!(
            "-p {} -k {folder} -c listen_addresses=127.0.0.1 -c fsync={} -c max_connections=300 -c shared_buffers=64MB",
            self.port,
            if self.fsync { "on" } else { "off" },
        );
        let log = self.folder.path().join("log");
        finish(
            self.command("pg_ctl").arg("-D").arg(self.data()).arg("-l").arg(log).args(["-w", "-o", &options, "start"]),
        )
    }

    /// Stops the server at once, cutting all connections.
    pub fn stop(&self) -> Result<(), Error> {
        finish(self.command("pg_ctl").arg("-D").arg(self.data()).args(["-w", "-m", "immediate", "stop"]))
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The server refuses to run as root.
    fn command(&self, program: &str) -> Command {
        let program = self.binaries.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(self.folder.path());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // One that hangs hears of no end.
        drop(self.go_on());
        // The folder goes in any case.
        drop(self.stop());
    }
}

/// The processes that one has begun, as Linux lists them.
fn children(of: u32) -> Result<Vec<u32>, Error> {
    let text = std::fs::read_to_string(format!("/proc/{of}/task/{of}/children"))?;
    Ok(text.split_whitespace().filter_map(|one| one.parse().ok()).collect())
}

fn signal(name: &str, processes: &[u32]) -> Result<(), Error> {
    finish(Command::new("kill").args(["-s", name]).args(processes.iter().map(u32::to_string)))
}

fn finish(command: &mut Command) -> Result<(), Error> {
    // Not piped: the server would keep the pipe open and its reader waiting.
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(Error::other(format!("{command:?}: {status}"))) }
}

/// Debian's folders, the newest version first, and then wherever `pg_ctl` is on the path.
fn binaries() -> Result<PathBuf, Error> {
    let mut found: Vec<_> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path().join("bin")))
        .filter(|folder| folder.join("initdb").exists())
        .collect();
    found.sort_by_key(|folder| folder.parent().and_then(Path::file_name)?.to_str()?.parse::<u32>().ok());
    if let Some(newest) = found.pop() {
        return Ok(newest);
    }
    #[allow(clippy::disallowed_methods, reason = "where programs are is no setting of ours")]
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .find(|folder| folder.join("initdb").exists())
        .ok_or_else(|| Error::new(ErrorKind::NotFound, "initdb of PostgreSQL is not installed"))
}

fn is_root() -> bool {
    let answer = Command::new("id").arg("-u").output();
    answer.is_ok_and(|answer| answer.stdout.trim_ascii() == b"0")
}
