//! What a thief of the password has in flight when its owner says "it wasn't me", and what a phone that was found opens.

use super::{
    phones::{PIN, activate, ask, awaiting, invitation, known, log_in, phone, refused, shown, slug, unix_now},
    support::{PASSWORD, SOON, Server, VERIFIER, new_session},
};
use countersign::flow::{
    login::session::SignedIn,
    phone::invite::{self, NotMade},
};
use countersign_client::phone::{Activation, Phone, PhoneError, SigningKey};
use domain::user::Username;
use serde_json::{Value, json};
use wire::phone::{Decision, StartActivation};

async fn alice(cards: u8) -> (Server, Phone) {
    let server = Server::start().await;
    server.user("alice", cards).await;
    let phone = activate(&server, "alice").await;
    (server, phone)
}

async fn redeemed(server: &Server, done: &Value) -> (u16, Value) {
    let code = done["authorization_code"].as_str().unwrap_or_else(|| panic!("no code in {done}"));
    let form =
        [("grant_type", "authorization_code"), ("client_id", "tws"), ("code", code), ("code_verifier", VERIFIER)];
    server.post("/oauth2/token", &form).await
}

async fn userinfo(server: &Server, tokens: &Value) -> u16 {
    let request = server.http.get(format!("{}/oauth2/userinfo", server.url));
    request.bearer_auth(tokens["access_token"].as_str().unwrap()).send().await.unwrap().status().as_u16()
}

/// A phone that a thief begins to activate from an invitation.
async fn thief(server: &Server) -> countersign_client::phone::Begun {
    let session = Some(invitation(server, "alice").await.0);
    let known = known(server).await;
    let activation = Activation::new(&known, unix_now).unwrap();
    activation.begin_with(known, &StartActivation { session, ..StartActivation::default() }).await.unwrap()
}

#[tokio::test]
async fn it_was_not_me_takes_back_what_is_under_way() {
    let (server, phone) = alice(0).await;
    let tokens = redeemed(&server, &log_in(&server, &phone, &[]).await).await.1;
    assert_eq!(userinfo(&server, &tokens).await, 200);
    let unredeemed = log_in(&server, &phone, &[]).await;
    let mark = unredeemed["client_mark"].as_str().unwrap().to_owned();
    // Approved by a tired owner, and not fetched yet.
    let unfetched = awaiting(&server, "alice", &[]).await;
    let (pending, number) = shown(&phone, &unfetched).await;
    phone.approve(&pending, PIN, number.as_deref()).await.unwrap();
    let begun = thief(&server).await;
    let (invited, id) = invitation(&server, "alice").await;

    let reported = awaiting(&server, "alice", &[]).await;
    let (pending, _) = shown(&phone, &reported).await;
    phone.deny(&pending, Decision::Report).await.unwrap();

    assert_eq!(ask(&server, &unfetched, "0").await.1["failure"]["reason"], "already_answered", "it gives nothing now");
    assert_eq!(redeemed(&server, &unredeemed).await.1["error"], "invalid_grant");
    assert_eq!(userinfo(&server, &tokens).await, 401);
    assert_eq!(slug(begun.complete(None, "802413", None).await), "unknown-activation");
    let known = known(&server).await;
    let later = [
        StartActivation { session: Some(invited), ..StartActivation::default() },
        StartActivation { username: Some("alice".into()), session_id: Some(id), ..StartActivation::default() },
    ];
    for start in later {
        let activation = Activation::new(&known, unix_now).unwrap();
        assert_eq!(slug(activation.begin_with(known.clone(), &start).await), "unknown-invitation");
    }
    let app = server.app.clone();
    let read = app.handles.read(countersign::handle::Kind::Mark, &mark).unwrap();
    let known = app.store.read(move |sql| store::mark::valid(sql, read.user, read.digest, "tws")).await.unwrap();
    assert_eq!(known, None, "no program is known any more");
    assert!(phone.pending().await.unwrap().is_empty(), "the owner's phone is as it was");

    let (code, shown, _) = server.command(&["user", "show", "alice", "--json"]).await;
    assert_eq!(code, 0);
    assert!(shown["password_locked_at"].is_i64(), "{shown}");
}

