//! Where the end of an attempt leads that somebody asked for.

use super::next;
use crate::{app::App, flow::Refused, handle::Kind};
use domain::confirmation::{Channel, Exhaustion, Outcome, What};
use std::sync::Arc;

/// Where the user goes on to from the end of an attempt that somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WayBack {
    /// To the program that asked, which learns that it gets nothing.
    Client {
        /// The address, with the error.
        to: String,
        /// The program's name.
        name: String,
    },
    /// A login that a program asked for: to another try of it, or to the program with an error.
    Login {
        /// The handle of the request that waits.
        request: String,
        /// The program's name.
        name: Option<String>,
    },
    /// To our own settings page.
    Settings,
    /// To our own settings page, where a device was added.
    Devices,
    /// To our own page of limits, where it was asked.
    Limits,
    /// To our own page of contact points, where one changed.
    Contacts,
    /// To our own settings page, where news was seen.
    News,
    /// To our own pages, with another password.
    Password {
        /// Whether whoever asked is signed in.
        signed_in: bool,
    },
}

/// The way back of an attempt; none for a login to our own pages, or an attempt that is not known.
pub async fn way_back(app: &Arc<App>, handle: &str) -> Result<Option<WayBack>, Refused> {
    let Some(read) = app.handles.read(Kind::Attempt, handle) else { return Ok(None) };
    let found = app.store.read(move |sql| store::confirmation::by_handle(sql, read.user, read.digest)).await?;
    let Some(stored) = found else { return Ok(None) };
    let reason = reason(stored.confirmation.outcome());
    Ok(match stored.confirmation.operation.channel {
        Channel::Details(back) => {
            let client = &stored.confirmation.operation.client;
            let addressee = oidc::authorize::Addressee {
                redirect_uri: back.redemption.redirect_uri.unwrap_or_default(),
                state: back.state,
            };
            Some(WayBack::Client {
                to: addressee.denied(&app.settings.issuer, reason),
                name: app.clients.find(client).map_or_else(|| client.clone(), |client| client.name.clone()),
            })
        }
        Channel::Backchannel => Some(WayBack::Settings),
        Channel::Settings { .. } if matches!(stored.confirmation.operation.what, What::PasskeyAddition(_)) => {
            Some(WayBack::Devices)
        }
        Channel::Settings { .. } if matches!(stored.confirmation.operation.what, What::ContactChange(_)) => {
            Some(WayBack::Contacts)
        }
        Channel::Settings { .. } if stored.confirmation.operation.what == What::PasswordChange => {
            Some(WayBack::Password { signed_in: true })
        }
        Channel::Settings { .. } if stored.confirmation.operation.what == What::NewsAcknowledgement => {
            Some(WayBack::News)
        }
        Channel::Settings { .. } => Some(WayBack::Limits),
        Channel::Recovery { .. } => Some(WayBack::Password { signed_in: false }),
        Channel::Authorization { ref request, .. } => {
            let request = app.handles.reveal(request).unwrap_or_default();
            Some(WayBack::Login { request, name: next::asker(app, &stored.confirmation.operation) })
        }
        Channel::Hosted | Channel::FirstParty(_) | Channel::Phone | Channel::Activation | Channel::Call { .. } => None,
    })
}

/// How an attempt ended that gives nothing, in a word for the program that asked.
fn reason(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        Some(Outcome::Denied { .. }) => "denied",
        Some(Outcome::Expired { .. }) => "expired",
        Some(Outcome::Abandoned { .. }) => "abandoned",
        Some(Outcome::Exhausted { because: Exhaustion::WrongAnswers, .. }) => "too_many_attempts",
        Some(Outcome::Exhausted { .. } | Outcome::Confirmed { .. }) | None => "ended",
    }
}
