//! Withdrawals: asked for on a page, confirmed with a device at the issuer (by redirect) or elsewhere (by CIBA), booked
//! with the receipt.

use super::{
    elsewhere,
    frame::Frame,
    home, login,
    pages::{Given, Receipt, ReceiptState, Standing, Withdraw},
    part::Part,
    trouble::Trouble,
    typed,
    visit::{PageForm, Visit},
};
use crate::{
    app::{App, token},
    institution::{self, WouldDo, books},
    money::{CURRENCY, Cents},
    provider::{ProviderError, Registered, evidence::Proven, login::Identity},
    store::{
        customer,
        session::{Purpose, Session},
        withdrawal::{self, State, Withdrawal},
    },
};
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
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
            let limits = said(institution::limits(&visit.app, &session.username).await).flatten();
            visit.show(status, &Withdraw { frame, accounts, given, limits, wrong })
        }
        Err(trouble) => trouble.show(visit),
    }
}

/// What the institution's API says; where it cannot be asked the page goes on without.
fn said<T>(answer: Result<T, ProviderError>) -> Option<T> {
    answer.inspect_err(|error| tracing::warn!(%error, "the institution's API")).ok()
}

/// `POST /portal/withdraw`: holds the money and sends the customer to confirm, or has the customer asked elsewhere.
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
    let would_do = said(institution::would_do(&visit.app, &session.username, amount).await);
    let devices = match would_do.unwrap_or(WouldDo::Unknown) {
        WouldDo::None => return fill_in(visit, &session, given, Some(frame.of("withdraw-error-*", "limit"))).await,
        WouldDo::These(labels) => labels.join(", "),
        WouldDo::Unknown => String::new(),
    };
    let way = if form.field("way") == "elsewhere" { visit.app.payments() } else { visit.app.registered(Part::Portal) };
    let asked = Withdrawal { devices, ..asked(&visit.app, &session.username, way, &given, amount) };
    match hold(&visit.app, asked.clone()).await {
        Ok(true) => {}
        Ok(false) => {
            let words = frame.of("withdraw-error-*", "cash");
            return fill_in(visit, &session, given, Some(words)).await;
        }
        Err(trouble) => return trouble.show(visit),
    }
    if asked.client == visit.app.payments().id {
        return have_confirmed(visit, asked, &session, given).await;
    }
    send_to_confirm(visit, asked, &session).await
}

