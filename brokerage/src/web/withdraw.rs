//! Withdrawals: asked for on a page, confirmed at the issuer with a device, booked with the receipt.

use super::{
    frame::Frame,
    home, login,
    pages::{Given, Receipt, Withdraw},
    part::Part,
    trouble::Trouble,
    typed,
    visit::{PageForm, Visit},
};
use crate::{
    app::token,
    money::Cents,
    provider::{ProviderError, login::Identity},
    store::{
        customer,
        session::{Purpose, Session},
        withdrawal::{self, State, Withdrawal},
    },
};
use axum::{extract::Path, http::StatusCode, response::Response};
use serde_json::{Value, json};

/// How long the confirmation is awaited and the money held, in seconds.
const PATIENCE: i64 = 900;
/// Longest texts, in characters, as the login server takes them.
const LONG: usize = 140;
const NUMBER: usize = 34;

/// `GET /portal/withdraw`.
pub async fn form(visit: Visit) -> Response {
    match visit.session(Part::Portal).await {
        Ok(Some(session)) => fill_in(&visit, &session, Given::default(), None).await,
        Ok(None) => login::begin(&visit, Part::Portal, Purpose::Page("/portal/withdraw".to_owned())).await,
        Err(trouble) => trouble.show(&visit),
    }
}

async fn fill_in(visit: &Visit, session: &Session, given: Given, wrong: Option<String>) -> Response {
    let (username, now) = (session.username.clone(), visit.app.clock.now());
    let accounts = visit.app.store.run(move |tx| Ok::<_, Trouble>(customer::accounts(tx, &username, now)?)).await;
    match accounts {
        Ok(accounts) => {
            let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
            let frame = visit.frame("portal", Some(&session.username));
            visit.show(status, &Withdraw { frame, accounts, given, wrong })
        }
        Err(trouble) => trouble.show(visit),
    }
}

/// `POST /portal/withdraw`: holds the money and sends the customer to confirm.
pub async fn ask(form: PageForm) -> Response {
    let visit = &form.visit;
    let session = match visit.session(Part::Portal).await {
        Ok(Some(session)) => session,
        Ok(None) => return visit.go("/portal/"),
        Err(trouble) => return trouble.show(visit),
    };
    let given = Given {
        account: form.field("account").to_owned(),
        amount: form.field("amount").to_owned(),
        name: form.field("name").to_owned(),
        destination: form.field("destination").to_owned(),
        reference: form.field("reference").to_owned(),
    };
    let frame = visit.frame("portal", Some(&session.username));
    let amount = match checked(&frame, &given) {
        Ok(amount) => amount,
        Err(wrong) => return fill_in(visit, &session, given, Some(wrong)).await,
    };
    let asked = asked(visit, &session, &given, amount);
    match hold(visit, asked.clone()).await {
        Ok(true) => {}
        Ok(false) => {
            let words = frame.of("withdraw-error-*", "cash");
            return fill_in(visit, &session, given, Some(words)).await;
        }
        Err(trouble) => return trouble.show(visit),
    }
    let operation: Value = serde_json::from_str(&asked.details).unwrap_or_default();
    let back = login::callback(&visit.app, Part::Portal);
    let client = visit.app.registered(Part::Portal);
    let sent = match visit.app.provider.confirm(client, &back, &operation, &session.id_token).await {
        Ok(sent) => sent,
        Err(error) => return failed(visit, &asked.id, error).await,
    };
    match login::await_answer(visit, Part::Portal, &sent, Purpose::Withdrawal(asked.id)).await {
        Ok(()) => visit.go(&sent.url),
        Err(trouble) => trouble.show(visit),
    }
}

/// The amount, if the form holds together; else what to say.
fn checked(frame: &Frame, given: &Given) -> Result<Cents, String> {
    let amount = typed::amount(frame, &given.amount, Cents::new(25_000))?;
    plain(given).map_err(|wrong| frame.of("withdraw-error-*", wrong))?;
    Ok(amount)
}

/// Which of the texts is not taken.
fn plain(given: &Given) -> Result<(), &'static str> {
    let plain = |text: &str, most: usize| {
        !text.is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control)
    };
    if !plain(&given.name, LONG) {
        return Err("name");
    }
    let number = |c: char| c.is_ascii_alphanumeric() || c == ' ';
    if !plain(&given.destination, NUMBER) || !given.destination.chars().all(number) {
        return Err("destination");
    }
    if !plain(&given.reference, LONG) {
        return Err("reference");
    }
    Ok(())
}

fn asked(visit: &Visit, session: &Session, given: &Given, amount: Cents) -> Withdrawal {
    let now = visit.app.clock.now();
    let details = json!({
        "type": "withdrawal",
        "amount": amount.to_string(),
        "currency": "USD",
        "destination": { "name": given.name, "account": given.destination },
        "account_id": given.account,
        "reference": given.reference,
    });
    Withdrawal {
        id: token().chars().filter(char::is_ascii_alphanumeric).take(16).collect(),
        username: session.username.clone(),
        account: given.account.clone(),
        amount,
        details: details.to_string(),
        state: State::Asked,
        receipt: None,
        at: now,
        expires: now + PATIENCE,
    }
}

