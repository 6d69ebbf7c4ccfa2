//! A card payment: a card pays a merchant.

use crate::{Amount, Row, Text, Unfit, Value};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A card pays a merchant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CardPayment {
    /// Who is paid.
    pub merchant: Text<140>,
    /// How much.
    #[serde(flatten)]
    pub amount: Amount,
    /// Which card.
    pub card_id: Text<64>,
    /// The declined payment at the card processor that may be tried again; none where the processor asks by itself.
    /// It is how this is carried out, and nobody is shown it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(skip)]
    pub declined: Option<String>,
}

impl CardPayment {
    pub(crate) fn check(&self) -> Result<(), Unfit> {
        self.amount.check()?;
        self.merchant.check().map_err(|error| Unfit::Text("merchant", error))?;
        self.card_id.check().map_err(|error| Unfit::Text("card_id", error))
    }

    pub(crate) fn rows(&self) -> Vec<Row<'_>> {
        vec![
            Row::text("confirm-merchant", self.merchant.as_str()),
            Row { key: "confirm-card", value: Value::Card(self.card_id.as_str()) },
        ]
    }
}
