//! Coming back after a loss: by another device, by a code alone with what that costs, never so; and to a new phone with the
//! old one in hand.

use super::{
    phones::{PIN, activate, begin, code, known, notices, phone, refused, slug, unix_now},
    support::{Card, PASSWORD, PIN as CARD_PIN, Server, WIDE},
};
use crate::login::pages::{Browser, Shown};
use countersign::flow::money::overview;
use countersign_client::phone::{Activation, Begun, Phone};
use wire::{
    Recovery,
    phone::{ConfirmActivation, StartActivation, manage::Fate, own::Wanted},
};

const DAY: u64 = 86_400;

fn by_number(username: &str) -> StartActivation {
    StartActivation {
        username: Some(username.to_owned()),
        password: Some(PASSWORD.to_owned()),
        recover: Some(Recovery::RegisteredNumber),
        ..StartActivation::default()
    }
}

/// Begins as the body says; the slug of the refusal, if it is one.
pub(super) async fn begin_with(server: &Server, start: &StartActivation) -> Result<Begun, String> {
    let known = known(server).await;
    let activation = Activation::new(&known, unix_now).unwrap();
    match activation.begin_with(known, start).await {
        Ok(begun) => Ok(begun),
        refused => Err(slug(refused)),
    }
}

/// A phone that comes back by a code alone.
async fn back_by_code(server: &Server) -> Phone {
    let begun = begin_with(server, &by_number("alice")).await.unwrap();
    assert_eq!(begun.started().proof, "code");
    let (state, _) = begun.complete(code(server).await.as_str(), PIN, Some("Back")).await.unwrap();
    phone(server, state).await
}

/// What the phone may authorise in a day, and the codes of why.
pub(super) async fn room(server: &Server) -> (Option<String>, Vec<String>) {
    let name = domain::user::Username::parse("alice").unwrap();
    let user = server.app.store.read(move |sql| store::user::by_name(sql, &name)).await.unwrap().unwrap();
    let loaded = overview::load(&server.app, user.id).await.unwrap();
    let room = loaded.devices.iter().find(|room| room.class == "phone").expect("a phone is active");
    let code = |reason| serde_json::to_value(reason).unwrap()["code"].as_str().unwrap().to_owned();
    (room.available.map(|left| left.to_string()), room.reasons.iter().map(code).collect())
}

async fn logged_in<'a>(server: &'a Server, card: &mut Card) -> Browser<'a> {
    let browser = Browser::new(server);
    let page = browser.password("alice").await;
    let attempt = page.field("attempt");
    let step = match page.has("name=\"device\"") {
        true => browser.step("/login/device", &page, &[("attempt", &attempt), ("device", &card.id)]).await,
        false => page,
    };
    let response = card.answer(&step.challenge(), CARD_PIN);
    let answer = browser.post("/login/answer", &step, &[("attempt", &attempt), ("response", &response)]).await;
    assert_eq!(answer.location.as_deref(), Some("/settings"), "{}", answer.text);
    browser
}

/// The page of the phone in the settings.
async fn phone_page(browser: &Browser<'_>, phone: &Phone) -> Shown {
    let id = phone.shelf().read().unwrap().device_id;
    browser.get(&format!("/settings/devices?id={id}")).await
}

async fn veto_on_page(browser: &Browser<'_>, phone: &Phone) -> Shown {
    let page = browser.get("/settings").await;
    let id = phone.shelf().read().unwrap().device_id;
    browser.post("/settings/devices/veto", &page, &[("id", &id)]).await
}

pub(super) async fn fate(phone: &Phone) -> Fate {
    phone.fate().await.unwrap()
}

#[tokio::test]
async fn the_first_phone_is_in_no_doubt_and_the_next_one_by_a_code_alone_is_for_a_day() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let begun = begin(&server, "alice").await;
    let (state, _) = begun.complete(code(&server).await.as_str(), PIN, None).await.unwrap();
    let first = phone(&server, state).await;
    let full = (Some("200000.00 USD".to_owned()), vec!["class_per_day".to_owned()]);
    assert_eq!(room(&server).await, full, "nothing was there that somebody could take over");
    assert!(!notices(&server).await.contains(&"notice-phone-recovered".to_owned()));

    let back = back_by_code(&server).await;
    let (left, why) = room(&server).await;
    assert_eq!(left.as_deref(), Some("50000.00 USD"), "as much as a temporary code");
    assert!(why.contains(&"recovered_per_day".to_owned()), "{why:?}");
    assert!(notices(&server).await.contains(&"notice-phone-recovered".to_owned()), "told elsewhere");
    assert_eq!(slug(first.pending().await), "unauthorized", "the old one has ended");
    assert!(back.pending().await.unwrap().is_empty());
    server.advance(DAY - 1);
    assert_eq!(room(&server).await.0.as_deref(), Some("50000.00 USD"));
    server.advance(1);
    assert_eq!(room(&server).await, full);
}

