//! The Client Portal: accounts, and the page that wants a recent login.

use super::{
    login::{self, RECENT},
    pages::{Door, Holding, Overview, Statements},
    part::Part,
    trouble::Trouble,
    visit::Visit,
};
use crate::store::{
    customer,
    session::{Purpose, Session},
    withdrawal,
};
use axum::{http::StatusCode, response::Response};

const PORTAL: &str = "portal";

/// `GET /portal/`.
pub async fn overview(visit: Visit) -> Response {
    let session = match visit.session(Part::Portal).await {
        Ok(Some(session)) => session,
        Ok(None) => return visit.show(StatusCode::OK, &Door { frame: visit.frame(PORTAL, None) }),
        Err(trouble) => return trouble.show(&visit),
    };
    let (username, now) = (session.username.clone(), visit.app.clock.now());
    let read = visit.app.store.run(move |tx| {
        let mut accounts = Vec::new();
        for account in customer::accounts(tx, &username, now)? {
            let positions = customer::positions(tx, &account.id)?;
            let worth = positions.iter().fold(account.cash, |sum, held| sum.plus(held.mid.times(held.quantity)));
            accounts.push(Holding { account, positions, worth });
        }
        Ok::<_, Trouble>((accounts, withdrawal::latest(tx, &username)?))
    });
    match read.await {
        Ok((accounts, withdrawals)) => {
            let frame = visit.frame(PORTAL, Some(&session.username));
            visit.show(StatusCode::OK, &Overview { frame, accounts, withdrawals })
        }
        Err(trouble) => trouble.show(&visit),
    }
}

/// `GET /portal/statements`: for a login that is not older than five minutes.
pub async fn statements(visit: Visit) -> Response {
    let session = match recent(&visit).await {
        Ok(session) => session,
        Err(response) => return response,
    };
    let username = session.username.clone();
    match visit.app.store.run(move |tx| Ok::<_, Trouble>(customer::entries(tx, &username)?)).await {
        Ok(entries) => {
            let frame = visit.frame(PORTAL, Some(&session.username));
            visit.show(StatusCode::OK, &Statements { frame, entries, auth_time: session.auth_time })
        }
        Err(trouble) => trouble.show(&visit),
    }
}

/// The session, if its login is recent; else the way to log in again.
async fn recent(visit: &Visit) -> Result<Session, Response> {
    let session = visit.session(Part::Portal).await.map_err(|trouble| trouble.show(visit))?;
    match session {
        Some(session) if visit.app.clock.now() - session.auth_time <= RECENT => Ok(session),
        _ => Err(login::begin(visit, Part::Portal, Purpose::StepUp).await),
    }
}
