//! Unknown user, wrong password and locked user: byte-equal answers after the same work.

use super::support::{CHALLENGE, PASSWORD, Server};
use store::Counts;

/// Status, headers without those that name the request itself, and body.
async fn refused(server: &Server, username: &str, password: &str) -> (String, Counts, u64) {
    let (units, hashes) = (server.app.store.units(), server.app.passwords.computed());
    let form = [("client_id", "tws"), ("username", username), ("password", password), ("code_challenge", CHALLENGE)];
    let answer =
        server.http.post(format!("{}/oauth2/authorize-challenge", server.url)).form(&form).send().await.unwrap();
    let mut headers: Vec<_> = answer
        .headers()
        .iter()
        .filter(|(name, _)| !["x-request-id", "date"].contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    headers.sort();
    let status = answer.status();
    let text = format!("{status}\n{}\n\n{}", headers.join("\n"), answer.text().await.unwrap());
    (text, server.app.store.units() - units, server.app.passwords.computed() - hashes)
}

#[tokio::test]
async fn refusals_are_byte_equal_and_do_the_same_work() {
    let server = Server::start().await;
    server.user("alice", 1).await;
    server.user("locked", 1).await;
    for _ in 0..10 {
        refused(&server, "locked", "wrong password").await;
    }
    let unknown = refused(&server, "nobody", "wrong password").await;
    assert!(
        unknown.0.ends_with(r#"{"error":"access_denied","failure":{"reason":"invalid_credentials"}}"#),
        "{}",
        unknown.0
    );
    assert!(unknown.0.starts_with("400"));
    assert_eq!(unknown.2, 1, "one hash");
    assert_eq!(unknown.1.writes, 2);
    for (who, username, password) in [
        ("wrong password", "alice", "wrong password"),
        ("locked, wrong password", "locked", "wrong password"),
        ("locked, right password", "locked", PASSWORD),
        ("no username at all", "Ω≠", "wrong password"),
        ("a user's id", "00000000-0000-0000-0000-000000000000", "wrong password"),
    ] {
        let (text, units, hashes) = refused(&server, username, password).await;
        assert_eq!(text, unknown.0, "{who}");
        assert_eq!(hashes, 1, "{who}");
        assert_eq!(
            (units.writes, units.reads, units.statements),
            (unknown.1.writes, unknown.1.reads, unknown.1.statements),
            "{who}"
        );
    }
}

/// The same on the hosted page, but for the name that the person typed.
#[tokio::test]
async fn the_page_does_not_tell_either() {
    let server = Server::start().await;
    server.user("alice", 1).await;
    let browser = super::pages::Browser::new(&server);
    let mut shown = Vec::new();
    for username in ["alice", "nobod"] {
        let page = browser.get("/login").await;
        let answer = browser.post("/login", &page, &[("username", username), ("password", "wrong password")]).await;
        shown.push((answer.status, answer.text.replace(username, "NAME")));
    }
    assert_eq!(shown[0], shown[1]);
}
