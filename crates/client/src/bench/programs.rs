//! Programs that ask a server about its users: a web program through the browser, and a back end (CIBA).

use super::browser::Browser;
use crate::first_party::{self, Server};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::Url;
use serde::Deserialize;
use wire::first_party::TokenAnswer;
use zeroize::Zeroizing;

/// A web program: a public client of the code flow.
#[derive(Debug, Clone)]
pub struct WebProgram {
    /// The OAuth client id.
    pub client_id: String,
    /// Where answers go, as it is registered.
    pub redirect_uri: String,
}

impl WebProgram {
    /// Tokens for a user who is signed in: the code through the browser, and its redemption.
    pub(super) async fn sign_on(&self, browser: &Browser) -> Result<(), String> {
        let (verifier, challenge) = first_party::pkce().map_err(|error| error.slug())?;
        let [state, nonce] = [first_party::unguessable(), first_party::unguessable()];
        let [state, nonce] = [state.map_err(|error| error.slug())?, nonce.map_err(|error| error.slug())?];
        let request = [
            ("client_id", self.client_id.as_str()),
            ("response_type", "code"),
            ("redirect_uri", &self.redirect_uri),
            ("scope", "openid"),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let led = browser.authorize(&request).await?;
        let code = self.code(&led, &state, &browser.server().metadata().issuer)?;
        let redemption = [
            ("grant_type", "authorization_code"),
            ("client_id", self.client_id.as_str()),
            ("code", &code),
            ("code_verifier", &verifier),
            ("redirect_uri", &self.redirect_uri),
        ];
        let answer = browser.server().token(&redemption, None).await;
        complete(&answer.map_err(|error| error.slug())?)
    }

    /// The code of an answer that is for this request (RFC 6749, 4.1.2; RFC 9207).
    fn code(&self, led: &str, state: &str, issuer: &str) -> Result<Zeroizing<String>, String> {
        if !led.starts_with(&self.redirect_uri) {
            return Err("not signed in".to_owned());
        }
        let url = Url::parse(led).map_err(|error| error.to_string())?;
        let one =
            |wanted: &str| url.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned());
        if one("state").as_deref() != Some(state) {
            return Err("another state".to_owned());
        }
        if one("iss").as_deref() != Some(issuer) {
            return Err("another issuer".to_owned());
        }
        one("code").map(Zeroizing::new).ok_or_else(|| one("error").unwrap_or_else(|| "no code".to_owned()))
    }
}

/// A back end that asks users by CIBA and fetches their answers by polling.
#[derive(Clone)]
pub struct BackEnd {
    client_id: String,
    basic: Zeroizing<String>,
}

impl std::fmt::Debug for BackEnd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BackEnd({})", self.client_id)
    }
}

#[derive(Deserialize)]
struct Asked {
    auth_req_id: Option<String>,
    error: Option<String>,
}

impl BackEnd {
    /// A client that proves itself by a secret in HTTP Basic (RFC 6749, 2.3.1).
    pub fn new(client_id: &str, secret: &str) -> Self {
        let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let pair = Zeroizing::new(format!("{}:{}", encoded(client_id), encoded(secret)));
        let basic = Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())));
        Self { client_id: client_id.to_owned(), basic }
    }

    /// Asks a user; what the answer is fetched with.
    pub(super) async fn ask(&self, server: &Server, username: &str) -> Result<Zeroizing<String>, String> {
        let endpoint = server.metadata().backchannel_authentication_endpoint.as_deref();
        let endpoint = endpoint.ok_or("back ends cannot ask at this server")?;
        let form = [("scope", "openid"), ("login_hint", username), ("binding_message", "Order 4711")];
        let asked: Result<Asked, _> = server.form(endpoint, &form, Some(&self.basic), "the back end's answer").await;
        match asked.map_err(|error| error.slug())? {
            Asked { error: Some(error), .. } => Err(error),
            Asked { auth_req_id, .. } => auth_req_id.map(Zeroizing::new).ok_or_else(|| "no auth_req_id".to_owned()),
        }
    }

    /// Fetches the tokens of a user who has approved.
    pub(super) async fn fetch(&self, server: &Server, auth_req_id: &str) -> Result<(), String> {
        let form = [("grant_type", "urn:openid:params:grant-type:ciba"), ("auth_req_id", auth_req_id)];
        let answer = server.token(&form, Some(&self.basic)).await;
        complete(&answer.map_err(|error| error.slug())?)
    }
}

