//! A phone says where it wants to be woken.

use crate::{
    app::{App, random},
    flow::{
        confirm::effects::audit,
        messages::wake::{self as waking, Wake},
        phone::{
            Call, PhoneRefused, fresh_and_own,
            session::{Admitted, Pace, admit, paced, scene},
            signed,
        },
    },
    notify::webpush::{EncryptError, Keys, Target, WebPush},
};
use domain::{Timestamp, audit::Kind as Audit};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use store::{
    Error, Sql,
    device::Device,
    push::{self, Subscription},
    throttle::Rate,
};
use wire::phone::{
    push::{PushCall, PushState, Subscribe, SubscriptionState},
    typ,
};

/// How often a phone may ask to be woken, or say anew where: a few times at once, and then one a while.
const RATE: Rate = Rate { burst: 5, each: Duration::from_secs(20) };

/// How long a test is of use to whoever looks at the phone.
const TEST_LIFE: Duration = Duration::from_secs(60);

/// Whether and where the phone is woken.
pub async fn show(app: &Arc<App>, call: Call) -> Result<PushState, PhoneRefused> {
    let server_key = sender(app)?.server_key().to_owned();
    let unit_app = Arc::clone(app);
    let found = app.store.write(move |sql| {
        let Admitted { device, .. } = match admit(&unit_app, sql, &call)? {
            Ok(admitted) => admitted,
            Err(refused) => return Ok(Err(refused)),
        };
        Ok::<_, Error>(Ok(push::one(sql, &unit_app.sealer, device.user, device.id)?))
    });
    Ok(PushState { server_key, subscription: found.await??.as_ref().map(view) })
}

/// Takes a subscription in the place of the phone's older one.
pub async fn subscribe(app: &Arc<App>, call: Call, jws: &str) -> Result<PushState, PhoneRefused> {
    let sender = sender(app)?;
    let body: Subscribe = signed(&call, jws, typ::PUSH_SUBSCRIPTION)?;
    let keys = Keys::parse(&body.keys.p256dh, &body.keys.auth)
        .map_err(|error| PhoneRefused::Malformed(if error == EncryptError::Auth { "auth" } else { "p256dh" }))?;
    let target = Target { endpoint: sender.policy().endpoint(&body.endpoint)?, keys };
    let server_key = sender.server_key().to_owned();
    let (unit_app, named) = (Arc::clone(app), (body.device, body.at));
    let put = app.store.write(move |sql| {
        let device = match own(&unit_app, sql, (&call, "push-subscribe"), &named)? {
            Ok(device) => device,
            Err(refused) => return Ok(Err(refused)),
        };
        let now = unit_app.now();
        let subscription = Subscription {
            user: device.user,
            device: device.id,
            id: random(),
            origin: target.endpoint.origin().to_owned(),
            target: Some(target.octets()),
            created_at: now,
            last: None,
        };
        push::put(sql, &unit_app.sealer, &subscription, random())?;
        let what = json!({ "origin": subscription.origin });
        audit(sql, &scene(&device, &call, now), Audit::PushSubscribed, &what)?;
        Ok::<_, Error>(Ok(subscription))
    });
    Ok(PushState { server_key, subscription: Some(view(&put.await??)) })
}

/// Ends the phone's subscription. One that has none is content.
pub async fn end(app: &Arc<App>, call: Call, jws: &str) -> Result<(), PhoneRefused> {
    let body: PushCall = signed(&call, jws, typ::PUSH_END)?;
    let unit_app = Arc::clone(app);
    let ended = app.store.write(move |sql| {
        let now = unit_app.now();
        let device = match admitted(&unit_app, sql, &call, (&body.device, body.at), now)? {
            Ok(device) => device,
            Err(refused) => return Ok(Err(refused)),
        };
        if push::end(sql, device.user, device.id)? {
            audit(sql, &scene(&device, &call, now), Audit::PushEnded, &json!({ "because": "asked" }))?;
        }
        Ok::<_, Error>(Ok(()))
    });
    ended.await?
}

/// Queues a push that asks for nothing, by the way that every other one goes.
pub async fn test(app: &Arc<App>, call: Call, jws: &str) -> Result<(), PhoneRefused> {
    sender(app)?;
    let body: PushCall = signed(&call, jws, typ::PUSH_TEST)?;
    let (unit_app, named) = (Arc::clone(app), (body.device, body.at));
    let queued = app.store.write(move |sql| {
        let device = match own(&unit_app, sql, (&call, "push-test"), &named)? {
            Ok(device) => device,
            Err(refused) => return Ok(Err(refused)),
        };
        if !push::lives(sql, device.user, device.id)? {
            return Ok(Err(PhoneRefused::NotSubscribed));
        }
        let now = unit_app.now();
        waking::queue(&unit_app, sql, (device.user, device.id), &Wake::test(now.plus(TEST_LIFE)), now)?;
        Ok::<_, Error>(Ok(()))
    });
    queued.await?
}

fn sender(app: &App) -> Result<&WebPush, PhoneRefused> {
    app.push.as_ref().ok_or(PhoneRefused::NoPush)
}

/// The phone that calls, if it is the one that the signed body names and did not call so too often.
fn own(
    app: &App,
    sql: &mut dyn Sql,
    (call, of): (&Call, &'static str),
    (named, at): &(String, i64),
) -> Result<Result<Device, PhoneRefused>, Error> {
    let device = match admitted(app, sql, call, (named, *at), app.now())? {
        Ok(device) => device,
        Err(refused) => return Ok(Err(refused)),
    };
    Ok(paced(app, sql, device.id, &Pace { of, rate: RATE })?.map(|()| device))
}

fn admitted(
    app: &App,
    sql: &mut dyn Sql,
    call: &Call,
    named: (&str, i64),
    now: Timestamp,
) -> Result<Result<Device, PhoneRefused>, Error> {
    Ok(match admit(app, sql, call)? {
        Ok(Admitted { device, .. }) => fresh_and_own(&device, named, now).map(|()| device),
        Err(refused) => Err(refused),
    })
}

fn view(subscription: &Subscription) -> SubscriptionState {
    SubscriptionState {
        origin: subscription.origin.clone(),
        created_at: subscription.created_at.unix_seconds(),
        last_sent_at: subscription.last.map(|(at, _)| at.unix_seconds()),
        last_result: subscription.last.map(|(_, sent)| sent.name().to_owned()),
    }
}
