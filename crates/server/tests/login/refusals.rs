//! Unknown user, wrong password and locked user: byte-equal answers after the same work, at every door.

use super::support::{CHALLENGE, PASSWORD, Server, WIDE};
use countersign_client::phone::SigningKey;
use serde_json::json;
use store::Counts;

/// Where a password is taken.
#[derive(Debug, Clone, Copy)]
enum Door {
    /// A program's own form.
    Program,
    /// The hosted page.
    Page,
    /// A phone that is being activated.
    Phone,
}

/// Status, headers without those that name the request itself, and body without the name that was typed; and the work.
async fn refused(server: &Server, door: Door, (username, password): (&str, &str)) -> (String, Counts, u64) {
    let request = match door {
        Door::Program => {
            let form =
                [("client_id", "tws"), ("username", username), ("password", password), ("code_challenge", CHALLENGE)];
            server.http.post(format!("{}/oauth2/authorize-challenge", server.url)).form(&form)
        }
        Door::Page => {
            let page = server.http.get(format!("{}/login", server.url)).send().await.unwrap();
            let cookie = page.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
            let text = page.text().await.unwrap();
            let csrf = text.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
            let form = [("csrf", csrf), ("username", username), ("password", password)];
            server.http.post(format!("{}/login", server.url)).header("Cookie", cookie).form(&form)
        }
        Door::Phone => {
            let url = format!("{}/api/phone/v1/activations", server.app.settings.issuer);
            let (key, _) = SigningKey::generate().unwrap();
            let now = u64::try_from(server.app.now().unix_seconds()).unwrap();
            let proof = key.proof("POST", &url, None, now).unwrap();
            let request = server.http.post(format!("{}/api/phone/v1/activations", server.url)).header("DPoP", proof);
            request.json(&json!({ "username": username, "password": password }))
        }
    };
    let (units, hashes) = (server.app.store.units(), server.app.passwords.computed());
    let answer = request.send().await.unwrap();
    let mut headers: Vec<_> = answer
        .headers()
        .iter()
        .filter(|(name, _)| !["x-request-id", "date", "content-length", "set-cookie"].contains(&name.as_str()))
        .map(|(name, value)| {
            // What the page is to say is sealed into its address.
            let value = value.to_str().unwrap();
            format!("{name}: {}", value.split_once("said=").map_or(value, |(address, _)| address))
        })
        .collect();
    headers.sort();
    let status = answer.status();
    let named = format!("value=\"{username}\"");
    let body = answer.text().await.unwrap().replace(&named, "value=\"NAME\"");
    // A page's form has a token of its own.
    let mut parts = body.split("name=\"csrf\" value=\"");
    let first = parts.next().unwrap_or_default().to_owned();
    let body = parts.fold(first, |text, part| text + part.split_once('"').map_or(part, |(_, rest)| rest));
    let text = format!("{status}\n{}\n\n{body}", headers.join("\n"));
    (text, server.app.store.units() - units, server.app.passwords.computed() - hashes)
}

#[tokio::test]
async fn refusals_are_byte_equal_and_do_the_same_work() {
    // The clock stands still: answers that carry the time are compared whole.
    let server = Server::with(WIDE).await;
    server.user("alice", 1).await;
    server.user("locked", 1).await;
    for _ in 0..10 {
        refused(&server, Door::Program, ("locked", "wrong password")).await;
    }
    for (door, status, says) in [
        (Door::Program, "400", r#"{"error":"access_denied","failure":{"reason":"invalid_credentials"}}"#),
        (Door::Page, "303", "location: /login?"),
        (Door::Phone, "403", "/problems/invalid-credentials"),
    ] {
        let unknown = refused(&server, door, ("nobody", "wrong password")).await;
        assert!(unknown.0.starts_with(status) && unknown.0.contains(says), "{door:?}: {}", unknown.0);
        assert_eq!((unknown.2, unknown.1.writes), (1, 2), "{door:?}: one hash, two units");
        for (who, username, password) in [
            ("wrong password", "alice", "wrong password"),
            ("locked, wrong password", "locked", "wrong password"),
            ("locked, right password", "locked", PASSWORD),
            ("no username at all", "Ω≠", "wrong password"),
            ("a user's id", "00000000-0000-0000-0000-000000000000", "wrong password"),
        ] {
            let (text, units, hashes) = refused(&server, door, (username, password)).await;
            assert_eq!(text, unknown.0, "{door:?}: {who}");
            assert_eq!(hashes, 1, "{door:?}: {who}");
            assert_eq!(
                (units.writes, units.reads, units.statements),
                (unknown.1.writes, unknown.1.reads, unknown.1.statements),
                "{door:?}: {who}"
            );
        }
    }
}
