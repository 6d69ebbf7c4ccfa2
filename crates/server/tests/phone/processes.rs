//! Two real servers, `countersign serve`, on one PostgreSQL database.

use super::{
    front::Front,
    kill::{approve, log_in_and_wait, send},
    phones::{PIN, activate, awaiting},
    support::{SOON, Server, session, until},
};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};
use testing::{free_port, postgres::Database};

/// A server process.
pub struct Process {
    child: Child,
    pub url: String,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Process {
    /// Starts a node with the configuration of `office`, which stays in this process to prepare users.
    pub async fn start(office: &Server, folder: &Path) -> Self {
        let port = free_port();
        let url = format!("http://127.0.0.1:{port}");
        let config = folder.join(format!("node-{port}.toml"));
        let listen = format!("[http]\nlisten = [\"127.0.0.1:{port}\"]\n");
        fs::write(&config, office.text.replacen("[http]\n", &listen, 1)).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_countersign"))
            .args(["serve", "--config"])
            .arg(&config)
            .env("COUNTERSIGN_SEALING_KEY", "5a".repeat(32))
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let process = Self { child, url };
        let ready = format!("{}/readyz", process.url);
        let answers = async || reqwest::get(&ready).await.is_ok_and(|answer| answer.status() == 200).then_some(());
        until("the server is ready", answers).await;
        process
    }

    /// Ends it without a word, as a power cut does.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    async fn ask(&self, step: &Value, wait: &str) -> (u16, Value) {
        let form = [("auth_session", session(step)), ("wait", wait)];
        send(&self.url, "/oauth2/authorize-challenge", &form).await.expect("an answer")
    }
}

/// Everything at hand: two processes, a user with a phone in a file, the front.
struct Scene {
    one: Process,
    two: Process,
    front: Front,
    office: Server,
    phone: PathBuf,
    folder: tempfile::TempDir,
}

impl Scene {
    async fn set() -> Self {
        let front = Front::open().await;
        let office = Server::behind_on(&front.url, Database::create()).await;
        front.leads_to(&[&office.url]);
        office.user("alice", 0).await;
        let state = activate(&office, "alice").await.shelf().read().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let phone = folder.path().join("phone.json");
        fs::write(&phone, serde_json::to_vec(&state).unwrap()).unwrap();
        fs::write(phone.with_extension("pin"), PIN).unwrap();
        let one = Process::start(&office, folder.path()).await;
        let two = Process::start(&office, folder.path()).await;
        Self { one, two, front, office, phone, folder }
    }
}

#[tokio::test]
async fn a_program_at_one_process_goes_on_when_the_phone_answers_at_the_other() {
    let scene = Scene::set().await;
    for (here, there) in [(&scene.one, &scene.two), (&scene.two, &scene.one)] {
        // The login begins at neither: an attempt belongs to no server.
        let step = awaiting(&scene.office, "alice", &[]).await;
        scene.front.leads_to(&[&there.url]);
        let number = step["next"]["number"].as_str();
        let answering = async {
            let approved = approve(&scene.phone, number).await;
            assert_eq!((approved.0, approved.1.as_str()), (0, "confirmed"), "{}", approved.2);
        };
        let (answer, ()) = tokio::join!(tokio::time::timeout(SOON, here.ask(&step, "60")), answering);
        let (status, done) = answer.unwrap();
        assert_eq!(status, 200, "{done}");
        for node in [here, there] {
            assert_eq!(node.ask(&step, "0").await, (200, done.clone()), "told again, the same at either node");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_whose_server_is_killed_goes_on_at_the_other() {
    let Scene { mut one, two, front, office, phone, folder } = Scene::set().await;
    front.leads_to(&[&one.url]);
    let mut waiting = log_in_and_wait(&office.app.settings.issuer, folder.path());
    let number = waiting.number();
    one.kill();
    front.leads_to(&[&two.url]);
    let approved = approve(&phone, Some(&number)).await;
    assert_eq!((approved.0, approved.1.as_str()), (0, "confirmed"), "{}", approved.2);
    let (code, out) = tokio::task::spawn_blocking(move || waiting.ends()).await.unwrap();
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("\"signed_in\":true"), "{out}");
    let again = approve(&phone, None).await;
    assert!(again.0 == 1 && again.2.contains("nothing awaits this phone"), "{again:?}");
}

/// Killed at any moment while the phone answers: either it is told so and it holds, or it may answer again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_the_phone_answers_it_is_accepted_once_or_not_at_all() {
    let Scene { mut one, two, front, office, phone, folder } = Scene::set().await;
    for moment in [5_u64, 40, 80, 120, 180] {
        let step = awaiting(&office, "alice", &[]).await;
        let number = step["next"]["number"].as_str().map(str::to_owned);
        front.leads_to(&[&one.url]);
        let answering = tokio::spawn({
            let (phone, number) = (phone.clone(), number.clone());
            async move { approve(&phone, number.as_deref()).await }
        });
        tokio::time::sleep(Duration::from_millis(moment)).await;
        one.child.kill().unwrap();
        one.child.wait().unwrap();
        front.leads_to(&[&two.url]);
        let (told, _, _) = answering.await.unwrap();
        let (status, mut answer) = two.ask(&step, "0").await;
        if told == 0 {
            assert_eq!(status, 200, "acknowledged after {moment} ms and lost: {answer}");
        }
        if status != 200 {
            assert_eq!(answer["next"]["step"], "approve", "after {moment} ms it is still open: {answer}");
            let (code, said, err) = approve(&phone, number.as_deref()).await;
            assert_eq!((code, said.as_str()), (0, "confirmed"), "{err}");
            answer = two.ask(&step, "0").await.1;
        }
        assert!(answer["authorization_code"].is_string(), "no code after {moment} ms: {answer}");
        assert_eq!(two.ask(&step, "0").await, (200, answer), "told again, the same");
        let again = approve(&phone, None).await;
        assert!(again.0 == 1 && again.2.contains("nothing awaits this phone"), "{again:?}");
        one = Process::start(&office, folder.path()).await;
    }
}
