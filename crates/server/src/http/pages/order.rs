//! The page on which a device is ordered.

use super::{
    device::{asked_for, named},
    device_proof::told_of,
    settings::day,
};
use crate::{
    flow::{
        Refused,
        confirm::offer,
        device::{
            order::{self, Device, DeviceOrder, NotAsked, Offer, Typed},
            order_pin,
        },
        money::Asking,
    },
    http::{
        Shared,
        answer::Page,
        extract::{
            address::Query,
            attempt,
            form::PageForm,
            session::{SignedInForm, SignedInVisit},
        },
    },
    pages::{
        device::Told,
        error::ErrorKind,
        order::{Missing, OldLine, OrderLine, OrderPage, OrderPinPage, Stands},
    },
};
use axum::{extract::State, http::StatusCode};
use domain::{
    Secret,
    device::order::{NotOrdered, OrderState},
    id::DeviceId,
};

/// Octets of an address at most that are read; how many characters it may have is the flow's.
const ADDRESS: usize = 2048;

/// `GET /settings/devices/order`, for another device or in place of one (`replaces=…`).
pub async fn show(State(app): State<Shared>, SignedInVisit { visit, signed_in }: SignedInVisit, query: Query) -> Page {
    let chosen = query.member("replaces", 64).map(str::to_owned);
    match order::look(&app, &signed_in).await {
        Ok(Some(Offer { label, further, replaceable, address, deposit })) => {
            let old = |device: &Device| OldLine {
                id: device.id.to_string(),
                label: device.label.clone(),
                chosen: chosen.as_deref() == Some(device.id.to_string().as_str()),
            };
            let page = OrderPage {
                frame: visit.frame_at("/settings/devices/order"),
                label,
                missing: further.err().map(missing),
                replaceable: replaceable.iter().map(old).collect(),
                address,
                deposit: deposit.map(Into::into),
                days: app.settings.orders.mailing_period.duration().as_secs() / 86_400,
                told: query.member("said", 32).and_then(Told::of),
            };
            visit.show(StatusCode::OK, &page)
        }
        Ok(None) => visit.error(ErrorKind::NotFound),
        Err(refused) => visit.refused(&refused),
    }
}

fn missing(not: NotOrdered) -> Missing {
    match not {
        NotOrdered::Equity { required, highest } => Missing::Equity(required.into(), highest.map(Into::into)),
        NotOrdered::Phone => Missing::Phone,
        NotOrdered::AwaitsOne => Missing::AwaitsOne,
        NotOrdered::Class | NotOrdered::Old => Missing::Class,
    }
}

/// `POST /settings/devices/order`: on to the pages on which the strongest device confirms it.
pub async fn wish(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Result<Page, Page> {
    let replaces = match form.field("replaces", 64)? {
        "" => None,
        id => Some(id.parse().map_err(|_| form.visit.error(ErrorKind::BadRequest))?),
    };
    let typed = Typed { replaces, address: form.field("address", ADDRESS)?.to_owned(), pins: pins(&form)? };
    let asking = Asking { signed_in, origin: form.origin.clone() };
    let told = match order::wish(&app, &asking, typed).await {
        Ok(handle) => return Ok(attempt::on_to(&app, &form.visit, &handle, offer::LIFE)),
        Err(not) => not_asked(&form, not)?,
    };
    Ok(form.visit.go(&format!("/settings/devices/order?said={}", told.name())))
}

#[expect(clippy::result_large_err, reason = "the error is the answer that goes out, made once")]
fn pins(form: &PageForm) -> Result<[Secret<String>; 2], Page> {
    Ok([form.field("pin", 64)?, form.field("again", 64)?].map(|field| Secret::new(field.to_owned())))
}

#[expect(clippy::result_large_err, reason = "the error is the answer that goes out, made once")]
fn not_asked(form: &PageForm, not: NotAsked) -> Result<Told, Page> {
    Ok(match not {
        NotAsked::Rule(_) => Told::NotOrdered,
        NotAsked::Unknown => Told::Unknown,
        NotAsked::Address(_) => Told::BadAddress,
        NotAsked::Differ => Told::PinsDiffer,
        NotAsked::Pin(error) => told_of(&error),
        NotAsked::Refused(Refused::NotPermitted(_) | Refused::NoUsableDevice { .. }) => Told::NoDevice,
        NotAsked::Refused(refused) => return Err(form.visit.refused(&refused)),
    })
}

/// `GET /settings/devices/order/pin?id=…`: for an order of the institution's whose PIN is still to be chosen.
pub async fn pin_page(
    State(app): State<Shared>,
    SignedInVisit { visit, signed_in }: SignedInVisit,
    query: Query,
) -> Page {
    let Some(id) = asked_for(&query) else { return visit.error(ErrorKind::NotFound) };
    match order_pin::look(&app, &signed_in, id).await {
        Ok(label) => {
            let page = OrderPinPage {
                frame: visit.frame_at(&of_pin(id)),
                id: id.to_string(),
                label,
                told: query.member("said", 32).and_then(Told::of),
            };
            visit.show(StatusCode::OK, &page)
        }
        Err(NotAsked::Refused(refused)) => visit.refused(&refused),
        Err(_) => visit.error(ErrorKind::NotFound),
    }
}

/// `POST /settings/devices/order/pin`: on to the pages on which the strongest device confirms it.
pub async fn pin(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Result<Page, Page> {
    let id = named(&form)?;
    let asking = Asking { signed_in, origin: form.origin.clone() };
    Ok(match order_pin::wish(&app, &asking, id, pins(&form)?).await {
        Ok(handle) => attempt::on_to(&app, &form.visit, &handle, offer::LIFE),
        // The device is in the post meanwhile, or the PIN is chosen.
        Err(NotAsked::Unknown) => form.visit.go(&format!("/settings?said={}", Told::Unknown.name())),
        Err(not) => {
            let told = not_asked(&form, not)?;
            form.visit.go(&format!("{}&said={}", of_pin(id), told.name()))
        }
    })
}

fn of_pin(id: DeviceId) -> String {
    format!("/settings/devices/order/pin?id={id}")
}

/// What is on its way to a user, for the settings page.
pub(super) fn lines(app: &Shared, orders: &[DeviceOrder], devices: &[Device]) -> Vec<OrderLine> {
    let class = |order: &DeviceOrder| app.settings.catalogue.class(&order.class).map(|class| class.label.clone());
    let label =
        |order: &DeviceOrder| devices.iter().find(|one| Some(one.id) == order.replaces).map(|one| one.label.clone());
    let line = |order: &DeviceOrder| {
        let stands = match order.state {
            OrderState::Asked if order::awaits_pin(app, order) => Stands::AwaitsPin(day(order.created_at)),
            OrderState::Asked => Stands::Asked(day(order.created_at)),
            OrderState::Shipped { at } => Stands::Shipped(day(order::active_by_itself(app, at))),
            _ => return None,
        };
        Some(OrderLine {
            id: order.device.to_string(),
            label: class(order).unwrap_or_else(|| order.class.clone()),
            address: order.address.clone(),
            stands,
            replaces: label(order),
        })
    };
    orders.iter().filter_map(line).collect()
}
