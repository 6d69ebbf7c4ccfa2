//! `countersign order …`.

use super::{
    device::{read_key, write_card},
    output::Failure,
    serve::open,
    user::Common,
};
use crate::flow::{
    device::dispatch::{self, Listed, Mailed},
    oidc::keys::moment,
    user::EnrolError,
};
use domain::device::order::{OrderEvent, OrderState};
use std::{fs, path::PathBuf};
use store::device_order::DeviceOrder;

/// What to do with orders.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List orders of all users, the longest waiting first.
    List {
        /// Their state: asked, shipped, active, lost_in_post, cancelled or returned.
        #[arg(long, default_value = "asked")]
        state: String,
        #[command(flatten)]
        common: Common,
    },
    /// Note that the ordered device was mailed: one of the depot by its serial number, or by --key-file or --card-file. It becomes active by its serial number and a response, or by itself.
    Ship(Ship),
    /// Note that the mailed device did not arrive: it is of no use any more.
    Lost(One),
    /// Give up an order before its device was mailed.
    Cancel(One),
    /// Note that the device came back: it ends, and the institution is told that nothing needs to be held back.
    Return(One),
}

/// An order.
#[derive(Debug, clap::Args)]
pub(crate) struct One {
    /// The order's id.
    order: String,
    /// The username.
    #[arg(long)]
    user: String,
    #[command(flatten)]
    common: Common,
}

/// A device to mail.
#[derive(Debug, clap::Args)]
pub(crate) struct Ship {
    #[command(flatten)]
    one: One,
    /// The serial number printed on the device.
    #[arg(long)]
    serial: String,
    /// A file with the device's key in hexadecimal; without it a new key is made, for --card-file.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Write a software card for `countersign-client card-reader`; the file holds the key.
    #[arg(long, value_name = "FILE")]
    card_file: Option<PathBuf>,
}

/// An order as it is shown.
#[derive(Debug, serde::Serialize)]
struct Shown {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    class: String,
    state: &'static str,
    address: String,
    deposit: Option<String>,
    replaces: Option<String>,
    serial: Option<String>,
    /// When it was asked for, Unix seconds.
    created_at: i64,
    /// When its device was mailed, Unix seconds.
    mailed_at: Option<i64>,
}

impl Shown {
    fn of(order: &DeviceOrder, user: Option<String>) -> Self {
        Self {
            id: order.device.to_string(),
            user,
            class: order.class.clone(),
            state: order.state.name(),
            address: order.address.clone(),
            deposit: order.deposit.map(|deposit| deposit.to_string()),
            replaces: order.replaces.map(|id| id.to_string()),
            serial: order.serial.clone(),
            created_at: order.created_at.unix_seconds(),
            mailed_at: match order.state {
                OrderState::Shipped { at } => Some(at.unix_seconds()),
                _ => None,
            },
        }
    }

    fn text(&self, order: &DeviceOrder) -> String {
        let Self { id, class, state, address, .. } = self;
        let user = self.user.as_deref().map(|user| format!("{user}  ")).unwrap_or_default();
        let serial = self.serial.as_deref().map(|serial| format!("  {serial}")).unwrap_or_default();
        format!("{id}  {user}{class}  {state}  {}{serial}  {address}", moment(order.created_at))
    }
}

pub(crate) fn run(command: &Command) -> Result<(), Failure> {
    match command {
        Command::List { state, common } => {
            if OrderState::parse(state, Some(domain::Timestamp::from_unix_seconds(0))).is_none() {
                return Err(Failure(format!("--state: {state} is no state of an order")));
            }
            let app = open(&common.config)?;
            let listed = dispatch::list(&app, state)?;
            let shown = listed.iter().map(|Listed { username, order }| Shown::of(order, Some(username.clone())));
            let shown: Vec<_> = shown.collect();
            let lines: Vec<_> = shown.iter().zip(&listed).map(|(shown, listed)| shown.text(&listed.order)).collect();
            let text = if lines.is_empty() { "no orders".to_owned() } else { lines.join("\n") };
            common.output.print(&shown, &text)
        }
        Command::Ship(ship) => self::ship(ship),
        Command::Lost(one) => end(one, OrderEvent::LostInPost),
        Command::Cancel(one) => end(one, OrderEvent::Cancelled),
        Command::Return(one) => end(one, OrderEvent::Returned),
    }
}

fn end(one: &One, event: OrderEvent) -> Result<(), Failure> {
    let app = open(&one.common.config)?;
    let order = dispatch::end(&app, &one.user, &one.order, event)?;
    print(&one.common, &order)
}

fn ship(ship: &Ship) -> Result<(), Failure> {
    let app = open(&ship.one.common.config)?;
    if ship.key_file.is_none() && ship.card_file.is_none() {
        let shipped = dispatch::ship_from_depot(&app, &ship.one.user, &ship.one.order, &ship.serial);
        let shipped = shipped.map_err(|error| match error {
            EnrolError::NotInDepot => Failure(format!(
                "{error}: import it (countersign token import), or give --key-file (the device's key) or --card-file (to make \
                 a software card)"
            )),
            other => other.into(),
        });
        return print(&ship.one.common, &shipped?);
    }
    let mailed = Mailed {
        username: ship.one.user.clone(),
        order: ship.one.order.clone(),
        serial: ship.serial.clone(),
        key: ship.key_file.as_deref().map(read_key).transpose()?,
    };
    let made = dispatch::make(&app, &mailed)?;
    // The file comes first: a device whose key nobody holds would be of no use.
    let card = ship.card_file.as_deref().map(|path| write_card(path, &made)).transpose()?;
    let shipped = dispatch::ship(&app, &ship.one.user, &made);
    if shipped.is_err()
        && let Some(card) = &card
    {
        let _ = fs::remove_file(card);
    }
    print(&ship.one.common, &shipped?)
}

fn print(common: &Common, order: &DeviceOrder) -> Result<(), Failure> {
    let shown = Shown::of(order, None);
    common.output.print(&shown, &shown.text(order))
}
