//! The desk's queue of users who said "it wasn't me": who is in it, who takes care of whom, and what ends it.

use super::{
    desk::{self, Desk, agent, id_of},
    desk_api::Program,
    pages::{Browser, Shown},
    passwords,
    support::{Card, Server},
};
use crate::{oidc::rig, phone::phones};
use countersign::flow::user;
use countersign_client::phone::Phone;
use domain::{Secret, desk::alarm::HELD};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use wire::phone::Decision;

/// Says "it wasn't me" on a phone, of a login that waits for it.
async fn report(server: &Server, name: &str, phone: &Phone) {
    let step = phones::awaiting(server, name, &[]).await;
    let (pending, _) = phones::shown(phone, &step).await;
    phone.deny(&pending, Decision::Report).await.unwrap();
}

/// Two customers with a phone, of whom alice said it before bob.
async fn two_reports(server: &Server) {
    server.user("bob", 0).await;
    for name in ["alice", "bob"] {
        let phone = phones::activate(server, name).await;
        report(server, name, &phone).await;
        server.advance(60);
    }
}

/// Two agents at work, and alice, who has no device yet.
async fn opened(server: &Server) -> Desk<'_> {
    server.user("alice", 0).await;
    let mut danas = agent(server, "dana", "E-1", "agent").await;
    let mut emils = agent(server, "emil", "E-2", "supervisor").await;
    let (dana, emil) = (Browser::new(server), Browser::new(server));
    dana.log_in("dana", &mut danas).await;
    emil.log_in("emil", &mut emils).await;
    Desk { alice: id_of(server, "alice").await, dana, emil, emils }
}

async fn act(browser: &Browser<'_>, what: &str, user: &str) -> Shown {
    let page = browser.get("/console").await;
    browser.post_and_follow(&format!("/console/alarms/{what}"), &page, &[("user", user)]).await
}

/// An operator gives a user another password.
async fn other_password(server: &Server, name: &'static str) {
    let app = Arc::clone(&server.app);
    let new = Secret::new("entirely other words".to_owned());
    tokio::task::spawn_blocking(move || user::set_password(&app, name, &new).unwrap()).await.unwrap();
}

async fn listed(program: &Program<'_>, query: &str) -> Value {
    let (status, found) = program.call(Method::GET, &format!("/desk/alarms{query}"), None).await;
    assert_eq!(status, 200, "{found}");
    found
}

#[tokio::test]
async fn two_agents_do_not_call_the_same_customer_and_another_password_ends_it() {
    let server = Server::start().await;
    let desk = opened(&server).await;
    assert!(desk.dana.get("/console").await.has("nobody waits"));
    assert!(desk.dana.get("/console/alarms").await.has("Nobody waits: the password"));
    two_reports(&server).await;
    assert!(desk.dana.get("/console").await.has("2 customers"));
    let page = desk.dana.get("/console/alarms").await;
    let (first, second) = (page.text.find(">alice<").unwrap(), page.text.find(">bob<").unwrap());
    assert!(first < second, "the oldest first: {}", page.text);
    let alice = desk.alice.to_string();
    assert!(page.has(&format!("/console/user?id={alice}")) && page.has("Said on the device"), "{}", page.text);
    assert!(page.has("No way back is under way") && page.has("You reported a login to TWS"), "{}", page.text);

    let taken = act(&desk.dana, "take", &alice).await;
    assert!(taken.has("It is yours for eight hours") && taken.has(">yours<"), "{}", taken.text);
    let seen = desk.emil.get("/console/alarms").await;
    assert!(seen.has("taken by dana") && !seen.has(">yours<"), "{}", seen.text);
    assert!(act(&desk.emil, "take", &alice).await.has("A colleague takes care of this customer already"));
    assert!(act(&desk.emil, "leave", &alice).await.has("This one is not yours"));
    let timeline = desk.dana.get(&format!("/console/user?id={alice}")).await;
    assert!(timeline.has("takes care of your “It wasn’t me”"), "{}", timeline.text);
    assert!(act(&desk.dana, "leave", &alice).await.has("It is left to your colleagues"));
    assert!(act(&desk.emil, "take", &alice).await.has("It is yours for eight hours"));

    other_password(&server, "alice").await;
    let rest = desk.dana.get("/console/alarms").await;
    assert!(!rest.has(">alice<") && rest.has(">bob<"), "{}", rest.text);
    assert!(desk.dana.get("/console").await.has("1 customer<"));
    assert_eq!(act(&desk.dana, "take", &alice).await.status, 200);
    assert!(act(&desk.dana, "take", &alice).await.has("There is no such thing"));
    other_password(&server, "bob").await;
    assert!(desk.emil.get("/console/alarms").await.has("Nobody waits: the password"));
}

