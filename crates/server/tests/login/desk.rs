//! The secure-login desk over plain HTTP: two people, temporary access and the card that it leads to, objections, roles.

use super::{
    own_devices::{confirm, send, told},
    pages::{Browser, Shown},
    passwords,
    support::{Card, PASSWORD, Server, session},
};
use countersign::flow::desk::agent;
use domain::{id::UserId, user::Username};
use std::sync::Arc;

const DAY: u64 = 86_400;

pub(crate) async fn id_of(server: &Server, name: &str) -> UserId {
    let name = Username::parse(name).unwrap();
    server.app.store.read(move |sql| store::user::by_name(sql, &name)).await.unwrap().unwrap().id
}

/// An agent with a card, made by an operator.
pub(crate) async fn agent(server: &Server, name: &'static str, person: &'static str, roles: &'static str) -> Card {
    let mut cards = server.user(name, 1).await;
    set(server, name, person, roles).await;
    cards.remove(0)
}

pub(super) async fn set(server: &Server, name: &'static str, person: &'static str, roles: &'static str) {
    let app = Arc::clone(&server.app);
    tokio::task::spawn_blocking(move || {
        agent::set(&app, name, agent::Set { person, first_name: None, roles }).unwrap()
    })
    .await
    .unwrap();
}

/// Who proposes what for a user; the page of the case, or what is said in its place.
pub(super) async fn propose(browser: &Browser<'_>, user: UserId, act: &str) -> Shown {
    let page = browser.get(&format!("/console/user?id={user}")).await;
    let user = user.to_string();
    let fields =
        [("user", user.as_str()), ("act", act), ("reason", "Phone stolen"), ("identity_check", "Last withdrawals")];
    send(browser, "/console/cases", &page, &fields).await
}

pub(super) async fn second(browser: &Browser<'_>, case: &str, card: &mut Card) -> Shown {
    let page = browser.get(&format!("/console/case?id={case}")).await;
    let asked = send(browser, "/console/case/second", &page, &[("id", case)]).await;
    if !asked.has("Agree to what the desk is to do") {
        return asked;
    }
    assert!(asked.has("Phone stolen") && asked.has("Last withdrawals") && asked.has("alice"), "{}", asked.text);
    confirm(browser, &asked, card, super::support::PIN).await
}

pub(super) async fn act(browser: &Browser<'_>, what: &str, case: &str) -> Shown {
    let page = browser.get("/console").await;
    let answer = browser.post(&format!("/console/case/{what}"), &page, &[("id", case)]).await;
    match answer.location.as_deref() {
        Some(to) => browser.get(to).await,
        None => answer,
    }
}

fn code_on(page: &Shown) -> String {
    let code = page.text.split("data-temporary-code>").nth(1).unwrap_or_else(|| panic!("{}", page.text));
    code.split('<').next().unwrap().to_owned()
}

/// A customer with one card, and two agents at work.
pub(super) struct Desk<'a> {
    pub(super) alice: UserId,
    pub(super) dana: Browser<'a>,
    pub(super) emil: Browser<'a>,
    pub(super) emils: Card,
}

impl<'a> Desk<'a> {
    pub(super) async fn open(server: &'a Server) -> Self {
        Self::with_card(server).await.0
    }

    /// The same, with the customer's card.
    pub(super) async fn with_card(server: &'a Server) -> (Self, Card) {
        let alices = server.user("alice", 1).await.remove(0);
        let mut danas = agent(server, "dana", "E-1", "agent").await;
        let mut emils = agent(server, "emil", "E-2", "supervisor").await;
        let (dana, emil) = (Browser::new(server), Browser::new(server));
        dana.log_in("dana", &mut danas).await;
        emil.log_in("emil", &mut emils).await;
        (Self { alice: id_of(server, "alice").await, dana, emil, emils }, alices)
    }

    /// Both have agreed, and the wait is over: the case.
    async fn agreed(&mut self, server: &Server) -> String {
        let proposed = propose(&self.dana, self.alice, "temporary_access").await;
        assert!(proposed.has("Proposed. The customer is told"), "{}", proposed.text);
        let case = self.last_case(server).await;
        let seconded = second(&self.emil, &case, &mut self.emils).await;
        assert!(seconded.has("Confirmed"), "{}", seconded.text);
        case
    }

