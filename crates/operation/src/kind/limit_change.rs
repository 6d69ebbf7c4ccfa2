//! A higher limit: a device of the user's may authorise more, after a wait.

use crate::{Amount, Row, Text, Unfit, Value};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A device may authorise more, after a wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LimitChange {
    /// The device's id.
    pub device_id: Text<64>,
    /// Its label.
    pub device: Text<60>,
    /// The user's own limit per day; none for the one of its class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub per_day: Option<Amount>,
    /// The user's own limit per five business days; none for the one of its class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub per_five_days: Option<Amount>,
    /// Whole hours until it holds.
    pub hours: u32,
}

impl LimitChange {
    pub(crate) fn check(&self) -> Result<(), Unfit> {
        self.device_id.check().map_err(|error| Unfit::Text("device_id", error))?;
        self.device.check().map_err(|error| Unfit::Text("device", error))?;
        let amounts = [&self.per_day, &self.per_five_days];
        Ok(amounts.into_iter().flatten().try_for_each(Amount::check)?)
    }

    pub(crate) fn rows(&self) -> Vec<Row<'_>> {
        vec![
            Row::text("confirm-device", self.device.as_str()),
            Row::text("confirm-device-id", self.device_id.as_str()),
            Row { key: "confirm-per-day", value: Value::Limit(self.per_day.as_ref()) },
            Row { key: "confirm-per-five-days", value: Value::Limit(self.per_five_days.as_ref()) },
            Row { key: "confirm-after", value: Value::Hours(self.hours) },
        ]
    }
}
