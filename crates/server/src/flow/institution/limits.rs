//! What a user may withdraw, as back offices ask it.

use super::{NotDone, looked_up};
use crate::{
    app::App,
    flow::{
        Refused,
        money::{
            overview::{self, MoneyOverview},
            permit, withdrawal,
        },
    },
};
use domain::money::permit::{By, Decision};
use operation::{Amount, Money};
use std::sync::Arc;
use store::device::Device;

/// What a user may let leave, device by device.
pub async fn of_user(app: &Arc<App>, name: String) -> Result<MoneyOverview, NotDone> {
    app.look(move |work| {
        let user = looked_up(work.sql, &name)?.ok_or(NotDone::UnknownUser)?;
        Ok(overview::of_user(work, user.id)?)
    })
    .await
}

/// What is asked about.
#[derive(Debug, Clone)]
pub struct Asked {
    /// How much.
    pub amount: Amount,
    /// Whether a card pays it, which counts nowhere.
    pub card: bool,
}

/// What the rule says.
#[derive(Debug)]
pub struct Permitted {
    /// What it comes to, in the currency of the limits.
    pub counted: Money,
    /// Of each active device.
    pub decision: Decision,
    /// The user's devices.
    pub devices: Vec<Device>,
}

/// Asks the rule, and nobody's device.
pub async fn permit(app: &Arc<App>, name: String, asked: Asked) -> Result<Permitted, NotDone> {
    app.look(move |work| {
        let user = looked_up(work.sql, &name)?.ok_or(NotDone::UnknownUser)?;
        let money = asked.amount.money().map_err(|error| NotDone::unfit("amount", error))?;
        let counted = withdrawal::converted(work, money)?;
        let by = if asked.card { By::Card } else { By::Withdrawal };
        let asked = permit::Asked { amount: counted, by, own: None };
        let devices = store::device::of_user(work.sql, user.id)?;
        let decision = permit::decide(work, user.id, asked, &devices)?.ok_or(Refused::NoCalendar)?;
        Ok(Permitted { counted, decision, devices })
    })
    .await
}
