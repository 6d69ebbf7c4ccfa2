//! The Web Trader.

use super::{
    pages::{Board, BoardOnly, Desk, Door, Look, LookOnly, Quotes},
    part::Part,
    trouble::Trouble,
    typed,
    visit::{PageForm, Visit},
};
use crate::{
    market::{
        Side,
        exchange::{self, NewOrder, Refusal},
    },
    money::Cents,
    store::{StoreError, customer, session::Session},
};
use axum::{http::StatusCode, response::Response};
use rusqlite::Transaction;

const TRADER: &str = "trader";
/// Orders that the board lists.
const LISTED: u32 = 20;

/// `GET /trader`: to the page, with what was asked of it.
pub async fn slash(visit: Visit) -> Response {
    visit.go(&visit.path.replacen("/trader", "/trader/", 1))
}

/// `GET /trader/`; with `view=read-only` the quotes, for anybody; with `view=trade` at once to the login.
pub async fn desk(visit: Visit) -> Response {
    if read_only(&visit) {
        return look_on(&visit).await;
    }
    match visit.session(Part::Trader).await {
        Ok(Some(session)) => show(&visit, &session, StatusCode::OK, None).await,
        // Whoever comes from the phone app has just unlocked it there: the login knows them.
        Ok(None) if visit.parameter("view") == Some("trade") => visit.go("/trader/login"),
        Ok(None) => visit.show(StatusCode::OK, &Door { frame: visit.frame(TRADER, None) }),
        Err(trouble) => trouble.show(&visit),
    }
}

/// `GET /trader/board`: what the page's script renews. Nothing, when the session is over: then the page is loaded anew.
pub async fn board(visit: Visit) -> Response {
    if read_only(&visit) {
        return match quotes(&visit).await {
            Ok(board) => visit.show(StatusCode::OK, &LookOnly { frame: visit.frame(TRADER, None), board }),
            Err(trouble) => trouble.show(&visit),
        };
    }
    match visit.session(Part::Trader).await {
        Ok(Some(session)) => match read(&visit, &session).await {
            Ok(board) => {
                let mut frame = visit.frame(TRADER, Some(&session.username));
                "/trader/".clone_into(&mut frame.path);
                visit.show(StatusCode::OK, &BoardOnly { frame, board })
            }
            Err(trouble) => trouble.show(&visit),
        },
        Ok(None) => axum::response::IntoResponse::into_response(StatusCode::NO_CONTENT),
        Err(trouble) => trouble.show(&visit),
    }
}

fn read_only(visit: &Visit) -> bool {
    visit.parameter("view") == Some("read-only")
}

/// The quotes without a login: whoever is logged in is not asked who he is either.
async fn look_on(visit: &Visit) -> Response {
    match quotes(visit).await {
        Ok(board) => visit.show(StatusCode::OK, &Look { frame: visit.frame(TRADER, None), board }),
        Err(trouble) => trouble.show(visit),
    }
}

async fn quotes(visit: &Visit) -> Result<Quotes, Trouble> {
    visit.app.store.run(|tx| Ok(Quotes { quotes: exchange::quotes(tx)? })).await
}

async fn show(visit: &Visit, session: &Session, status: StatusCode, wrong: Option<String>) -> Response {
    let number: Option<i64> = visit.parameter("order").and_then(|number| number.parse().ok());
    match read(visit, session).await {
        Ok(board) => {
            let placed = board.orders.iter().find(|order| Some(order.number) == number).cloned();
            let mut frame = visit.frame(TRADER, Some(&session.username));
            "/trader/".clone_into(&mut frame.path);
            visit.show(status, &Desk { frame, board, placed, wrong })
        }
        Err(trouble) => trouble.show(visit),
    }
}

async fn read(visit: &Visit, session: &Session) -> Result<Board, Trouble> {
    let (username, now) = (session.username.clone(), visit.app.clock.now());
    visit.app.store.run(move |tx| Ok(look(tx, &username, now)?)).await
}

/// Everything of a customer's trading account.
///
/// # Errors
/// The database's.
pub fn look(tx: &Transaction<'_>, username: &str, now: i64) -> Result<Board, StoreError> {
    let account = trading_account(tx, username, now)?;
    Ok(Board {
        quotes: exchange::quotes(tx)?,
        positions: customer::positions(tx, &account.id)?,
        orders: exchange::orders(tx, &account.id, LISTED)?,
        account,
    })
}

/// The account that a customer trades in: his first.
///
/// # Errors
/// The database's; also when he has none.
pub fn trading_account(tx: &Transaction<'_>, username: &str, now: i64) -> Result<customer::Account, StoreError> {
    let first = customer::accounts(tx, username, now)?.into_iter().next();
    first.ok_or(StoreError::Sqlite(rusqlite::Error::QueryReturnedNoRows))
}

/// `POST /trader/orders`.
pub async fn place(form: PageForm) -> Response {
    let visit = &form.visit;
    let session = match visit.session(Part::Trader).await {
        Ok(Some(session)) => session,
        Ok(None) => return visit.go("/trader/"),
        Err(trouble) => return trouble.show(visit),
    };
    let frame = visit.frame(TRADER, Some(&session.username));
    let limit = match form.field("kind") {
        "market" => None,
        _ => match typed::amount(&frame, form.field("limit"), Cents::new(18_420)) {
            Ok(limit) => Some(limit),
            Err(words) => return show(visit, &session, StatusCode::UNPROCESSABLE_ENTITY, Some(words)).await,
        },
    };
    let side = Side::parse(form.field("side")).unwrap_or(Side::Buy);
    // What is no number is no order either: the exchange says so.
    let quantity = typed::count(&frame, form.field("quantity")).unwrap_or(0);
    let (symbol, username, now) = (form.field("symbol").to_owned(), session.username.clone(), visit.app.clock.now());
    let placed = visit.app.store.run(move |tx| {
        let account = trading_account(tx, &username, now)?.id;
        exchange::place(tx, &NewOrder { account, symbol, side, limit, quantity }, now)
    });
    match placed.await {
        Ok(order) => visit.go(&format!("/trader/?order={}", order.number)),
        Err(Refusal::Store(error)) => Trouble::from(error).show(visit),
        Err(refusal) => {
            let words = visit.frame(TRADER, None).of("order-error-*", refusal.to_string());
            show(visit, &session, StatusCode::UNPROCESSABLE_ENTITY, Some(words)).await
        }
    }
}

/// `POST /trader/orders/cancel`.
pub async fn cancel(form: PageForm) -> Response {
    let visit = &form.visit;
    let session = match visit.session(Part::Trader).await {
        Ok(Some(session)) => session,
        Ok(None) => return visit.go("/trader/"),
        Err(trouble) => return trouble.show(visit),
    };
    let number = form.field("number").parse().unwrap_or(0);
    let (username, now) = (session.username.clone(), visit.app.clock.now());
    let cancelled = visit.app.store.run(move |tx| {
        let account = trading_account(tx, &username, now)?.id;
        exchange::cancel(tx, &account, number)
    });
    match cancelled.await {
        Ok(()) => visit.go(&format!("/trader/?order={number}")),
        Err(Refusal::Store(error)) => Trouble::from(error).show(visit),
        Err(refusal) => {
            let words = visit.frame(TRADER, None).of("order-error-*", refusal.to_string());
            show(visit, &session, StatusCode::UNPROCESSABLE_ENTITY, Some(words)).await
        }
    }
}
