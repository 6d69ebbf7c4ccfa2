//! The state file of a software phone: `countersign-client phone … --state FILE`.
//!
//! It stands for the phone: its keys, its counter, its tokens. Nothing of the PIN is in it, and nothing that would tell
//! a right PIN from a wrong one.

use crate::{card_file::KeyBytes, phone::Suites};
use serde::{Deserialize, Serialize};

/// The file's `format` value; another value is another program's file or a newer version.
pub const FORMAT: &str = "countersign-phone/1";

/// A software phone that was activated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhoneFile {
    /// Always [`FORMAT`].
    pub format: String,
    /// The server: its issuer.
    pub server: String,
    /// The username it was activated for.
    pub username: String,
    /// The device's id.
    pub device_id: String,
    /// The label the user knows it by.
    pub label: String,
    /// The OCRA suites of its responses and PIN proofs.
    pub suites: Suites,
    /// The next counter of a response.
    pub counter: u64,
    /// The signing key, PKCS #8.
    pub signing_key: KeyBytes,
    /// The key of responses.
    pub respond_key: KeyBytes,
    /// The key of PIN proofs.
    pub approve_key: KeyBytes,
    /// The tokens, as text in octets so that they are wiped and not printed.
    pub access_token: KeyBytes,
    /// For another access token.
    pub refresh_token: KeyBytes,
    /// The version of the standalone app, where that is what it stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standalone: Option<String>,
    /// Whether it handed its key over to another app: it is of no more use.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub migrated: bool,
}
