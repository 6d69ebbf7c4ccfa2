//! Receipts and logout tokens: one that holds, and every way in which one may not. The issuer here is a small one of
//! the test, because a real one signs nothing false.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use axum::{Json, Router, routing::get};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use brokerage::{
    clock::Clock,
    provider::{
        Provider, ProviderError, Registered,
        evidence::{Evidence, Expected, Proven},
        passkey::Assertion,
    },
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

const US: Registered = Registered { id: "client-portal", secret: None };

/// A signing key.
struct Key {
    pkcs8: Vec<u8>,
    jwk: Value,
}

impl Key {
    fn new(kid: &str) -> Self {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref()).unwrap();
        // An uncompressed point: 04, then both coordinates.
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        let coded = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
        let jwk = json!({
            "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": kid, "x": coded(x), "y": coded(y),
        });
        Self { pkcs8: pkcs8.as_ref().to_vec(), jwk }
    }

    fn sign(&self, typ: &str, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some(typ.to_owned());
        header.kid = Some(self.jwk["kid"].as_str().unwrap().to_owned());
        encode(&header, claims, &EncodingKey::from_ec_der(&self.pkcs8)).unwrap()
    }
}

/// An issuer that publishes one key, and a provider that asks it.
async fn scene() -> (Provider, Key, String) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let key = Key::new("one");
    let document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
    });
    let keys = json!({ "keys": [key.jwk] });
    let kept = keys.clone();
    let router = Router::new()
        .route("/.well-known/openid-configuration", get(move || async move { Json(document) }))
        .route("/oauth2/receipt-keys", get(move || async move { Json(kept) }))
        .route("/jwks", get(move || async move { Json(keys) }));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (Provider::new(&issuer, Clock::default()).unwrap(), key, issuer)
}

/// The claims with one of them changed; null takes it away.
fn changed(claims: &Value, name: &str, to: Value) -> Value {
    let mut claims = claims.clone();
    if to.is_null() {
        claims.as_object_mut().unwrap().remove(name);
    } else {
        claims[name] = to;
    }
    claims
}

fn untrue<T>(result: Result<T, ProviderError>) -> bool {
    matches!(result, Err(ProviderError::Untrue(_)))
}

/// The payload as it is, under a header that says that nobody signed.
fn unsigned(typ: &str, token: &str) -> String {
    let header = URL_SAFE_NO_PAD.encode(json!({ "alg": "none", "typ": typ, "kid": "one" }).to_string());
    format!("{header}.{}.", token.split('.').nth(1).unwrap())
}

#[tokio::test]
async fn a_receipt_is_for_us_about_this_user_and_this_operation() {
    let (provider, key, issuer) = scene().await;
    let now = Clock::default().now();
    let operation = json!({ "type": "withdrawal", "amount": "250.00", "currency": "USD" });
    let claims = json!({
        "iss": issuer, "aud": "client-portal", "sub": "u", "iat": now, "jti": "r-1",
        "authorization_details": [operation],
    });
    let check = async |receipt: String| provider.receipt(&US, &receipt, "u", &operation).await;
    assert_eq!(check(key.sign("receipt+jwt", &claims)).await, Ok("r-1".to_owned()));
    let dearer = json!([{ "type": "withdrawal", "amount": "250.01", "currency": "USD" }]);
    for (name, to) in [
        ("iss", json!("https://e.example")),
        ("iss", Value::Null),
        ("aud", json!("web-trader")),
        ("aud", Value::Null),
        ("sub", json!("v")),
        ("iat", json!(now - 3600)),
        ("iat", json!(now + 3600)),
        ("iat", Value::Null),
        ("jti", Value::Null),
        ("authorization_details", dearer),
        ("authorization_details", json!([operation, operation])),
        ("authorization_details", json!([])),
        ("authorization_details", Value::Null),
    ] {
        let bad = changed(&claims, name, to);
        assert!(untrue(check(key.sign("receipt+jwt", &bad)).await), "{bad}");
    }
    let good = key.sign("receipt+jwt", &claims);
    assert!(untrue(check(key.sign("JWT", &claims)).await), "another type");
    assert!(untrue(check(Key::new("one").sign("receipt+jwt", &claims)).await), "another key of that name");
    assert!(untrue(check(Key::new("two").sign("receipt+jwt", &claims)).await), "a key nobody publishes");
    assert!(untrue(check(unsigned("receipt+jwt", &good)).await), "nobody's signature");
    assert!(untrue(check(format!("{good}A")).await), "a longer signature");
    assert!(untrue(check(String::new()).await));
}

