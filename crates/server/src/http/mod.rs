//! HTTP by API, each room with a table of its routes; the extractors that check what a handler may rely on; what every
//! request passes.

pub mod answer;
pub mod api;
pub mod app;
pub mod extract;
pub mod health;
pub mod layers;
pub mod oauth;
pub mod pages;
pub mod phone;
pub mod problem;
pub mod routes;

pub(crate) use pages::settings::moment;
pub use routes::router;

use crate::app::App;
use std::sync::Arc;

/// What every handler gets.
pub type Shared = Arc<App>;