    pub(super) async fn last_case(&self, server: &Server) -> String {
        let (app, user) = (Arc::clone(&server.app), self.alice);
        let cases = server.app.store.read(move |sql| store::desk_case::of_user(sql, &app.sealer, user)).await.unwrap();
        cases.last().unwrap().id.to_string()
    }
}

/// Logs both agents in anew: time has passed.
pub(super) async fn back_at_work(desk: &mut Desk<'_>, danas: &mut Card) {
    desk.dana.log_in("dana", danas).await;
    let mut emils = std::mem::replace(&mut desk.emils, Card { id: String::new(), key: vec![], counter: 0 });
    desk.emil.log_in("emil", &mut emils).await;
    desk.emils = emils;
}

/// Logs in with the temporary code: what is at the end.
async fn with_code(browser: &Browser<'_>, code: &str) -> Shown {
    let page = browser.password("alice").await;
    let attempt = page.field("attempt");
    let page = if page.has("name=\"device\"") {
        let at = page.text.find("Temporary code").unwrap_or_else(|| panic!("{}", page.text));
        let before = &page.text[..at];
        let id = before.rsplit("value=\"").next().unwrap().split('"').next().unwrap().to_owned();
        browser.step("/login/device", &page, &[("attempt", &attempt), ("device", &id)]).await
    } else {
        page
    };
    assert!(page.has("Type the temporary code"), "{}", page.text);
    browser.step("/login/answer", &page, &[("attempt", &attempt), ("response", code)]).await
}

#[tokio::test]
async fn a_temporary_code_takes_two_people_a_wait_and_serves_in_two_periods() {
    let server = Server::start().await;
    server.user("alice", 1).await;
    let mut danas = agent(&server, "dana", "E-1", "agent").await;
    let mut emils = agent(&server, "emil", "E-2", "supervisor").await;
    let (dana, emil) = (Browser::new(&server), Browser::new(&server));
    dana.log_in("dana", &mut danas).await;
    emil.log_in("emil", &mut emils).await;
    let mut desk = Desk { alice: id_of(&server, "alice").await, dana, emil, emils };
    let case = desk.agreed(&server).await;
    assert_eq!(told(&server, "notice-case-temporary-access").await, 1);
    let early = act(&desk.dana, "reveal", &case).await;
    assert!(early.has("the customer can still stop it"), "{}", early.text);

    server.advance(DAY + 1);
    back_at_work(&mut desk, &mut danas).await;
    let other = act(&desk.emil, "reveal", &case).await;
    assert!(other.has("Only the agent who proposed it"), "{}", other.text);
    let shown = act(&desk.dana, "reveal", &case).await;
    let code = code_on(&shown);
    let again = act(&desk.dana, "reveal", &case).await;
    assert!(again.has("This case is over") && !again.has(&code), "shown twice: {}", again.text);
    assert_eq!(told(&server, "notice-temporary-access").await, 1);
    let dump = server.dump();
    let plain = code.replace('-', "");
    for text in [&code, &plain] {
        assert!(!dump.windows(text.len()).any(|part| part == text.as_bytes()), "the code is in the database");
    }

    // The first two days it takes the place of a device.
    let alice = Browser::new(&server);
    let wrong = with_code(&alice, "AAAA-BBBB-CCCC").await;
    assert!(wrong.has("Login failed"), "{}", wrong.text);
    let inside = with_code(&Browser::new(&server), &code.to_lowercase().replace('-', " ")).await;
    assert_eq!(inside.location.as_deref(), Some("/settings"));
    let begun = server.begin("alice", PASSWORD, &[]).await.1;
    assert!(begun["next"].to_string().contains("temporary-code"), "{begun}");

    // Then it leads to the page of the card, and nowhere else.
    server.advance(2 * DAY);
    let alice = Browser::new(&server);
    assert_eq!(with_code(&alice, &code).await.location.as_deref(), Some("/settings"));
    for path in ["/settings", "/settings/password", "/settings/limits", "/settings/devices/order"] {
        let led = alice.get(path).await;
        assert_eq!((led.status, led.location.as_deref()), (303, Some("/settings/online-card")), "{path}");
    }
    let begun = server.begin("alice", PASSWORD, &[]).await.1;
    assert!(!begun["next"].to_string().contains("temporary-code"), "a program takes it: {begun}");
    online_card(&server, &alice).await;

    // No second one in a row.
    server.advance(60);
    back_at_work(&mut desk, &mut danas).await;
    let refused = propose(&desk.dana, desk.alice, "temporary_access").await;
    assert!(refused.has("No second temporary code"), "{}", refused.text);

    // After twelve days it is over.
    server.advance(10 * DAY);
    countersign::flow::sweep::sweep(&server.app).await.unwrap();
    let page = Browser::new(&server).password("alice").await;
    assert!(!page.has("Temporary code"), "{}", page.text);
}

