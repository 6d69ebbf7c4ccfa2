//! Pushes, which wake phones: never sent once the request is over.

use crate::{
    app::App,
    flow::{Refused, phone::statement},
    notify::webpush::{Answer, Message, Target, WebPush},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    Timestamp,
    audit::{Actor, Detail, Kind as Audit},
    id::{ConfirmationId, DeviceId},
};
use sha2::{Digest as _, Sha256};
use std::{sync::Arc, time::Duration};
use store::{
    delivery::{self, Delivery},
    push::{self, Sent, Subscription},
};
use wire::phone::push::{PushKind, PushMessage};

/// Sends a push and settles what came of it.
pub async fn deliver(app: &Arc<App>, delivery: Delivery) -> Result<(), Refused> {
    match awaited(app, &delivery).await? {
        Some(push) => {
            let answer = push.send(&delivery, app.now()).await;
            settle(app, delivery, push.subscription, answer).await
        }
        None => {
            let now = app.now();
            Ok(app.store.write(move |sql| delivery::give_up(sql, &delivery, now).map(|_| ())).await?)
        }
    }
}

/// A push that is still to be sent.
struct Awaited<'a> {
    sender: &'a WebPush,
    subscription: Subscription,
    message: PushMessage,
    until: Timestamp,
}

/// What a delivery is to send; none when nobody waits for it any more.
async fn awaited<'a>(app: &'a Arc<App>, delivery: &Delivery) -> Result<Option<Awaited<'a>>, Refused> {
    let (Some(sender), Some(user), Some(until)) = (&app.push, delivery.user, delivery.expires_at) else {
        return Ok(None);
    };
    let Ok(message) = serde_json::from_str::<PushMessage>(delivery.body.expose()) else { return Ok(None) };
    let Ok(device) = message.device.parse::<DeviceId>() else { return Ok(None) };
    let asked = message.confirmation.as_deref().map(str::parse::<ConfirmationId>);
    let (reader, now) = (Arc::clone(app), app.now());
    let found = app.store.read(move |sql| {
        let waits = match asked {
            None => true,
            Some(Err(_)) => false,
            Some(Ok(id)) => {
                let stored = store::confirmation::by_id(sql, user, id)?;
                stored.is_some_and(|stored| statement::awaits(&stored.confirmation, device))
            }
        };
        if waits { push::one(sql, &reader.sealer, user, device) } else { Ok(None) }
    });
    let subscription = found.await?.filter(|subscription| subscription.target.is_some());
    // What lives less than a second cannot be said to a push service, and is over when a phone hears of it.
    let lives = until.since(now) >= Duration::from_secs(1);
    Ok(subscription.filter(|_| lives).map(|subscription| Awaited { sender, subscription, message, until }))
}

impl Awaited<'_> {
    async fn send(&self, delivery: &Delivery, now: Timestamp) -> Answer {
        let Some(stored) = &self.subscription.target else { return Answer::Gone };
        let target = match Target::of_octets(stored, self.sender.policy()) {
            Ok(target) => target,
            Err(error) => return Answer::Refused(error.to_string()),
        };
        let topic = topic(self.message.kind, self.subscription.device);
        let ttl = Duration::from_secs(self.until.since(now).as_secs());
        let message = Message { text: delivery.body.expose().as_bytes(), ttl, topic: &topic };
        self.sender.send(&target, &message, now).await
    }
}

/// A name for the undelivered push that a newer one replaces: 32 characters, one for each phone and kind, which tells
/// the push service nothing. A test does not take a request's place.
fn topic(kind: PushKind, device: DeviceId) -> String {
    let digest = Sha256::new_with_prefix("countersign/push-topic/v1")
        .chain_update(device.octets())
        .chain_update(kind.name())
        .finalize();
    URL_SAFE_NO_PAD.encode(digest.iter().take(24).copied().collect::<Vec<_>>())
}

async fn settle(app: &Arc<App>, delivery: Delivery, to: Subscription, answer: Answer) -> Result<(), Refused> {
    let now = app.now();
    let (sent, why, again) = match answer {
        Answer::Accepted => (Sent::Accepted, String::new(), None),
        Answer::Gone => (Sent::Gone, "the subscription is over".to_owned(), None),
        Answer::Refused(why) => (Sent::Refused, why, None),
        Answer::Later(why, after) => (Sent::Unreachable, why, next_try(&delivery, after, now)),
    };
    if sent != Sent::Accepted {
        let (origin, attempts) = (&to.origin, delivery.attempts);
        tracing::warn!(origin, why, attempts, again = again.is_some(), "a push was not taken");
    }
    app.work(Actor::Server, move |work| {
        let ours = match (sent, again) {
            (Sent::Accepted, _) => delivery::done(work.sql, &delivery, work.now)?,
            (_, Some(at)) => delivery::again(work.sql, &delivery, at)?,
            (_, None) => delivery::give_up(work.sql, &delivery, work.now)?,
        };
        // Another node took it meanwhile, and says what came of it.
        if !ours {
            return Ok(());
        }
        push::sent(work.sql, &to, sent, work.now)?;
        if sent == Sent::Gone && push::over(work.sql, &to)? {
            work.about.user = Some(to.user);
            let what = Detail::none().origin(to.origin.as_str()).because(sent.name());
            work.record_of(to.device, Audit::PushEnded, what)?;
        }
        Ok(())
    })
    .await
}

/// When it is tried next: not before the push service wants it, and only while the request lives.
fn next_try(delivery: &Delivery, after: Option<Duration>, now: Timestamp) -> Option<Timestamp> {
    super::run::next_try(delivery, (super::run::wait(delivery.kind, delivery.attempts)?, after), now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::nonce;
    use domain::{Secret, id::DeliveryId};

    fn delivery(attempts: u32, life: u64) -> Delivery {
        let now = Timestamp::from_unix_seconds(1_000);
        Delivery {
            user: None,
            id: DeliveryId::new(now, &nonce()),
            kind: store::delivery::Kind::Push,
            client: String::new(),
            url: String::new(),
            bearer: None,
            body: Secret::new(String::new()),
            attempts,
            created_at: now,
            expires_at: Some(now.plus(Duration::from_secs(life))),
            next_at: now,
        }
    }

    #[test]
    fn it_is_tried_again_within_the_life_of_the_request_and_not_before_it_is_wanted() {
        let now = Timestamp::from_unix_seconds(1_000);
        let at = |attempts, life, after: Option<u64>| {
            next_try(&delivery(attempts, life), after.map(Duration::from_secs), now).map(|at| at.seconds_from(now))
        };
        assert_eq!((at(1, 180, None), at(2, 180, None), at(4, 180, None)), (Some(1), Some(4), Some(64)));
        assert_eq!((at(1, 180, Some(30)), at(3, 180, Some(2)), at(1, 180, Some(179))), (Some(30), Some(16), Some(179)));
        assert_eq!(
            (at(1, 180, Some(180)), at(5, 180, None), at(1, 1, None), at(8, 1_000_000, None)),
            (None, None, None, None)
        );
    }

    #[test]
    fn a_topic_is_one_phones_and_one_kinds_and_says_nothing() {
        let (one, other) = (DeviceId::from([1; 16]), DeviceId::from([2; 16]));
        let topics = [
            topic(PushKind::Request, one),
            topic(PushKind::Test, one),
            topic(PushKind::Request, other),
            topic(PushKind::Test, other),
        ];
        for (place, topic) in topics.iter().enumerate() {
            assert_eq!(topic.len(), 32);
            assert!(!topics[..place].contains(topic));
        }
        assert_eq!(topic(PushKind::Request, one), topics[0]);
    }
}
