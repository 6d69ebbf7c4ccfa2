//! What happened to a user, as the audit log keeps it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// Its id.
    pub id: String,
    /// When.
    pub at: String,
    /// What: a stable name such as `password.accepted`.
    pub kind: String,
    /// Who did it, what it was about, and what more there is to say.
    pub record: serde_json::Value,
}
