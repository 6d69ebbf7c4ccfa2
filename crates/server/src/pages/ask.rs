//! The page that shows what a client asks to be confirmed, before any device is asked.

use super::Frame;
use askama::Template;

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "login/ask.html")]
pub struct Ask {
    /// The frame, with what is asked and who is signed in.
    pub frame: Frame,
    /// The handle of the authorization request that waits for the user's word.
    pub request: String,
}
