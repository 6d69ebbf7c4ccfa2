//! Client-initiated backchannel authentication (CIBA Core, 7; FAPI-CIBA, 5.2.2).

use crate::{
    Form, OAuthError,
    client::{CibaMode, Registration},
    client_auth, details, scope,
};
use operation::{Text, What};
use serde_json::Value;
use std::time::Duration;

/// How often a client may ask, at first, in seconds.
pub const INTERVAL: u64 = 5;
/// How often a client may ask that was told to slow down, in seconds (CIBA, 11). It adds five seconds each time it is
/// told. We do not: a client that missed one answer, or was started again, would be behind for ever, and hear nothing
/// else until its request dies.
const SLOWED_DOWN: u64 = 10;
/// What the network may swallow of the time that a client waited as it was told.
const JITTER: Duration = Duration::from_millis(500);
/// Longest binding message, in characters: it must fit the screen of a phone beside everything else.
pub const MAX_BINDING_MESSAGE: usize = 64;
/// The lives that may be asked for.
pub const LIVES: std::ops::RangeInclusive<u64> = 30..=600;
/// Longest time from `nbf` to `exp` of a signed request, in seconds (FAPI-CIBA, 5.2.2).
pub const MAX_SIGNED_LIFE: i64 = 3600;

/// Whether a client that last asked so long ago asks too soon, and how often it may ask from now on, in seconds.
///
/// ```
/// use oidc::ciba::too_soon;
/// use std::time::Duration;
///
/// assert_eq!(too_soon(Some(Duration::from_secs(5)), 5), (false, 5));
/// assert_eq!(too_soon(Some(Duration::from_secs(1)), 5), (true, 10));
/// ```
pub fn too_soon(last: Option<Duration>, interval: u64) -> (bool, u64) {
    let soon = last.is_some_and(|last| last + JITTER < Duration::from_secs(interval));
    (soon, if soon { SLOWED_DOWN } else { interval })
}

/// A request.
///
/// ```
/// use oidc::{Form, ciba::{BackchannelRequest, UserHint}, client::{AuthMethod, CibaMode, Registration}};
///
/// let registered = Registration {
///     auth: AuthMethod::ClientSecretBasic, ciba: Some(CibaMode::Poll), ..Registration::default()
/// };
/// let form = Form::parse(b"scope=openid&login_hint=alice&binding_message=W4SCT&requested_expiry=120")?;
/// let request = BackchannelRequest::parse(&form, ("rp", &registered), "https://id.example", 1_700_000_000)?;
/// assert_eq!(request.hint, UserHint::Login("alice".to_owned()));
/// # Ok::<(), oidc::OAuthError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackchannelRequest {
    /// What is asked for; holds `openid`.
    pub scope: String,
    /// Whom to ask.
    pub hint: UserHint,
    /// Shown on both sides.
    pub binding_message: Option<String>,
    /// The user's code for this purpose, as given.
    pub user_code: Option<String>,
    /// How long it shall live; none for as long as usual.
    pub requested_expiry: Option<Duration>,
    /// Levels wished for.
    pub acr_values: Vec<String>,
    /// What is to be confirmed.
    pub detail: Option<What>,
    /// The bearer token of the ping.
    pub notification_token: Option<String>,
    /// Of a signed request: its `jti`, and when that may be forgotten (Unix seconds).
    pub signed: Option<(String, i64)>,
}

/// Whom to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserHint {
    /// A username or user id.
    Login(String),
    /// An ID token of ours.
    IdToken(String),
}

impl BackchannelRequest {
    /// Reads a request of an authenticated client, signed or not. `now` is Unix seconds.
    pub fn parse(
        form: &Form,
        (client_id, registration): (&str, &Registration),
        issuer: &str,
        now: i64,
    ) -> Result<Self, OAuthError> {
        let mode = registration.ciba.ok_or(OAuthError::UnauthorizedClient)?;
        match form.optional("request", crate::jws::MAX_OCTETS)? {
            Some(jws) => {
                // Everything that counts is inside; what stands beside it could have been changed (CIBA, 7.1.1).
                let beside = ["scope", "login_hint", "id_token_hint", "login_hint_token", "binding_message"];
                if beside.iter().any(|name| form.has(name)) {
                    return Err(OAuthError::Conflict("request", "parameters beside it"));
                }
                let (inside, signed) = unsigned(jws, client_id, registration, issuer, now)?;
                Ok(Self { signed: Some(signed), ..Self::read(&inside, registration, mode)? })
            }
            None if registration.signed_requests => Err(OAuthError::Missing("request")),
            None => Self::read(form, registration, mode),
        }
    }

