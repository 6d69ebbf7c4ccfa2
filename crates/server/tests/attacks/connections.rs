//! Connections that are only held: a real server process, and strangers that say little.

use super::support::{SOON, until};
use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::{Ipv4Addr, SocketAddr},
    process::{Child, Command, Stdio},
    sync::mpsc,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

struct Process {
    child: Child,
    at: SocketAddr,
    log: mpsc::Receiver<String>,
    _folder: tempfile::TempDir,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Process {
    /// `countersign serve` where at first so few files may be open.
    async fn start(soft_limit: u32, http: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = SocketAddr::from((Ipv4Addr::LOCALHOST, testing::free_port()));
        let config = folder.path().join("countersign.toml");
        let database = folder.path().join("c.db");
        let text = format!(
            "[http]\nlisten = [\"{at}\"]\npublic_url = \"http://localhost:{}\"\n{http}[store]\nurl = \"sqlite:{}\"\n",
            at.port(),
            database.display()
        );
        fs::write(&config, text).unwrap();
        let program = format!("ulimit -Sn {soft_limit} && exec \"$0\" serve --config \"$1\"");
        let mut child = Command::new("sh")
            .args(["-c", &program, env!("CARGO_BIN_EXE_countersign")])
            .arg(&config)
            .env("COUNTERSIGN_SEALING_KEY", "5a".repeat(32))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (lines, log) = mpsc::channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| lines.send(line)));
        let process = Self { child, at, log, _folder: folder };
        let ready = async || {
            let mut stream = TcpStream::connect(process.at).await.ok()?;
            stream.write_all(&request("/readyz")).await.ok()?;
            answer(&mut stream).await.starts_with("HTTP/1.1 200").then_some(())
        };
        until("the server is ready", ready).await;
        process
    }

    async fn connect(&self) -> TcpStream {
        timeout(SOON, TcpStream::connect(self.at)).await.expect("a connection").unwrap()
    }

    /// Strangers that say nothing, or half a head.
    async fn strangers(&self, count: usize) -> Vec<TcpStream> {
        let mut held = Vec::new();
        for n in 0..count {
            let mut stream = self.connect().await;
            if n % 2 == 0 {
                stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Half: ").await.unwrap();
            }
            held.push(stream);
        }
        held
    }

    async fn get(&self, path: &str) -> String {
        let mut stream = self.connect().await;
        stream.write_all(&request(path)).await.unwrap();
        answer(&mut stream).await
    }

    /// Waits for a line of the log.
    fn says(&self, words: &str) {
        while !self.log.recv_timeout(SOON).expect(words).contains(words) {}
    }
}

fn request(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").into_bytes()
}

/// All that comes until the server ends the connection.
async fn answer(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let read = timeout(SOON, stream.read_to_end(&mut text)).await.expect("an answer");
    // One that was closed in the middle of something may be reset.
    let _ = read;
    String::from_utf8_lossy(&text).into_owned()
}

#[tokio::test]
async fn those_who_say_little_keep_nobody_away_and_are_ended() {
    let server = Process::start(128, "head_timeout = \"2s\"\n").await;
    let held = server.strangers(300).await;
    for path in ["/healthz", "/login"] {
        let answer = server.get(path).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{path}, beside 300 of them: {answer}");
    }
    for mut stream in held {
        let said = answer(&mut stream).await;
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 4"), "{said}");
    }
}

#[tokio::test]
async fn above_the_number_one_is_told_so_and_probes_are_answered() {
    let server = Process::start(1024, "open_connections = 16\n").await;
    let mut held = server.strangers(16).await;
    let refused = server.get("/login").await;
    assert!(refused.starts_with("HTTP/1.1 503") && refused.to_lowercase().contains("retry-after"), "{refused}");
    server.says("answered 503");
    // Ever more of them, far above the number: the oldest of those make room.
    held.extend(server.strangers(300).await);
    assert!(server.get("/healthz").await.starts_with("HTTP/1.1 200"), "whoever watches learns that the process lives");
    held.clear();
    let let_in = async || server.get("/login").await.starts_with("HTTP/1.1 200").then_some(());
    until("places become free", let_in).await;
}
