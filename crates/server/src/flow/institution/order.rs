//! Devices that a back end orders for its users, and the way of each into the post and back.

use super::{NotDone, named};
use crate::{
    app::App,
    flow::{
        Origin,
        device::{
            dispatch,
            order::{self, ByBackEnd, NotAsked},
        },
        user::EnrolError,
    },
    work::{Stop, Work, stops},
};
use domain::{
    audit::Actor,
    device::order::{NotOrdered, OrderEvent, OrderState},
    id::DeviceId,
};
use std::sync::Arc;
use store::{Error, withdrawal::Keyed};

pub use store::device_order::DeviceOrder;

/// Why nothing became of it.
#[derive(Debug, thiserror::Error)]
pub enum NotThat {
    /// As with other calls.
    #[error(transparent)]
    Call(#[from] NotDone),
    /// The rule of orders says no.
    #[error(transparent)]
    Rule(#[from] NotOrdered),
    /// The order or the depot says no.
    #[error(transparent)]
    Order(#[from] EnrolError),
}

impl From<Error> for NotThat {
    fn from(error: Error) -> Self {
        Self::Call(error.into())
    }
}

impl From<NotAsked> for NotThat {
    fn from(not: NotAsked) -> Self {
        match not {
            NotAsked::Rule(rule) => rule.into(),
            NotAsked::Refused(refused) => NotDone::from(refused).into(),
            NotAsked::Address(error) => NotDone::unfit("address", error).into(),
            NotAsked::Unknown => NotDone::unfit("replaces", "is no device of this user").into(),
            NotAsked::Differ | NotAsked::Pin(_) => NotDone::unfit("body", "has a PIN that cannot be taken").into(),
        }
    }
}

stops!(NotThat);
stops!(NotThat: NotDone, NotAsked, EnrolError);

/// Who calls, and from where.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The client.
    pub client: String,
    /// Where it calls from.
    pub origin: Origin,
}

impl Caller {
    fn actor(&self) -> Actor {
        Actor::Client { id: self.client.clone() }
    }

    /// Says in the audit log who it was.
    fn is_about(&self, work: &mut Work<'_>) {
        work.about.client = Some(self.client.clone());
        work.about.address = Some(self.origin.address);
    }
}

/// A device to order.
#[derive(Debug, Clone)]
pub struct Asked {
    /// For whom, by id or username.
    pub user: String,
    /// A device of this class.
    pub class: String,
    /// Where to.
    pub address: String,
    /// The device that it takes the place of.
    pub replaces: Option<DeviceId>,
    /// Of the request, which is carried out once.
    pub key: Keyed,
}

/// Orders a device. The same request once more gives the same order.
pub async fn make(app: &Arc<App>, caller: Caller, asked: Asked) -> Result<DeviceOrder, NotThat> {
    let address = order::address(&asked.address).map_err(NotAsked::Address)?;
    app.work(caller.actor(), move |work| {
        let user = named(work.sql, &asked.user)?.ok_or_else(|| NotDone::unfit("user", "is nobody"))?;
        work.about.user = Some(user.id);
        caller.is_about(work);
        let made = store::device_order::by_key(work.sql, &work.app.sealer, user.id, asked.key.key)?;
        match made {
            Some(made) if made.request.map(|request| request.asked) == Some(asked.key.asked) => return Ok(made),
            Some(_) => return Err(NotThat::from(NotDone::KeyReused).into()),
            None => {}
        }
        let new = ByBackEnd {
            user: user.id,
            class: &asked.class,
            address: &address,
            replaces: asked.replaces,
            request: asked.key,
        };
        order::by_back_end(work, &new)?;
        let made = store::device_order::by_key(work.sql, &work.app.sealer, user.id, asked.key.key)?;
        Ok(made.ok_or(NotDone::Unknown)?)
    })
    .await
}

/// The order of this id.
pub async fn one(app: &Arc<App>, id: DeviceId) -> Result<DeviceOrder, NotThat> {
    let unit_app = Arc::clone(app);
    let found = app.store.read(move |sql| store::device_order::by_id(sql, &unit_app.sealer, id)).await?;
    let found = found.filter(|order| order.state != OrderState::Proposed);
    Ok(found.ok_or(NotDone::Unknown)?)
}

/// Orders, the oldest first, behind one of them; of one state, or of all.
pub async fn page(
    app: &Arc<App>,
    state: Option<String>,
    after: Option<DeviceId>,
    limit: u32,
) -> Result<Vec<DeviceOrder>, NotThat> {
    let unit_app = Arc::clone(app);
    let page = move |sql: &mut dyn store::Sql| {
        store::device_order::page(sql, &unit_app.sealer, state.as_deref(), after, limit)
    };
    Ok(app.store.read(page).await?)
}

/// A device of the depot goes into the post.
pub async fn ship(app: &Arc<App>, caller: Caller, id: DeviceId, serial: String) -> Result<DeviceOrder, NotThat> {
    let shipped = on(app, caller, id, move |work, order| dispatch::mail_from_depot(work, order, &serial)).await;
    shipped.map_err(|not| match not {
        NotThat::Call(NotDone::UsernameTaken) => EnrolError::SerialTaken.into(),
        other => other,
    })
}

/// Ends an order: lost in the post, given up, or back again.
pub async fn end(app: &Arc<App>, caller: Caller, id: DeviceId, event: OrderEvent) -> Result<DeviceOrder, NotThat> {
    on(app, caller, id, move |work, order| dispatch::ended(work, order, event)).await
}

/// Does something to an order, in one unit about its user.
async fn on(
    app: &Arc<App>,
    caller: Caller,
    id: DeviceId,
    act: impl Fn(&mut Work<'_>, &DeviceOrder) -> Result<DeviceOrder, Stop<EnrolError>> + Send + Sync + 'static,
) -> Result<DeviceOrder, NotThat> {
    let user = one(app, id).await?.user;
    app.work(caller.actor(), move |work| {
        work.about.user = Some(user);
        caller.is_about(work);
        let orders = store::device_order::of_user(work.sql, &work.app.sealer, user)?;
        let order = orders.into_iter().find(|order| order.device == id).ok_or(NotDone::Unknown)?;
        Ok(act(work, &order)?)
    })
    .await
}
