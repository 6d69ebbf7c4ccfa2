//! The front page, the language switch, and pages that say one thing.

use super::{
    pages::{Home, Message},
    visit::{LANGUAGE, PageForm, Visit},
};
use crate::words::Lang;
use axum::{http::StatusCode, response::Response};

/// `GET /`.
pub async fn home(visit: Visit) -> Response {
    visit.show(StatusCode::OK, &Home { frame: visit.frame("", None) })
}

/// Everything that is not there.
pub async fn nothing(visit: Visit) -> Response {
    message(&visit, StatusCode::NOT_FOUND, "not-found")
}

/// `POST /language`: keeps the choice and goes back.
pub async fn language(form: PageForm) -> Response {
    let back = form.field("back");
    // Only to a page of ours: `//host` and `/\host` would lead elsewhere.
    let ours = back.starts_with('/') && !back.starts_with("//") && !back.contains('\\');
    let response = form.visit.go(if ours { back } else { "/" });
    match Lang::parse(form.field("lang")) {
        Some(lang) => form.visit.with_cookie(response, LANGUAGE, Some(lang.tag())),
        None => response,
    }
}

/// A page that says one thing: `message-NAME-title` and `message-NAME-words`.
pub fn message(visit: &Visit, status: StatusCode, name: &'static str) -> Response {
    let (part, back) = match visit.path.split('/').nth(1) {
        Some("portal") => ("portal", "/portal/"),
        Some("trader") => ("trader", "/trader/"),
        Some("cards") => ("cards", "/cards/"),
        _ => ("", "/"),
    };
    visit.show(status, &Message { frame: visit.frame(part, None), name, back })
}
