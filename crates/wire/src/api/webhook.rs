//! Webhooks: what the institution is told of, signed as Standard Webhooks say.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `POST /webhooks`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// Where deliveries go: `https://…`, or `http://` on localhost.
    pub url: String,
    /// The types of events that go there, such as `withdrawal.confirmed`; empty: all.
    #[serde(default)]
    pub events: Vec<String>,
}

/// A webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Webhook {
    /// Its id.
    pub id: String,
    /// Where deliveries go.
    pub url: String,
    /// The types of events that go there; empty: all.
    pub events: Vec<String>,
    /// When it was made.
    pub created_at: String,
    /// The secret by which deliveries are signed (`whsec_…`): told once, when it is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// A delivery of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Delivery {
    /// The message's id, the same however often it is sent (`webhook-id`).
    pub id: String,
    /// The type of its event.
    pub event: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u32,
    /// What came of the last try: a status, or why there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_result: Option<String>,
    /// When the event happened.
    pub created_at: String,
    /// When it is tried next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<String>,
    /// What is sent.
    pub payload: serde_json::Value,
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It waits for its time.
    Pending,
    /// It was taken.
    Delivered,
    /// It was given up.
    Failed,
}
