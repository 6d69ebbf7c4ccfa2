//! The transfer lock as a phone sees and closes it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How the lock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LockState {
    /// Money may leave.
    Open,
    /// Nothing leaves.
    Closed,
    /// Nothing leaves until a moment.
    Opening,
}

/// `GET transfer-lock`, and the answer of closing it.
///
/// ```
/// use wire::phone::lock::{LockState, TransferLock};
///
/// let open = TransferLock { state: LockState::Open, until: None, wait_hours: None, cards: false };
/// assert_eq!(serde_json::to_string(&open).unwrap(), r#"{"state":"open","cards":false}"#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TransferLock {
    /// How it stands.
    pub state: LockState,
    /// When it opens, Unix seconds; where it is opening.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub until: Option<i64>,
    /// Whole hours that opening it takes; where it is not open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub wait_hours: Option<u32>,
    /// Whether it holds card payments too.
    pub cards: bool,
}

/// `POST transfer-lock`, a JWS ([`crate::phone::typ::TRANSFER_LOCK`]): closes it, or keeps it closed, as it was closed last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CloseLock {
    /// The device's id.
    pub device: String,
    /// When, Unix seconds.
    pub at: i64,
}
