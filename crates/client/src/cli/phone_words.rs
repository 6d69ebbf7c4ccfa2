//! What awaits the phone, in words for the terminal.

use wire::phone::{Asked, Operation, Pending};

/// What the program says about its request.
fn said(asked: &Asked) -> String {
    asked.message.as_ref().map(|message| format!(", \"{message}\"")).unwrap_or_default()
}

/// What awaits the phone, in a line.
pub(super) fn words(pending: &Pending) -> String {
    let what = match serde_json::from_value(pending.operation.clone()) {
        Ok(Operation::Login { client_name, address, agent, .. }) => {
            let agent = if agent.is_empty() { String::new() } else { format!(" ({agent})") };
            format!("Login to {client_name} from {address}{agent}")
        }
        Ok(Operation::Authentication { asked }) => {
            format!("{} asks whether it is you{}", asked.client_name, said(&asked))
        }
        Ok(Operation::Withdrawal { asked, amount, currency, destination, account_id, reference }) => format!(
            "{}: withdraw {amount} {currency} from {account_id} to {}, {} ({reference}){}",
            asked.client_name,
            destination.name,
            destination.account,
            said(&asked)
        ),
        Ok(Operation::CardPayment { asked, merchant, amount, currency, card_id }) => {
            format!("{}: card {card_id} pays {amount} {currency} to {merchant}{}", asked.client_name, said(&asked))
        }
        Ok(Operation::CardPreauthorisation { asked, amount, currency, card_id, minutes }) => format!(
            "{}: card {card_id} may pay up to {amount} {currency} once within {minutes} minutes{}",
            asked.client_name,
            said(&asked)
        ),
        // A newer server may ask for what this program does not know: then all of it is shown.
        Err(_) => pending.operation.to_string(),
    };
    let number = if pending.number_required { ", number required" } else { "" };
    format!("{}  {what}, {} s left{number}", pending.id, pending.expires_in)
}
