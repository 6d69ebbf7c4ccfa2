//! The institution's card processor for tests: the sample brokerage's own process, and the counter where cards are swiped.

use reqwest::{Client, redirect::Policy};
use serde_json::Value;
use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// As the server and the brokerage share it.
const SECRET: &str = "a-secret-that-two-servers-share-0123456789";

pub struct Till {
    child: Child,
    folder: TempDir,
    pub url: String,
}

impl Drop for Till {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Till {
    pub fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("secret"), SECRET).unwrap();
        let (child, url) = start(folder.path(), "0");
        Self { child, folder, url }
    }

    /// What the server is told of it.
    pub fn settings(&self) -> String {
        let secret = self.folder.path().join("secret");
        format!("[cards]\nprocessor_url = \"{}\"\nprocessor_secret_file = \"{}\"\n", self.url, secret.display())
    }

    /// It is gone, without a warning.
    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// It is there again, at the same address with the same data.
    pub fn start_again(&mut self) {
        let port = self.url.rsplit(':').next().unwrap().to_owned();
        (self.child, self.url) = start(self.folder.path(), &port);
    }

    /// Swipes at a till that does not wait: `approved`, or what the page says.
    pub async fn swipe(&self, card: &str, merchant: &str, amount: &str) -> String {
        let http = Client::builder().redirect(Policy::none()).build().unwrap();
        let page = http.get(format!("{}/cards/", self.url)).send().await.unwrap();
        let cookie = page.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let text = page.text().await.unwrap();
        let csrf = text.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let fields =
            [("csrf", csrf.as_str()), ("card", card), ("merchant", merchant), ("amount", amount), ("till", "hurried")];
        let sent = http.post(format!("{}/cards/swipe", self.url)).header("cookie", &cookie).form(&fields);
        let answer = sent.send().await.unwrap();
        let to = format!("{}{}", self.url, answer.headers()["location"].to_str().unwrap());
        let shown = http.get(to).header("accept-language", "en").send().await.unwrap().text().await.unwrap();
        let known = [("The payment is made.", "approved"), ("did not wait", "declined"), ("is blocked", "blocked")];
        let found = known.into_iter().find(|(words, _)| shown.contains(words));
        found.map_or(shown.clone(), |(_, name)| name.to_owned())
    }
}

fn start(folder: &Path, port: &str) -> (Child, String) {
    let program = Path::new(env!("CARGO_BIN_EXE_countersign")).with_file_name("countersign-brokerage");
    assert!(program.is_file(), "{} is not there: cargo build --workspace --bins", program.display());
    let mut command = Command::new(program);
    command
        .args(["serve", "--json", "--issuer", "http://localhost:9", "--listen"])
        .arg(format!("127.0.0.1:{port}"))
        .arg("--data")
        .arg(folder.join("brokerage.db"))
        .env("BROKERAGE_PROCESSOR_SECRET", SECRET)
        .stdout(Stdio::piped());
    for part in ["CLIENT_PORTAL", "WEB_TRADER", "PAYMENTS"] {
        command.env(format!("BROKERAGE_{part}_SECRET"), "a client's");
    }
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
    (child, ready["url"].as_str().unwrap().to_owned())
}