#[tokio::test]
async fn another_device_leaves_no_doubt_and_a_code_is_offered_beside_it() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    activate(&server, "alice").await;
    let begun = begin(&server, "alice").await;
    let started = begun.started();
    assert_eq!((started.proof.as_str(), started.recover.as_slice()), ("device", &[Recovery::RegisteredNumber][..]));
    let Some(wire::Next::Respond { challenge, .. }) = started.next.clone() else { panic!("{:?}", started.next) };
    let response = Some(cards[0].answer(&challenge, CARD_PIN));
    begun.confirm(&ConfirmActivation { response, ..ConfirmActivation::default() }).await.unwrap();
    begun.complete(None, PIN, None).await.unwrap();
    assert_eq!(room(&server).await.0.as_deref(), Some("200000.00 USD"));
}

#[tokio::test]
async fn any_other_device_ends_a_phone_that_came_back_by_a_code_alone() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let first = activate(&server, "alice").await;
    let browser = logged_in(&server, &mut cards[0]).await;
    assert_eq!(veto_on_page(&browser, &first).await.location.as_deref(), Some("/settings?said=unknown-device"));
    let thief = back_by_code(&server).await;
    let page = phone_page(&browser, &thief).await;
    assert!(page.has("It wasn’t me: end this phone") && page.has("may authorise no more"), "{}", page.text);
    let done = veto_on_page(&browser, &thief).await;
    assert_eq!(done.location.as_deref(), Some("/settings?said=vetoed"), "{}", done.text);
    assert_eq!(slug(thief.pending().await), "unauthorized");
    assert!(notices(&server).await.contains(&"notice-recovery-vetoed".to_owned()));
    let (status, _) = server.begin("alice", PASSWORD, &[]).await;
    assert_eq!(status, 400);
    assert_eq!(refused(begin_again(&server).await).0, "invalid-credentials", "whoever did it knew the password");
    assert_eq!(fate(&first).await.state, "replaced", "ends never change");
}

async fn begin_again(server: &Server) -> Result<Begun, countersign_client::phone::PhoneError> {
    let known = known(server).await;
    Activation::new(&known, unix_now).unwrap().begin(known, "alice", PASSWORD).await
}

#[tokio::test]
async fn the_replaced_phone_says_by_what_and_ends_it_within_a_day() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let first = activate(&server, "alice").await;
    assert_eq!(fate(&first).await.state, "active");
    assert_eq!(slug(first.veto().await), "no-veto", "it was not replaced");
    let thief = back_by_code(&server).await;
    let told = fate(&first).await;
    let successor = told.successor.unwrap();
    assert_eq!((told.state.as_str(), successor.label.as_str()), ("replaced", "Back"));
    assert!(successor.veto_until.is_some());
    assert_eq!(slug(thief.veto().await), "no-veto", "not itself");
    first.veto().await.unwrap();
    assert_eq!(slug(thief.pending().await), "unauthorized");
    assert_eq!(fate(&thief).await.state, "revoked");
    assert_eq!(slug(first.veto().await), "no-veto", "once");
}

/// A phone in doubt hands on no more than it has: the next one is in doubt as long, and the owner's old phone ends it too.
#[tokio::test]
async fn doubt_goes_along_with_a_move() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let owner = activate(&server, "alice").await;
    let thief = back_by_code(&server).await;
    server.advance(DAY / 2);
    let pending = thief.ask(Wanted::PhoneMove).await.unwrap();
    thief.approve(&pending, PIN, None).await.unwrap();
    let link = thief.finish(&pending.id).await.unwrap().invitation.unwrap().link;
    let session = Some(link.split_once("#activate=").unwrap().1.to_owned());
    let begun = begin_with(&server, &StartActivation { session, ..StartActivation::default() }).await.unwrap();
    let next = phone(&server, begun.complete(None, PIN, Some("Next")).await.unwrap().0).await;
    assert_eq!(room(&server).await.0.as_deref(), Some("50000.00 USD"));
    assert_eq!(fate(&owner).await.successor.unwrap().label, "Next");
    owner.veto().await.unwrap();
    assert_eq!(slug(next.pending().await), "unauthorized");
}

#[tokio::test]
async fn a_day_later_or_where_a_device_vouched_there_is_no_veto() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let first = activate(&server, "alice").await;
    let second = back_by_code(&server).await;
    server.advance(DAY);
    assert_eq!(fate(&first).await.successor.unwrap().veto_until, None);
    assert_eq!(slug(first.veto().await), "no-veto");
    let third = activate(&server, "alice").await;
    assert_eq!(slug(second.veto().await), "no-veto", "a signed-in page invited it");
    assert!(third.pending().await.unwrap().is_empty());
}

