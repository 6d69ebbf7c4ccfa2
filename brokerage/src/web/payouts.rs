//! A customer's withdrawals as the institution keeps them, and what the back office does with them: carry out, or give up.

use super::{
    home,
    pages::{Payout, PayoutList, Payouts},
    part::Part,
    trouble::Trouble,
    visit::{PageForm, Visit},
};
use crate::{
    institution::{self, Kept},
    store::{
        session::Session,
        withdrawal::{self, State, Withdrawal},
    },
};
use axum::{http::StatusCode, response::Response};
use serde_json::Value;

/// The lists, by the institution's states.
const LISTS: [(&str, &str); 3] =
    [("awaiting", "awaiting_confirmation"), ("confirmed", "confirmed"), ("settled", "settled")];

/// `GET /portal/payouts`.
pub async fn list(visit: Visit) -> Response {
    let session = match visit.session(Part::Portal).await {
        Ok(Some(session)) => session,
        Ok(None) => return visit.go("/portal/"),
        Err(trouble) => return trouble.show(&visit),
    };
    match lists(&visit, &session.username).await {
        Ok(lists) => {
            let frame = visit.frame("portal", Some(&session.username));
            visit.show(StatusCode::OK, &Payouts { frame, lists, late: visit.parameter("late").is_some() })
        }
        Err(trouble) => trouble.show(&visit),
    }
}

async fn lists(visit: &Visit, username: &str) -> Result<Vec<PayoutList>, Trouble> {
    let kept = institution::withdrawals(&visit.app, username).await?;
    let owner = username.to_owned();
    let ours = visit.app.store.run(move |tx| Ok::<_, Trouble>(withdrawal::under_way(tx, &owner)?)).await?;
    let booked = |id: &str| ours.iter().any(|ours| ours.jti.as_deref() == Some(id) && ours.state == State::Booked);
    let row = |kept: &Kept| Payout {
        // What is not booked here has not left, and cannot be carried out.
        settles: kept.state == "confirmed" && booked(&kept.id),
        cancels: kept.state == "confirmed" || kept.state == "awaiting_confirmation",
        kept: kept.clone(),
    };
    let list = |(name, state): (&'static str, &str)| PayoutList {
        name,
        rows: kept.iter().filter(|kept| kept.state == state).map(row).collect(),
    };
    Ok(LISTS.into_iter().map(list).collect())
}

/// `POST /portal/payouts`: carries one out (`settle`), or gives it up (`cancel`).
pub async fn act(form: PageForm) -> Response {
    let visit = &form.visit;
    let session = match visit.session(Part::Portal).await {
        Ok(Some(session)) => session,
        Ok(None) => return visit.go("/portal/"),
        Err(trouble) => return trouble.show(visit),
    };
    let act = match form.field("act") {
        "settle" => Act::Settle,
        "cancel" => Act::Cancel,
        _ => return home::message(visit, StatusCode::BAD_REQUEST, "form"),
    };
    match done(visit, &session, form.field("id"), act).await {
        Ok(Some(true)) => visit.go("/portal/payouts"),
        Ok(Some(false)) => visit.go("/portal/payouts?late"),
        Ok(None) => home::message(visit, StatusCode::NOT_FOUND, "not-found"),
        Err(trouble) => trouble.show(visit),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Settle,
    Cancel,
}

/// Whether it was in time; none where there is no such withdrawal of this customer.
async fn done(visit: &Visit, session: &Session, id: &str, act: Act) -> Result<Option<bool>, Trouble> {
    let found = institution::withdrawal(&visit.app, id).await?.filter(|kept| kept.user == session.sub);
    let Some(kept) = found else { return Ok(None) };
    let (username, operation) = (session.username.clone(), kept.operation());
    let ours = visit.app.store.run(move |tx| Ok::<_, Trouble>(withdrawal::under_way(tx, &username)?)).await?;
    let booked = ours.iter().any(|ours| ours.jti.as_ref() == Some(&kept.id) && ours.state == State::Booked);
    if act == Act::Settle && !booked {
        return Ok(Some(false));
    }
    let name = if act == Act::Settle { "settle" } else { "cancel" };
    if !institution::act(&visit.app, &kept.id, name).await? {
        return Ok(Some(false));
    }
    let awaited = ours.into_iter().find(|ours| ours.state == State::Asked && is(ours, &kept.id, &operation));
    let noted = visit.app.store.run(move |tx| match act {
        Act::Settle => withdrawal::settle(tx, &kept.id).map(|_| ()).map_err(Trouble::from),
        Act::Cancel => {
            withdrawal::give_up(tx, &kept.id)?;
            Ok(awaited.map_or(Ok(()), |ours| withdrawal::end(tx, &ours.id, State::Cancelled))?)
        }
    });
    noted.await.map(|()| Some(true))
}

/// Whether one that awaits its customer here is the one that the institution keeps.
fn is(ours: &Withdrawal, id: &str, operation: &Value) -> bool {
    let details: Option<Value> = serde_json::from_str(&ours.details).ok();
    ours.id == id || details.as_ref() == Some(operation)
}
