//! Another PIN for a card with a keypad. The PIN itself never stands in an operation.

use crate::{Row, Text, Unfit};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A card has another PIN from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PinChange {
    /// The device's id.
    pub device_id: Text<64>,
    /// Its label.
    pub device: Text<60>,
}

impl PinChange {
    pub(crate) fn check(&self) -> Result<(), Unfit> {
        self.device_id.check().map_err(|error| Unfit::Text("device_id", error))?;
        self.device.check().map_err(|error| Unfit::Text("device", error))
    }

    pub(crate) fn rows(&self) -> Vec<Row<'_>> {
        vec![Row::text("confirm-device", self.device.as_str()), Row::text("confirm-device-id", self.device_id.as_str())]
    }
}
