//! Whom a back end reaches: the phone, whatever the default device is.

use super::{
    backchannel::{poll, taken},
    phones::{PIN, activate, notices},
    rig::{Key, start},
    support::PASSWORD,
};
use serde_json::json;

/// The default device is the one of programs that cannot choose; what a back end asks is for the phone.
#[tokio::test]
async fn an_active_phone_is_asked_though_a_card_is_the_default() {
    let server = start(&Key::new()).await;
    let cards = server.user("alice", 1).await;
    let phone = activate(&server, "alice").await;
    let (_, step) = server.begin("alice", PASSWORD, &[("client_version", "965")]).await;
    assert_eq!(step["next"]["device"]["id"], cards[0].id.as_str(), "the card is the default: {step}");
    // As the card processor's counter asks, a withdrawal's page, and whoever asks who somebody is.
    let payment =
        json!([{ "type": "card_payment", "merchant": "Shop", "amount": "300", "currency": "USD", "card_id": "c-1" }]);
    let withdrawal = json!([{
        "type": "withdrawal", "amount": "10.00", "currency": "USD", "account_id": "U1", "reference": "rent",
        "destination": { "name": "Bob", "account": "DE89370400440532013017" },
    }]);
    for (kind, details) in [
        ("card_payment", payment.to_string()),
        ("withdrawal", withdrawal.to_string()),
        ("authentication", String::new()),
    ] {
        let id = taken(&server, "payer", &[("authorization_details", &details)]).await;
        let pending = phone.one(None).await.unwrap();
        assert_eq!(pending.operation["type"], kind, "{}", pending.operation);
        phone.approve(&pending, PIN, None).await.unwrap();
        let (status, tokens) = poll(&server, "payer", &id).await;
        assert_eq!(status, 200, "{kind}: {tokens}");
        server.advance(5);
    }
    assert!(!notices(&server).await.contains(&"notice-asked".to_owned()), "the phone shows it: no message besides");
}
