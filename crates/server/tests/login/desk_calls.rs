//! Who is on the line with the desk: a device of the caller's shows it. The known ways to take a help desk over, played.

use super::{
    desk::{Desk, agent, id_of, propose},
    desk_api::Program,
    own_devices::{send, told},
    pages::{Browser, Shown},
    support::{Card, PASSWORD, PIN, Server, session},
};
use countersign::flow::device::issue;
use domain::{Secret, id::UserId};
use reqwest::Method;
use serde_json::{Value, json};

const DAY: u64 = 86_400;
const HALF_AN_HOUR: u64 = 1_800;

/// The agent presses the button: the page of the check, or what is said in its place.
async fn check(browser: &Browser<'_>, user: UserId) -> Shown {
    let page = browser.get(&format!("/console/user?id={user}")).await;
    send(browser, "/console/call", &page, &[("user", &user.to_string())]).await
}

fn challenge(page: &Shown) -> String {
    let at = page.text.split("id=\"challenge\">").nth(1).unwrap_or_else(|| panic!("{}", page.text));
    at.split('<').next().unwrap().to_owned()
}

/// The caller reads out what their card says to the challenge that the agent read out.
async fn read_out(browser: &Browser<'_>, page: &Shown, card: &mut Card) -> Shown {
    let response = card.answer(&challenge(page), PIN);
    typed(browser, page, &response).await
}

async fn typed(browser: &Browser<'_>, page: &Shown, response: &str) -> Shown {
    let id = page.field("id");
    send(browser, "/console/call/answer", page, &[("id", &id), ("response", response)]).await
}

/// Wrong responses to the end: the caller has no device. The card itself locks with the fifth.
async fn failed(browser: &Browser<'_>, user: UserId) -> Shown {
    let mut page = check(browser, user).await;
    for guess in ["00000000", "11111111", "22222222"] {
        if !page.has("Nothing shows who calls") {
            page = typed(browser, &page, guess).await;
        }
    }
    page
}

/// What is proposed by an agent waits for the customer's objection.
async fn waits(browser: &Browser<'_>, user: UserId) -> bool {
    let page = propose(browser, user, "password_link").await;
    assert!(page.has("Proposed"), "{}", page.text);
    page.has("nothing happens before")
}

#[tokio::test]
async fn a_card_shows_who_calls_and_what_is_proposed_then_waits_for_nothing() {
    let server = Server::start().await;
    let (desk, mut alices) = Desk::with_card(&server).await;
    assert!(waits(&desk.dana, desk.alice).await, "answers to questions alone");
    let page = check(&desk.dana, desk.alice).await;
    assert!(challenge(&page).starts_with('5') && page.has("Say first"), "{}", page.text);
    let again = check(&desk.dana, desk.alice).await;
    assert_eq!((again.field("id"), challenge(&again)), (page.field("id"), challenge(&page)), "one check at a time");
    let busy = check(&desk.emil, desk.alice).await;
    assert!(busy.has("A colleague is checking"), "{}", busy.text);
    let stranger = desk.emil.get(&format!("/console/call?id={}", page.field("id"))).await;
    assert_eq!(stranger.status, 404, "a colleague's check");
    let wrong = typed(&desk.dana, &page, "12345678").await;
    assert!(wrong.has("The response was wrong"), "{}", wrong.text);
    let proved = read_out(&desk.dana, &wrong, &mut alices).await;
    assert!(proved.has("It is the customer"), "{}", proved.text);
    assert_eq!(told(&server, "notice-caller-proved").await, 1);
    let of_user = desk.dana.get(&format!("/console/user?id={}", desk.alice)).await;
    assert!(
        of_user.has("It is the customer") && of_user.has("on the phone with the secure-login desk"),
        "{}",
        of_user.text
    );
    assert!(!waits(&desk.dana, desk.alice).await);
    let case = desk.dana.get(&format!("/console/case?id={}", desk.last_case(&server).await)).await;
    assert!(case.has("The caller showed who they are with") && case.has("Digital Security Card+"), "{}", case.text);
}

