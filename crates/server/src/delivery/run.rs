//! A kind's sender, its lane: claims what is due and has it delivered, for as long as the server runs. What is not taken is tried
//! again, later each time, until it is taken or given up.

use super::{
    client,
    destination::{Destination, Destinations, at_once},
    message, push, webhook,
};
use crate::{app::App, flow::messages::queue::topic};
use domain::Timestamp;
use std::{collections::HashMap, sync::Arc, time::Duration};
use store::{
    Error,
    delivery::{self, Delivery, Kind},
};
use tokio::task::{Id, JoinError, JoinSet};

/// How often what is due again is looked for. What is new is told by a signal.
const POLL: Duration = Duration::from_secs(1);
/// What is looked at of what is due; of each address no more than its share.
const LOOKED_AT: u32 = 256;
/// Tries until it is given up. The waits between them are 1 s, 4 s, 16 s and so on, the last a little over an hour.
const TRIES: u32 = 8;
/// The same of a webhook, whose receiver may be away over a weekend: the waits grow to eight hours.
const WEBHOOK_TRIES: u32 = 16;
const LONGEST_WAIT: Duration = Duration::from_secs(8 * 3600);

/// How long a node has a delivery for itself: longer than it can take, so that nobody sends beside it.
fn lease(kind: Kind) -> Duration {
    Duration::from_secs(if kind == Kind::Mail { 90 } else { 30 })
}

/// Sends what is due of a kind, for as long as the server runs.
pub async fn run(app: Arc<App>, kind: Kind) {
    let http = match client::http() {
        Ok(http) => http,
        Err(error) => {
            tracing::error!(%error, "nothing can be delivered to clients");
            return;
        }
    };
    let mut news = app.store.watch(topic(kind));
    let mut lane = Lane {
        app,
        kind,
        http,
        under_way: JoinSet::new(),
        going_to: HashMap::new(),
        destinations: Destinations::new(kind),
        held_back: false,
    };
    loop {
        if let Err(error) = lane.start().await {
            tracing::warn!(%error, "what is due could not be looked for");
        }
        tokio::select! {
            () = news.changed() => {}
            () = tokio::time::sleep(POLL) => {}
            Some(ended) = lane.under_way.join_next_with_id(), if lane.held_back => lane.ended(ended),
        }
        while let Some(ended) = lane.under_way.try_join_next_with_id() {
            lane.ended(ended);
        }
    }
}

/// A delivery's task that ended, and how long it took.
type Ended = Result<(Id, Duration), JoinError>;

/// The sender of a kind.
struct Lane {
    app: Arc<App>,
    kind: Kind,
    http: reqwest::Client,
    under_way: JoinSet<Duration>,
    going_to: HashMap<Id, Destination>,
    destinations: Destinations,
    /// Whether something was due for which there was no room.
    held_back: bool,
}

impl Lane {
    /// Begins to send as much of what is due as there is room for.
    async fn start(&mut self) -> Result<(), Error> {
        let room = at_once(self.kind).saturating_sub(self.under_way.len());
        self.held_back = room == 0;
        if room == 0 {
            return Ok(());
        }
        let mut chosen = Vec::new();
        for due in self.due().await? {
            let to = Destination::of(&due.url);
            if chosen.len() < room && self.destinations.enter(&to) {
                chosen.push((to, due));
            } else {
                self.held_back = true;
            }
        }
        if chosen.is_empty() {
            return Ok(());
        }
        let (places, due): (Vec<_>, Vec<_>) = chosen.into_iter().unzip();
        match self.claim(due).await {
            Ok(claimed) => {
                for (to, claimed) in places.into_iter().zip(claimed) {
                    match claimed {
                        Some(delivery) => self.send(to, delivery),
                        None => self.destinations.leave(&to, Duration::ZERO),
                    }
                }
                Ok(())
            }
            Err(error) => {
                places.iter().for_each(|to| self.destinations.leave(to, Duration::ZERO));
                Err(error)
            }
        }
    }

    async fn due(&self) -> Result<Vec<Delivery>, Error> {
        let (reader, kind, now) = (Arc::clone(&self.app), self.kind, self.app.now());
        let of_each = u32::try_from(self.destinations.share()).unwrap_or(u32::MAX);
        self.app.store.read(move |sql| delivery::due(sql, &reader.sealer, kind, now, of_each, LOOKED_AT)).await
    }

    /// Takes what is due for this node, where no other was first.
    async fn claim(&self, due: Vec<Delivery>) -> Result<Vec<Option<Delivery>>, Error> {
        let until = self.app.now().plus(lease(self.kind));
        self.app.store.write(move |sql| due.iter().map(|due| delivery::claim(sql, due, until)).collect()).await
    }

    fn send(&mut self, to: Destination, delivery: Delivery) {
        let (app, http) = (Arc::clone(&self.app), self.http.clone());
        let task = self.under_way.spawn(async move {
            let began = tokio::time::Instant::now();
            let settled = match delivery.kind {
                Kind::Push => push::deliver(&app, delivery).await,
                Kind::Mail | Kind::Sms => message::deliver(&app, delivery).await,
                Kind::Logout | Kind::Ping => client::deliver(&app, &http, delivery).await,
                Kind::Webhook => webhook::deliver(&app, &http, delivery).await,
            };
            if let Err(error) = settled {
                tracing::warn!(%error, "the outcome of a delivery was not kept: it will be made again");
            }
            began.elapsed()
        });
        self.going_to.insert(task.id(), to);
    }

    fn ended(&mut self, ended: Ended) {
        let (id, took) = match ended {
            Ok(ended) => ended,
            Err(error) => {
                tracing::error!(%error, "a delivery's task was lost");
                (error.id(), Duration::ZERO)
            }
        };
        if let Some(to) = self.going_to.remove(&id) {
            self.destinations.leave(&to, took);
        }
    }
}

/// When something is tried next: after a pause, not before whoever takes it wants it, and only while it is of use.
pub fn next_try(
    delivery: &Delivery,
    (pause, after): (Duration, Option<Duration>),
    now: Timestamp,
) -> Option<Timestamp> {
    let at = now.plus(after.map_or(pause, |after| after.max(pause)));
    delivery.expires_at.filter(|end| at < *end).map(|_| at)
}

/// How long to wait after so many tries; none when they were enough.
pub fn wait(kind: Kind, tries: u32) -> Option<Duration> {
    let most = if kind == Kind::Webhook { WEBHOOK_TRIES } else { TRIES };
    let wait = Duration::from_secs(4u64.saturating_pow(tries.saturating_sub(1)));
    (tries < most).then_some(wait.min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waits_grow_to_an_hour_and_end() {
        let waits = |kind| (1..=17).map(move |tries| wait(kind, tries).map(|wait| wait.as_secs()));
        let all: Vec<_> = waits(Kind::Ping).collect();
        assert_eq!(all[..7], [1, 4, 16, 64, 256, 1024, 4096].map(Some));
        assert_eq!(all[7..9], [None, None]);
        let days: u64 = waits(Kind::Webhook).map_while(|wait| wait).sum::<u64>() / 86_400;
        assert_eq!((days, waits(Kind::Webhook).flatten().max()), (2, Some(8 * 3600)));
    }
}
