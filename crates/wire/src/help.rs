//! The help pages as text, for the app to keep: they are wanted most where there is no network.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `GET /app/help/{language}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HelpText {
    /// The pages under their headings, in order.
    pub groups: Vec<HelpGroup>,
}

/// Pages under a heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HelpGroup {
    /// The heading.
    pub title: String,
    /// The pages.
    pub pages: Vec<HelpArticle>,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HelpArticle {
    /// The last part of its path.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What it is about, in one sentence.
    pub about: String,
    /// What it says.
    pub blocks: Vec<HelpBlock>,
}

/// A piece of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HelpBlock {
    /// What it is.
    pub kind: HelpKind,
    /// What it says.
    pub text: String,
}

/// What a piece of a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum HelpKind {
    /// A heading, or a term that is explained.
    Heading,
    /// A paragraph.
    Paragraph,
    /// One step after another.
    Step,
    /// A point of a list, or a row of a table.
    Point,
}
