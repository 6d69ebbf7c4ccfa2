//! A device that ran too far ahead, brought in step within the login by two codes in a row.

use super::{
    pages::{Browser, Shown},
    support::{Card, PIN, Server},
};
use crate::phone::phones::notices;

/// A login that has come to a device's challenge.
async fn at_challenge(browser: &Browser<'_>, card: &Card) -> Shown {
    let page = browser.password("alice").await;
    if !page.has("name=\"device\"") {
        return page;
    }
    browser.step("/login/device", &page, &[("attempt", &page.field("attempt")), ("device", &card.id)]).await
}

async fn answer(browser: &Browser<'_>, page: &Shown, response: &str) -> Shown {
    browser.step("/login/answer", page, &[("attempt", &page.field("attempt")), ("response", response)]).await
}

/// The page of the two codes, by the link of the page before it.
async fn opened(browser: &Browser<'_>, page: &Shown) -> Shown {
    let link = page.text.split("href=\"/login/resync").nth(1).unwrap_or_else(|| panic!("no link: {}", page.text));
    browser.get(&format!("/login/resync{}", link.split('"').next().unwrap())).await
}

/// The challenges of a page.
fn asked(page: &Shown) -> [String; 2] {
    ["challenge-1", "challenge-2"].map(|id| {
        let text = page.text.split(&format!("id=\"{id}\">")).nth(1).unwrap_or_else(|| panic!("{}", page.text));
        text.split('<').next().unwrap().to_owned()
    })
}

/// Two codes of a card in a row, with so many others in between.
fn codes(card: &mut Card, page: &Shown, between: u64) -> [String; 2] {
    let [first, second] = asked(page);
    let one = card.answer(&first, PIN);
    card.counter += between;
    [one, card.answer(&second, PIN)]
}

async fn send(browser: &Browser<'_>, page: &Shown, codes: &[String; 2]) -> Shown {
    let fields = [
        ("attempt", page.field("attempt")),
        ("round", page.field("round")),
        ("first", codes[0].clone()),
        ("second", codes[1].clone()),
    ];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.step("/login/resync", page, &fields).await
}

/// What counts on a device, and on its user.
async fn failures(server: &Server, card: &Card) -> (u32, usize) {
    let id: domain::id::DeviceId = card.id.parse().unwrap();
    let name = domain::user::Username::parse("alice").unwrap();
    let read = move |sql: &mut dyn store::Sql| {
        let user = store::user::by_name(sql, &name)?.unwrap();
        let on_user = store::failure::load(sql, user.id, domain::lockout::Budget::Strangers)?;
        let device = store::device::one(sql, user.id, id)?.unwrap();
        Ok::<_, store::Error>((device.failures.consecutive, on_user.moments().len()))
    };
    server.app.store.read(read).await.unwrap()
}

#[tokio::test]
async fn a_counter_far_ahead_is_taken_up_and_the_login_goes_on_by_a_challenge() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let card = &mut cards[0];
    card.counter += 200;
    let browser = Browser::new(&server);
    let page = at_challenge(&browser, card).await;
    assert!(!page.has("/login/resync"), "offered before anything went wrong");
    let challenge = page.challenge();
    let wrong = answer(&browser, &page, &card.answer(&challenge, PIN)).await;
    assert!(wrong.has("Login failed") && wrong.has("My card and the bank have drifted apart"), "{}", wrong.text);
    assert_eq!(failures(&server, card).await, (1, 1));

    let page = opened(&browser, &wrong).await;
    assert!(asked(&page).iter().all(|asked| asked.starts_with(['6', '7'])), "a login's or money's: {}", page.text);
    assert_eq!(asked(&opened(&browser, &wrong).await), asked(&page), "a reload");
    let right = codes(card, &page, 0);
    let done = send(&browser, &page, &right).await;
    assert!(done.has("is in step again") && !done.has("Login failed") && !done.has("/login/resync"), "{}", done.text);
    assert_eq!(failures(&server, card).await, (0, 1), "the login has yet to succeed");
    assert!(notices(&server).await.contains(&"notice-device-resynchronised".to_owned()));
    assert_eq!(browser.get("/settings").await.status, 303, "nobody is logged in by it");
    // The same form again is for questions that are not asked any more.
    let again = send(&browser, &page, &right).await;
    assert!(!again.has("Login failed"), "{}", again.text);
    assert_eq!(failures(&server, card).await, (0, 1));

    let response = card.answer(&done.challenge(), PIN);
    answer(&browser, &done, &response).await;
    assert!(browser.get("/settings").await.has("alice"));
    assert_eq!(failures(&server, card).await, (0, 0));
}

