//! What the phone asks for itself: it is approved like any other request, and then carried out.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `POST confirmations`, a JWS ([`super::typ::REQUEST`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The device's id.
    pub device: String,
    /// What for.
    pub what: Wanted,
    /// When, Unix seconds.
    pub at: i64,
}

/// What a phone may ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Wanted {
    /// The app's own session.
    Login,
    /// That a card may pay one large purchase.
    CardPreauthorisation {
        /// The card.
        card_id: String,
        /// The most that the purchase may be, in whole units of the card's currency.
        amount: String,
    },
    /// That a card's declined payment may be tried again. Merchant and amount are the processor's, never the phone's.
    CardPayment {
        /// The card.
        card_id: String,
        /// The declined payment.
        payment_id: String,
    },
    /// To hand over to the phone that takes this one's place.
    PhoneMove,
}

/// `POST confirmations/{id}/finish`, a JWS ([`super::typ::FINISH`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Finish {
    /// The device's id.
    pub device: String,
    /// The confirmation's id.
    pub confirmation: String,
    /// When, Unix seconds.
    pub at: i64,
}

/// The answer: it is carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Finished {
    /// What was, as in [`Wanted`].
    #[serde(rename = "type")]
    pub kind: String,
    /// Until when it holds, Unix seconds, where it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub expires_at: Option<i64>,
    /// What the new phone brings, where this one hands over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub invitation: Option<Invitation>,
}

/// What this phone shows to the one that takes its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Invitation {
    /// The address in the picture.
    pub link: String,
    /// What may be typed instead, with the username.
    pub id: String,
    /// Seconds that it is good.
    pub expires_in: u64,
}
