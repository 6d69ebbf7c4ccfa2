//! A demo of its own for each test, the client beside it, and a terminal to type in.

use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};
use wire::demo::{Device, Ready, User};

/// Long, for machines that do much else; nothing waits for it when all is well.
const PATIENCE: Duration = Duration::from_secs(40);

/// The client, in the same folder as the server that is tested.
pub fn client() -> PathBuf {
    let path = PathBuf::from(env!("CARGO_BIN_EXE_countersign")).with_file_name("countersign-client");
    assert!(path.exists(), "{} is missing: build it first, cargo build -p countersign-client", path.display());
    path
}

pub struct Demo {
    child: Child,
    pub ready: Ready,
    dir: tempfile::TempDir,
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Demo {
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// A demo with further flags.
    pub fn with(flags: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_countersign"))
            .args(["demo", "--json", "--test-clock", "--port", "0", "--data"])
            .arg(dir.path().join("demo"))
            .args(flags)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, ready: serde_json::from_str(&line).unwrap_or_else(|_| panic!("not ready: {line}")), dir }
    }

    pub fn user(&self, username: &str) -> &User {
        self.ready.users.iter().find(|user| user.username == username).unwrap()
    }

    /// The user's first device of a class.
    pub fn device(&self, username: &str, class: &str) -> &Device {
        self.user(username).devices.iter().find(|device| device.class == class).unwrap()
    }

    /// A file with one line, such as a password.
    pub fn file(&self, name: &str, line: &str) -> String {
        let path = self.dir.path().join(name);
        fs::write(&path, format!("{line}\n")).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The arguments of a login as the trading workstation.
    pub fn login(&self, version: &str) -> Vec<String> {
        let marks = self.dir.path().join("marks.json");
        let words =
            ["login", "--client", "tws", "--client-version", version, "--server", &self.ready.url, "--mark-file"];
        words.into_iter().chain([marks.to_str().unwrap()]).map(str::to_owned).collect()
    }

    /// What the device shows for a challenge, by the real card reader.
    pub fn respond(&self, device: &Device, challenge: &str) -> String {
        let pin = self.file("pin", device.pin.as_ref().unwrap());
        let state = device.state_file.as_ref().unwrap();
        let output = Command::new(client())
            .args(["card-reader", "respond", "--state", state, "--pin-file", &pin, challenge])
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// The user's software phone, told to do something; it gives its exit code, standard output and standard error.
    pub fn phone(&self, username: &str, verb: &str, more: &[&str]) -> (i32, String, String) {
        let device = self.device(username, "phone");
        let pin = self.file("phone.pin", device.pin.as_ref().unwrap());
        let mut command = Command::new(client());
        command.args(["phone", verb, "--state", device.state_file.as_ref().unwrap()]);
        if matches!(verb, "approve" | "respond") {
            command.args(["--pin-file", &pin]);
        }
        let output = command.args(more).stdin(Stdio::null()).output().unwrap();
        (output.status.code().unwrap(), text(&output.stdout).trim().to_owned(), text(&output.stderr))
    }

    /// Moves the server's clock.
    pub fn advance(&self, seconds: u64) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let url = format!("{}/demo/clock", self.ready.url);
        let post = reqwest::Client::new().post(url).bearer_auth(&self.ready.api_token);
        let answer = runtime.block_on(post.json(&json!({ "advance_seconds": seconds })).send()).unwrap();
        assert_eq!(answer.status(), 200);
    }

    /// A login by flags as `username`, with `--json`: exit code, the object, standard error.
    pub fn script(&self, version: &str, username: &str, more: &[&str]) -> (i32, Value, String) {
        let password = self.file(&format!("{username}.password"), &self.user(username).password);
        let output =
            self.run(version, &[&["--json", "--username", username, "--password-file", &password], more].concat());
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(out.lines().count(), 1, "one object on standard output: {out}\n{err}");
        (output.status.code().unwrap(), serde_json::from_str(&out).unwrap(), err)
    }

    /// A login by flags, as they are.
    pub fn run(&self, version: &str, more: &[&str]) -> Output {
        let mut command = Command::new(client());
        command.args(self.login(version)).args(["--lang", "en"]).args(more).stdin(Stdio::null());
        command.env_remove("COUNTERSIGN_PASSWORD").output().unwrap()
    }
}

pub fn text(octets: &[u8]) -> String {
    String::from_utf8(octets.to_vec()).unwrap()
}

/// A terminal in which a program runs, under tmux.
pub struct Terminal {
    socket: String,
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = Command::new("tmux").args(["-L", &self.socket, "kill-server"]).output();
    }
}

