//! The real server killed while a login awaits the phone, and started again on the same data.

use super::support::{CHALLENGE, PASSWORD, VERIFIER, session};
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Child, ChildStderr, ChildStdout, Command, Stdio},
    time::Duration,
};
use wire::demo::{Ready, User};

/// The client, in the same folder as the server that is tested.
pub fn client() -> PathBuf {
    let path = PathBuf::from(env!("CARGO_BIN_EXE_countersign")).with_file_name("countersign-client");
    assert!(path.exists(), "{} is missing: build it first, cargo build -p countersign-client", path.display());
    path
}

/// A form POST to a server, which may be gone.
pub async fn send(url: &str, path: &str, form: &[(&str, &str)]) -> Option<(u16, Value)> {
    let answer = reqwest::Client::new().post(format!("{url}{path}")).form(form).send().await.ok()?;
    Some((answer.status().as_u16(), answer.json().await.ok()?))
}

/// `phone approve` with the only thing that awaits the phone: exit code, standard output, standard error.
pub async fn approve(state: &Path, number: Option<&str>) -> (i32, String, String) {
    let mut command = Command::new(client());
    command.args(["phone", "approve", "--state"]).arg(state).arg("--pin-file").arg(state.with_extension("pin"));
    command.args(number.map(|digits| ["--number", digits]).iter().flatten());
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let text = |octets: &[u8]| String::from_utf8(octets.to_vec()).unwrap().trim().to_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

/// `countersign-client login --wait`, which has reached the phone.
pub struct Waiting {
    child: Child,
    out: ChildStdout,
    rest: BufReader<ChildStderr>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A login as alice with her default device, by the real program.
pub fn log_in_and_wait(server: &str, folder: &Path) -> Waiting {
    wait_as(server, folder, ("alice", PASSWORD, &[]))
}

fn wait_as(server: &str, folder: &Path, (username, password, more): (&str, &str, &[&str])) -> Waiting {
    let file = folder.join("password");
    fs::write(&file, password).unwrap();
    let words = ["login", "--client", "tws", "--client-version", "965", "--no-mark", "--json", "--wait"];
    let mut child = Command::new(client())
        .args(words)
        .args(["--lang", "en", "--server", server, "--username", username, "--password-file"])
        .arg(&file)
        .args(more)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let out = child.stdout.take().unwrap();
    let mut rest = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    assert!(rest.read_line(&mut said).unwrap() > 0, "the program says that the phone is asked");
    assert!(said.contains("Open the app on your phone"), "{said}");
    Waiting { child, out, rest }
}

impl Waiting {
    /// The number that it shows for the phone; only an unfamiliar place has one.
    pub fn number(&mut self) -> String {
        let mut line = String::new();
        self.rest.read_line(&mut line).unwrap();
        line.strip_prefix("Number: ").unwrap_or_else(|| panic!("no number: {line}")).trim().to_owned()
    }

    /// Its exit code and its object, once it has ended.
    pub fn ends(mut self) -> (i32, String) {
        let mut text = String::new();
        self.out.read_to_string(&mut text).unwrap();
        let code = self.child.wait().unwrap().code().unwrap();
        let mut trouble = String::new();
        self.rest.read_to_string(&mut trouble).unwrap();
        (code, format!("{text}{trouble}"))
    }
}

struct Demo {
    child: Child,
    ready: Ready,
}

impl Drop for Demo {
    fn drop(&mut self) {
        // SIGKILL: nothing is put in order.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Demo {
    fn start(data: &Path, port: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_countersign"))
            .args(["demo", "--json", "--test-clock", "--port", port, "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, ready: serde_json::from_str(&line).unwrap_or_else(|_| panic!("not ready: {line}")) }
    }

    /// Killed, and started again under the same address.
    fn again(self, data: &Path) -> Self {
        let port = self.ready.url.rsplit(':').next().unwrap().to_owned();
        drop(self);
        Self::start(data, &port)
    }

    fn alice(&self) -> &User {
        self.ready.users.iter().find(|user| user.username == "alice").unwrap()
    }

    /// The file of alice's phone, with its PIN beside it.
    fn phone(&self) -> PathBuf {
        let device = self.alice().devices.iter().find(|device| device.class == "phone").unwrap();
        let state = PathBuf::from(device.state_file.as_ref().unwrap());
        fs::write(state.with_extension("pin"), device.pin.as_ref().unwrap()).unwrap();
        state
    }

    /// A login of an older program, which is given the default device: the phone.
    async fn awaiting(&self) -> Value {
        let password = self.alice().password.clone();
        let form = [
            ("client_id", "tws"),
            ("client_version", "965"),
            ("username", "alice"),
            ("password", &password),
            ("code_challenge", CHALLENGE),
        ];
        let (_, step) = send(&self.ready.url, "/oauth2/authorize-challenge", &form).await.unwrap();
        assert_eq!(step["next"]["step"], "approve", "{step}");
        step
    }

    async fn ask(&self, step: &Value) -> (u16, Value) {
        let form = [("auth_session", session(step)), ("wait", "0")];
        send(&self.ready.url, "/oauth2/authorize-challenge", &form).await.unwrap()
    }

    async fn redeem(&self, code: &str) -> u16 {
        let form =
            [("grant_type", "authorization_code"), ("client_id", "tws"), ("code", code), ("code_verifier", VERIFIER)];
        send(&self.ready.url, "/oauth2/token", &form).await.unwrap().0
    }
}

#[tokio::test]
async fn a_waiting_program_gets_through_a_kill_and_its_code_once() {
    let dir = tempfile::tempdir().unwrap();
    let demo = Demo::start(dir.path(), "0");
    let phone = demo.phone();
    let password = demo.alice().password.clone();
    let waiting = wait_as(&demo.ready.url, dir.path(), ("alice", &password, &[]));
    let demo = demo.again(dir.path());
    let (code, said, err) = approve(&phone, None).await;
    assert_eq!((code, said.as_str()), (0, "confirmed"), "{err}");
    let (code, out) = tokio::task::spawn_blocking(move || waiting.ends()).await.unwrap();
    assert_eq!(code, 0, "{out}");
    let done: Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
    assert_eq!((&done["signed_in"], &done["username"]), (&json!(true), &json!("alice")));
    let again = approve(&phone, None).await;
    assert!(again.0 == 1 && again.2.contains("nothing awaits this phone"), "{again:?}");
    drop(demo);
}

/// Killed at once after the phone was told "confirmed", and again after the code was given.
#[tokio::test]
async fn what_the_phone_was_told_outlives_a_kill_and_is_given_once() {
    let dir = tempfile::tempdir().unwrap();
    let demo = Demo::start(dir.path(), "0");
    let phone = demo.phone();
    let step = demo.awaiting().await;
    let (code, said, err) = approve(&phone, None).await;
    assert_eq!((code, said.as_str()), (0, "confirmed"), "{err}");
    let demo = demo.again(dir.path());
    let (status, done) = demo.ask(&step).await;
    assert_eq!(status, 200, "{done}");
    let demo = demo.again(dir.path());
    assert_eq!(demo.ask(&step).await, (200, done.clone()), "told again, the same");
    let code = done["authorization_code"].as_str().unwrap();
    assert_eq!(demo.redeem(code).await, 200);
    assert_eq!(demo.ask(&step).await.1["failure"]["reason"], "already_answered", "redeemed");
    let demo = demo.again(dir.path());
    assert_eq!(demo.redeem(code).await, 400, "a code is good once, also over a kill");
}

/// Killed at any moment while the phone answers: either it is told so and it holds, or it may answer again.
#[tokio::test]
async fn killed_while_the_phone_answers_it_is_accepted_once_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let mut demo = Demo::start(dir.path(), "0");
    let phone = demo.phone();
    for moment in [5_u64, 30, 60, 90, 120, 180] {
        let step = demo.awaiting().await;
        let answering = tokio::spawn({
            let phone = phone.clone();
            async move { approve(&phone, None).await }
        });
        tokio::time::sleep(Duration::from_millis(moment)).await;
        demo = demo.again(dir.path());
        let (told, _, _) = answering.await.unwrap();
        let (status, mut answer) = demo.ask(&step).await;
        if told == 0 {
            assert_eq!(status, 200, "acknowledged after {moment} ms and lost: {answer}");
        }
        if status != 200 {
            assert_eq!(answer["next"]["step"], "approve", "after {moment} ms it is still open: {answer}");
            let (code, said, err) = approve(&phone, None).await;
            assert_eq!((code, said.as_str()), (0, "confirmed"), "{err}");
            answer = demo.ask(&step).await.1;
        }
        let code = answer["authorization_code"].as_str().unwrap_or_else(|| panic!("no code: {answer}"));
        assert_eq!(demo.ask(&step).await, (200, answer.clone()), "told again, the same");
        assert_eq!(demo.redeem(code).await, 200);
        assert_eq!(demo.ask(&step).await.1["failure"]["reason"], "already_answered", "redeemed");
        let again = approve(&phone, None).await;
        assert!(again.0 == 1 && again.2.contains("nothing awaits this phone"), "{again:?}");
    }
}

/// It watches until it is stopped: a server that is away for a moment is waited for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_that_watches_goes_on_when_its_server_comes_back() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("demo");
    let demo = Demo::start(&data, "0");
    let phone = demo.phone();
    let mut watch = Command::new(client())
        .args(["phone", "watch", "--json", "--state"])
        .arg(&phone)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut shown = BufReader::new(watch.stdout.take().unwrap());
    let mut next = || {
        let mut line = String::new();
        assert!(tokio::task::block_in_place(|| shown.read_line(&mut line)).unwrap() > 0, "it has ended");
        serde_json::from_str::<Value>(&line).unwrap()["id"].as_str().unwrap().to_owned()
    };
    demo.awaiting().await;
    let first = next();
    assert_eq!(approve(&phone, None).await.1, "confirmed");
    let demo = demo.again(&data);
    demo.awaiting().await;
    assert_ne!(next(), first);
    assert!(watch.try_wait().unwrap().is_none(), "it watches on");
    watch.kill().unwrap();
    watch.wait().unwrap();
}
