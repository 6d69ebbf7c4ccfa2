//! What a page of another site can put on a phone: nothing. A request reaches a device by a checked form of ours only.

use super::{
    phones::{self, activate},
    rig::{self, Browser, Key},
    support::{PASSWORD, Server},
};
use serde_json::json;

async fn start() -> Server {
    Server::with(&rig::settings(&Key::new(), &[])).await.at_work()
}

fn withdrawal(account: &str) -> String {
    json!([{
        "type": "withdrawal", "amount": "250.00", "currency": "USD", "account_id": "U1234567", "reference": "rent",
        "destination": { "name": "Landlord", "account": account },
    }])
    .to_string()
}

/// A browser in which a user is signed in whose only device is this phone.
async fn signed_in<'a>(server: &'a Server, phone: &countersign_client::phone::Phone) -> Browser<'a> {
    let browser = Browser::new(server);
    let csrf = browser.get("/login").await.field("csrf");
    let begun = browser.post("/login", &[("csrf", &csrf), ("username", "alice"), ("password", PASSWORD)]).await;
    let to = begun.location.unwrap();
    let page = browser.get(&to).await;
    let number = page.text.split("id=\"number\">").nth(1).map(|rest| rest.split('<').next().unwrap().to_owned());
    let pending = phone.one(None).await.unwrap();
    phone.approve(&pending, phones::PIN, number.as_deref()).await.unwrap();
    assert_eq!(browser.get(&to).await.location.as_deref(), Some("/settings"));
    browser
}

#[tokio::test]
async fn a_link_offers_nothing_to_a_phone_and_replaces_nothing_there() {
    let server = start().await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let browser = signed_in(&server, &phone).await;
    let own = withdrawal("DE89370400440532013000");
    let asked = browser.authorize("portal-rp", &[("authorization_details", &own)]).await;
    let page = browser.get(asked.location.as_deref().unwrap()).await;
    for shown in ["portal-rp", "Landlord", "DE89 3704 0044 0532 0130 00", "rent"] {
        let text = page.text.replace(' ', "");
        assert!(text.contains(&shown.replace(' ', "")), "{shown} is not on the page: {}", page.text);
    }
    assert!(phone.pending().await.unwrap().is_empty(), "shown, and not offered");
    let waits = browser.agrees(asked).await;
    let first = phone.one(None).await.unwrap();

    for n in 0..12 {
        let link = withdrawal(&format!("LT6010100123456789{n:02}"));
        let led = browser.authorize("portal-rp", &[("authorization_details", &link)]).await;
        let to = led.location.unwrap();
        assert!(to.starts_with("/oauth2/authorize/ask?request="), "{to}");
        assert_eq!(browser.get(&to).await.status, 200);
    }
    assert_eq!(phone.one(None).await.unwrap().id, first.id, "the first one stays, and no other came");
    let waiting = browser.get(waits.location.as_deref().unwrap()).await;
    assert!(waiting.text.contains("data-events"), "its page waits on: {}", waiting.text);
}

/// With several devices it is the same as with one: shown, and on none of them before the form is pressed.
#[tokio::test]
async fn a_link_for_whoever_has_phone_and_card_asks_neither() {
    let server = start().await;
    let mut cards = server.user("alice", 1).await;
    let browser = crate::oidc::backchannel::sign_in(&server, "alice", &mut cards[0]).await;
    let phone = activate(&server, "alice").await;
    let asked = withdrawal("LT601010012345678901");
    let led = browser.authorize("portal-rp", &[("authorization_details", &asked)]).await;
    let to = led.location.clone().unwrap();
    for _ in 0..3 {
        let page = browser.get(&to).await;
        assert!(page.text.contains("Landlord"), "{}", page.text);
        assert!(!page.text.contains("name=\"device\"") && !page.text.contains("Challenge"), "{}", page.text);
        assert!(phone.pending().await.unwrap().is_empty(), "nothing is on the phone");
    }
    assert!(!browser.get("/settings").await.text.contains("id=\"waiting\""), "and nothing waits");
    let chooser = browser.agrees(led).await;
    let page = browser.get(chooser.location.as_deref().unwrap()).await;
    assert!(page.text.contains("name=\"device\""), "the form leads to the choice: {}", page.text);
    assert!(phone.pending().await.unwrap().is_empty(), "which is the user's");
}

#[tokio::test]
async fn the_form_of_the_page_needs_its_token_and_its_own_origin() {
    let server = start().await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let browser = signed_in(&server, &phone).await;
    let details = withdrawal("DE89370400440532013000");
    let led = browser.authorize("portal-rp", &[("authorization_details", &details)]).await;
    let page = browser.get(led.location.as_deref().unwrap()).await;
    let request = page.field("request");
    let without = browser.post("/oauth2/authorize/ask", &[("request", &request), ("answer", "continue")]).await;
    assert_eq!(without.status, 403);
    let csrf = page.field("csrf");
    let unsaid = browser.post("/oauth2/authorize/ask", &[("csrf", &csrf), ("request", &request)]).await;
    assert_eq!(unsaid.status, 400, "neither of the two buttons");
    assert!(phone.pending().await.unwrap().is_empty());
    let refused = [("csrf", csrf.as_str()), ("request", &request), ("answer", "refuse")];
    let back = browser.post("/oauth2/authorize/ask", &refused).await;
    assert_eq!(back.parameters()["error"], "access_denied");
    assert!(phone.pending().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_login_for_a_program_names_it_on_page_and_phone_and_to_the_desk() {
    let desk = "[institution]\ndesk_mail = \"desk@bank.example\"\n";
    let server = Server::with(&format!("{}{desk}", rig::settings(&Key::new(), &[]))).await.at_work();
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let browser = Browser::new(&server);
    let led = browser.authorize("rp", &[]).await;
    let page = browser.get(led.location.as_deref().unwrap()).await;
    let (csrf, request) = (page.field("csrf"), page.field("request"));
    let form = [("csrf", csrf.as_str()), ("request", &request), ("username", "alice"), ("password", PASSWORD)];
    let begun = browser.post("/login", &form).await;
    let waits = browser.get(begun.location.as_deref().unwrap()).await;
    assert!(waits.text.contains("rp asks you to log in."), "{}", waits.text);
    let pending = phone.one(None).await.unwrap();
    assert_eq!((&pending.operation["client_id"], &pending.operation["client_name"]), (&json!("rp"), &json!("rp")));
    phone.deny(&pending, wire::phone::Decision::Report).await.unwrap();
    let ended = browser.get(begun.location.as_deref().unwrap()).await;
    assert_eq!(ended.parameters()["error"], "access_denied", "and the program learns of it");
    let told = countersign::flow::messages::outbox::latest(&server.app).await.unwrap();
    let mail = told.iter().find(|mail| mail.to == "desk@bank.example").expect("the desk is told");
    assert!(mail.text.contains("Program: rp\n"), "the program, and not the page that asks for it: {}", mail.text);
}
