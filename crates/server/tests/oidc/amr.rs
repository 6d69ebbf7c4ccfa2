//! `amr` and `acr` tell what each class of device proved (RFC 8176), and nothing more.

use super::{
    authorize::claims,
    support::{PASSWORD, Server, VERIFIER, session},
};
use countersign::flow::enrol::{self, NewDevice};
use countersign_client::card::Card;
use domain::Secret;
use serde_json::{Value, json};
use std::sync::Arc;

const PIN: &str = "7294";

/// A user whose only device is of this class, and the device.
async fn holder(server: &Server, class: &'static str, pin: bool) -> (tempfile::TempDir, Card) {
    server.user(class, 0).await;
    let app = Arc::clone(&server.app);
    let added = tokio::task::spawn_blocking(move || {
        enrol::add_device(
            &app,
            &NewDevice {
                username: class.to_owned(),
                class: class.to_owned(),
                serial: "7710042".to_owned(),
                label: None,
                suite: None,
                key: None,
                pin: pin.then(|| Secret::new(PIN.to_owned())),
                adopt: true,
            },
        )
    });
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("card.json");
    let card = added.await.unwrap().unwrap().card().unwrap();
    std::fs::write(&path, serde_json::to_string(&card).unwrap()).unwrap();
    let card = Card::open(&path).unwrap();
    (dir, card)
}

/// What the device shows for the step that awaits it.
fn shown(server: &Server, card: &Card, step: &Value, pin: Option<&str>) -> String {
    let next = &step["next"];
    let now = u64::try_from(server.app.now().unix_seconds()).unwrap();
    match next["step"].as_str().unwrap() {
        "respond" => card.respond(next["challenge"].as_str().unwrap(), pin).unwrap().as_str().to_owned(),
        "passcode" => card.passcode(pin, now).unwrap().as_str().to_owned(),
        "code_card" => {
            let place = |n: usize| u32::try_from(next["indices"][n].as_u64().unwrap()).unwrap();
            card.values([place(0), place(1)]).unwrap().to_string()
        }
        other => panic!("{other}: {step}"),
    }
}

#[tokio::test]
async fn each_class_says_what_it_proved() {
    let server = Server::start().await;
    for (class, pin, amr) in [
        ("dsc-plus", true, json!(["pwd", "otp", "pin", "mfa"])),
        ("dsc", true, json!(["pwd", "otp", "pin", "mfa"])),
        ("gold", false, json!(["pwd", "otp", "mfa"])),
        ("platinum", false, json!(["pwd", "otp", "mfa"])),
        ("security-code-card", false, json!(["pwd", "otp", "mfa"])),
    ] {
        let (_dir, card) = holder(&server, class, pin).await;
        let (_, step) = server.begin(class, PASSWORD, &[("scope", "openid")]).await;
        let response = shown(&server, &card, &step, pin.then_some(PIN));
        let (status, done) = server.challenge(&[("auth_session", session(&step)), ("response", &response)]).await;
        assert_eq!(status, 200, "{class}: {done}");
        let code = done["authorization_code"].as_str().unwrap();
        let form =
            [("grant_type", "authorization_code"), ("client_id", "tws"), ("code", code), ("code_verifier", VERIFIER)];
        let (_, tokens) = server.post("/oauth2/token", &form).await;
        let told = claims(tokens["id_token"].as_str().unwrap_or_else(|| panic!("{class}: {tokens}")));
        assert_eq!((&told["amr"], &told["acr"]), (&amr, &json!(domain::login::ACR_TWO_FACTORS)), "{class}");
    }
}
