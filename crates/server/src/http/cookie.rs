//! Cookies: `__Host-`, Secure, HttpOnly, SameSite. Only the demo's plain-http loopback goes without the prefix.

use crate::app::Settings;
use axum::http::{HeaderMap, HeaderValue, header};
use std::time::Duration;

/// The session.
pub const SESSION: &str = "session";
/// The marks of known users of this browser, separated by dots.
pub const MARKS: &str = "marks";
/// The value that form tokens belong to.
pub const FORMS: &str = "forms";
/// The language.
pub const LANGUAGE: &str = "language";
/// The language that a client program asked for, where the user has chosen none.
pub const WISHED_LANGUAGE: &str = "wished-language";
/// An attempt's handle; its short public id follows.
pub const ATTEMPT: &str = "attempt-";

/// The value of a cookie.
pub fn value<'a>(headers: &'a HeaderMap, settings: &Settings, name: &str) -> Option<&'a str> {
    let full = full_name(settings, name);
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == full).map(|(_, value)| value)
}

/// A `Set-Cookie` line; none lives as long as the browser. Values are ours and need no quoting.
pub fn set(settings: &Settings, name: &str, value: &str, life: Option<Duration>) -> Option<HeaderValue> {
    let secure = if settings.https() { "; Secure" } else { "" };
    let life = life.map(|life| format!("; Max-Age={}", life.as_secs())).unwrap_or_default();
    // Lax, not Strict: a link from the institution's site must find the user signed in.
    let line = format!("{}={value}; Path=/{secure}; HttpOnly; SameSite=Lax{life}", full_name(settings, name));
    HeaderValue::from_str(&line).ok()
}

/// A `Set-Cookie` line that removes a cookie.
pub fn clear(settings: &Settings, name: &str) -> Option<HeaderValue> {
    set(settings, name, "", Some(Duration::ZERO))
}

fn full_name(settings: &Settings, name: &str) -> String {
    if settings.https() { format!("__Host-{name}") } else { name.to_owned() }
}
