//! A withdrawal from the desk: its screens are those of the login, its requests go to the brokerage.

use crate::first_party::{Error, Progress};
use crate::market::Market;
use crate::terminal::{
    model::{Effect, Event, Model, Reply, Screen},
    run,
    update::update,
};
use crate::withdrawal::Withdrawing;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

/// What is told to the desk's loop.
pub(super) enum Told {
    /// An answer.
    Event(Event),
    /// The withdrawal that was asked for.
    Asked(Withdrawing),
}

/// The screens of a withdrawal, and what it is at the brokerage.
pub(super) struct Window {
    pub(super) model: Model,
    market: Market,
    asked: Option<Withdrawing>,
    sender: UnboundedSender<Told>,
}

impl Window {
    pub(super) fn new(model: Model, market: Market, sender: UnboundedSender<Told>) -> Self {
        Self { model, market, asked: None, sender }
    }

    /// Acts on an event. False when the user is done with it.
    pub(super) fn update(&mut self, told: Told, now: Duration) -> std::io::Result<bool> {
        let event = match told {
            Told::Asked(asked) => {
                self.asked = Some(asked);
                return Ok(true);
            }
            Told::Event(event) => event,
        };
        for effect in update(&mut self.model, event, now) {
            match effect {
                Effect::Quit => {
                    self.turn_away();
                    return Ok(false);
                }
                Effect::Copy(text) => run::copy(&text)?,
                request => self.start(request),
            }
        }
        Ok(true)
    }

    /// Gives up what no device has answered.
    fn turn_away(&mut self) {
        if let Some(asked) = self.asked.take()
            && !matches!(self.model.screen, Screen::Confirmed)
        {
            tokio::spawn(async move { asked.give_up().await });
        }
    }

    fn start(&mut self, effect: Effect) {
        let Some(request) = run::number(&effect) else { return };
        let (market, sender) = (self.market.clone(), self.sender.clone());
        if matches!(effect, Effect::Withdraw { .. }) {
            self.turn_away();
        }
        let asked = self.asked.clone();
        tokio::spawn(async move {
            let result = match (effect, asked) {
                (Effect::Withdraw { order, .. }, _) => match Withdrawing::ask(&market, &order).await {
                    Ok((asked, progress)) => {
                        // Sent before the answer, so that it is there when the user acts on it.
                        let _ = sender.send(Told::Asked(asked));
                        Ok(reply(progress))
                    }
                    Err(error) => Err(error),
                },
                (step, Some(asked)) => run::step(&asked, &step).await.map(reply),
                (_, None) => Err(Error::InvalidSession),
            };
            let _ = sender.send(Told::Event(Event::Answered { request, result }));
        });
    }
}

fn reply<D>(progress: Progress<D>) -> Reply {
    match progress {
        Progress::Step(step) => Reply::Step(Box::new(step)),
        Progress::Done(_) => Reply::Confirmed,
    }
}
