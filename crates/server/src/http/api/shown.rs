//! What we know, in the API's words.

pub use crate::http::answer::moment;
use crate::{
    app::App,
    flow::device::{
        depot,
        order::{DeviceOrder, active_by_itself, awaits_pin},
    },
    flow::institution::{
        account,
        read::{Channel, Entry, Held, Known, Locked, Session},
        webhook::{Message, MessageState, Webhook},
        withdrawal::{Standing, Withdrawal},
    },
    http::problem,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{Timestamp, device::order::OrderState, id::UserId, money::withdrawal::WithdrawalState};
use operation::{Amount, Money};
use wire::api::{account::Account, event::Event, inventory, user, webhook, withdrawal};

/// Dollars that are counted, as an exact decimal.
pub fn digits(money: Money) -> String {
    Amount::from(money).digits().to_owned()
}

/// An account with its users.
pub fn account(account: &account::Account, users: &[UserId]) -> Account {
    Account {
        id: account.id.clone(),
        users: users.iter().map(ToString::to_string).collect(),
        currency: account.equity.currency().code().to_owned(),
        equity: digits(account.equity),
        told_at: moment(account.told_at),
    }
}

/// A user.
pub fn user(known: Known) -> user::User {
    let contact = |(channel, address): (Channel, String)| user::Contact {
        kind: if channel == Channel::Mail { "mail" } else { "phone" }.to_owned(),
        address,
    };
    user::User {
        id: known.user.id.to_string(),
        username: known.user.username.to_string(),
        locale: known.user.locale,
        contacts: known.contacts.into_iter().map(contact).collect(),
        accounts: known.accounts,
        created_at: moment(known.user.created_at),
    }
}

/// A device.
pub fn device(held: Held) -> user::Device {
    let Held { device, methods, default } = held;
    user::Device {
        id: device.id.to_string(),
        state: device.state.name().to_owned(),
        class: device.class,
        label: device.label,
        serial: Some(device.serial).filter(|serial| !serial.is_empty()),
        methods: methods.iter().map(|method| method.name().to_owned()).collect(),
        default,
        created_at: moment(device.created_at),
        last_used_at: device.last_used_at.map(moment),
    }
}

/// A lock.
pub fn lock(locked: Locked) -> user::Lock {
    user::Lock {
        of: if locked.device.is_some() { user::Locked::Device } else { user::Locked::User },
        device_id: locked.device.map(|device| device.to_string()),
        until: match locked.until {
            domain::lockout::Until::At(at) => Some(moment(at)),
            domain::lockout::Until::Lifted => None,
        },
        failures: locked.failures,
    }
}

/// A session.
pub fn session(session: Session) -> user::Session {
    user::Session {
        id: session.id.to_string(),
        agent: session.agent,
        address: session.address,
        acr: session.acr,
        created_at: moment(session.created_at),
        last_seen_at: moment(session.last_seen_at),
        expires_at: moment(session.expires_at),
    }
}

/// An entry of the audit log.
pub fn event(entry: Entry) -> Event {
    Event {
        id: entry.id.to_string(),
        at: moment(entry.at),
        kind: entry.kind,
        record: serde_json::from_str(&entry.detail).unwrap_or_default(),
    }
}

/// A serial number of the depot.
pub fn item(item: &depot::Item) -> inventory::Item {
    let holder = item.state.holder();
    let at = |micros: Option<i64>| micros.map(|micros| moment(Timestamp::from_micros(micros)));
    inventory::Item {
        serial: item.serial.clone(),
        class: item.class.clone(),
        state: item.state.name().to_owned(),
        user: holder.map(|holder| holder.user.to_string()),
        device_id: holder.map(|holder| holder.device.to_string()),
        batch: item.batch.to_string(),
        adopted: item.adopted,
        manufacturer: item.terms.manufacturer.clone(),
        model: item.terms.model.clone(),
        valid_from: at(item.terms.valid_from),
        valid_until: at(item.terms.valid_until),
        changed_at: moment(item.changed_at),
    }
}

/// What happened to one.
pub fn happened(event: &depot::Event) -> inventory::Happened {
    let holder = event.state.holder();
    inventory::Happened {
        at: moment(event.at),
        state: event.state.name().to_owned(),
        by: event.actor.name().to_owned(),
        user: holder.map(|holder| holder.user.to_string()),
        device_id: holder.map(|holder| holder.device.to_string()),
    }
}

/// A withdrawal, with what is awaited of its user.
pub fn standing(standing: Standing, now: Timestamp) -> withdrawal::Withdrawal {
    let Standing { withdrawal: one, view, refused } = standing;
    let failure = match refused {
        Some(refused) => problem::first_party(refused, now).ok(),
        None => view.as_ref().and_then(|view| problem::step_failure(view)),
    };
    withdrawal::Withdrawal {
        failure,
        expires_in: view.as_ref().map(|view| view.expires_in),
        next: view.map(|view| view.next),
        ..withdrawal(&one)
    }
}

/// A withdrawal.
pub fn withdrawal(one: &Withdrawal) -> withdrawal::Withdrawal {
    let (amount, withdrawals) = (one.what.amount(), one.what.withdrawals());
    let first = withdrawals.first();
    let payment = |asked: &operation::Withdrawal| withdrawal::Payment {
        amount: asked.amount.digits().to_owned(),
        destination: destination(&asked.destination),
        reference: asked.reference.as_str().to_owned(),
    };
    withdrawal::Withdrawal {
        id: one.id.to_string(),
        user: one.user.to_string(),
        kind: if one.transfer { withdrawal::Kind::Transfer } else { withdrawal::Kind::Withdrawal },
        state: state(one.state),
        client: one.client.clone(),
        amount: amount.map(|amount| amount.digits().to_owned()).unwrap_or_default(),
        currency: amount.map(|amount| amount.currency().to_owned()).unwrap_or_default(),
        destination: first.map(|asked| destination(&asked.destination)).unwrap_or_default(),
        account_id: first.map(|asked| asked.account_id.as_str().to_owned()).unwrap_or_default(),
        reference: first.map(|asked| asked.reference.as_str().to_owned()).unwrap_or_default(),
        payments: if withdrawals.len() > 1 { withdrawals.iter().map(payment).collect() } else { Vec::new() },
        counted: withdrawal::Counted {
            usd: digits(Money::from_minor(one.counted.minor, domain::money::rate::COUNTED_IN)),
            business_day: one.counted.business_day.to_string(),
        },
        confirmed_by: one
            .confirmed_by
            .as_ref()
            .map(|by| withdrawal::ConfirmedBy { device_id: by.device.to_string(), class: by.class.clone() }),
        created_at: moment(one.created_at),
        changed_at: moment(one.changed_at),
        next: None,
        expires_in: None,
        failure: None,
    }
}

fn destination(to: &operation::Destination) -> withdrawal::Destination {
    withdrawal::Destination { name: to.name.as_str().to_owned(), account: to.account.as_str().to_owned() }
}

fn state(state: WithdrawalState) -> withdrawal::State {
    match state {
        WithdrawalState::AwaitingConfirmation => withdrawal::State::AwaitingConfirmation,
        WithdrawalState::Confirmed => withdrawal::State::Confirmed,
        WithdrawalState::Settled => withdrawal::State::Settled,
        WithdrawalState::Cancelled => withdrawal::State::Cancelled,
        WithdrawalState::Refused => withdrawal::State::Refused,
        WithdrawalState::Expired => withdrawal::State::Expired,
    }
}

/// A webhook, without its secret.
pub fn webhook(webhook: Webhook) -> webhook::Webhook {
    webhook::Webhook {
        id: webhook.id.to_string(),
        url: webhook.url,
        events: webhook.events,
        created_at: moment(webhook.created_at),
        secret: None,
    }
}

/// The secret of a webhook, as Standard Webhooks write it.
pub fn secret(webhook: &Webhook) -> String {
    format!("whsec_{}", STANDARD.encode(webhook.secret.expose()))
}

/// How a message is named to its receiver.
const MESSAGE: &str = "msg_";

/// The id of a message that is named so.
pub fn message_id(name: &str) -> &str {
    name.strip_prefix(MESSAGE).unwrap_or_default()
}

/// A message to a webhook, with what came of it.
pub fn delivery(message: Message) -> webhook::Delivery {
    webhook::Delivery {
        id: format!("{MESSAGE}{}", message.id),
        event: message.event,
        state: match message.state {
            MessageState::Pending => webhook::DeliveryState::Pending,
            MessageState::Delivered => webhook::DeliveryState::Delivered,
            MessageState::Failed => webhook::DeliveryState::Failed,
        },
        attempts: message.attempts,
        last_result: message.last_result,
        created_at: moment(message.created_at),
        next_attempt_at: message.next_at.map(moment),
        payload: serde_json::from_str(&message.payload).unwrap_or_default(),
    }
}

/// An order.
pub fn order(app: &App, order: &DeviceOrder) -> wire::api::order::Order {
    let active_at = match order.state {
        OrderState::Shipped { at } => Some(moment(active_by_itself(app, at))),
        _ => None,
    };
    let deposit = |money: Money| wire::api::order::Deposit {
        amount: digits(money),
        currency: money.currency().code().to_owned(),
    };
    wire::api::order::Order {
        id: order.device.to_string(),
        user: order.user.to_string(),
        class: order.class.clone(),
        state: order.state.name().to_owned(),
        address: order.address.clone(),
        deposit: order.deposit.map(deposit),
        replaces: order.replaces.map(|id| id.to_string()),
        serial: order.serial.clone(),
        awaits_pin: awaits_pin(app, order),
        created_at: moment(order.created_at),
        active_at,
        changed_at: moment(order.changed_at),
    }
}
