//! What the issuer signs besides ID tokens: receipts of confirmed operations, and logout tokens.

use super::{Provider, ProviderError, Registered};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use serde_json::{Map, Value, json};

/// Seconds by which the two clocks may differ.
const LEEWAY: i64 = 60;
/// How old a receipt or a logout token may be when it arrives, in seconds.
const FRESH: i64 = 600;
/// `typ` of a receipt.
pub(super) const RECEIPT: &str = "receipt+jwt";
/// The event of a logout token (Back-Channel Logout, 2.4).
const LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// The user and session that a logout token names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedOut {
    /// The user.
    pub sub: Option<String>,
    /// The session; all of the user's where there is none.
    pub sid: Option<String>,
    /// The token's id, which is good once.
    pub jti: String,
    /// When the token dies, Unix seconds.
    pub exp: i64,
}

impl Provider {
    /// Checks the receipt of a confirmed operation: by the issuer, for us, about this user and exactly this operation.
    /// Its id.
    ///
    /// # Errors
    /// [`ProviderError::Untrue`], unless all of it holds.
    pub async fn receipt(
        &self,
        registered: &Registered,
        receipt: &str,
        sub: &str,
        operation: &Value,
    ) -> Result<String, ProviderError> {
        let claims = self.signed(registered, receipt, RECEIPT).await?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        if text("sub") != Some(sub) {
            return Err(ProviderError::Untrue("the receipt is another user's"));
        }
        if claims.get("authorization_details") != Some(&json!([operation])) {
            return Err(ProviderError::Untrue("the receipt is for another operation"));
        }
        self.fresh(&claims)?;
        text("jti").map(str::to_owned).ok_or(ProviderError::Untrue("the receipt has no jti"))
    }

    /// Checks a logout token (Back-Channel Logout, 2.6).
    ///
    /// # Errors
    /// [`ProviderError::Untrue`], unless all of it holds.
    pub async fn logged_out(&self, registered: &Registered, token: &str) -> Result<LoggedOut, ProviderError> {
        let claims = self.signed(registered, token, "logout+jwt").await?;
        self.fresh(&claims)?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
        let exp = claims.get("exp").and_then(Value::as_i64).ok_or(ProviderError::Untrue("exp is missing"))?;
        if exp.saturating_add(LEEWAY) < self.clock.now() {
            return Err(ProviderError::Untrue("the logout token is over"));
        }
        let event = claims.get("events").and_then(|events| events.get(LOGOUT_EVENT));
        if !event.is_some_and(Value::is_object) {
            return Err(ProviderError::Untrue("the token tells of no logout"));
        }
        // An ID token must not pass for a logout token.
        if claims.contains_key("nonce") {
            return Err(ProviderError::Untrue("a logout token has no nonce"));
        }
        let (sub, sid) = (text("sub"), text("sid"));
        if sub.is_none() && sid.is_none() {
            return Err(ProviderError::Untrue("the logout token names nobody"));
        }
        Ok(LoggedOut { sub, sid, jti: text("jti").ok_or(ProviderError::Untrue("jti is missing"))?, exp })
    }

    fn fresh(&self, claims: &Map<String, Value>) -> Result<(), ProviderError> {
        let now = self.clock.now();
        match claims.get("iat").and_then(Value::as_i64) {
            Some(iat) if iat <= now.saturating_add(LEEWAY) && iat >= now.saturating_sub(FRESH) => Ok(()),
            _ => Err(ProviderError::Untrue("iat is missing or not now")),
        }
    }

    /// The claims of a JWS of this type, by a key of the issuer, from it, for us.
    async fn signed(
        &self,
        registered: &Registered,
        token: &str,
        typ: &'static str,
    ) -> Result<Map<String, Value>, ProviderError> {
        let kid = kid(token).ok_or(ProviderError::Untrue("the JWS names no key"))?;
        let known = self.known(Some(&kid)).await?;
        by_key(&known.keys, self.issuer(), registered, token, typ)
    }
}

/// The claims of a JWS of a type, by one of these keys, from the issuer, for a client.
pub(super) fn by_key(
    keys: &JwkSet,
    issuer: &str,
    client: &Registered,
    token: &str,
    typ: &str,
) -> Result<Map<String, Value>, ProviderError> {
    let header = decode_header(token).map_err(|_| ProviderError::Untrue("not a JWS"))?;
    let is_typ = header.typ.as_deref().is_some_and(|found| found.eq_ignore_ascii_case(typ));
    if header.alg != Algorithm::ES256 || !is_typ {
        return Err(ProviderError::Untrue("not a JWS of this type by ES256"));
    }
    let key = header.kid.and_then(|kid| keys.find(&kid)).and_then(|jwk| DecodingKey::from_jwk(jwk).ok());
    let key = key.ok_or(ProviderError::Untrue("the issuer has no such key"))?;
    let mut rules = Validation::new(Algorithm::ES256);
    rules.set_issuer(&[issuer]);
    rules.set_audience(&[client.id]);
    rules.set_required_spec_claims(&["iss", "aud"]);
    // The library would read the system's clock itself.
    rules.validate_exp = false;
    let claims = decode::<Map<String, Value>>(token, &key, &rules);
    claims.map(|data| data.claims).map_err(|_| ProviderError::Untrue("signature, issuer or audience"))
}

/// The key id that a JWS names.
pub(super) fn kid(token: &str) -> Option<String> {
    decode_header(token).ok()?.kid
}
