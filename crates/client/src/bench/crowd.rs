//! The users of a roster, and the steps that each takes.

use super::{BackEnd, BenchError, Method, Plan, WebProgram, browser::Browser, programs::Payer};
use crate::first_party::{Attempt as _, Credentials, Progress, Server, Session, Step};
use crate::phone::{Phone, Shelf};
use otp::{
    Key,
    ocra::{Input, PinHash, Suite},
};
use std::sync::Arc;
use wire::{
    Next,
    card_file::Algorithm,
    roster::{Roster, User},
};
use zeroize::Zeroizing;

/// How long a program asks the server to hold its answer, seconds.
const HOLD: u64 = 30;

/// What all users of a roster share.
#[derive(Clone)]
pub(super) struct Common(Arc<Shared>);

struct Shared {
    password: Zeroizing<String>,
    pin: Zeroizing<String>,
    client_id: String,
    web: WebProgram,
    back_end: Option<BackEnd>,
    payer: Option<Payer>,
}

impl Common {
    pub(super) fn of(roster: &Roster, plan: &Plan, payer: Option<Payer>) -> Self {
        let text = |text: &String| Zeroizing::new(text.clone());
        Self(Arc::new(Shared {
            password: text(&roster.password),
            pin: text(&roster.pin),
            client_id: plan.client_id.clone(),
            web: plan.web.clone(),
            back_end: plan.back_end.clone(),
            payer,
        }))
    }

    fn pin(&self) -> &str {
        &self.0.pin
    }
}

/// A user with a program, a card, a phone and, once signed in, a browser.
pub(super) struct Member {
    place: usize,
    server: Server,
    credentials: Credentials,
    common: Common,
    card_id: String,
    card: Card,
    phone_id: String,
    phone: Phone,
    browser: Option<Browser>,
}

struct Card {
    suite: Suite,
    key: Key,
    pin: Option<PinHash>,
    counter: Option<u64>,
}

impl Member {
    /// A user of the roster, who comes from an address of his own where the server believes that (RFC 2544 sets
    /// 198.18.0.0/15 aside for measuring), neighbours from different networks: a server shares by network too.
    pub(super) fn new(
        server: &Server,
        user: &User,
        common: &Common,
        place: usize,
        unix_now: fn() -> u64,
    ) -> Result<Self, BenchError> {
        let card = Card::of(user, common.pin()).ok_or_else(|| BenchError::Card(user.username.clone()))?;
        let server =
            server.seen_from(&format!("198.{}.{}.{}", 18 + (place >> 16) % 2, place % 256, (place >> 8) % 256));
        let Shared { password, client_id, .. } = &*common.0;
        Ok(Self {
            place,
            credentials: Credentials {
                username: user.username.clone(),
                password: password.clone(),
                client_id: client_id.clone(),
                client_version: None,
                client_mark: user.mark.clone().map(Zeroizing::new),
                scope: "openid".to_owned(),
            },
            common: common.clone(),
            card_id: user.card_id.clone(),
            card,
            phone_id: user.phone.device_id.clone(),
            phone: Phone::at(&server, Shelf::memory(user.phone.clone()), unix_now)?,
            browser: None,
            server,
        })
    }

    pub(super) fn place(&self) -> usize {
        self.place
    }

    /// Whether the server knows this user's program.
    pub(super) fn is_known(&self) -> bool {
        self.credentials.client_mark.is_some()
    }

    /// What has moved on.
    pub(super) fn write_back(&self, user: &mut User) -> Result<(), BenchError> {
        if let Algorithm::Ocra { counter, .. } = &mut user.card.algorithm {
            *counter = self.card.counter;
        }
        user.phone = self.phone.shelf().read()?;
        user.mark = self.credentials.client_mark.as_deref().cloned();
        Ok(())
    }

    /// The password step.
    pub(super) async fn begin(self) -> (Self, Result<Session, String>) {
        let begun = match Session::begin(self.server.clone(), &self.credentials).await {
            Ok((session, Progress::Step(Step { next: Next::ChooseDevice { .. }, .. }))) => Ok(session),
            Ok(_) => Err("no chooser".to_owned()),
            Err(error) => Err(error.slug()),
        };
        (self, begun)
    }

    /// The steps after it.
    pub(super) async fn confirm(mut self, session: Session, method: Method) -> (Self, Result<(), String>) {
        let confirmed = match method {
            Method::Password | Method::CodeFlow | Method::Ciba | Method::Withdrawal => Ok(None),
            Method::ChallengeResponse => self.answer(&session).await,
            Method::Seamless => self.approve(&session).await,
        };
        let mark = match confirmed {
            Ok(mark) => mark,
            Err(error) => return (self, Err(error)),
        };
        if mark.is_some() {
            self.credentials.client_mark = mark;
        }
        (self, Ok(()))
    }

