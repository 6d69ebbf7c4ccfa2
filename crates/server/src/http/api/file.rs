//! A file of devices as the body of a call, with what opens it.

use crate::{
    app::App,
    flow::device::depot::read::hexadecimal,
    http::{
        extract::{
            body::content_type,
            caller::{Body, Input, Parameters},
            header::one,
        },
        problem::{ApiProblem, Slug},
    },
};
use axum::{
    body::{Bytes, to_bytes},
    extract::{FromRequest, Request},
    http::HeaderMap,
};
use pskc::{Secret, Unlock};
use serde_json::json;
use std::sync::Arc;

/// Most octets of a file that is sent; a larger one is brought in by `countersign token import`.
pub const MAX_FILE: usize = 8 << 20;

/// The forms of files, by content type.
const PSKC: &str = "application/pskc+xml";
const CSV: &str = "text/csv";
/// The headers with what opens a file: an address would stand in logs.
const KEY: &str = "pskc-key";
const PASSWORD: &str = "pskc-password";

/// A form of files.
pub enum Form {
    /// Portable Symmetric Key Container (RFC 6030), and what opens it.
    Pskc(Unlock),
    /// A line of names and a line for each device.
    Csv,
}

/// A file of devices.
pub struct DeviceFile {
    /// What it is.
    pub form: Form,
    /// What stands in it.
    pub octets: Bytes,
}

impl Input for DeviceFile {
    const BODY: Option<Body> = Some(Body::shown::<String>("application/pskc+xml, text/csv"));
    const PARAMETERS: Option<Parameters> = Some(|_| {
        let header = |name: &str, description: &str| {
            json!({
                "name": name, "in": "header", "required": false, "description": description,
                "schema": { "type": "string" },
            })
        };
        vec![
            header("PSKC-Key", "The key that the file is encrypted by, in hexadecimal."),
            header("PSKC-Password", "The password that the file is encrypted by."),
        ]
    });
}

impl FromRequest<Arc<App>> for DeviceFile {
    type Rejection = ApiProblem;

    async fn from_request(request: Request, _: &Arc<App>) -> Result<Self, ApiProblem> {
        let form = form(request.headers())?;
        let too_large = || ApiProblem {
            detail: Some(
                "a file sent here has 8 MiB at most: bring a larger one in by countersign token import".to_owned(),
            ),
            ..Slug::TooLarge.into()
        };
        let octets = to_bytes(request.into_body(), MAX_FILE).await.map_err(|_| too_large())?;
        Ok(Self { form, octets })
    }
}

fn form(headers: &HeaderMap) -> Result<Form, ApiProblem> {
    let unfit = |reason, detail: &str| ApiProblem {
        reason: Some(reason),
        detail: Some(detail.to_owned()),
        ..Slug::BadRequest.into()
    };
    let no_key = || unfit(KEY, "PSKC-Key is sent once, in hexadecimal");
    let [key, password] = [KEY, PASSWORD].map(|name| one(headers, name));
    let key = key.map_err(|()| no_key())?;
    let password = password.map_err(|()| unfit(PASSWORD, "PSKC-Password is sent once, in printable ASCII: a file with another password is brought in by countersign token import"))?;
    match (content_type(headers, PSKC), content_type(headers, CSV)) {
        (true, _) => {}
        (_, true) if key.is_none() && password.is_none() => return Ok(Form::Csv),
        (_, true) => return Err(unfit("csv", "a CSV file is not encrypted: no key or password opens it")),
        _ => {
            let detail = Some(format!("send {PSKC} or {CSV}"));
            return Err(ApiProblem { detail, ..Slug::UnsupportedMediaType.into() });
        }
    }
    Ok(Form::Pskc(match (key, password) {
        (Some(_), Some(_)) => return Err(unfit(KEY, "send a key or a password, not both")),
        (Some(key), None) => {
            let key = hexadecimal(key).ok_or_else(no_key)?;
            Unlock::Key(Secret::new(key.expose().clone()))
        }
        (None, Some(password)) => Unlock::Password(Secret::new(password.as_bytes().to_vec())),
        (None, None) => Unlock::Nothing,
    }))
}
