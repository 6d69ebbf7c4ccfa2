//! The terminal itself: the full screen, its keys, and signals that end a program.

use super::model::Event;
use crossterm::{
    event::{self, DisableBracketedPaste, EnableBracketedPaste},
    execute,
};
use ratatui::DefaultTerminal;
use std::io;
use std::time::Duration;
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

/// Crossterm's reading blocks, so it has a thread of its own, which ends with the loop.
pub(super) fn read_keys<M: Send + 'static>(sender: UnboundedSender<M>, wrap: fn(Event) -> M) {
    std::thread::spawn(move || {
        while !sender.is_closed() {
            let event = match event::poll(KEY_PATIENCE) {
                Ok(false) => continue,
                Ok(true) => event::read(),
                Err(error) => Err(error),
            };
            let event = match event {
                Ok(event::Event::Key(key)) => Event::Key(key),
                Ok(event::Event::Paste(text)) => Event::Paste(text),
                Ok(_) => Event::Tick,
                // The terminal is gone.
                Err(_) => Event::Terminate,
            };
            let last = matches!(event, Event::Terminate);
            if sender.send(wrap(event)).is_err() || last {
                break;
            }
        }
    });
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
