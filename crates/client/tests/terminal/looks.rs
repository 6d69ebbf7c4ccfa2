//! Every screen in both languages, in a usual window and in a very small one: the words are there and whole.

use super::support::{Person, approve, card, chooser, code_card, grid, phone, respond, signed_in, silent, wrong};
use countersign_client::terminal::model::{Effect, Reply};
use crossterm::event::KeyCode;
use i18n::Lang;
use wire::{Next, Reason};

const SIZES: [(u16, u16); 2] = [(80, 24), (40, 15)];

/// Shows a screen and looks for the words of some messages, and for some values.
fn look(name: &str, show: impl Fn(&mut Person), keys: &[&str], values: &[&str]) {
    for lang in Lang::ALL {
        let mut person = Person::new(lang);
        show(&mut person);
        for size in SIZES {
            let (screen, text) = (person.sees(size), person.reads(size));
            let whole = screen.join("\n");
            for words in keys.iter().map(|key| lang.t(key)).chain(values.iter().map(|value| (*value).to_owned())) {
                assert!(text.contains(&words), "{name} {size:?} {}: no {words:?} in\n{whole}", lang.tag());
            }
            is_whole(&screen, size, name);
        }
    }
}

/// The panel is closed on all sides and lies between the bars, with nothing beyond its right border.
fn is_whole(screen: &[String], (width, _): (u16, u16), name: &str) {
    let whole = screen.join("\n");
    let top = screen.iter().position(|line| line.trim_start().starts_with('╭')).unwrap_or_else(|| panic!("{whole}"));
    let bottom = screen.iter().position(|line| line.trim_start().starts_with('╰')).unwrap_or_else(|| panic!("{whole}"));
    assert!(top >= 1 && bottom < screen.len() - 1, "{name}\n{whole}");
    assert!(screen[top].ends_with('╮') && screen[bottom].ends_with('╯'), "{name}\n{whole}");
    let right = screen[top].chars().count();
    let open = whole.matches('(').count() == whole.matches(')').count();
    assert!(open, "{name}: a key's name is cut\n{whole}");
    for line in &screen[top + 1..bottom] {
        assert!(line.ends_with('│') && line.chars().count() == right, "{name}: {line:?}\n{whole}");
    }
    let hints = screen.last().unwrap();
    assert!(!hints.is_empty() && hints.chars().count() <= width.into());
    assert!(!hints.ends_with('·'), "a hint is left out whole: {hints}");
}

fn told(next: Next) -> impl Fn(&mut Person) {
    move |person| {
        let request = person.sends_the_form();
        person.is_told(request, next.clone());
    }
}

#[test]
fn the_form() {
    let keys = ["terminal-title-login", "terminal-username", "terminal-password", "terminal-login-button"];
    look("form", |_| {}, &keys, &["Countersign", "tws 966"]);
    let wrong = |person: &mut Person| {
        let request = person.sends_the_form();
        person.is_refused(request, Reason::InvalidCredentials);
    };
    look("wrong password", wrong, &[&keys[..], &["terminal-invalid-credentials"]].concat(), &["alice"]);
    let busy = |person: &mut Person| {
        person.sends_the_form();
    };
    look("busy", busy, &["terminal-busy"], &["alice"]);
}

#[test]
fn hints_and_names_of_fields_follow_what_the_keyboard_is_on() {
    for lang in Lang::ALL {
        let mut person = Person::new(lang);
        let request = person.sends_the_form();
        person.is_told(request, chooser());
        let hint = |person: &Person| person.sees((100, 30)).last().unwrap().trim().to_owned();
        assert_eq!(hint(&person), lang.t("terminal-hints-choose"));
        person.press(KeyCode::Enter);
        assert_eq!(hint(&person), lang.t("terminal-hints-list"));
        person.press(KeyCode::Enter);
        assert_eq!(hint(&person), lang.t("terminal-hints-continue"), "the keyboard is on the button now");
    }
    let names = [(respond(card()), "terminal-response"), (code_card(), "login-card-values")];
    for (next, name) in names {
        for lang in Lang::ALL {
            let mut person = Person::new(lang);
            told(next.clone())(&mut person);
            assert!(person.reads((100, 30)).contains(&lang.t(name)), "{name}");
        }
    }
}

#[test]
fn the_chooser() {
    let keys = ["terminal-title-second-factor", "terminal-select-device"];
    look(
        "chooser",
        told(chooser()),
        &[&keys[..], &["terminal-continue"]].concat(),
        &["Digital Security Card+", "3:00"],
    );
    let open = |person: &mut Person| {
        told(chooser())(person);
        person.press(KeyCode::Enter);
    };
    look("open", open, &keys, &["Mobile app", "Digital Security Card+", "Security Code Card"]);
}

