//! A database that takes nothing more, and one that says nothing: told as 503 to whoever asks, in words to whoever operates it,
//! and over when it is over.

use super::place::{Place, Process, wait_for};
use serde_json::Value;
use std::process::Command;
use testing::postgres::{Cluster, Database};

const LOCAL: &str = "[http]\nlisten = [\"127.0.0.1:0\"]\npublic_url = \"http://localhost:1\"\n[[clients]]\nid = \"tws\"\n\
    name = \"Trader Workstation\"\nfirst_party = true\n";

/// That of RFC 7636, appendix B.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// An answer: its status, for how long to wait, and its body.
struct Answer {
    status: u16,
    wait: Option<u64>,
    body: String,
}

/// What a server is asked over and over.
struct Asking {
    address: String,
    runtime: tokio::runtime::Runtime,
    http: reqwest::Client,
}

impl Asking {
    fn of(place: &Place) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        Self { address: place.address(), runtime, http: reqwest::Client::new() }
    }

    fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        self.runtime.block_on(async {
            let answer = request.send().await.unwrap();
            let wait = answer.headers().get("retry-after").map(|value| value.to_str().unwrap().parse().unwrap());
            Answer { status: answer.status().as_u16(), wait, body: answer.text().await.unwrap() }
        })
    }

    fn get(&self, path: &str) -> Answer {
        self.send(self.http.get(format!("{}{path}", self.address)))
    }

    /// A wrong password, which is counted.
    fn log_in(&self) -> Answer {
        let form = [("client_id", "tws"), ("username", "alice"), ("password", "wrong"), ("code_challenge", CHALLENGE)];
        self.send(self.http.post(format!("{}/oauth2/authorize-challenge", self.address)).form(&form))
    }

    fn ready(&self) -> Option<Answer> {
        wait_for(|| Some(self.get("/readyz")).filter(|answer| answer.status == 200))
    }

    /// All is well: the password is compared.
    #[track_caller]
    fn is_well(&self) {
        let answer = self.log_in();
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!((answer.status, body["failure"]["reason"].as_str()), (400, Some("invalid_credentials")), "{body}");
        assert_eq!(self.ready().map(|answer| answer.body).as_deref(), Some("ready\n"));
    }

    /// Nothing can be done, and that is what is said.
    #[track_caller]
    fn is_out(&self, answer: &Answer, place: &Place, because: &str) {
        assert_eq!(answer.status, 503, "{}", answer.body);
        assert!(answer.wait.is_some_and(|seconds| seconds > 0), "Retry-After: {:?}", answer.wait);
        let line = place.logged("the database is not to be had");
        assert!(line.contains(because), "{line}");
        // What little it writes may still find room.
        let ready = wait_for(|| Some(self.get("/readyz")).filter(|answer| answer.status != 200)).unwrap();
        assert_eq!(ready.status, 503, "{}", ready.body);
        assert!(ready.wait.is_some() && ready.body.contains("the database"), "{:?} {}", ready.wait, ready.body);
        assert!(place.logged("not ready").contains("the database"));
        assert_eq!(self.get("/healthz").status, 200, "the process lives");
    }
}

/// How large a file of the server's may become from now on.
fn files_may_grow_to(server: &Process, octets: &str) {
    let limit = format!("--fsize={octets}:unlimited");
    let status = Command::new("prlimit").args(["--pid", &server.0.id().to_string(), &limit]).status().unwrap();
    assert!(status.success(), "prlimit is a part of util-linux");
}

#[test]
fn a_database_that_may_not_grow_is_told_and_goes_on_when_it_may() {
    let place = Place::with(LOCAL);
    place.user("alice", &[]);
    // The signal that comes with the limit would end the program; on a full disk there is none.
    let mut server = place.serve_after("trap '' XFSZ");
    let asking = Asking::of(&place);
    asking.is_well();
    files_may_grow_to(&server, "262144");
    let refused = wait_for(|| Some(asking.log_in()).filter(|answer| answer.status != 400));
    let refused = refused.expect("it has room without end");
    asking.is_out(&refused, &place, "I/O error");
    files_may_grow_to(&server, "unlimited");
    assert!(asking.ready().is_some(), "{}", place.log());
    place.logged("ready again");
    asking.is_well();
    assert_eq!(server.stop(), Some(0));
    place.run(&["user", "show", "alice"]).done();
}

#[test]
fn a_database_that_hangs_is_told_and_goes_on_when_it_does() {
    let cluster = Cluster::start().expect("PostgreSQL is installed");
    let database = Database::create_on(&cluster.url(), "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'");
    let place = Place::new();
    place.configure_on(&database.url, LOCAL);
    place.run(&["migrate"]).done();
    place.user("alice", &[]);
    let mut server = place.serve();
    let asking = Asking::of(&place);
    asking.is_well();
    cluster.hang().unwrap();
    asking.is_out(&asking.log_in(), &place, "does not answer");
    cluster.go_on().unwrap();
    assert!(asking.ready().is_some(), "{}", place.log());
    place.logged("ready again");
    asking.is_well();
    assert_eq!(server.stop(), Some(0));
}
