//! `authorization_details` (RFC 9396) of the two contracted types: what a user confirms, to the letter.

use crate::OAuthError;
use operation::What;

/// The types there are.
pub const TYPES: &[&str] = &["withdrawal", "card_payment"];

/// Longest `authorization_details`, in octets.
pub const MAX_OCTETS: usize = 8192;

/// Reads `authorization_details`: exactly one operation, since a device shows and confirms one, or several withdrawals,
/// which it shows and confirms as one; of an allowed type.
///
/// ```
/// use oidc::details::parse;
///
/// let text = r#"[{"type":"card_payment","merchant":"Café","amount":"3.5","currency":"EUR","card_id":"c-1"}]"#;
/// assert_eq!(parse(text, &["card_payment".to_owned()]).map(|what| what.name()), Ok("card_payment"));
/// assert!(parse(text, &["withdrawal".to_owned()]).is_err(), "not this client's to ask for");
/// assert!(parse(&text.replace("EUR", "ZZZ"), &["card_payment".to_owned()]).is_err(), "no currency");
/// ```
///
/// # Errors
/// [`OAuthError::InvalidDetails`] with the reason, or [`OAuthError::TypeNotAllowed`].
pub fn parse(text: &str, allowed: &[String]) -> Result<What, OAuthError> {
    if text.len() > MAX_OCTETS {
        return Err(OAuthError::TooLong("authorization_details"));
    }
    let what = What::read(text)?;
    let may = |detail: &What| TYPES.contains(&detail.name()) && allowed.iter().any(|name| name == detail.name());
    if what.details().iter().all(may) { Ok(what) } else { Err(OAuthError::TypeNotAllowed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_client_may_ask_for_is_asked() {
        let payment = r#"[{"type":"card_payment","merchant":"Café","amount":"3.5","currency":"EUR","card_id":"c1"}]"#;
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(parse(payment, &names(TYPES)).map(|what| what.name()), Ok("card_payment"));
        assert_eq!(parse(payment, &names(&["withdrawal"])), Err(OAuthError::TypeNotAllowed));
        // What is an operation, and no client's to ask for, whatever is allowed.
        assert_eq!(parse(r#"[{"type":"login"}]"#, &names(&["login"])), Err(OAuthError::TypeNotAllowed));
        let money = parse(&payment.replace("EUR", "ZZZ"), &names(TYPES)).unwrap_err();
        assert_eq!(money.code(), "invalid_authorization_details");
        let long = format!("[{}]", " ".repeat(MAX_OCTETS));
        assert_eq!(parse(&long, &names(TYPES)), Err(OAuthError::TooLong("authorization_details")));
    }
}
