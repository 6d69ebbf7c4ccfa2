//! A counter where a card is swiped. What is above the card's limit and was not allowed beforehand is held until the
//! customer has confirmed it with a device (CIBA, poll), where the till waits for that.

use super::{
    Shared, home,
    pages::{Counter, Paying, PayingOnly, Swiped},
    trouble::Trouble,
    typed,
    visit::{PageForm, Visit},
};
use crate::{
    app::digest,
    money::Cents,
    processor::{self, Swipe},
    provider::{ProviderError, ciba::Answer, login::Identity},
    store::card::{self, Card, Payment, State},
};
use axum::{extract::Path, http::StatusCode, response::Response};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

const CARDS: &str = "cards";
/// Longest name of a merchant, in characters.
const MERCHANT: usize = 60;

/// `GET /cards/`.
pub async fn counter(visit: Visit) -> Response {
    fill_in(&visit, Default::default(), None).await
}

async fn fill_in(visit: &Visit, given: Swiped, wrong: Option<String>) -> Response {
    match visit.app.store.run(|tx| Ok::<_, Trouble>((card::all(tx)?, card::latest(tx)?))).await {
        Ok((cards, payments)) => {
            let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
            visit.show(status, &Counter { frame: visit.frame(CARDS, None), cards, payments, wrong, given })
        }
        Err(trouble) => trouble.show(visit),
    }
}

/// `POST /cards/swipe`.
pub async fn swipe(form: PageForm) -> Response {
    let visit = &form.visit;
    let given = Swiped {
        card: form.field("card").to_owned(),
        merchant: form.field("merchant").to_owned(),
        amount: form.field("amount").to_owned(),
        hurried: form.field("till") == "hurried",
    };
    let frame = visit.frame(CARDS, None);
    let amount = match typed::amount(&frame, &given.amount, Cents::new(4_250)) {
        Ok(amount) => amount,
        Err(words) => return fill_in(visit, given, Some(words)).await,
    };
    let plain =
        |name: &str| !name.is_empty() && name.chars().count() <= MERCHANT && !name.chars().any(char::is_control);
    if !plain(&given.merchant) {
        return fill_in(visit, given, Some(frame.of("card-error-*", "merchant"))).await;
    }
    let (card, merchant, waits) = (given.card.clone(), given.merchant.clone(), !given.hurried);
    let (swipe, now) = (Swipe { card, merchant, amount, waits }, visit.app.clock.now());
    match visit.app.store.run(move |tx| Ok(processor::swipe(tx, &swipe, now)?)).await {
        Ok(Some((payment, card))) => {
            if payment.state == State::Held {
                tokio::spawn(ask(Arc::clone(&visit.app), payment.clone(), card));
            }
            visit.go(&format!("/cards/payments/{}", payment.id))
        }
        Ok(None) => fill_in(visit, given, Some(frame.of("card-error-*", "card"))).await,
        Err(trouble) => Trouble::show(&trouble, visit),
    }
}

/// `GET /cards/payments/{id}`: proceeds by itself, with a script and without.
pub async fn payment(visit: Visit, Path(id): Path<String>) -> Response {
    match find(&visit, id).await {
        Ok(Some((payment, card))) => {
            visit.show(StatusCode::OK, &Paying { frame: visit.frame(CARDS, None), payment, card })
        }
        Ok(None) => home::message(&visit, StatusCode::NOT_FOUND, "not-found"),
        Err(trouble) => trouble.show(&visit),
    }
}

/// `GET /cards/payments/{id}/state`: what the page's script renews.
pub async fn state(visit: Visit, Path(id): Path<String>) -> Response {
    match find(&visit, id).await {
        Ok(Some((payment, card))) => {
            visit.show(StatusCode::OK, &PayingOnly { frame: visit.frame(CARDS, None), payment, card })
        }
        Ok(None) => home::message(&visit, StatusCode::NOT_FOUND, "not-found"),
        Err(trouble) => trouble.show(&visit),
    }
}

async fn find(visit: &Visit, id: String) -> Result<Option<(Payment, Card)>, Trouble> {
    let found = visit.app.store.run(move |tx| {
        let Some(payment) = card::payment(tx, &id)? else { return Ok(None) };
        Ok(card::one(tx, &payment.card)?.map(|card| (payment, card)))
    });
    found.await
}

/// What both sides show, so that the customer can tell this request from another: the card's end and four digits.
pub fn binding_message(payment: &Payment, card: &Card) -> String {
    let [first, second, ..] = digest(&payment.id);
    format!("{}-{:04}", card.last_four, u32::from(u16::from_be_bytes([first, second])) % 10_000)
}

fn operation(payment: &Payment) -> Value {
    json!({
        "type": "card_payment",
        "merchant": payment.merchant,
        "amount": payment.amount.to_string(),
        "currency": "USD",
        "card_id": payment.card,
    })
}

