//! Two servers on one database: who waits at one goes on when the phone answers at the other.

use super::{
    front::Front,
    phones::{PIN, activate, ask, awaiting, phone, shown},
    support::{PASSWORD, SOON, Server, VERIFIER, WIDE, session},
};
use countersign_client::phone::Phone;
use serde_json::Value;
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use testing::postgres::{Cluster, Database};
use wire::phone::{Decision, Pending};

/// Two nodes of one name.
struct Nodes {
    front: Front,
    one: Arc<Server>,
    two: Arc<Server>,
}

impl Nodes {
    async fn start() -> Self {
        let front = Front::open().await;
        let one = Server::behind(&front.url).await;
        Self::of(front, one).await
    }

    async fn of(front: Front, one: Server) -> Self {
        let two = one.another_node().await;
        front.leads_to(&[&one.url]);
        Self { front, one: Arc::new(one), two: Arc::new(two) }
    }

    /// The phone, whose calls reach this node from now on.
    async fn phone_at(&self, node: &Server, old: &Phone) -> Phone {
        self.front.leads_to(&[&node.url]);
        phone(node, old.shelf().read().unwrap()).await
    }
}

fn waits(node: &Arc<Server>, step: &Value) -> tokio::task::JoinHandle<(u16, Value)> {
    let (node, step) = (Arc::clone(node), step.clone());
    tokio::spawn(async move { ask(&node, &step, "60").await })
}

#[tokio::test]
async fn a_program_at_one_node_goes_on_when_the_phone_answers_at_the_other() {
    let nodes = Nodes::start().await;
    nodes.one.user("alice", 0).await;
    let first = activate(&nodes.one, "alice").await;
    for (here, there) in [(&nodes.one, &nodes.two), (&nodes.two, &nodes.one)] {
        let phone = nodes.phone_at(there, &first).await;
        let step = awaiting(here, "alice", &[]).await;
        let waiting = waits(here, &step);
        let (pending, number) = shown(&phone, &step).await;
        assert_eq!(phone.approve(&pending, PIN, number.as_deref()).await.unwrap().outcome, "confirmed");
        let (status, done) = tokio::time::timeout(SOON, waiting).await.unwrap().unwrap();
        assert_eq!(status, 200, "{done}");
        for node in [here, there] {
            assert_eq!(ask(node, &step, "0").await, (200, done.clone()), "told again, the same at either node");
        }
        let denied = awaiting(here, "alice", &[]).await;
        let waiting = waits(here, &denied);
        phone.deny(&phone.one(None).await.unwrap(), Decision::Deny).await.unwrap();
        let (_, answer) = tokio::time::timeout(SOON, waiting).await.unwrap().unwrap();
        assert_eq!(answer["failure"]["reason"], "denied");
    }
}

#[tokio::test]
async fn a_page_at_one_node_hears_of_the_phone_at_the_other() {
    let nodes = Nodes::start().await;
    nodes.one.user("alice", 0).await;
    let phone = nodes.phone_at(&nodes.two, &activate(&nodes.one, "alice").await).await;
    let jar = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let get = |path: String, cookies: String| {
        jar.get(format!("{}{path}", nodes.one.url)).header("cookie", cookies).header("accept-language", "en")
    };
    let page = get("/login".to_owned(), String::new()).send().await.unwrap();
    let own = cookies(&page);
    let text = page.text().await.unwrap();
    let form = [("csrf", value(&text, "name=\"csrf\"")), ("username", "alice".to_owned())];
    let post = jar.post(format!("{}/login", nodes.one.url)).header("cookie", &own);
    let begun = post.form(&[&form[..], &[("password", PASSWORD.to_owned())]].concat()).send().await.unwrap();
    let path = begun.headers()["location"].to_str().unwrap().to_owned();
    let all = format!("{own}; {}", cookies(&begun));
    let text = get(path.clone(), all.clone()).send().await.unwrap().text().await.unwrap();
    assert!(text.contains("Approve on your phone"), "{text}");
    let events = attribute(&text, "data-events").replace("&amp;", "&").replace("&#38;", "&");
    let mut stream = get(events, all.clone()).send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");

    let pending = phone.one(None).await.unwrap();
    let number = text.split("id=\"number\">").nth(1).map(|rest| rest.split('<').next().unwrap().to_owned());
    phone.approve(&pending, PIN, number.as_deref()).await.unwrap();
    let heard = async {
        let mut heard = String::new();
        while let Some(chunk) = stream.chunk().await.unwrap() {
            heard.push_str(std::str::from_utf8(&chunk).unwrap());
        }
        heard
    };
    let heard = tokio::time::timeout(SOON, heard).await.unwrap();
    // An event without data is one that browsers drop (HTML, 9.2.6).
    assert!(heard.contains("event: changed\ndata: "), "{heard}");
    let after = get(path, all).send().await.unwrap();
    assert_eq!((after.status().as_u16(), after.headers()["location"].to_str().unwrap()), (303, "/settings"));
}

