//! `phone rename|remove|activity|lock|change-pin`: what a phone sees and changes of itself.

use super::{
    Entry,
    output::{self, Failure},
    phone::{Common, ca, open},
    phone_pin::{Pin, new_pin, read_pin},
};
use crate::{
    first_party::{Server, ServerUrl},
    phone::check_new_pin,
};
use std::path::PathBuf;
use wire::phone::lock::{LockState, TransferLock};
use zeroize::Zeroizing;

/// The new PIN.
#[derive(Debug, clap::Args)]
pub(super) struct NewPin {
    /// Read the new PIN from this file instead of asking for it.
    #[arg(long, value_name = "FILE")]
    new_pin_file: Option<PathBuf>,
}

impl NewPin {
    /// The one in the file, if one is named.
    pub(super) fn given(&self) -> Result<Option<Zeroizing<String>>, Failure> {
        self.new_pin_file.as_deref().map(output::secret_file).transpose()
    }
}

pub(super) async fn rename(common: &Common, label: &str, entry: &mut Entry<'_>) -> Result<(), Failure> {
    let renamed = open(common, entry).await?.rename(label).await?;
    if common.json {
        return output::line(entry, &serde_json::to_string(&renamed)?);
    }
    output::line(entry, &renamed.label)
}

pub(super) async fn remove(common: &Common, entry: &mut Entry<'_>) -> Result<(), Failure> {
    open(common, entry).await?.remove().await?;
    let _ = writeln!(entry.err, "{} is of no more use.", common.state.display());
    output::value(entry, "removed", common.json)
}

pub(super) async fn activity(common: &Common, lang: Option<&str>, entry: &mut Entry<'_>) -> Result<(), Failure> {
    let lang = lang.map(|tag| i18n::Lang::parse(tag).ok_or_else(|| Failure::usage("no such language"))).transpose()?;
    let lines = open(common, entry).await?.activity(lang.map(i18n::Lang::tag)).await?;
    if common.json {
        return output::line(entry, &serde_json::to_string(&lines)?);
    }
    lines.iter().try_for_each(|line| {
        let mark = if line.alarming { "!" } else { " " };
        let address = line.address.as_ref().map(|address| format!(", {address}")).unwrap_or_default();
        output::line(entry, &format!("{mark} {}  {}{address}", line.at, line.text))
    })
}

/// How the transfer lock stands, closed first where that is wished. It opens on the settings page only.
pub(super) async fn lock(common: &Common, close: bool, entry: &mut Entry<'_>) -> Result<(), Failure> {
    let phone = open(common, entry).await?;
    let lock = if close { phone.close_transfer_lock().await? } else { phone.transfer_lock().await? };
    if common.json {
        return output::line(entry, &serde_json::to_string(&lock)?);
    }
    output::line(entry, &stands(&lock))
}

fn stands(lock: &TransferLock) -> String {
    let what = if lock.cards { "withdrawal, transfer or card payment" } else { "withdrawal or transfer" };
    let until = lock.until.and_then(|until| jiff::Timestamp::from_second(until).ok());
    match (lock.state, until) {
        (LockState::Open, _) => "open: withdrawals and transfers may leave".to_owned(),
        (LockState::Opening, Some(until)) => format!("closed until {until}: no {what} leaves before"),
        (LockState::Closed | LockState::Opening, _) => format!("closed: no {what} leaves"),
    }
}

pub(super) async fn change_pin(
    common: &Common,
    (pin, new): (&Pin, &NewPin),
    entry: &mut Entry<'_>,
) -> Result<(), Failure> {
    let phone = open(common, entry).await?;
    let issuer: ServerUrl = phone.shelf().read()?.server.parse()?;
    let server = Server::discover(&issuer, ca(common)?.as_deref()).await?;
    let current = read_pin(pin)?;
    let new = match new.given()? {
        Some(pin) => pin,
        None => new_pin("give --new-pin-file")?,
    };
    check_new_pin(&new)?;
    if *new == *current {
        return Err(Failure::Failed("the new PIN is the current one".to_owned()));
    }
    let change = phone.begin_pin_change(&server).await?;
    phone.complete_pin_change(&change, (&current, &new)).await?;
    output::value(entry, "changed", common.json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_says_what_leaves_and_from_when() {
        let said = |state, until, cards| stands(&TransferLock { state, until, wait_hours: None, cards });
        assert_eq!(said(LockState::Open, None, false), "open: withdrawals and transfers may leave");
        assert_eq!(said(LockState::Closed, None, true), "closed: no withdrawal, transfer or card payment leaves");
        assert_eq!(
            said(LockState::Opening, Some(1_800_000_000), false),
            "closed until 2027-01-15T08:00:00Z: no withdrawal or transfer leaves before"
        );
    }
}
