//! The phone says who of the desk is on the line, and shows the desk who calls.

use super::{
    phones::{PIN, activate, notices},
    support::Server,
};
use crate::login::{
    desk::{agent, id_of},
    desk_api::Program,
};
use reqwest::Method;
use serde_json::json;
use wire::phone::Decision;

#[tokio::test]
async fn the_phone_names_the_agent_and_the_words_and_says_yes_or_no() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let mut danas = agent(&server, "dana", "E-1", "agent").await;
    let dana = Program::of(&server, "dana", &mut danas).await;
    let nobody = phone.told().await.unwrap();
    assert!(nobody.call.is_none() && nobody.confirmations.is_empty(), "{nobody:?}");

    let body = json!({ "user": "alice" });
    let (_, asked) = dana.call(Method::POST, "/desk/calls", Some(&body)).await;
    assert_eq!(asked["next"]["step"], "approve", "{asked}");
    let told = phone.told().await.unwrap();
    let call = told.call.unwrap();
    assert_eq!((call.first_name.as_str(), json!(call.words)), ("dana", asked["words"].clone()));
    let [pending] = &told.confirmations[..] else { panic!("{:?}", told.confirmations) };
    assert_eq!((&pending.operation["type"], &pending.operation["words"]), (&json!("call"), &asked["words"]));
    assert!(pending.operation.get("address").is_none(), "the desk's own: {}", pending.operation);
    let path = format!("/desk/calls/{}", asked["id"].as_str().unwrap());
    assert_eq!(phone.approve(pending, PIN, None).await.unwrap().outcome, "confirmed");
    let (_, proved) = dana.call(Method::GET, &path, None).await;
    assert_eq!((&proved["state"], proved["until"].is_string()), (&json!("proved"), true), "{proved}");
    assert!(phone.told().await.unwrap().call.is_none(), "the check is over");
    assert!(notices(&server).await.contains(&"notice-caller-proved".to_owned()));

    // Somebody else calls: the owner says no, and is told that nothing was given.
    let (_, asked) = dana.call(Method::POST, "/desk/calls", Some(&body)).await;
    let told = phone.told().await.unwrap();
    assert_eq!(phone.deny(&told.confirmations[0], Decision::Deny).await.unwrap().outcome, "denied");
    let path = format!("/desk/calls/{}", asked["id"].as_str().unwrap());
    let (_, failed) = dana.call(Method::GET, &path, None).await;
    assert_eq!(failed["state"], "failed", "{failed}");
    let (_, seen) = dana.call(Method::GET, "/desk/users/alice", None).await;
    assert!(seen.get("proved_until").is_none(), "the caller before was another one: {seen}");
    assert!(id_of(&server, "alice").await.to_string() == seen["id"].as_str().unwrap());
}