/// A back end that has a token for the institution's API.
#[derive(Clone)]
pub(super) struct Payer {
    token: Zeroizing<String>,
}

#[derive(Deserialize)]
struct Asks {
    id: String,
    state: String,
}

impl BackEnd {
    /// Fetches a token of its own for withdrawals.
    pub(super) async fn signed_on(&self, server: &Server) -> Result<Payer, String> {
        let form = [("grant_type", "client_credentials"), ("scope", "withdrawals:write")];
        match server.token(&form, Some(&self.basic)).await.map_err(|error| error.slug())? {
            TokenAnswer { error: Some(error), .. } => Err(error),
            TokenAnswer { access_token, .. } => {
                Ok(Payer { token: access_token.map(Into::into).ok_or("no access token")? })
            }
        }
    }
}

impl Payer {
    /// Asks for a small withdrawal by a user's device; its id.
    pub(super) async fn ask(&self, server: &Server, username: &str, device: &str) -> Result<String, String> {
        let key = first_party::unguessable().map_err(|error| error.slug())?;
        let body = serde_json::json!({
            "user": username, "amount": "1.00", "currency": "USD", "device_id": device,
            "destination": { "name": "Bob", "account": "DE89 3704 0044 0532 0130 17" },
        });
        let request = self.post(server, "").header("idempotency-key", format!("\"{}\"", &*key)).json(&body);
        let asks: Asks = answer(request).await?;
        if asks.state == "awaiting_confirmation" { Ok(asks.id) } else { Err(asks.state) }
    }

    /// Says that it was carried out.
    pub(super) async fn settle(&self, server: &Server, id: &str) -> Result<(), String> {
        let settled: Asks = answer(self.post(server, &format!("/{id}/settle"))).await?;
        if settled.state == "settled" { Ok(()) } else { Err(settled.state) }
    }

    fn post(&self, server: &Server, path: &str) -> reqwest::RequestBuilder {
        let issuer = server.metadata().issuer.trim_end_matches('/');
        let url = format!("{issuer}/api/v1/withdrawals{path}");
        server.placed(server.http().post(url)).bearer_auth(&*self.token)
    }
}

async fn answer<T: serde::de::DeserializeOwned>(request: reqwest::RequestBuilder) -> Result<T, String> {
    let answer = request.send().await.map_err(|error| error.to_string())?;
    if !answer.status().is_success() {
        return Err(answer.status().to_string());
    }
    answer.json().await.map_err(|error| error.to_string())
}

/// Whether there is all that `openid` gives.
fn complete(answer: &TokenAnswer) -> Result<(), String> {
    match answer {
        TokenAnswer { error: Some(error), .. } => Err(error.clone()),
        TokenAnswer { access_token: Some(_), id_token: Some(_), .. } => Ok(()),
        TokenAnswer { .. } => Err("no ID token".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_for_another_request_gives_no_code() {
        let web = WebProgram { client_id: "rp".to_owned(), redirect_uri: "http://localhost/cb".to_owned() };
        let code = |led: &str| web.code(led, "s", "http://localhost:1").map(|code| code.to_string());
        let with = |query: &str| code(&format!("http://localhost/cb?{query}"));
        assert_eq!(with("code=c&state=s&iss=http%3A%2F%2Flocalhost%3A1"), Ok("c".to_owned()));
        for (query, why) in [
            ("code=c&state=t&iss=http%3A%2F%2Flocalhost%3A1", "another state"),
            ("code=c&iss=http%3A%2F%2Flocalhost%3A1", "another state"),
            ("code=c&state=s&iss=http%3A%2F%2Flocalhost%3A2", "another issuer"),
            ("code=c&state=s", "another issuer"),
            ("error=access_denied&state=s&iss=http%3A%2F%2Flocalhost%3A1", "access_denied"),
            ("state=s&iss=http%3A%2F%2Flocalhost%3A1", "no code"),
        ] {
            assert_eq!(with(query), Err(why.to_owned()), "{query}");
        }
        assert_eq!(code("/login?request=x"), Err("not signed in".to_owned()));
    }

    #[test]
    fn a_secret_is_encoded_and_never_shown() {
        let back_end = BackEnd::new("b:1", "s p:ä");
        assert_eq!(STANDARD.decode(&back_end.basic["Basic ".len()..]).unwrap(), b"b%3A1:s+p%3A%C3%A4");
        assert_eq!(format!("{back_end:?}"), "BackEnd(b:1)");
    }
}
