//! What every page has around it, and the headers that bind browsers.

use super::Shared;
use crate::{clock, money::Cents, words::Lang};
use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use std::borrow::Borrow;

/// A page's surroundings.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The language.
    pub lang: Lang,
    /// The token of the page's forms.
    pub csrf: String,
    /// The page's address, to come back to.
    pub path: String,
    /// Which part is highlighted: `portal`, `trader`, `cards` or none.
    pub part: &'static str,
    /// Who is logged in to this part.
    pub user: Option<String>,
    /// The issuer, for the link to the devices.
    pub issuer: String,
}

impl Frame {
    /// The message of a key.
    pub fn t(&self, key: &str) -> String {
        self.lang.t(key, &[])
    }

    /// The message of a key that has a name in it, in the place of the star.
    pub fn of(&self, pattern: &str, name: impl AsRef<str>) -> String {
        self.lang.t(&pattern.replace('*', name.as_ref()), &[])
    }

    /// The message of a key with one argument.
    pub fn t1(&self, key: &str, name: &str, value: impl std::fmt::Display) -> String {
        self.lang.t(key, &[(name, &value.to_string())])
    }

    /// An amount as people write it.
    pub fn money(&self, amount: impl Borrow<Cents>) -> String {
        amount.borrow().written(self.lang.marks())
    }

    /// An exact decimal of a currency as people write it; the word for none where there is none.
    pub fn limit(&self, decimal: &Option<String>, currency: &str) -> String {
        decimal.as_ref().map_or_else(|| self.t("limit-none"), |decimal| self.written(decimal, currency))
    }

    /// An exact decimal of a currency as people write it.
    pub fn written(&self, decimal: &str, currency: &str) -> String {
        amount::write(decimal, currency, self.lang.marks())
    }

    /// A price without its currency.
    pub fn price(&self, price: impl Borrow<Cents>) -> String {
        price.borrow().number(self.lang.marks())
    }

    /// A price that may not be there.
    pub fn maybe(&self, price: &Option<Cents>) -> String {
        price.as_ref().map_or_else(|| "–".to_owned(), |price| self.price(price))
    }

    /// A moment as people read it.
    pub fn at(&self, at: impl Borrow<i64>) -> String {
        clock::shown(*at.borrow())
    }
}

/// Sets the headers of every answer.
pub async fn headers(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    // A form's answer may lead to the issuer: the login, the confirmation, the logout.
    let policy = format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
         form-action 'self' {}; frame-ancestors 'none'; base-uri 'none'",
        origin(app.provider.issuer())
    );
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in fixed {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Scheme, host and port of an address.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url.get(host..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| host + at);
    url.get(..end).unwrap_or(url)
}
