//! What is confirmed with the phone, and what the phone signs about it: `/api/phone/v1/confirmations`.

use super::Assertion;
use operation::{Text, What};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

/// What a confirmation is about, as the user sees it and the phone signs it. Every detail is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Operation {
    /// What is asked.
    #[serde(flatten)]
    pub what: What,
    /// Who asks.
    #[serde(flatten)]
    pub asked: Asked,
}

/// Who asks, and from where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Asked {
    /// The program's OAuth client id.
    pub client_id: String,
    /// The program's name.
    pub client_name: String,
    /// The program's own words about this request, shown there too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub message: Option<String>,
    /// The address of the browser or program in which the user began it; absent where a back end asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub address: Option<String>,
    /// What the program calls itself; of a login alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub agent: Option<String>,
    /// When, Unix seconds.
    pub at: i64,
}

/// A confirmation that awaits this phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Pending {
    /// The confirmation's id.
    pub id: String,
    /// Who asks: the issuer.
    pub issuer: String,
    /// What is to be confirmed: an [`Operation`], kept as it came so that it is signed whole.
    #[ts(as = "Operation")]
    pub operation: Value,
    /// When it dies, Unix seconds.
    pub expires_at: i64,
    /// Seconds until it dies.
    pub expires_in: u64,
    /// Whether the two digits on the login screen must be typed.
    pub number_required: bool,
    /// Whether the code on the login screen must be scanned: its token stands in the statement as the number would.
    #[serde(default)]
    pub qr_required: bool,
}

/// `GET confirmations`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PendingList {
    /// Those that await this phone, oldest first.
    pub confirmations: Vec<Pending>,
    /// Who of ours is on the line with the user now; none where nobody is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub call: Option<Calling>,
}

/// Who of ours is on the line with the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Calling {
    /// The agent's first name.
    pub first_name: Text<60>,
    /// Two words that the agent says first: whoever calls and does not know them is not ours.
    pub words: Text<60>,
    /// Seconds until this is no longer sure.
    pub expires_in: u64,
}

/// What the user decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Yes.
    Approve,
    /// No.
    Deny,
    /// "It wasn't me": no, and the password is locked.
    Report,
}

impl Decision {
    /// The stable name.
    ///
    /// ```
    /// # use wire::phone::Decision;
    /// assert_eq!(Decision::Report.name(), "report");
    /// assert_eq!(serde_json::to_string(&Decision::Report).unwrap(), "\"report\"", "the same as on the wire");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Deny => "deny",
            Self::Report => "report",
        }
    }
}

/// What the phone signs.
///
/// ```
/// use operation::canonical::canonical;
/// use wire::phone::{Decision, Statement};
///
/// let statement = Statement {
///     issuer: "https://login.example".to_owned(),
///     confirmation: "c".to_owned(),
///     device: "d".to_owned(),
///     operation: serde_json::json!({ "type": "login", "client_name": "Client Portal" }),
///     decision: Decision::Approve,
///     number: Some("42".to_owned()),
///     decided_at: 1_700_000_000,
/// };
/// // The PIN proof is over SHA-256 of this text, and it is kept as evidence.
/// let text = canonical(&serde_json::to_value(&statement).unwrap()).unwrap();
/// assert!(text.starts_with(r#"{"confirmation":"c","decided_at":1700000000,"decision":"approve""#));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// The issuer it is for.
    pub issuer: String,
    /// The confirmation's id.
    pub confirmation: String,
    /// The phone's device id.
    pub device: String,
    /// The operation with all its details, as it was shown.
    #[ts(as = "Operation")]
    pub operation: Value,
    /// The decision.
    pub decision: Decision,
    /// The two digits that were typed, where they were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub number: Option<String>,
    /// When, Unix seconds.
    pub decided_at: i64,
}

/// `POST confirmations/{id}/approve` and `…/deny`, a JWS ([`super::typ::STATEMENT`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Decide {
    /// The statement.
    pub statement: Statement,
    /// OCRA over SHA-256 of the statement's canonical JSON ([`operation::canonical`]), with the PIN: for an approval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub pin_proof: Option<String>,
    /// In its place, where the phone's platform verifies its user: the challenge is SHA-256 of the statement's canonical
    /// JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub assertion: Option<Assertion>,
}

/// The answer to a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Decided {
    /// The confirmation's id.
    pub id: String,
    /// `confirmed` or `denied`.
    pub outcome: String,
}
