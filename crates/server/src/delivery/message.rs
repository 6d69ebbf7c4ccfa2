//! Handing a message to its carrier, and settling what came of it.

use crate::{
    app::App,
    flow::{
        Refused,
        messages::words::{self, Rendered},
    },
    notify::{Answer, mail::Letter, sms::Text},
};
use domain::{
    Timestamp,
    audit::{Actor, Detail, Kind as Audit},
    id::{MessageId, UserId},
};
use std::{sync::Arc, time::Duration};
use store::{
    contact::Channel,
    delivery::{self, Delivery},
    outbox,
};

/// The longest pause between two tries.
const LONGEST_PAUSE: u64 = 900;

/// Sends a message and settles what came of it.
pub async fn deliver(app: &Arc<App>, delivery: Delivery) -> Result<(), Refused> {
    let id = delivery.client.parse::<MessageId>().ok().zip(delivery.user);
    let Some((message, user)) = id else {
        let now = app.now();
        return Ok(app.store.write(move |sql| delivery::give_up(sql, &delivery, now).map(|_| ())).await?);
    };
    let answer = if delivery.expires_at.is_some_and(|end| app.now() >= end) {
        Answer::Refused("it came too late".to_owned())
    } else {
        match rendered(app, user, message).await? {
            Some(rendered) => send(app, &delivery.id.to_string(), &rendered).await,
            None => Answer::Refused("nobody is there to get it".to_owned()),
        }
    };
    settle(app, delivery, (user, message), answer).await
}

async fn rendered(app: &Arc<App>, user: UserId, id: MessageId) -> Result<Option<Rendered>, Refused> {
    let reader = Arc::clone(app);
    let found = app.store.read(move |sql| match outbox::one(sql, &reader.sealer, user, id)? {
        Some(message) => words::render(&reader, sql, &message),
        None => Ok(None),
    });
    Ok(found.await?)
}

async fn send(app: &App, id: &str, rendered: &Rendered) -> Answer {
    let Rendered { at, channel, to, lang, subject, text } = rendered;
    match (channel, &app.carriers.mail, &app.carriers.sms) {
        (Channel::Mail, Some(mail), _) => {
            let foot = lang.t_with("mail-foot", &[("product", app.settings.product.as_str().into())]);
            let text = format!("{text}\n\n{foot}");
            mail.send(&Letter { id, at: *at, to, subject, text: &text }).await
        }
        (Channel::Sms, _, Some(sms)) => sms.send(&Text { id, to, text, lang: lang.tag() }, app.now()).await,
        _ => Answer::Refused("nothing is sent that way".to_owned()),
    }
}

async fn settle(
    app: &Arc<App>,
    delivery: Delivery,
    (user, message): (UserId, MessageId),
    answer: Answer,
) -> Result<(), Refused> {
    let now = app.now();
    let (why, again) = match answer {
        Answer::Taken => {
            return app
                .work(Actor::Server, move |work| {
                    if delivery::done(work.sql, &delivery, work.now)? {
                        outbox::sent(work.sql, user, message, work.now)?;
                    }
                    Ok(())
                })
                .await;
        }
        Answer::Refused(why) => (why, None),
        Answer::Later(why, after) => (why, next_try(&delivery, after, now)),
    };
    let kind = delivery.kind.name();
    tracing::warn!(kind, %message, why, attempts = delivery.attempts, again = again.is_some(), "a message was not sent");
    app.work(Actor::Server, move |work| {
        if let Some(at) = again {
            delivery::again(work.sql, &delivery, at)?;
        } else if delivery::give_up(work.sql, &delivery, work.now)? {
            let what = outbox::one(work.sql, &work.app.sealer, user, message)?.map(|stored| stored.message);
            outbox::failed(work.sql, user, message, (work.now, &why))?;
            work.about.user = Some(user);
            let detail = Detail::none().channel(kind).attempts(delivery.attempts).why(why.as_str());
            work.record(Audit::MessageFailed, Detail { message: what, ..detail })?;
        }
        Ok(())
    })
    .await
}

/// When it is tried next: after 2 s, 4 s, 8 s and so on up to a quarter of an hour, not before the carrier wants it, and
/// only while the message is of use.
fn next_try(delivery: &Delivery, after: Option<Duration>, now: Timestamp) -> Option<Timestamp> {
    let pause = Duration::from_secs(2u64.saturating_pow(delivery.attempts).min(LONGEST_PAUSE));
    super::run::next_try(delivery, (pause, after), now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::nonce;
    use domain::{Secret, id::DeliveryId};
    use store::delivery::Kind;

    #[test]
    fn it_is_tried_again_while_it_is_of_use_and_not_before_it_is_wanted() {
        let now = Timestamp::from_unix_seconds(1_000);
        let at = |attempts, life, after: Option<u64>| {
            let delivery = Delivery {
                user: None,
                id: DeliveryId::new(now, &nonce()),
                kind: Kind::Sms,
                client: String::new(),
                url: String::new(),
                bearer: None,
                body: Secret::new(String::new()),
                attempts,
                created_at: now,
                expires_at: Some(now.plus(Duration::from_secs(life))),
                next_at: now,
            };
            next_try(&delivery, after.map(Duration::from_secs), now).map(|at| at.seconds_from(now))
        };
        assert_eq!((at(1, 600, None), at(2, 600, None), at(8, 600, None)), (Some(2), Some(4), Some(256)));
        assert_eq!((at(30, 86_400, None), at(u32::MAX, 86_400, None)), (Some(900), Some(900)));
        assert_eq!(
            (at(1, 600, Some(30)), at(6, 600, Some(30)), at(1, 600, Some(599))),
            (Some(30), Some(64), Some(599))
        );
        assert_eq!((at(1, 600, Some(600)), at(9, 512, None), at(1, 2, None)), (None, None, None));
    }
}
