//! `authorization_details` (RFC 9396) of the two contracted types: what a user confirms, to the letter.

use crate::OAuthError;
use serde::{Deserialize, Serialize};

/// The types there are.
pub const TYPES: &[&str] = &["withdrawal", "card_payment"];

/// Longest `authorization_details`, in octets.
pub const MAX_OCTETS: usize = 4096;

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Detail {
    /// Money leaves an account.
    Withdrawal(Withdrawal),
    /// A card pays a merchant.
    CardPayment(CardPayment),
}

/// A withdrawal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// An exact decimal, such as `250000.00`.
    pub amount: String,
    /// ISO 4217.
    pub currency: String,
    /// Where it goes.
    pub destination: Destination,
    /// Which of the user's accounts it leaves.
    pub account_id: String,
    /// The client's own words for it.
    pub reference: String,
}

/// Where money goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Destination {
    /// Whose account.
    pub name: String,
    /// Its number.
    pub account: String,
}

/// A card payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardPayment {
    /// Who is paid.
    pub merchant: String,
    /// An exact decimal.
    pub amount: String,
    /// ISO 4217.
    pub currency: String,
    /// Which card.
    pub card_id: String,
}

impl Detail {
    /// The registered name of its type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Withdrawal(_) => "withdrawal",
            Self::CardPayment(_) => "card_payment",
        }
    }

    fn check(&self) -> Result<(), OAuthError> {
        match self {
            Self::Withdrawal(w) => {
                money(&w.amount, &w.currency)?;
                shown("destination.name", &w.destination.name, 140)?;
                shown("destination.account", &w.destination.account, 64)?;
                shown("account_id", &w.account_id, 64)?;
                shown("reference", &w.reference, 140)
            }
            Self::CardPayment(p) => {
                money(&p.amount, &p.currency)?;
                shown("merchant", &p.merchant, 140)?;
                shown("card_id", &p.card_id, 64)
            }
        }
    }
}

/// Reads `authorization_details`: exactly one operation, since a device shows and confirms one; of an allowed type.
pub fn parse(text: &str, allowed: &[String]) -> Result<Detail, OAuthError> {
    if text.len() > MAX_OCTETS {
        return Err(OAuthError::TooLong("authorization_details"));
    }
    let mut list: Vec<Detail> = serde_json::from_str(text)
        .map_err(|_| OAuthError::InvalidDetails("not an array of objects of a contracted type and form"))?;
    let (Some(detail), true) = (list.pop(), list.is_empty()) else {
        return Err(OAuthError::InvalidDetails("exactly one operation can be confirmed at once"));
    };
    if !allowed.iter().any(|name| name == detail.type_name()) {
        return Err(OAuthError::InvalidDetails("this client may not ask for this type"));
    }
    detail.check()?;
    Ok(detail)
}

fn money(amount: &str, currency: &str) -> Result<(), OAuthError> {
    let (whole, fraction) = amount.split_once('.').map_or((amount, None), |(whole, rest)| (whole, Some(rest)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let exact = digits(whole)
        && whole.len() <= 15
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(|fraction| digits(fraction) && fraction.len() <= 4)
        && amount.bytes().any(|b| (b'1'..=b'9').contains(&b));
    if !exact {
        return Err(OAuthError::InvalidDetails("amount must be a positive decimal, such as 250.00"));
    }
    if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(OAuthError::InvalidDetails("currency must be three capital letters"));
    }
    Ok(())
}

fn shown(name: &'static str, text: &str, most: usize) -> Result<(), OAuthError> {
    if is_plain(text, most) { Ok(()) } else { Err(OAuthError::InvalidDetails(name)) }
}

/// Whether a text is shown as it is: not empty or too long, not only spaces, no controls and nothing that reorders
/// or hides what stands beside it.
///
/// ```
/// # use oidc::details::is_plain;
/// assert!(is_plain("Rent, March", 140));
/// assert!(!is_plain("10.00 \u{202e}00.01", 140), "what reorders what stands beside it");
/// assert!(!is_plain("   ", 140));
/// ```
pub fn is_plain(text: &str, most: usize) -> bool {
    let hides = |c: char| {
        c.is_control()
            || matches!(
                c,
                '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            )
            || ('\u{200b}'..='\u{200f}').contains(&c)
            || ('\u{2028}'..='\u{202e}').contains(&c)
            || ('\u{2060}'..='\u{206f}').contains(&c)
            || ('\u{fff0}'..='\u{fffb}').contains(&c)
            || ('\u{e0000}'..='\u{e0fff}').contains(&c)
    };
    !text.trim().is_empty() && text.chars().count() <= most && !text.chars().any(hides)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn withdrawal() -> Value {
        json!([{
            "type": "withdrawal", "amount": "250000.00", "currency": "USD",
            "destination": { "name": "Alice Example", "account": "DE89370400440532013000" },
            "account_id": "U1234567", "reference": "house",
        }])
    }

    fn read(value: &Value) -> Result<Detail, OAuthError> {
        parse(&value.to_string(), &["withdrawal".to_owned(), "card_payment".to_owned()])
    }

    #[test]
    fn the_two_types_come_back_as_they_went_in() {
        let payment = json!([{
            "type": "card_payment", "merchant": "Café", "amount": "3.5", "currency": "EUR", "card_id": "c1",
        }]);
        for value in [withdrawal(), payment] {
            let detail = read(&value).unwrap();
            assert_eq!(serde_json::to_value([detail]).unwrap(), value);
        }
    }

    #[test]
    fn everything_else_is_refused() {
        let changed = |path: &str, to: Value| {
            let mut value = withdrawal();
            *value.pointer_mut(path).unwrap() = to;
            value
        };
        let mut extra = withdrawal();
        extra[0]["urgent"] = json!(true);
        let mut missing = withdrawal();
        missing[0].as_object_mut().unwrap().remove("reference");
        let one = withdrawal()[0].clone();
        let mut bad = vec![extra, missing, one.clone(), json!([]), json!([one, one]), json!("x")];
        for amount in ["0", "0.00", "-1", "01", "1.", ".5", "1e3", "1,000", "1.00000", "", " 1", "1234567890123456"] {
            bad.push(changed("/0/amount", json!(amount)));
        }
        bad.push(changed("/0/amount", json!(250_000)));
        bad.push(changed("/0/currency", json!("usd")));
        bad.push(changed("/0/type", json!("gift")));
        for name in ["", " ", "a\nb", "a\u{202e}b", "a\u{200b}b", &"a".repeat(141)] {
            bad.push(changed("/0/destination/name", json!(name)));
        }
        for value in bad {
            assert!(matches!(read(&value), Err(OAuthError::InvalidDetails(_))), "{value}");
        }
        let twice = withdrawal().to_string().replace("\"currency\"", "\"amount\":\"1.00\",\"currency\"");
        assert!(parse(&twice, &["withdrawal".to_owned()]).is_err(), "a member that is there twice");
        assert!(parse(&withdrawal().to_string(), &["card_payment".to_owned()]).is_err(), "not this client's");
    }
}
