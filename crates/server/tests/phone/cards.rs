//! Debit cards on the phone: the real phone, the real server, and the sample brokerage's process as card processor.

use super::{
    phones::{PIN, activate, refused, slug},
    support::Server,
    till::Till,
};
use countersign_client::phone::{Phone, PhoneError};
use domain::user::Username;
use serde_json::json;
use wire::phone::{
    Decision, Pending,
    cards::{Card, CardState},
    own::Wanted,
};

const CARD: &str = "card-alice-4417";

struct Desk {
    till: Till,
    server: Server,
    alice: Phone,
}

impl Desk {
    async fn open() -> Self {
        let till = Till::open();
        let server = Server::with(&till.settings()).await;
        server.user("alice", 0).await;
        let alice = activate(&server, "alice").await;
        Self { till, server, alice }
    }

    async fn card(&self, id: &str) -> Card {
        self.alice.cards().await.unwrap().into_iter().find(|card| card.id == id).unwrap()
    }

    async fn wish(&self, card: &str, amount: &str) -> Result<Pending, PhoneError> {
        let (card_id, amount) = (card.to_owned(), amount.to_owned());
        self.alice.ask(Wanted::CardPreauthorisation { card_id, amount }).await
    }

    async fn authorise(&self, card: &str, payment: &str) -> Result<Pending, PhoneError> {
        let (card_id, payment_id) = (card.to_owned(), payment.to_owned());
        self.alice.ask(Wanted::CardPayment { card_id, payment_id }).await
    }

    /// How often something is in alice's audit log.
    async fn audited(&self, kind: &'static str) -> usize {
        let rows = self.server.app.store.read(move |sql| {
            let user = store::user::by_name(sql, &Username::parse("alice").unwrap())?.unwrap();
            store::audit::latest(sql, Some(user.id), 100)
        });
        rows.await.unwrap().iter().filter(|row| row.kind == kind).count()
    }
}

fn card_refused(reason: &str) -> (String, Option<String>) {
    ("card-refused".to_owned(), Some(reason.to_owned()))
}

#[tokio::test]
async fn a_large_purchase_is_allowed_for_a_while_and_once() {
    let desk = Desk::open().await;
    let cards = desk.alice.cards().await.unwrap();
    let seen: Vec<_> = cards.iter().map(|card| (card.last_four.as_str(), card.state)).collect();
    assert_eq!(seen, [("3105", CardState::Pending), ("4417", CardState::Active), ("9020", CardState::Active)]);
    assert_eq!((cards[1].available.as_str(), cards[1].limit.as_str()), ("842150.75", "250.00"));
    for (amount, reason) in
        [("1500.50", "not_whole"), ("-1", "not_whole"), ("250", "not_needed"), ("842151", "insufficient_funds")]
    {
        assert_eq!(refused(desk.wish(CARD, amount).await), card_refused(reason), "{amount}");
    }
    assert_eq!(refused(desk.wish("card-alice-3105", "1500").await), card_refused("not_active"));
    for other in ["card-boris-7731", "card-of-nobody", ""] {
        assert_eq!(slug(desk.wish(other, "1500").await), "unknown-card", "{other}");
    }
    assert!(desk.alice.pending().await.unwrap().is_empty(), "whoever cannot get it is not asked");

    assert_eq!(desk.till.swipe(CARD, "Cameras", "1480.50").await, "declined");
    let pending = desk.wish(CARD, "1500").await.unwrap();
    let asked = &pending.operation;
    assert_eq!((&asked["type"], &asked["amount"]), (&json!("card_preauthorisation"), &json!("1500")), "{asked}");
    assert_eq!((&asked["currency"], &asked["card_id"], &asked["minutes"]), (&json!("USD"), &json!(CARD), &json!(15)));
    assert_eq!(slug(desk.alice.finish(&pending.id).await), "not-awaited");
    for (member, value) in [("amount", json!("15000")), ("card_id", json!("card-alice-9020")), ("minutes", json!(60))] {
        let mut changed = pending.clone();
        changed.operation[member] = value;
        let said = refused(desk.alice.approve(&changed, PIN, None).await);
        assert_eq!(said, ("statement-mismatch".to_owned(), Some("operation".to_owned())), "{member}");
    }
    assert_eq!(slug(desk.alice.approve(&pending, "000111", None).await), "wrong-response");
    desk.alice.approve(&pending, PIN, None).await.unwrap();
    assert_eq!(desk.till.swipe(CARD, "Cameras", "1480.50").await, "declined", "approved is not yet carried out");
    let finished = desk.alice.finish(&pending.id).await.unwrap();
    assert_eq!(finished.kind, "card_preauthorisation");
    let open = desk.card(CARD).await.preauthorisation.unwrap();
    assert_eq!((open.amount.as_str(), Some(open.expires_at)), ("1500.00", finished.expires_at));
    assert_eq!(desk.alice.finish(&pending.id).await.unwrap(), finished, "once, and said twice");
    assert_eq!(desk.till.swipe(CARD, "Cameras", "1480.50").await, "approved");
    assert!(desk.card(CARD).await.preauthorisation.is_none(), "it is used up");
    assert_eq!(desk.alice.finish(&pending.id).await.unwrap(), finished, "and does not come back");
    assert_eq!(desk.till.swipe(CARD, "Cameras", "1480.50").await, "declined");
    assert_eq!(desk.audited("card.preauthorised").await, 1);
}

