//! A printed card in place of another: two people agree, whoever prints carries it out, and the old one ends when the new one
//! is active. Nothing of what is printed stands anywhere else.

use super::{
    code_card,
    desk::{Desk, act, agent, back_at_work, id_of, propose, second},
    own_devices::{send, told},
    pages::{Browser, Shown},
    secrets::{Log, find},
    support::{Server, session},
};
use countersign::flow::{
    desk::reprint::{self, Made, NotReprinted},
    device::printed,
};
use domain::{Secret, device::DeviceState, id::DeviceId};
use std::sync::Arc;

const DAY: u64 = 86_400;

async fn make(server: &Server, case: &str) -> Result<Made, NotReprinted> {
    let (app, case) = (Arc::clone(&server.app), case.to_owned());
    tokio::task::spawn_blocking(move || reprint::make(&app, &case, Some("4410-0074"))).await.unwrap()
}

async fn keep(server: &Server, made: Made) -> Result<(), NotReprinted> {
    let app = Arc::clone(&server.app);
    tokio::task::spawn_blocking(move || reprint::keep(&app, &made)).await.unwrap()
}

async fn refused(server: &Server, case: &str, because: &str) {
    let refused = make(server, case).await.err().unwrap().to_string();
    assert!(refused.contains(because), "{refused}");
}

async fn devices(server: &Server) -> Vec<store::device::Device> {
    let alice = id_of(server, "alice").await;
    server.app.store.read(move |sql| store::device::of_user(sql, alice)).await.unwrap()
}

async fn state(server: &Server, id: DeviceId) -> DeviceState {
    devices(server).await.into_iter().find(|device| device.id == id).unwrap().state
}

/// The two places that a page asks for.
fn places(page: &Shown) -> [usize; 2] {
    let mut found = page.text.split("Value at place ").skip(1).map(|rest| {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap()
    });
    [found.next().unwrap(), found.next().unwrap()]
}

/// Activates the new card by its serial number and two of its values.
async fn activate(browser: &Browser<'_>, id: DeviceId, values: &[Secret<String>]) -> Shown {
    let page = browser.get(&format!("/settings/devices/start?id={id}")).await;
    let answer: String = places(&page).map(|place| values[place - 1].expose().clone()).concat();
    let (id, round) = (id.to_string(), page.field("round"));
    let fields = [("id", id.as_str()), ("round", &round), ("serial", "4410-0074"), ("answer", &answer)];
    send(browser, "/settings/devices/start", &page, &fields).await
}

/// Values of three characters stand anywhere by chance; two that follow each other on the card, near each other, do not.
fn holds_values(haystack: &[u8], values: &[Secret<String>]) -> bool {
    values.windows(2).any(|pair| {
        let (first, next) = (pair[0].expose().as_bytes(), pair[1].expose().as_bytes());
        let starts = haystack.windows(first.len()).enumerate().filter(|(_, octets)| *octets == first);
        let mut behind = starts.map(|(at, _)| &haystack[at + first.len()..(at + first.len() + 11).min(haystack.len())]);
        behind.any(|behind| find(behind, next))
    })
}

