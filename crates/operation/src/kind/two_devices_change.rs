//! A higher sum, or none, above which two devices are needed.

use crate::{Amount, Row, Unfit, Value};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Two devices are needed only above a higher sum, after a wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TwoDevicesChange {
    /// The sum; none where one device is always enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub above: Option<Amount>,
    /// Whole hours until it holds.
    pub hours: u32,
}

impl TwoDevicesChange {
    pub(crate) fn check(&self) -> Result<(), Unfit> {
        Ok(self.above.iter().try_for_each(Amount::check)?)
    }

    pub(crate) fn rows(&self) -> Vec<Row<'_>> {
        vec![
            Row { key: "confirm-two-above", value: Value::Limit(self.above.as_ref()) },
            Row { key: "confirm-after", value: Value::Hours(self.hours) },
        ]
    }
}