#[tokio::test]
async fn a_logout_token_is_nothing_else() {
    let (provider, key, issuer) = scene().await;
    let now = Clock::default().now();
    let event = json!({ "http://schemas.openid.net/event/backchannel-logout": {} });
    let claims = json!({
        "iss": issuer, "aud": "client-portal", "iat": now, "exp": now + 120, "jti": "l-1",
        "sub": "u", "sid": "s", "events": event,
    });
    let check = async |token: String| provider.logged_out(&US, &token).await;
    let told = check(key.sign("logout+jwt", &claims)).await.unwrap();
    assert_eq!((told.sub.as_deref(), told.sid.as_deref(), told.jti.as_str()), (Some("u"), Some("s"), "l-1"));
    assert!(check(key.sign("logout+jwt", &changed(&claims, "sid", Value::Null))).await.is_ok());
    let nobody = changed(&changed(&claims, "sid", Value::Null), "sub", Value::Null);
    assert!(untrue(check(key.sign("logout+jwt", &nobody)).await));
    for (name, to) in [
        ("iss", json!("https://e.example")),
        ("aud", json!("web-trader")),
        ("exp", json!(now - 3600)),
        ("exp", Value::Null),
        ("iat", Value::Null),
        ("jti", Value::Null),
        ("nonce", json!("n")),
        ("events", json!({})),
        ("events", json!({ "http://schemas.openid.net/event/backchannel-logout": "yes" })),
        ("events", Value::Null),
    ] {
        let bad = changed(&claims, name, to);
        assert!(untrue(check(key.sign("logout+jwt", &bad)).await), "{bad}");
    }
    assert!(untrue(check(key.sign("JWT", &claims)).await), "an ID token's type");
    assert!(untrue(check(Key::new("one").sign("logout+jwt", &claims)).await), "another key");
}

/// Evidence is checked years later, by keys alone: the receipt is old, and what the phone signed is of this operation.
#[tokio::test]
async fn evidence_holds_by_keys_alone_and_not_when_anything_in_it_is_changed() {
    let (provider, key, issuer) = scene().await;
    let phone = Key::new("phone");
    let operation = json!({ "type": "withdrawal", "amount": "250.00", "currency": "USD" });
    let dearer = json!({ "type": "withdrawal", "amount": "250.01", "currency": "USD" });
    let typ = "countersign-statement+jws";
    let said = |operation: &Value, jti: &str| {
        phone.sign(typ, &json!({ "statement": { "confirmation": jti, "operation": operation }, "pin_proof": "x" }))
    };
    let receipt = |details: &Value, statement: Option<&str>| {
        let digest = statement.map(|statement| {
            let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, statement.as_bytes());
            digest.as_ref().iter().map(|octet| format!("{octet:02x}")).collect::<String>()
        });
        let claims = json!({
            "iss": issuer, "aud": "client-portal", "sub": "u", "iat": 1, "jti": "c-1",
            "authorization_details": [details], "statement_sha256": digest,
        });
        key.sign(
            "receipt+jwt",
            &changed(&claims, if digest.is_some() { "none" } else { "statement_sha256" }, Value::Null),
        )
    };
    let check = async |receipt: String, statement: Option<String>, device_key: &Value| {
        let expected = Expected { client: &US, jti: "c-1", sub: "u", operation: &operation };
        let evidence = Evidence { receipt, statement, device_key: Some(device_key.clone()), assertion: None };
        provider.evidence(&evidence, expected).await
    };
    let good = said(&operation, "c-1");
    assert_eq!(check(receipt(&operation, None), None, &Value::Null).await, Ok(Proven::Receipt));
    assert_eq!(check(receipt(&operation, Some(&good)), Some(good.clone()), &phone.jwk).await, Ok(Proven::Signed));

    let other = said(&operation, "c-2");
    let more = said(&dearer, "c-1");
    let token = phone.sign("JWT", &json!({ "statement": { "confirmation": "c-1", "operation": operation } }));
    for (receipt, statement, device_key) in [
        (receipt(&dearer, Some(&good)), Some(good.clone()), &phone.jwk),
        (receipt(&operation, Some(&good)), None, &phone.jwk),
        (receipt(&operation, None), Some(good.clone()), &phone.jwk),
        (receipt(&operation, Some(&good)), Some(other.clone()), &phone.jwk),
        (receipt(&operation, Some(&other)), Some(other.clone()), &phone.jwk),
        (receipt(&operation, Some(&more)), Some(more.clone()), &phone.jwk),
        (receipt(&operation, Some(&token)), Some(token.clone()), &phone.jwk),
        (receipt(&operation, Some(&good)), Some(good.clone()), &Key::new("phone").jwk),
        (receipt(&operation, Some(&good)), Some(good.clone()), &Value::Null),
    ] {
        assert!(untrue(check(receipt.clone(), statement.clone(), device_key).await), "{receipt} {statement:?}");
    }
}