/// Makes, prints and starts the card, and logs in with it.
async fn online_card(server: &Server, alice: &Browser<'_>) {
    let page = alice.get("/settings/online-card").await;
    let made = send(alice, "/settings/online-card", &page, &[]).await;
    let values: Vec<_> = made.text.split("<code>").skip(1).map(|part| part.split('<').next().unwrap()).collect();
    assert_eq!(values.len(), 224, "{}", made.text);
    let places: Vec<usize> = made
        .text
        .split("<strong>Value at place ")
        .skip(1)
        .map(|part| part.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap())
        .collect();
    let answer: String = places.iter().map(|place| values[place - 1]).collect();
    let round = made.field("round");
    let wrong = send(alice, "/settings/online-card/start", &made, &[("round", &round), ("answer", "AAAAAA")]).await;
    assert!(wrong.has("not the two values"), "{}", wrong.text);
    let round = wrong.field("round");
    let done = send(alice, "/settings/online-card/start", &wrong, &[("round", &round), ("answer", &answer)]).await;
    assert!(done.has("Your card works"), "{}", done.text);
    assert_eq!(done.text.matches("<code>").count(), 0, "the values are shown no more");
    let begun = server.begin("alice", PASSWORD, &[]).await.1;
    assert!(begun["next"].to_string().contains("online-code-card"), "{begun}");
}

#[tokio::test]
async fn one_person_is_not_two_whatever_accounts_they_have() {
    let server = Server::start().await;
    let mut desk = Desk::open(&server).await;
    propose(&desk.dana, desk.alice, "temporary_access").await;
    let case = desk.last_case(&server).await;
    let own = send(&desk.dana, "/console/case/second", &desk.dana.get("/console").await, &[("id", &case)]).await;
    assert!(own.has("Another person is needed"), "{}", own.text);
    // Another account of the same person.
    let mut twin = agent(&server, "dana2", "E-1", "agent,supervisor").await;
    let there = Browser::new(&server);
    there.log_in("dana2", &mut twin).await;
    let refused = second(&there, &case, &mut twin).await;
    assert!(refused.has("Another person is needed"), "{}", refused.text);
    // A role that is lost between the question and the answer.
    let page = desk.emil.get(&format!("/console/case?id={case}")).await;
    let asked = send(&desk.emil, "/console/case/second", &page, &[("id", &case)]).await;
    set(&server, "emil", "E-2", "auditor").await;
    confirm(&desk.emil, &asked, &mut desk.emils, super::support::PIN).await;
    let stands = desk.dana.get(&format!("/console/case?id={case}")).await;
    assert!(stands.has("waits for a second person"), "{}", stands.text);
    // The one who proposed it is no agent any more.
    set(&server, "emil", "E-2", "agent").await;
    let app = Arc::clone(&server.app);
    tokio::task::spawn_blocking(move || agent::end(&app, "dana").unwrap()).await.unwrap();
    let refused = second(&desk.emil, &case, &mut desk.emils).await;
    assert!(refused.has("does not allow it any more"), "{}", refused.text);
    assert_eq!(desk.dana.get("/console").await.status, 404, "for others there is no console");
}

