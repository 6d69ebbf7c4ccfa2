//! An order of a device: who may order one, and the way from the wish to the device in use.

use super::{
    DeviceState,
    catalogue::{Class, Issuance},
    lifecycle::DeviceEvent,
};
use crate::Timestamp;
use operation::Money;
use std::time::Duration;

/// Where an order is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderState {
    /// It waits for the confirmation by a device; without one it is forgotten.
    Proposed,
    /// It is asked for.
    Asked,
    /// The device was mailed.
    Shipped {
        /// When: from this moment the mailing period counts.
        at: Timestamp,
    },
    /// The device is in use.
    Active,
    /// Ended: it did not arrive.
    LostInPost,
    /// Ended before it was mailed.
    Cancelled,
    /// Ended: the device came back.
    Returned,
}

/// What happens to an order, in the past tense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderEvent {
    /// A device confirmed it.
    Confirmed,
    /// The device was mailed.
    Mailed,
    /// The device was activated, by a response or because the mailing period is over.
    Activated,
    /// The device did not arrive.
    LostInPost,
    /// It was given up before it was mailed.
    Cancelled,
    /// The device came back.
    Returned,
}

impl OrderState {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Asked => "asked",
            Self::Shipped { .. } => "shipped",
            Self::Active => "active",
            Self::LostInPost => "lost_in_post",
            Self::Cancelled => "cancelled",
            Self::Returned => "returned",
        }
    }

    /// Reads a stable name, with the moment of mailing where there was one.
    pub fn parse(name: &str, mailed: Option<Timestamp>) -> Option<Self> {
        match (name, mailed) {
            ("proposed", _) => Some(Self::Proposed),
            ("asked", _) => Some(Self::Asked),
            ("shipped", Some(at)) => Some(Self::Shipped { at }),
            ("active", _) => Some(Self::Active),
            ("lost_in_post", _) => Some(Self::LostInPost),
            ("cancelled", _) => Some(Self::Cancelled),
            ("returned", _) => Some(Self::Returned),
            _ => None,
        }
    }

    /// Whether a device is still to come of it.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Asked | Self::Shipped { .. })
    }

    /// The state after an event; none where the two do not fit.
    pub fn after(self, event: OrderEvent, now: Timestamp) -> Option<Self> {
        use OrderEvent as E;
        match (self, event) {
            (Self::Proposed, E::Confirmed) => Some(Self::Asked),
            (Self::Asked, E::Mailed) => Some(Self::Shipped { at: now }),
            (Self::Asked, E::Cancelled) => Some(Self::Cancelled),
            (Self::Shipped { .. }, E::Activated) => Some(Self::Active),
            (Self::Shipped { .. }, E::LostInPost) => Some(Self::LostInPost),
            (Self::Shipped { .. } | Self::Active | Self::LostInPost, E::Returned) => Some(Self::Returned),
            _ => None,
        }
    }

    /// Whether the device becomes active by itself now: nobody may leave a card in a drawer and go on with less.
    pub fn is_due(self, period: Duration, now: Timestamp) -> bool {
        matches!(self, Self::Shipped { at } if at.plus(period) <= now)
    }
}

/// What an order's event does to its device, in the state that this one is in; none where it stays as it is.
pub fn of_device(event: OrderEvent, device: DeviceState) -> Option<DeviceEvent> {
    let event = match event {
        OrderEvent::Activated => DeviceEvent::Activated,
        OrderEvent::LostInPost => DeviceEvent::ReportedLost,
        OrderEvent::Returned => DeviceEvent::Revoked,
        OrderEvent::Confirmed | OrderEvent::Mailed | OrderEvent::Cancelled => return None,
    };
    (!device.ended()).then_some(event)
}

/// What an institution asks of whoever orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// One of the user's accounts is worth as much at least.
    pub equity_from: Money,
    /// Whether the user must use the phone app.
    pub with_phone: bool,
}

/// What is known of whoever orders.
#[derive(Debug, Clone, Copy)]
pub struct Customer {
    /// What the user's most valuable account is worth, in the currency of [`Terms::equity_from`]; none without any.
    pub highest: Option<Money>,
    /// Whether a phone of the user's is active.
    pub has_phone: bool,
    /// Whether a device is still to come of another order.
    pub awaits_one: bool,
}

/// A device that is to be replaced.
#[derive(Debug, Clone, Copy)]
pub struct Old<'a> {
    /// Its class.
    pub class: &'a Class,
    /// Where it is in its life.
    pub state: DeviceState,
}

/// Why nothing is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotOrdered {
    /// Devices of this class come another way, or are not issued any more.
    #[error("devices of this class are not ordered")]
    Class,
    /// Such a device is not replaced, or it has ended.
    #[error("this device is not replaced by another one")]
    Old,
    /// A device is still to come of another order.
    #[error("a device is on its way already")]
    AwaitsOne,
    /// None of the user's accounts is worth enough.
    #[error("an account of at least {required} is needed")]
    Equity {
        /// What is needed.
        required: Money,
        /// What the most valuable one is worth.
        highest: Option<Money>,
    },
    /// The user does not use the phone app.
    #[error("an active phone is needed")]
    Phone,
}

/// Whether a device of `class` may be ordered, in place of `old` or as a further one.
///
/// # Errors
/// The first thing that is missing.
pub fn may_order(class: &Class, old: Option<Old<'_>>, terms: &Terms, customer: &Customer) -> Result<(), NotOrdered> {
    if class.issuance != Issuance::OnRequest {
        return Err(NotOrdered::Class);
    }
    if old.is_some_and(|old| !is_replaced(old)) {
        return Err(NotOrdered::Old);
    }
    if customer.awaits_one {
        return Err(NotOrdered::AwaitsOne);
    }
    // Who holds a device that may do as much already gets nothing new by another one.
    if old.is_some_and(|old| old.class.limits.cover(class.limits)) {
        return Ok(());
    }
    let required = terms.equity_from;
    let enough = customer.highest.is_some_and(|highest| required.at_most(highest) == Ok(true));
    match () {
        () if !enough => Err(NotOrdered::Equity { required, highest: customer.highest }),
        () if terms.with_phone && !customer.has_phone => Err(NotOrdered::Phone),
        () => Ok(()),
    }
}

/// Whether a device is one that another one by mail takes the place of: what is sent or was sent, and has not ended.
pub fn is_replaced(old: Old<'_>) -> bool {
    let by_mail = matches!(old.class.issuance, Issuance::OnRequest | Issuance::Legacy) && !old.class.interim;
    by_mail && matches!(old.state, DeviceState::Active | DeviceState::Suspended)
}

#[cfg(test)]
mod tests;
