//! What the server tells clients by requests of its own, phones by push services (see [`super::push`]) and people by mail
//! and SMS (see [`super::outbox`]): queued in the unit of work that causes it, sent right after the commit, and sent again,
//! later each time, until it is taken or given up. At least once: who gets it may hear twice.

use super::{
    Refused,
    unit::{Scene, audit},
};
use crate::{
    app::{App, nonce, random},
    signing::SigningError,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    Secret, Timestamp,
    audit::Kind as Audit,
    id::{DeliveryId, UserId},
    lockout::Budget,
};
use oidc::logout::{self, LogoutToken};
use reqwest::{StatusCode, header};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use store::{
    Error, Sql,
    delivery::{self, Delivery, Kind, Lane},
};
use tokio::task::JoinSet;

/// How long a client may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often what is due again is looked for. What is new is told by a signal.
const POLL: Duration = Duration::from_secs(1);
/// Deliveries of a lane that a node makes at once.
const AT_ONCE: usize = 32;
/// Tries until it is given up. The waits between them are 1 s, 4 s, 16 s and so on, the last a little over an hour.
const TRIES: u32 = 8;
/// How long what is over is kept, for whoever looks into trouble.
const KEPT: Duration = Duration::from_secs(7 * 86_400);

/// How long a node has a delivery for itself: longer than it can take, so that nobody sends beside it.
fn lease(lane: Lane) -> Duration {
    Duration::from_secs(if lane == Lane::Mail { 90 } else { 30 })
}

/// What wakes a lane's sender.
fn topic(lane: Lane) -> [u8; 16] {
    match lane {
        Lane::Programs => *b"deliveries waits",
        Lane::Mail => *b"mails do wait...",
        Lane::Sms => *b"SMS do wait.....",
    }
}

/// Something to tell.
#[derive(Debug)]
pub struct New<'a> {
    /// About whom.
    pub user: Option<UserId>,
    /// What.
    pub kind: Kind,
    /// The client; of a push the phone, of a message its id.
    pub client: &'a str,
    /// Where to; empty of a push and of a message.
    pub url: &'a str,
    /// A bearer token to send along.
    pub bearer: Option<Secret<String>>,
    /// The body; of a logout the session's id.
    pub body: String,
    /// From when on it is of no use.
    pub expires_at: Option<Timestamp>,
}

/// Queues it. Sent once the unit is committed, and never if it is undone.
pub fn queue(app: &App, sql: &mut dyn Sql, new: New<'_>, now: Timestamp) -> Result<(), Error> {
    let delivery = Delivery {
        user: new.user,
        id: DeliveryId::new(now, &nonce()),
        kind: new.kind,
        client: new.client.to_owned(),
        url: new.url.to_owned(),
        bearer: new.bearer,
        body: Secret::new(new.body),
        attempts: 0,
        created_at: now,
        expires_at: new.expires_at,
        next_at: now,
    };
    delivery::insert(sql, &app.sealer, &delivery, [random(), random()])?;
    sql.wake(topic(new.kind.lane()));
    Ok(())
}

/// Sends what is due of a lane, for as long as the server runs.
pub async fn run(app: Arc<App>, lane: Lane) {
    let http = match client() {
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

/// Forgets what was over long ago.
pub fn sweep(sql: &mut dyn Sql, now: Timestamp) -> Result<u64, Error> {
    delivery::sweep(sql, now.minus(KEPT))
}

/// No redirects: a client's address is the one it registered. No proxy of the environment: settings are in the file.
fn client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().timeout(PATIENCE).build()
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
                Kind::Push => super::push::deliver(&app, delivery).await,
                Kind::Mail | Kind::Sms => super::outbox::deliver(&app, delivery).await,
                Kind::Logout | Kind::Ping => to_client(&app, &http, delivery).await,
            };
            if let Err(error) = settled {
                tracing::warn!(%error, "the outcome of a delivery was not kept: it will be made again");
            }
        });
    }
    Ok(())
}

async fn to_client(app: &Arc<App>, http: &reqwest::Client, delivery: Delivery) -> Result<(), Refused> {
    let answer = send(app, http, &delivery).await;
    settle(app, delivery, answer).await
}

/// What came of a try.
enum Answer {
    /// It was taken.
    Taken,
    /// It will never be taken.
    Refused(String),
    /// It may be taken another time.
    Trouble(String),
}

