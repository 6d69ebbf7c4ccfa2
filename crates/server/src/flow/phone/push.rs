//! A phone says where it wants to be woken.

use super::{Call, Named, PhoneRefused, SignedBody, ordered, session::admit};
use crate::{
    app::{App, random},
    flow::{
        messages::wake::{self, Wake},
        throttle::{self, Bucket, PhoneAct},
    },
    notify::webpush::{EncryptError, Keys, Target, WebPush},
    work::{Stop, Work},
};
use domain::audit::{Detail, Kind as Audit};
use std::{sync::Arc, time::Duration};
use store::{
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
    let found = app.work(call.actor(), move |work| {
        let device = admit(work, &call)?.device;
        Ok(push::one(work.sql, &work.app.sealer, device.user, device.id)?)
    });
    let found: Result<_, PhoneRefused> = found.await;
    Ok(PushState { server_key, subscription: found?.as_ref().map(view) })
}

/// Takes a subscription in the place of the phone's older one.
pub async fn subscribe(app: &Arc<App>, call: Call, body: &SignedBody<Subscribe>) -> Result<PushState, PhoneRefused> {
    let sender = sender(app)?;
    let body = body.open(&call, typ::PUSH_SUBSCRIPTION)?;
    let keys = Keys::parse(&body.keys.p256dh, &body.keys.auth)
        .map_err(|error| PhoneRefused::Malformed(if error == EncryptError::Auth { "auth" } else { "p256dh" }))?;
    let target = Target { endpoint: sender.policy().endpoint(&body.endpoint)?, keys };
    let server_key = sender.server_key().to_owned();
    let named = Named { device: body.device, at: body.at };
    let put = app.work(call.actor(), move |work| {
        let device = own(work, &call, &named, PhoneAct::Subscribes)?;
        let subscription = Subscription {
            user: device.user,
            device: device.id,
            id: random(),
            origin: target.endpoint.origin().to_owned(),
            target: Some(target.octets()),
            created_at: work.now,
            last: None,
        };
        push::put(work.sql, &work.app.sealer, &subscription, random())?;
        work.record(Audit::PushSubscribed, Detail::none().origin(subscription.origin.as_str()))?;
        Ok(subscription)
    });
    let put: Result<_, PhoneRefused> = put.await;
    Ok(PushState { server_key, subscription: Some(view(&put?)) })
}

/// Ends the phone's subscription. One that has none is content.
pub async fn end(app: &Arc<App>, call: Call, body: &SignedBody<PushCall>) -> Result<(), PhoneRefused> {
    let body = body.open(&call, typ::PUSH_END)?;
    let named = Named { device: body.device, at: body.at };
    app.work(call.actor(), move |work| {
        let device = ordered(work, &call, &named)?.device;
        if push::end(work.sql, device.user, device.id)? {
            work.record(Audit::PushEnded, Detail::none().because("asked"))?;
        }
        Ok(())
    })
    .await
}

/// Queues a push that asks for nothing, by the way that every other one goes.
pub async fn test(app: &Arc<App>, call: Call, body: &SignedBody<PushCall>) -> Result<(), PhoneRefused> {
    sender(app)?;
    let body = body.open(&call, typ::PUSH_TEST)?;
    let named = Named { device: body.device, at: body.at };
    app.work(call.actor(), move |work| {
        let device = own(work, &call, &named, PhoneAct::TestsPush)?;
        if push::service(work.sql, device.user, device.id)?.is_none() {
            return Err(PhoneRefused::NotSubscribed.into());
        }
        let test = Wake::test(work.now.plus(TEST_LIFE));
        Ok(wake::queue(work, device.user, device.id, &test)?)
    })
    .await
}

fn sender(app: &App) -> Result<&WebPush, PhoneRefused> {
    app.push.as_ref().ok_or(PhoneRefused::NoPush)
}

/// The phone that calls, if it is the one that the signed body names and did not call so too often.
fn own(work: &mut Work<'_>, call: &Call, named: &Named, act: PhoneAct) -> Result<Device, Stop<PhoneRefused>> {
    let device = ordered(work, call, named)?.device;
    throttle::take(work, Bucket::Phone(act, device.id), RATE)?;
    Ok(device)
}

fn view(subscription: &Subscription) -> SubscriptionState {
    SubscriptionState {
        origin: subscription.origin.clone(),
        created_at: subscription.created_at.unix_seconds(),
        last_sent_at: subscription.last.map(|(at, _)| at.unix_seconds()),
        last_result: subscription.last.map(|(_, sent)| sent.name().to_owned()),
    }
}
