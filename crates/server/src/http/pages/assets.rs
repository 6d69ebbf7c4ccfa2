//! Styles, pictures and scripts of the pages.

use crate::http::extract::page::Visit;
use crate::pages::{assets, error::ErrorKind};
use axum::{
    extract::{Path, rejection::PathRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

/// `GET /assets/{name}`. Pages name each asset with its content's hash, so a browser may keep it for good.
pub async fn asset(visit: Visit, headers: HeaderMap, name: Result<Path<String>, PathRejection>) -> Response {
    let Some(asset) = name.ok().and_then(|Path(name)| assets::asset(&name)) else {
        return visit.error(ErrorKind::NotFound);
    };
    if headers.get(header::IF_NONE_MATCH).is_some_and(|tag| tag.as_bytes() == asset.etag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, asset.etag)]).into_response();
    }
    let headers = [
        (header::CONTENT_TYPE, asset.content_type.to_owned()),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable".to_owned()),
        (header::ETAG, asset.etag),
    ];
    (headers, asset.bytes).into_response()
}
