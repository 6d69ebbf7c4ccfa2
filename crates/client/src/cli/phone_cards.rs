//! `phone cards`, `preauthorise`, `authorise`, `block`, `finish`: debit cards on the software phone.

use super::{
    Entry,
    output::{self, Failure},
    phone::{Common, open},
    phone_pin::{Pin, read_pin},
    phone_words::words,
};
use wire::phone::{
    cards::{Card, CardState},
    own::{Finished, Wanted},
};

pub(super) async fn list(common: &Common, entry: &mut Entry<'_>) -> Result<(), Failure> {
    let cards = open(common, entry).await?.cards().await?;
    if common.json {
        return output::line(entry, &serde_json::to_string(&cards)?);
    }
    if cards.is_empty() {
        let _ = writeln!(entry.err, "There are no cards.");
    }
    cards.iter().flat_map(lines).try_for_each(|line| output::line(entry, &line))
}

/// A card, and what it has going, in a line each.
fn lines(card: &Card) -> Vec<String> {
    let state = match card.state {
        CardState::Pending => "pending",
        CardState::Active => "active",
        CardState::Blocked => "blocked",
        CardState::Cancelled => "cancelled",
    };
    let mut lines = vec![format!(
        "{}  {} …{}, {state}, {} {} available",
        card.id, card.label, card.last_four, card.available, card.currency
    )];
    if let Some(open) = &card.preauthorisation {
        lines.push(format!("  up to {} {} allowed until {}", open.amount, card.currency, open.expires_at));
    }
    let declined =
        |one: &wire::phone::cards::Declined| format!("  declined: {}  {} to {}", one.id, one.amount, one.merchant);
    lines.extend(card.declined.iter().map(declined));
    lines
}

/// Asks, approves with the PIN what the server makes of it, and has it carried out.
pub(super) async fn ask(common: &Common, pin: &Pin, what: Wanted, entry: &mut Entry<'_>) -> Result<(), Failure> {
    let phone = open(common, entry).await?;
    let shown = phone.ask(what).await?;
    let _ = writeln!(entry.err, "{}", words(&shown));
    let pin = read_pin(pin)?;
    phone.approve(&shown, &pin, None).await?;
    match phone.finish(&shown.id).await {
        Ok(finished) => done(common, &finished, entry),
        Err(error) => {
            let _ = writeln!(entry.err, "It is approved; carry it out with: phone finish {}", shown.id);
            Err(error.into())
        }
    }
}

pub(super) async fn finish(common: &Common, id: &str, entry: &mut Entry<'_>) -> Result<(), Failure> {
    let finished = open(common, entry).await?.finish(id).await?;
    done(common, &finished, entry)
}

pub(super) async fn block(common: &Common, card: &str, entry: &mut Entry<'_>) -> Result<(), Failure> {
    let blocked = open(common, entry).await?.block_card(card).await?;
    if common.json {
        return output::line(entry, &serde_json::to_string(&blocked)?);
    }
    lines(&blocked).iter().try_for_each(|line| output::line(entry, line))
}

fn done(common: &Common, finished: &Finished, entry: &mut Entry<'_>) -> Result<(), Failure> {
    if common.json {
        return output::line(entry, &serde_json::to_string(finished)?);
    }
    let until = finished.expires_at.map(|at| format!(", until {at}")).unwrap_or_default();
    output::line(entry, &format!("{}{until}", finished.kind))
}
