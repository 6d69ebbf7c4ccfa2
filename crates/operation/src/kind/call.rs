//! A call: somebody of ours talks to the user, or to whoever says so.

use crate::{Row, Text, Unfit};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Who of ours is on the line, and what they must say first. The words are of this call alone: whoever calls and does
/// not know them is not ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Call {
    /// The agent's first name.
    pub first_name: Text<60>,
    /// Two words that the agent says first.
    pub words: Text<60>,
}

impl Call {
    pub(crate) fn check(&self) -> Result<(), Unfit> {
        self.first_name.check().map_err(|error| Unfit::Text("first_name", error))?;
        self.words.check().map_err(|error| Unfit::Text("words", error))
    }

    pub(crate) fn rows(&self) -> Vec<Row<'_>> {
        vec![
            Row::text("confirm-call-agent", self.first_name.as_str()),
            Row::text("confirm-call-words", self.words.as_str()),
        ]
    }
}
