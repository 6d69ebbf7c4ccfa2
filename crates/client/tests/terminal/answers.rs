//! What the server's answers, late ones too, and the time change.

use super::support::{Person, approve, card, chooser, phone, respond, signed_in, wrong};
use countersign_client::first_party::Error;
use countersign_client::terminal::model::{Effect, Focus, Reply, Screen};
use crossterm::event::KeyCode;
use i18n::Lang;
use std::time::Duration;
use wire::Reason;

const WIDE: (u16, u16) = (80, 24);

fn at_the_card() -> Person {
    let mut person = Person::new(Lang::En);
    let request = person.sends_the_form();
    person.is_told(request, respond(card()));
    person
}

fn responds(person: &mut Person) -> u64 {
    person.types("11111111");
    let [Effect::Respond { request, .. }] = person.press(KeyCode::Enter)[..] else { panic!("nothing was sent") };
    request
}

#[test]
fn a_wrong_response_says_how_many_are_left_and_the_third_ends_it() {
    let mut person = at_the_card();
    for (left, words) in [(2, "2 attempts left."), (1, "1 attempt left.")] {
        let request = responds(&mut person);
        person.is_answered(request, Ok(wrong(respond(card()), left)));
        let Screen::Answer { response, .. } = &person.model.screen else { panic!("{:?}", person.model.screen) };
        assert_eq!((response.text(), person.model.focus), ("", Focus::Response));
        assert!(person.reads(WIDE).contains(&format!("Login failed: the code was wrong. {words}")));
    }
    let request = responds(&mut person);
    person.is_refused(request, Reason::TooManyAttempts);
    assert!(matches!(person.model.screen, Screen::Ended { .. }) && person.model.deadline.is_none());
    assert!(person.reads(WIDE).contains("Too many wrong codes. This login has ended."));
    assert!(person.press(KeyCode::Enter).is_empty(), "starts again");
    assert!(matches!(person.model.screen, Screen::Login) && person.model.username.text() == "alice");
}

#[test]
fn a_wrong_password_stays_at_the_form() {
    let mut person = Person::new(Lang::En);
    let request = person.sends_the_form();
    person.is_refused(request, Reason::InvalidCredentials);
    assert!(matches!(person.model.screen, Screen::Login) && person.model.focus == Focus::Password);
    assert!(person.reads(WIDE).contains("Invalid user name password combination."));
}

#[test]
fn an_answer_nobody_waits_for_changes_nothing() {
    let mut person = Person::new(Lang::En);
    let first = person.sends_the_form();
    person.press(KeyCode::Esc);
    person.press(KeyCode::Tab);
    person.press(KeyCode::BackTab);
    person.is_told(first, respond(card()));
    assert!(matches!(person.model.screen, Screen::Login), "an attempt that was given up");
    person.is_answered(first, Ok(signed_in()));
    assert!(matches!(person.model.screen, Screen::Login), "nor does it sign anybody in");
    person.is_answered(first, Err(Error::Network("gone".to_owned())));
    assert!(person.model.notice.is_none());

    let mut person = at_the_chooser();
    person.press(KeyCode::Tab);
    let [Effect::Choose { request, .. }] = person.press(KeyCode::Enter)[..] else { panic!("nothing was sent") };
    person.is_told(request, respond(card()));
    let late = responds(&mut person);
    person.press(KeyCode::F(3));
    person.is_answered(late, Ok(wrong(respond(card()), 2)));
    assert!(matches!(person.model.screen, Screen::Choose { .. }), "the user is at the chooser again");
    person.is_answered(late, Ok(signed_in()));
    assert!(matches!(person.model.screen, Screen::SignedIn(_)), "but a login that succeeded is one");
}

fn at_the_chooser() -> Person {
    let mut person = Person::new(Lang::En);
    let request = person.sends_the_form();
    person.is_told(request, chooser());
    person
}

