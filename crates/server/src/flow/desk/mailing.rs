//! Devices on their way to users, in the hands of whoever mails them.

use super::{NotDone, OnDuty, find};
use crate::{
    app::App,
    flow::{device::dispatch, user::EnrolError},
    work::{Origin, stops},
};
use domain::{desk::CaseRefusal, device::order::OrderEvent, id::DeviceId};
use std::sync::Arc;
use store::{Error, device_order::DeviceOrder};

/// What happened to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mail {
    /// The device with this serial number, out of the depot, went into the post.
    Sent(String),
    /// It ended: lost in the post, given up, or back again.
    Ended(OrderEvent),
}

/// Why it is not noted.
#[derive(Debug, thiserror::Error)]
pub enum NotNoted {
    /// As with other acts of an agent.
    #[error(transparent)]
    Desk(#[from] NotDone),
    /// The order or the depot says no.
    #[error(transparent)]
    Order(#[from] EnrolError),
}

impl From<Error> for NotNoted {
    fn from(error: Error) -> Self {
        match error {
            // What is made under a name that somebody chose is the device's serial number alone.
            Error::Unique { .. } => EnrolError::SerialTaken.into(),
            error => Self::Desk(error.into()),
        }
    }
}

stops!(NotNoted);
stops!(NotNoted: NotDone, EnrolError);

/// Notes what happened to an order, and tells its user. Nobody mails to themselves.
pub async fn note(app: &Arc<App>, agent: &OnDuty, origin: Origin, id: DeviceId, mail: Mail) -> Result<(), NotNoted> {
    let own = agent.signed_in.user.id;
    app.work(agent.actor(), move |work| {
        let order = store::device_order::by_id(work.sql, &work.app.sealer, id)?.ok_or(NotDone::Unknown)?;
        if order.user == own {
            return Err(NotDone::from(CaseRefusal::OwnUser).into());
        }
        work.about.user = Some(order.user);
        work.about.address = Some(origin.address);
        match &mail {
            Mail::Sent(serial) => dispatch::mail_from_depot(work, &order, serial)?,
            Mail::Ended(event) => dispatch::ended(work, &order, *event)?,
        };
        Ok(())
    })
    .await
}

/// Orders whose device is to be mailed, and those on their way, the oldest first, each with the username.
#[derive(Debug, Default)]
pub struct Mailbag {
    /// To be mailed.
    pub asked: Vec<(DeviceOrder, String)>,
    /// Mailed, and not active yet.
    pub shipped: Vec<(DeviceOrder, String)>,
}

/// What is to be mailed, and what is on its way.
pub async fn mailbag(app: &Arc<App>) -> Result<Mailbag, NotNoted> {
    app.look(|work| Ok(Mailbag { asked: find::orders(work, "asked")?, shipped: find::orders(work, "shipped")? })).await
}