/// Goes on asking about what was held when the program stopped.
///
/// # Errors
/// The database's.
pub async fn resume(app: &Shared) -> Result<(), Trouble> {
    let held = app.store.run(|tx| {
        let mut held = Vec::new();
        for payment in card::held(tx)? {
            if let Some(card) = card::one(tx, &payment.card)? {
                held.push((payment, card));
            }
        }
        Ok::<_, Trouble>(held)
    });
    for (payment, card) in held.await? {
        match payment.auth_req_id.clone() {
            Some(request) => tokio::spawn(wait(Arc::clone(app), payment, card, request)),
            // It stopped before anybody was asked.
            None => tokio::spawn(ask(Arc::clone(app), payment, card)),
        };
    }
    Ok(())
}

/// Asks the customer, and waits for the answer.
async fn ask(app: Shared, mut payment: Payment, card: Card) {
    let message = binding_message(&payment, &card);
    let asked = app.provider.ask(app.payments(), &card.username, &message, &operation(&payment)).await;
    let asked = match asked {
        Ok(asked) => asked,
        Err(error) => return give_up(&app, &payment, &error).await,
    };
    payment.pause = asked.interval;
    payment.expires = app.clock.now() + asked.expires_in;
    let (id, request, pause, expires) = (payment.id.clone(), asked.auth_req_id.clone(), payment.pause, payment.expires);
    let noted = app.store.run(move |tx| Ok::<_, Trouble>(card::asked(tx, &id, &request, pause, expires)?)).await;
    if let Err(error) = noted {
        tracing::error!(%error, "a request to a customer is not noted");
    }
    wait(app, payment, card, asked.auth_req_id).await;
}

/// Asks the issuer until the customer has answered.
async fn wait(app: Shared, payment: Payment, card: Card, request: String) {
    let mut pause = payment.pause;
    // The issuer says when the time is over; a minute later nothing more is to be expected of it.
    while app.clock.now() < payment.expires + 60 {
        tokio::time::sleep(Duration::from_secs(pause.unsigned_abs())).await;
        match app.provider.poll(app.payments(), &request).await {
            Ok(Answer::Pending) => {}
            // CIBA, 11: five seconds more, for good.
            Ok(Answer::SlowDown) => pause += 5,
            Ok(Answer::Declined) => return release(&app, &payment, State::Declined, Some("refused")).await,
            Ok(Answer::Expired) => return release(&app, &payment, State::Expired, None).await,
            Ok(Answer::Confirmed(identity)) => return settle(&app, &payment, &card, &identity).await,
            Err(ProviderError::Trouble(error)) => tracing::warn!(error, "the login server is asked again"),
            Err(error) => return give_up(&app, &payment, &error).await,
        }
    }
    release(&app, &payment, State::Expired, None).await;
}

/// Pays, if the answer carries exactly what was asked, twice: said and signed.
async fn settle(app: &Shared, payment: &Payment, card: &Card, identity: &Identity) {
    let operation = operation(payment);
    let said = identity.username == card.username && identity.details == Some(json!([operation]));
    let proven = match &identity.receipt {
        Some(receipt) if said => app.provider.receipt(app.payments(), receipt, &identity.sub, &operation).await,
        _ => Err(ProviderError::Untrue("the confirmed payment is another, or has no receipt")),
    };
    let jti = match proven {
        Ok(jti) => jti,
        Err(error) => return give_up(app, payment, &error).await,
    };
    let id = payment.id.clone();
    match app.store.run(move |tx| Ok::<_, Trouble>(card::approve(tx, &id, &jti)?)).await {
        Ok(true) => {}
        // Its card was blocked while the owner was asked; what is not held any more is left as it is.
        Ok(false) => release(app, payment, State::Declined, Some("blocked")).await,
        Err(error) => {
            tracing::error!(%error, "a confirmed payment is not paid");
            release(app, payment, State::Declined, Some("unavailable")).await;
        }
    }
}

async fn give_up(app: &Shared, payment: &Payment, error: &ProviderError) {
    tracing::warn!(%error, id = payment.id, "a payment is declined");
    let reason = match error {
        ProviderError::Untrue(_) => "mismatched",
        ProviderError::Refused(_) => "not-asked",
        ProviderError::Trouble(_) | ProviderError::Missing(_) => "unavailable",
    };
    release(app, payment, State::Declined, Some(reason)).await;
}

async fn release(app: &Shared, payment: &Payment, state: State, reason: Option<&'static str>) {
    let id = payment.id.clone();
    if let Err(error) = app.store.run(move |tx| Ok::<_, Trouble>(card::release(tx, &id, state, reason)?)).await {
        tracing::error!(%error, "held money is not released");
    }
}