#[test]
fn the_device_screens() {
    let answer = ["terminal-response", "terminal-login-button"];
    let with = |more: &[&'static str]| [&answer[..], more].concat();
    let respond = respond(card());
    look(
        "respond",
        told(respond.clone()),
        &with(&["terminal-challenge"]),
        &["Digital Security Card+", "172613", "3:00"],
    );
    let named = |name: &'static str| [name, "terminal-login-button"];
    let values = [&named("login-card-values")[..], &["terminal-code-card-places"]].concat();
    look("code card", told(code_card()), &values, &["Security Code Card", "84", "218"]);
    let passcode = Next::Passcode { device: grid(), digits: 6, sent_to: None };
    look("passcode", told(passcode), &named("login-passcode"), &["6"]);
    let sent = Next::Passcode { device: grid(), digits: 6, sent_to: Some("+1 202 ••• ••42".to_owned()) };
    look("sent code", told(sent), &named("login-sent-code"), &["+1 202 ••• ••42"]);
    let code = Next::StaticCode { device: grid() };
    look("temporary code", told(code), &with(&["terminal-static-code-help"]), &[]);
    look("phone", told(approve(None)), &["terminal-approve-help", "terminal-no-notification"], &["Mobile app", "3:00"]);
    let number = ["terminal-approve-number-help", "terminal-number", "terminal-no-notification"];
    look("number", told(approve(Some("42"))), &number, &["42"]);
    look("silent", told(silent(None)), &["terminal-approve-silent-help", "terminal-no-notification"], &["Mobile app"]);
    let number = ["terminal-approve-silent-number-help", "terminal-number"];
    look("silent number", told(silent(Some("42"))), &number, &["42"]);
    let qr = Next::Qr { device: phone(), payload: "countersign:login:abcdefghijklmnop".to_owned() };
    look("qr", told(qr), &["terminal-qr-help", "terminal-no-notification"], &["countersign:login:abcdefghijklmnop"]);
    let passkey = Next::Webauthn { device: phone(), options: serde_json::Value::Null };
    look("passkey", told(passkey), &["terminal-webauthn-help"], &[]);
}

/// The fullest screen: a chooser behind it, a wrong response, a phone that can also be notified.
#[test]
fn the_fullest_screen() {
    let show = |person: &mut Person| {
        let request = person.sends_the_form();
        person.is_told(request, chooser());
        person.press(KeyCode::Tab);
        let [Effect::Choose { request, .. }] = person.press(KeyCode::Enter)[..] else { panic!("nothing was sent") };
        person.is_told(request, respond(phone()));
        person.types("1");
        let [Effect::Respond { request, .. }] = person.press(KeyCode::Enter)[..] else { panic!("nothing was sent") };
        person.is_answered(request, Ok(wrong(respond(phone()), 2)));
    };
    let keys = [
        "terminal-wrong-response",
        "terminal-challenge",
        "terminal-response",
        "terminal-send-notification",
        "terminal-other-device",
    ];
    look("fullest", show, &keys, &["172613", "2", "3:00"]);
}

#[test]
fn the_ends() {
    let ended = |reason| {
        move |person: &mut Person| {
            told(respond(card()))(person);
            person.types("1");
            let [Effect::Respond { request, .. }] = person.press(KeyCode::Enter)[..] else {
                panic!("nothing was sent")
            };
            person.is_refused(request, reason);
        }
    };
    for (reason, key) in [
        (Reason::Denied, "terminal-ended-denied"),
        (Reason::Expired, "terminal-ended-expired"),
        (Reason::TooManyAttempts, "terminal-ended-too-many"),
        (Reason::AlreadyAnswered, "terminal-ended-answered"),
        (Reason::DeviceLocked, "terminal-ended-device-locked"),
        (Reason::NoUsableDevice, "terminal-ended-no-device"),
    ] {
        look("ended", ended(reason), &["terminal-title-ended", "terminal-start-again", key], &[]);
    }
    let done = |person: &mut Person| {
        let request = person.sends_the_form();
        person.is_answered(request, Ok(signed_in()));
    };
    let keys = ["terminal-title-done", "terminal-scope", "terminal-server", "terminal-quit"];
    look("signed in", done, &keys, &["alice", "openid profile", "https://login.example"]);
}

type Show = Box<dyn Fn(&mut Person)>;

/// No window is so small that drawing into it stops the program.
#[test]
fn no_window_is_too_small() {
    let screens: [Show; 4] = [
        Box::new(|_: &mut Person| {}),
        Box::new(|person: &mut Person| {
            told(chooser())(person);
            person.press(KeyCode::Enter);
        }),
        Box::new(told(respond(card()))),
        Box::new(told(approve(Some("42")))),
    ];
    for show in screens {
        let mut person = Person::new(Lang::Ru);
        show(&mut person);
        for width in 1..45 {
            for height in 1..18 {
                person.sees((width, height));
            }
        }
    }
    let mut person = Person::new(Lang::En);
    let request = person.sends_the_form();
    person.is_answered(request, Ok(Reply::Step(Box::new(super::support::step(chooser())))));
    assert!(person.reads((20, 8)).contains("Digital"), "what the keyboard is on shows");
}
