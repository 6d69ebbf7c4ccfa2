//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-06): what moves money is done once for each key.

use crate::{
    app::App,
    http::{
        extract::{
            caller::{Input, Parameters},
            header::one,
        },
        problem::{ApiProblem, Slug},
    },
};
use axum::{extract::FromRequestParts, http::request::Parts};
use serde_json::json;
use std::sync::Arc;

/// The name of the header.
const NAME: &str = "idempotency-key";
/// Characters of a key at most.
const LONGEST: usize = 255;

/// The key of a request.
pub struct IdempotencyKey(pub String);

impl Input for IdempotencyKey {
    const PARAMETERS: Option<Parameters> = Some(|_| {
        vec![json!({
            "name": "Idempotency-Key", "in": "header", "required": true,
            "description": "A value that no other request has, in quotation marks: the request is carried out once for it, \
                and sent again gives the same. Kept as long as what it made.",
            "schema": { "type": "string", "minLength": 1, "maxLength": LONGEST },
            "example": "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"",
        })]
    });
}

impl FromRequestParts<Arc<App>> for IdempotencyKey {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Self, ApiProblem> {
        let unfit = |reason: &'static str, detail: &str| ApiProblem {
            reason: Some(reason),
            detail: Some(detail.to_owned()),
            ..Slug::KeyMissing.into()
        };
        let line = one(&parts.headers, NAME).map_err(|()| unfit("several", "send one Idempotency-Key"))?;
        let line = line.ok_or_else(|| unfit("missing", "send an Idempotency-Key"))?;
        read(line)
            .map(Self)
            .ok_or_else(|| unfit("malformed", "an Idempotency-Key is 1 to 255 characters in quotation marks"))
    }
}

/// The key of a header: a string of structured fields (RFC 9651, 3.3.3), or, as many programs write it, without its
/// quotation marks.
fn read(line: &str) -> Option<String> {
    let line = line.trim();
    let key = match line.strip_prefix('"') {
        Some(rest) => unescaped(rest.strip_suffix('"')?)?,
        None => line.to_owned(),
    };
    let visible = |c: char| c == ' ' || c.is_ascii_graphic();
    let bare = !line.starts_with('"');
    let fits = !key.trim().is_empty() && key.len() <= LONGEST && key.chars().all(visible);
    (fits && !(bare && key.contains(['"', ' ', ';', ',']))).then_some(key)
}

/// What stands between the quotation marks, where only these and the backslash are escaped.
fn unescaped(text: &str) -> Option<String> {
    let (mut key, mut characters) = (String::new(), text.chars());
    while let Some(character) = characters.next() {
        match character {
            '\\' => key.push(characters.next().filter(|next| matches!(next, '"' | '\\'))?),
            '"' => return None,
            other => key.push(other),
        }
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn keys() {
        for (line, key) in [
            (r#""8e03978e""#, Some("8e03978e")),
            (r#" "a b" "#, Some("a b")),
            (r#""a\"b\\c""#, Some(r#"a"b\c"#)),
            ("8e03978e-40d5", Some("8e03978e-40d5")),
            (r#""""#, None),
            (r#""   ""#, None),
            ("", None),
            (r#""a"#, None),
            (r#"a""#, None),
            (r#""a\n""#, None),
            (r#""a"b""#, None),
            (r#""a"; x=1"#, None),
            ("a b", None),
            ("a,b", None),
        ] {
            assert_eq!(read(line).as_deref(), key, "{line}");
        }
        assert!(read(&format!("\"{}\"", "k".repeat(255))).is_some());
        assert!(read(&format!("\"{}\"", "k".repeat(256))).is_none());
    }
}
