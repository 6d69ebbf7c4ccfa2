//! What a phone reads, whole, as a snapshot: see `tests/login/shapes.rs`.

use super::{
    phones::{activate, awaiting, key, unix_now},
    support::Server,
};
use countersign_client::phone::Phone;
use serde_json::{Value, json};

async fn get(server: &Server, phone: &Phone, path: &str) -> Value {
    let token = String::from_utf8(phone.shelf().read().unwrap().access_token.expose().to_vec()).unwrap();
    let path = format!("/api/phone/v1/{path}");
    let proof = key(phone).proof("GET", &format!("{}{path}", server.app.settings.issuer), Some(&token), unix_now());
    let request = server.http.get(format!("{}{path}", server.url)).header("DPoP", proof.unwrap());
    let answer = request.header("Authorization", format!("DPoP {token}")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

#[tokio::test]
async fn what_a_phone_reads() {
    let server = Server::with("").await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let step = awaiting(&server, "alice", &[]).await;
    let mut activity = get(&server, &phone, "activity").await["activity"].take();
    // All of it happened at one moment of a clock that stands.
    activity.as_array_mut().unwrap().sort_by_key(|line| line["text"].to_string());
    let read = json!({
        "the step that awaits the phone": step["next"],
        "GET confirmations": get(&server, &phone, "confirmations").await,
        "GET device": get(&server, &phone, "device").await,
        "GET activity, by its words": activity,
    });
    insta::with_settings!({ prepend_module_to_snapshot => false }, {
        insta::assert_json_snapshot!("phone_lists", read, {
            ".**.id" => "[id]", ".**.number" => "[number]", ".**.device_id" => "[id]", ".**.issuer" => "[issuer]",
            ".**.at" => "[time]", ".**.created_at" => "[time]", ".**.expires_at" => "[time]",
        });
    });
}
