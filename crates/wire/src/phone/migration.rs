//! A standalone authenticator app hands its user's key over: `/api/phone/v1/migrations`.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `POST migrations`: the app that is to take over names the phone key that lives in the standalone app. The key of the
/// DPoP proof is its own signing key from here on. The answer is an [`super::ActivationStarted`] with `proof` `hand_over`
/// and a challenge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct StartMigration {
    /// The username.
    pub username: String,
    /// The device's id in the standalone app.
    pub device: String,
    /// The version of the standalone app.
    pub version: String,
}

/// `POST migrations/{activation}/hand-over`: what the standalone app signed. Then the activation is completed as any other,
/// and nothing more is to be proven.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct HandOverCall {
    /// A JWS ([`super::typ::HAND_OVER`]) over [`HandOver`] by the old signing key.
    pub hand_over: String,
}

/// What the standalone app signs: that the key of another app takes over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// The device's id in the standalone app.
    pub device: String,
    /// The activation's handle.
    pub activation: String,
    /// The thumbprint (RFC 7638) of the signing key that takes over.
    pub successor: String,
    /// The version of the standalone app.
    pub version: String,
    /// The response to the challenge, made with the PIN of the standalone app.
    pub response: String,
    /// When, Unix seconds.
    pub at: i64,
}
