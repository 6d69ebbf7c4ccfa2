//! What a page asks the user to confirm, where it is not a login: who asks, and every detail to the letter.

use super::Frame;
use wire::phone::{Asked, Operation};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    operation: Operation,
}

impl About {
    /// Of an operation as the phone shows it; none for a login, whose page is about nothing else.
    pub fn of(operation: Option<Operation>) -> Option<Self> {
        operation.filter(|operation| !matches!(operation, Operation::Login { .. })).map(|operation| Self { operation })
    }

    fn asked(&self) -> Option<&Asked> {
        match &self.operation {
            Operation::Login { .. } => None,
            Operation::Authentication { asked }
            | Operation::Withdrawal { asked, .. }
            | Operation::CardPayment { asked, .. }
            | Operation::CardPreauthorisation { asked, .. } => Some(asked),
        }
    }

    /// The name of the program that asks.
    pub fn client(&self) -> &str {
        self.asked().map(|asked| asked.client_name.as_str()).unwrap_or_default()
    }

    /// The program's own words.
    pub fn message(&self) -> Option<&str> {
        self.asked().and_then(|asked| asked.message.as_deref())
    }

    /// What it is, in a few words.
    pub fn title(&self, frame: &Frame) -> String {
        frame.t(match &self.operation {
            Operation::Login { .. } | Operation::Authentication { .. } => "confirm-authentication",
            Operation::Withdrawal { .. } => "confirm-withdrawal",
            Operation::CardPayment { .. } => "confirm-card-payment",
            Operation::CardPreauthorisation { .. } => "confirm-card-preauthorisation",
        })
    }

    /// The amount with its currency, the largest thing on the page; none where no money moves.
    pub fn amount(&self, frame: &Frame) -> Option<String> {
        match &self.operation {
            Operation::Withdrawal { amount, currency, .. }
            | Operation::CardPayment { amount, currency, .. }
            | Operation::CardPreauthorisation { amount, currency, .. } => {
                Some(amount::write(amount, currency, amount::Marks::of(frame.lang.tag())))
            }
            Operation::Login { .. } | Operation::Authentication { .. } => None,
        }
    }

    /// The details: what each is called, and its text.
    pub(crate) fn lines(&self, frame: &Frame) -> Vec<(String, String)> {
        let line = |key: &str, text: &String| (frame.t(key), text.clone());
        match &self.operation {
            Operation::Withdrawal { destination, account_id, reference, .. } => vec![
                line("confirm-to", &destination.name),
                line("confirm-to-account", &destination.account),
                line("confirm-from", account_id),
                line("confirm-reference", reference),
            ],
            Operation::CardPayment { merchant, card_id, .. } => {
                vec![line("confirm-merchant", merchant), line("confirm-card", &card_name(card_id))]
            }
            Operation::CardPreauthorisation { card_id, minutes, .. } => {
                let window = (frame.t("confirm-window"), frame.n("confirm-window-minutes", *minutes));
                vec![line("confirm-card", &card_name(card_id)), window]
            }
            Operation::Login { .. } | Operation::Authentication { .. } => Vec::new(),
        }
    }

    /// What to compare before answering a challenge.
    pub(crate) fn guard(&self, frame: &Frame) -> String {
        frame.t(match &self.operation {
            Operation::Withdrawal { .. } => "confirm-guard-withdrawal",
            Operation::CardPayment { .. } | Operation::CardPreauthorisation { .. } => "confirm-guard-payment",
            Operation::Login { .. } | Operation::Authentication { .. } => "login-guard",
        })
    }
}

/// What a debit card is called where only its id is known, as in the phone app (`web/phone/src/core/card-name.ts`):
/// `card-boris-7731` is `···· 7731`; an id that does not end in four digits of its own stays as it is.
fn card_name(id: &str) -> String {
    let own = |(before, last): (&str, &str)| {
        let digits = last.len() == 4 && last.bytes().all(|b| b.is_ascii_digit());
        (digits && before.ends_with(['-', '_', '.', ':'])).then(|| format!("····\u{a0}{last}"))
    };
    let split = id.len().checked_sub(4).and_then(|at| id.split_at_checked(at));
    split.and_then(own).unwrap_or_else(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::card_name;

    #[test]
    fn a_card_has_one_name_on_every_surface() {
        let text = include_str!("../../../../vectors/card-names.json");
        let table: std::collections::BTreeMap<String, String> = serde_json::from_str(text).unwrap();
        for (id, name) in table {
            assert_eq!(card_name(&id), name);
        }
    }
}
