//! Authorization requests (RFC 6749, 4.1.1; OpenID Connect Core, 3.1.2.1), sent by the browser or pushed (RFC 9126).

use crate::{
    Form, OAuthError, client::Registration, details, jwk, pkce::CodeChallenge, redirect, scope, wishes::Wishes,
};
use operation::What;
use serde::{Deserialize, Serialize};

/// Octet limits of the parameters.
mod limits {
    pub const STATE: usize = 1024;
    pub const NONCE: usize = 512;
    pub const HINT: usize = 4096;
    pub const URI: usize = 2000;
    pub const CLAIMS: usize = 2048;
    pub const OTHER: usize = 512;
}

/// Where an answer goes: a registered URI, and what to repeat there. Known before anything else of the request is
/// believed, so that errors can go there too, and never anywhere else.
///
/// ```
/// use oidc::{Form, authorize::Addressee, client::Registration};
///
/// let registered = Registration { redirect_uris: vec!["https://rp.example/cb".into()], ..Registration::default() };
/// let form = Form::parse(b"redirect_uri=https%3A%2F%2Frp.example%2Fcb&state=s")?;
/// let addressee = Addressee::of(&form, &registered)?;
/// assert_eq!(
///     addressee.answer("https://id.example", "code"),
///     "https://rp.example/cb?code=code&state=s&iss=https%3A%2F%2Fid.example"
/// );
/// # Ok::<(), oidc::OAuthError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addressee {
    /// The redirect URI, as the request spelled it.
    pub redirect_uri: String,
    /// To repeat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

impl Addressee {
    /// Reads and checks it. An error here is shown to the user and sent nowhere (RFC 6749, 4.1.2.1).
    pub fn of(form: &Form, registration: &Registration) -> Result<Self, OAuthError> {
        let uri = form.required("redirect_uri", limits::URI)?;
        if !registration.redirect_uris.iter().any(|registered| redirect::matches(registered, uri)) {
            return Err(OAuthError::Malformed("redirect_uri"));
        }
        let state = form.optional("state", limits::STATE)?.map(str::to_owned);
        Ok(Self { redirect_uri: uri.to_owned(), state })
    }

    /// Scheme, host and port of where the answer will go; for a private scheme the scheme alone.
    pub fn origin(&self) -> String {
        match self.redirect_uri.split_once("://") {
            Some((scheme, rest)) if scheme == "https" || scheme == "http" => {
                format!("{scheme}://{}", rest.split(['/', '?']).next().unwrap_or_default())
            }
            _ => format!("{}:", self.redirect_uri.split(':').next().unwrap_or_default()),
        }
    }

    /// The address of an answer with a code (RFC 9207: `iss` goes along).
    pub fn answer(&self, issuer: &str, code: &str) -> String {
        self.with(&[("code", code)], issuer)
    }

    /// The address of an error.
    pub fn error(&self, issuer: &str, error: &OAuthError) -> String {
        self.with(&[("error", error.code()), ("error_description", &error.to_string())], issuer)
    }

    /// The address of a request that its user did not confirm. `error_reason` says how that came, for programs that tell
    /// their users; others pass over it (RFC 6749, 4.1.2).
    pub fn denied(&self, issuer: &str, reason: &str) -> String {
        let error = OAuthError::AccessDenied;
        let told = [("error", error.code()), ("error_description", &error.to_string()), ("error_reason", reason)];
        self.with(&told, issuer)
    }

    fn with(&self, first: &[(&str, &str)], issuer: &str) -> String {
        let mut parameters = first.to_vec();
        parameters.extend(self.state.as_deref().map(|state| ("state", state)));
        parameters.push(("iss", issuer));
        redirect::with_parameters(&self.redirect_uri, &parameters)
    }
}

/// What a request says of how the user is to be asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// As needed.
    #[default]
    AsNeeded,
    /// Never: answer from what is known.
    None,
    /// Always. `select_account` is this too: whoever logs in anew chooses; and so is `consent`, which is not advertised
    /// since nothing but the login itself is asked for.
    Login,
}

