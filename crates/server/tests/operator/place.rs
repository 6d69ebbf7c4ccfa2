//! A folder with a configuration, a sealing key and a database, and the program that works on them.

use serde_json::Value;
use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};
use wire::demo::Ready;

/// Long, for machines that do much else; nothing waits for it when all is well.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that ends with the test.
pub struct Process(pub Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Process {
    /// Resident memory in MiB that belongs to no file, as the system counts it: what the process has made itself.
    pub fn own_mib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
        line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap() / 1024
    }

    /// Sends a signal, by its name.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.0.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Ends it and gives its exit code.
    pub fn stop(&mut self) -> Option<i32> {
        self.signal("TERM");
        self.0.wait().unwrap().code()
    }
}

/// What a command said.
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// It was done.
    #[track_caller]
    pub fn done(self) -> String {
        assert_eq!(self.code, 0, "{}{}", self.out, self.err);
        self.out
    }

    /// It was done, and this is the JSON that it printed.
    #[track_caller]
    pub fn json(self) -> Value {
        serde_json::from_str(&self.done()).unwrap()
    }

    /// It was refused, and the reason holds each of these.
    #[track_caller]
    pub fn refused(self, because: &[&str]) -> String {
        assert_eq!(self.code, 1, "{}{}", self.out, self.err);
        for word in because {
            assert!(self.err.contains(word), "{word:?} is not in {:?}", self.err);
        }
        self.err
    }
}

/// An operator's place.
pub struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    pub fn new() -> Self {
        Self::with("")
    }

    /// With further lines of configuration.
    pub fn with(more: &str) -> Self {
        let place = Self { dir: tempfile::tempdir().unwrap() };
        place.configure(more);
        place.bare(&["key", "new", "--out", place.path("sealing.key").to_str().unwrap()]).done();
        for (name, text) in [("password", "correct horse battery"), ("pin", "2468")] {
            fs::write(place.path(name), text).unwrap();
        }
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    /// Writes the configuration anew.
    pub fn configure(&self, more: &str) {
        self.configure_on(&format!("sqlite:{}", self.text("data.db")), more);
    }

    /// The same, with another database.
    pub fn configure_on(&self, url: &str, more: &str) {
        let key = self.text("sealing.key");
        let text = format!("{more}\n[store]\nurl = \"{url}\"\n[keys]\nsealing_key_file = \"{key}\"\n");
        fs::write(self.path("config.toml"), text).unwrap();
    }

    /// Runs `countersign` as it is.
    pub fn bare(&self, arguments: &[&str]) -> Said {
        Self::say(&mut self.command(arguments))
    }

    /// Runs a command to its end.
    pub fn say(command: &mut Command) -> Said {
        Said::of(&command.output().unwrap())
    }

    /// `countersign` as it is, to be run.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
        command.args(arguments).env_remove("COUNTERSIGN_SEALING_KEY");
        command
    }

    /// Runs `countersign … --config` with this place's configuration.
    pub fn run(&self, arguments: &[&str]) -> Said {
        let config = self.text("config.toml");
        self.bare(&[arguments, &["--config", &config]].concat())
    }

    /// Adds a user with the password of this place.
    pub fn user(&self, name: &str, more: &[&str]) {
        let password = self.text("password");
        self.run(&[&["user", "add", name, "--password-file", &password], more].concat()).done();
    }

    /// Adds a DSC+ with the PIN of this place, and gives what was said.
    pub fn card(&self, user: &str, serial: &str, file: &str) -> Said {
        let (pin, file) = (self.text("pin"), self.text(file));
        let device = ["device", "add", "--user", user, "--class", "dsc-plus", "--serial", serial];
        self.run(&[&device[..], &["--pin-file", &pin, "--card-file", &file, "--json"]].concat())
    }

    /// Starts `serve`, with its log in a file.
    pub fn serve(&self) -> Process {
        let config = self.text("config.toml");
        self.started(self.command(&["serve", "--config", &config]))
    }

    /// The same, by a shell that first runs some words.
    pub fn serve_after(&self, words: &str) -> Process {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{words}; exec \"$@\""), "sh", env!("CARGO_BIN_EXE_countersign"), "serve"]);
        command.args(["--config", &self.text("config.toml")]).env_remove("COUNTERSIGN_SEALING_KEY");
        self.started(command)
    }

    fn started(&self, mut command: Command) -> Process {
        let log = fs::File::create(self.path("log")).unwrap();
        Process(command.stderr(log).spawn().unwrap())
    }

    /// The log so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// Waits until the log says something, and gives the rest of that line.
    #[track_caller]
    pub fn logged(&self, words: &str) -> String {
        let found = || self.log().lines().find(|line| line.contains(words)).map(str::to_owned);
        wait_for(found).unwrap_or_else(|| panic!("{words:?} is not in the log:\n{}", self.log()))
    }

    /// The address that a server of this place listens on, once it does.
    #[track_caller]
    pub fn address(&self) -> String {
        let line: Value = serde_json::from_str(&self.logged("listening")).unwrap();
        format!("http://{}", line["address"].as_str().unwrap())
    }
}

/// Asks again until there is an answer, or patience ends.
pub fn wait_for<T>(mut look: impl FnMut() -> Option<T>) -> Option<T> {
    #[allow(clippy::disallowed_methods, reason = "a deadline of a test")]
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return Some(found);
        }
        if begun.elapsed() > PATIENCE {
            return None;
        }
        #[allow(clippy::disallowed_methods, reason = "between two looks")]
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A demo, and where it is.
pub fn demo(data: &Path) -> (Process, Ready) {
    demo_at(data, "0")
}

/// A demo on a port.
pub fn demo_at(data: &Path, port: &str) -> (Process, Ready) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_countersign"))
        .args(["demo", "--json", "--test-clock", "--port", port, "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (Process(child), serde_json::from_str(&line).unwrap_or_else(|_| panic!("not ready: {line}")))
}
