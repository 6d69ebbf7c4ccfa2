//! Debit cards on the phone: seen and blocked; what their owner allows beforehand is asked for, approved and carried out
//! as in [`super::request`]. The processor is asked outside of any unit of work.

use super::{
    Call, Named, PhoneRefused, SignedBody, ordered,
    session::{Admitted, admit},
};
use crate::{
    app::App,
    card_processor::{CardError, CardProcessor},
};
use domain::{
    audit::{About, Actor, Detail, Kind as Audit},
    confirmation::{CardPayment, CardPreauthorisation, What},
    id::ConfirmationId,
};
use operation::{Amount, Currency, Money, Text};
use sha2::{Digest as _, Sha256};
use std::{sync::Arc, time::Duration};
use store::device::Device;
use wire::phone::{
    cards::{Block, Card, CardList},
    own::{Finished, Wanted},
    typ,
};

/// How long after its approval a request for a card may be carried out.
pub(super) const CARRIED_OUT_WITHIN: Duration = Duration::from_secs(600);

/// The cards of the phone's user.
pub async fn list(app: &Arc<App>, call: Call) -> Result<CardList, PhoneRefused> {
    let processor = processor(app)?;
    let (username, _) = admitted(app, &call, None).await?;
    Ok(CardList { cards: processor.cards(&username).await?.cards })
}

/// Blocks a card of the phone's user, at once: to stop a thief nothing more is asked than the phone.
pub async fn block(app: &Arc<App>, call: Call, card: &str, body: &SignedBody<Block>) -> Result<Card, PhoneRefused> {
    let processor = processor(app)?;
    let order = body.open(&call, typ::CARD_BLOCK)?;
    if order.card != card {
        return Err(PhoneRefused::Malformed("card"));
    }
    let named = Named { device: order.device, at: order.at };
    let (username, admitted) = admitted(app, &call, Some(named)).await?;
    let key: String = Sha256::digest(body.jws().as_bytes()).iter().map(|octet| format!("{octet:02x}")).collect();
    let blocked = processor.block((&username, &key), card).await?;
    let (card, about) = (blocked.id.clone(), about(&call, &admitted.device));
    let by = Actor::Device { id: admitted.device.id };
    let noted: Result<(), PhoneRefused> = app
        .work(by, move |work| {
            work.about = about.clone();
            Ok(work.record(Audit::CardBlocked, Detail::none().card(card.as_str()))?)
        })
        .await;
    noted?;
    Ok(blocked)
}

/// What records of a phone's call are about, outside of the unit that admitted it.
fn about(call: &Call, device: &Device) -> About {
    About { device: Some(device.id), ..call.about(device.user) }
}

/// The institution's card processor.
fn processor(app: &App) -> Result<&CardProcessor, PhoneRefused> {
    Ok(app.card_processor.as_ref().ok_or(CardError::NoCards)?)
}

/// Whose phone calls, by the name that the processor knows, and the phone. A signed body names it, and its time.
pub(super) async fn admitted(
    app: &Arc<App>,
    call: &Call,
    signed: Option<Named>,
) -> Result<(String, Arc<Admitted>), PhoneRefused> {
    let call = call.clone();
    app.work(call.actor(), move |work| {
        let admitted = match &signed {
            Some(named) => ordered(work, &call, named)?,
            None => admit(work, &call)?,
        };
        let user = store::user::by_id(work.sql, admitted.session.user)?.ok_or(PhoneRefused::Token)?;
        Ok((user.username.as_str().to_owned(), Arc::new(admitted)))
    })
    .await
}

/// What a phone's wish for a card comes to, by what the processor says of the card. Whoever cannot get it is not asked to
/// confirm it; in the end the processor judges once more.
pub(super) async fn wanted(app: &App, username: &str, wish: &Wanted) -> Result<What, PhoneRefused> {
    let cards = processor(app)?.cards(username).await?;
    match wish {
        Wanted::Login => Ok(What::Login),
        Wanted::PhoneMove => Ok(What::PhoneMove),
        Wanted::CardPreauthorisation { card_id, amount } => {
            let card = cards.active(card_id)?;
            affordable(card, amount)?;
            Ok(What::CardPreauthorisation(CardPreauthorisation {
                amount: Amount::parse(amount, &card.currency).map_err(|_| CardError::NotWhole)?,
                card_id: Text::fenced(&card.id),
                minutes: cards.minutes(),
            }))
        }
        Wanted::CardPayment { card_id, payment_id } => {
            let card = cards.active(card_id)?;
            let declined = card.declined.iter().find(|payment| payment.id == *payment_id);
            let declined = declined.ok_or(CardError::UnknownPayment)?;
            let what = What::CardPayment(CardPayment {
                merchant: declined.merchant.clone(),
                amount: declined.amount.clone(),
                card_id: Text::fenced(&card.id),
                declined: Some(declined.id.clone()),
            });
            what.check().map_err(|_| CardError::NotShown)?;
            Ok(what)
        }
    }
}

