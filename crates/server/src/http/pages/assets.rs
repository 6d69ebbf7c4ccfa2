//! Styles, pictures and scripts of the pages.

use crate::{
    http::{
        Shared,
        answer::{File, Page},
        extract::{address::Segment, page::Visit},
    },
    pages::{assets, error::ErrorKind},
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};

/// `GET /assets/{name}`. Pages name each asset with its content's hash, so a browser may keep it for good.
pub async fn asset(
    State(app): State<Shared>,
    visit: Visit,
    headers: HeaderMap,
    Segment(name): Segment,
) -> Result<File, Page> {
    let found = name.and_then(|name| app.settings.look.asset(&name).cloned().or_else(|| assets::asset(&name)));
    let asset = found.ok_or_else(|| visit.error(ErrorKind::NotFound))?;
    if headers.get(header::IF_NONE_MATCH).is_some_and(|tag| tag.as_bytes() == asset.etag.as_bytes()) {
        return Ok(File((StatusCode::NOT_MODIFIED, [(header::ETAG, asset.etag)]).into_response()));
    }
    let headers = [
        (header::CONTENT_TYPE, asset.content_type.to_owned()),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable".to_owned()),
        (header::ETAG, asset.etag),
    ];
    Ok(File((headers, asset.bytes).into_response()))
}
