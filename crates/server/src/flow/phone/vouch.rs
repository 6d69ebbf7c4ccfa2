//! Another device of the user vouches for a new phone: the steps of that confirmation, taken on the new phone.

use super::{Call, PhoneRefused, activate};
use crate::{
    app::App,
    flow::{
        Refused,
        confirm::{
            attempt::{self, Act, Going, Owner, Request},
            next::View,
        },
    },
    handle::Kind,
};
use domain::{Refusal, confirmation::Outcome};
use std::{sync::Arc, time::Duration};
use store::activation::Proof;

/// How it stands.
#[derive(Debug)]
pub enum Vouched {
    /// Something is awaited.
    Awaiting(Box<View>),
    /// The other device confirmed.
    Confirmed,
}

/// Takes a step.
pub async fn step(app: &Arc<App>, call: Call, handle: &str, act: Act) -> Result<Vouched, PhoneRefused> {
    let read = app.handles.read(Kind::Activation, handle).ok_or(PhoneRefused::UnknownActivation)?;
    let origin = call.origin.clone();
    let lives: Result<(), PhoneRefused> = app
        .work(call.actor(), move |work| match activate::living(work, &call, read)?.proof {
            Proof::Device(_) => Ok(()),
            _ => Err(Refusal::NotAwaited.into()),
        })
        .await;
    lives?;
    let request = Request { handle: handle.to_owned(), owner: Owner::Activation, act, wait: Duration::ZERO, origin };
    match attempt::act_on(app, read, request).await {
        Ok(Going::Awaiting(view)) => Ok(Vouched::Awaiting(view)),
        // Asked again, it has been confirmed all the same.
        Ok(Going::Done(_)) | Err(Refused::Step(Refusal::Ended(Outcome::Confirmed { .. }))) => Ok(Vouched::Confirmed),
        Err(refused) => Err(refused.into()),
    }
}
