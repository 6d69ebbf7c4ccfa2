//! Opening the transfer lock: money may leave again, after a wait.

use crate::{Row, Value};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The transfer lock opens, after a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TransferLockOpen {
    /// Whole hours until it is open.
    pub hours: u32,
}

impl TransferLockOpen {
    pub(crate) fn rows(self) -> Vec<Row<'static>> {
        vec![Row { key: "confirm-after", value: Value::Hours(self.hours) }]
    }
}
