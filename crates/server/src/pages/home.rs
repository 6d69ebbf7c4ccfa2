//! The front page: what this is.

use super::Frame;
use askama::Template;

/// The front page.
#[derive(Debug, Clone, Template)]
#[template(path = "home.html")]
pub struct Home {
    /// The frame.
    pub frame: Frame,
    /// Whether the mobile app is here.
    pub app: bool,
}
