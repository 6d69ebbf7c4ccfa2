//! Who may call a route. A handler's first extractor after the state says it and checks it; a row of a route table names
//! it, so that nobody writes by hand what the code does not hold.

use crate::app::App;
use axum::{
    extract::{Extension, FromRequestParts},
    http::{HeaderMap, request::Parts},
};
use domain::desk::Right;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::Value;
use std::{convert::Infallible, sync::Arc};

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Anyone.
    Anyone,
    /// The phone app's own page, and no other site's.
    OwnPage,
    /// Whoever sends a form of our own pages, with its token.
    PageForm,
    /// Whoever holds the attempt's handle, with a form of our own pages.
    Attempt,
    /// A signed-in user.
    SignedIn,
    /// An agent of the desk at work, whose roles have this right.
    Agent(Right),
    /// The same, in a program with the agent's token.
    Desk(Right),
    /// A registered client program.
    Client,
    /// Whoever proves a key of their own: a phone to be, or one that brings its refresh token.
    AnyKey,
    /// An active phone, by its key and token.
    Phone,
    /// A browser that a registered client sends.
    Sent,
    /// Whoever holds an access token.
    Token,
    /// A client of the institution's API, whose own token has this scope.
    Institution(&'static str),
    /// Whoever holds the demo's token.
    DemoToken,
}

/// An extractor that a handler gets only when the one who calls may.
pub trait Caller {
    /// Who may.
    const WHO: Who;
    /// The body that was read to find out, such as a form with its token.
    const BODY: Option<Body> = None;
}

/// What else a handler takes.
pub trait Input {
    /// The body, where this reads it.
    const BODY: Option<Body> = None;
    /// The members of the query or the headers that this reads, where a document of the API names them.
    const PARAMETERS: Option<Parameters> = None;
}

/// Describes parameters as OpenAPI does: a Parameter Object each.
pub type Parameters = fn(&mut SchemaGenerator) -> Vec<Value>;

/// A body on the wire, as a document of the API names it.
#[derive(Debug, Clone, Copy)]
pub struct Body {
    /// The content type; where several are taken, with `, ` between them.
    pub content: &'static str,
    /// The type in our code; none where the content type says all.
    pub of: Option<fn() -> &'static str>,
    /// Its schema, where a document of the API shows it.
    pub shape: Option<fn(&mut SchemaGenerator) -> Schema>,
}

impl Body {
    /// A body of a type.
    pub const fn of<T>(content: &'static str) -> Self {
        Self { content, of: Some(std::any::type_name::<T>), shape: None }
    }

    /// A body of a type whose schema is shown.
    pub const fn shown<T: JsonSchema>(content: &'static str) -> Self {
        Self { shape: Some(SchemaGenerator::subschema_for::<T>), ..Self::of::<T>(content) }
    }

    /// A body that is of no type of ours.
    pub const fn plain(content: &'static str) -> Self {
        Self { content, of: None, shape: None }
    }

    /// The name of the type's schema: the last part of its path.
    ///
    /// ```
    /// use countersign::http::extract::caller::Body;
    ///
    /// assert_eq!(Body::of::<wire::phone::Pending>("application/json").schema(), Some("Pending"));
    /// assert_eq!(Body::plain("text/html").schema(), None);
    /// ```
    pub fn schema(&self) -> Option<&'static str> {
        self.of.and_then(|of| of().rsplit("::").next())
    }

    /// The first of several that is there: only one extractor of a handler reads the body.
    pub(crate) const fn first(all: &[Option<Self>]) -> Option<Self> {
        let mut rest = all;
        while let [first, after @ ..] = rest {
            if first.is_some() {
                return *first;
            }
            rest = after;
        }
        None
    }
}

/// The content type of a form.
pub const FORM: Body = Body::plain("application/x-www-form-urlencoded");

/// Anyone, of whom nothing is asked.
pub struct Anyone;

impl Caller for Anyone {
    const WHO: Who = Who::Anyone;
}

impl FromRequestParts<Arc<App>> for Anyone {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &Arc<App>) -> Result<Self, Infallible> {
        Ok(Self)
    }
}

impl Input for HeaderMap {}
impl<T> Input for Extension<T> {}