#[tokio::test]
async fn a_wrong_pair_is_one_wrong_answer_and_the_same_one_again_is_none() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 2).await;
    cards[0].counter += 200;
    let browser = Browser::new(&server);
    let wrong = answer(&browser, &at_challenge(&browser, &cards[0]).await, "00000000").await;
    // A gap, another device's, and one that is further ahead than any is looked for: each in a login of its own.
    let page = opened(&browser, &wrong).await;
    let gap = codes(&mut cards[0], &page, 1);
    let told = send(&browser, &page, &gap).await;
    assert!(told.has("Login failed") && told.has("1 attempt left"), "{}", told.text);
    assert_eq!(failures(&server, &cards[0]).await, (2, 2));
    let same = send(&browser, &page, &gap).await;
    assert!(same.has("1 attempt left"), "{}", same.text);
    assert_eq!(failures(&server, &cards[0]).await, (2, 2), "for questions that are not asked any more");

    let page = opened(&browser, &told).await;
    let theirs = codes(&mut cards[1], &page, 0);
    let over = send(&browser, &page, &theirs).await;
    assert!(over.has("Too many wrong") || !over.has("name=\"response\""), "the third one ends it: {}", over.text);
    assert_eq!(failures(&server, &cards[0]).await, (3, 3));
    assert_eq!(failures(&server, &cards[1]).await.0, 0, "whose codes they were does not count");
    let ended = send(&browser, &page, &theirs).await;
    assert!(!ended.has("name=\"response\""), "an attempt that is over takes nothing: {}", ended.text);
    assert_eq!(failures(&server, &cards[0]).await, (3, 3));

    cards[0].counter += 2000;
    let other = Browser::new(&server);
    let wrong = answer(&other, &at_challenge(&other, &cards[0]).await, "00000000").await;
    let page = opened(&other, &wrong).await;
    let far = codes(&mut cards[0], &page, 0);
    send(&other, &page, &far).await;
    assert_eq!(failures(&server, &cards[0]).await.0, 5, "too far");
    let locked = other.get("/settings").await;
    assert_eq!(locked.status, 303);
    assert!(notices(&server).await.contains(&"notice-device-locked".to_owned()), "as by any wrong answer");
}

#[tokio::test]
async fn what_is_not_offered_is_not_taken() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    let page = at_challenge(&browser, &cards[0]).await;
    let attempt = page.field("attempt");
    let early = browser.get(&format!("/login/resync?attempt={attempt}")).await;
    assert_eq!(early.location.as_deref(), Some(format!("/login?attempt={attempt}").as_str()));
    for round in ["", "0f1e2d3c4b5a6978"] {
        let form = [("attempt", attempt.as_str()), ("round", round), ("first", "11111111"), ("second", "22222222")];
        let refused = browser.step("/login/resync", &page, &form).await;
        assert!(!refused.has("Login failed"), "{}", refused.text);
    }
    assert_eq!(failures(&server, &cards[0]).await, (0, 0), "nothing was asked");

    // An attempt whose time is over, and one of another browser.
    let wrong = answer(&browser, &page, "00000000").await;
    let asks = opened(&browser, &wrong).await;
    let stranger = Browser::new(&server);
    let theirs = stranger.get(&format!("/login/resync?attempt={attempt}")).await;
    assert_eq!((theirs.status, theirs.location.as_deref()), (303, Some("/login")));
    let right = codes(&mut cards[0], &asks, 0);
    server.advance(181);
    let late = send(&browser, &asks, &right).await;
    assert!(!late.has("is in step again"), "{}", late.text);
    assert!(!notices(&server).await.contains(&"notice-device-resynchronised".to_owned()));
    assert_eq!(failures(&server, &cards[0]).await, (1, 1));
}