/// A request whose every part was understood.
///
/// ```
/// use oidc::{Form, authorize::{Addressee, AuthorizeRequest}, client::Registration};
///
/// let registered = Registration { redirect_uris: vec!["https://rp.example/cb".into()], ..Registration::default() };
/// let form = Form::parse(
///     b"client_id=rp&response_type=code&redirect_uri=https://rp.example/cb&max_age=60\
///       &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256",
/// )?;
/// let request = AuthorizeRequest::parse(&form, &registered, Addressee::of(&form, &registered)?)?;
/// assert!(request.met_by("any level", 1_700_000_000, 1_700_000_060), "a login of a minute ago will do");
/// # Ok::<(), oidc::OAuthError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizeRequest {
    /// The client.
    pub client_id: String,
    /// Where the answer goes.
    pub addressee: Addressee,
    /// What is asked for.
    pub scope: String,
    /// To repeat in the ID token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// PKCE's challenge, S256; none only where the client registered to do without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_challenge: Option<String>,
    /// How the user is to be asked.
    #[serde(default)]
    pub prompt: Prompt,
    /// How many seconds ago the user may have logged in at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u64>,
    /// Levels wished for, best first.
    #[serde(default)]
    pub acr_values: Vec<String>,
    /// Levels of which one must be met; none where any will do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub essential_acr: Option<Vec<String>>,
    /// The users of whom one must answer (Core, 5.5.1); none where anybody may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted_subjects: Option<Vec<String>>,
    /// Whom the client expects, to fill in the form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login_hint: Option<String>,
    /// Whom the client knows: an ID token of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token_hint: Option<String>,
    /// Languages, best first.
    #[serde(default)]
    pub ui_locales: Vec<String>,
    /// What is to be confirmed along with the login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<What>,
    /// The key that the code is bound to (RFC 9449, 10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dpop_jkt: Option<String>,
}

/// Where a request that came by the browser stands.
#[derive(Debug, PartialEq, Eq)]
pub enum Front<'a> {
    /// The parameters themselves.
    Plain,
    /// Something that was pushed before.
    Pushed(&'a str),
    /// Something that would have to be fetched, which is not offered.
    Foreign,
}

/// The prefix of the `request_uri` values that we give (RFC 9126, 2.2).
pub const REQUEST_URI: &str = "urn:ietf:params:oauth:request_uri:";

/// Looks whether a request of the browser is a pushed one; none of its other parameters count then.
pub fn front(form: &Form) -> Result<Front<'_>, OAuthError> {
    match form.optional("request_uri", limits::OTHER)? {
        None => Ok(Front::Plain),
        Some(uri) => Ok(uri.strip_prefix(REQUEST_URI).map_or(Front::Foreign, Front::Pushed)),
    }
}

impl AuthorizeRequest {
    /// Reads a request of a client whose addressee is known.
    pub fn parse(form: &Form, registration: &Registration, addressee: Addressee) -> Result<Self, OAuthError> {
        if form.has("request") {
            return Err(OAuthError::RequestNotSupported);
        }
        if form.has("request_uri") {
            return Err(OAuthError::RequestUriNotSupported);
        }
        if form.has("registration") {
            return Err(OAuthError::RegistrationNotSupported);
        }
        if form.required("response_type", limits::OTHER)? != "code" {
            return Err(OAuthError::UnsupportedResponseType);
        }
        if form.optional("response_mode", limits::OTHER)?.is_some_and(|mode| mode != "query") {
            return Err(OAuthError::UnsupportedResponseMode);
        }
        let nonce = form.optional("nonce", limits::NONCE)?;
        let owned = |name, max| Ok::<_, OAuthError>(form.optional(name, max)?.map(str::to_owned));
        let list = |name| {
            let text = form.optional(name, limits::OTHER)?.unwrap_or_default();
            Ok::<_, OAuthError>(text.split(' ').filter(|item| !item.is_empty()).map(str::to_owned).collect::<Vec<_>>())
        };
        let dpop_jkt = owned("dpop_jkt", limits::OTHER)?;
        if dpop_jkt.as_ref().is_some_and(|jkt| !jwk::is_thumbprint(jkt)) {
            return Err(OAuthError::Malformed("dpop_jkt"));
        }
        let detail = form.optional("authorization_details", details::MAX_OCTETS)?;
        let wishes = form.optional("claims", limits::CLAIMS)?.map(Wishes::parse).transpose()?.unwrap_or_default();
        let allowed = registration.allowed_scopes();
        let scope = scope::requested_of(form.optional("scope", limits::OTHER)?, &allowed)?;
        Ok(Self {
            client_id: form.required("client_id", limits::OTHER)?.to_owned(),
            addressee,
            scope: wishes.widen(scope, &allowed),
            nonce: nonce.map(str::to_owned),
            code_challenge: challenge(form, registration.may_do_without_pkce(nonce))?,
            prompt: prompt(form)?,
            max_age: max_age(form)?,
            acr_values: list("acr_values")?,
            essential_acr: wishes.essential_acr(),
            wanted_subjects: wishes.subjects(),
            login_hint: owned("login_hint", limits::OTHER)?,
            id_token_hint: owned("id_token_hint", limits::HINT)?,
            ui_locales: list("ui_locales")?,
            detail: detail.map(|text| details::parse(text, &registration.authorization_details_types)).transpose()?,
            dpop_jkt,
        })
    }

