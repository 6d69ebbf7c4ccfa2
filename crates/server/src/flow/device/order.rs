//! A device that its user orders on a page: who may, what the confirmed order is, and what follows when it is in use.

use super::{equity, issue, lifecycle};
use crate::{
    app::{App, nonce, random},
    flow::{
        Refused,
        login::session::SignedIn,
        messages::{hook, notice},
        money,
    },
    handle::Kind,
    work::{Stop, Work, stops, unless_refused},
};
use domain::{
    Secret, Timestamp,
    audit::{Actor, Detail, Kind as Audit},
    confirmation::{Confirmation, What},
    device::{
        Algorithm, DeviceState, Method,
        catalogue::{Class, Issuance},
        lifecycle::DeviceEvent,
        order::{self, Customer, NotOrdered, Old, OrderEvent, OrderState},
    },
    effect::Notice,
    id::{DeviceId, UserId},
};
use operation::{DeviceOrder as Asked, Money, Text, TextError};
use serde_json::json;
use std::sync::Arc;
use store::{Error, withdrawal::Keyed};
use wire::pin::PinError;

pub use store::{device::Device, device_order::DeviceOrder};

/// Most characters of an address.
const ADDRESS: usize = 240;

/// Why nothing is ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotAsked {
    /// The rule says no, and what is missing.
    Rule(NotOrdered),
    /// There is no such device.
    Unknown,
    /// No address, or one that cannot be shown as it is.
    Address(TextError),
    /// The two PINs are not the same.
    Differ,
    /// The PIN may not be chosen.
    Pin(PinError),
    /// As anywhere; no device may confirm it: [`Refused::NotPermitted`].
    Refused(Refused),
}

impl From<NotOrdered> for NotAsked {
    fn from(not: NotOrdered) -> Self {
        Self::Rule(not)
    }
}

impl From<Refused> for NotAsked {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Error> for NotAsked {
    fn from(error: Error) -> Self {
        Self::Refused(error.into())
    }
}

stops!(NotAsked);
stops!(NotAsked: NotOrdered, Refused);

/// What may be ordered, as the page shows it.
#[derive(Debug)]
pub struct Offer {
    /// What such a device is called.
    pub label: String,
    /// Why none may be ordered as a further one; nothing where it may.
    pub further: Result<(), NotOrdered>,
    /// The devices that one may take the place of.
    pub replaceable: Vec<Device>,
    /// Where the last one was mailed to.
    pub address: String,
    /// What is held back.
    pub deposit: Option<Money>,
}

/// What was typed.
#[derive(Debug, Clone)]
pub struct Typed {
    /// The device that it takes the place of.
    pub replaces: Option<DeviceId>,
    /// Where to, on as many lines as it has.
    pub address: String,
    /// The PIN, twice.
    pub pins: [Secret<String>; 2],
}

/// The class of devices that are ordered: the first with a keypad that is issued on request.
fn class(app: &App) -> Option<&Class> {
    let mut classes = app.settings.catalogue.classes().iter();
    classes.find(|class| class.issuance == Issuance::OnRequest && class.methods.contains(&Method::ChallengeResponse))
}

/// What the user may order; none where nothing is ordered here.
pub async fn look(app: &Arc<App>, signed_in: &SignedIn) -> Result<Option<Offer>, Refused> {
    let user = signed_in.user.id;
    app.look(move |work| {
        let Some(class) = class(work.app) else { return Ok(None) };
        let known = Known::load(work, user)?;
        let replaceable = known.devices.iter().filter(|device| known.may(work.app, class, Some(device)).is_ok());
        Ok(Some(Offer {
            label: class.label.clone(),
            further: known.may(work.app, class, None),
            replaceable: replaceable.cloned().collect(),
            address: known
                .orders
                .iter()
                .rev()
                .map(|order| order.address.clone())
                .find(|address| !address.is_empty())
                .unwrap_or_default(),
            deposit: work.app.settings.orders.deposit(),
        }))
    })
    .await
}

/// What is known of a user who orders.
struct Known {
    devices: Vec<Device>,
    orders: Vec<DeviceOrder>,
    highest: Option<Money>,
}

impl Known {
    fn load(work: &mut Work<'_>, user: UserId) -> Result<Self, Error> {
        Ok(Self {
            devices: store::device::of_user(work.sql, user)?,
            orders: store::device_order::of_user(work.sql, &work.app.sealer, user)?,
            highest: equity::highest(work, user)?,
        })
    }

    /// The device that is to be replaced.
    fn old(&self, replaces: Option<DeviceId>) -> Result<Option<&Device>, NotAsked> {
        let device = |id| self.devices.iter().find(|device| device.id == id).ok_or(NotAsked::Unknown);
        replaces.map(device).transpose()
    }