fn cookies(answer: &reqwest::Response) -> String {
    let lines = answer.headers().get_all("set-cookie").iter();
    lines.map(|line| line.to_str().unwrap().split(';').next().unwrap().to_owned()).collect::<Vec<_>>().join("; ")
}

fn value(html: &str, after: &str) -> String {
    attribute(&html[html.find(after).unwrap()..], "value")
}

fn attribute(html: &str, name: &str) -> String {
    let rest = html.split(&format!("{name}=\"")).nth(1).unwrap_or_else(|| panic!("no {name} in {html}"));
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_phones_stream_at_one_node_shows_a_login_at_the_other() {
    let nodes = Nodes::start().await;
    nodes.one.user("alice", 0).await;
    let phone = nodes.phone_at(&nodes.two, &activate(&nodes.one, "alice").await).await;
    let mut events = phone.events().await.unwrap();
    assert!(events.next().await.unwrap().unwrap().is_empty());
    let step = awaiting(&nodes.one, "alice", &[]).await;
    let list = tokio::time::timeout(SOON, events.next()).await.unwrap().unwrap().unwrap();
    assert_eq!(list.len(), 1);
    nodes.one.challenge(&[("auth_session", session(&step)), ("method", "challenge_response")]).await;
    assert!(tokio::time::timeout(SOON, events.next()).await.unwrap().unwrap().unwrap().is_empty());
}

/// Approvals arrive at both nodes, and programs ask at both: one is accepted, and there is one code.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn both_nodes_at_once_confirm_once_and_give_once() {
    let nodes = Nodes::start().await;
    nodes.one.user("alice", 0).await;
    let at_one = activate(&nodes.one, "alice").await;
    let step = awaiting(&nodes.one, "alice", &[]).await;
    let (pending, number) = shown(&at_one, &step).await;
    nodes.front.leads_to(&[&nodes.one.url, &nodes.two.url]);
    let approving: Vec<_> = (0..40)
        .map(|_| {
            let (phone, pending, number) = (at_one.clone(), pending.clone(), number.clone());
            tokio::spawn(async move { insist(&phone, &pending, number.as_deref()).await })
        })
        .collect();
    let mut confirmed = 0;
    for one in approving {
        confirmed += usize::from(one.await.unwrap());
    }
    assert_eq!(confirmed, 1);
    let asking: Vec<_> = (0..20).map(|n| waits(if n % 2 == 0 { &nodes.one } else { &nodes.two }, &step)).collect();
    let mut codes = BTreeSet::new();
    for one in asking {
        let (status, answer) = one.await.unwrap();
        if status == 200 {
            codes.insert(answer["authorization_code"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(codes.len(), 1, "whoever asks is told the same code");
}

/// The database goes away and comes back while logins await their phones and the phones answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_database_restarted_in_the_middle_loses_and_doubles_nothing() {
    let cluster = Arc::new(Cluster::start().expect("PostgreSQL is installed"));
    let database = Database::create_on(&cluster.url(), "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'");
    let front = Front::open().await;
    let one = Server::behind_on(&front.url, database).await;
    let nodes = Nodes::of(front, one).await;
    let mut logins = Vec::new();
    for name in ["alice", "boris", "carol", "dave", "erin", "fred"] {
        nodes.one.user(name, 0).await;
        let phone = activate(&nodes.one, name).await;
        let step = awaiting(&nodes.one, name, &[]).await;
        let (pending, number) = shown(&phone, &step).await;
        logins.push((phone, pending, number, step));
    }
    let tasks: Vec<_> = logins
        .iter()
        .map(|(phone, pending, number, step)| {
            let (one, two) = (follow(&nodes.one, step), follow(&nodes.two, step));
            let (phone, pending, number) = (phone.clone(), pending.clone(), number.clone());
            let approving = tokio::spawn(async move { insist(&phone, &pending, number.as_deref()).await });
            (one, two, approving)
        })
        .collect();
    let restarting = tokio::task::spawn_blocking({
        let cluster = Arc::clone(&cluster);
        move || cluster.restart()
    });
    for (one, two, approving) in tasks {
        approving.await.unwrap();
        let (one, two) = (one.await.unwrap(), two.await.unwrap());
        // An answer is told again, so both may have heard it: the same.
        let codes: BTreeSet<_> = [one.0, two.0].into_iter().flatten().collect();
        assert!(codes.len() <= 1, "one login gave two codes");
        // A code whose giving broke off may be lost, as nobody was told of it; the login is then answered, not open.
        assert!(codes.len() == 1 || one.1 || two.1, "what the phone was told is lost");
        for code in &codes {
            let redeem = [
                ("grant_type", "authorization_code"),
                ("client_id", "tws"),
                ("code", code.as_str()),
                ("code_verifier", VERIFIER),
            ];
            assert_eq!(nodes.two.post("/oauth2/token", &redeem).await.0, 200);
            assert_eq!(nodes.one.post("/oauth2/token", &redeem).await.0, 400, "a code is good once");
        }
    }
    restarting.await.unwrap().unwrap();
    for (phone, pending, number, _) in &logins {
        let again = phone.approve(pending, PIN, number.as_deref()).await;
        assert!(again.is_err(), "accepted twice");
    }
    drop(logins);
    // The database is dropped on a server that must still be there.
    drop(nodes);
    drop(cluster);
}

/// The database is stopped for a while: whoever waits for the phone, or asks then, is told when to come again, and finds
/// everything where it was.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_database_that_is_stopped_is_told_to_whoever_waits() {
    let cluster = Arc::new(Cluster::start().expect("PostgreSQL is installed"));
    let database = Database::create_on(&cluster.url(), "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'");
    let server = Arc::new(Server::with_on(WIDE, database).await);
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let step = awaiting(&server, "alice", &[]).await;
    let (pending, number) = shown(&phone, &step).await;
    let asks = |wait: &'static str| {
        let form = [("auth_session", session(&step).to_owned()), ("wait", wait.to_owned())];
        let request = server.http.post(format!("{}/oauth2/authorize-challenge", server.url)).form(&form);
        tokio::spawn(async move {
            let answer = request.send().await.unwrap();
            let (status, wait) = (answer.status().as_u16(), answer.headers().contains_key("retry-after"));
            (status, wait, answer.json::<Value>().await.unwrap()["error"].clone())
        })
    };
    let waiting = asks("60");
    let stopped = tokio::task::spawn_blocking({
        let cluster = Arc::clone(&cluster);
        move || cluster.stop()
    });
    stopped.await.unwrap().unwrap();
    let mut told = Vec::new();
    for asking in [waiting, asks("0"), asks("60")] {
        told.push(tokio::time::timeout(SOON, asking).await.unwrap().unwrap());
    }
    let begun = tokio::task::spawn_blocking({
        let cluster = Arc::clone(&cluster);
        move || cluster.start_again()
    });
    begun.await.unwrap().unwrap();
    let out = (503, true, Value::from("temporarily_unavailable"));
    assert_eq!(told, [out.clone(), out.clone(), out], "status, Retry-After, error");
    assert!(insist(&phone, &pending, number.as_deref()).await);
    let (code, _) = follow(&server, &step).await.unwrap();
    assert!(code.is_some(), "the login goes on where it was");
    // The database is dropped on a server that must still be there.
    drop((phone, server));
    drop(cluster);
}

/// Approves until the server says that it is done; whether this approval did it. Trouble on the way is none of ours.
async fn insist(phone: &Phone, pending: &Pending, number: Option<&str>) -> bool {
    let approving = async {
        loop {
            match phone.approve(pending, PIN, number).await {
                Ok(decided) => return decided.outcome == "confirmed",
                // Accepted, but this answer was lost, or another approval came first.
                Err(error) if error.slug() == Some("attempt-ended") => return false,
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    };
    tokio::time::timeout(SOON, approving).await.expect("the server comes back")
}

/// Asks until the login is over: the code it got, and whether an answer was trouble.
fn follow(node: &Arc<Server>, step: &Value) -> tokio::task::JoinHandle<(Option<String>, bool)> {
    let (node, step) = (Arc::clone(node), step.clone());
    tokio::spawn(async move {
        let mut trouble = false;
        let asking = async {
            loop {
                let (status, answer) = ask(&node, &step, "2").await;
                if status == 200 {
                    return (Some(answer["authorization_code"].as_str().unwrap().to_owned()), trouble);
                }
                if answer["failure"]["reason"] == "already_answered" {
                    return (None, trouble);
                }
                trouble |= status >= 500;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(SOON, asking).await.expect("the login ends")
    })
}
