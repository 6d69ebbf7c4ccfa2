//! What a second agent of the desk agrees to.

use crate::{Row, Text, Unfit, Value};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What is done once a second person agrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DeskAct {
    /// The user gets a code in place of a device.
    TemporaryAccess,
    /// The user is sent a link for another password.
    PasswordLink,
    /// The user gets another printed card.
    Reprint,
}

/// A case of the desk: what will happen to whom, why, and how it was checked who they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeskCase {
    /// The case's id.
    pub case: Text<64>,
    /// What will happen.
    pub act: DeskAct,
    /// The user whom it is about.
    pub user: Text<60>,
    /// The serial number of the card that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub card: Option<Text<64>>,
    /// The kind of device by which the caller showed who they are; none where answers to questions alone did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub proof: Option<Text<60>>,
    /// The agent who proposes it.
    pub first: Text<60>,
    /// Why.
    pub reason: Text<240>,
    /// How the identity was checked.
    pub identity_check: Text<240>,
}

impl DeskCase {
    pub(crate) fn check(&self) -> Result<(), Unfit> {
        self.case.check().map_err(|error| Unfit::Text("case", error))?;
        self.user.check().map_err(|error| Unfit::Text("user", error))?;
        self.card.iter().try_for_each(Text::check).map_err(|error| Unfit::Text("card", error))?;
        self.proof.iter().try_for_each(Text::check).map_err(|error| Unfit::Text("proof", error))?;
        self.first.check().map_err(|error| Unfit::Text("first", error))?;
        self.reason.check().map_err(|error| Unfit::Text("reason", error))?;
        self.identity_check.check().map_err(|error| Unfit::Text("identity_check", error))
    }

    pub(crate) fn rows(&self) -> Vec<Row<'_>> {
        let act = match self.act {
            DeskAct::TemporaryAccess => "confirm-desk-temporary-access",
            DeskAct::PasswordLink => "confirm-desk-password-link",
            DeskAct::Reprint => "confirm-desk-reprint",
        };
        let what = [
            Row::text("confirm-desk-user", self.user.as_str()),
            Row { key: "confirm-desk-act", value: Value::Words(act) },
        ];
        let card = self.card.as_ref().map(|card| Row::text("confirm-desk-card", card.as_str()));
        let proof = self.proof.as_ref().map(|proof| Row::text("confirm-desk-proof", proof.as_str()));
        let why = [
            Row::text("confirm-desk-reason", self.reason.as_str()),
            Row::text("confirm-desk-check", self.identity_check.as_str()),
            Row::text("confirm-desk-first", self.first.as_str()),
            Row::text("confirm-desk-case-id", self.case.as_str()),
        ];
        what.into_iter().chain(card).chain(proof).chain(why).collect()
    }
}