    /// Whether an authentication may answer this: recent enough, and of a level that is essential.
    ///
    /// `auth_time` and `now` are Unix seconds. No login of the past is recent enough for `max_age=0`: whoever sends it
    /// wants a new one, also within the same second.
    pub fn met_by(&self, acr: &str, auth_time: i64, now: i64) -> bool {
        let age = u64::try_from(now.saturating_sub(auth_time)).unwrap_or(0);
        self.prompt != Prompt::Login
            && self.max_age.is_none_or(|most| most > 0 && age <= most)
            && self.level_met_by(acr)
    }

    /// Whether this user may answer.
    pub fn subject_fits(&self, subject: &str) -> bool {
        self.wanted_subjects.as_ref().is_none_or(|wanted| wanted.iter().any(|one| one == subject))
    }

    /// Whether a level is one that the request takes.
    pub fn level_met_by(&self, acr: &str) -> bool {
        self.essential_acr.as_ref().is_none_or(|levels| levels.iter().any(|level| level == acr))
    }
}

fn prompt(form: &Form) -> Result<Prompt, OAuthError> {
    let text = form.optional("prompt", limits::OTHER)?.unwrap_or_default();
    let values: Vec<_> = text.split(' ').filter(|value| !value.is_empty()).collect();
    match values.as_slice() {
        [] => Ok(Prompt::AsNeeded),
        ["none"] => Ok(Prompt::None),
        values if values.iter().all(|value| matches!(*value, "login" | "consent" | "select_account")) => {
            Ok(Prompt::Login)
        }
        // "none" beside anything else, or a value that nobody defined.
        _ => Err(OAuthError::Malformed("prompt")),
    }
}

fn max_age(form: &Form) -> Result<Option<u64>, OAuthError> {
    let Some(text) = form.optional("max_age", limits::OTHER)? else { return Ok(None) };
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().map(Some).ok_or(OAuthError::Malformed("max_age"))
}

