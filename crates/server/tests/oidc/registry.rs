//! Clients that are registered in the database while the server runs.

use super::{
    rig::{Browser, CALLBACK, Key, redemption, send, start},
    support::{Server, until},
};
use serde_json::{Value, json};

/// Asks for a token with a code that does not exist: `invalid_grant` says that the client was believed.
async fn believed(server: &Server, secret: &str) -> bool {
    let mut form = redemption("desk", "no-code");
    form.push(("client_secret", secret));
    match send(server, "/oauth2/token", &form, &[]).await.1["error"].as_str() {
        Some("invalid_grant") => true,
        Some("invalid_client") => false,
        other => panic!("{other:?}"),
    }
}

/// Waits for what a running server learns by itself.
async fn becomes(server: &Server, secret: &str, wanted: bool) {
    let asked = async || (believed(server, secret).await == wanted).then_some(());
    until(&format!("a client's secret is believed: {wanted}"), asked).await;
}

const DESK: [&str; 14] = [
    "client",
    "add",
    "desk",
    "--name",
    "Desk",
    "--redirect-uri",
    CALLBACK,
    "--auth",
    "client_secret_post",
    "--scope",
    "openid",
    "--backchannel-logout-uri",
    "https://desk.example/logout",
    "--json",
];

#[tokio::test]
async fn a_running_server_learns_of_a_client_its_new_secret_and_its_end() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    assert!(!believed(&server, "x").await);
    let (code, added, complaint) = server.command(&DESK).await;
    assert_eq!(
        (code, &added["client_id"], &added["auth"]),
        (0, &json!("desk"), &json!("client_secret_post")),
        "{complaint}"
    );
    let first = added["client_secret"].as_str().unwrap();
    assert!(first.len() >= 43, "256 bits");
    becomes(&server, first, true).await;
    let browser = Browser::new(&server);
    let code = browser.code("desk", &[], &mut cards[0]).await;
    let mut form = redemption("desk", &code);
    form.push(("client_secret", first));
    assert_eq!(send(&server, "/oauth2/token", &form, &[]).await.0, 200);

    let (code, renewed, _) = server.command(&["client", "secret", "desk", "--json"]).await;
    let second = renewed["client_secret"].as_str().unwrap();
    assert_eq!((code, second == first), (0, false));
    becomes(&server, second, true).await;
    assert!(!believed(&server, first).await);
    let (code, shown, _) = server.command(&["client", "show", "desk", "--json"]).await;
    assert_eq!((code, &shown["oauth"]["backchannel_logout_uri"]), (0, &json!("https://desk.example/logout")));

    assert_eq!(server.command(&["client", "remove", "desk"]).await.0, 0);
    becomes(&server, second, false).await;
    assert_eq!(browser.authorize("desk", &[]).await.status, 400);
    for gone in ["remove", "secret", "show"] {
        assert_eq!(server.command(&["client", gone, "desk"]).await.0, 1, "{gone}");
    }
    // Last of all: reading SQLite's own files beside it makes it lose its locks.
    let dump = server.dump();
    for secret in [first, second] {
        assert!(!dump.windows(secret.len()).any(|window| window == secret.as_bytes()), "kept as its hash only");
    }
}

#[tokio::test]
async fn what_does_not_hold_together_is_not_registered() {
    let server = start(&Key::new()).await;
    assert_eq!(server.command(&DESK).await.0, 0);
    for (arguments, exit, why) in [
        (&["client", "add", "desk", "--name", "Desk"][..], 1, "there is a client of this id"),
        (&["client", "add", "rp", "--name", "RP"], 1, "configuration"),
        (&["client", "secret", "rp"], 1, "configuration"),
        (&["client", "remove", "rp"], 1, "configuration"),
        (&["client", "add", "countersign", "--name", "x"], 1, "client id"),
        (&["client", "add", "a b", "--name", "x"], 1, "client id"),
        (&["client", "add", "n", "--name", "x", "--redirect-uri", "http://rp.example/"], 1, "redirect URI"),
        (&["client", "add", "n", "--name", "x", "--auth", "private_key_jwt"], 1, "keys"),
        (&["client", "add", "n", "--name", "x", "--ciba", "ping"], 1, "ciba"),
        (&["client", "add", "n", "--name", "x", "--keys-file", "/nowhere"], 1, "/nowhere"),
        (&["client", "add", "n", "--name", "x", "--auth", "basic"], 2, "client_secret_basic"),
        (&["client", "add", "n"], 2, "--name"),
    ] {
        let (code, _, complaint) = server.command(arguments).await;
        assert!(code == exit && complaint.contains(why), "{arguments:?}: {code} {complaint}");
    }
    let (_, listed, _) = server.command(&["client", "list", "--json"]).await;
    let of = |id: &str| listed.as_array().unwrap().iter().find(|client| client["client_id"] == id).cloned();
    assert_eq!(of("desk").unwrap()["source"], "database");
    assert_eq!(of("rp").unwrap()["source"], "configuration");
    assert_eq!(of("n"), None);
}