    fn may(&self, app: &App, class: &Class, old: Option<&Device>) -> Result<(), NotOrdered> {
        let catalogue = &app.settings.catalogue;
        let old = old.map(|old| {
            let class = catalogue.class(&old.class).ok_or(NotOrdered::Old)?;
            Ok::<_, NotOrdered>(Old { class, state: old.state })
        });
        let phone = |device: &Device| device.state == DeviceState::Active && device.phone.is_some();
        let customer = Customer {
            highest: self.highest,
            has_phone: self.devices.iter().any(phone),
            awaits_one: self.orders.iter().any(|order| order.state.is_open()),
        };
        let orders = &app.settings.orders;
        let terms = order::Terms { equity_from: orders.equity(), with_phone: orders.with_phone };
        order::may_order(class, old.transpose()?, &terms, &customer)
    }
}

/// An address on one line, as it was written on several.
pub(in crate::flow) fn address(text: &str) -> Result<Text<ADDRESS>, TextError> {
    let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    Text::parse(&lines.join(", "))
}

/// Has the strongest device confirm an order: the handle of the attempt, whose pages sum it up.
pub async fn wish(app: &Arc<App>, asking: &money::Asking, typed: Typed) -> Result<String, NotAsked> {
    let [pin, again] = &typed.pins;
    if pin.expose() != again.expose() {
        return Err(NotAsked::Differ);
    }
    let address = address(&typed.address).map_err(NotAsked::Address)?;
    let (handle, digest) = app.handles.mint(Kind::Attempt, asking.signed_in.user.id);
    let asking = asking.clone();
    app.work(Actor::User, move |work| {
        asking.paced(work)?;
        let user = asking.signed_in.user.id;
        let class = class(work.app).ok_or(NotOrdered::Class)?;
        let known = Known::load(work, user)?;
        let old = known.old(typed.replaces)?;
        known.may(work.app, class, old)?;
        let [pin, _] = &typed.pins;
        let pin = issue::usual(class).map(|algorithm| issue::new_pin(&algorithm, pin));
        let pin = pin.transpose().map_err(NotAsked::Pin)?.flatten();
        let deposit = work.app.settings.orders.deposit();
        let what = What::DeviceOrder(Asked {
            device: Text::fenced(&class.label),
            address: address.clone(),
            deposit: deposit.map(Into::into),
            replaces: old.map(|old| Text::fenced(&old.label)),
        });
        let offered = asking.offer(work, what, digest)?;
        let order = DeviceOrder {
            user,
            device: DeviceId::new(work.now, &nonce()),
            confirmation: Some(offered.id),
            request: None,
            class: class.name.clone(),
            address: address.as_str().to_owned(),
            deposit,
            replaces: old.map(|old| old.id),
            has_pin: pin.is_some(),
            serial: None,
            state: OrderState::Proposed,
            created_at: work.now,
            changed_at: work.now,
        };
        let nonces = store::device_order::Nonces { pin: random(), address: random() };
        Ok(store::device_order::insert(work.sql, &work.app.sealer, &order, pin.as_ref(), nonces)?)
    })
    .await?;
    Ok(handle)
}

/// What a confirmed order gives: it is asked for, once more by the rule as it is now. What was not confirmed is forgotten.
pub fn ended(work: &mut Work<'_>, confirmation: &Confirmation) -> Result<(), Error> {
    if !matches!(confirmation.operation.what, What::DeviceOrder(_)) {
        return Ok(());
    }
    let known = Known::load(work, confirmation.user)?;
    let found = known.orders.iter().find(|order| order.confirmation == Some(confirmation.id)).cloned();
    let Some(order) = found.filter(|order| order.state == OrderState::Proposed) else { return Ok(()) };
    let old = order.replaces.and_then(|id| known.devices.iter().find(|device| device.id == id));
    let class = work.app.settings.catalogue.class(&order.class);
    let may = class.is_some_and(|class| known.may(work.app, class, old).is_ok());
    if money::confirmed(work, confirmation)?.is_none() || !may {
        return store::device_order::forget(work.sql, &order);
    }
    asked_for(work, &order)
}

/// A proposed order is asked for: recorded, and told to its user and the institution.
fn asked_for(work: &mut Work<'_>, order: &DeviceOrder) -> Result<(), Error> {
    pass(work, order, OrderEvent::Confirmed, None)?;
    work.record(Audit::OrderAsked, Detail::none().class(order.class.as_str()))?;
    let asked = DeviceOrder { state: OrderState::Asked, ..order.clone() };
    let notice = if awaits_pin(work.app, &asked) { Notice::DeviceOrderedForPin } else { Notice::DeviceOrdered };
    notice::tell(work, order.user, notice)
}

/// What a back end orders.
#[derive(Debug, Clone)]
pub(in crate::flow) struct ByBackEnd<'a> {
    /// For whom.
    pub user: UserId,
    /// A device of this class.
    pub class: &'a str,
    /// Where to.
    pub address: &'a Text<ADDRESS>,
    /// The device that it takes the place of.
    pub replaces: Option<DeviceId>,
    /// Of the request.
    pub request: Keyed,
}

