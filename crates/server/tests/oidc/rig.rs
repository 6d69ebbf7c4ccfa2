//! A server with registered clients, a browser of its own, and a key that signs.

use super::support::{CHALLENGE, Card, PASSWORD, Server, VERIFIER};
use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::JwkSet};
use serde_json::{Value, json};
use std::{cell::RefCell, collections::BTreeMap};

pub const CALLBACK: &str = "https://rp.example/cb";
pub const SECRET: &str = "a-secret-of-the-test";

const DETAILS: &str = "authorization_details_types = [\"withdrawal\", \"card_payment\"]";

/// Public `rp`, `other-rp` and `quiet`, `with-rsa` (RS256), `pusher` (must push), `bound` (must bind), `back` (secret),
/// `resource` (may introspect), `signer` (private_key_jwt by the given key); CIBA: `payer`, `payer-two`, `pinger`, `coder` (needs
/// the user's code), `sealed` (signs its requests by the given key), `bound-payer`; `portal-rp` (details by redirect);
/// `bank` (FAPI 2.0, by the given key); of the institution's API `office` (all of it) and `reader`.
pub async fn start(key: &Key) -> Server {
    Server::with(&settings(key, &[])).await.at_work()
}

/// The settings of [`start`]; what `more` says of a client is added to its registration.
pub fn settings(key: &Key, more: &[(&str, &str)]) -> String {
    let secret = oidc::client_auth::secret_hash(SECRET);
    let scopes = "scopes = [\"openid\", \"profile\", \"offline_access\"]";
    let client = |id: &str, own: &str| {
        let more: String = more.iter().filter(|(of, _)| *of == id).map(|(_, text)| format!("{text}\n")).collect();
        format!(
            "[[clients]]\nid = \"{id}\"\nname = \"{id}\"\n[clients.oauth]\nredirect_uris = [\"{CALLBACK}\", \
             \"http://127.0.0.1/cb\"]\npost_logout_redirect_uris = [\"https://{id}.example/bye\"]\n{scopes}\n{own}\n{more}"
        )
    };
    let jwk = key.public();
    let keys = format!(
        "auth = \"private_key_jwt\"\nkeys = [{{ kty = \"EC\", crv = \"P-256\", x = {}, y = {} }}]",
        jwk["x"], jwk["y"]
    );
    let with_secret = format!("auth = \"client_secret_basic\"\nsecret_sha256 = \"{secret}\"");
    [
        "[throttle]\naddress_burst = 100000\naddress_per_second = 1000\nusername_burst = 100000\nusername_each = \"1s\"\n\
         backchannel_user_burst = 4\nbackchannel_client_burst = 12\n"
            .to_owned(),
        client("rp", ""),
        client("other-rp", ""),
        client("quiet", ""),
        client("with-rsa", "id_token_signed_response_alg = \"RS256\""),
        client("pusher", "require_pushed_authorization_requests = true"),
        client("bound", "dpop_bound_access_tokens = true"),
        client("back", &with_secret),
        client("resource", &format!("{with_secret}\nintrospection = true")),
        client("signer", &keys),
        client("payer", &format!("{with_secret}\nciba = \"poll\"\n{DETAILS}")),
        client("payer-two", &format!("{with_secret}\nciba = \"poll\"\n{DETAILS}")),
        client("pinger", &with_secret),
        client("coder", &format!("{with_secret}\nciba = \"poll\"\nuser_code = true")),
        client("sealed", &format!("{keys}\nciba = \"poll\"\nsigned_requests = true")),
        client("bound-payer", &format!("{with_secret}\nciba = \"poll\"\ndpop_bound_access_tokens = true")),
        // FAPI 2.0 takes no http redirect URI.
        client("bank", &format!("{keys}\nprofile = \"fapi2\"")).replace(", \"http://127.0.0.1/cb\"", ""),
        client("portal-rp", &format!("{with_secret}\n{DETAILS}")),
        client("office", &with_secret).replace(scopes, &format!("scopes = {:?}", oidc::scope::API_SCOPES)),
        client("reader", &with_secret).replace(scopes, "scopes = [\"withdrawals:read\", \"users:read\"]"),
    ]
    .concat()
}

