//! What a page asks the user to confirm, where it is not a login: who asks, and every detail to the letter.

use super::Frame;
use operation::{Purpose, Value, What};
use wire::phone::Operation;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    operation: Operation,
}

impl About {
    /// Of an operation as the phone shows it; none for a login, whose page is about nothing else.
    pub fn of(operation: Option<Operation>) -> Option<Self> {
        operation.filter(|operation| operation.what != What::Login).map(|operation| Self { operation })
    }

    /// Of one request in a list of them, which may be a login too.
    pub fn listed(operation: Operation) -> Self {
        Self { operation }
    }

    /// The name of the program that asks.
    pub fn client(&self) -> &str {
        &self.operation.asked.client_name
    }

    /// The program's own words.
    pub fn message(&self) -> Option<&str> {
        self.operation.asked.message.as_deref()
    }

    /// What it is, in a few words.
    pub fn title(&self, frame: &Frame) -> String {
        frame.t(match &self.operation.what {
            What::Login => "settings-waiting-login",
            what => what.title(),
        })
    }

    /// The amount with its currency, the largest thing on the page; none where no money moves.
    pub fn amount(&self, frame: &Frame) -> Option<String> {
        let marks = amount::Marks::of(frame.lang.tag());
        self.operation.what.amount().map(|amount| amount::write(amount.digits(), amount.currency(), marks))
    }

    /// The details: what each is called, and its text.
    pub(crate) fn lines(&self, frame: &Frame) -> Vec<(String, String)> {
        let rows = self.operation.what.rows().into_iter();
        rows.map(|row| {
            let text = match row.value {
                Value::Text(text) => text.to_owned(),
                Value::Card(id) => card_name(id),
                Value::Minutes(minutes) => frame.n("confirm-window-minutes", minutes),
                Value::Limit(None) => frame.t("help-limits-none"),
                Value::Limit(Some(most)) => {
                    amount::write(most.digits(), most.currency(), amount::Marks::of(frame.lang.tag()))
                }
                Value::Words(key) => frame.t(key),
                Value::Hours(hours) => frame.n("confirm-after-hours", hours),
                Value::Amount(amount) => {
                    amount::write(amount.digits(), amount.currency(), amount::Marks::of(frame.lang.tag()))
                }
                Value::Counted { n, of } => {
                    frame.lang.t_with("confirm-payment-number", &[("n", n.into()), ("of", of.into())])
                }
            };
            (frame.t(row.key), text)
        })
        .collect()
    }

    /// What to compare before answering a challenge.
    pub(crate) fn guard(&self, frame: &Frame) -> String {
        frame.t(match (&self.operation.what, self.operation.what.purpose()) {
            (_, Purpose::MoneyTo(_)) => "confirm-guard-withdrawal",
            (What::Withdrawal(_), Purpose::Money) => "confirm-guard-nameless",
            (What::WithdrawalBatch(_), Purpose::Money) => "confirm-guard-batch",
            (_, Purpose::Money) => "confirm-guard-payment",
            (_, Purpose::DeviceChange) => "confirm-guard-device-change",
            (_, Purpose::Login) => "login-guard",
            (_, Purpose::Call) => "confirm-guard-call",
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
