//! A server that runs: what it says, what it takes while it runs, and with whom it does not share.

use super::place::{Place, wait_for};
use std::fs;

const LOCAL: &str = "[http]\nlisten = [\"127.0.0.1:0\"]\npublic_url = \"http://localhost:1\"\n";

/// That of RFC 7636, appendix B.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn client(id: &str) -> String {
    format!("[[clients]]\nid = \"{id}\"\nname = \"{id}\"\nfirst_party = true\n")
}

/// The body of an answer, by the system's curl: these tests are about processes.
fn get(url: &str) -> (u16, String) {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let answer = reqwest::get(url).await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    })
}

#[test]
fn a_start_says_version_and_addresses() {
    let place = Place::with(LOCAL);
    let mut server = place.serve();
    let line = place.logged("listening");
    assert!(line.contains(env!("CARGO_PKG_VERSION")) && line.contains("127.0.0.1:"), "{line}");
    assert_eq!(get(&format!("{}/readyz", place.address())), (200, "ready\n".to_owned()));
    assert_eq!(server.stop(), Some(0));
}

/// The header that has a browser come back by https only: whether for all names below this one is the operator's to say.
#[test]
fn other_names_of_the_domain_are_bound_to_https_only_where_that_was_said() {
    let told = |settings: &str| {
        let place = Place::with(&format!("[http]\nlisten = [\"127.0.0.1:0\"]\n{settings}"));
        let _server = place.serve();
        let address = place.address();
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let answer = reqwest::get(format!("{address}/healthz")).await.unwrap();
            answer.headers().get("strict-transport-security").map(|value| value.to_str().unwrap().to_owned())
        })
    };
    let https = "public_url = \"https://login.bank.example\"\n";
    assert_eq!(told(https).as_deref(), Some("max-age=31536000"));
    let all = told(&format!("{https}hsts_subdomains = true\n"));
    assert_eq!(all.as_deref(), Some("max-age=31536000; includeSubDomains"));
    assert_eq!(told("public_url = \"http://localhost:1\"\nhsts_subdomains = true\n"), None, "never by http");
}

/// What happens to a user is seen in the log as it is in the audit log: what, whose, by which program and from where.
#[test]
fn each_act_that_is_recorded_is_a_line_with_user_client_and_address() {
    let settings = "trusted_proxies = [\"127.0.0.1\"]\n[log]\nfilter = \"info,countersign=debug\"\n";
    let place = Place::with(&format!("{LOCAL}{settings}{}", client("tws")));
    place.user("alice", &[]);
    place.card("alice", "7710042", "card").done();
    let before = place.run(&["audit", "--json"]).json().as_array().unwrap().len();
    let mut server = place.serve();
    let address = format!("{}/oauth2/authorize-challenge", place.address());
    let http = reqwest::Client::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let post = |form: &[(&str, &str)]| -> serde_json::Value {
        runtime.block_on(async {
            let sent = http.post(&address).header("X-Forwarded-For", "203.0.113.7").form(form).send().await.unwrap();
            sent.json().await.unwrap()
        })
    };
    let begin = |password: &str| {
        let form = [("client_id", "tws"), ("username", "alice"), ("password", password), ("code_challenge", CHALLENGE)];
        post(&form)
    };
    begin("wrong");
    let asked = begin("correct horse battery");
    let session = asked["auth_session"].as_str().unwrap_or_else(|| panic!("{asked}"));
    post(&[("auth_session", session), ("response", "13572468")]);
    let card = countersign_client::card::Card::open(&place.path("card")).unwrap();
    let response = card.respond(asked["next"]["challenge"].as_str().unwrap(), Some("2468")).unwrap();
    let done = post(&[("auth_session", session), ("response", response.as_str())]);
    assert!(done["authorization_code"].is_string(), "{done}");
    assert_eq!(server.stop(), Some(0));

    let rows = place.run(&["audit", "--json"]).json();
    let rows = rows.as_array().unwrap();
    let rows = &rows[..rows.len() - before];
    let user = rows.iter().find_map(|row| row["user"].as_str()).unwrap();
    let log = place.log();
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let lines: Vec<_> = lines.iter().filter(|line| line["message"] == "recorded").collect();
    let names = |of: &[&serde_json::Value]| {
        let mut names: Vec<_> = of.iter().map(|name| name.as_str().unwrap().to_owned()).collect();
        names.sort_unstable();
        names
    };
    let recorded = names(&rows.iter().map(|row| &row["kind"]).collect::<Vec<_>>());
    assert!(recorded.len() >= 4, "{recorded:?}");
    assert_eq!(names(&lines.iter().map(|line| &line["event"]).collect::<Vec<_>>()), recorded);
    for line in lines {
        let about = [&line["user"], &line["client"], &line["address"]].map(|member| member.as_str());
        assert_eq!(about, [Some(user), Some("tws"), Some("203.0.113.7")], "{line}");
    }
}

#[test]
fn a_second_server_on_one_sqlite_file_is_refused() {
    let place = Place::with(LOCAL);
    let mut first = place.serve();
    place.logged("listening");
    place.run(&["serve"]).refused(&["another countersign serve works on", "PostgreSQL"]);
    place.user("alice", &[]);
    assert_eq!(first.stop(), Some(0));
    let _next = place.serve();
    place.logged("listening");
}