/// The usual parameters of a request, changed or left out (an empty value) by `more`.
pub fn request(client: &str, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut all = BTreeMap::from([
        ("client_id", client),
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid"),
        ("state", "s&t"),
        ("nonce", "n"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]);
    all.extend(more.iter().copied());
    all.into_iter().filter(|(_, v)| !v.is_empty()).map(|(n, v)| (n.to_owned(), v.to_owned())).collect()
}

/// A browser: cookies, and no redirects followed.
pub struct Browser<'a> {
    pub server: &'a Server,
    cookies: RefCell<BTreeMap<String, String>>,
}

pub struct Shown {
    pub status: u16,
    pub location: Option<String>,
    pub policy: String,
    pub text: String,
}

impl Shown {
    /// The parameters of the address that the answer leads to.
    pub fn parameters(&self) -> BTreeMap<String, String> {
        let to = self.location.as_deref().unwrap_or_else(|| panic!("{} leads nowhere: {}", self.status, self.text));
        let query = to.split_once('?').map(|(_, query)| query).unwrap_or_default();
        form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }

    pub fn field(&self, name: &str) -> String {
        let at = self.text.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no {name}: {}", self.text));
        self.text[at..].split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }
}

impl<'a> Browser<'a> {
    pub fn new(server: &'a Server) -> Self {
        Self { server, cookies: RefCell::default() }
    }

    /// One that holds a session already.
    pub fn in_session(server: &'a Server, handle: &str) -> Self {
        let cookies = BTreeMap::from([(countersign::http::extract::cookie::SESSION.to_owned(), handle.to_owned())]);
        Self { server, cookies: RefCell::new(cookies) }
    }

    /// What it sends as its cookies.
    pub fn cookies(&self) -> String {
        let held = self.cookies.borrow();
        held.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    pub async fn get(&self, path: &str) -> Shown {
        self.send(self.server.http.get(format!("{}{path}", self.server.url))).await
    }

    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Shown {
        self.send(self.server.http.post(format!("{}{path}", self.server.url)).form(form)).await
    }

    /// Posts a step of an attempt, and opens the page of where it then stands.
    pub async fn step(&self, path: &str, form: &[(&str, &str)]) -> Shown {
        let answer = self.post(path, form).await;
        match answer.location.as_deref().filter(|to| to.starts_with("/login?")) {
            Some(to) => self.get(to).await,
            None => answer,
        }
    }

    /// Agrees on our own page to what a client asks, where a request led there: on to the devices.
    pub async fn agrees(&self, led: Shown) -> Shown {
        let Some(to) = led.location.as_deref().filter(|to| to.starts_with("/oauth2/authorize/ask?")) else {
            return led;
        };
        let page = self.get(to).await;
        let (csrf, request) = (page.field("csrf"), page.field("request"));
        let form = [("csrf", csrf.as_str()), ("request", &request), ("answer", "continue")];
        self.post("/oauth2/authorize/ask", &form).await
    }

    pub async fn authorize(&self, client: &str, more: &[(&str, &str)]) -> Shown {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(request(client, more)).finish();
        self.get(&format!("/oauth2/authorize?{query}")).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Shown {
        let answer = request.header("cookie", self.cookies()).send().await.unwrap();
        for line in answer.headers().get_all("set-cookie") {
            let (name, value) = line.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
        }
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (status, location) = (answer.status().as_u16(), header("location"));
        let policy = header("content-security-policy").unwrap_or_default();
        Shown { status, location, policy, text: answer.text().await.unwrap() }
    }

    /// Logs in with one card from where an authorization request led, back to the client.
    pub async fn log_in(&self, led: &Shown, username: &str, card: &mut Card) -> Shown {
        let to = led.location.as_deref().unwrap_or_else(|| panic!("{} {}", led.status, led.text));
        assert!(to.starts_with("/login?request="), "{to}");
        let page = self.get(to).await;
        assert!(!page.policy.contains("form-action"), "{}", page.policy);
        let (csrf, request) = (page.field("csrf"), page.field("request"));
        let form = [("csrf", csrf.as_str()), ("request", &request), ("username", username), ("password", PASSWORD)];
        let begun = self.post("/login", &form).await;
        let step = self.get(begun.location.as_deref().unwrap_or_else(|| panic!("{}", begun.text))).await;
        assert!(!step.policy.contains("form-action"), "{}", step.policy);
        let challenge = challenge(&step.text);
        let response = card.answer(&challenge, super::support::PIN);
        let (csrf, attempt) = (step.field("csrf"), step.field("attempt"));
        let form = [("csrf", csrf.as_str()), ("attempt", &attempt), ("response", &response)];
        let done = self.post("/login/answer", &form).await;
        let to = done.location.unwrap_or_else(|| panic!("{} {}", done.status, done.text));
        assert!(to.starts_with("/oauth2/authorize/continue?request="), "{to}");
        self.get(&to).await
    }

    /// A code for a client, by a login as `alice` or from the session that there is.
    pub async fn code(&self, client: &str, more: &[(&str, &str)], card: &mut Card) -> String {
        let mut led = self.authorize(client, more).await;
        if led.location.as_deref().is_some_and(|to| to.starts_with("/login")) {
            led = self.log_in(&led, "alice", card).await;
        }
        let parameters = led.parameters();
        parameters.get("code").unwrap_or_else(|| panic!("no code in {parameters:?}")).clone()
    }
}

/// The six digits of the challenge on a page.
pub fn challenge(html: &str) -> String {
    let words: String = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect();
    let (_, after) = words.split_once("Challenge").unwrap_or_else(|| panic!("no challenge in {words}"));
    after.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect()
}

/// The form that redeems a code.
pub fn redemption<'a>(client: &'a str, code: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("grant_type", "authorization_code"),
        ("client_id", client),
        ("code", code),
        ("code_verifier", VERIFIER),
        ("redirect_uri", CALLBACK),
    ]
}

