//! What moves the desk: keys, signals, and the brokerage's answers, taken one after the other.

use super::model::{Desk, Effect, Event};
use super::view::view;
use super::withdraw::{Told, Window};
use crate::market::Market;
use crate::terminal::{model, screen};
use std::io;
use std::time::Duration;
use tokio::sync::mpsc::{self, UnboundedSender};

/// Between two looks at the market.
const PAUSE: Duration = Duration::from_secs(1);
/// Often enough that the seconds left of a withdrawal never jump.
const TICK: Duration = Duration::from_millis(250);

/// Something for the loop.
enum Message {
    /// A key, a signal, or the window.
    Terminal(model::Event),
    /// The brokerage's answer.
    Desk(Event),
}

/// Takes the whole terminal until the user leaves or is told to. `elapsed` is the monotonic clock.
///
/// # Errors
/// When the terminal refuses.
pub async fn run(mut desk: Desk, market: Market, elapsed: fn() -> Duration) -> io::Result<()> {
    let (sender, mut inbox) = mpsc::unbounded_channel();
    // Each withdrawal has a channel of its own: what comes late for an earlier one goes nowhere.
    let mut answered = mpsc::unbounded_channel().1;
    screen::forward_signals(&sender, Message::Terminal)?;
    let mut full = screen::FullScreen::enter()?;
    screen::read_keys(sender.clone(), Message::Terminal);
    let looking = tokio::spawn(look(market.clone(), sender.clone()));
    let mut ticks = tokio::time::interval(TICK);
    let mut window: Option<Window> = None;
    loop {
        full.terminal.draw(|frame| match &window {
            Some(window) => crate::terminal::view::view(&window.model, frame),
            None => view(&desk, frame),
        })?;
        let message = tokio::select! {
            Some(message) = inbox.recv() => message,
            Some(told) = answered.recv() => {
                if let Some(open) = &mut window {
                    open.update(told, elapsed())?;
                }
                continue;
            }
            _ = ticks.tick() => Message::Terminal(model::Event::Tick),
        };
        let event = match (message, &mut window) {
            (Message::Terminal(model::Event::Terminate), _) => break,
            (Message::Terminal(event), Some(open)) => {
                if !open.update(Told::Event(event), elapsed())? {
                    window = None;
                }
                continue;
            }
            (Message::Terminal(terminal), None) => event(terminal),
            (Message::Desk(event), _) => event,
        };
        match desk.update(event) {
            Some(Effect::Quit) => break,
            Some(Effect::Withdraw) => {
                let model = model::Model::withdrawal(desk.lang, &desk.username, &desk.brokerage);
                let (answers, own) = mpsc::unbounded_channel();
                answered = own;
                window = Some(Window::new(model, market.clone(), answers));
            }
            Some(effect) => {
                tokio::spawn(act(market.clone(), effect, sender.clone()));
            }
            None => {}
        }
    }
    looking.abort();
    Ok(())
}

/// A terminal's event as the desk's.
fn event(event: model::Event) -> Event {
    match event {
        model::Event::Key(key) => Event::Key(key),
        model::Event::Paste(text) => Event::Paste(text),
        model::Event::Terminate => Event::Terminate,
        model::Event::Tick | model::Event::Answered { .. } => Event::Redraw,
    }
}

async fn look(market: Market, sender: UnboundedSender<Message>) {
    while sender.send(Message::Desk(Event::Board(market.board().await))).is_ok() {
        tokio::time::sleep(PAUSE).await;
    }
}

async fn act(market: Market, effect: Effect, sender: UnboundedSender<Message>) {
    let event = match effect {
        Effect::Place(order) => Event::Placed(market.place(&order).await),
        Effect::Cancel(number) => Event::Cancelled(number, market.cancel(number).await),
        Effect::Withdraw => Event::Redraw,
        Effect::Quit => Event::Terminate,
    };
    let _ = sender.send(Message::Desk(event));
    // What it changed shows at once.
    let _ = sender.send(Message::Desk(Event::Board(market.board().await)));
}