/// A phone of a thief's that has its keys but has not answered yet.
#[tokio::test]
async fn it_was_not_me_revokes_a_phone_that_is_about_to_be() {
    let (server, phone) = alice(0).await;
    let begun = thief(&server).await;
    let half = begun.agree(None, "802413", None).await.unwrap();
    let reported = awaiting(&server, "alice", &[]).await;
    let (pending, _) = shown(&phone, &reported).await;
    phone.deny(&pending, Decision::Report).await.unwrap();
    assert_eq!(slug(begun.prove(half).await), "unknown-activation");
    let (_, devices, _) = server.command(&["device", "list", "--user", "alice", "--json"]).await;
    let states: Vec<_> = devices.as_array().unwrap().iter().map(|device| device["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["active", "revoked"], "{devices}");
}

#[tokio::test]
async fn who_logged_out_invites_nobody_any_more() {
    let (server, _) = alice(0).await;
    let (session, _) = invitation(&server, "alice").await;
    let (code, _, error) = server.command(&["user", "end-sessions", "alice", "--json"]).await;
    assert_eq!(code, 0, "{error}");
    let known = known(&server).await;
    let start = StartActivation { session: Some(session), ..StartActivation::default() };
    let activation = Activation::new(&known, unix_now).unwrap();
    assert_eq!(slug(activation.begin_with(known, &start).await), "unknown-invitation");
}

#[tokio::test]
async fn what_a_phone_opened_by_itself_invites_no_other_phone() {
    let (server, _) = alice(0).await;
    let name = Username::parse("alice").unwrap();
    let user = server.app.store.read(move |sql| store::user::by_name(sql, &name)).await.unwrap().unwrap();
    let session = store::session::Session { amr: "swk pin mfa".into(), ..new_session(user.id, 3, server.app.now()) };
    let signed_in = SignedIn { session, user };
    assert_eq!(invite::make(&server.app, &signed_in).await, Err(NotMade::Stale));
}

#[tokio::test]
async fn a_request_to_activate_is_proved_once() {
    let (server, _) = alice(0).await;
    let (key, _) = SigningKey::generate().unwrap();
    let url = format!("{}/api/phone/v1/activations", server.app.settings.issuer);
    let proof = key.proof("POST", &url, None, server.unix_now()).unwrap();
    let sent = async |body: Value| {
        let request = server.http.post(format!("{}/api/phone/v1/activations", server.url)).header("DPoP", &proof);
        let answer = request.json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let by_password = json!({ "username": "alice", "password": PASSWORD });
    assert_eq!(sent(by_password.clone()).await.0, 201);
    let (status, twice) = sent(by_password).await;
    assert_eq!((status, &twice["reason"]), (401, &json!("jti_used")), "{twice}");
    let (session, _) = invitation(&server, "alice").await;
    assert_eq!(sent(json!({ "session": session })).await.1["reason"], "jti_used");
}

#[tokio::test]
async fn a_new_phone_takes_no_other_devices_label() {
    let (server, first) = alice(1).await;
    let label = first.shelf().read().unwrap().label;
    let begun = thief(&server).await;
    assert_eq!(
        refused(begun.complete(None, PIN, Some("Digital Security Card+")).await).1.as_deref(),
        Some("label_taken")
    );
    let (state, _) = begun.complete(None, PIN, Some(&label)).await.unwrap();
    assert_eq!(state.label, label, "the phone that it replaces hands its own on");
    phone(&server, state).await.pending().await.unwrap();
}

#[tokio::test]
async fn a_phone_that_logs_out_hears_nothing_more() {
    let (server, phone) = alice(0).await;
    let mut events = phone.events().await.unwrap();
    assert_eq!(events.next().await.unwrap().map(|list| list.len()), Some(0));
    phone.log_out().await.unwrap();
    let _ = awaiting(&server, "alice", &[]).await;
    let next = tokio::time::timeout(SOON, events.next()).await.expect("the stream ends");
    let next = next.map(|list| list.map(|list| list.len()));
    assert!(matches!(next, Ok(None) | Err(PhoneError::Network(_))), "{next:?}");
}