/// Sends the browser to the issuer's pages.
async fn send_to_confirm(visit: &Visit, asked: Withdrawal, session: &Session) -> Response {
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

/// Has the customer asked on the phone, or told to look at the settings page.
async fn have_confirmed(visit: &Visit, asked: Withdrawal, session: &Session, given: Given) -> Response {
    let id = asked.id.clone();
    match elsewhere::ask(&visit.app, asked).await {
        Ok(()) => visit.go(&format!("/portal/withdrawals/{id}")),
        Err(ProviderError::Refused(code)) if code == "access_denied" => {
            let (ended, frame) = (id.clone(), visit.frame("portal", Some(&session.username)));
            let end = visit.app.store.run(move |tx| Ok::<_, Trouble>(withdrawal::end(tx, &ended, State::Unconfirmed)?));
            match end.await {
                Ok(()) => fill_in(visit, session, given, Some(frame.of("withdraw-error-*", "limit"))).await,
                Err(trouble) => trouble.show(visit),
            }
        }
        Err(error) => failed(visit, &id, error).await,
    }
}

/// The amount, if the form holds together; else what to say.
fn checked(frame: &Frame, given: &Given) -> Result<Cents, String> {
    let amount = typed::amount(frame, &given.amount, Cents::new(25_000))?;
    plain(given).map_err(|wrong| frame.of("withdraw-error-*", wrong))?;
    Ok(amount)
}

/// Which of the texts is not taken.
pub(super) fn plain(given: &Given) -> Result<(), &'static str> {
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

/// A withdrawal that is about to be asked about, by one of our clients.
pub(super) fn asked(app: &App, username: &str, client: &Registered, given: &Given, amount: Cents) -> Withdrawal {
    let now = app.clock.now();
    let details = json!({
        "type": "withdrawal",
        "amount": amount.to_string(),
        "currency": CURRENCY,
        "destination": { "name": given.name, "account": given.destination },
        "account_id": given.account,
        "reference": given.reference,
    });
    Withdrawal {
        id: token().chars().filter(char::is_ascii_alphanumeric).take(16).collect(),
        username: username.to_owned(),
        account: given.account.clone(),
        amount,
        details: details.to_string(),
        state: State::Asked,
        client: client.id.to_owned(),
        auth_req_id: None,
        pause: 5,
        devices: String::new(),
        receipt: None,
        jti: None,
        at: now,
        expires: now + PATIENCE,
    }
}

/// Holds the money. False when the account is not the customer's, or has not so much free.
///
/// # Errors
/// The database's.
pub(super) async fn hold(app: &App, asked: Withdrawal) -> Result<bool, Trouble> {
    let held = app.store.run(move |tx| {
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
    let (receipt, jti) = match proven(&visit.app, visit.app.registered(Part::Portal), &withdrawal, &identity).await {
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
///
/// # Errors
/// [`ProviderError::Untrue`], unless all of it holds.
pub(super) async fn proven(
    app: &App,
    client: &Registered,
    withdrawal: &Withdrawal,
    identity: &Identity,
) -> Result<(String, String), ProviderError> {
    let operation: Value = serde_json::from_str(&withdrawal.details).unwrap_or_default();
    if identity.details != Some(json!([operation])) {
        return Err(ProviderError::Untrue("the confirmed details are others"));
    }
    let receipt = identity.receipt.clone().ok_or(ProviderError::Untrue("there is no receipt"))?;
    let jti = app.provider.receipt(client, &receipt, &identity.sub, &operation).await?;
    Ok((receipt, jti))
}

/// The customer denied it, or the issuer ended it.
pub async fn declined(visit: &Visit, id: &str) -> Response {
    end(visit, id, State::ended(visit.parameter("error_reason"))).await
}

/// The confirmation did not come to a good end.
pub async fn failed(visit: &Visit, id: &str, error: ProviderError) -> Response {
    tracing::warn!(%error, id, "a withdrawal is not booked");
    end(visit, id, state_of(&error)).await
}

/// What becomes of a withdrawal after an error.
pub(super) fn state_of(error: &ProviderError) -> State {
    if matches!(error, ProviderError::Untrue(_)) { State::Mismatched } else { State::Unconfirmed }
}

async fn end(visit: &Visit, id: &str, state: State) -> Response {
    let ended = id.to_owned();
    match visit.app.store.run(move |tx| Ok::<_, Trouble>(withdrawal::end(tx, &ended, state)?)).await {
        Ok(()) => visit.go(&format!("/portal/withdrawals/{id}")),
        Err(trouble) => trouble.show(visit),
    }
}

/// `GET /portal/withdrawals/{id}`: proceeds by itself, with a script and without.
pub async fn show(visit: Visit, Path(id): Path<String>) -> Response {
    let (session, withdrawal) = match own(&visit, id).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let evidence = match (&withdrawal.jti, withdrawal.state) {
        (Some(jti), State::Booked | State::Settled) => Some(checked_again(&visit.app, jti, &withdrawal).await),
        _ => None,
    };
    let frame = visit.frame("portal", Some(&session.username));
    let details = serde_json::from_str(&withdrawal.details).unwrap_or_default();
    let standing = Standing::of(withdrawal, visit.app.clock.now());
    visit.show(StatusCode::OK, &Receipt { frame, standing, details, evidence })
}

/// `GET /portal/withdrawals/{id}/state`: what the page's script renews; nothing once there is more to show.
pub async fn state(visit: Visit, Path(id): Path<String>) -> Response {
    let (session, withdrawal) = match own(&visit, id).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let standing = Standing::of(withdrawal, visit.app.clock.now());
    if !standing.waits() {
        return StatusCode::NO_CONTENT.into_response();
    }
    visit.show(StatusCode::OK, &ReceiptState { frame: visit.frame("portal", Some(&session.username)), standing })
}

async fn own(visit: &Visit, id: String) -> Result<(Session, Withdrawal), Response> {
    let session = visit.session(Part::Portal).await.map_err(|trouble| trouble.show(visit))?;
    let session = session.ok_or_else(|| visit.go("/portal/"))?;
    let username = session.username.clone();
    let found = visit.app.store.run(move |tx| Ok::<_, Trouble>(withdrawal::one(tx, &id, &username)?)).await;
    match found.map_err(|trouble| trouble.show(visit))? {
        Some(withdrawal) => Ok((session, withdrawal)),
        None => Err(home::message(visit, StatusCode::NOT_FOUND, "not-found")),
    }
}

/// What our own check of the evidence says, as the name of words.
async fn checked_again(app: &App, jti: &str, withdrawal: &Withdrawal) -> &'static str {
    match books::evidence(app, jti, withdrawal).await {
        Ok(Some((_, Proven::Signed))) => "signed",
        Ok(Some((_, Proven::Receipt))) => "receipt",
        Err(Trouble::Provider(error @ ProviderError::Untrue(_))) => {
            tracing::error!(%error, jti, "the evidence of a withdrawal does not hold");
            "untrue"
        }
        Ok(None) | Err(_) => "unknown",
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
