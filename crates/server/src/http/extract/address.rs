//! What stands in a request's address.

use super::caller::{Input, Parameters};
use crate::{
    app::App,
    http::problem::{ApiProblem, Slug},
};
use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use oidc::Form;
use schemars::{JsonSchema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::{convert::Infallible, sync::Arc};

/// The part of the path that a row leaves open; none where it is no text.
pub struct Segment(pub Option<String>);

impl Input for Segment {}

impl<T> Input for Path<T> {}

impl FromRequestParts<Arc<App>> for Segment {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let found = Path::<String>::from_request_parts(parts, app).await;
        Ok(Self(found.ok().map(|Path(text)| text)))
    }
}

/// The query, read as a form; empty where it is none.
pub struct Query(Form);

impl Input for Query {}

impl FromRequestParts<Arc<App>> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Self, Infallible> {
        Ok(Self(Form::parse(parts.uri.query().unwrap_or_default().as_bytes()).unwrap_or_default()))
    }
}

impl Query {
    /// A member; none where it is missing, there twice or longer than `max` octets.
    pub fn member(&self, name: &'static str, max: usize) -> Option<&str> {
        self.0.optional(name, max).ok().flatten()
    }
}

/// The query of the institution's API, as a type says it: nothing in it is ignored.
pub struct Params<T>(pub T);

impl<T: JsonSchema> Input for Params<T> {
    const PARAMETERS: Option<Parameters> = Some(described::<T>);
}

impl<T: DeserializeOwned> FromRequestParts<Arc<App>> for Params<T> {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Self, ApiProblem> {
        let read = axum::extract::Query::<T>::try_from_uri(&parts.uri);
        let unfit = |text: String| ApiProblem { reason: Some("query"), detail: Some(text), ..Slug::BadRequest.into() };
        read.map(|axum::extract::Query(query)| Self(query)).map_err(|error| unfit(error.body_text()))
    }
}

/// The members of a type, each as a parameter of the query.
fn described<T: JsonSchema>(schemas: &mut SchemaGenerator) -> Vec<Value> {
    let schema = T::json_schema(schemas).to_value();
    let all = schema.get("required").and_then(Value::as_array);
    let required = |name: &str| all.is_some_and(|all| all.iter().any(|one| one == name));
    let members = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let parameter = |(name, mut schema): (String, Value)| {
        let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
        json!({
            "name": name, "in": "query", "required": required(&name), "description": description, "schema": schema
        })
    };
    members.into_iter().map(parameter).collect()
}