#[test]
fn the_phone_is_polled_until_it_answers() {
    let mut person = Person::new(Lang::En);
    let request = person.sends_the_form();
    let polls = person.is_told(request, approve(None));
    let [Effect::Poll { request, after }] = polls[..] else { panic!("{polls:?}") };
    assert_eq!(after, Duration::ZERO);
    person.press(KeyCode::Tab);
    let polls = person.is_told(request, approve(None));
    let [Effect::Poll { request: second, after }] = polls[..] else { panic!("{polls:?}") };
    assert!(after > Duration::ZERO && second != request);
    let polls = person.is_answered(second, Err(Error::Network("gone".to_owned())));
    let [Effect::Poll { request: third, .. }] = polls[..] else {
        panic!("a lost connection is tried again: {polls:?}")
    };
    assert!(person.reads(WIDE).contains("The server cannot be reached."));
    let polls = person.is_told(third, approve(None));
    let [Effect::Poll { request: fourth, .. }] = polls[..] else { panic!("{polls:?}") };
    assert!(person.model.notice.is_none(), "the connection is back");
    person.is_answered(fourth, Ok(signed_in()));
    assert!(person.reads(WIDE).contains("Logged in as alice"));
    assert_eq!(person.press(KeyCode::Char('q')), [Effect::Quit]);
}

#[test]
fn the_method_is_switched_there_and_back() {
    let mut person = Person::new(Lang::En);
    let request = person.sends_the_form();
    let polls = person.is_told(request, approve(None));
    let [Effect::Poll { request: poll, .. }] = polls[..] else { panic!("{polls:?}") };
    assert_eq!(person.model.focus, Focus::NoNotification);
    let sent = person.press(KeyCode::Enter);
    let [Effect::Method { request, method: "challenge_response" }] = sent[..] else { panic!("{sent:?}") };
    assert!(person.is_told(poll, approve(None)).is_empty(), "the poll is over");
    assert!(matches!(person.model.screen, Screen::Wait { .. }));
    person.is_told(request, respond(phone()));
    assert!(person.model.stops().contains(&Focus::SendNotification));
    let sent = person.press(KeyCode::F(4));
    let [Effect::Method { request, method: "seamless" }] = sent[..] else { panic!("{sent:?}") };
    assert!(matches!(person.is_told(request, approve(None))[..], [Effect::Poll { .. }]));
}

#[test]
fn time_runs_out_by_the_server_and_by_its_own_clock() {
    let mut person = at_the_card();
    let words = |left: &str| format!("Time left {left}");
    assert!(person.reads(WIDE).contains(&words("3:00")));
    person.passes(121);
    assert!(person.reads(WIDE).contains(&words("0:59")));
    let request = responds(&mut person);
    let soon = countersign_client::first_party::Step { expires_in: 50, ..super::support::step(respond(card())) };
    person.is_answered(request, Ok(Reply::Step(Box::new(soon))));
    assert!(person.reads(WIDE).contains(&words("0:50")), "the server's word counts");
    person.passes(51);
    assert!(person.reads(WIDE).contains(&words("0:00")), "the server may still answer");
    person.passes(2);
    assert!(person.reads(WIDE).contains("Time is up: this login was not confirmed."));

    let mut person = at_the_card();
    let request = responds(&mut person);
    person.is_refused(request, Reason::Expired);
    assert!(person.reads(WIDE).contains("Time is up: this login was not confirmed."));
}

#[test]
fn trouble_on_the_way_does_not_end_an_attempt() {
    let mut person = at_the_card();
    let request = responds(&mut person);
    person.is_answered(request, Err(Error::Throttled { retry_after: 2 }));
    assert!(matches!(person.model.screen, Screen::Answer { .. }) && !person.model.busy);
    assert!(person.reads(WIDE).contains("Try again in 2 seconds."));
    let sent = person.press(KeyCode::Enter);
    assert!(matches!(&sent[..], [Effect::Respond { response, .. }] if response.as_str() == "11111111"), "still there");
}
