//! The institution's API, to read.

use super::Frame;
use askama::Template;

/// An operation of the API.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its name in the document.
    pub id: String,
    /// The HTTP method.
    pub method: String,
    /// The path, with `{…}` for what varies.
    pub path: String,
    /// The scope that it takes.
    pub scope: String,
    /// What it does, in English as the document has it.
    pub does: String,
    /// Names and descriptions of what is in path, query and headers.
    pub parameters: Vec<(String, String)>,
    /// The schema of the body, where it takes one.
    pub body: Option<String>,
    /// The schema of the answer.
    pub answer: Option<String>,
    /// The status of the answer where it does not refuse.
    pub status: u16,
    /// How to call it from a shell.
    pub call: String,
}

/// The page of the API.
#[derive(Debug, Clone, Template)]
#[template(path = "api.html")]
pub struct ApiPage {
    /// The frame.
    pub frame: Frame,
    /// The server's address.
    pub issuer: String,
    /// Its operations.
    pub operations: Vec<Operation>,
}
