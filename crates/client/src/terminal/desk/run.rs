//! What moves the desk: keys, signals, and the brokerage's answers, taken one after the other.

use super::model::{Desk, Effect, Event};
use super::view::view;
use crate::market::Market;
use crate::terminal::{model, screen};
use std::io;
use std::time::Duration;
use tokio::sync::mpsc::{self, UnboundedSender};

/// Between two looks at the market.
const PAUSE: Duration = Duration::from_secs(1);

/// Takes the whole terminal until the user leaves or is told to.
///
/// # Errors
/// When the terminal refuses.
pub async fn run(mut desk: Desk, market: Market) -> io::Result<()> {
    let (sender, mut inbox) = mpsc::unbounded_channel();
    screen::forward_signals(&sender, event)?;
    let mut full = screen::FullScreen::enter()?;
    screen::read_keys(sender.clone(), event);
    let looking = tokio::spawn(look(market.clone(), sender.clone()));
    loop {
        full.terminal.draw(|frame| view(&desk, frame))?;
        let Some(event) = inbox.recv().await else { break };
        match desk.update(event) {
            Some(Effect::Quit) => break,
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

async fn look(market: Market, sender: UnboundedSender<Event>) {
    while sender.send(Event::Board(market.board().await)).is_ok() {
        tokio::time::sleep(PAUSE).await;
    }
}

async fn act(market: Market, effect: Effect, sender: UnboundedSender<Event>) {
    let event = match effect {
        Effect::Place(order) => Event::Placed(market.place(&order).await),
        Effect::Cancel(number) => Event::Cancelled(number, market.cancel(number).await),
        Effect::Quit => Event::Terminate,
    };
    let _ = sender.send(event);
    // What it changed shows at once.
    let _ = sender.send(Event::Board(market.board().await));
}
