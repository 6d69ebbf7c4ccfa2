//! The secure-login desk, for programs in which its agents work.

use crate::{Failure, Next};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `POST /temporary-access`: asks for a code in place of a device. The user is told, with a link that stops it.
///
/// ```
/// let asked: wire::api::desk::NewAccess = serde_json::from_str(r#"{
///     "user": "alice", "reason": "Phone stolen", "identity_check": "Last withdrawals, date of birth"
/// }"#)?;
/// assert_eq!(asked.user, "alice");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccess {
    /// Whose, by id or username.
    pub user: String,
    /// Why: 1 to 240 characters.
    pub reason: String,
    /// How the identity was checked: which questions, never the answers. 1 to 240 characters.
    pub identity_check: String,
}

/// `POST /desk/cases`: proposes what needs two people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCase {
    /// What is to be done: `temporary_access`, `password_link` or `reprint`.
    pub kind: String,
    /// Whose, by id or username.
    pub user: String,
    /// Why: 1 to 240 characters.
    pub reason: String,
    /// How the identity was checked: which questions, never the answers. 1 to 240 characters.
    pub identity_check: String,
}

/// What is kept of anything that needs two people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Matter {
    /// Its id.
    pub id: String,
    /// The user's id.
    pub user: String,
    /// The user's name.
    pub username: String,
    /// The agent who asked for it.
    pub first: String,
    /// The agent who agreed, or is against it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<String>,
    /// Why.
    pub reason: String,
    /// How the identity was checked.
    pub identity_check: String,
    /// The serial number of the card that is to be printed again (`reprint`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<String>,
    /// The kind of device by which the caller showed who they are; none where answers to questions alone did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proved_by: Option<String>,
    /// When it was asked for.
    pub created_at: String,
    /// When it lapses, unless somebody acts.
    pub until: String,
    /// The moment before which it is not carried out, where that is to come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<String>,
    /// What is awaited of the agent who is about to agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Next>,
    /// Seconds that it is awaited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u64>,
    /// Why the step failed, or the device did not confirm it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

/// Where a temporary access stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccessState {
    /// It waits for a second person.
    Requested,
    /// A second person agrees: the first one may have the code shown, once.
    Approved,
    /// The code was shown.
    Revealed,
    /// A second person, or the user, is against it.
    Rejected,
    /// Nobody acted in time.
    Lapsed,
}

/// A temporary access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Access {
    /// Where it stands.
    pub state: AccessState,
    /// What is kept of it.
    #[serde(flatten)]
    pub matter: Matter,
}

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// It waits for a second person.
    Proposed,
    /// A second person agrees; it waits to be carried out.
    Seconded,
    /// It was carried out.
    Done,
    /// A second person, or the user, is against it.
    Rejected,
    /// Nobody acted in time.
    Lapsed,
}

/// A case: what needs two people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Case {
    /// What is to be done: `temporary_access`, `password_link` or `reprint`.
    pub kind: String,
    /// Where it stands.
    pub state: CaseState,
    /// What is kept of it.
    #[serde(flatten)]
    pub matter: Matter,
}

/// The temporary code, which is in this answer and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Revealed {
    /// The code, to be read out.
    pub code: String,
    /// Until when it takes the place of a device.
    pub full_until: String,
    /// Until when it then leads to the page of the online code card, and nowhere else.
    pub card_until: String,
}

/// Which cases.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Those in this state; where it is not said, those that wait for a second person.
    pub state: Option<CaseState>,
    /// Where the page begins: the `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// How many are on it at most: 1 to 100, 50 where it is not said.
    #[schemars(range(min = 1, max = 100))]
    pub limit: Option<u32>,
}

/// Who is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// A username or its beginning, the serial number of a device, an account, a mail address or a telephone number.
    pub search: String,
}

/// A user who was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Found {
    /// The user's id.
    pub id: String,
    /// The username.
    pub username: String,
    /// When the user was added.
    pub created_at: String,
}