#[tokio::test]
async fn an_objection_stops_a_case_and_ends_a_code() {
    let server = Server::start().await;
    let mut desk = Desk::open(&server).await;
    propose(&desk.dana, desk.alice, "temporary_access").await;
    let case = desk.last_case(&server).await;
    let link = passwords::newest(&server, "notice-case-temporary-access").await;
    let stranger = Browser::new(&server);
    let page = stranger.get(&link).await;
    assert!(page.has("Somebody who says to be you"), "{}", page.text);
    let open = desk.dana.get(&format!("/console/case?id={case}")).await;
    assert!(open.has("waits for a second person"), "to look stopped it");
    let handle = page.field("link");
    let stopped = send(&stranger, "/objection", &page, &[("link", &handle)]).await;
    assert!(stopped.has("It was stopped"), "{}", stopped.text);
    let refused = second(&desk.emil, &case, &mut desk.emils).await;
    assert!(refused.has("This case is over"), "{}", refused.text);
    let over = send(&stranger, "/objection", &page, &[("link", &handle)]).await;
    assert!(over.has("nothing to stop any more"), "{}", over.text);
    let nonsense = send(&stranger, "/objection", &page, &[("link", "x")]).await;
    assert!(nonsense.has("nothing to stop any more"), "{}", nonsense.text);
}

#[tokio::test]
async fn an_objection_ends_a_code_that_was_given() {
    let server = Server::with("[temporary]\nwait = \"1s\"\n").await;
    let mut desk = Desk::open(&server).await;
    let case = desk.agreed(&server).await;
    server.advance(2);
    let code = code_on(&act(&desk.dana, "reveal", &case).await);
    let link = passwords::newest(&server, "notice-temporary-access").await;
    let stranger = Browser::new(&server);
    let page = stranger.get(&link).await;
    let handle = page.field("link");
    assert!(send(&stranger, "/objection", &page, &[("link", &handle)]).await.has("It was stopped"));
    let page = Browser::new(&server).password("alice").await;
    assert!(!page.has("Temporary code") && !page.has(&code), "{}", page.text);
}

#[tokio::test]
async fn a_disowned_password_takes_two_people_and_a_link() {
    let server = Server::with("[temporary]\nwait = \"1s\"\n").await;
    let mut desk = Desk::open(&server).await;
    let alice = desk.alice;
    let now = server.app.now();
    server.app.store.write(move |sql| store::user::lock_password(sql, alice, now)).await.unwrap();
    let page = desk.dana.get(&format!("/console/user?id={alice}")).await;
    assert!(page.has("The customer said"), "{}", page.text);
    propose(&desk.dana, alice, "password_link").await;
    server.advance(2);
    let case = desk.last_case(&server).await;
    assert!(second(&desk.emil, &case, &mut desk.emils).await.has("Confirmed"));
    let link = passwords::newest(&server, "notice-invitation").await;
    let browser = Browser::new(&server);
    let page = browser.get(&link).await;
    let handle = page.field("link");
    let new = [("link", handle.as_str()), ("new", passwords::NEW), ("repeat", passwords::NEW)];
    let done = send(&browser, "/forgot/new", &page, &new).await;
    assert!(done.status == 200 && !done.has("role=\"alert\""), "{}", done.text);
    let (_, begun) = server.begin("alice", passwords::NEW, &[]).await;
    assert!(!session(&begun).is_empty());
}

#[tokio::test]
async fn what_any_one_agent_does_is_done_told_and_noted() {
    let server = Server::start().await;
    let desk = Desk::open(&server).await;
    let alice = desk.alice;
    for typed in ["alice", "ALI", "alice 7710001", "alice%40example.com", "+Alice%40EXAMPLE.com"] {
        let found = desk.dana.get(&format!("/console?q={}", typed.replace(' ', "+"))).await;
        assert!(found.has(&alice.to_string()), "{typed}: {}", found.text);
    }
    for typed in ["zed", "lice%40example.com", "alice%40example.org", "%2B12025550199"] {
        assert!(desk.dana.get(&format!("/console?q={typed}")).await.has("Nobody was found"), "{typed}");
    }
    let page = desk.dana.get(&format!("/console/user?id={alice}")).await;
    assert!(page.has("a•••@example.com") && !page.has("alice@example.com"), "{}", page.text);
    let devices = server.app.store.read(move |sql| store::device::of_user(sql, alice)).await.unwrap();
    let device = devices[0].id.to_string();
    let user = alice.to_string();
    let fields = [("user", user.as_str()), ("device", device.as_str())];
    let nothing = send(&desk.dana, "/console/user/unlock", &page, &fields).await;
    assert!(nothing.has("There was nothing to do"), "{}", nothing.text);
    let done = send(&desk.dana, "/console/user/suspend", &page, &fields).await;
    assert!(done.has("Done. The customer is told") && done.has("suspended"), "{}", done.text);
    assert_eq!(told(&server, "notice-device-suspended").await, 1);
    let rows = server.app.store.read(move |sql| store::audit::page(sql, Some(alice), None, 50)).await.unwrap();
    let kinds: Vec<_> = rows.iter().map(|row| row.kind.as_str()).collect();
    assert!(kinds.contains(&"desk.user_viewed") && kinds.contains(&"device.state_changed"), "{kinds:?}");
    // Nobody is served at their own desk.
    let own = id_of(&server, "dana").await.to_string();
    let refused = send(&desk.dana, "/console/user/end-sessions", &page, &[("user", &own)]).await;
    assert!(refused.has("Nobody decides about themselves"), "{}", refused.text);
    assert!(!server.begin("alice", PASSWORD, &[]).await.1["next"].is_object());
}

