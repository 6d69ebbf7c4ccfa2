//! The terminal itself: the full screen, its keys, and signals that end a program.

use super::model::Event;
use crossterm::{
    event::{self, DisableBracketedPaste, EnableBracketedPaste},
    execute,
};
use ratatui::DefaultTerminal;
use std::{
    collections::VecDeque,
    io,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::mpsc::UnboundedSender;

/// How long the thread that reads keys waits before it looks whether it is still needed.
const KEY_PATIENCE: Duration = Duration::from_millis(100);

/// Raw mode and the alternate screen; both end when it is dropped, in a panic too.
pub(super) struct FullScreen {
    pub(super) terminal: DefaultTerminal,
}

impl FullScreen {
    pub(super) fn enter() -> io::Result<Self> {
        let screen = Self { terminal: ratatui::try_init()? };
        execute!(io::stdout(), EnableBracketedPaste)?;
        Ok(screen)
    }
}

impl Drop for FullScreen {
    fn drop(&mut self) {
        let _ = execute!(io::stdout(), DisableBracketedPaste);
        ratatui::restore();
    }
}

/// What was read and nobody took yet, and who takes it.
struct Keys {
    kept: VecDeque<Event>,
    taker: Option<Taker>,
    reading: bool,
}

/// A screen that takes keys.
struct Taker {
    is_over: Box<dyn Fn() -> bool + Send>,
    take: Box<dyn Fn(Event) + Send>,
}

/// One for the whole program: of two threads that read, that of a screen which is over would take a key that is meant for
/// the next.
static KEYS: Mutex<Keys> = Mutex::new(Keys { kept: VecDeque::new(), taker: None, reading: false });

impl Keys {
    /// Hands over what is kept. False when nobody takes it.
    fn hand_over(&mut self) -> bool {
        self.taker.take_if(|taker| (taker.is_over)());
        let Some(taker) = &self.taker else { return false };
        self.kept.drain(..).for_each(&taker.take);
        true
    }
}

fn keys() -> MutexGuard<'static, Keys> {
    KEYS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on keys go here. Crossterm's reading blocks, so it has a thread of its own, which ends when nobody takes keys.
pub(super) fn read_keys<M: Send + 'static>(sender: UnboundedSender<M>, wrap: fn(Event) -> M) {
    let closed = sender.clone();
    let taker = Taker {
        is_over: Box::new(move || closed.is_closed()),
        // Closed just now: the program is at its end.
        take: Box::new(move |event| drop(sender.send(wrap(event)))),
    };
    let mut keys = keys();
    keys.taker = Some(taker);
    keys.hand_over();
    if !keys.reading {
        keys.reading = true;
        std::thread::spawn(read);
    }
}

fn read() {
    loop {
        let event = match event::poll(KEY_PATIENCE) {
            Ok(false) => None,
            Ok(true) => Some(match event::read() {
                Ok(event::Event::Key(key)) => Event::Key(key),
                Ok(event::Event::Paste(text)) => Event::Paste(text),
                Ok(_) => Event::Tick,
                Err(_) => Event::Terminate,
            }),
            // The terminal is gone.
            Err(_) => Some(Event::Terminate),
        };
        let (last, mut keys) = (matches!(event, Some(Event::Terminate)), keys());
        keys.kept.extend(event);
        if !keys.hand_over() || last {
            keys.reading = false;
            return;
        }
    }
}

#[cfg(unix)]
pub(super) fn forward_signals<M: Send + 'static>(sender: &UnboundedSender<M>, wrap: fn(Event) -> M) -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    for kind in [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()] {
        let mut signals = signal(kind)?;
        let sender = sender.clone();
        tokio::spawn(
            async move { while signals.recv().await.is_some() && sender.send(wrap(Event::Terminate)).is_ok() {} },
        );
    }
    Ok(())
}

#[cfg(not(unix))]
pub(super) fn forward_signals<M: Send + 'static>(sender: &UnboundedSender<M>, wrap: fn(Event) -> M) -> io::Result<()> {
    let sender = sender.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            let _ = sender.send(wrap(Event::Terminate));
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    /// A key that came while one screen was over and the next not there yet is the next one's.
    #[test]
    fn what_nobody_took_is_kept_for_the_next() {
        let (sender, taken) = mpsc::channel();
        let taker = |over: bool| {
            let sender = sender.clone();
            Some(Taker { is_over: Box::new(move || over), take: Box::new(move |event| sender.send(event).unwrap()) })
        };
        let paste = |text: &str| Event::Paste(text.to_owned());
        let mut keys = Keys { kept: VecDeque::from([paste("1")]), taker: taker(true), reading: false };
        assert!(!keys.hand_over());
        keys.kept.push_back(paste("2"));
        assert!(!keys.hand_over() && taken.try_recv().is_err());
        keys.taker = taker(false);
        assert!(keys.hand_over());
        let texts = taken.try_iter().map(|event| match event {
            Event::Paste(text) => text,
            other => panic!("{other:?}"),
        });
        assert_eq!(texts.collect::<String>(), "12");
    }
}