#[tokio::test]
async fn what_one_agent_was_shown_serves_nobody_else_and_no_other_call() {
    let server = Server::start().await;
    let (desk, mut alices) = Desk::with_card(&server).await;
    server.user("bob", 1).await;
    let bob = id_of(&server, "bob").await;
    let page = check(&desk.dana, desk.alice).await;
    read_out(&desk.dana, &page, &mut alices).await;
    assert!(waits(&desk.dana, bob).await, "she checked one customer and acts on another");
    assert!(waits(&desk.emil, desk.alice).await, "the proof of another agent");
    assert!(!waits(&desk.dana, desk.alice).await);
    // Another caller, who says to be the same customer and has no device.
    assert!(failed(&desk.dana, desk.alice).await.has("Nothing shows who calls"));
    assert_eq!(told(&server, "notice-caller-not-proved").await, 1);
    assert!(waits(&desk.dana, desk.alice).await, "the call before was another one");
}

#[tokio::test]
async fn an_old_proof_and_one_by_a_device_that_is_lost_since_serve_nothing() {
    let server = Server::start().await;
    let (desk, mut alices) = Desk::with_card(&server).await;
    let page = check(&desk.dana, desk.alice).await;
    read_out(&desk.dana, &page, &mut alices).await;
    // She goes on working meanwhile.
    for _ in 0..5 {
        server.advance((HALF_AN_HOUR - 5) / 5);
        desk.dana.get("/console").await;
    }
    assert!(!waits(&desk.dana, desk.alice).await);
    server.advance(5);
    assert!(waits(&desk.dana, desk.alice).await, "half an hour later");
    // A thief shows the card that was stolen, and has it reported lost to get another way in.
    let page = check(&desk.dana, desk.alice).await;
    read_out(&desk.dana, &page, &mut alices).await;
    let page = desk.dana.get(&format!("/console/user?id={}", desk.alice)).await;
    let fields = [("user", desk.alice.to_string()), ("device", alices.id.clone())];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert!(send(&desk.dana, "/console/user/lost", &page, &fields).await.has("Done"));
    assert!(waits(&desk.dana, desk.alice).await, "shown by a device that is lost");
    let none = check(&desk.dana, desk.alice).await;
    assert!(none.has("No device of this customer can show who calls"), "{}", none.text);
}

#[tokio::test]
async fn who_knows_every_answer_and_has_no_device_gets_three_tries_a_day() {
    let server = Server::start().await;
    let (desk, mut alices) = Desk::with_card(&server).await;
    for _ in 0..2 {
        assert!(failed(&desk.dana, desk.alice).await.has("Nothing shows who calls"));
        server.advance(60);
    }
    let locked = check(&desk.emil, desk.alice).await;
    assert!(locked.has("No device of this customer can show who calls"), "the card is locked: {}", locked.text);
    for _ in 0..2 {
        server.advance(455);
        desk.dana.get("/console").await;
        desk.emil.get("/console").await;
    }
    // A check that nobody answers is one too.
    check(&desk.emil, desk.alice).await;
    server.advance(181);
    for browser in [&desk.dana, &desk.emil] {
        let closed = check(browser, desk.alice).await;
        assert!(closed.has("Three checks of this customer failed"), "{}", closed.text);
    }
    assert!(waits(&desk.dana, desk.alice).await);
    server.advance(DAY);
    let mut gails = agent(&server, "gail", "E-3", "agent").await;
    let there = Browser::new(&server);
    there.log_in("gail", &mut gails).await;
    // The wrong answers lock neither card nor customer for their owner by now.
    let page = check(&there, desk.alice).await;
    assert!(read_out(&there, &page, &mut alices).await.has("It is the customer"));
}