#[tokio::test]
async fn the_configuration_hides_a_client_of_the_same_id_and_says_so() {
    let server = start(&Key::new()).await;
    let now = server.app.now();
    let text =
        json!({ "id": "rp", "name": "Hidden", "oauth": { "redirect_uris": ["https://evil.example/"] } }).to_string();
    server.app.store.write(move |sql| store::client::insert(sql, "rp", &text, now)).await.unwrap();
    let (code, checked, complaint) = server.command(&["check", "--json"]).await;
    assert_eq!((code, &checked["hidden_clients"]), (0, &json!(["rp"])), "{complaint}");
    let web = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist");
    for (said, file) in [("page_scripts", "pages/pages.js"), ("phone_app", "phone/index.html")] {
        assert_eq!(checked[said], json!(web.join(file).is_file()), "{said}");
    }
    let (_, listed, _) = server.command(&["client", "list", "--json"]).await;
    let hides: Vec<&Value> =
        listed.as_array().unwrap().iter().filter(|client| client["hides_stored"] == true).collect();
    assert_eq!((hides.len(), &hides[0]["name"]), (1, &json!("rp")));
    countersign::flow::oidc::cache::refresh(&server.app).await.unwrap();
    let browser = Browser::new(&server);
    assert_eq!(browser.authorize("rp", &[("redirect_uri", "https://evil.example/")]).await.status, 400);
}

/// Asks for a token with a code that does not exist, as a client that signs.
async fn signer_is_believed(server: &Server, key: &Key, jti: &str) -> bool {
    let now = server.app.now().unix_seconds();
    let claims =
        json!({ "iss": "bank-two", "sub": "bank-two", "aud": server.app.settings.issuer, "exp": now + 60, "jti": jti });
    let assertion = key.sign(&json!({ "alg": "ES256" }), &claims);
    let mut form = redemption("bank-two", "no-code");
    form.extend([("client_assertion_type", oidc::client_auth::JWT_BEARER), ("client_assertion", assertion.as_str())]);
    match send(server, "/oauth2/token", &form, &[]).await.1["error"].as_str() {
        Some("invalid_grant") => true,
        Some("invalid_client") => false,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn keys_are_changed_in_place_and_a_client_of_fapi_is_one_mark() {
    let server = start(&Key::new()).await;
    let (old, new) = (Key::new(), Key::new());
    let folder = tempfile::tempdir().unwrap();
    let file = |key: &Key, name: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, key.public().to_string()).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (old_file, new_file) = (file(&old, "old.json"), file(&new, "new.json"));
    let add = ["client", "add", "bank-two", "--name", "Bank", "--fapi", "--keys-file", &old_file, "--json"];
    let (code, _, complaint) = server.command(&[&add[..], &["--redirect-uri", "http://localhost/cb"]].concat()).await;
    assert_eq!(code, 1);
    assert!(complaint.contains("profile fapi2 takes https redirect URIs only"), "{complaint}");
    let (code, _, complaint) =
        server.command(&[&add[..], &["--redirect-uri", CALLBACK, "--auth", "client_secret_basic"]].concat()).await;
    assert!(code == 1 && complaint.contains("private_key_jwt"), "{complaint}");
    let (code, added, complaint) = server.command(&[&add[..], &["--redirect-uri", CALLBACK]].concat()).await;
    assert_eq!((code, &added["auth"]), (0, &json!("private_key_jwt")), "{complaint}");
    let mut jti = 0;
    let mut becomes = async |key: &Key, wanted: bool| {
        let asked = async || {
            jti += 1;
            (signer_is_believed(&server, key, &jti.to_string()).await == wanted).then_some(())
        };
        until(&format!("a client's key is believed: {wanted}"), asked).await;
    };
    becomes(&old, true).await;
    let change = ["client", "keys", "bank-two", "--keys-file", &new_file, "--json"];
    let (code, _, complaint) = server.command(&change).await;
    assert_eq!(code, 0, "{complaint}");
    becomes(&new, true).await;
    becomes(&old, false).await;
    let (code, _, complaint) = server.command(&["client", "keys", "rp", "--keys-file", &new_file]).await;
    assert!(code == 1 && complaint.contains("configuration"), "{complaint}");
}