#[tokio::test]
async fn a_card_is_printed_anew_by_two_people_and_ends_the_old_one_once_it_is_active() {
    let log = Log::listen();
    let server = Server::start().await;
    let mut alices = server.user("alice", 1).await;
    let (_dir, software, old) = code_card::add_card(&server, "alice").await;
    let mut danas = agent(&server, "dana", "E-1", "agent").await;
    let mut emils = agent(&server, "emil", "E-2", "supervisor").await;
    let (dana, emil) = (Browser::new(&server), Browser::new(&server));
    dana.log_in("dana", &mut danas).await;
    emil.log_in("emil", &mut emils).await;
    let mut desk = Desk { alice: id_of(&server, "alice").await, dana, emil, emils };

    let proposed = propose(&desk.dana, desk.alice, "reprint").await;
    assert!(proposed.has("Proposed. The customer is told") && proposed.has(&old.serial), "{}", proposed.text);
    assert_eq!(told(&server, "notice-case-reprint").await, 1);
    let case = desk.last_case(&server).await;
    refused(&server, &case, "this case is proposed").await;
    refused(&server, "01990000-0000-7000-8000-000000000000", "no such thing").await;
    let alone = second(&desk.dana, &case, &mut danas).await;
    assert!(alone.has("Another person is needed"), "{}", alone.text);
    let agreed = second(&desk.emil, &case, &mut desk.emils).await;
    assert!(agreed.has("Confirmed"), "{}", agreed.text);
    refused(&server, &case, "it waits").await;

    server.advance(DAY + 1);
    back_at_work(&mut desk, &mut danas).await;
    let shown = act(&desk.dana, "reveal", &case).await;
    assert!(shown.has("carried out where cards are printed"), "{}", shown.text);
    assert!(shown.has(&format!("countersign card reprint --case {case}")), "{}", shown.text);
    let (made, late) = (make(&server, &case).await.unwrap(), make(&server, &case).await.unwrap());
    let values = made.card().values;
    keep(&server, made).await.unwrap();
    let refused_late = keep(&server, late).await.unwrap_err().to_string();
    assert!(refused_late.contains("this case is done"), "{refused_late}");
    refused(&server, &case, "this case is done").await;
    let new = devices(&server).await.into_iter().find(|device| device.serial == "4410-0074").unwrap();
    assert!(matches!(new.state, DeviceState::Shipped { .. }));
    assert_eq!(state(&server, old.id).await, DeviceState::Active, "it serves until the new one does");
    let app = Arc::clone(&server.app);
    let again = tokio::task::spawn_blocking(move || printed::card(&app, "4410-0074").err().unwrap().to_string());
    assert!(again.await.unwrap().contains("printed before"));

    let alice = Browser::new(&server);
    alice.log_in("alice", &mut alices[0]).await;
    let done = activate(&alice, new.id, &values).await;
    assert!(done.has("The device is active"), "{}", done.text);
    assert_eq!(state(&server, new.id).await, DeviceState::Active);
    assert_eq!(state(&server, old.id).await, DeviceState::Replaced { by: new.id });
    let (_, begun) = server.begin("alice", super::support::PASSWORD, &[]).await;
    let handle = session(&begun).to_owned();
    let (_, step) = server.challenge(&[("auth_session", &handle), ("device_id", &new.id.to_string())]).await;
    let wrong = code_card::values(&software, &step);
    let (status, _) = server.challenge(&[("auth_session", &handle), ("response", &wrong)]).await;
    assert_ne!(status, 200, "the old card's values do not serve for the new one");
    let asked = [0, 1].map(|n| usize::try_from(step["next"]["indices"][n].as_u64().unwrap()).unwrap());
    let answer: String = asked.map(|place| values[place - 1].expose().clone()).concat();
    let (status, given) = server.challenge(&[("auth_session", &handle), ("response", &answer)]).await;
    assert_eq!(status, 200, "{given}");

    // Nothing of the card stands anywhere but on paper.
    let (dump, logged) = (server.dump(), log.so_far());
    assert!(find(&dump, b"card.printed") && find(&logged, b"card.printed"), "both were read");
    for (what, octets) in [("database", &dump), ("log", &logged)] {
        assert!(!holds_values(octets, &values), "the {what} holds values");
        assert!(!find(octets, answer.as_bytes()), "the {what} holds an answer");
    }
}

#[tokio::test]
async fn a_user_without_a_printed_card_gets_none_anew_and_whoever_objects_stops_it() {
    let server = Server::start().await;
    let mut desk = Desk::open(&server).await;
    let none = propose(&desk.dana, desk.alice, "reprint").await;
    assert!(none.has("There was nothing to do"), "{}", none.text);
    code_card::add_card(&server, "alice").await;
    propose(&desk.dana, desk.alice, "reprint").await;
    let case = desk.last_case(&server).await;
    second(&desk.emil, &case, &mut desk.emils).await;
    server.advance(DAY + 1);
    let made = make(&server, &case).await.unwrap();
    let link = super::passwords::newest(&server, "notice-case-reprint").await;
    let stranger = Browser::new(&server);
    let page = stranger.get(&link).await;
    assert!(page.has("another printed card"), "{}", page.text);
    let field = page.field("link");
    send(&stranger, "/objection", &page, &[("link", &field)]).await;
    let stopped = keep(&server, made).await.unwrap_err().to_string();
    assert!(stopped.contains("this case is rejected"), "{stopped}");
    assert!(devices(&server).await.iter().all(|device| device.serial != "4410-0074"), "nothing of it was kept");
}