#[test]
fn a_hangup_reloads_what_can_be_and_names_what_cannot() {
    let place = Place::with(&format!("{LOCAL}[log]\nfilter = \"info\"\n{}", client("one")));
    let mut server = place.serve();
    let asked = format!("{}/oauth2/authorize-challenge?client_id=two", place.address());
    place.configure(&format!("{LOCAL}[log]\nfilter = \"countersign=loud\"\n"));
    server.signal("HUP");
    place.logged("nothing was changed");
    place.configure(&format!("{LOCAL}[log]\nfilter = \"info\"\n[sessions]\nidle = \"10m\"\n{}", client("two")));
    server.signal("HUP");
    place.logged("the configuration was read again");
    let waiting = place.logged("taken at the next start only");
    assert!(waiting.contains("sessions") && !waiting.contains("clients") && !waiting.contains("http"), "{waiting}");
    let known = |id: &str| {
        let form = [
            ("client_id", id),
            ("username", "x"),
            ("password", "x"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let sent = reqwest::Client::new().post(&asked).form(&form).send().await.unwrap();
            !sent.text().await.unwrap().contains("invalid_client")
        })
    };
    assert!(known("two") && !known("one"));
    assert_eq!(server.stop(), Some(0));
}

/// Nodes are replaced one by one: what a newer one added does not take the older ones away.
#[test]
fn a_newer_schema_does_not_empty_the_older_nodes() {
    let place = Place::with(LOCAL);
    let server = place.serve();
    let ready = format!("{}/readyz", place.address());
    let newer = |name: &str| {
        let connection = rusqlite::Connection::open(place.path("data.db")).unwrap();
        let row = "INSERT INTO schema_migrations (name, checksum, applied_at) VALUES (?1, x'00', 0)";
        connection.execute(row, [name]).unwrap();
    };
    newer("9990_future");
    let (status, said) = get(&ready);
    assert!(status == 200 && said.contains("9990_future"), "{status} {said}");
    newer("9991_contract_future");
    let (status, said) = get(&ready);
    assert!(status == 503 && said.contains("9991_contract_future") && said.contains("retry_after"), "{status} {said}");
    assert!(place.logged("not ready").contains("9991_contract_future"));
    drop(server);
    place.run(&["serve"]).refused(&["9991_contract_future"]);
}

/// Migrations are a step of their own: no other command takes it on data that is there.
#[test]
fn a_database_that_is_behind_is_brought_up_to_date_by_its_own_command_only() {
    let place = Place::with(LOCAL);
    let [before @ .., last] = store::MIGRATIONS else { panic!("no migrations") };
    let store = store::Store::open(&store::Options::new(format!("sqlite:{}", place.text("data.db")))).unwrap();
    store.migrate(before, 0).unwrap();
    drop(store);
    for command in [&["check"][..], &["serve"], &["user", "list"]] {
        place.run(command).refused(&[last.name, "countersign migrate"]);
    }
    let applied = place.run(&["migrate", "--json"]).json();
    assert_eq!(applied["applied"], serde_json::json!([last.name]));
    place.user("alice", &[]);
    assert!(place.run(&["migrate"]).done().contains("nothing to do"));
}

#[test]
fn readiness_writes() {
    let place = Place::with(LOCAL);
    let _server = place.serve();
    let ready = format!("{}/readyz", place.address());
    let holder = rusqlite::Connection::open(place.path("data.db")).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (status, said) = get(&ready);
    assert_eq!(status, 503, "{said}");
    assert!(said.contains("the database"), "{said}");
    holder.execute_batch("ROLLBACK").unwrap();
    let again = wait_for(|| Some(get(&ready)).filter(|(status, _)| *status == 200));
    assert_eq!(again.map(|(_, said)| said).as_deref(), Some("ready\n"));
    assert!(place.log().contains("not ready") && place.log().contains("ready again"));
}

#[test]
fn a_copy_is_private_and_comes_back_without_what_was_open() {
    let place = Place::with(LOCAL);
    place.user("alice", &[]);
    let copy = place.text("copy.db");
    place.run(&["backup", "--out", &copy]).done();
    let mode = |path: &str| std::os::unix::fs::MetadataExt::mode(&fs::metadata(path).unwrap()) & 0o777;
    assert_eq!(mode(&copy), 0o600);
    place.run(&["backup", "--out", &copy]).refused(&["copy.db", "exists"]);
    place.run(&["restore", "--from", &copy]).refused(&["data.db", "move it away first"]);
    for file in ["data.db", "data.db-wal", "data.db-shm"] {
        let _ = fs::remove_file(place.path(file));
    }
    fs::write(place.path("no.db"), "no database").unwrap();
    place.run(&["restore", "--from", &place.text("no.db")]).refused(&[]);
    assert!(!place.path("data.db").exists(), "what is no copy leaves nothing behind");
    assert_eq!(place.run(&["restore", "--from", &copy, "--json"]).json()["sessions_ended"], 0);
    assert_eq!(mode(&place.text("data.db")), 0o600);
    place.run(&["user", "show", "alice"]).done();
}