#[tokio::test]
async fn the_response_to_a_login_shows_nobody_who_calls_and_that_of_a_call_logs_nobody_in() {
    let server = Server::start().await;
    let (desk, mut alices) = Desk::with_card(&server).await;
    let (_, login) = server.begin("alice", PASSWORD, &[]).await;
    let asked = login["next"]["challenge"].as_str().unwrap().to_owned();
    assert!("1234".contains(&asked[..1]), "{asked}");
    let page = check(&desk.dana, desk.alice).await;
    let of_call = challenge(&page);
    // Somebody has the customer answer a challenge of a login, and reads that out.
    let response = alices.answer(&asked, PIN);
    assert!(typed(&desk.dana, &page, &response).await.has("The response was wrong"));
    // And the other way: what the customer reads out in a call is typed into a login.
    let response = alices.answer(&of_call, PIN);
    let (_, refused) = server.challenge(&[("auth_session", session(&login)), ("response", &response)]).await;
    assert_eq!(refused["failure"]["reason"], "wrong_response", "{refused}");
}

#[tokio::test]
async fn a_passcode_shows_nobody_who_calls_and_an_agent_checks_nobody_of_their_own_name() {
    let server = Server::start().await;
    let desk = Desk::open(&server).await;
    server.user("bob", 0).await;
    let app = std::sync::Arc::clone(&server.app);
    let gold = issue::NewDevice {
        username: "bob".to_owned(),
        class: "gold".to_owned(),
        serial: "G-1".to_owned(),
        label: None,
        suite: None,
        key: Some(Secret::new(vec![7; 20])),
        pin: None,
        adopt: true,
    };
    tokio::task::spawn_blocking(move || issue::add_device(&app, &gold).unwrap()).await.unwrap();
    let none = check(&desk.dana, id_of(&server, "bob").await).await;
    assert!(none.has("No device of this customer can show who calls"), "{}", none.text);
    let own = check(&desk.dana, id_of(&server, "dana").await).await;
    assert!(own.has("Nobody decides about themselves"), "{}", own.text);
}

#[tokio::test]
async fn an_agents_program_checks_a_caller() {
    let server = Server::start().await;
    let mut alices = server.user("alice", 1).await.remove(0);
    let mut danas = agent(&server, "dana", "E-1", "agent").await;
    let mut emils = agent(&server, "emil", "E-2", "agent").await;
    let dana = Program::of(&server, "dana", &mut danas).await;
    let emil = Program::of(&server, "emil", &mut emils).await;
    let post = async |who: &Program<'_>, path: &str, body: Value| who.call(Method::POST, path, Some(&body)).await;
    let (status, asked) = post(&dana, "/desk/calls", json!({ "user": "alice" })).await;
    assert_eq!((status, &asked["state"], &asked["first_name"]), (202, &json!("asked"), &json!("dana")), "{asked}");
    assert_eq!(asked["words"].as_str().unwrap().split(' ').count(), 2, "{asked}");
    let path = format!("/desk/calls/{}", asked["id"].as_str().unwrap());
    assert_eq!(emil.call(Method::GET, &path, None).await.0, 404, "a colleague's");
    let (_, busy) = post(&emil, "/desk/calls", json!({ "user": "alice" })).await;
    assert_eq!((&busy["type"], &busy["reason"]), (&json!("/problems/wrong-state"), &json!("under_way")), "{busy}");
    let (_, wrong) = post(&dana, &format!("{path}/continue"), json!({ "response": "00000000" })).await;
    assert_eq!((&wrong["state"], &wrong["failure"]["reason"]), (&json!("asked"), &json!("wrong_response")), "{wrong}");
    let response = alices.respond(&asked);
    let (_, proved) = post(&dana, &format!("{path}/continue"), json!({ "response": response })).await;
    assert_eq!(proved["state"], "proved", "{proved}");
    assert!(proved["until"].is_string() && proved["device"].is_string(), "{proved}");
    let wish = json!({ "user": "alice", "reason": "New phone", "identity_check": "Card" });
    let (status, access) = post(&dana, "/temporary-access", wish).await;
    assert_eq!((status, &access["not_before"]), (201, &Value::Null), "{access}");
    assert_eq!(access["proved_by"], "Digital Security Card+", "{access}");
    assert_eq!(post(&dana, "/desk/calls", json!({ "user": "nobody" })).await.0, 404);
}
