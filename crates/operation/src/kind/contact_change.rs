//! Another mail address or telephone number of the user.

use crate::{Row, Text, TextError, Unfit};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A contact point is added, takes the place of another one, or is removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ContactChange {
    /// The address or number that is used from now on; none where one is only removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub new: Option<Text<254>>,
    /// The one that is not used any more; none where one is only added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub old: Option<Text<254>>,
}

impl ContactChange {
    pub(crate) fn check(&self) -> Result<(), Unfit> {
        if self.new.is_none() && self.old.is_none() {
            return Err(Unfit::Text("new", TextError::Empty));
        }
        self.new.iter().try_for_each(Text::check).map_err(|error| Unfit::Text("new", error))?;
        self.old.iter().try_for_each(Text::check).map_err(|error| Unfit::Text("old", error))
    }

    pub(crate) fn rows(&self) -> Vec<Row<'_>> {
        let new = self.new.as_ref().map(|new| Row::text("confirm-contact-new", new.as_str()));
        let old = self.old.as_ref().map(|old| Row::text("confirm-contact-old", old.as_str()));
        new.into_iter().chain(old).collect()
    }
}
