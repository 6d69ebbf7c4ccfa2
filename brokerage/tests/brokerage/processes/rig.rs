//! The programs, started for a test.

use serde_json::Value;
use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

/// A program of this repository, beside the brokerage's.
pub fn program(name: &str) -> PathBuf {
    let file = Path::new(env!("CARGO_BIN_EXE_countersign-brokerage")).with_file_name(name);
    assert!(file.is_file(), "{} is not there: cargo build --workspace --bins", file.display());
    file
}

/// A running program that said in JSON that it is ready.
pub struct Running {
    pub child: Child,
    pub ready: Value,
}

impl Running {
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{command:?}: {error}: {line}"));
        Self { child, ready }
    }

    /// A demo with its data in a folder.
    pub fn demo(data: &Path) -> Self {
        let mut command = Command::new(program("countersign"));
        Self::start(command.args(["demo", "--json", "--test-clock", "--port", "0", "--data"]).arg(data))
    }

    pub fn text(&self, name: &str) -> &str {
        self.ready[name].as_str().unwrap_or_else(|| panic!("no {name} in {}", self.ready))
    }

    pub fn user(&self, name: &str) -> &Value {
        self.ready["users"].as_array().unwrap().iter().find(|user| user["username"] == name).unwrap()
    }

    pub fn secret(&self, client: &str) -> &str {
        let clients = self.ready["clients"].as_array().unwrap();
        clients.iter().find(|found| found["client_id"] == client).unwrap()["client_secret"].as_str().unwrap()
    }

    /// Sends SIGTERM and waits for the end; the exit code.
    pub fn terminate(&mut self) -> i32 {
        let sent = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(sent.success());
        self.child.wait().unwrap().code().unwrap_or(-1)
    }

    /// Moves the demo's clock forward.
    pub async fn advance(&self, seconds: u64) {
        let request = reqwest::Client::new()
            .post(format!("{}/demo/clock", self.text("url")))
            .bearer_auth(self.text("api_token"))
            .json(&serde_json::json!({ "advance_seconds": seconds }));
        assert_eq!(request.send().await.unwrap().status(), 200);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Gently first: a demo takes its brokerage and its folder with it.
        let _ = Command::new("kill").arg(self.child.id().to_string()).stderr(Stdio::null()).status();
        let _ = self.child.wait();
    }
}

/// Waits until something holds, with a deadline.
pub async fn eventually<F: Future<Output = bool>>(what: &str, holds: impl Fn() -> F) {
    for _ in 0..400 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it does not come about: {what}");
}

/// Whether anybody answers at an address.
pub async fn answers(url: &str) -> bool {
    reqwest::get(format!("{url}/healthz")).await.is_ok()
}

/// What a user's card shows for a challenge, as the software card reader says.
pub fn respond(device: &Value, challenge: &str, folder: &Path) -> String {
    let pin = folder.join("pin");
    std::fs::write(&pin, device["pin"].as_str().unwrap()).unwrap();
    let shown = Command::new(program("countersign-client"))
        .args(["card-reader", "respond", "--state", device["state_file"].as_str().unwrap(), "--pin-file"])
        .arg(&pin)
        .arg(challenge)
        .output()
        .unwrap();
    assert!(shown.status.success(), "{}", String::from_utf8_lossy(&shown.stderr));
    String::from_utf8(shown.stdout).unwrap().trim().to_owned()
}

/// A user's device of a class.
pub fn device<'a>(user: &'a Value, class: &str) -> &'a Value {
    user["devices"].as_array().unwrap().iter().find(|device| device["class"] == class).unwrap()
}
