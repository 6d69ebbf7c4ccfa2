//! Who a request is from, behind proxies: one customer is one however he is written, and nobody is somebody else.

use super::{
    phones::activate,
    support::{CHALLENGE, PASSWORD, Server, WIDE, until},
};
use serde_json::Value;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

/// A server behind a proxy on this machine, with five requests for each customer.
async fn behind_a_proxy(http: &str) -> Server {
    let settings = format!(
        "[http]\ntrusted_proxies = [\"127.0.0.0/8\"]\n{http}[throttle]\naddress_burst = 5\naddress_per_second = 1\n\
         [[clients]]\nid = \"shop\"\nname = \"Shop\"\n[clients.oauth]\nredirect_uris = [\"https://shop.example/cb\"]\n"
    );
    Server::with(&settings).await
}

/// A request that takes from the customer's bucket, as a proxy hands it on: status, and what a problem says.
async fn attempt(server: &Server, headers: &[(&str, &str)]) -> (u16, Value) {
    let query = format!(
        "client_id=shop&response_type=code&redirect_uri=https://shop.example/cb&scope=openid&\
         code_challenge={CHALLENGE}&code_challenge_method=S256"
    );
    let mut request = server.http.get(format!("{}/oauth2/authorize?{query}", server.url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
}

/// How many of so many tries were taken.
async fn taken(server: &Server, name: &str, values: impl IntoIterator<Item = String>) -> usize {
    let mut taken = 0;
    for value in values {
        let (status, answer) = attempt(server, &[(name, &value)]).await;
        assert!([303, 429].contains(&status), "{value}: {status} {answer}");
        taken += usize::from(status != 429);
    }
    taken
}

/// What is tried, in which header, and how it writes the address of the nth customer.
type Kind = (&'static str, &'static str, fn(u32) -> String);

#[tokio::test]
async fn each_customer_is_one_however_the_proxy_writes_the_address() {
    const XFF: &str = "x-forwarded-for";
    let kinds: [Kind; 8] = [
        ("a port", XFF, |n| format!("198.51.100.{n}:{}", 40_000 + n)),
        ("brackets", XFF, |n| format!("[2001:db8:{n:x}::1]:443")),
        ("an empty member", XFF, |n| format!("198.51.100.{n}, ")),
        ("the long form of IPv4", XFF, |n| format!("::ffff:198.51.100.{n}")),
        ("a zone", XFF, |n| format!("2001:db8:{n:x}::1%eth0")),
        ("another proxy of ours behind", XFF, |n| format!("192.0.2.66, 198.51.100.{n}:1, [::ffff:127.0.0.9]:2")),
        ("Forwarded", "forwarded", |n| format!("for=198.51.100.{n};proto=https;by=127.0.0.1")),
        ("Forwarded, quoted", "forwarded", |n| format!("For=\"[2001:db8:{n:x}::1]:4711\"")),
    ];
    for (kind, header, of) in kinds {
        let server = behind_a_proxy("").await;
        assert_eq!(taken(&server, header, (1..=14).map(of)).await, 14, "{kind}: fourteen customers");
        assert_eq!(taken(&server, header, (0..9).map(|_| of(1))).await, 4, "{kind}: one customer, who had one try");
    }
}

#[tokio::test]
async fn neither_a_port_nor_a_word_of_his_own_makes_another_customer_of_one() {
    let kinds: [fn(u32) -> String; 4] = [
        |n| format!("198.51.100.7:{}", 40_000 + n),
        |n| format!("203.0.113.{n}, 198.51.100.7"),
        |n| format!("rubbish {n}, \u{22}, 198.51.100.7:{n}"),
        |n| format!("[2001:db8::{n:x}]:{n}"),
    ];
    for of in kinds {
        let server = behind_a_proxy("").await;
        assert_eq!(taken(&server, "x-forwarded-for", (1..=9).map(of)).await, 5, "{}", of(1));
    }
    let server = behind_a_proxy("forwarded_header = \"X-Forwarded-For\"\n").await;
    let mut answers = Vec::new();
    for n in 1..=9 {
        let made_up = format!("for=203.0.113.{n}");
        answers.push(attempt(&server, &[("x-forwarded-for", "198.51.100.7"), ("forwarded", &made_up)]).await.0);
    }
    assert_eq!(answers, [303, 303, 303, 303, 303, 429, 429, 429, 429], "the header that the proxy does not write");
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_and_told() {
    let told = |server: &Server| !server.app.warnings.unreadable_proxy.may_be_said(server.app.now(), Duration::ZERO);
    for (name, value) in [
        ("x-forwarded-for", "rubbish"),
        ("x-forwarded-for", "unknown"),
        ("x-forwarded-for", "198.51.100.7, 198.51.100.300"),
        ("x-forwarded-for", "198.51.100.7:port"),
        ("forwarded", "for=_hidden"),
        ("forwarded", "for=\"198.51.100.7"),
        ("forwarded", "proto=https"),
    ] {
        let server = behind_a_proxy("").await;
        let (status, problem) = attempt(&server, &[(name, value)]).await;
        assert_eq!((status, problem["type"].as_str()), (400, Some("/problems/bad-request")), "{name}: {value}");
        assert!(problem["detail"].as_str().unwrap().contains("proxy"), "{problem}");
        assert!(told(&server), "{name}: {value}");
    }
    let server = behind_a_proxy("").await;
    let both = [("x-forwarded-for", "198.51.100.7"), ("forwarded", "for=203.0.113.9")];
    assert_eq!(attempt(&server, &both).await.1["type"], "/problems/bad-request", "the two contradict");
    assert!(told(&server));
    let silent = behind_a_proxy("").await;
    assert_eq!(attempt(&silent, &[]).await.0, 303);
    let said = !silent.app.warnings.silent_proxy.may_be_said(silent.app.now(), Duration::ZERO);
    assert!(said, "a proxy that names nobody makes one customer of all, and the log says so");
}

#[tokio::test]
async fn a_larger_network_has_a_bucket_too_and_unrelated_ones_do_not_share() {
    let server = behind_a_proxy("").await;
    let one_48 = (0..40).map(|n| format!("2001:db8:cc:{n:x}::1"));
    assert_eq!(taken(&server, "x-forwarded-for", one_48).await, 10, "twice what a /64 has");
    let twelve = (0..12).map(|n| format!("2001:db8:{:x}::1", 0x100 + n));
    assert_eq!(taken(&server, "x-forwarded-for", twelve).await, 12, "unrelated ones");
    let one_24 = (0..100).map(|n| format!("192.0.2.{n}"));
    // Sixteen times what an address has. A request moves the clock on by a millisecond, and a token comes back in 62.
    let of_a_24 = taken(&server, "x-forwarded-for", one_24).await;
    assert!((80..=82).contains(&of_a_24), "{of_a_24}");
    assert_eq!(taken(&server, "x-forwarded-for", ["198.51.100.1".to_owned()]).await, 1);
}

/// Buckets are out of the way here: one network fills the hashing queue, each try from another /64 of its /48.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_from_one_network_keeps_no_right_password_from_elsewhere_out() {
    let settings =
        format!("[http]\ntrusted_proxies = [\"127.0.0.0/8\"]\n{WIDE}[passwords]\nconcurrent = 1\nwaiting = 8\n");
    let server = Arc::new(Server::with(&settings).await);
    server.user("alice", 1).await;
    let (refused, over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let flood: Vec<_> = (0..16_u32)
        .map(|network| {
            let (server, refused, over) = (Arc::clone(&server), Arc::clone(&refused), Arc::clone(&over));
            tokio::spawn(async move {
                for n in 0..=u32::MAX {
                    if over.load(Ordering::Relaxed) {
                        return;
                    }
                    let from = format!("2001:db8:cc:{:x}::1", ((network << 12) | n) & 0xffff);
                    let (status, _) = log_in(&server, "nobody", "wrong", &from).await;
                    refused.fetch_add(u64::from(status == 503), Ordering::Relaxed);
                }
            })
        })
        .collect();
    let full = async || (refused.load(Ordering::Relaxed) > 0).then_some(());
    until("the network has no more room", full).await;
    for n in 1..=10 {
        let (status, step) = log_in(&server, "alice", PASSWORD, &format!("198.51.100.{n}")).await;
        assert_eq!((status, step["next"]["step"].as_str()), (400, Some("respond")), "try {n}: {step}");
    }
    over.store(true, Ordering::Relaxed);
    for one in flood {
        one.await.unwrap();
    }
}

/// A password of TWS from behind the proxy.
async fn log_in(server: &Server, username: &str, password: &str, from: &str) -> (u16, Value) {
    let form = [("client_id", "tws"), ("username", username), ("password", password), ("code_challenge", CHALLENGE)];
    let request = server.http.post(format!("{}/oauth2/authorize-challenge", server.url)).form(&form);
    let answer = request.header("x-forwarded-for", from).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
}

#[tokio::test]
async fn a_phone_shows_the_customers_address_and_not_the_proxys() {
    let server = Server::with(&format!("[http]\ntrusted_proxies = [\"127.0.0.1\"]\n{WIDE}")).await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    log_in(&server, "alice", PASSWORD, "203.0.113.5, 198.51.100.77:4711").await;
    let pending = phone.one(None).await.unwrap();
    assert_eq!(pending.operation["address"], "198.51.100.77", "{}", pending.operation);
}