    fn read(form: &Form, registration: &Registration, mode: CibaMode) -> Result<Self, OAuthError> {
        let scope = scope::requested_of(Some(form.required("scope", 512)?), &registration.allowed_scopes())?;
        if !scope::has(&scope, "openid") {
            return Err(OAuthError::InvalidScope);
        }
        let detail = form.optional("authorization_details", details::MAX_OCTETS)?;
        let detail = detail.map(|text| details::parse(text, &registration.authorization_details_types)).transpose()?;
        let binding_message = binding_message(form)?;
        // The user must be able to tell this request from any other (FAPI-CIBA, 5.2.2).
        if detail.is_none() && binding_message.is_none() {
            return Err(OAuthError::Missing("binding_message"));
        }
        let user_code = form.optional("user_code", 64)?.map(str::to_owned);
        if registration.user_code && user_code.is_none() {
            return Err(OAuthError::MissingUserCode);
        }
        let acr_values = form.optional("acr_values", 512)?.unwrap_or_default();
        Ok(Self {
            scope,
            hint: hint(form)?,
            binding_message,
            user_code,
            requested_expiry: requested_expiry(form)?,
            acr_values: acr_values.split(' ').filter(|v| !v.is_empty()).map(str::to_owned).collect(),
            detail,
            notification_token: notification_token(form, mode)?,
            signed: None,
        })
    }
}

fn hint(form: &Form) -> Result<UserHint, OAuthError> {
    if form.has("login_hint_token") {
        return Err(OAuthError::Malformed("login_hint_token"));
    }
    match (form.optional("login_hint", 256)?, form.optional("id_token_hint", 4096)?) {
        (Some(login), None) => Ok(UserHint::Login(login.to_owned())),
        (None, Some(token)) => Ok(UserHint::IdToken(token.to_owned())),
        (None, None) => Err(OAuthError::Missing("login_hint")),
        (Some(_), Some(_)) => Err(OAuthError::Conflict("login_hint", "id_token_hint")),
    }
}

fn binding_message(form: &Form) -> Result<Option<String>, OAuthError> {
    let text = match form.optional("binding_message", 4 * MAX_BINDING_MESSAGE) {
        Err(OAuthError::TooLong(_)) => return Err(OAuthError::InvalidBindingMessage),
        other => other?,
    };
    match text {
        Some(text) => match Text::<MAX_BINDING_MESSAGE>::parse(text) {
            Ok(text) => Ok(Some(text.into())),
            Err(_) => Err(OAuthError::InvalidBindingMessage),
        },
        None => Ok(None),
    }
}

fn requested_expiry(form: &Form) -> Result<Option<Duration>, OAuthError> {
    let Some(text) = form.optional("requested_expiry", 16)? else { return Ok(None) };
    let seconds: u64 = match text.parse::<u64>() {
        Ok(seconds) if seconds > 0 && text.bytes().all(|b| b.is_ascii_digit()) => seconds,
        _ => return Err(OAuthError::Malformed("requested_expiry")),
    };
    // Another life than the one that was asked for would be found out too late.
    if LIVES.contains(&seconds) { Ok(Some(Duration::from_secs(seconds))) } else { Err(OAuthError::RequestedExpiry) }
}

/// The token of the ping: the syntax of RFC 6750, 2.1, of 128 bits at least (CIBA, 7.1).
fn notification_token(form: &Form, mode: CibaMode) -> Result<Option<String>, OAuthError> {
    const NAME: &str = "client_notification_token";
    if mode == CibaMode::Poll {
        return Ok(None);
    }
    let token = form.required(NAME, 1024)?;
    let bearer = token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b));
    if bearer && token.len() >= 22 { Ok(Some(token.to_owned())) } else { Err(OAuthError::Malformed(NAME)) }
}

