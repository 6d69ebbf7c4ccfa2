//! A person at the login: presses keys, gets answers, looks at the screen.

use countersign_client::{
    first_party::{Error, Step},
    terminal::{
        model::{Effect, Event, Model, Reply, SignedIn},
        update::update,
        view::view,
    },
};
use crossterm::event::{KeyCode, KeyEvent};
use i18n::Lang;
use ratatui::{Terminal, backend::TestBackend};
use std::time::Duration;
use wire::{DeviceRef, Failure, Next, Reason};

pub struct Person {
    pub model: Model,
    pub now: Duration,
}

impl Person {
    pub fn new(lang: Lang) -> Self {
        Self { model: Model::new(lang, "tws 966", "https://login.example", None), now: Duration::from_secs(1000) }
    }

    pub fn happens(&mut self, event: Event) -> Vec<Effect> {
        update(&mut self.model, event, self.now)
    }

    pub fn press(&mut self, code: KeyCode) -> Vec<Effect> {
        self.happens(Event::Key(KeyEvent::from(code)))
    }

    pub fn types(&mut self, text: &str) {
        for c in text.chars() {
            assert!(self.press(KeyCode::Char(c)).is_empty());
        }
    }

    /// Fills in the form and sends it; the request's number.
    pub fn sends_the_form(&mut self) -> u64 {
        self.types("alice");
        self.press(KeyCode::Tab);
        self.types("correct horse");
        let [Effect::Begin { request, .. }] = self.press(KeyCode::Enter)[..] else { panic!("nothing was sent") };
        request
    }

    pub fn is_told(&mut self, request: u64, next: Next) -> Vec<Effect> {
        self.is_answered(request, Ok(Reply::Step(Box::new(step(next)))))
    }

    pub fn is_answered(&mut self, request: u64, result: Result<Reply, Error>) -> Vec<Effect> {
        self.happens(Event::Answered { request, result })
    }

    pub fn is_refused(&mut self, request: u64, reason: Reason) -> Vec<Effect> {
        self.is_answered(request, Err(Error::Refused(Failure::of(reason))))
    }

    pub fn passes(&mut self, seconds: u64) {
        self.now += Duration::from_secs(seconds);
        assert!(self.happens(Event::Tick).is_empty());
    }

    /// The screen's lines, without the spaces at their ends.
    pub fn sees(&self, (width, height): (u16, u16)) -> Vec<String> {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| view(&self.model, frame)).unwrap();
        let buffer = terminal.backend().buffer();
        let line = |y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
        (0..height).map(line).collect()
    }

    /// The whole screen as running text, so that words broken over lines are found.
    pub fn reads(&self, size: (u16, u16)) -> String {
        let text = self.sees(size).join(" ").replace(['│', '╭', '╮', '╰', '╯', '─'], " ");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

pub fn step(next: Next) -> Step {
    Step { next, expires_in: 180, failure: None }
}

pub fn wrong(next: Next, attempts_left: u32) -> Reply {
    let failure = Failure {
        reason: Reason::WrongResponse,
        attempts_left: Some(attempts_left),
        retry_after: None,
        recover: Vec::new(),
    };
    Reply::Step(Box::new(Step { failure: Some(failure), ..step(next) }))
}

pub fn signed_in() -> Reply {
    Reply::SignedIn(SignedIn { username: "alice".to_owned(), scope: "openid profile".to_owned() })
}

fn device(id: &str, label: &str, methods: &[&str]) -> DeviceRef {
    let methods = methods.iter().map(|method| (*method).to_owned()).collect();
    DeviceRef { id: id.to_owned(), class: "any".to_owned(), label: label.to_owned(), methods, default: id == "card" }
}

pub fn phone() -> DeviceRef {
    device("phone", "Mobile app", &["seamless", "challenge_response"])
}

pub fn card() -> DeviceRef {
    device("card", "Digital Security Card+", &["challenge_response"])
}

pub fn grid() -> DeviceRef {
    device("grid", "Security Code Card", &["code_card"])
}

pub fn chooser() -> Next {
    Next::ChooseDevice { devices: vec![phone(), card(), grid()], locked: Vec::new(), limited: Vec::new() }
}

pub fn respond(device: DeviceRef) -> Next {
    Next::Respond { device, challenge: "172613".to_owned(), response_digits: 8, notice: None }
}

pub fn approve(number: Option<&str>) -> Next {
    let fallback = vec!["challenge_response".to_owned()];
    Next::Approve { device: phone(), number: number.map(str::to_owned), silent: false, fallback }
}

/// The same of a phone that no notification reaches.
pub fn silent(number: Option<&str>) -> Next {
    let fallback = vec!["challenge_response".to_owned()];
    Next::Approve { device: phone(), number: number.map(str::to_owned), silent: true, fallback }
}

pub fn code_card() -> Next {
    Next::CodeCard { device: grid(), indices: [84, 218] }
}
