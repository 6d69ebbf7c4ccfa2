//! Devices on their way to users, in the hands of whoever mails them.

use super::{NotDone, OnDuty};
use crate::{
    app::App,
    flow::{device::dispatch, user::EnrolError},
    work::{Origin, Stop, stops},
};
use domain::{device::order::OrderEvent, id::DeviceId};
use std::sync::Arc;
use store::{Error, device_order::DeviceOrder};

/// Orders of one state that one page shows at most.
const MOST: u32 = 100;

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
stops!(NotNoted: EnrolError);

/// Notes what happened to an order, and tells its user.
pub async fn note(app: &Arc<App>, agent: &OnDuty, origin: Origin, id: DeviceId, mail: Mail) -> Result<(), NotNoted> {
    let unit_app = Arc::clone(app);
    let found = app.store.read(move |sql| store::device_order::by_id(sql, &unit_app.sealer, id)).await?;
    let user = found.ok_or(NotDone::Unknown)?.user;
    app.work(agent.actor(), move |work| {
        work.about.user = Some(user);
        work.about.address = Some(origin.address);
        let orders = store::device_order::of_user(work.sql, &work.app.sealer, user)?;
        let order = orders.into_iter().find(|order| order.device == id);
        let order = order.ok_or(Stop::Refused(NotNoted::Desk(NotDone::Unknown)))?;
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
    let unit_app = Arc::clone(app);
    let read = move |sql: &mut dyn store::Sql| {
        let mut named = |state: &str| {
            let mut named = Vec::new();
            for order in store::device_order::in_state(sql, &unit_app.sealer, state, MOST)? {
                let user = store::user::by_id(sql, order.user)?;
                let name = user.map_or_else(|| order.user.to_string(), |user| user.username.to_string());
                named.push((order, name));
            }
            Ok::<_, Error>(named)
        };
        Ok::<_, Error>(Mailbag { asked: named("asked")?, shipped: named("shipped")? })
    };
    Ok(app.store.read(read).await?)
}