/// The parameters of a signed request, with its `jti` and when that may be forgotten.
fn unsigned(
    jws: &str,
    client_id: &str,
    registration: &Registration,
    issuer: &str,
    now: i64,
) -> Result<(Form, (String, i64)), OAuthError> {
    let bad = OAuthError::Malformed("request");
    let payload = client_auth::verified(jws, registration, &[None, Some("JWT"), Some("oauth-authz-req+jwt")])
        .map_err(|_| bad.clone())?;
    let Ok(Value::Object(claims)) = serde_json::from_slice::<Value>(&payload) else { return Err(bad) };
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let time = |name: &str| claims.get(name).and_then(Value::as_i64);
    let (Some(exp), Some(nbf), Some(iat), Some(jti)) = (time("exp"), time("nbf"), time("iat"), text("jti")) else {
        return Err(bad);
    };
    let holds = text("iss") == Some(client_id)
        && claims.get("aud").is_some_and(|aud| client_auth::is_only(aud, issuer))
        && exp > now
        && nbf <= now.saturating_add(client_auth::SKEW)
        && exp.saturating_sub(nbf) <= MAX_SIGNED_LIFE
        && iat <= now.saturating_add(client_auth::SKEW)
        && (1..=128).contains(&jti.len());
    if !holds {
        return Err(bad);
    }
    let pairs = claims.iter().filter_map(|(name, value)| {
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
            Value::Null | Value::Bool(_) => return None,
        };
        Some((name.clone(), value))
    });
    Ok((Form::of(pairs.collect()), (jti.to_owned(), exp)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{client::AuthMethod, tests::Key};
    use serde_json::json;

    const ISSUER: &str = "https://id.example";
    const NOW: i64 = 1_700_000_000;

    fn registration() -> Registration {
        Registration { auth: AuthMethod::ClientSecretBasic, ciba: Some(CibaMode::Poll), ..Registration::default() }
    }

    fn read(body: &str, registration: &Registration) -> Result<BackchannelRequest, OAuthError> {
        let form = Form::parse(body.as_bytes()).unwrap();
        BackchannelRequest::parse(&form, ("rp", registration), ISSUER, NOW)
    }

    #[test]
    fn who_asks_too_soon_waits_longer_from_then_on() {
        let after = |millis, interval| too_soon(Some(Duration::from_millis(millis)), interval);
        assert_eq!(too_soon(None, INTERVAL), (false, 5), "the first time is never too soon");
        assert_eq!(after(5_000, INTERVAL), (false, 5));
        assert_eq!(after(4_500, INTERVAL), (false, 5), "what the network swallows is forgiven");
        assert_eq!(after(4_499, INTERVAL), (true, 10));
        assert_eq!(after(9_499, 10), (true, 10), "and no longer than that, however often");
        assert_eq!(after(9_500, 10), (false, 10));
    }

    #[test]
    fn a_request_and_each_misdeed() {
        let good = "scope=openid&login_hint=alice&binding_message=W4SCT&requested_expiry=120";
        let request = read(good, &registration()).unwrap();
        assert_eq!(request.hint, UserHint::Login("alice".into()));
        assert_eq!(request.requested_expiry, Some(Duration::from_secs(120)));
        let more = |more: &str| read(&format!("{good}&{more}"), &registration()).err();
        let changed = |from: &str, to: &str| read(&good.replace(from, to), &registration()).err();
        assert_eq!(more("id_token_hint=x"), Some(OAuthError::Conflict("login_hint", "id_token_hint")));
        assert_eq!(more("login_hint_token=x"), Some(OAuthError::Malformed("login_hint_token")));
        assert_eq!(changed("&login_hint=alice", ""), Some(OAuthError::Missing("login_hint")));
        assert_eq!(changed("scope=openid", "scope=profile"), Some(OAuthError::InvalidScope));
        assert_eq!(changed("scope=openid", ""), Some(OAuthError::Missing("scope")));
        assert_eq!(changed("&binding_message=W4SCT", ""), Some(OAuthError::Missing("binding_message")));
        for bad in [&"x".repeat(65), &"x".repeat(500), "a%0Ab", "a%E2%80%AEb", "%20"] {
            assert_eq!(changed("W4SCT", bad), Some(OAuthError::InvalidBindingMessage), "{bad}");
        }
        for bad in ["0", "-1", "%2B5", "1.5", "soon"] {
            assert_eq!(changed("120", bad), Some(OAuthError::Malformed("requested_expiry")), "{bad}");
        }
        for (asked, taken) in
            [("1", false), ("5", false), ("29", false), ("30", true), ("600", true), ("601", false), ("86400", false)]
        {
            let refused = if taken { None } else { Some(OAuthError::RequestedExpiry) };
            assert_eq!(changed("120", asked), refused, "{asked}");
        }
        assert_eq!(read(good, &Registration::default()).err(), Some(OAuthError::UnauthorizedClient));
        let coded = Registration { user_code: true, ..registration() };
        assert_eq!(read(good, &coded).err(), Some(OAuthError::MissingUserCode));
        assert_eq!(read(&format!("{good}&user_code=1234"), &coded).unwrap().user_code, Some("1234".into()));
    }

    #[test]
    fn a_ping_needs_a_token_worth_the_name() {
        let ping = Registration { ciba: Some(CibaMode::Ping), ..registration() };
        let with = |token: &str| {
            let body = format!("scope=openid&login_hint=a&binding_message=b&client_notification_token={token}");
            read(&body, &ping).map(|request| request.notification_token)
        };
        let good = "8d67dc78-7faa-4d41-aabd-67707b374255";
        assert_eq!(with(good), Ok(Some(good.into())));
        let name = "client_notification_token";
        assert_eq!(with(""), Err(OAuthError::Missing(name)));
        assert_eq!(with("short"), Err(OAuthError::Malformed(name)));
        assert_eq!(with(&"a b".repeat(20)), Err(OAuthError::Malformed(name)));
        assert_eq!(with(&"a".repeat(1025)), Err(OAuthError::TooLong(name)));
    }

    #[test]
    fn signed_requests() {
        let key = Key::new();
        let signing = Registration { keys: vec![key.public().jwk()], signed_requests: true, ..registration() };
        let claims = json!({
            "iss": "rp", "aud": ISSUER, "exp": NOW + 300, "nbf": NOW, "iat": NOW, "jti": "j",
            "scope": "openid", "login_hint": "alice", "binding_message": "W4SCT", "requested_expiry": 60,
        });
        let send = |key: &Key, alg: &str, claims: &Value, more: &str| {
            let jws = key.sign(&json!({ "alg": alg }), claims.to_string().as_bytes());
            read(&format!("request={jws}{more}"), &signing)
        };
        let request = send(&key, "ES256", &claims, "").unwrap();
        assert_eq!(request.signed, Some(("j".into(), NOW + 300)));
        assert_eq!(request.requested_expiry, Some(Duration::from_secs(60)));
        for seconds in [5, 60] {
            let mut early = claims.clone();
            early["nbf"] = json!(NOW + seconds);
            assert!(send(&key, "ES256", &early, "").is_ok(), "clocks differ");
        }
        for (name, to) in [
            ("iss", json!("other")),
            ("aud", json!("https://e.example")),
            ("exp", json!(NOW)),
            ("exp", json!(NOW + 3601)),
            ("exp", Value::Null),
            ("nbf", json!(NOW + 61)),
            ("nbf", Value::Null),
            ("iat", Value::Null),
            ("jti", Value::Null),
        ] {
            let mut bad = claims.clone();
            bad[name] = to;
            assert_eq!(send(&key, "ES256", &bad, "").err(), Some(OAuthError::Malformed("request")), "{bad}");
        }
        assert_eq!(send(&Key::new(), "ES256", &claims, "").err(), Some(OAuthError::Malformed("request")));
        assert_eq!(send(&key, "none", &claims, "").err(), Some(OAuthError::Malformed("request")));
        let beside = send(&key, "ES256", &claims, "&login_hint=bob").err();
        assert_eq!(beside, Some(OAuthError::Conflict("request", "parameters beside it")));
        assert_eq!(read("scope=openid&login_hint=a", &signing).err(), Some(OAuthError::Missing("request")));
    }
}
