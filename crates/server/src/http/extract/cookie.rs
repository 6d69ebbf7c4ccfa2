//! Cookies: `__Host-`, Secure, HttpOnly, SameSite. Only the demo's plain-http loopback goes without the prefix.

use crate::app::Settings;
use ::cookie::{Cookie, SameSite};
use axum::http::{HeaderMap, HeaderValue, header};
use std::time::Duration;

/// The session.
pub const SESSION: &str = "session";
/// The marks of known users of this browser, separated by dots.
pub const MARKS: &str = "marks";
/// The devices that were last used in this browser, the latest first, separated by dots.
pub const DEVICES: &str = "devices";
/// The value that form tokens belong to.
pub const FORMS: &str = "forms";
/// The language.
pub const LANGUAGE: &str = "language";
/// The language that a client program asked for, where the user has chosen none.
pub const WISHED_LANGUAGE: &str = "wished-language";
/// An attempt's handle; its short public id follows.
pub const ATTEMPT: &str = "attempt-";

/// The value of a cookie; of two of one name the first.
pub fn value<'a>(headers: &'a HeaderMap, settings: &Settings, name: &str) -> Option<&'a str> {
    let full = full_name(settings, name);
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut cookies = lines.flat_map(Cookie::split_parse).filter_map(Result::ok);
    let found = cookies.find(|cookie| cookie.name_raw() == Some(full.as_str()))?;
    // Some programs write a value between quotes (RFC 6265, 4.1.1).
    found.value_raw().map(|value| value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value))
}

/// The values of the cookies whose names begin so.
pub fn values<'a>(headers: &'a HeaderMap, settings: &Settings, prefix: &str) -> Vec<&'a str> {
    let full = full_name(settings, prefix);
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let cookies = lines.flat_map(Cookie::split_parse).filter_map(Result::ok);
    let named = cookies.filter(|cookie| cookie.name_raw().is_some_and(|name| name.starts_with(&full)));
    named.filter_map(|cookie| cookie.value_raw().filter(|value| !value.is_empty())).collect()
}

/// A `Set-Cookie` line; without a life it lives as long as the browser. Values are ours and need no quoting.
pub fn set(settings: &Settings, name: &str, value: &str, life: Option<Duration>) -> Option<HeaderValue> {
    let mut cookie = Cookie::new(full_name(settings, name), value);
    cookie.set_path("/");
    cookie.set_secure(settings.https());
    cookie.set_http_only(true);
    // Lax, not Strict: a link from the institution's site must find the user signed in.
    cookie.set_same_site(SameSite::Lax);
    if let Some(life) = life {
        cookie.set_max_age(::cookie::time::Duration::try_from(life).ok());
    }
    HeaderValue::from_str(&cookie.to_string()).ok()
}

/// A `Set-Cookie` line that removes a cookie.
pub fn clear(settings: &Settings, name: &str) -> Option<HeaderValue> {
    set(settings, name, "", Some(Duration::ZERO))
}

fn full_name(settings: &Settings, name: &str) -> String {
    if settings.https() { format!("__Host-{name}") } else { name.to_owned() }
}
