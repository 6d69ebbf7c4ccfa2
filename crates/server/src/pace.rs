//! Work that many ask for and that need be done once for all of them.

use std::time::Duration;
use tokio::{
    sync::Mutex,
    time::{Instant, sleep_until},
};

/// Does such work no oftener than at its pace, however many ask.
pub struct Pace {
    every: Duration,
    times: Mutex<Times>,
}

#[derive(Default)]
struct Times {
    /// When it was last begun.
    begun: Option<Instant>,
    /// When the last that came to its end was begun.
    done: Option<Instant>,
}

impl Pace {
    /// At most once in this time.
    pub fn new(every: Duration) -> Self {
        Self { every, times: Mutex::default() }
    }

    /// Comes back when the work was done that began after this call: by this caller, or by another. Who comes too soon
    /// after the last time waits for the next.
    pub async fn done<F: Future<Output = ()>>(&self, work: impl FnOnce() -> F) {
        let asked = Instant::now();
        let mut times = self.times.lock().await;
        if times.done.is_some_and(|begun| begun >= asked) {
            return;
        }
        if let Some(begun) = times.begun {
            sleep_until(begun + self.every).await;
        }
        let begun = Instant::now();
        times.begun = Some(begun);
        work().await;
        times.done = Some(begun);
    }
}