#[tokio::test]
async fn a_proposal_is_given_up_and_one_that_leads_nowhere_is_not_made() {
    let server = Server::start().await;
    let desk = Desk::open(&server).await;
    propose(&desk.dana, desk.alice, "temporary_access").await;
    let case = desk.last_case(&server).await;
    let mut depots = agent(&server, "dep", "E-3", "depot").await;
    let depot = Browser::new(&server);
    depot.log_in("dep", &mut depots).await;
    assert!(!depot.get("/console").await.has(&case), "whoever mails devices has no business with cases");
    assert!(desk.emil.get("/console").await.has(&case));
    let given_up = act(&desk.dana, "reject", &case).await;
    assert!(given_up.has("Rejected.") && !given_up.has("Agree with my device"), "{}", given_up.text);
    assert!(act(&desk.emil, "reject", &case).await.has("This case is over"));
    // Another one may be proposed: nothing was given.
    assert!(propose(&desk.dana, desk.alice, "temporary_access").await.has("Proposed."));

    // Without a mail address no link could be sent, and the password would be gone.
    let alice = desk.alice;
    let contacts = {
        let app = Arc::clone(&server.app);
        server.app.store.read(move |sql| store::contact::of_user(sql, &app.sealer, alice)).await.unwrap()
    };
    for contact in contacts {
        let now = server.app.now();
        server.app.store.write(move |sql| store::contact::leave(sql, alice, contact.id, now)).await.unwrap();
    }
    let refused = propose(&desk.dana, alice, "password_link").await;
    assert!(refused.has("no mail address to which a link may go"), "{}", refused.text);
}

#[tokio::test]
async fn the_console_wants_a_strong_device_and_no_idle_session() {
    let server = Server::start().await;
    server.user("eve", 0).await;
    set(&server, "eve", "E-9", "agent").await;
    let (_dir, card, _) = super::code_card::add_card(&server, "eve").await;
    let browser = Browser::new(&server);
    let page = browser.password("eve").await;
    let attempt = page.field("attempt");
    let place = |part: &str| part.split('<').next().unwrap().parse().unwrap();
    let places: Vec<u32> = page.text.split("<li class=\"digits\">").skip(1).map(place).collect();
    let values = card.values([places[0], places[1]]).unwrap().to_string();
    let inside = browser.step("/login/answer", &page, &[("attempt", &attempt), ("response", &values)]).await;
    assert_eq!(inside.location.as_deref(), Some("/settings"));
    let refused = browser.get("/console").await;
    assert!(refused.status == 403 && refused.has("The console needs a strong device"), "{}", refused.text);

    let mut danas = agent(&server, "dana", "E-1", "agent").await;
    let browser = Browser::new(&server);
    browser.log_in("dana", &mut danas).await;
    server.advance(599);
    assert_eq!(browser.get("/console").await.status, 200);
    server.advance(601);
    let idle = browser.get("/console").await;
    assert_eq!(idle.location.as_deref(), Some("/login?notice=session-ended"));
    assert_eq!(browser.get("/settings").await.location.as_deref(), Some("/login"));
}
