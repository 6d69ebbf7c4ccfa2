//! The floor of the machine: `cargo run --release -p countersign --example floor -- ADDRESS DATABASE`.
//!
//! The bare minimum that a login server must do, with the same listener, runtime, HTTP and store: each request reads a
//! form, makes so many durable units of work that append one row, and answers with JSON. `countersign-client bench
//! --floor` sends the requests. DATABASE is empty, or that of an earlier run.

use axum::{
    Json, Router,
    extract::{ConnectInfo, State},
    http::StatusCode,
    routing::post,
};
use domain::{Nonce, Timestamp, audit::Kind, id::AuditId};
use serde_json::{Value, json};
use std::{error::Error, net::SocketAddr};
use store::{MIGRATIONS, Options, Store};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(address), Some(database)) = (arguments.next(), arguments.next()) else {
        return Err("usage: floor ADDRESS DATABASE".into());
    };
    let address: SocketAddr = address.parse()?;
    let store = Store::open(&Options::new(database))?;
    store.migrate(MIGRATIONS, 0)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await?;
        let router = Router::new().route("/units", post(units)).with_state(store);
        axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await
    })?;
    Ok(())
}

async fn units(
    State(store): State<Store>,
    ConnectInfo(_): ConnectInfo<SocketAddr>,
    body: String,
) -> Result<Json<Value>, StatusCode> {
    let mut fields = form_urlencoded::parse(body.as_bytes());
    let (Some((_, units)), Some((_, filler))) = (fields.next(), fields.next()) else {
        return Err(StatusCode::BAD_REQUEST);
    };
    let units: u32 = units.parse().map_err(|_| StatusCode::BAD_REQUEST)?;
    for _ in 0..units {
        let id: [u8; 32] = countersign::app::random();
        let detail = json!({ "filler": filler, "more": FILLER }).to_string();
        let appended = store.write(move |sql| {
            let at = Timestamp::from_micros(0);
            let id = AuditId::new(at, &Nonce::new(id));
            let user: [u8; 16] = countersign::app::random();
            let kind = Kind::Confirmed.name().to_owned();
            store::audit::insert(
                sql,
                &store::audit::Entry { user: Some(user.into()), id, at, kind, detail: detail.clone() },
            )
        });
        appended.await.map_err(|_: store::Error| StatusCode::SERVICE_UNAVAILABLE)?;
    }
    Ok(Json(json!({ "units": units, "filler": filler })))
}

/// The details of a row: about as much as a step of a login writes in all its rows together.
const FILLER: &str = "{\"device\":\"0192f0c1-2b3c-7d4e-8f90-a1b2c3d4e5f6\",\"method\":\"challenge_response\",\"address\":\"192.0.2.17\",\
    \"agent\":\"Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0\",\"client\":\"brokerage\",\"try\":1}";