/// Holds the money. False when the account is not the customer's, or has not so much free.
async fn hold(visit: &Visit, asked: Withdrawal) -> Result<bool, Trouble> {
    let held = visit.app.store.run(move |tx| {
        let account = customer::account(tx, &asked.account, asked.at)?;
        let fits = account.is_some_and(|a| a.username == asked.username && asked.amount <= a.free());
        if fits {
            withdrawal::ask(tx, &asked)?;
        }
        Ok(fits)
    });
    held.await
}

/// The issuer says that the customer has confirmed: books it, if that is so.
pub async fn confirmed(visit: &Visit, id: &str, identity: Identity) -> Response {
    let wanted = id.to_owned();
    let username = identity.username.clone();
    let found = visit.app.store.run(move |tx| Ok::<_, Trouble>(withdrawal::one(tx, &wanted, &username)?)).await;
    let withdrawal = match found {
        Ok(Some(withdrawal)) => withdrawal,
        Ok(None) => {
            tracing::warn!(id, "a withdrawal was confirmed by somebody else");
            return end(visit, id, State::Mismatched).await;
        }
        Err(trouble) => return trouble.show(visit),
    };
    let (receipt, jti) = match proven(visit, &withdrawal, &identity).await {
        Ok(proven) => proven,
        Err(error) => return failed(visit, id, error).await,
    };
    let (booked, now) = (id.to_owned(), visit.app.clock.now());
    let booked = visit.app.store.run(move |tx| Ok::<_, Trouble>(withdrawal::book(tx, &booked, (&receipt, &jti), now)?));
    match booked.await {
        Ok(true) => visit.go(&format!("/portal/withdrawals/{id}")),
        // Its page says how it stands: its time is over, or it was booked or ended before.
        Ok(false) => visit.go(&format!("/portal/withdrawals/{id}")),
        Err(trouble) => trouble.show(visit),
    }
}

/// The receipt with its id, if the answer carries exactly what was asked, twice: said and signed.
async fn proven(
    visit: &Visit,
    withdrawal: &Withdrawal,
    identity: &Identity,
) -> Result<(String, String), ProviderError> {
    let operation: Value = serde_json::from_str(&withdrawal.details).unwrap_or_default();
    if identity.details != Some(json!([operation])) {
        return Err(ProviderError::Untrue("the confirmed details are others"));
    }
    let receipt = identity.receipt.clone().ok_or(ProviderError::Untrue("there is no receipt"))?;
    let client = visit.app.registered(Part::Portal);
    let jti = visit.app.provider.receipt(client, &receipt, &identity.sub, &operation).await?;
    Ok((receipt, jti))
}

/// The customer denied it, or the issuer ended it.
pub async fn declined(visit: &Visit, id: &str) -> Response {
    end(visit, id, State::ended(visit.parameter("error_reason"))).await
}

/// The confirmation did not come to a good end.
pub async fn failed(visit: &Visit, id: &str, error: ProviderError) -> Response {
    tracing::warn!(%error, id, "a withdrawal is not booked");
    let state = if matches!(error, ProviderError::Untrue(_)) { State::Mismatched } else { State::Unconfirmed };
    end(visit, id, state).await
}

async fn end(visit: &Visit, id: &str, state: State) -> Response {
    let ended = id.to_owned();
    match visit.app.store.run(move |tx| Ok::<_, Trouble>(withdrawal::end(tx, &ended, state)?)).await {
        Ok(()) => visit.go(&format!("/portal/withdrawals/{id}")),
        Err(trouble) => trouble.show(visit),
    }
}

/// `GET /portal/withdrawals/{id}`.
pub async fn show(visit: Visit, Path(id): Path<String>) -> Response {
    let session = match visit.session(Part::Portal).await {
        Ok(Some(session)) => session,
        Ok(None) => return visit.go("/portal/"),
        Err(trouble) => return trouble.show(&visit),
    };
    let (username, now) = (session.username.clone(), visit.app.clock.now());
    match visit.app.store.run(move |tx| Ok::<_, Trouble>(withdrawal::one(tx, &id, &username)?)).await {
        Ok(Some(withdrawal)) => {
            let details = serde_json::from_str(&withdrawal.details).unwrap_or_default();
            let expired = withdrawal.state == State::Asked && withdrawal.expires <= now;
            let frame = visit.frame("portal", Some(&session.username));
            visit.show(StatusCode::OK, &Receipt { frame, withdrawal, details, expired })
        }
        Ok(None) => home::message(&visit, StatusCode::NOT_FOUND, "not-found"),
        Err(trouble) => trouble.show(&visit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_form_must_hold() {
        let good = Given {
            account: "U1".into(),
            amount: "250.00".into(),
            name: "Alice Example".into(),
            destination: "DE89 3704 0044 0532 0130 00".into(),
            reference: "rent".into(),
        };
        assert_eq!(plain(&good), Ok(()));
        assert_eq!(plain(&Given { name: "a\u{7}b".into(), ..good.clone() }), Err("name"));
        assert_eq!(plain(&Given { destination: "DE89;--".into(), ..good.clone() }), Err("destination"));
        assert_eq!(plain(&Given { reference: String::new(), ..good }), Err("reference"));
    }
}
