//! Many at once at the edge of the limit: never more than it, none lost, each key once; on one node, on two, and with a
//! node that is killed in the middle.

use super::api::{Office, asked};
use super::phones::activate;
use super::processes::Process;
use super::rig::{Key, settings, start};
use super::support::Server;
use futures_util::{StreamExt as _, stream};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use testing::postgres::Database;

/// Of five thousand dollars each; the phone may confirm two hundred thousand a day.
const AMOUNT: &str = "5000.00";
const FIT: usize = 40;
const MANY: usize = 1000;

/// What became of a request, sent until it was decided.
async fn decided(urls: &[String], token: &str, n: usize) -> (u16, Value) {
    let http = reqwest::Client::new();
    // Whoever hears nothing, or that the server is not at work, sends the same request again: to another node.
    for again in 0..400 {
        let url = format!("{}/api/v1/withdrawals", urls[(n + again) % urls.len()]);
        let key = format!("\"key-{n}\"");
        let sent = http.post(url).bearer_auth(token).header("idempotency-key", key).json(&asked(AMOUNT)).send().await;
        match sent {
            Ok(answer) if ![429, 503].contains(&answer.status().as_u16()) => {
                let status = answer.status().as_u16();
                if let Ok(answer) = answer.json().await {
                    return (status, answer);
                }
            }
            _ => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
        }
    }
    panic!("request {n} was never decided");
}

/// Sends so many requests, many at once, some of them twice; returns the ids that were made, by the request's number.
async fn send(urls: &[String], token: &str, many: usize) -> BTreeMap<usize, String> {
    let refused = AtomicUsize::new(0);
    let one = async |n: usize| {
        let again = async || if n.is_multiple_of(5) { Some(decided(urls, token, n).await) } else { None };
        let (first, second) = tokio::join!(decided(urls, token, n), again());
        let second = second.unwrap_or_else(|| first.clone());
        match (first.0, second.0) {
            (201, 201) => {
                assert_eq!(first.1["id"], second.1["id"], "a key acts once");
                Some((n, first.1["id"].as_str().unwrap().to_owned()))
            }
            (403, 403) => {
                refused.fetch_add(1, Ordering::Relaxed);
                None
            }
            _ => panic!("one request, two answers: {first:?} {second:?}"),
        }
    };
    let made = stream::iter(0..many).map(one).buffer_unordered(24).filter_map(async |made| made).collect().await;
    assert_eq!(refused.load(Ordering::Relaxed), many - FIT);
    made
}

/// Afterwards the window is exactly full, and holds what was made and nothing else.
async fn full(office: &Office<'_>, made: &BTreeMap<usize, String>) {
    assert_eq!(made.len(), FIT);
    let limits = office.get("/users/alice/limits").await;
    assert_eq!((&limits["day"]["used"], &limits["devices"][0]["available"]), (&"200000.00".into(), &"0.00".into()));
    let (mut kept, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = office.get(&format!("/withdrawals?user=alice&limit=100{cursor}")).await;
        kept.extend(page["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let mut ids: Vec<_> = made.values().cloned().collect();
    kept.sort();
    ids.sort();
    assert_eq!(kept, ids);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once_fill_the_window_and_no_more() {
    let server = start(&Key::new()).await;
    server.user("alice", 0).await;
    activate(&server, "alice").await;
    let office = Office::of(&server, "office").await;
    let made = send(std::slice::from_ref(&server.url), &office.token, MANY).await;
    full(&office, &made).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_node_that_is_killed_in_the_middle_loses_and_doubles_nothing() {
    let server = Server::with_on(&settings(&Key::new(), &[]), Database::create()).await;
    server.user("alice", 0).await;
    activate(&server, "alice").await;
    let office = Office::of(&server, "office").await;
    let folder = tempfile::tempdir().unwrap();
    let mut one = Process::start(&server, folder.path()).await;
    let two = Process::start(&server, folder.path()).await;
    let urls = [one.url.clone(), two.url.clone()];
    let killing = async {
        // When some were decided and most were not.
        loop {
            let some = office.get("/withdrawals?user=alice&limit=100").await["data"].as_array().unwrap().len();
            if some >= 10 {
                return one.kill();
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    let (made, ()) = tokio::join!(send(&urls, &office.token, MANY), killing);
    full(&office, &made).await;
}
