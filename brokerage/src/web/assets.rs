//! Styles, scripts, the icon: compiled in, nothing from elsewhere.

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};

const FILES: &[(&str, &str, &str)] = &[
    ("style.css", "text/css; charset=utf-8", include_str!("../../static/style.css")),
    ("brokerage.js", "text/javascript; charset=utf-8", include_str!("../../static/brokerage.js")),
    ("amounts.js", "text/javascript; charset=utf-8", include_str!("../../static/amounts.js")),
    ("icon.svg", "image/svg+xml", include_str!("../../static/icon.svg")),
];

/// `GET /static/{name}`.
pub async fn asset(Path(name): Path<String>) -> Response {
    match FILES.iter().find(|(file, ..)| *file == name) {
        Some((_, kind, text)) => {
            ([(header::CONTENT_TYPE, *kind), (header::CACHE_CONTROL, "max-age=300")], *text).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
