//! What "it wasn't me" does where it was no login: the password of the owner is nobody else's for that.

use super::{
    backchannel::{denied, poll, sign_in, taken},
    rig::{Key, start},
    support::PASSWORD,
};
use crate::phone::phones::{activate, notices};
use serde_json::json;
use wire::phone::Decision;

#[tokio::test]
async fn a_card_payment_that_is_reported_locks_no_password_and_ends_no_session() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = sign_in(&server, "alice", &mut cards[0]).await;
    let phone = activate(&server, "alice").await;
    let details =
        json!([{ "type": "card_payment", "merchant": "Shop", "amount": "9.00", "currency": "USD", "card_id": "c-1" }]);
    let id = taken(&server, "payer", &[("authorization_details", &details.to_string())]).await;
    let pending = phone.one(None).await.unwrap();
    phone.deny(&pending, Decision::Report).await.unwrap();
    assert_eq!(poll(&server, "payer", &id).await, (400, denied()));
    let (_, begun) = server.begin("alice", PASSWORD, &[]).await;
    assert!(begun["auth_session"].is_string(), "the password opens a login as before: {begun}");
    assert_eq!(browser.get("/settings").await.status, 200);
    let told = notices(&server).await;
    assert!(told.contains(&"notice-not-my-operation".to_owned()), "{told:?}");
    assert!(!told.contains(&"notice-not-me".to_owned()), "{told:?}");
}