/// A passkey signs by the hash of the statement, in a browser: by its key alone it holds, and not when anything is changed.
#[tokio::test]
async fn a_passkeys_evidence_holds_by_keys_alone() {
    let (provider, key, issuer) = scene().await;
    let passkey = Key::new("passkey");
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &passkey.pkcs8).unwrap();
    let operation = json!({ "type": "withdrawal", "amount": "250.00", "currency": "USD" });
    let sha256 = |octets: &[u8]| aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, octets).as_ref().to_vec();
    let said = json!({ "confirmation": "c-1", "operation": operation, "nonce": "n" }).to_string();
    let digest: String = sha256(said.as_bytes()).iter().map(|octet| format!("{octet:02x}")).collect();
    let claims = json!({
        "iss": issuer, "aud": "client-portal", "sub": "u", "iat": 1, "jti": "c-1",
        "authorization_details": [operation], "statement_sha256": digest,
    });
    let receipt = key.sign("receipt+jwt", &claims);
    let signed = |kind: &str, origin: &str, challenge: &[u8], flags: u8| {
        let challenge = URL_SAFE_NO_PAD.encode(challenge);
        let client = json!({ "type": kind, "origin": origin, "challenge": challenge }).to_string();
        let data = [vec![7; 32], vec![flags], vec![0; 4]].concat();
        let over = [data.as_slice(), &sha256(client.as_bytes())].concat();
        let signature = pair.sign(&SystemRandom::new(), &over).unwrap();
        let coded = |octets: &[u8]| URL_SAFE_NO_PAD.encode(octets);
        let (authenticator_data, client_data_json) = (coded(&data), coded(client.as_bytes()));
        Assertion { authenticator_data, client_data_json, signature: coded(signature.as_ref()) }
    };
    let check = async |assertion: Option<Assertion>, key: &Value| {
        let expected = Expected { client: &US, jti: "c-1", sub: "u", operation: &operation };
        let (statement, device_key) = (Some(said.clone()), Some(key.clone()));
        let evidence = Evidence { receipt: receipt.clone(), statement, device_key, assertion };
        provider.evidence(&evidence, expected).await
    };
    let challenge = sha256(said.as_bytes());
    let good = signed("webauthn.get", &issuer, &challenge, 0b101);
    assert_eq!(check(Some(good.clone()), &passkey.jwk).await, Ok(Proven::Signed));
    for (what, assertion, key) in [
        ("ceremony", Some(signed("webauthn.create", &issuer, &challenge, 0b101)), &passkey.jwk),
        ("origin", Some(signed("webauthn.get", "https://e.example", &challenge, 0b101)), &passkey.jwk),
        ("challenge", Some(signed("webauthn.get", &issuer, b"another", 0b101)), &passkey.jwk),
        ("not verified", Some(signed("webauthn.get", &issuer, &challenge, 0b001)), &passkey.jwk),
        ("another key", Some(good.clone()), &Key::new("passkey").jwk),
        ("no key", Some(good), &Value::Null),
        ("no assertion", None, &passkey.jwk),
    ] {
        assert!(untrue(check(assertion, key).await), "{what}");
    }
}
