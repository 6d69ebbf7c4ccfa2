//! A passkey that its user made and that another device is to vouch for.

use crate::{Row, Text, Unfit, Value};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A passkey is added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PasskeyAddition {
    /// The device's id.
    pub device_id: Text<64>,
    /// The name that its user gave it.
    pub device: Text<60>,
    /// Whether it may be copied to other devices of its user.
    pub synced: bool,
}

impl PasskeyAddition {
    pub(crate) fn check(&self) -> Result<(), Unfit> {
        self.device_id.check().map_err(|error| Unfit::Text("device_id", error))?;
        self.device.check().map_err(|error| Unfit::Text("device", error))
    }

    pub(crate) fn rows(&self) -> Vec<Row<'_>> {
        let kind = if self.synced { "confirm-passkey-synced" } else { "confirm-passkey-bound" };
        vec![
            Row::text("confirm-passkey-name", self.device.as_str()),
            Row { key: "confirm-passkey-kind", value: Value::Words(kind) },
            Row::text("confirm-device-id", self.device_id.as_str()),
        ]
    }
}