#[tokio::test]
async fn a_declined_payment_is_authorised_with_the_processors_facts() {
    let desk = Desk::open().await;
    assert_eq!(desk.till.swipe(CARD, "Camera store", "1480.50").await, "declined");
    let declined = desk.card(CARD).await.declined;
    assert_eq!((declined.len(), declined[0].merchant.as_str()), (1, "Camera store"));
    assert_eq!(refused(desk.authorise(CARD, "none").await), card_refused("unknown_payment"));
    assert_eq!(slug(desk.authorise("card-boris-7731", &declined[0].id).await), "unknown-card");
    assert_eq!(refused(desk.authorise("card-alice-9020", &declined[0].id).await), card_refused("unknown_payment"));
    let pending = desk.authorise(CARD, &declined[0].id).await.unwrap();
    let asked = &pending.operation;
    assert_eq!((&asked["type"], &asked["merchant"]), (&json!("card_payment"), &json!("Camera store")), "{asked}");
    assert_eq!((&asked["amount"], &asked["currency"]), (&json!("1480.50"), &json!("USD")));
    let mut changed = pending.clone();
    changed.operation["amount"] = json!("1.00");
    assert_eq!(slug(desk.alice.approve(&changed, PIN, None).await), "statement-mismatch");
    desk.alice.approve(&pending, PIN, None).await.unwrap();
    let finished = desk.alice.finish(&pending.id).await.unwrap();
    assert!(finished.kind == "card_payment" && finished.expires_at.is_some());
    assert!(desk.card(CARD).await.declined.is_empty());
    assert_eq!(desk.till.swipe(CARD, "Camera store", "1480.51").await, "declined");
    assert_eq!(desk.till.swipe(CARD, "Camera store", "1480.50").await, "approved");
    assert_eq!(desk.alice.finish(&pending.id).await.unwrap(), finished);
    assert_eq!(desk.till.swipe(CARD, "Camera store", "1480.50").await, "declined");
    assert_eq!(desk.audited("card.payment_authorised").await, 1);

    let again = &desk.card(CARD).await.declined[0].id.clone();
    let denied = desk.authorise(CARD, again).await.unwrap();
    desk.alice.deny(&denied, Decision::Deny).await.unwrap();
    assert_eq!(slug(desk.alice.finish(&denied.id).await), "attempt-ended");
}

/// Whatever a merchant calls itself: its owner sees that there was a payment, and signs nothing that hides.
#[tokio::test]
async fn a_name_that_hides_something_is_fenced_and_never_signed() {
    let desk = Desk::open().await;
    let names = ["Books \u{202e}00.5 DSU\u{202c} (refund)", "Bo\u{200b}oks", "Books\u{2066}", "Books \u{e0041}"];
    for merchant in names {
        assert_eq!(desk.till.swipe(CARD, merchant, "900.50").await, "declined");
        let declined = desk.card(CARD).await.declined;
        let shown = declined[0].merchant.as_str();
        assert!(shown.starts_with("Bo") && shown.contains('\u{fffd}'), "{shown:?}");
        assert!(merchant.chars().filter(|c| !c.is_ascii()).all(|c| !shown.contains(c)), "{shown:?}");
        assert_eq!(refused(desk.authorise(CARD, &declined[0].id).await), card_refused("not_shown"));
    }
    assert!(desk.alice.pending().await.unwrap().is_empty(), "nothing waits for a signature");
}

#[tokio::test]
async fn a_lost_card_is_blocked_by_its_owner_alone() {
    let desk = Desk::open().await;
    assert_eq!(slug(desk.alice.block_card("card-boris-7731").await), "unknown-card");
    assert_eq!(slug(desk.alice.block_card("no.such.card").await), "unknown-card");
    let blocked = desk.alice.block_card(CARD).await.unwrap();
    assert_eq!((blocked.state, blocked.available.as_str()), (CardState::Blocked, "0.00"));
    assert_eq!(desk.alice.block_card(CARD).await.unwrap().state, CardState::Blocked);
    assert_eq!(desk.till.swipe(CARD, "Kiosk", "5").await, "blocked");
    assert_eq!(refused(desk.wish(CARD, "1500").await), card_refused("not_active"));
    assert_eq!(desk.audited("card.blocked").await, 2);
}

#[tokio::test]
async fn a_processor_that_is_away_loses_nothing() {
    let mut desk = Desk::open().await;
    let pending = desk.wish(CARD, "1500").await.unwrap();
    desk.till.stop();
    assert_eq!(slug(desk.alice.cards().await), "card-processor-unreachable");
    assert_eq!(slug(desk.wish(CARD, "1600").await), "card-processor-unreachable");
    assert_eq!(slug(desk.alice.block_card(CARD).await), "card-processor-unreachable");
    desk.alice.approve(&pending, PIN, None).await.unwrap();
    assert_eq!(slug(desk.alice.finish(&pending.id).await), "card-processor-unreachable");
    desk.server = desk.server.restart_at_same_port().await;
    desk.till.start_again();
    desk.server.advance(500);
    let finished = desk.alice.finish(&pending.id).await.unwrap();
    assert_eq!(desk.card(CARD).await.preauthorisation.map(|open| open.expires_at), finished.expires_at);
    desk.server.advance(101);
    assert_eq!(slug(desk.alice.finish(&pending.id).await), "not-found", "ten minutes later it is too late");
}

#[tokio::test]
async fn where_there_is_no_processor_there_are_no_cards() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    assert_eq!(slug(phone.cards().await), "no-cards");
    assert_eq!(slug(phone.block_card(CARD).await), "no-cards");
    let wish = Wanted::CardPreauthorisation { card_id: CARD.to_owned(), amount: "1500".to_owned() };
    assert_eq!(slug(phone.ask(wish).await), "no-cards");
}
