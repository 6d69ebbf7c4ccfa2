//! `countersign rate`: what other currencies are worth, for limits.

use super::{output::Failure, serve::open, user::Common};
use crate::flow::money::rate::post;
use domain::Timestamp;
use serde_json::json;

/// Rates of exchange.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Post what one unit of a currency is worth in US dollars. Without a fresh rate nothing leaves in that currency.
    Set(Set),
}

/// What is posted.
#[derive(Debug, clap::Args)]
pub(crate) struct Set {
    /// The currency, such as EUR.
    currency: String,
    /// Dollars for one unit, such as 1.0843.
    usd: String,
    /// When it was so, such as 2026-12-01T09:30:00Z; now where it is not said.
    #[arg(long, value_name = "TIME")]
    as_of: Option<jiff::Timestamp>,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(command: &Command) -> Result<(), Failure> {
    let Command::Set(set) = command;
    let app = open(&set.common.config)?;
    let as_of = set.as_of.map_or_else(|| app.now(), |at| Timestamp::from_micros(at.as_microsecond()));
    let (currency, usd) = (set.currency.clone(), set.usd.clone());
    app.work_blocking(app.operator(), move |work| post(work, &currency, &usd, as_of))?;
    let text = format!("one {} counts as {} US dollars", set.currency, set.usd);
    let at = jiff::Timestamp::from_microsecond(as_of.micros()).unwrap_or_default();
    set.common.output.print(&json!({ "currency": set.currency, "usd": set.usd, "as_of": at.to_string() }), &text)
}
