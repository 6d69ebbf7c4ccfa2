//! The document of the institution's API (OpenAPI 3.1), made from the rows of its table: what is in no row is not in it, and
//! what a row names is described by the type that the handler takes.

use crate::{
    http::{
        Shared,
        answer::{JSON, Kept, Page},
        extract::{
            caller::{Anyone, Body, Who},
            page::Visit,
        },
        routes::Route,
    },
    pages::api::{ApiPage, Operation},
};
use axum::{extract::State, http::StatusCode};
use oidc::scope;
use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};
use std::{fmt::Write as _, sync::LazyLock, time::Duration};
use wire::Problem;

/// How long it may be kept.
const KEPT: Duration = Duration::from_secs(300);

/// The document, which is the same for every server but for where it is.
static DOCUMENT: LazyLock<Value> = LazyLock::new(document);

/// `GET /api/openapi.json`.
pub async fn json(State(app): State<Shared>, _: Anyone) -> Kept<Value> {
    let mut answer = DOCUMENT.clone();
    if let Some(document) = answer.as_object_mut() {
        document.insert("servers".to_owned(), json!([{ "url": app.settings.issuer }]));
    }
    Kept { answer, life: KEPT }
}

/// `GET /api/docs`.
pub async fn page(State(app): State<Shared>, _: Anyone, visit: Visit) -> Page {
    let operations = rows().map(|row| operation_page(row, &app.settings.issuer)).collect();
    visit.show(StatusCode::OK, &ApiPage { frame: visit.frame(), issuer: app.settings.issuer.clone(), operations })
}

/// The rows that it is about.
fn rows() -> impl Iterator<Item = &'static Route> {
    super::ROUTES.iter().filter(|row| matches!(row.who, Who::Institution(_) | Who::Desk(_)))
}

/// The document, without the address of a server.
pub fn document() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut schemas = settings.into_generator();
    let mut paths = Map::new();
    for row in rows() {
        let item = paths.entry(row.path).or_insert_with(|| Value::Object(Map::new()));
        if let Some(item) = item.as_object_mut() {
            item.insert(row.method.to_owned(), operation(row, &mut schemas));
        }
    }
    let problem = Body::shown::<Problem>("application/problem+json");
    let refused =
        json!({ "description": "Refused: a problem document (RFC 9457).", "content": content(&problem, &mut schemas) });
    let scopes: Map<_, _> = oidc::scope::API_SCOPES.iter().map(|scope| ((*scope).to_owned(), json!(""))).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Countersign: the institution's API",
            "version": "1",
            "description": "Moments are RFC 3339 in UTC, amounts exact decimals in strings. A user is addressed by id or by \
                username. Tokens are a client's own (OAuth 2.0, client credentials), or for the desk an agent's, \
                bearer or bound to a key by DPoP.",
        },
        "servers": [],
        "paths": paths,
        "components": {
            "schemas": schemas.take_definitions(true),
            "responses": { "Refused": refused },
            "securitySchemes": {
                "client": {
                    "type": "oauth2",
                    "flows": { "clientCredentials": { "tokenUrl": "/oauth2/token", "scopes": scopes } },
                },
                "agent": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The access token of an agent who logged in with a strong device in the program `console`, \
                        scope `desk` (POST /oauth2/authorize-challenge, then /oauth2/token). Which roles may what is in docs/desk.md.",
                },
            },
        },
    })
}

/// An Operation Object.
fn operation(row: &Route, schemas: &mut SchemaGenerator) -> Value {
    let named = row.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let in_path = |name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } });
    let mut parameters: Vec<_> = named.map(in_path).collect();
    parameters.extend(row.parameters.iter().flatten().flat_map(|described| described(schemas)));
    let done = match &row.answers {
        Some(body) => json!({ "description": "Done.", "content": content(body, schemas) }),
        None => json!({ "description": "Done." }),
    };
    let mut responses = Map::from_iter([(row.status.as_str().to_owned(), done)]);
    for status in refusals(row) {
        responses.insert(status.to_owned(), json!({ "$ref": "#/components/responses/Refused" }));
    }
    let body = row.takes.as_ref().map(|body| json!({ "required": true, "content": content(body, schemas) }));
    let mut operation = Map::from_iter([
        ("operationId".to_owned(), json!(operation_id(row))),
        ("summary".to_owned(), json!(row.does)),
        ("tags".to_owned(), json!([tag(row)])),
        ("parameters".to_owned(), json!(parameters)),
        ("responses".to_owned(), json!(responses)),
        ("security".to_owned(), json!([{ caller(row): [scope(row)] }])),
    ]);
    operation.extend(body.map(|body| ("requestBody".to_owned(), body)));
    operation.into()
}

/// The statuses of refusals that a row may answer with.
fn refusals(row: &Route) -> Vec<&'static str> {
    let mut statuses = vec!["400", "401", "403", "404", "409", "429", "500", "503"];
    if row.takes.is_some() {
        statuses.extend(["413", "415", "422"]);
    }
    statuses
}

fn content(body: &Body, schemas: &mut SchemaGenerator) -> Value {
    let schema = body.shape.map_or_else(|| json!({}), |shape| shape(schemas).to_value());
    body.content.split(", ").map(|kind| (kind.to_owned(), json!({ "schema": schema }))).collect::<Map<_, _>>().into()
}

