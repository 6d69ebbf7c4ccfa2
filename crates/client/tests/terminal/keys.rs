//! What a person at the keyboard can do.

use super::support::{Person, card, chooser, code_card, respond, step};
use countersign_client::terminal::model::{Effect, Event, Focus, Reply, Screen};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use i18n::Lang;

#[test]
fn the_form_is_sent_when_it_is_filled_in_and_forgets_the_password() {
    let mut person = Person::new(Lang::En);
    assert!(person.press(KeyCode::Enter).is_empty() && person.model.focus == Focus::Password, "Enter goes on");
    assert!(person.press(KeyCode::Enter).is_empty() && person.model.focus == Focus::Username, "no username yet");
    person.types("alice");
    person.press(KeyCode::Down);
    person.happens(Event::Paste("correct horse\n".to_owned()));
    let sent = person.press(KeyCode::Enter);
    let [Effect::Begin { request, username, password }] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!((username.as_str(), password.as_str()), ("alice", "correct horse"));
    assert_eq!(person.model.password.text(), "");
    assert!(person.press(KeyCode::Enter).is_empty(), "one request at a time");
    assert!(person.sees((80, 24)).join("\n").contains("One moment"));
    person.press(KeyCode::Esc);
    assert!(!person.model.busy && !person.model.expects(*request), "given up");
    assert_eq!(person.press(KeyCode::Esc), [Effect::Quit]);
}

#[test]
fn the_drop_down_opens_moves_and_closes() {
    let mut person = Person::new(Lang::En);
    let request = person.sends_the_form();
    person.is_told(request, chooser());
    let at = |person: &Person| match person.model.screen {
        Screen::Choose { selected, open } => (selected, open),
        _ => panic!("no chooser"),
    };
    assert_eq!(at(&person), (1, None), "the default device is chosen");
    person.press(KeyCode::Down);
    assert_eq!(at(&person), (1, Some(1)), "the first key only opens");
    person.press(KeyCode::Down);
    person.press(KeyCode::Down);
    assert_eq!(at(&person), (1, Some(2)), "it stops at the end");
    person.press(KeyCode::Esc);
    assert_eq!(at(&person), (1, None), "Esc takes nothing");
    person.press(KeyCode::Char('m'));
    assert_eq!(at(&person), (0, None), "a first letter, closed");
    person.press(KeyCode::Char(' '));
    person.press(KeyCode::Char('S'));
    assert_eq!(at(&person), (0, Some(2)), "a first letter, open");
    person.press(KeyCode::Enter);
    assert_eq!((at(&person), person.model.focus), ((2, None), Focus::Button));
    let sent = person.press(KeyCode::Enter);
    assert!(matches!(&sent[..], [Effect::Choose { device_id, .. }] if device_id == "grid"), "{sent:?}");
}

#[test]
fn another_device_can_be_taken_in_the_same_attempt() {
    let mut person = Person::new(Lang::En);
    let request = person.sends_the_form();
    person.is_told(request, chooser());
    person.press(KeyCode::Tab);
    let [Effect::Choose { request, .. }] = person.press(KeyCode::Enter)[..] else { panic!("nothing was sent") };
    person.is_told(request, respond(card()));
    assert_eq!(person.model.focus, Focus::Response);
    for key in [KeyCode::F(3), KeyCode::Esc] {
        person.press(key);
        assert!(matches!(person.model.screen, Screen::Choose { selected: 1, open: None }), "{key:?}");
        person.press(KeyCode::Char('s'));
        person.press(KeyCode::Tab);
        let sent = person.press(KeyCode::Enter);
        let [Effect::Choose { request, device_id }] = &sent[..] else { panic!("{sent:?}") };
        assert_eq!(device_id, "grid");
        // As on an older screen, the device just left is the one the list stands at.
        person.is_told(*request, respond(card()));
    }
    assert!(person.model.deadline.is_some(), "the same attempt, the same time");
}

#[test]
fn with_one_device_there_is_no_way_to_a_chooser() {
    let mut person = Person::new(Lang::En);
    let request = person.sends_the_form();
    person.is_told(request, respond(card()));
    assert_eq!(person.model.stops(), [Focus::Response, Focus::Button]);
    assert!(person.press(KeyCode::F(3)).is_empty() && matches!(person.model.screen, Screen::Answer { .. }));
    person.press(KeyCode::Esc);
    assert!(matches!(person.model.screen, Screen::Login), "Esc gives up");
    assert_eq!(person.model.username.text(), "alice");
}

#[test]
fn a_response_takes_only_what_belongs_into_it() {
    let mut person = Person::new(Lang::En);
    let request = person.sends_the_form();
    person.is_told(request, respond(card()));
    assert!(person.press(KeyCode::Enter).is_empty(), "an empty response is not sent");
    person.happens(Event::Paste("1234 5678\n".to_owned()));
    let sent = person.press(KeyCode::Enter);
    assert!(matches!(&sent[..], [Effect::Respond { response, .. }] if response.as_str() == "12345678"), "{sent:?}");

    let mut person = Person::new(Lang::En);
    let request = person.sends_the_form();
    person.is_answered(request, Ok(Reply::Step(Box::new(step(code_card())))));
    person.types("n9k 46e");
    let sent = person.press(KeyCode::Enter);
    assert!(matches!(&sent[..], [Effect::Respond { response, .. }] if response.as_str() == "N9K46E"), "{sent:?}");
}

#[test]
fn f2_copies_the_challenge_and_says_so() {
    let mut person = Person::new(Lang::En);
    let request = person.sends_the_form();
    person.is_told(request, respond(card()));
    assert_eq!(person.press(KeyCode::F(2)), [Effect::Copy("172613".to_owned())]);
    assert!(person.reads((80, 24)).contains("The challenge was copied."));
}

#[test]
fn ctrl_c_and_a_signal_end_it_anywhere() {
    let mut person = Person::new(Lang::En);
    let ctrl_c = || Event::Key(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL));
    assert_eq!(person.happens(ctrl_c()), [Effect::Quit]);
    let request = person.sends_the_form();
    person.is_told(request, chooser());
    person.press(KeyCode::Enter);
    assert_eq!(person.happens(ctrl_c()), [Effect::Quit]);
    assert_eq!(person.happens(Event::Terminate), [Effect::Quit]);
}
