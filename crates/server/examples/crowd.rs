//! What a server keeps in memory for those who are there and do nothing:
//! `cargo run --release -p countersign --example crowd -- URL PID ROSTER CONNECTIONS LOGINS`.
//!
//! Opens so many connections that ask once and then stand idle, closes them, and then holds so many logins of the roster's
//! users that wait for their phone (`wait=30`, over and over). Prints the resident memory of the server, process PID,
//! before, with each, and after. See docs/performance.md.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a tool that measures tells what it found, and when"
)]

use serde_json::Value;
use std::{error::Error, fs, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::Semaphore,
    task::JoinSet,
    time::{Instant, sleep},
};
use wire::roster::{Roster, User};

/// What goes wrong ends the tool, in words.
type Failure = Box<dyn Error + Send + Sync>;

/// That of RFC 7636, appendix B. Nothing is redeemed.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// Requests under way at once while the crowd comes.
const AT_ONCE: usize = 32;
/// How long the server has to let go of what has gone.
const CALM: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [url, process, roster, connections, logins] = &arguments[..] else {
        return Err("usage: crowd URL PID ROSTER CONNECTIONS LOGINS".into());
    };
    rlimit::increase_nofile_limit(u64::MAX)?;
    let roster: Arc<Roster> = Arc::new(serde_json::from_str(&fs::read_to_string(roster)?)?);
    let process: u32 = process.parse()?;
    told(process, "before")?;

    let begun = Instant::now();
    let idle = idle(url, connections.parse()?).await?;
    let took = begun.elapsed().as_secs_f32();
    told(process, &format!("with {} idle connections, opened in {took:.1} s", idle.len()))?;
    drop(idle);
    sleep(CALM).await;
    told(process, "without them")?;

    let begun = Instant::now();
    let waiting = waiting(url, &roster, logins.parse()?).await?;
    let took = begun.elapsed().as_secs_f32();
    told(process, &format!("with {} waiting logins, begun in {took:.1} s", waiting.len()))?;
    // One more round of every wait.
    sleep(Duration::from_secs(35)).await;
    let still = waiting.len();
    told(process, &format!("with {still} of them 35 s later"))?;
    drop(waiting);
    sleep(CALM).await;
    told(process, "after")
}

/// A line with the server's resident memory.
fn told(process: u32, when: &str) -> Result<(), Failure> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    let kib: u64 = line.trim().trim_end_matches(" kB").trim().parse()?;
    println!("{:>4} MiB  {when}", kib / 1024);
    Ok(())
}

/// Connections that have asked once and ask nothing more.
async fn idle(url: &str, count: usize) -> Result<Vec<TcpStream>, Failure> {
    let host = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let (room, mut opening) = (Arc::new(Semaphore::new(AT_ONCE)), JoinSet::new());
    for _ in 0..count {
        let (host, place) = (host.clone(), Arc::clone(&room).acquire_owned().await?);
        opening.spawn(async move {
            let mut stream = TcpStream::connect(&host).await?;
            stream.write_all(format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).await?;
            let mut answer = [0; 2048];
            let read = stream.read(&mut answer).await?;
            drop(place);
            match answer.get(..read) {
                Some(answer) if answer.starts_with(b"HTTP/1.1 200") => Ok(stream),
                _ => Err::<_, Failure>("a connection was not answered".into()),
            }
        });
    }
    opening.join_all().await.into_iter().collect()
}

/// Logins that wait for their phone, each held open by a task of its own.
async fn waiting(url: &str, roster: &Arc<Roster>, count: usize) -> Result<JoinSet<Result<(), Failure>>, Failure> {
    if roster.users.len() < count {
        return Err("one login of each user: the roster is too short".into());
    }
    let http = reqwest::Client::builder().pool_max_idle_per_host(AT_ONCE).build()?;
    let (room, mut beginning) = (Arc::new(Semaphore::new(AT_ONCE)), JoinSet::new());
    for nth in 0..count {
        let (login, place) = (Login::new(url, &http, nth), Arc::clone(&room).acquire_owned().await?);
        let roster = Arc::clone(roster);
        beginning.spawn(async move {
            let user = roster.users.get(nth).ok_or("no such user")?;
            let handle = login.begin(user, &roster.password).await?;
            drop(place);
            Ok::<_, Failure>((login, handle))
        });
    }
    let mut held = JoinSet::new();
    for begun in beginning.join_all().await {
        let (login, handle) = begun?;
        held.spawn(async move { login.wait(&handle).await });
    }
    // All of them have asked by then; one that did not have to wait has failed.
    sleep(CALM).await;
    match held.try_join_next() {
        None => Ok(held),
        Some(ended) => Err(format!("a login does not wait: {ended:?}").into()),
    }
}

/// One login.
struct Login {
    url: String,
    http: reqwest::Client,
    /// Each user has an address of his own, as behind a proxy.
    address: String,
}

impl Login {
    fn new(url: &str, http: &reqwest::Client, nth: usize) -> Self {
        let url = format!("{}/oauth2/authorize-challenge", url.trim_end_matches('/'));
        Self { url, http: http.clone(), address: format!("10.{}.{}.{}", nth >> 16, (nth >> 8) & 255, nth & 255) }
    }

    async fn ask(&self, form: &[(&str, &str)]) -> Result<Value, Failure> {
        let request = self.http.post(&self.url).header("x-forwarded-for", &self.address).form(form);
        Ok(request.send().await?.json().await?)
    }

    /// As far as the phone's approval; its attempt's handle.
    async fn begin(&self, user: &User, password: &str) -> Result<String, Failure> {
        let form = [
            ("client_id", "tws"),
            ("username", user.username.as_str()),
            ("password", password),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let mut step = self.ask(&form).await?;
        let handle = step
            .pointer("/auth_session")
            .and_then(Value::as_str)
            .ok_or_else(|| format!("no login: {step}"))?
            .to_owned();
        let devices = step.pointer("/next/devices").and_then(Value::as_array).into_iter().flatten();
        let phone =
            devices.filter(|device| is(device, "/class", "phone")).find_map(|device| device.get("id")?.as_str());
        if let Some(phone) = phone.map(str::to_owned) {
            step = self.ask(&[("auth_session", &handle), ("device_id", &phone)]).await?;
        }
        if is(&step, "/next/step", "approve") { Ok(handle) } else { Err(format!("no approval: {step}").into()) }
    }

    /// Waits until its time is over, or something else comes than the same again.
    async fn wait(&self, handle: &str) -> Result<(), Failure> {
        loop {
            let step = self.ask(&[("auth_session", handle), ("wait", "30")]).await?;
            if !is(&step, "/next/step", "approve") {
                return Err(format!("{step}").into());
            }
        }
    }
}

/// Whether a text stands at a place of an answer.
fn is(answer: &Value, place: &str, text: &str) -> bool {
    answer.pointer(place).and_then(Value::as_str) == Some(text)
}