impl Terminal {
    /// A login in a window of its own; when it is over, its exit code and the terminal's settings show.
    pub fn open(demo: &Demo, (width, height): (u16, u16), version: &str, more: &[&str]) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let socket = format!("countersign-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let quoted = |word: &str| format!("'{word}'");
        let program = client();
        let words = [program.to_str().unwrap()].into_iter().chain(more.iter().copied());
        let words: Vec<String> = words.map(quoted).collect();
        let (program, more) = words.split_first().unwrap();
        let login: Vec<String> = demo.login(version).iter().map(|word| quoted(word)).collect();
        let (login, more) = (login.join(" "), more.join(" "));
        let line = format!("{program} {login} {more}; echo \"exit code $?\"; stty -a; cat");
        let terminal = Self { socket };
        let (width, height) = (width.to_string(), height.to_string());
        terminal.tmux(&["-f", "/dev/null", "new-session", "-d", "-x", &width, "-y", &height, &line]);
        terminal
    }

    fn tmux(&self, arguments: &[&str]) -> String {
        let output = Command::new("tmux").args(["-u", "-L", &self.socket]).args(arguments).output();
        let output =
            output.unwrap_or_else(|error| panic!("tmux cannot be run ({error}): install it (apt install tmux)"));
        assert!(output.status.success(), "tmux {arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    pub fn screen(&self) -> String {
        self.tmux(&["capture-pane", "-p"])
    }

    /// Presses keys by their names, such as `Enter`.
    pub fn press(&self, keys: &[&str]) {
        self.tmux(&[&["send-keys"], keys].concat());
    }

    pub fn types(&self, text: &str) {
        self.tmux(&["send-keys", "-l", text]);
    }

    /// Waits until the screen is as wanted; the screen then.
    pub fn waits(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let start = now();
        loop {
            let screen = self.screen();
            if wanted(&screen) {
                return screen;
            }
            assert!(start.elapsed() < PATIENCE, "{what} does not come up:\n{screen}");
            pause();
        }
    }

    /// Waits until the words are on the screen.
    pub fn sees(&self, words: &str) -> String {
        self.waits(words, |screen| screen.contains(words))
    }

    /// Username, password, Enter.
    pub fn logs_in(&self, user: &User) {
        self.sees("Username");
        self.types(&user.username);
        self.press(&["Tab"]);
        self.types(&user.password);
        self.press(&["Enter"]);
    }

    /// The challenge on the screen, once it is there.
    pub fn challenge(&self) -> String {
        challenge_of(&self.waits("a challenge", |screen| challenge_of(screen).is_some())).unwrap()
    }

    /// The process that runs in the terminal's shell.
    pub fn program(&self) -> String {
        let shell = self.tmux(&["display-message", "-p", "#{pane_pid}"]).trim().to_owned();
        let children = fs::read_to_string(format!("/proc/{shell}/task/{shell}/children")).unwrap();
        children.split_whitespace().next().unwrap().to_owned()
    }
}

fn challenge_of(screen: &str) -> Option<String> {
    let line = screen.lines().find_map(|line| line.split_once("Challenge "))?.1;
    let digits = line.split_whitespace().next()?;
    (digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.to_owned())
}

#[allow(clippy::disallowed_methods, reason = "a deadline for a program that does not come up")]
fn now() -> Instant {
    Instant::now()
}

#[allow(clippy::disallowed_methods, reason = "between two looks at the screen")]
fn pause() {
    std::thread::sleep(Duration::from_millis(50));
}