fn scope(row: &Route) -> &'static str {
    match row.who {
        Who::Institution(scope) => scope,
        Who::Desk(_) => scope::DESK,
        _ => "",
    }
}

/// The security scheme of a row.
fn caller(row: &Route) -> &'static str {
    if matches!(row.who, Who::Desk(_)) { "agent" } else { "client" }
}

/// The noun that a row is about: the first part of its path behind the version.
fn tag(row: &Route) -> &'static str {
    row.path.split('/').nth(3).unwrap_or_default()
}

/// A name for generated programs: method and path, as words.
fn operation_id(row: &Route) -> String {
    let path = row.path.trim_start_matches("/api/v1/").replace(['{', '}'], "").replace('/', "_");
    format!("{}_{path}", row.method)
}

/// A row, as the page shows it.
fn operation_page(row: &'static Route, issuer: &str) -> Operation {
    let of = |pointer: &str| DOCUMENT.pointer(pointer).map(|value| format!("{value:#}"));
    let place = format!("/paths/{}/{}", row.path.replace('/', "~1"), row.method);
    let schema = |place: String| {
        let reference = DOCUMENT.pointer(&place)?.get("$ref").and_then(Value::as_str)?;
        of(reference.trim_start_matches('#'))
    };
    let mut call =
        format!("curl -X {} {issuer}{} \\\n  -H \"Authorization: Bearer $TOKEN\"", row.method.to_uppercase(), row.path);
    let parameters = parameters(&place);
    if parameters.iter().any(|(name, _)| name == "Idempotency-Key") {
        call.push_str(" \\\n  -H 'Idempotency-Key: \"'$(uuidgen)'\"'");
    }
    if let Some(body) = row.takes {
        let kind = body.content.split(", ").next().unwrap_or_default();
        let file = if kind == JSON { "--data @body.json" } else { "--data-binary @file" };
        let _ = write!(call, " \\\n  -H 'Content-Type: {kind}' {file}");
    }
    Operation {
        id: operation_id(row),
        method: row.method.to_uppercase(),
        path: row.path.to_owned(),
        scope: scope(row).to_owned(),
        does: row.does.to_owned(),
        parameters,
        body: row.takes.and_then(|_| schema(format!("{place}/requestBody/content/application~1json/schema"))),
        answer: row.answers.and_then(|_| {
            schema(format!("{place}/responses/{}/content/application~1json/schema", row.status.as_str()))
        }),
        status: row.status.as_u16(),
        call,
    }
}

/// Names and descriptions of the parameters of an operation.
fn parameters(place: &str) -> Vec<(String, String)> {
    let listed = DOCUMENT.pointer(&format!("{place}/parameters")).and_then(Value::as_array);
    let told = |parameter: &Value| {
        let text = |member| parameter[member].as_str().unwrap_or_default().to_owned();
        (text("name"), text("description"))
    };
    listed.into_iter().flatten().map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The document in the repository, which programs outside are generated from, is the one that the rows make.
    #[test]
    fn the_document_in_the_repository_is_this_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
        let text = format!("{:#}\n", document());
        #[expect(clippy::disallowed_methods, reason = "a test that writes on demand has no configuration")]
        if std::env::var_os("COUNTERSIGN_WRITE_DOCUMENT").is_some() {
            std::fs::write(path, &text).unwrap();
        }
        let kept = std::fs::read_to_string(path).unwrap_or_default();
        assert!(kept == text, "docs/openapi.json is stale: run this test with COUNTERSIGN_WRITE_DOCUMENT=1");
    }

    #[test]
    fn the_call_that_is_shown_sends_what_the_row_takes() {
        let call = |path: &str| {
            let row = rows().find(|row| row.path == path && row.method == "post").unwrap();
            operation_page(row, "https://login.example").call
        };
        let asked = call("/api/v1/withdrawals");
        assert!(
            asked.contains("Idempotency-Key") && asked.contains("'Content-Type: application/json' --data @"),
            "{asked}"
        );
        let file = call("/api/v1/inventory/imports");
        assert!(!file.contains("Idempotency-Key") && file.contains("application/pskc+xml' --data-binary @"), "{file}");
    }

    #[test]
    fn every_row_is_described_and_every_reference_leads_somewhere() {
        let document = document();
        let mut seen = std::collections::BTreeSet::new();
        for row in rows() {
            let operation = &document["paths"][row.path][row.method];
            assert!(seen.insert(operation["operationId"].to_string()), "{} twice", operation["operationId"]);
            let kinds = operation.pointer("/requestBody/content").and_then(Value::as_object);
            assert_eq!(
                kinds.is_some_and(|kinds| !kinds.is_empty()),
                row.takes.is_some(),
                "{} {}",
                row.method,
                row.path
            );
        }
        fn references(value: &Value, found: &mut Vec<String>) {
            match value {
                Value::Object(members) => {
                    found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
                    members.values().for_each(|member| references(member, found));
                }
                Value::Array(items) => items.iter().for_each(|item| references(item, found)),
                _ => {}
            }
        }
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(found.len() > 20);
        for reference in found {
            assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
        }
    }
}