async fn send(app: &App, http: &reqwest::Client, delivery: &Delivery) -> Answer {
    if delivery.expires_at.is_some_and(|end| app.now() >= end) {
        return Answer::Refused("it came too late".to_owned());
    }
    let (content_type, body) = match body(app, delivery) {
        Ok(Some(made)) => made,
        Ok(None) => return Answer::Refused("the client is gone".to_owned()),
        Err(error) => return Answer::Trouble(error.to_string()),
    };
    let mut request = http.post(&delivery.url).header(header::CONTENT_TYPE, content_type).body(body);
    if let Some(bearer) = &delivery.bearer {
        request = request.bearer_auth(bearer.expose());
    }
    // The body of the answer is nobody's business, and is not read.
    match request.send().await.map(|answer| answer.status()) {
        Ok(StatusCode::OK | StatusCode::NO_CONTENT) => Answer::Taken,
        // The logout failed or was refused; another token would fare no better (Back-Channel Logout, 2.8).
        Ok(StatusCode::BAD_REQUEST) if delivery.kind == Kind::Logout => Answer::Refused("400".to_owned()),
        Ok(status) => Answer::Trouble(status.as_u16().to_string()),
        Err(error) => Answer::Trouble(error.without_url().to_string()),
    }
}

/// What is sent, and its content type. None when the client is not registered any more.
fn body(app: &App, delivery: &Delivery) -> Result<Option<(&'static str, String)>, SigningError> {
    match (delivery.kind, delivery.user) {
        (Kind::Ping, _) => Ok(Some(("application/json", delivery.body.expose().clone()))),
        (Kind::Logout, Some(user)) => {
            let Some(client) = app.clients.find(&delivery.client) else { return Ok(None) };
            let about = (user.to_string(), delivery.body.expose());
            let jti = URL_SAFE_NO_PAD.encode(random::<16>());
            let now = app.now().unix_seconds();
            // As its ID tokens are signed (Back-Channel Logout, 2.4).
            let alg = client.oauth.id_token_signed_response_alg;
            let token = LogoutToken::new(&app.settings.issuer, &client.id, (&about.0, about.1), jti, now);
            let signed = app.signer.sign_as(logout::TYP, alg, &token, app.now())?;
            // A JWS has no character that a form would escape.
            Ok(Some(("application/x-www-form-urlencoded", format!("logout_token={signed}"))))
        }
        (Kind::Logout, None) | (Kind::Push | Kind::Mail | Kind::Sms, _) => Ok(None),
    }
}

async fn settle(app: &Arc<App>, delivery: Delivery, answer: Answer) -> Result<(), Refused> {
    let now = app.now();
    let (why, again) = match answer {
        Answer::Taken => {
            app.store.write(move |sql| delivery::done(sql, &delivery, now)).await?;
            return Ok(());
        }
        Answer::Refused(why) => (why, None),
        Answer::Trouble(why) => (why, wait(delivery.attempts)),
    };
    let (kind, client) = (delivery.kind.name(), &delivery.client);
    tracing::warn!(kind, client, why, attempts = delivery.attempts, again = again.is_some(), "a delivery failed");
    let settled = app.store.write(move |sql| {
        if let Some(wait) = again {
            return delivery::again(sql, &delivery, now.plus(wait)).map(|_| ());
        }
        if delivery::give_up(sql, &delivery, now)? {
            let detail = json!({ "client": delivery.client, "delivery": delivery.kind.name() });
            let scene = Scene { user: delivery.user, budget: Budget::Strangers, now, detail };
            audit(sql, &scene, Audit::DeliveryGivenUp, &json!({ "attempts": delivery.attempts, "why": why }))?;
        }
        Ok::<_, Error>(())
    });
    Ok(settled.await?)
}

/// When something is tried next: after a pause, not before whoever takes it wants it, and only while it is of use.
pub(super) fn next_try(
    delivery: &Delivery,
    (pause, after): (Duration, Option<Duration>),
    now: Timestamp,
) -> Option<Timestamp> {
    let at = now.plus(after.map_or(pause, |after| after.max(pause)));
    delivery.expires_at.filter(|end| at < *end).map(|_| at)
}

/// How long to wait after so many tries; none when they were enough.
pub(super) fn wait(tries: u32) -> Option<Duration> {
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