#[tokio::test]
async fn what_was_taken_is_free_after_a_working_day_and_after_another_report() {
    let server = Server::start().await;
    let mut danas = agent(&server, "dana", "E-1", "agent").await;
    let mut emils = agent(&server, "emil", "E-2", "supervisor").await;
    server.user("alice", 0).await;
    two_reports(&server).await;
    let take = async |program: &Program<'_>, user: &str| {
        let (status, answer) = program.call(Method::POST, &format!("/desk/alarms/{user}/take"), None).await;
        (status, answer["reason"].as_str().map(str::to_owned))
    };
    let dana = Program::of(&server, "dana", &mut danas).await;
    let emil = Program::of(&server, "emil", &mut emils).await;
    assert_eq!(take(&dana, "alice").await, (204, None));
    assert_eq!(take(&emil, "alice").await, (409, Some("taken".to_owned())));
    assert_eq!(take(&emil, "dana").await, (404, None), "she said nothing of the kind");
    let first = listed(&dana, "?limit=1").await;
    assert_eq!((&first["data"][0]["username"], &first["data"][0]["taken_by"]), (&json!("alice"), &json!("dana")));
    assert!(first["data"][0]["device"].is_string() && first["data"][0]["text"].is_string(), "{first}");
    let next = first["next_cursor"].as_str().unwrap();
    let rest = listed(&dana, &format!("?limit=1&cursor={next}")).await;
    assert_eq!((&rest["data"][0]["username"], &rest["next_cursor"]), (&json!("bob"), &Value::Null));
    assert_eq!(dana.call(Method::GET, "/desk/alarms?cursor=x", None).await.0, 400);
    assert_eq!(dana.call(Method::GET, "/desk/alarms?locale=fr", None).await.0, 400);

    server.advance(HELD.as_secs());
    let emil = Program::of(&server, "emil", &mut emils).await;
    assert_eq!(listed(&emil, "").await["data"][0]["taken_by"], Value::Null);
    assert_eq!(take(&emil, "alice").await, (204, None));
    let leave = emil.call(Method::POST, "/desk/alarms/bob/leave", None).await;
    assert_eq!((leave.0, &leave.1["reason"]), (409, &json!("not_yours")));
}

#[tokio::test]
async fn a_way_back_that_is_under_way_is_shown() {
    let server = Server::start().await;
    let mut desk = opened(&server).await;
    two_reports(&server).await;
    let proposed = desk::propose(&desk.dana, desk.alice, "password_link").await;
    assert!(proposed.has("Proposed."), "{}", proposed.text);
    let case = desk.last_case(&server).await;
    let page = desk.emil.get("/console/alarms").await;
    assert!(page.has(&format!("/console/case?id={case}")) && page.has("A case is open"), "{}", page.text);
    assert!(!page.has("A link for another password was sent"), "not yet: {}", page.text);
    server.advance(86_400);
    let mut emils = std::mem::replace(&mut desk.emils, Card { id: String::new(), key: vec![], counter: 0 });
    desk.emil.log_in("emil", &mut emils).await;
    let seconded = desk::second(&desk.emil, &case, &mut emils).await;
    assert!(seconded.has("Confirmed"), "{}", seconded.text);
    let page = desk.emil.get("/console/alarms").await;
    assert!(!page.has(">alice<") && page.has(">bob<"), "her old password is gone for good: {}", page.text);

    passwords::forgets(&rig::Browser::new(&server), "bob").await;
    passwords::link(&server, 0).await;
    let page = desk.emil.get("/console/alarms").await;
    assert!(page.has("A link for another password was sent, good until"), "{}", page.text);
    assert!(!page.has("No way back is under way"), "{}", page.text);
    server.advance(86_400);
    desk.emil.log_in("emil", &mut emils).await;
    let page = desk.emil.get("/console/alarms").await;
    assert!(page.has(">bob<") && page.has("No way back is under way"), "it is over: {}", page.text);
}
