//! What of clients an operator reads in the log: who is refused and why, by name, and nothing that was secret.

use super::place::Place;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

const SECRET: &str = "a-secret-of-the-test";

/// A back end that asks by CIBA, and a program of the institution's own.
fn configured() -> Place {
    let hash = oidc::client_auth::secret_hash(SECRET);
    Place::with(&format!(
        "[http]\nlisten = [\"127.0.0.1:0\"]\npublic_url = \"http://localhost:1\"\n\
         [[clients]]\nid = \"payer\"\nname = \"Payer\"\n[clients.oauth]\nredirect_uris = [\"https://rp.example/cb\"]\n\
         auth = \"client_secret_basic\"\nsecret_sha256 = \"{hash}\"\nciba = \"poll\"\n"
    ))
}

/// Posts a form by the back end's name and a secret; the status, and the code of the error.
fn post(place: &Place, path: &str, secret: &str, form: &[(&str, &str)]) -> (u16, String) {
    let address = format!("{}{path}", place.address());
    let credentials = format!("Basic {}", STANDARD.encode(format!("payer:{secret}")));
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let sent = reqwest::Client::new().post(address).header("authorization", credentials).form(form);
        let answer = sent.send().await.unwrap();
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.unwrap();
        (status, body["error"].as_str().unwrap_or_default().to_owned())
    })
}

fn line(place: &Place, words: &str) -> Value {
    serde_json::from_str(&place.logged(words)).unwrap()
}

#[test]
fn a_back_end_that_names_many_who_are_nobody_is_told_to_the_operator() {
    let place = configured();
    let mut server = place.serve();
    let ask = |n: usize| {
        let name = format!("nobody-{n}");
        let form = [("scope", "openid"), ("login_hint", &name), ("binding_message", "order 1")];
        post(&place, "/oauth2/bc-authorize", SECRET, &form)
    };
    for n in 0..10 {
        assert_eq!(ask(n), (400, "unknown_user_id".to_owned()));
    }
    let words = "a back end names many users whom there are not";
    assert!(!place.log().contains(words), "a few are mistakes: {}", place.log());
    assert_eq!(ask(10).0, 429);
    let said = line(&place, words);
    assert_eq!((said["client"].as_str(), said["level"].as_str()), (Some("payer"), Some("WARN")), "{said}");
    assert!(!place.log().contains("nobody-"), "the names are not");
    assert_eq!(server.stop(), Some(0));
}

/// Clients are told as little as is safe; whoever operates the server reads the rest.
#[test]
fn what_was_wrong_with_a_client_or_a_grant_stands_in_the_log() {
    let place = configured();
    let mut server = place.serve();
    let redeem =
        [("grant_type", "authorization_code"), ("code", "nonsense"), ("redirect_uri", "https://rp.example/cb")];
    assert_eq!(post(&place, "/oauth2/token", "a-wrong-guess", &redeem), (401, "invalid_client".to_owned()));
    let said = line(&place, "a client was not believed");
    assert_eq!((said["client"].as_str(), said["level"].as_str()), (Some("payer"), Some("WARN")), "{said}");
    assert!(said["fault"].as_str().is_some_and(|fault| fault.contains("secret")), "{said}");
    assert_eq!(post(&place, "/oauth2/token", SECRET, &redeem), (400, "invalid_grant".to_owned()));
    let said = line(&place, "tokens were refused");
    assert_eq!((said["client"].as_str(), said["level"].as_str()), (Some("payer"), Some("INFO")), "{said}");
    assert!(said["fault"].as_str().is_some_and(|fault| fault.contains("code")), "{said}");
    assert_eq!(server.stop(), Some(0));
    for secret in [SECRET, "a-wrong-guess", "nonsense"] {
        assert!(!place.log().contains(secret), "{secret} is in the log");
    }
}
