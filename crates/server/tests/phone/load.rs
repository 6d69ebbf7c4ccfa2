//! The load generator against a crowd: it shows that both work together, and nothing about speed.

use super::{
    phones::{PIN, activate, ask, known, unix_now},
    support::{PASSWORD, Server, session},
};
use countersign::flow::roster;
use countersign_client::bench::{self, BackEnd, BenchError, Clocks, Method, Plan, WebProgram};
use std::{
    sync::{Arc, LazyLock},
    time::Instant,
};
use store::Counts;
use wire::{card_file::Algorithm, phone::Decision, roster::Roster};

#[expect(clippy::disallowed_methods, reason = "a load generator has a clock of its own")]
static STARTED: LazyLock<Instant> = LazyLock::new(Instant::now);

const CALLBACK: &str = "http://localhost/cb";
const SECRET: &str = "a secret: of the back end's";

fn plan() -> Plan {
    use Method::{ChallengeResponse, Ciba, CodeFlow, Password, Seamless};
    Plan {
        clients: vec![2, 3],
        rounds: 1,
        methods: vec![ChallengeResponse, CodeFlow, Seamless, Ciba, Password],
        cost: "19456,2,1".parse().unwrap(),
        floor: None,
        client_id: "other".to_owned(),
        web: WebProgram { client_id: "web".to_owned(), redirect_uri: CALLBACK.to_owned() },
        back_end: Some(BackEnd::new("back", SECRET)),
    }
}

/// A server with a web program and a back end, and wide limits.
async fn start() -> Server {
    let secret = oidc::client_auth::secret_hash(SECRET);
    Server::with(&format!(
        "[throttle]\naddress_burst = 100000\nusername_burst = 100000\nbackchannel_client_burst = 100000\n\
         backchannel_user_burst = 100000\n\
         [[clients]]\nid = \"web\"\nname = \"Web\"\n[clients.oauth]\nredirect_uris = [\"{CALLBACK}\"]\n\
         [[clients]]\nid = \"back\"\nname = \"Back\"\n[clients.oauth]\nauth = \"client_secret_basic\"\n\
         secret_sha256 = \"{secret}\"\nciba = \"poll\"\nscopes = [\"openid\", \"withdrawals:write\"]\n"
    ))
    .await
}

fn clocks() -> Clocks {
    Clocks { elapsed: || STARTED.elapsed(), unix_now }
}

async fn crowd(server: &Server, count: u32) -> Result<Roster, roster::CrowdError> {
    let app = Arc::clone(&server.app);
    tokio::task::spawn_blocking(move || roster::seed(&app, count)).await.unwrap()
}

