//! A lane's sender: claims what is due and has it delivered, for as long as the server runs. What is not taken is tried
//! again, later each time, until it is taken or given up.

use super::{client, message, push};
use crate::{app::App, flow::messages::queue::topic};
use domain::Timestamp;
use std::{sync::Arc, time::Duration};
use store::{
    Error,
    delivery::{self, Delivery, Kind, Lane},
};
use tokio::task::JoinSet;

/// How often what is due again is looked for. What is new is told by a signal.
const POLL: Duration = Duration::from_secs(1);
/// Deliveries of a lane that a node makes at once.
const AT_ONCE: usize = 32;
/// Tries until it is given up. The waits between them are 1 s, 4 s, 16 s and so on, the last a little over an hour.
const TRIES: u32 = 8;

/// How long a node has a delivery for itself: longer than it can take, so that nobody sends beside it.
fn lease(lane: Lane) -> Duration {
    Duration::from_secs(if lane == Lane::Mail { 90 } else { 30 })
}

/// Sends what is due of a lane, for as long as the server runs.
pub async fn run(app: Arc<App>, lane: Lane) {
    let http = match client::http() {
        Ok(http) => http,
        Err(error) => {
            tracing::error!(%error, "nothing can be delivered to clients");
            return;
        }
    };
    let mut news = app.store.watch(topic(lane));
    let mut under_way = JoinSet::new();
    loop {
        if let Err(error) = start(&app, (lane, &http), &mut under_way).await {
            tracing::warn!(%error, "what is due could not be looked for");
        }
        tokio::select! {
            () = news.changed() => {}
            () = tokio::time::sleep(POLL) => {}
            Some(_) = under_way.join_next(), if under_way.len() >= AT_ONCE => {}
        }
        while under_way.try_join_next().is_some() {}
    }
}

/// Begins to send as much of what is due as there is room for.
async fn start(
    app: &Arc<App>,
    (lane, http): (Lane, &reqwest::Client),
    under_way: &mut JoinSet<()>,
) -> Result<(), Error> {
    let room = u32::try_from(AT_ONCE.saturating_sub(under_way.len())).unwrap_or(0);
    let (reader, now) = (Arc::clone(app), app.now());
    let waits = app.store.read(move |sql| delivery::due(sql, &reader.sealer, lane, (now, 1)));
    if room == 0 || waits.await?.is_empty() {
        return Ok(());
    }
    let unit_app = Arc::clone(app);
    let claimed = app.store.write(move |sql| {
        let until = now.plus(lease(lane));
        let due = delivery::due(sql, &unit_app.sealer, lane, (now, room))?;
        due.iter().filter_map(|due| delivery::claim(sql, due, until).transpose()).collect::<Result<Vec<_>, Error>>()
    });
    for delivery in claimed.await? {
        let (app, http) = (Arc::clone(app), http.clone());
        under_way.spawn(async move {
            let settled = match delivery.kind {
                Kind::Push => push::deliver(&app, delivery).await,
                Kind::Mail | Kind::Sms => message::deliver(&app, delivery).await,
                Kind::Logout | Kind::Ping => client::deliver(&app, &http, delivery).await,
            };
            if let Err(error) = settled {
                tracing::warn!(%error, "the outcome of a delivery was not kept: it will be made again");
            }
        });
    }
    Ok(())
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
pub fn wait(tries: u32) -> Option<Duration> {
    (tries < TRIES).then(|| Duration::from_secs(4u64.saturating_pow(tries.saturating_sub(1))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waits_grow_to_an_hour_and_end() {
        let waits: Vec<_> = (1..=9).map(|tries| wait(tries).map(|wait| wait.as_secs())).collect();
        assert_eq!(waits[..7], [1, 4, 16, 64, 256, 1024, 4096].map(Some));
        assert_eq!(waits[7..], [None, None]);
    }
}
