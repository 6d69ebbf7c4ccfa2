//! What a route answers when it does not refuse: its status and the type of its body, as a row of a route table names them.

use super::extract::caller::Body;
use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, NoContent, Response},
};
use domain::Timestamp;
use schemars::JsonSchema;
use std::time::Duration;

/// The content type of JSON.
pub const JSON: &str = "application/json";

/// The answer of a route.
pub trait Answer: IntoResponse {
    /// Its status.
    const STATUS: StatusCode = StatusCode::OK;
    /// Its body.
    const BODY: Option<Body>;
}

/// What a handler gives: the answer that its row names, or that or a refusal.
#[diagnostic::on_unimplemented(message = "the handler gives `{Self}`, and its row says `{A}`")]
pub trait Gives<A>: IntoResponse {}

impl<A: Answer> Gives<A> for A {}
impl<A: Answer, Refusal: IntoResponse> Gives<A> for Result<A, Refusal> {}

/// A page of ours, or a redirect to one.
#[derive(Debug)]
pub struct Page(Response);

impl Page {
    /// The headers.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        self.0.headers_mut()
    }

    /// The page, with a cookie set or removed.
    pub fn with_cookie(mut self, line: Option<HeaderValue>) -> Self {
        self.headers_mut().extend(line.map(|line| (header::SET_COOKIE, line)));
        self
    }
}

impl From<Response> for Page {
    fn from(response: Response) -> Self {
        Self(response)
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        self.0
    }
}

impl Answer for Page {
    const BODY: Option<Body> = Some(Body::plain("text/html"));
}

/// A file: its content type is its own.
#[derive(Debug)]
pub struct File(pub Response);

impl IntoResponse for File {
    fn into_response(self) -> Response {
        self.0
    }
}

impl Answer for File {
    const BODY: Option<Body> = Some(Body::plain("*/*"));
}

/// Events for as long as the answer is held open.
#[derive(Debug)]
pub struct Events(pub Response);

impl IntoResponse for Events {
    fn into_response(self) -> Response {
        self.0
    }
}

impl Answer for Events {
    const BODY: Option<Body> = Some(Body::plain("text/event-stream"));
}

impl Answer for &'static str {
    const BODY: Option<Body> = Some(Body::plain("text/plain"));
}

impl Answer for String {
    const BODY: Option<Body> = Some(Body::plain("text/plain"));
}

impl<T: serde::Serialize> Answer for Json<T> {
    const BODY: Option<Body> = Some(Body::of::<T>(JSON));
}

impl Answer for NoContent {
    const STATUS: StatusCode = StatusCode::NO_CONTENT;
    const BODY: Option<Body> = None;
}

/// Something was made.
#[derive(Debug)]
pub struct Created<T>(pub T);

impl<T: serde::Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, Json(self.0)).into_response()
    }
}

impl<T: serde::Serialize> Answer for Created<T> {
    const STATUS: StatusCode = StatusCode::CREATED;
    const BODY: Option<Body> = Some(Body::of::<T>(JSON));
}

/// An answer of the institution's API: its schema is published.
#[derive(Debug)]
pub struct Data<T>(pub T);

impl<T: serde::Serialize> IntoResponse for Data<T> {
    fn into_response(self) -> Response {
        Json(self.0).into_response()
    }
}

impl<T: serde::Serialize + JsonSchema> Answer for Data<T> {
    const BODY: Option<Body> = Some(Body::shown::<T>(JSON));
}

/// What the institution's API has begun and somebody is to finish: its schema is published.
#[derive(Debug)]
pub struct Begun<T>(pub T);

impl<T: serde::Serialize> IntoResponse for Begun<T> {
    fn into_response(self) -> Response {
        (StatusCode::ACCEPTED, Json(self.0)).into_response()
    }
}

impl<T: serde::Serialize + JsonSchema> Answer for Begun<T> {
    const STATUS: StatusCode = StatusCode::ACCEPTED;
    const BODY: Option<Body> = Some(Body::shown::<T>(JSON));
}

/// A moment, as RFC 3339 writes it.
pub fn moment(at: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(at.micros()).unwrap_or_default().to_string()
}

/// Something that was made through the institution's API.
#[derive(Debug)]
pub struct Made<T>(pub T);

impl<T: serde::Serialize> IntoResponse for Made<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, Json(self.0)).into_response()
    }
}

impl<T: serde::Serialize + JsonSchema> Answer for Made<T> {
    const STATUS: StatusCode = StatusCode::CREATED;
    const BODY: Option<Body> = Some(Body::shown::<T>(JSON));
}

/// It was done, and there is nothing to say about it.
#[derive(Debug)]
pub struct Done;

impl IntoResponse for Done {
    fn into_response(self) -> Response {
        StatusCode::OK.into_response()
    }
}

impl Answer for Done {
    const BODY: Option<Body> = None;
}

/// It will be done.
#[derive(Debug)]
pub struct Accepted;

impl IntoResponse for Accepted {
    fn into_response(self) -> Response {
        StatusCode::ACCEPTED.into_response()
    }
}

impl Answer for Accepted {
    const STATUS: StatusCode = StatusCode::ACCEPTED;
    const BODY: Option<Body> = None;
}

/// What was looked for; 204 where it is not there.
#[derive(Debug)]
pub struct IfAny<T>(pub Option<T>);

impl<T: serde::Serialize> IntoResponse for IfAny<T> {
    fn into_response(self) -> Response {
        self.0.map_or_else(|| NoContent.into_response(), |found| Json(found).into_response())
    }
}

impl<T: serde::Serialize> Answer for IfAny<T> {
    const BODY: Option<Body> = Some(Body::of::<T>(JSON));
}

/// An answer that sets or removes a cookie.
#[derive(Debug)]
pub struct WithCookie<A> {
    /// The answer.
    pub answer: A,
    /// The line of the cookie.
    pub cookie: Option<HeaderValue>,
}

impl<A: IntoResponse> IntoResponse for WithCookie<A> {
    fn into_response(self) -> Response {
        Page(self.answer.into_response()).with_cookie(self.cookie).into_response()
    }
}

impl<A: Answer> Answer for WithCookie<A> {
    const STATUS: StatusCode = A::STATUS;
    const BODY: Option<Body> = A::BODY;
}

/// An answer that anybody may keep for a time.
#[derive(Debug)]
pub struct Kept<T> {
    /// The answer.
    pub answer: T,
    /// How long.
    pub life: Duration,
}

impl<T: serde::Serialize> IntoResponse for Kept<T> {
    fn into_response(self) -> Response {
        let life = format!("public, max-age={}", self.life.as_secs());
        ([(header::CACHE_CONTROL, life)], Json(self.answer)).into_response()
    }
}

impl<T: serde::Serialize> Answer for Kept<T> {
    const BODY: Option<Body> = Some(Body::of::<T>(JSON));
}
