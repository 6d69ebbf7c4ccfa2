//! What the requests of the load generator cost the store: the floor is asked to do as many durable units.

use super::{
    api::{Office, asked, device_of},
    backchannel::sign_in,
    phones::{PIN, activate},
    rig::{Browser, CALLBACK, Key, basic, redemption, send, settings},
    support::Server,
};
use countersign_client::bench::Method;
use serde_json::Value;
use store::Counts;

/// A server that only answers: what it does by itself every second would be counted too.
async fn idle() -> Server {
    Server::with(&settings(&Key::new(), &[])).await
}

/// Durable units and statements of what `work` asks for.
async fn counted<T>(server: &Server, work: impl Future<Output = T>) -> (T, Counts) {
    let before = server.app.store.units();
    let done = work.await;
    (done, server.app.store.units() - before)
}

/// Holds what the requests of a method cost, and that each unit decides before it writes, in two round trips. Where that
/// is so, what is only sometimes read counts too: so there are two numbers of statements.
fn hold(counts: &[Counts], method: Method, statements: &[[u64; 2]]) {
    let writes: Vec<_> = counts.iter().map(|count| count.writes).collect();
    let wanted: Vec<_> = method.units().iter().map(|units| u64::from(*units)).collect();
    assert_eq!(writes, wanted, "{method:?}: {counts:?}");
    assert!(
        counts.iter().all(|count| (count.guarded, count.alone, count.unasked) == (count.writes, 0, 0)),
        "{counts:?}"
    );
    let taken = counts.iter().map(|count| count.statements);
    assert!(taken.zip(statements).all(|(taken, known)| known.contains(&taken)), "{method:?}: {counts:?}");
}

#[tokio::test]
async fn single_sign_on_takes_three_units() {
    let server = idle().await;
    let mut cards = server.user("alice", 1).await;
    let browser: Browser<'_> = sign_in(&server, "alice", &mut cards[0]).await;
    let (led, asked) = counted(&server, browser.authorize("rp", &[])).await;
    let parameters = led.parameters();
    assert!(led.location.as_deref().is_some_and(|to| to.starts_with(CALLBACK)));
    let form = redemption("rp", &parameters["code"]);
    let ((status, tokens), redeemed) = counted(&server, send(&server, "/oauth2/token", &form, &[])).await;
    assert!(status == 200 && tokens["id_token"].is_string(), "{tokens}");
    // Asked: the session, the user, the last use; the code, the audit row. Redeemed: the code, the user, the session;
    // that it is spent, the grant, the token, the audit row.
    hold(&[asked, redeemed], Method::CodeFlow, &[[5; 2], [7; 2]]);
}

#[tokio::test]
async fn a_refresh_takes_two_round_trips() {
    let server = idle().await;
    let mut cards = server.user("alice", 1).await;
    let browser: Browser<'_> = sign_in(&server, "alice", &mut cards[0]).await;
    let led = browser.authorize("rp", &[("scope", "openid offline_access")]).await;
    let parameters = led.parameters();
    let form = redemption("rp", &parameters["code"]);
    let (_, tokens) = send(&server, "/oauth2/token", &form, &[]).await;
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", "rp"),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    let ((status, tokens), refreshed) = counted(&server, send(&server, "/oauth2/token", &form, &[])).await;
    assert_eq!(status, 200, "{tokens}");
    let found = (refreshed.writes, refreshed.guarded, refreshed.alone, refreshed.unasked);
    assert_eq!(found, (1, 1, 0, 0), "{refreshed:?}");
}

#[tokio::test]
async fn a_back_ends_request_takes_four_units() {
    let server = idle().await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let authorization = basic("payer");
    let headers = [("authorization", authorization.as_str())];
    let form = [("scope", "openid"), ("login_hint", "alice"), ("binding_message", "Order 4711")];
    let ((status, answer), asked) = counted(&server, send(&server, "/oauth2/bc-authorize", &form, &headers)).await;
    assert_eq!(status, 200, "{answer}");
    let (pending, listed) = counted(&server, phone.one(None)).await;
    let (approved, decided) = counted(&server, phone.approve(&pending.unwrap(), PIN, None)).await;
    approved.unwrap();
    let id = answer["auth_req_id"].as_str().unwrap();
    let form = [("grant_type", "urn:openid:params:grant-type:ciba"), ("auth_req_id", id)];
    let ((status, tokens), fetched) = counted(&server, send(&server, "/oauth2/token", &form, &headers)).await;
    assert!(status == 200 && tokens["id_token"] != Value::Null, "{tokens}");
    // Fetched: the request, when it was asked about, the confirmation, that it is spent, the device and its last use, the
    // user; the grant, the token, the audit row.
    hold(&[asked, listed, decided, fetched], Method::Ciba, &[[13, 14], [5; 2], [14; 2], [10; 2]]);
}

#[tokio::test]
async fn a_withdrawal_takes_four_units() {
    let server = idle().await;
    server.user("alice", 1).await;
    let phone = activate(&server, "alice").await;
    let office = Office::of(&server, "office").await;
    let mut body = asked("1.00");
    body["device_id"] = device_of(&office, "phone").await;
    let ((status, made), offered) = counted(&server, office.ask("a", &body)).await;
    assert_eq!((status, &made["next"]["step"]), (201, &"approve".into()), "{made}");
    let (pending, listed) = counted(&server, phone.one(None)).await;
    let (approved, decided) = counted(&server, phone.approve(&pending.unwrap(), PIN, None)).await;
    approved.unwrap();
    let ((status, settled), carried_out) = counted(&server, office.act(&made["id"], "settle")).await;
    assert_eq!((status, &settled["state"]), (200, &"settled".into()), "{settled}");
    hold(&[offered, listed, decided, carried_out], Method::Withdrawal, &[[19; 2], [5; 2], [20, 22], [8; 2]]);
}