fn challenge(form: &Form, may_be_missing: bool) -> Result<Option<String>, OAuthError> {
    let Some(text) = form.optional("code_challenge", limits::OTHER)? else {
        return if may_be_missing { Ok(None) } else { Err(OAuthError::Missing("code_challenge")) };
    };
    // Without a method RFC 7636 means "plain".
    let method = form.optional("code_challenge_method", limits::OTHER)?.unwrap_or("plain");
    CodeChallenge::parse(text, Some(method)).map(|challenge| Some(challenge.as_str().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    const ISSUER: &str = "https://id.example";

    fn registration() -> Registration {
        Registration {
            redirect_uris: vec!["https://rp.example/cb".into()],
            authorization_details_types: vec!["withdrawal".into()],
            ..Registration::default()
        }
    }

    fn read(more: &str) -> Result<AuthorizeRequest, OAuthError> {
        let body = format!(
            "client_id=rp&response_type=code&redirect_uri=https%3A%2F%2Frp.example%2Fcb&state=s%26t\
             &code_challenge={CHALLENGE}&code_challenge_method=S256&{more}"
        );
        let form = Form::parse(body.as_bytes()).unwrap();
        AuthorizeRequest::parse(&form, &registration(), Addressee::of(&form, &registration())?)
    }

    #[test]
    fn a_request_and_its_answers() {
        let request = read("scope=openid+profile&nonce=n&max_age=60&acr_values=a+b&prompt=login&ui_locales=ru+en");
        let request = request.unwrap();
        assert_eq!(
            (request.scope.as_str(), request.max_age, request.prompt),
            ("openid profile", Some(60), Prompt::Login)
        );
        assert_eq!((request.acr_values.len(), request.ui_locales.len()), (2, 2));
        assert_eq!(
            request.addressee.answer(ISSUER, "c"),
            "https://rp.example/cb?code=c&state=s%26t&iss=https%3A%2F%2Fid.example"
        );
        let error = request.addressee.error(ISSUER, &OAuthError::LoginRequired);
        assert!(
            error.starts_with("https://rp.example/cb?error=login_required&error_description=nobody%20is"),
            "{error}"
        );
        let text = serde_json::to_string(&request).unwrap();
        assert_eq!(serde_json::from_str::<AuthorizeRequest>(&text).unwrap(), request);
    }

    #[test]
    fn each_misdeed_has_its_error() {
        for (more, error) in [
            ("request=x", OAuthError::RequestNotSupported),
            ("request=", OAuthError::RequestNotSupported),
            ("request_uri=https://e.example/r", OAuthError::RequestUriNotSupported),
            ("registration={}", OAuthError::RegistrationNotSupported),
            ("response_mode=fragment", OAuthError::UnsupportedResponseMode),
            ("response_mode=form_post", OAuthError::UnsupportedResponseMode),
            ("scope=openid+admin", OAuthError::InvalidScope),
            ("scope=openid+offline_access", OAuthError::InvalidScope),
            ("prompt=none+login", OAuthError::Malformed("prompt")),
            ("prompt=create", OAuthError::Malformed("prompt")),
            ("max_age=-1", OAuthError::Malformed("max_age")),
            ("max_age=%2B1", OAuthError::Malformed("max_age")),
            ("claims=[", OAuthError::Malformed("claims")),
            ("dpop_jkt=short", OAuthError::Malformed("dpop_jkt")),
            ("state=again", OAuthError::Repeated("state")),
            ("nonce=a&nonce=b", OAuthError::Repeated("nonce")),
        ] {
            assert_eq!(read(more), Err(error), "{more}");
        }
        assert!(matches!(read("authorization_details=[]"), Err(OAuthError::InvalidDetails(_))));
        let changed = |from: &str, to: &str| {
            let body = format!(
                "client_id=rp&response_type=code&redirect_uri=https%3A%2F%2Frp.example%2Fcb\
                 &code_challenge={CHALLENGE}&code_challenge_method=S256"
            );
            let form = Form::parse(body.replace(from, to).as_bytes()).unwrap();
            Addressee::of(&form, &registration())
                .and_then(|addressee| AuthorizeRequest::parse(&form, &registration(), addressee))
                .err()
        };
        assert_eq!(changed("=code&", "=token&"), Some(OAuthError::UnsupportedResponseType));
        assert_eq!(changed("=code&", "=code+id_token&"), Some(OAuthError::UnsupportedResponseType));
        assert_eq!(changed("=S256", "=plain"), Some(OAuthError::PlainPkce));
        assert_eq!(changed("&code_challenge_method=S256", ""), Some(OAuthError::PlainPkce));
        assert_eq!(changed("&code_challenge=", "&x="), Some(OAuthError::Missing("code_challenge")));
        assert_eq!(changed("%2Fcb", "%2Fcb%2F"), Some(OAuthError::Malformed("redirect_uri")));
        assert_eq!(changed("redirect_uri", "x"), Some(OAuthError::Missing("redirect_uri")));
    }

    #[test]
    fn only_an_essential_acr_is_a_must() {
        let levels = |claims: &str| read(&format!("claims={claims}")).unwrap().essential_acr;
        assert_eq!(levels("{}"), None);
        assert_eq!(levels(r#"{"id_token":{"acr":{"values":["x"]}}}"#), None);
        assert_eq!(levels(r#"{"id_token":{"acr":null,"auth_time":{"essential":true}}}"#), None);
        assert_eq!(levels(r#"{"id_token":{"acr":{"essential":true}}}"#), None);
        assert_eq!(levels(r#"{"id_token":{"acr":{"essential":true,"value":"x"}}}"#), Some(vec!["x".to_owned()]));
        let request = read(r#"claims={"id_token":{"acr":{"essential":true,"values":["x","y"]}}}&max_age=60"#).unwrap();
        assert!(request.met_by("y", 100, 160));
        assert!(!request.met_by("y", 100, 161), "too old");
        assert!(!request.met_by("z", 100, 100), "another level");
        assert!(!read("prompt=login").unwrap().met_by("z", 100, 100));
        assert!(!read("max_age=0").unwrap().met_by("z", 100, 100), "as old as nothing");
        assert!(read("acr_values=x").unwrap().met_by("z", 100, 100), "a wish");
    }

    #[test]
    fn a_claim_of_sub_names_who_must_answer() {
        let request = |claims: &str| read(&format!("claims={claims}")).unwrap();
        assert!(request("{}").subject_fits("alice"));
        assert!(request(r#"{"id_token":{"sub":null}}"#).subject_fits("alice"));
        let one = request(r#"{"id_token":{"sub":{"value":"nobody"}}}"#);
        assert!(one.subject_fits("nobody") && !one.subject_fits("alice"));
        let two = request(r#"{"id_token":{"sub":{"values":["a","b"]}},"userinfo":{"sub":{"value":"b"}}}"#);
        assert!(two.subject_fits("b") && !two.subject_fits("a"), "both members must hold");
    }

    #[test]
    fn a_claim_of_identity_asks_for_the_scope_that_gives_it() {
        let scope = |more: &str| read(more).unwrap().scope;
        assert_eq!(scope(r#"scope=openid&claims={"userinfo":{"preferred_username":null}}"#), "openid profile");
        assert_eq!(
            scope(r#"scope=openid&claims={"id_token":{"preferred_username":{"essential":true}}}"#),
            "openid profile"
        );
        assert_eq!(scope(r#"scope=openid+profile&claims={"id_token":{"preferred_username":null}}"#), "openid profile");
        assert_eq!(
            scope(r#"scope=openid&claims={"userinfo":{"name":{"essential":true}}}"#),
            "openid",
            "held by nobody"
        );
        let narrow = Registration { scopes: vec!["openid".into()], ..registration() };
        let body = format!(
            "client_id=rp&response_type=code&redirect_uri=https%3A%2F%2Frp.example%2Fcb&code_challenge={CHALLENGE}\
             &code_challenge_method=S256&claims={}",
            r#"{"userinfo":{"preferred_username":null}}"#
        );
        let form = Form::parse(body.as_bytes()).unwrap();
        let addressee = Addressee::of(&form, &narrow).unwrap();
        assert_eq!(AuthorizeRequest::parse(&form, &narrow, addressee).unwrap().scope, "openid", "not this client's");
    }

    #[test]
    fn pkce_may_be_missing_only_where_it_is_waived_and_is_checked_where_it_is_there() {
        let secret = Some(crate::client_auth::secret_hash("s"));
        let waived = Registration {
            auth: crate::client::AuthMethod::ClientSecretBasic,
            secret_sha256: secret,
            nonce_instead_of_pkce: true,
            ..registration()
        };
        let read = |more: &str| {
            let body = format!("client_id=rp&response_type=code&redirect_uri=https%3A%2F%2Frp.example%2Fcb&{more}");
            let form = Form::parse(body.as_bytes()).unwrap();
            let addressee = Addressee::of(&form, &waived).unwrap();
            AuthorizeRequest::parse(&form, &waived, addressee).map(|request| request.code_challenge)
        };
        assert_eq!(read("nonce=n"), Ok(None));
        assert_eq!(read("x=n"), Err(OAuthError::Missing("code_challenge")), "nothing in its place");
        assert_eq!(read(&format!("nonce=n&code_challenge={CHALLENGE}")), Err(OAuthError::PlainPkce));
        let whole = format!("nonce=n&code_challenge={CHALLENGE}&code_challenge_method=S256");
        assert_eq!(read(&whole), Ok(Some(CHALLENGE.to_owned())));
    }

    #[test]
    fn a_pushed_request_is_known_by_our_own_uri() {
        let form = |body: &str| Form::parse(body.as_bytes()).unwrap();
        assert_eq!(front(&form("client_id=a")), Ok(Front::Plain));
        assert_eq!(front(&form(&format!("request_uri={REQUEST_URI}x"))), Ok(Front::Pushed("x")));
        assert_eq!(front(&form("request_uri=https://e.example/r")), Ok(Front::Foreign));
    }
}
