//! The code flow with PKCE: a login, a fresh one, or the confirmation of an operation (RFC 9396 by RFC 9126).

use super::{Client, Known, Provider, ProviderError, Registered, Token, Tokens, http, proof, refusal};
use openidconnect::{
    AuthorizationCode, CsrfToken, IdTokenClaims, LogoutRequest, Nonce, NonceVerifier, OAuth2TokenResponse as _,
    PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl, RedirectUrl, RequestTokenError, Scope,
    TokenResponse as _,
    core::{CoreAuthenticationFlow, CoreGenderClaim},
    url::Url,
};
use serde_json::{Value, json};
use std::{borrow::Cow, str::FromStr as _, time::Duration};

/// Where to send the browser, and what to expect when it comes back.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The address at the issuer.
    pub url: String,
    /// Comes back as it is.
    pub state: String,
    /// Comes back in the ID token.
    pub nonce: String,
    /// Goes along with the code.
    pub verifier: String,
}

/// Who has logged in, or confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The username.
    pub username: String,
    /// The issuer's id of the user.
    pub sub: String,
    /// The issuer's session.
    pub sid: Option<String>,
    /// When the user logged in, Unix seconds.
    pub auth_time: i64,
    /// The ID token as it came.
    pub id_token: String,
    /// The `authorization_details` that the user confirmed.
    pub details: Option<Value>,
    /// The signed proof of it.
    pub receipt: Option<String>,
}

/// What the redemption of a code needs.
#[derive(Debug, Clone, Copy)]
pub struct Redemption<'a> {
    /// The code.
    pub code: &'a str,
    /// The address it came to.
    pub redirect_uri: &'a str,
    /// The PKCE verifier.
    pub verifier: &'a str,
    /// The nonce that the ID token must carry.
    pub nonce: &'a str,
}

impl Provider {
    /// A login. With `max_age` it must not be older, or the user is asked again.
    ///
    /// # Errors
    /// When the provider cannot be reached.
    pub async fn login(
        &self,
        registered: &Registered,
        redirect_uri: &str,
        max_age: Option<Duration>,
    ) -> Result<Sent, ProviderError> {
        let known = self.known(None).await?;
        let (url, sent) = authorization(&Self::client(&known, registered), redirect_uri, max_age)?;
        Ok(Sent { url: url.into(), ..sent })
    }

    /// The confirmation of one operation by the user who has this ID token: the request is pushed, so that nothing of
    /// it passes the browser.
    ///
    /// # Errors
    /// When the provider cannot be reached, or refuses.
    pub async fn confirm(
        &self,
        registered: &Registered,
        redirect_uri: &str,
        operation: &Value,
        id_token: &str,
    ) -> Result<Sent, ProviderError> {
        let known = self.known(None).await?;
        let more = known.metadata.additional_metadata();
        let par = more.pushed_authorization_request_endpoint.as_deref();
        let par = par.ok_or(ProviderError::Missing("endpoint for pushed requests"))?;
        let (url, sent) = authorization(&Self::client(&known, registered), redirect_uri, None)?;
        let details = json!([operation]).to_string();
        let mut form: Vec<(String, String)> =
            url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        form.push(("authorization_details".to_owned(), details));
        form.push(("id_token_hint".to_owned(), id_token.to_owned()));
        let pairs: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let (status, answer) = self.post(par, registered, &pairs).await?;
        let Some(request_uri) = answer.get("request_uri").and_then(Value::as_str).filter(|_| status == 201) else {
            return Err(refusal(&answer));
        };
        let mut to = known.metadata.authorization_endpoint().url().clone();
        to.query_pairs_mut().append_pair("client_id", registered.id).append_pair("request_uri", request_uri);
        Ok(Sent { url: to.into(), ..sent })
    }

