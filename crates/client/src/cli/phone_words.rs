//! What awaits the phone, in words for the terminal.

use i18n::Lang;
use operation::{Value, What};
use wire::phone::{Operation, Pending};

/// What awaits the phone, in a line.
pub(super) fn words(pending: &Pending) -> String {
    // A newer server may ask for what this program does not know: then all of it is shown.
    let read = serde_json::from_value::<Operation>(pending.operation.clone());
    let what = read.map_or_else(|_| pending.operation.to_string(), |operation| asked(&operation));
    let number = if pending.number_required { ", number required" } else { "" };
    format!("{}  {what}, {} s left{number}", pending.id, pending.expires_in)
}

fn asked(operation: &Operation) -> String {
    let Operation { what, asked } = operation;
    let said = asked.message.as_ref().map(|message| format!(", \"{message}\"")).unwrap_or_default();
    match what {
        What::Login => {
            let agent = asked.agent.as_ref().filter(|agent| !agent.is_empty());
            let agent = agent.map(|agent| format!(" ({agent})")).unwrap_or_default();
            format!("Login to {} from {}{agent}", asked.client_name, asked.address.as_deref().unwrap_or_default())
        }
        What::Authentication => format!("{} asks whether it is you{said}", asked.client_name),
        _ => format!("{}: {}{}{said}", asked.client_name, Lang::En.t(what.title()), details(what)),
    }
}

/// Every detail, as a page lists them.
fn details(what: &What) -> String {
    let amount = what.amount().map(|amount| format!(": {amount}")).unwrap_or_default();
    let rows = what.rows().into_iter().map(|row| match row.value {
        Value::Text(text) | Value::Card(text) => format!("; {}: {text}", Lang::En.t(row.key)),
        Value::Minutes(minutes) => format!("; {} {minutes} min", Lang::En.t(row.key)),
        Value::Words(key) => format!("; {}: {}", Lang::En.t(row.key), Lang::En.t(key)),
        Value::Hours(hours) => format!("; {} {hours} h", Lang::En.t(row.key)),
        Value::Limit(Some(most)) => format!("; {}: {most}", Lang::En.t(row.key)),
        Value::Amount(amount) => format!("; {}: {amount}", Lang::En.t(row.key)),
        Value::Counted { n, of } => format!("; {} {n}/{of}", Lang::En.t(row.key)),
        Value::Limit(None) => format!("; {}: {}", Lang::En.t(row.key), Lang::En.t("help-limits-none")),
    });
    rows.fold(amount, |line, row| line + &row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_detail_stands_in_the_line() {
        let pending = |operation| Pending {
            id: "c1".to_owned(),
            issuer: String::new(),
            operation,
            expires_at: 0,
            expires_in: 60,
            number_required: false,
            qr_required: false,
        };
        let withdrawal = json!({
            "type": "withdrawal", "amount": "3.5", "currency": "EUR", "account_id": "U1", "reference": "rent",
            "destination": { "name": "Bob", "account": "DE89" }, "client_id": "p", "client_name": "Portal", "at": 0,
        });
        assert_eq!(
            words(&pending(withdrawal)),
            "c1  Portal: Confirm a withdrawal: 3.5 EUR; To: Bob; Account: DE89; From: U1; Reference: rent, 60 s left",
        );
        let newer = json!({ "type": "gift", "to": "Bob" });
        assert!(words(&pending(newer)).contains("\"to\":\"Bob\""));
    }
}