    /// Signs in on the hosted pages, unless the browser is signed in.
    pub(super) async fn sign_in(mut self) -> (Self, Result<(), String>) {
        if self.browser.is_some() {
            return (self, Ok(()));
        }
        let respond = |challenge: &str| self.card.respond(challenge);
        match Browser::signed_in(&self.server, &self.credentials, &self.card_id, respond).await {
            Ok(browser) => self.browser = Some(browser),
            Err(error) => return (self, Err(error)),
        }
        (self, Ok(()))
    }

    /// What a program asks for that has no login form.
    pub(super) async fn answer_program(self, method: Method) -> (Self, Result<(), String>) {
        let answered = match method {
            Method::CodeFlow => self.sign_on().await,
            Method::Ciba => self.back_channel().await,
            Method::Withdrawal => self.withdraw().await,
            Method::Password | Method::ChallengeResponse | Method::Seamless => Err("begins with a password".to_owned()),
        };
        (self, answered)
    }

    async fn sign_on(&self) -> Result<(), String> {
        let browser = self.browser.as_ref().ok_or("not signed in")?;
        self.common.0.web.sign_on(browser).await
    }

    /// A back end asks, the phone approves, the back end fetches.
    async fn back_channel(&self) -> Result<(), String> {
        let back_end = self.common.0.back_end.as_ref().ok_or("no back end")?;
        let asked = back_end.ask(&self.server, &self.credentials.username).await?;
        self.approve_only(None).await?;
        back_end.fetch(&self.server, &asked).await
    }

    /// A back end asks for a withdrawal, the phone approves, the back end carries it out.
    async fn withdraw(&self) -> Result<(), String> {
        let payer = self.common.0.payer.as_ref().ok_or("no back end")?;
        let id = payer.ask(&self.server, &self.credentials.username, &self.phone_id).await?;
        self.approve_only(None).await?;
        payer.settle(&self.server, &id).await
    }

    /// The phone lists what awaits it and approves it.
    async fn approve_only(&self, number: Option<&str>) -> Result<(), String> {
        let approve = async {
            let pending = self.phone.one(None).await?;
            self.phone.approve(&pending, self.common.pin(), number).await
        };
        let approved = approve.await.map_err(|error| format!("phone: {}", error.slug().unwrap_or("no answer")));
        approved.map(|_| ())
    }

    /// By the card.
    async fn answer(&mut self, session: &Session) -> Result<Option<Zeroizing<String>>, String> {
        let step = session.choose(&self.card_id, None).await.map_err(|error| error.slug())?;
        let Progress::Step(Step { next: Next::Respond { challenge, .. }, .. }) = step else {
            return Err("no challenge".to_owned());
        };
        let response = self.card.respond(&challenge).ok_or("the challenge does not fit the card")?;
        done(session.respond(&response).await)
    }

    /// By the phone, while the program waits.
    async fn approve(&self, session: &Session) -> Result<Option<Zeroizing<String>>, String> {
        let step = session.choose(&self.phone_id, None).await.map_err(|error| error.slug())?;
        let Progress::Step(Step { next: Next::Approve { number, .. }, .. }) = step else {
            return Err("no request on the phone".to_owned());
        };
        let (told, approved) = tokio::join!(session.poll(HOLD), self.approve_only(number.as_deref()));
        approved?;
        done(told)
    }
}

/// The mark of a confirmed login, where it is a new one.
fn done(told: Result<Progress, crate::first_party::Error>) -> Result<Option<Zeroizing<String>>, String> {
    match told {
        Ok(Progress::Done(granted)) => Ok(granted.client_mark),
        Ok(Progress::Step(_)) => Err("not confirmed".to_owned()),
        Err(error) => Err(error.slug()),
    }
}

impl Card {
    fn of(user: &User, pin: &str) -> Option<Self> {
        let Algorithm::Ocra { suite, counter } = &user.card.algorithm else { return None };
        let suite = Suite::parse(suite).ok()?;
        let pin = suite.pin_hash(pin);
        Some(Self { key: Key::new(user.card.key.expose().to_vec()), pin, counter: *counter, suite })
    }

    fn respond(&mut self, challenge: &str) -> Option<Zeroizing<String>> {
        let input = Input { counter: self.counter, question: challenge, pin: self.pin.as_ref(), ..Input::default() };
        let response = self.suite.respond(&self.key, &input).ok()?;
        self.counter = self.counter.map(|counter| counter + 1);
        Some(Zeroizing::new(response.as_str().to_owned()))
    }
}
