//! HTTP: the table of routes, the extractors that check what a handler may rely on, and one thin file a noun.

pub mod app;
mod assets;
pub mod body;
pub mod cookie;
mod cors;
pub mod first_party;
mod forwarded;
pub mod health;
pub mod invite;
pub mod layers;
pub mod login;
pub mod manage;
pub mod metadata;
pub mod oauth;
pub mod open;
pub mod page;
pub mod peer;
pub mod phone;
pub mod phone_cards;
pub mod problem;
pub mod push;
pub mod routes;
pub mod settings;
pub mod site;
pub mod token;

pub use routes::router;
pub(crate) use settings::moment;

use crate::app::App;
use std::sync::Arc;

/// What every handler gets.
pub type Shared = Arc<App>;
