//! `withdraw`: a login by flags, and then a withdrawal that a device confirms.

use super::super::Entry;
use super::super::output::{self, Failure};
use super::answers::Source;
use super::script::{Ended, Script, Told};
use crate::first_party::{Identity, Purpose};
use crate::market::Market;
use crate::withdrawal::{self, Order, Withdrawing};
use serde_json::json;
use wire::api::withdrawal::{Destination, Withdrawal};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Withdraw {
    #[command(flatten)]
    login: super::Arguments,
    /// How much, as people of the language write it: `250,000.00`, `250 000,00`.
    #[arg(long)]
    amount: String,
    /// The currency (ISO 4217).
    #[arg(long, default_value = "USD")]
    currency: String,
    /// Whose account the money goes to.
    #[arg(long, value_name = "NAME")]
    to_name: String,
    /// Which account.
    #[arg(long, value_name = "NUMBER")]
    to_account: String,
    /// Your words for it.
    #[arg(long)]
    reference: Option<String>,
    /// Confirm the withdrawal with this device, by its label or id; with that of the login without it.
    #[arg(long, value_name = "LABEL_OR_ID")]
    confirm_with: Option<String>,
    /// Confirm it by this method of the device.
    #[arg(long, value_name = "METHOD")]
    confirm_by: Option<String>,
}

pub(in crate::cli) fn run(arguments: &Withdraw, entry: &mut Entry<'_>) -> Result<(), Failure> {
    let login = &arguments.login;
    let lang = login.lang.unwrap_or_else(|| super::language(entry.variable));
    let url = login.brokerage.as_ref().ok_or_else(|| Failure::usage("give --brokerage"))?;
    let username = login.username.clone().ok_or_else(|| Failure::usage("give --username"))?;
    let amount = withdrawal::typed(&arguments.amount, &arguments.currency, lang).map_err(Failure::Usage)?;
    let order = Order {
        amount,
        currency: arguments.currency.clone(),
        destination: Destination { name: arguments.to_name.clone(), account: arguments.to_account.clone() },
        reference: arguments.reference.clone(),
    };
    let password = super::password(login, entry)?;
    let source = Source::of(login, entry)?;
    let (ca, runtime) = (super::authorities(login)?, super::runtime()?);
    let told = Told { json: login.json, lang, purpose: Purpose::Login, done: "confirmed" };
    let attempt = async {
        let program = match super::program(login, ca.as_deref(), entry).await {
            Ok(program) => program,
            Err(error) => return Err(told.ended(entry, error.into())),
        };
        let mut script = super::script(login, lang, program, (source, entry));
        let identity = match script.attempt(&username, password).await {
            Ok(identity) => identity,
            Err(ended) => return Err(told.ended(script.entry, ended)),
        };
        super::script::mark_problem(script.entry, identity.mark_problem.as_deref());
        match confirmed(&mut script, arguments, identity, url, &order).await {
            Ok(withdrawal) => {
                shown(&script, login.json, &withdrawal).and_then(|text| output::line(script.entry, &text))
            }
            Err(ended) => Err(Told { purpose: Purpose::Withdrawal, ..told }.ended(script.entry, ended)),
        }
    };
    let done = runtime.block_on(attempt);
    runtime.shutdown_background();
    done
}

async fn confirmed<'a>(
    script: &mut Script<'a, '_>,
    arguments: &'a Withdraw,
    identity: Identity,
    url: &crate::first_party::ServerUrl,
    order: &Order,
) -> Result<Box<Withdrawal>, Ended> {
    script.device = arguments.confirm_with.as_deref().or(script.device);
    script.method = arguments.confirm_by.as_deref().or(script.method.filter(|_| arguments.confirm_with.is_none()));
    script.settled = false;
    // A card or a command answers once: now it is asked again.
    if !matches!(script.source, Source::Given(_)) {
        script.source = Source::of(&arguments.login, script.entry)?;
    }
    let market =
        Market::at(url, identity.access_token).map_err(|error| Ended::Here(Failure::Failed(error.to_string())))?;
    let (withdrawing, progress) = Withdrawing::ask(&market, order).await?;
    let done = script.taken_on(&withdrawing, progress).await;
    if done.is_err() {
        withdrawing.give_up().await;
    }
    done
}

fn shown(script: &Script<'_, '_>, as_json: bool, withdrawal: &Withdrawal) -> Result<String, Failure> {
    if as_json {
        return Ok(json!({ "confirmed": true, "withdrawal": withdrawal }).to_string());
    }
    let marks = amount::Marks::of(script.lang.tag());
    let amount = amount::write(&withdrawal.amount, &withdrawal.currency, marks);
    let name = withdrawal.destination.name.as_str();
    Ok(script.lang.t_with("withdraw-confirmed", &[("amount", amount.into()), ("name", name.into())]))
}
