//! What moves the login: keys, signals, the time and the server's answers, taken one after the other.

use super::model::{Effect, Event, Model, Reply, Screen, SignedIn};
use super::screen::{self, FullScreen};
use super::{update::update, view::view};
use crate::first_party::{AccessToken, Attempt, Error, Program, Progress, Session};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::time::MissedTickBehavior;
use zeroize::Zeroizing;

/// Often enough that the seconds left never jump.
const TICK: Duration = Duration::from_millis(250);
/// Seconds a question about the phone is held by the server.
const POLL_HOLD: u64 = 20;

/// The end of the program, for its exit code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Who is signed in; none when the user left before.
    pub signed_in: Option<SignedIn>,
    /// Why the client mark could not be kept.
    pub mark_problem: Option<String>,
    /// What the login gave, for programs that go on with it.
    pub access_token: Option<AccessToken>,
}

/// Something for the loop.
enum Message {
    Event(Event),
    /// The attempt that `request` began.
    Began {
        request: u64,
        session: Box<Session>,
        username: String,
    },
    MarkProblem(String),
    Token(AccessToken),
}

/// Takes the whole terminal until the user leaves or is told to; with `goes_on` also only until he is signed in.
/// `elapsed` is the monotonic clock.
///
/// # Errors
/// When the terminal refuses.
pub async fn run(mut model: Model, program: Program, elapsed: fn() -> Duration, goes_on: bool) -> io::Result<Outcome> {
    let (sender, mut inbox) = mpsc::unbounded_channel();
    screen::forward_signals(&sender, Message::Event)?;
    let mut screen = FullScreen::enter()?;
    screen::read_keys(sender.clone(), Message::Event);
    let mut requests = Requests { program: Arc::new(program), sender, attempt: 0, session: None };
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let (mut mark_problem, mut access_token) = (None, None);
    loop {
        screen.terminal.draw(|frame| view(&model, frame))?;
        let message = tokio::select! {
            Some(message) = inbox.recv() => message,
            _ = ticks.tick() => Message::Event(Event::Tick),
        };
        let event = match message {
            Message::Event(event) => event,
            Message::MarkProblem(problem) => {
                mark_problem = Some(problem);
                continue;
            }
            Message::Token(token) => {
                access_token = Some(token);
                continue;
            }
            Message::Began { request, session, username } => {
                requests.began(request, *session, username);
                continue;
            }
        };
        for effect in update(&mut model, event, elapsed()) {
            match effect {
                Effect::Quit => return Ok(Outcome { signed_in: who(model), mark_problem, access_token }),
                Effect::Copy(text) => copy(&text)?,
                request => requests.start(request),
            }
        }
        if goes_on && matches!(model.screen, Screen::SignedIn(_)) {
            return Ok(Outcome { signed_in: who(model), mark_problem, access_token });
        }
    }
}

fn who(model: Model) -> Option<SignedIn> {
    match model.screen {
        Screen::SignedIn(who) => Some(who),
        _ => None,
    }
}

/// OSC 52: the terminal, also a distant one, puts the text on its clipboard.
pub(super) fn copy(text: &str) -> io::Result<()> {
    let mut out = io::stdout();
    write!(out, "\x1b]52;c;{}\x07", STANDARD.encode(text))?;
    out.flush()
}

/// The requests under way, each in a task of its own. None is taken back: an answer that the user no longer waits for
/// may still be that he is signed in.
struct Requests {
    program: Arc<Program>,
    sender: UnboundedSender<Message>,
    /// The request that began the present attempt.
    attempt: u64,
    session: Option<(Session, String)>,
}

impl Requests {
    fn began(&mut self, request: u64, session: Session, username: String) {
        if request == self.attempt {
            self.session = Some((session, username));
        }
    }

    fn start(&mut self, effect: Effect) {
        let (program, sender) = (Arc::clone(&self.program), self.sender.clone());
        if let Effect::Begin { request, username, password } = effect {
            self.attempt = request;
            self.session = None;
            tokio::spawn(async move {
                let result = begin(&program, &sender, (request, &username), password).await;
                let _ = sender.send(Message::Event(Event::Answered { request, result }));
            });
            return;
        }
        let Some(request) = number(&effect) else { return };
        let Some((session, username)) = self.session.clone() else {
            let result = Err(Error::InvalidSession);
            let _ = sender.send(Message::Event(Event::Answered { request, result }));
            return;
        };
        tokio::spawn(async move {
            let result = match step(&session, &effect).await {
                Ok(progress) => reply(&program, &session, (&username, progress), &sender).await,
                Err(error) => Err(error),
            };
            let _ = sender.send(Message::Event(Event::Answered { request, result }));
        });
    }
}

/// The number of an effect that is a request.
pub(super) fn number(effect: &Effect) -> Option<u64> {
    match effect {
        Effect::Begin { request, .. }
        | Effect::Withdraw { request, .. }
        | Effect::Choose { request, .. }
        | Effect::Method { request, .. }
        | Effect::Respond { request, .. }
        | Effect::Poll { request, .. } => Some(*request),
        Effect::Copy(_) | Effect::Quit => None,
    }
}

async fn begin(
    program: &Program,
    sender: &UnboundedSender<Message>,
    (request, username): (u64, &str),
    password: Zeroizing<String>,
) -> Result<Reply, Error> {
    let (session, progress) = program.begin(username, password).await?;
    let began = Message::Began { request, session: Box::new(session.clone()), username: username.to_owned() };
    // Sent before the answer, so that it is there when the user acts on it.
    let _ = sender.send(began);
    reply(program, &session, (username, progress), sender).await
}

/// The step that an effect stands for.
pub(super) async fn step<A: Attempt>(session: &A, effect: &Effect) -> Result<Progress<A::Done>, Error> {
    match effect {
        Effect::Choose { device_id, .. } => session.choose(device_id, None).await,
        Effect::Method { method, .. } => session.method(method).await,
        Effect::Respond { response, .. } => session.respond(response).await,
        Effect::Poll { after, .. } => {
            tokio::time::sleep(*after).await;
            session.poll(POLL_HOLD).await
        }
        Effect::Begin { .. } | Effect::Withdraw { .. } | Effect::Copy(_) | Effect::Quit => Err(Error::InvalidSession),
    }
}

/// A confirmed login is a reply only when its ID token holds.
async fn reply(
    program: &Program,
    session: &Session,
    (username, progress): (&str, Progress),
    sender: &UnboundedSender<Message>,
) -> Result<Reply, Error> {
    let granted = match progress {
        Progress::Step(step) => return Ok(Reply::Step(Box::new(step))),
        Progress::Done(granted) => granted,
    };
    let identity = program.finish(session, username, &granted).await?;
    if let Some(problem) = identity.mark_problem {
        let _ = sender.send(Message::MarkProblem(problem));
    }
    let _ = sender.send(Message::Token(identity.access_token));
    Ok(Reply::SignedIn(SignedIn { username: identity.username, scope: identity.scope }))
}