/// A form POST with headers.
pub async fn send(server: &Server, path: &str, form: &[(&str, &str)], headers: &[(&str, &str)]) -> (u16, Value) {
    let mut request = server.http.post(format!("{}{path}", server.url)).form(form);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
}

/// The published keys.
pub async fn jwks(server: &Server) -> JwkSet {
    let answer = server.http.get(format!("{}/oauth2/jwks", server.url)).send().await.unwrap();
    answer.json().await.unwrap()
}

/// The claims of a token for a client, when one of these keys signed it in this way; none when the key is not among
/// them.
pub fn verified(server: &Server, keys: &JwkSet, token: &str, (alg, client): (Algorithm, &str)) -> Option<Value> {
    let key = keys.find(&jsonwebtoken::decode_header(token).unwrap().kid.unwrap())?;
    let mut wanted = Validation::new(alg);
    wanted.set_audience(&[client]);
    wanted.set_issuer(&[&server.app.settings.issuer]);
    wanted.set_required_spec_claims(&["iss", "aud", "exp"]);
    Some(jsonwebtoken::decode(token, &DecodingKey::from_jwk(key).unwrap(), &wanted).unwrap().claims)
}

/// What the resource server learns of a token.
pub async fn introspect(server: &Server, token: &str) -> Value {
    let (status, answer) =
        send(server, "/oauth2/introspect", &[("token", token)], &[("authorization", &basic("resource"))]).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

pub fn basic(client: &str) -> String {
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{client}:{SECRET}")))
}

pub struct Key(EcdsaKeyPair);

impl Key {
    pub fn new() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    pub fn public(&self) -> Value {
        oidc::jwk::PublicKey::of_sec1(self.0.public_key().as_ref()).unwrap().jwk()
    }

    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// A DPoP proof for a path of the server.
    pub fn proof(&self, server: &Server, (method, path): (&str, &str), jti: &str, token: Option<&str>) -> String {
        let mut claims = json!({
            "jti": jti, "htm": method, "htu": format!("{}{path}", server.app.settings.issuer),
            "iat": server.app.now().unix_seconds(),
        });
        if let Some(token) = token {
            claims["ath"] = json!(oidc::dpop::ath(token));
        }
        self.sign(&json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": self.public() }), &claims)
    }
}