    /// Redeems a code, and checks the ID token.
    ///
    /// # Errors
    /// When the provider refuses the code, or its token does not hold.
    pub async fn redeem(&self, registered: &Registered, with: &Redemption<'_>) -> Result<Identity, ProviderError> {
        let known = self.known(None).await?;
        let client = Self::client(&known, registered);
        let redirect = redirect(with.redirect_uri)?;
        let tokens: Tokens = client
            .exchange_code(AuthorizationCode::new(with.code.to_owned()))
            .map_err(|_| ProviderError::Missing("token endpoint"))?
            .set_redirect_uri(Cow::Borrowed(&redirect))
            .set_pkce_verifier(PkceCodeVerifier::new(with.verifier.to_owned()))
            .request_async(&self.http)
            .await
            .map_err(|error| match error {
                RequestTokenError::ServerResponse(refused) => {
                    ProviderError::Refused(refused.error().as_ref().to_owned())
                }
                other => ProviderError::Trouble(http::told(&other)),
            })?;
        let token = tokens.id_token().ok_or(ProviderError::Untrue("there is no ID token"))?;
        let extra = tokens.extra_fields().extra_fields();
        let nonce = Nonce::new(with.nonce.to_owned());
        let identity = self.identity(registered, token, &nonce).await?;
        // at_hash: the access token is the one that came with this ID token (Core, 3.1.3.8). We keep none of it.
        let _ = tokens.access_token();
        Ok(Identity { details: extra.authorization_details.clone(), receipt: extra.receipt.clone(), ..identity })
    }

    /// Who an ID token says that the user is.
    pub(super) async fn identity<N: NonceVerifier>(
        &self,
        registered: &Registered,
        token: &Token,
        nonce: N,
    ) -> Result<Identity, ProviderError> {
        let text = token.to_string();
        let known: Known = self.known(proof::kid(&text).as_deref()).await?;
        let client = Self::client(&known, registered);
        let claims: &IdTokenClaims<_, CoreGenderClaim> =
            token.claims(&client.id_token_verifier(), nonce).map_err(|error| {
                tracing::warn!(%error, "an ID token does not hold");
                ProviderError::Untrue("the ID token")
            })?;
        let username = claims.preferred_username().map(|name| name.as_str().to_owned());
        let auth_time = claims.auth_time().map(|at| at.timestamp());
        Ok(Identity {
            username: username.ok_or(ProviderError::Untrue("the ID token has no username"))?,
            sub: claims.subject().as_str().to_owned(),
            sid: claims.additional_claims().sid.clone(),
            auth_time: auth_time.ok_or(ProviderError::Untrue("the ID token has no auth_time"))?,
            id_token: text,
            details: None,
            receipt: None,
        })
    }

    /// Where the browser ends its session at the issuer, and comes back.
    ///
    /// # Errors
    /// When the provider cannot be reached, or has no such place.
    pub async fn logout(&self, id_token: &str, back: &str) -> Result<String, ProviderError> {
        let known = self.known(None).await?;
        let endpoint = known.metadata.additional_metadata().end_session_endpoint.clone();
        let hint = Token::from_str(id_token).map_err(|_| ProviderError::Untrue("the kept ID token"))?;
        let back = PostLogoutRedirectUrl::new(back.to_owned()).map_err(|_| ProviderError::Missing("way back"))?;
        let request = LogoutRequest::from(endpoint.ok_or(ProviderError::Missing("logout"))?)
            .set_id_token_hint(&hint)
            .set_post_logout_redirect_uri(back);
        Ok(request.http_get_url().into())
    }
}

fn redirect(uri: &str) -> Result<RedirectUrl, ProviderError> {
    RedirectUrl::new(uri.to_owned()).map_err(|_| ProviderError::Missing("URL to come back to"))
}

fn authorization(client: &Client, redirect_uri: &str, max_age: Option<Duration>) -> Result<(Url, Sent), ProviderError> {
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let redirect = redirect(redirect_uri)?;
    let mut request = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
        .add_scope(Scope::new("profile".to_owned()))
        .set_redirect_uri(Cow::Owned(redirect))
        .set_pkce_challenge(challenge);
    if let Some(max_age) = max_age {
        request = request.set_max_age(max_age);
    }
    let (url, state, nonce) = request.url();
    let sent = Sent {
        url: String::new(),
        state: state.into_secret(),
        nonce: nonce.secret().clone(),
        verifier: verifier.into_secret(),
    };
    Ok((url, sent))
}
