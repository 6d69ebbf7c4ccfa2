//! Another device of the user vouches for a new phone: the steps of that confirmation, taken on the new phone.

use crate::{
    app::App,
    flow::{
        Refused,
        confirm::{
            attempt::{self, Act, Going, Owner, Request},
            next::View,
        },
        phone::{Call, PhoneRefused, activate},
    },
    handle::Kind,
};
use std::{sync::Arc, time::Duration};
use store::{Error, activation::Proof};

/// How it stands.
#[derive(Debug)]
pub enum Vouched {
    /// Something is awaited.
    Awaiting(Box<View>),
    /// The other device confirmed.
    Confirmed,
}

/// Takes a step.
pub async fn step(app: &Arc<App>, call: Call, (handle, act): (&str, Act)) -> Result<Vouched, PhoneRefused> {
    let read = app.handles.read(Kind::Activation, handle).ok_or(PhoneRefused::UnknownActivation)?;
    let (unit_app, origin) = (Arc::clone(app), call.origin.clone());
    let lives = app.store.write(move |sql| {
        Ok::<_, Error>(match activate::living(&unit_app, sql, &call, read)? {
            Ok(activation) if matches!(activation.proof, Proof::Device(_)) => Ok(()),
            Ok(_) => Err(PhoneRefused::Flow(Refused::Caller(domain::Refusal::NotAwaited))),
            Err(refused) => Err(refused),
        })
    });
    lives.await??;
    let request = Request { handle: handle.to_owned(), owner: Owner::Activation, act, wait: Duration::ZERO, origin };
    match attempt::act_on(app, read, request).await {
        Ok(Going::Awaiting(view)) => Ok(Vouched::Awaiting(view)),
        // Asked again, it has been confirmed all the same.
        Ok(Going::Done(_)) | Err(Refused::Ended(domain::confirmation::Outcome::Confirmed { .. })) => {
            Ok(Vouched::Confirmed)
        }
        Err(refused) => Err(refused.into()),
    }
}