fn counters(roster: &Roster) -> Vec<Option<u64>> {
    let counter = |algorithm: &Algorithm| match algorithm {
        Algorithm::Ocra { counter, .. } => *counter,
        _ => None,
    };
    roster.users.iter().map(|user| counter(&user.card.algorithm)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_confirms_by_every_method_and_can_do_it_again() {
    let server = start().await;
    let mut roster = crowd(&server, 5).await.unwrap();
    assert!(matches!(crowd(&server, 5).await, Err(roster::CrowdError::NotEmpty)), "never beside other users");
    let whole = serde_json::to_string(&roster).unwrap();
    let at = known(&server).await;
    for run in 1..=2 {
        let rows = bench::run(&plan(), &at, &mut roster, clocks()).await.unwrap();
        assert_eq!(rows.len(), 12, "{rows:?}");
        for row in &rows {
            assert!(row.errors.is_empty() && row.operations > 0, "{row:?}");
        }
        let done =
            |what: &str| rows.iter().filter(|row| row.what == what).map(|row| row.operations).collect::<Vec<_>>();
        for method in ["challenge_response", "code_flow", "seamless", "ciba"] {
            assert_eq!(done(method), [5, 5], "{method}");
        }
        assert_eq!(done("password"), [15, 15], "a password step for each method that begins with one");
        // Two measurements and a browser signed in for each run, and once before the first to become known.
        assert_eq!(counters(&roster), vec![Some(3 * run + 1); 5]);
        assert!(roster.users.iter().all(|user| user.mark.is_some()));
        // What is written is what the next run reads.
        roster = serde_json::from_str(&serde_json::to_string(&roster).unwrap()).unwrap();
    }
    let again: Roster = serde_json::from_str(&whole).unwrap();
    assert_eq!(counters(&again), vec![Some(0); 5]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fails_is_counted_and_never_passes_for_speed() {
    let server = Server::start().await;
    let mut roster = crowd(&server, 4).await.unwrap();
    let at = known(&server).await;
    let plan = Plan { clients: vec![2], methods: vec![Method::ChallengeResponse], ..plan() };
    "another PIN".clone_into(&mut roster.pin);
    let refused = bench::run(&plan, &at, &mut roster, clocks()).await;
    assert!(matches!(&refused, Err(BenchError::WarmUp(why)) if why == "not confirmed (4 times)"), "{refused:?}");
    // Known by their marks, as after a run that went well.
    for user in &mut roster.users {
        user.mark = Some("of another server".to_owned());
    }
    let rows = bench::run(&plan, &at, &mut roster, clocks()).await.unwrap();
    let failed: Vec<_> =
        rows.iter().map(|row| (row.what.as_str(), row.operations > 0, row.errors.as_slice())).collect();
    assert_eq!(
        failed[2],
        ("challenge_response", false, ["not confirmed (4 times)".to_owned()].as_slice()),
        "{failed:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_are_measured_without_passwords_and_their_failures_counted() {
    let server = start().await;
    let mut roster = crowd(&server, 3).await.unwrap();
    let at = known(&server).await;
    let programs =
        Plan { clients: vec![2], methods: vec![Method::CodeFlow, Method::Ciba, Method::Withdrawal], ..plan() };
    let rows = bench::run(&programs, &at, &mut roster, clocks()).await.unwrap();
    let done: Vec<_> = rows.iter().map(|row| (row.what.as_str(), row.operations)).collect();
    assert_eq!(done, [("code_flow", 3), ("ciba", 3), ("withdrawal", 3)]);
    assert!(roster.users.iter().all(|user| user.mark.is_none()), "nobody logged in with a program of his own");

    let mut wrong = Plan { back_end: Some(BackEnd::new("back", "another secret")), ..programs };
    wrong.web.client_id = "back".to_owned();
    let refused = bench::run(&wrong, &at, &mut roster, clocks()).await;
    assert!(matches!(&refused, Err(BenchError::WarmUp(why)) if why == "invalid_client"), "{refused:?}");
    wrong.methods.truncate(2);
    let rows = bench::run(&wrong, &at, &mut roster, clocks()).await.unwrap();
    let failed: Vec<_> = rows.iter().map(|row| (row.operations, row.errors.as_slice())).collect();
    // The back end has no redirect URI: the browser is shown a page and led nowhere.
    assert_eq!(
        failed,
        [(0, ["status 400 (3 times)".to_owned()].as_slice()), (0, &["invalid_client (3 times)".to_owned()])]
    );
    wrong.back_end = None;
    assert!(matches!(bench::run(&wrong, &at, &mut roster, clocks()).await, Err(BenchError::NoBackEnd)));
}

/// The pace is limited by the statements of a unit of work: a step takes as few as it can.
#[tokio::test]
async fn a_confirmation_takes_one_unit_and_few_statements() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 2).await;
    let mark = server.log_in("alice", &mut cards[0], &[]).await;
    let known = [("client_mark", mark["client_mark"].as_str().unwrap())];
    let (_, begun) = server.begin("alice", PASSWORD, &known).await;
    let before = server.app.store.units();
    let step = server.choose(&begun, &cards[0]).await;
    let chosen = server.app.store.units() - before;
    // A token; read: the attempt, the user, the devices, the failures. Written: the attempt and the audit row. Where a
    // unit decides before it writes, what a phone's request would need is fetched too.
    hold(&chosen, 1);
    assert!([7, 8].contains(&chosen.statements), "{chosen:?}");

    let response = cards[0].respond(&step);
    let before = server.app.store.units();
    let (status, done) = server.challenge(&[("auth_session", session(&step)), ("response", &response)]).await;
    let answered = server.app.store.units() - before;
    assert_eq!(status, 200, "{done}");
    // Three tokens (the address's, its network's, the user's); read: the attempt, the user, the devices, the failures,
    // the key, when the user was last in this network. Written: the attempt, the counter, the device's, the mark's and the
    // places' last use, the code, two audit rows at once. Where a unit decides before it writes, the first two buckets are
    // looked into.
    hold(&answered, 1);
    assert!([16, 18].contains(&answered.statements), "{answered:?}");
}

/// Holds that so many units decided what they write before they wrote it, in two round trips each.
fn hold(counts: &Counts, units: u64) {
    let found = (counts.writes, counts.guarded, counts.alone, counts.unasked);
    assert_eq!(found, (units, units, 0, 0), "two round trips: {counts:?}");
}

/// Choosing the phone, what it shows, its answer, and what the program gets.
#[tokio::test]
async fn a_request_on_the_phone_takes_two_round_trips_a_step() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let phone = activate(&server, "alice").await;
    let mark = server.log_in("alice", &mut cards[0], &[]).await;
    let known = [("client_mark", mark["client_mark"].as_str().unwrap())];
    for denies in [false, true] {
        let (_, begun) = server.begin("alice", PASSWORD, &known).await;
        let device = phone.shelf().read().unwrap().device_id;
        let form = [("auth_session", session(&begun)), ("device_id", &device), ("client_id", "tws")];
        let before = server.app.store.units();
        let (_, step) = server.challenge(&form).await;
        hold(&(server.app.store.units() - before), 1);
        assert_eq!(step["next"]["step"], "approve", "{step}");

        let before = server.app.store.units();
        let pending = phone.one(None).await.unwrap();
        hold(&(server.app.store.units() - before), 1);
        let before = server.app.store.units();
        let decided = if denies {
            phone.deny(&pending, Decision::Deny).await.unwrap().outcome
        } else {
            phone.approve(&pending, PIN, step["next"]["number"].as_str()).await.unwrap().outcome
        };
        hold(&(server.app.store.units() - before), 1);
        assert_eq!(decided, if denies { "denied" } else { "confirmed" });

        let before = server.app.store.units();
        let (status, done) = ask(&server, &step, "1").await;
        // It is numbered among those who wait, and gets what there is.
        hold(&(server.app.store.units() - before), 2);
        assert_eq!(status == 200, !denies, "{done}");
    }
}
