//! A device that is to be sent to its user.

use crate::{Amount, Row, Text, Unfit, Value};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A device is ordered: where to, against which deposit, and in place of which one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeviceOrder {
    /// What such a device is called.
    pub device: Text<60>,
    /// Where it is mailed to.
    pub address: Text<240>,
    /// What is held back until it is returned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub deposit: Option<Amount>,
    /// The label of the device that ends once it is active; none where it is a further one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub replaces: Option<Text<60>>,
}

impl DeviceOrder {
    pub(crate) fn check(&self) -> Result<(), Unfit> {
        self.device.check().map_err(|error| Unfit::Text("device", error))?;
        self.address.check().map_err(|error| Unfit::Text("address", error))?;
        self.deposit.iter().try_for_each(Amount::check)?;
        self.replaces.iter().try_for_each(Text::check).map_err(|error| Unfit::Text("replaces", error))
    }

    pub(crate) fn rows(&self) -> Vec<Row<'_>> {
        let deposit = self.deposit.as_ref();
        let deposit = deposit.map(|deposit| Row { key: "confirm-order-deposit", value: Value::Amount(deposit) });
        let replaces = self.replaces.as_ref().map(|old| Row::text("confirm-order-replaces", old.as_str()));
        let sent = [
            Row::text("confirm-device", self.device.as_str()),
            Row::text("confirm-order-address", self.address.as_str()),
        ];
        sent.into_iter().chain(deposit).chain(replaces).collect()
    }
}