/// An order that a back end makes: asked for at once, since it answers for it. Its user has still to choose the PIN.
pub(in crate::flow) fn by_back_end(work: &mut Work<'_>, new: &ByBackEnd<'_>) -> Result<DeviceId, Stop<NotAsked>> {
    let class = work.app.settings.catalogue.class(new.class).ok_or(NotOrdered::Class)?;
    let known = Known::load(work, new.user)?;
    let old = known.old(new.replaces)?;
    known.may(work.app, class, old)?;
    let order = DeviceOrder {
        user: new.user,
        device: DeviceId::new(work.now, &nonce()),
        confirmation: None,
        request: Some(new.request),
        class: class.name.clone(),
        address: new.address.as_str().to_owned(),
        deposit: work.app.settings.orders.deposit(),
        replaces: new.replaces,
        has_pin: false,
        serial: None,
        state: OrderState::Proposed,
        created_at: work.now,
        changed_at: work.now,
    };
    let nonces = store::device_order::Nonces { pin: random(), address: random() };
    match store::device_order::insert(work.sql, &work.app.sealer, &order, None, nonces) {
        // The same request came twice at once: the other one has made it.
        Err(Error::Unique { .. }) => return Err(Error::Retry.into()),
        done => done?,
    }
    asked_for(work, &order)?;
    Ok(order.device)
}

/// Whether the user has still to choose the PIN of what was asked for.
pub fn awaits_pin(app: &App, order: &DeviceOrder) -> bool {
    let usual = app.settings.catalogue.class(&order.class).and_then(issue::usual);
    let takes_one = matches!(usual, Some(Algorithm::Ocra { suite }) if suite.pin_algorithm().is_some());
    order.state == OrderState::Asked && !order.has_pin && takes_one
}

/// Takes an order into the state that follows an event, and tells the institution. False where the two do not fit.
pub(super) fn pass(
    work: &mut Work<'_>,
    order: &DeviceOrder,
    event: OrderEvent,
    serial: Option<&str>,
) -> Result<bool, Error> {
    let Some(state) = order.state.after(event, work.now) else { return Ok(false) };
    if !store::device_order::pass(work.sql, order, state, serial, work.now)? {
        return Err(Error::Retry);
    }
    let name = match state {
        OrderState::Asked => "device.ordered",
        OrderState::Shipped { .. } => "device.shipped",
        OrderState::Active => "device.activated",
        OrderState::LostInPost => "device.lost_in_post",
        OrderState::Cancelled => "device.order_cancelled",
        OrderState::Returned => "device.returned",
        OrderState::Proposed => return Ok(true),
    };
    let data = json!({
        "id": order.device.to_string(),
        "class": order.class,
        "state": state.name(),
        "deposit": order.deposit.map(operation::Amount::from),
        "replaces": order.replaces.map(|id| id.to_string()),
    });
    hook::tell(work, name, order.user, &data)?;
    Ok(true)
}

/// Takes the device of an order into use: what it replaces, and interim devices, end in the same unit. False where there is
/// no order whose device was mailed.
pub(super) fn take_into_use(work: &mut Work<'_>, device: &Device) -> Result<bool, Error> {
    let orders = store::device_order::of_user(work.sql, &work.app.sealer, device.user)?;
    let Some(order) = orders.into_iter().find(|order| order.device == device.id) else { return Ok(false) };
    if !pass(work, &order, OrderEvent::Activated, None)? {
        return Ok(false);
    }
    if unless_refused(lifecycle::pass(work, device, DeviceEvent::Activated))?.is_none() {
        return Err(Error::Retry);
    }
    let ended = lifecycle::end_others(work, device, order.replaces)?;
    notice::tell(work, device.user, Notice::DeviceActivated(device.id))?;
    for (old, state) in ended {
        if matches!(state, DeviceState::Replaced { .. }) {
            notice::tell(work, device.user, Notice::DeviceReplaced(old.id))?;
        }
    }
    Ok(true)
}

/// What a mailed device's end gives, where it was not its order's: the order has ended too, or each sweep would try to take
/// the device into use, in vain.
pub fn device_ended(work: &mut Work<'_>, device: &Device, state: DeviceState) -> Result<(), Error> {
    if !state.ended() || !matches!(device.state, DeviceState::Shipped { .. }) {
        return Ok(());
    }
    let orders = store::device_order::of_user(work.sql, &work.app.sealer, device.user)?;
    match orders.into_iter().find(|order| order.device == device.id) {
        Some(order) => pass(work, &order, OrderEvent::LostInPost, None).map(drop),
        None => Ok(()),
    }
}

/// Takes into use what was mailed long enough ago: at most `limit` devices.
pub fn sweep(work: &mut Work<'_>, limit: u32) -> Result<(), Error> {
    let period = work.app.settings.orders.mailing_period.duration();
    for (user, id) in store::device_order::due(work.sql, work.now.minus(period), limit)? {
        work.about.user = Some(user);
        if let Some(device) = store::device::one(work.sql, user, id)? {
            take_into_use(work, &device)?;
        }
    }
    work.about.user = None;
    Ok(())
}

/// When a device that was mailed becomes active by itself.
pub fn active_by_itself(app: &App, mailed: Timestamp) -> Timestamp {
    mailed.plus(app.settings.orders.mailing_period.duration())
}

/// Whether another device by mail can take the place of this one.
pub fn replaceable(app: &App, device: &Device) -> bool {
    let class = app.settings.catalogue.class(&device.class);
    class.is_some_and(|class| order::is_replaced(Old { class, state: device.state }))
}
