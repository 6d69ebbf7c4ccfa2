//! A pre-authorisation: a card may pay one large purchase soon.

use crate::{Amount, Row, Text, Unfit, Value};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A card may pay one large purchase soon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CardPreauthorisation {
    /// The most it may be, in whole units of the currency.
    #[serde(flatten)]
    pub amount: Amount,
    /// Which card.
    pub card_id: Text<64>,
    /// How long it may come once this is carried out.
    pub minutes: u32,
}

impl CardPreauthorisation {
    pub(crate) fn check(&self) -> Result<(), Unfit> {
        self.amount.check()?;
        self.card_id.check().map_err(|error| Unfit::Text("card_id", error))
    }

    pub(crate) fn rows(&self) -> Vec<Row<'_>> {
        vec![
            Row { key: "confirm-card", value: Value::Card(self.card_id.as_str()) },
            Row { key: "confirm-window", value: Value::Minutes(self.minutes) },
        ]
    }
}
