//! Which member keeps something from being an operation that clients may ask for: whoever asked is told its name.

use crate::Unfit;
use serde_json::Value;

/// The members of a withdrawal beside `type`, each a text; a point leads into an object.
const WITHDRAWAL: &[&str] =
    &["amount", "currency", "destination.name", "destination.account", "account_id", "reference"];
/// The members of a card payment.
const CARD_PAYMENT: &[&str] = &["merchant", "amount", "currency", "card_id"];

/// Longest name of a member that is repeated to whoever sent it.
const MOST: usize = 64;

/// Why a text is no list of such operations.
pub(crate) fn of(text: &str) -> Unfit {
    let values: Vec<Value> = serde_json::from_str(text).unwrap_or_default();
    // What is left is a member that is there twice, which nobody sees who has read it.
    values.iter().find_map(of_one).unwrap_or(Unfit::Form)
}

fn of_one(value: &Value) -> Option<Unfit> {
    let members = value.as_object()?;
    let contracted = match members.get("type").and_then(Value::as_str) {
        Some("withdrawal") => WITHDRAWAL,
        Some("card_payment") => CARD_PAYMENT,
        _ => return Some(Unfit::Member("type")),
    };
    let is_text = |path: &str| value.pointer(&format!("/{}", path.replace('.', "/"))).is_some_and(Value::is_string);
    if let Some(bad) = contracted.iter().find(|path| !is_text(path)) {
        return Some(Unfit::Member(bad));
    }
    let mut extra = members.iter().flat_map(|(name, value)| match value.as_object() {
        Some(inner) => inner.keys().map(|key| format!("{name}.{key}")).collect(),
        None => vec![name.clone()],
    });
    extra.find(|path| path != "type" && !contracted.contains(&path.as_str())).map(|path| Unfit::Extra(shown(&path)))
}

/// A name as descriptions of errors may carry it (RFC 6749, 5.2).
fn shown(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c)).take(MOST).collect()
}