#[tokio::test]
async fn never_by_a_code_alone_holds_at_once_and_a_device_opens_it_again() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let begun = begin_with(&server, &by_number("alice")).await.unwrap();
    let sent = code(&server).await;
    let browser = logged_in(&server, &mut cards[0]).await;
    let page = browser.get("/settings/recovery").await;
    assert!(page.has("A code to your number is enough") && page.has("What it costs"), "{}", page.text);
    let done = browser.post("/settings/recovery/never", &page, &[]).await;
    assert_eq!(done.location.as_deref(), Some("/settings/recovery?said=never"));
    let page = browser.get("/settings/recovery").await;
    assert!(page.has("A code to your number is not enough") && page.has("You chose this."), "{}", page.text);
    assert_eq!(slug(begun.complete(sent.as_str(), PIN, None).await), "unknown-activation", "what was under way too");
    assert_eq!(begin_with(&server, &by_number("alice")).await.err().as_deref(), Some("code-alone-closed"));
    assert!(begin(&server, "alice").await.started().recover.is_empty(), "it is not offered");

    let asked = browser.post("/settings/recovery/allow", &page, &[]).await;
    let step = browser.get(asked.location.as_deref().unwrap()).await;
    assert_eq!(begin_with(&server, &by_number("alice")).await.err().as_deref(), Some("code-alone-closed"));
    let attempt = step.field("attempt");
    let response = cards[0].answer(&step.challenge(), CARD_PIN);
    browser.step("/login/answer", &step, &[("attempt", &attempt), ("response", &response)]).await;
    assert!(begin_with(&server, &by_number("alice")).await.is_ok());
    let told = notices(&server).await;
    for notice in ["notice-code-alone-closed", "notice-code-alone-allowed"] {
        assert!(told.contains(&notice.to_owned()), "{notice}");
    }
}

#[tokio::test]
async fn the_institution_closes_it_for_large_accounts_and_a_login_does_not_offer_it() {
    let settings = format!("{WIDE}\n[phone]\nno_code_alone_from = \"1000000.00 USD\"\n");
    let server = Server::with(&settings).await;
    server.user("alice", 0).await;
    activate(&server, "alice").await;
    assert!(begin_with(&server, &by_number("alice")).await.is_ok());
    let account = store::account::Account {
        id: "U1".to_owned(),
        equity: operation::Money::parse_balance("1000000.00", operation::Currency::USD).unwrap(),
        told_at: server.app.now(),
    };
    let name = domain::user::Username::parse("alice").unwrap();
    let post = move |sql: &mut dyn store::Sql| {
        let user = store::user::by_name(sql, &name)?.unwrap();
        store::account::put(sql, &account)?;
        store::account::join(sql, user.id, &account.id)
    };
    server.app.store.write(post).await.unwrap();
    assert_eq!(begin_with(&server, &by_number("alice")).await.err().as_deref(), Some("code-alone-closed"));
}

/// Both screens: the old phone, approved by its user, shows what the new one brings; in one unit the old one ends and the
/// new one begins.
#[tokio::test]
async fn a_new_phone_takes_over_from_the_old_one_in_hand() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let old = activate(&server, "alice").await;
    let pending = old.ask(Wanted::PhoneMove).await.unwrap();
    assert_eq!(slug(old.finish(&pending.id).await), "not-awaited", "its user has not approved");
    old.approve(&pending, PIN, None).await.unwrap();
    let invitation = old.finish(&pending.id).await.unwrap().invitation.unwrap();
    assert_eq!(slug(old.finish(&pending.id).await), "not-found", "shown once");
    let typed = StartActivation {
        username: Some("alice".to_owned()),
        session_id: Some(invitation.id.clone()),
        ..StartActivation::default()
    };
    let scanned = StartActivation {
        session: Some(invitation.link.split_once("#activate=").unwrap().1.to_owned()),
        ..StartActivation::default()
    };
    let begun = begin_with(&server, &scanned).await.unwrap();
    assert_eq!(begun.started().proof, "phone");
    assert_eq!(begin_with(&server, &typed).await.err().as_deref(), Some("unknown-invitation"), "good once");
    assert!(old.pending().await.unwrap().is_empty(), "the old one works until the new one does");
    let (state, activated) = begun.complete(None, PIN, Some("New phone")).await.unwrap();
    assert_eq!(activated.ended[0].state, "replaced");
    let new = phone(&server, state).await;
    assert!(new.pending().await.unwrap().is_empty());
    let told = fate(&old).await.successor.unwrap();
    assert_eq!((told.label.as_str(), told.veto_until), ("New phone", None));
    assert_eq!(room(&server).await.0.as_deref(), Some("200000.00 USD"), "no doubt");
    assert!(notices(&server).await.contains(&"notice-phone-moved".to_owned()));
}

/// Reported as lost between the picture and the new key: it vouches for nothing.
#[tokio::test]
async fn a_phone_that_was_lost_meanwhile_hands_nothing_over() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let old = activate(&server, "alice").await;
    let pending = old.ask(Wanted::PhoneMove).await.unwrap();
    old.approve(&pending, PIN, None).await.unwrap();
    let invitation = old.finish(&pending.id).await.unwrap().invitation.unwrap();
    let session = Some(invitation.link.split_once("#activate=").unwrap().1.to_owned());
    let begun = begin_with(&server, &StartActivation { session, ..StartActivation::default() }).await.unwrap();
    let browser = logged_in(&server, &mut cards[0]).await;
    let id = old.shelf().read().unwrap().device_id;
    let page = browser.get(&format!("/settings/devices?id={id}")).await;
    browser.post("/settings/devices/lost", &page, &[("id", &id), ("last", "")]).await;
    assert_eq!(slug(begun.complete(None, PIN, None).await), "unknown-activation");
}
