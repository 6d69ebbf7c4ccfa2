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

    /// The cookie and the token with which the login's form is sent.
    fn form_of_the_login(&self) -> (String, String) {
        self.runtime.block_on(async {
            let page = self.http.get(format!("{}/login", self.address)).send().await.unwrap();
            let cookie = page.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
            let text = page.text().await.unwrap();
            let token = text.split("name=\"csrf\" value=\"").nth(1).unwrap_or_else(|| panic!("{text}"));
            (cookie, token.split('"').next().unwrap().to_owned())
        })
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

/// Somebody else writes and does not stop: not too many logins, but a database that is held, and a few seconds to wait.
#[test]
fn a_database_that_another_holds_is_told_as_that_to_programs_and_on_pages() {
    let place = Place::with(LOCAL);
    place.user("alice", &[]);
    let mut server = place.serve();
    let asking = Asking::of(&place);
    asking.is_well();
    let (cookie, csrf) = asking.form_of_the_login();
    let holder = rusqlite::Connection::open(place.path("data.db")).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = asking.log_in();
    let body: Value = serde_json::from_str(&refused.body).unwrap();
    assert_eq!(body["error"], "temporarily_unavailable", "{body}");
    let words = body["error_description"].as_str().unwrap();
    assert!(words.contains("its data") && !words.contains("logins"), "{words}");
    let form = [("csrf", csrf.as_str()), ("username", "alice"), ("password", "wrong")];
    let page = asking.http.post(format!("{}/login", asking.address)).header("cookie", &cookie).form(&form);
    let page = asking.send(page.header("accept-language", "en"));
    assert_eq!((page.status, page.wait.is_some()), (503, true), "{}", page.body);
    assert!(page.body.contains("not available for the moment"), "{}", page.body);
    asking.is_out(&refused, &place, "");
    holder.execute_batch("ROLLBACK").unwrap();
    asking.is_well();
    assert_eq!(server.stop(), Some(0));
}

/// On SQLite there is no other clock to compare with but what this machine itself wrote before.
#[test]
fn a_clock_that_went_back_is_told_by_readiness() {
    let place = Place::with(LOCAL);
    let mut server = place.serve();
    let asking = Asking::of(&place);
    assert!(asking.ready().is_some());
    let database = rusqlite::Connection::open(place.path("data.db")).unwrap();
    let beats = |seconds: i64| database.execute("UPDATE pulse SET at = at + ?1 * 1000000", [seconds]).unwrap();
    assert_eq!(beats(3600), 1, "as when the clock was an hour ahead");
    let ready = asking.get("/readyz");
    assert_eq!((ready.status, ready.wait.is_some()), (503, true), "{}", ready.body);
    assert!(ready.body.contains("this machine's clock is 3") && ready.body.contains("behind"), "{}", ready.body);
    assert!(place.logged("not ready").contains("clock"));
    assert_eq!(server.stop(), Some(0));
}

/// The database's clock, moved by a function of the same name that is found first.
#[test]
fn a_clock_that_differs_from_the_databases_is_told_by_readiness() {
    let cluster = Cluster::start().expect("PostgreSQL is installed");
    let database = Database::create_on(&cluster.url(), "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'");
    let place = Place::new();
    place.configure_on(&database.url, LOCAL);
    place.run(&["migrate"]).done();
    let sql = |words: &str| {
        let ran = Command::new("psql").args(["--quiet", "-v", "ON_ERROR_STOP=1", "-c", words, &database.url]).status();
        assert!(ran.unwrap().success(), "{words}");
    };
    sql(&format!("ALTER DATABASE {} SET search_path = public, pg_catalog", database.name()));
    sql("CREATE FUNCTION clock_timestamp() RETURNS timestamptz LANGUAGE sql AS \
         $$ SELECT pg_catalog.clock_timestamp() - interval '1 hour' $$");
    let mut server = place.serve();
    let asking = Asking::of(&place);
    let ready = asking.get("/readyz");
    assert_eq!((ready.status, ready.wait.is_some()), (503, true), "{}", ready.body);
    assert!(ready.body.contains("seconds from the database's"), "{}", ready.body);
    assert!(place.logged("not ready").contains("clock"));
    sql("DROP FUNCTION public.clock_timestamp()");
    assert!(asking.ready().is_some(), "{}", place.log());
    assert_eq!(server.stop(), Some(0));
}
