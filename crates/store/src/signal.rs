//! Signals: a unit of work says that something changed, and whoever waits for it looks again.
//!
//! A signal carries nothing and may come without a reason or (between processes) late: it is a hint, and the table is
//! the truth. Whoever waits therefore reads, waits for [`Watch::changed`], and reads again.

use std::collections::HashMap;
use std::collections::hash_map::{Entry, RandomState};
use std::fmt;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// What a signal is about: the id of a confirmation, a user or whatever else is waited for.
pub(crate) type Topic = [u8; 16];

/// Parts of the map, so that those who wake and those who begin to wait seldom meet.
const SHARDS: usize = 32;

type Shard = HashMap<Topic, watch::Sender<()>>;

/// Who waits for what, in this process.
pub(crate) struct Hub {
    shards: Vec<Mutex<Shard>>,
    hasher: RandomState,
    /// How often everybody was woken.
    #[cfg(test)]
    alarms: watch::Sender<usize>,
}

impl Hub {
    pub(crate) fn new() -> Arc<Self> {
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        let hasher = RandomState::new();
        Arc::new(Self {
            shards,
            hasher,
            #[cfg(test)]
            alarms: watch::Sender::new(0),
        })
    }

    /// Begins to wait for `topic`. `poll`: how long at most until the waiter looks by itself.
    pub(crate) fn watch(self: &Arc<Self>, topic: Topic, poll: Duration) -> Watch {
        let receiver = self.shard(topic).map(|mut shard| shard.entry(topic).or_default().subscribe());
        Watch { hub: Arc::clone(self), topic, receiver, poll, timer: None }
    }

    /// Wakes whoever waits for one of `topics`.
    pub(crate) fn wake(&self, topics: &[Topic]) {
        for topic in topics {
            if let Some(sender) = self.shard(*topic).as_ref().and_then(|shard| shard.get(topic)) {
                sender.send_replace(());
            }
        }
    }

    /// Wakes everybody, after signals may have been missed.
    pub(crate) fn wake_all(&self) {
        for shard in &self.shards {
            for sender in lock(shard).values() {
                sender.send_replace(());
            }
        }
        #[cfg(test)]
        self.alarms.send_modify(|alarms| *alarms += 1);
    }

    /// How often everybody was woken.
    #[cfg(test)]
    pub(crate) fn alarms(&self) -> watch::Receiver<usize> {
        self.alarms.subscribe()
    }

    /// Topics that are waited for.
    #[cfg(test)]
    pub(crate) fn topics(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).len()).sum()
    }

    /// `None` never happens: there is a shard for every remainder.
    fn shard(&self, topic: Topic) -> Option<MutexGuard<'_, Shard>> {
        let place = self.hasher.hash_one(topic) % SHARDS as u64;
        self.shards.get(usize::try_from(place).ok()?).map(lock)
    }
}

fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Someone who waits for a topic; made by [`crate::Store::watch`]. Dropping it ends the wait.
pub struct Watch {
    hub: Arc<Hub>,
    topic: Topic,
    receiver: Option<watch::Receiver<()>>,
    poll: Duration,
    /// Made by the first wait, since only then there is a runtime for sure.
    timer: Option<Interval>,
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}

impl Watch {
    /// Waits until a unit that named this topic was committed after the last return of this method (the first time:
    /// after the watch was made), or until it is time to look anyway, since a signal of another process may be lost.
    ///
    /// May be cancelled and called again: nothing is missed in between. Needs a tokio runtime with its timer.
    pub async fn changed(&mut self) {
        let poll = self.poll;
        let timer = self.timer.get_or_insert_with(|| timer(poll));
        let signalled = match &mut self.receiver {
            Some(receiver) => tokio::select! {
                changed = receiver.changed() => changed.is_ok(),
                _ = timer.tick() => false,
            },
            None => {
                timer.tick().await;
                false
            }
        };
        if signalled {
            timer.reset();
        }
    }
}

fn timer(period: Duration) -> Interval {
    let mut timer = interval(period);
    timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The first tick of an interval comes at once.
    timer.reset();
    timer
}

impl Drop for Watch {
    fn drop(&mut self) {
        let Some(mut shard) = self.hub.shard(self.topic) else { return };
        // Under the lock, so that nobody subscribes between the look and the removal.
        self.receiver = None;
        if let Entry::Occupied(entry) = shard.entry(self.topic)
            && entry.get().receiver_count() == 0
        {
            entry.remove();
        }
    }
}