/// Whether a large purchase of this amount could be allowed: whole units, above what the card pays anyway, and not more
/// than there is, with what is held for an earlier one.
fn affordable(card: &Card, amount: &str) -> Result<(), CardError> {
    let whole = (1..=9).contains(&amount.len()) && amount.bytes().all(|b| b.is_ascii_digit());
    if !whole || amount.starts_with('0') {
        return Err(CardError::NotWhole);
    }
    // A processor that writes no amounts is as good as none.
    let currency = Currency::parse(&card.currency).map_err(|_| CardError::Unreachable)?;
    let read = |text: &str| Money::parse_balance(text, currency).map(Money::minor).map_err(|_| CardError::Unreachable);
    let held = card.preauthorisation.as_ref().map_or(Ok(0), |open| read(&open.amount))?;
    match read(amount)? {
        amount if amount <= read(&card.limit)? => Err(CardError::NotNeeded(card.limit.clone())),
        amount if amount > read(&card.available)?.saturating_add(held) => {
            Err(CardError::InsufficientFunds(card.available.clone()))
        }
        _ => Ok(()),
    }
}

/// What the processor has to carry out.
pub(super) struct Order {
    /// The confirmation: its id makes the processor do it once.
    pub id: ConfirmationId,
    /// What was confirmed.
    pub what: What,
    /// Whose card it is.
    pub username: String,
    /// The phone that confirmed it.
    pub device: Device,
}

/// Has it carried out. Whoever calls again, after a crash or an answer that was lost, gets the same answer.
pub(super) async fn carry_out(app: &Arc<App>, call: &Call, order: Order) -> Result<Finished, PhoneRefused> {
    let processor = processor(app)?;
    let key = order.id.to_string();
    let whose = (order.username.as_str(), key.as_str());
    let (audited, card, promise) = match &order.what {
        What::CardPreauthorisation(wish) => {
            let promise = processor.preauthorise(whose, wish.card_id.as_str(), &wish.amount).await?;
            (Audit::CardPreauthorised, &wish.card_id, promise)
        }
        What::CardPayment(CardPayment { merchant, amount, card_id, declined: Some(declined) }) => {
            let promise = processor.authorise(whose, (card_id.as_str(), declined), (merchant.as_str(), amount)).await?;
            (Audit::CardPaymentAuthorised, card_id, promise)
        }
        // The phone asks for nothing else of a card.
        _ => return Err(PhoneRefused::UnknownConfirmation),
    };
    let (user, id, card) = (order.device.user, order.id, card.clone());
    let about = About { attempt: Some(id), ..about(call, &order.device) };
    let by = Actor::Device { id: order.device.id };
    let noted: Result<(), PhoneRefused> = app
        .work(by, move |work| {
            work.about = about.clone();
            // The first answer of the processor is noted, and its repetitions are not.
            if store::confirmation::given(work.sql, user, id, work.now)? {
                work.record(audited, Detail::none().card(card.as_str()))?;
            }
            Ok(())
        })
        .await;
    noted?;
    Ok(Finished { kind: order.what.name().to_owned(), expires_at: Some(promise.expires_at), invitation: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::phone::cards::{CardState, Preauthorisation};

    #[test]
    fn what_cannot_be_had_is_not_asked() {
        let mut card = Card {
            id: "c".to_owned(),
            label: Text::fenced("Debit"),
            last_four: Text::fenced("4417"),
            state: CardState::Active,
            currency: "USD".to_owned(),
            available: "2000.00".to_owned(),
            limit: "250.00".to_owned(),
            preauthorisation: None,
            declined: Vec::new(),
        };
        for text in ["", "0", "01", "-1", "1.5", "251.00", "1e3", "9999999999", "٢٥١"] {
            assert_eq!(affordable(&card, text), Err(CardError::NotWhole), "{text}");
        }
        assert_eq!(affordable(&card, "250"), Err(CardError::NotNeeded("250.00".to_owned())));
        assert_eq!(affordable(&card, "251"), Ok(()));
        assert_eq!(affordable(&card, "2000"), Ok(()));
        assert_eq!(affordable(&card, "2001"), Err(CardError::InsufficientFunds("2000.00".to_owned())));
        card.preauthorisation = Some(Preauthorisation { amount: "500.00".to_owned(), expires_at: 0 });
        assert_eq!(affordable(&card, "2500"), Ok(()));
        assert_eq!(affordable(&card, "2501"), Err(CardError::InsufficientFunds("2000.00".to_owned())));
        card.available = "much".to_owned();
        assert_eq!(affordable(&card, "251"), Err(CardError::Unreachable));
    }
}
