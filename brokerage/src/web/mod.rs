//! The pages and the API.

pub mod api;
pub mod assets;
pub mod cards;
pub mod elsewhere;
pub mod frame;
pub mod home;
pub mod login;
pub mod pages;
pub mod part;
pub mod payouts;
pub mod portal;
pub mod processor;
pub mod trader;
pub mod trouble;
pub mod tws;
pub mod typed;
pub mod visit;
pub mod withdraw;

use crate::app::App;
use axum::{
    Router, middleware,
    routing::{get, post},
};
use std::sync::Arc;

/// What handlers share.
pub type Shared = Arc<App>;

/// Every route.
pub fn router(app: Shared) -> Router {
    pages()
        .merge(interfaces())
        .fallback(home::nothing)
        .layer(middleware::from_fn_with_state(Arc::clone(&app), frame::headers))
        .with_state(app)
}

fn pages() -> Router<Shared> {
    Router::new()
        .route("/", get(home::home))
        .route("/language", post(home::language))
        .route("/static/{name}", get(assets::asset))
        .route("/portal/", get(portal::overview))
        .route("/portal/login", get(login::portal))
        .route("/portal/callback", get(login::portal_callback))
        .route("/portal/statements", get(portal::statements))
        .route("/portal/withdraw", get(withdraw::form).post(withdraw::ask))
        .route("/portal/withdrawals/{id}", get(withdraw::show))
        .route("/portal/withdrawals/{id}/state", get(withdraw::state))
        .route("/portal/payouts", get(payouts::list).post(payouts::act))
        .route("/portal/logout", post(login::portal_logout))
        .route("/portal/bye", get(login::bye))
        .route("/trader", get(trader::slash))
        .route("/trader/", get(trader::desk))
        .route("/trader/board", get(trader::board))
        .route("/trader/login", get(login::trader))
        .route("/trader/callback", get(login::trader_callback))
        .route("/trader/orders", post(trader::place))
        .route("/trader/orders/cancel", post(trader::cancel))
        .route("/trader/logout", post(login::trader_logout))
        .route("/trader/bye", get(login::bye))
        .route("/cards/", get(cards::counter))
        .route("/cards/swipe", post(cards::swipe))
        .route("/cards/payments/{id}", get(cards::payment))
        .route("/cards/payments/{id}/state", get(cards::state))
}

fn interfaces() -> Router<Shared> {
    Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/portal/backchannel-logout", post(login::portal_told))
        .route("/trader/backchannel-logout", post(login::trader_told))
        .route("/api/quotes", get(api::quotes))
        .route("/api/positions", get(api::positions))
        .route("/api/orders", get(api::orders).post(api::place))
        .route("/api/orders/{number}", axum::routing::delete(api::cancel))
        .route("/api/statements", get(api::statements))
        .route("/tws/withdrawals", post(tws::ask))
        .route("/tws/withdrawals/{id}/continue", post(tws::go_on))
        .route("/tws/withdrawals/{id}/cancel", post(tws::cancel))
        .route("/processor/v1/cards", get(processor::list))
        .route("/processor/v1/cards/{card}/preauthorisations", post(processor::preauthorise))
        .route("/processor/v1/cards/{card}/payments/{payment}/authorise", post(processor::authorise))
        .route("/processor/v1/cards/{card}/block", post(processor::block))
}
