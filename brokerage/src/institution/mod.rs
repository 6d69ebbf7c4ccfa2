//! The institution's side of withdrawals, by its API: what a back office posts there, reads there, and carries out.

pub mod books;
pub mod posting;

use crate::{
    app::App,
    money::Cents,
    provider::{ProviderError, api::Call},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

/// What each device may confirm now.
#[derive(Debug, Clone, Deserialize)]
pub struct Limits {
    /// What limits are counted in.
    pub currency: String,
    /// The business day on which what is asked for now counts.
    pub business_day: String,
    /// The devices.
    pub devices: Vec<DeviceLimits>,
}

/// What a device may confirm.
#[derive(Debug, Clone, Deserialize)]
pub struct DeviceLimits {
    /// Its label.
    pub label: String,
    /// For a day; none: no limit.
    pub per_day: Option<String>,
    /// For five business days.
    pub per_five_days: Option<String>,
    /// What is left now.
    pub available: Option<String>,
    /// Why no more.
    pub reasons: Vec<Reason>,
}

impl DeviceLimits {
    /// Whether it confirms nothing at all now.
    pub fn is_spent(&self) -> bool {
        self.available.as_deref().and_then(Cents::parse) == Some(Cents::ZERO)
    }
}

/// Why a device may confirm no more.
#[derive(Debug, Clone, Deserialize)]
pub struct Reason {
    code: String,
}

impl Reason {
    /// The part of a key of words; those that the API learns later have one together.
    pub fn name(&self) -> &'static str {
        match self.code.as_str() {
            "class_per_day" => "class-day",
            "class_per_five_days" => "class-five-days",
            "own_per_day" | "own_per_five_days" => "own",
            "recovered_per_day" | "recovered_per_five_days" => "recovered",
            "transfer_lock_closed" | "transfer_lock_opening" => "lock",
            "two_devices" => "two",
            _ => "other",
        }
    }
}

/// The one rule's word on an amount.
#[derive(Debug, Clone, Deserialize)]
struct Permit {
    devices: Vec<PermitDevice>,
}

#[derive(Debug, Clone, Deserialize)]
struct PermitDevice {
    label: String,
    permitted: bool,
}

/// Which devices would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WouldDo {
    /// It is not known.
    Unknown,
    /// None of the customer's.
    None,
    /// These, by their labels.
    These(Vec<String>),
}

/// A withdrawal as the institution keeps it.
#[derive(Debug, Clone, Deserialize)]
pub struct Kept {
    /// Its id.
    pub id: String,
    /// The issuer's id of the user.
    pub user: String,
    /// Where it stands.
    pub state: String,
    /// How much: an exact decimal.
    pub amount: String,
    /// ISO 4217.
    pub currency: String,
    /// Where it goes.
    pub destination: Destination,
    /// The account that it leaves.
    pub account_id: String,
    /// The words for it.
    pub reference: String,
}

/// Where money goes.
#[derive(Debug, Clone, Deserialize)]
pub struct Destination {
    /// Whose account.
    pub name: String,
    /// Which.
    pub account: String,
}

impl Kept {
    /// The details that were to be confirmed.
    pub fn operation(&self) -> Value {
        serde_json::json!({
            "type": "withdrawal",
            "amount": self.amount,
            "currency": self.currency,
            "destination": { "name": self.destination.name, "account": self.destination.account },
            "account_id": self.account_id,
            "reference": self.reference,
        })
    }
}

#[derive(Debug, Deserialize)]
struct List {
    data: Vec<Kept>,
}

/// What is left for each device of a user. None where the institution does not say.
///
/// # Errors
/// When it cannot be reached.
pub async fn limits(app: &App, username: &str) -> Result<Option<Limits>, ProviderError> {
    read(app, format!("/users/{}/limits", coded(username))).await
}

/// Which devices may confirm a withdrawal of this much.
///
/// # Errors
/// When the institution cannot be reached.
pub async fn would_do(app: &App, username: &str, amount: Cents) -> Result<WouldDo, ProviderError> {
    let query = format!("operation=withdrawal&amount={amount}&currency={}", crate::money::CURRENCY);
    let permit: Option<Permit> = read(app, format!("/users/{}/permit?{query}", coded(username))).await?;
    let Some(permit) = permit.filter(|permit| !permit.devices.is_empty()) else { return Ok(WouldDo::Unknown) };
    let fit: Vec<_> = permit.devices.into_iter().filter(|device| device.permitted).map(|device| device.label).collect();
    Ok(if fit.is_empty() { WouldDo::None } else { WouldDo::These(fit) })
}

/// A user's latest withdrawals, whoever asked for them.
///
/// # Errors
/// When the institution cannot be reached.
pub async fn withdrawals(app: &App, username: &str) -> Result<Vec<Kept>, ProviderError> {
    let list: Option<List> = read(app, format!("/withdrawals?user={}&limit=50", coded(username))).await?;
    Ok(list.map(|list| list.data).unwrap_or_default())
}

/// One withdrawal.
///
/// # Errors
/// When the institution cannot be reached.
pub async fn withdrawal(app: &App, id: &str) -> Result<Option<Kept>, ProviderError> {
    read(app, format!("/withdrawals/{}", coded(id))).await
}

/// Says that a withdrawal is carried out (`settle`), or gives it up (`cancel`). False when it is too late for that.
///
/// # Errors
/// When the institution cannot be reached, or refuses.
pub async fn act(app: &App, id: &str, act: &str) -> Result<bool, ProviderError> {
    let (status, answer) =
        app.provider.call(app.payments(), &Call::post(format!("/withdrawals/{}/{act}", coded(id)))).await?;
    match status {
        200 => Ok(true),
        409 => Ok(false),
        _ => Err(refused(status, &answer)),
    }
}

/// What is read; none where there is no such thing, or the institution has no such path.
async fn read<T: DeserializeOwned>(app: &App, path: String) -> Result<Option<T>, ProviderError> {
    let (status, answer) = app.provider.call(app.payments(), &Call::get(path)).await?;
    match status {
        200 => serde_json::from_value(answer).map(Some).map_err(|error| ProviderError::Trouble(error.to_string())),
        404 => Ok(None),
        _ => Err(refused(status, &answer)),
    }
}

fn refused(status: u16, answer: &Value) -> ProviderError {
    let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default();
    ProviderError::Refused(format!("{status} {} {}", text("type"), text("detail")))
}

/// A name as it stands in an address.
pub fn coded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
