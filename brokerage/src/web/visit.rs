//! A browser's request: its language, its cookies, and forms whose token is checked before anybody sees them.

use super::{Shared, frame::Frame, part::Part, trouble::Trouble};
use crate::{
    app::{digest, token},
    store::session::{self, Session},
    words::Lang,
};
use askama::Template;
use axum::{
    body::to_bytes,
    extract::{FromRef, FromRequest, FromRequestParts, Request},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{Html, IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use std::convert::Infallible;
use subtle::ConstantTimeEq as _;

/// The cookie that tells one browser from another.
const BROWSER: &str = "brokerage_browser";
/// The cookie of a chosen language.
pub const LANGUAGE: &str = "brokerage_lang";
/// Longest form, in octets.
const LONGEST: usize = 16 * 1024;

/// A request of a browser.
#[derive(Debug, Clone)]
pub struct Visit {
    /// What handlers share.
    pub app: Shared,
    /// The language of the answer.
    pub lang: Lang,
    /// Its address.
    pub path: String,
    /// Its query.
    pub query: Vec<(String, String)>,
    cookies: Vec<(String, String)>,
    browser: String,
    fresh: bool,
}

impl<S: Send + Sync> FromRequestParts<S> for Visit
where
    Shared: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let text = |name| parts.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let cookies: Vec<(String, String)> = text(header::COOKIE)
            .unwrap_or_default()
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let find = |name: &str| cookies.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone());
        let lang = find(LANGUAGE).and_then(|tag| Lang::parse(&tag));
        let lang = lang.unwrap_or_else(|| Lang::negotiate(text(header::ACCEPT_LANGUAGE).unwrap_or_default()));
        let browser = find(BROWSER).filter(|value| value.len() == 43);
        let fresh = browser.is_none();
        let query = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        Ok(Self {
            app: Shared::from_ref(state),
            lang,
            path: parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            query: query.into_owned().collect(),
            browser: browser.unwrap_or_else(token),
            fresh,
            cookies,
        })
    }
}

impl Visit {
    /// A parameter of the query, where it is there once.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        once(&self.query, name)
    }

    /// The digest that stands for the browser.
    pub fn browser(&self) -> [u8; 32] {
        digest(&self.browser)
    }

    /// The token of this browser's forms.
    pub fn csrf(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest(&format!("form {}", self.browser)))
    }

    /// The digest of the browser's session in a part.
    pub fn session_digest(&self, part: Part) -> Option<[u8; 32]> {
        let value = self.cookies.iter().find(|(name, _)| name == part.cookie()).map(|(_, value)| value);
        value.map(|value| digest(value))
    }

    /// Who is logged in to a part.
    ///
    /// # Errors
    /// The database's.
    pub async fn session(&self, part: Part) -> Result<Option<Session>, Trouble> {
        let Some(handle) = self.session_digest(part) else { return Ok(None) };
        let now = self.app.clock.now();
        self.app.store.run(move |tx| Ok(session::find(tx, &handle, part, now)?)).await
    }

    /// A page's surroundings.
    pub fn frame(&self, part: &'static str, user: Option<&str>) -> Frame {
        Frame {
            lang: self.lang,
            csrf: self.csrf(),
            path: self.path.clone(),
            part,
            user: user.map(str::to_owned),
            issuer: self.app.provider.issuer().to_owned(),
        }
    }

    /// Shows a page.
    pub fn show(&self, status: StatusCode, page: &impl Template) -> Response {
        match page.render() {
            Ok(text) => self.known((status, Html(text)).into_response()),
            Err(error) => {
                tracing::error!(%error, "a page cannot be drawn");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }

    /// Sends the browser elsewhere with GET.
    pub fn go(&self, to: &str) -> Response {
        let response = match HeaderValue::from_str(to) {
            Ok(to) => (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        };
        self.known(response)
    }

    /// Adds a cookie to an answer; none takes it away.
    pub fn with_cookie(&self, mut response: Response, name: &str, value: Option<&str>) -> Response {
        let secure = if self.app.is_https() { "; Secure" } else { "" };
        let age = if value.is_none() { "; Max-Age=0" } else { "" };
        let line = format!("{name}={}; Path=/; HttpOnly; SameSite=Lax{secure}{age}", value.unwrap_or_default());
        if let Ok(line) = HeaderValue::from_str(&line) {
            response.headers_mut().append(header::SET_COOKIE, line);
        }
        response
    }

    fn known(&self, response: Response) -> Response {
        if self.fresh { self.with_cookie(response, BROWSER, Some(&self.browser)) } else { response }
    }
}

/// A form of one of our pages. A handler gets none without its token.
#[derive(Debug)]
pub struct PageForm {
    /// The request.
    pub visit: Visit,
    fields: Vec<(String, String)>,
}

impl PageForm {
    /// A field, without spaces around it; empty where it is not there, or more than once.
    pub fn field(&self, name: &str) -> &str {
        once(&self.fields, name).unwrap_or_default().trim()
    }
}

impl<S: Send + Sync> FromRequest<S> for PageForm
where
    Shared: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let Ok(visit) = Visit::from_request_parts(&mut parts, state).await;
        let octets = to_bytes(body, LONGEST).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE.into_response())?;
        let fields: Vec<_> = form_urlencoded::parse(&octets).into_owned().collect();
        let given = once(&fields, "csrf").unwrap_or_default();
        if !bool::from(given.as_bytes().ct_eq(visit.csrf().as_bytes())) {
            return Err(super::home::message(&visit, StatusCode::FORBIDDEN, "form"));
        }
        Ok(Self { visit, fields })
    }
}

/// The value of a name that is there exactly once.
pub fn once<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut found = pairs.iter().filter(|(found, _)| found == name).map(|(_, value)| value.as_str());
    match (found.next(), found.next()) {
        (Some(value), None) => Some(value),
        _ => None,
    }
}
