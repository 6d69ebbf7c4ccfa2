//! What the phone asks for itself. It becomes a confirmation that awaits this phone and is approved like any other;
//! then the phone has it carried out, once. What cards have to do with it is in [`crate::flow::phone::cards`].

use super::{Call, Named, PhoneRefused, SignedBody, cards, ordered, pending, phone_move, session::Admitted};
use crate::{
    app::App,
    clients::PHONE_APP,
    flow::{
        confirm::{candidates, effects::carry_out, offer, turn::Surroundings},
        login::app_session::{self, Ground, Opened},
        throttle::{self, Bucket, PhoneAct},
    },
    handle::Kind,
    work::{Stop, Work},
};
use domain::{
    Refusal,
    confirmation::{self, Channel, Confirmation, Operation, Outcome, What},
    device::Method,
    id::ConfirmationId,
    login,
};
use std::{sync::Arc, time::Duration};
use store::{device::Device, throttle::Rate};
use wire::phone::{
    Pending,
    own::{Finish, Finished, Request, Wanted},
    typ,
};

/// How often a phone may ask for something: each is stored and, for a card, put to the processor.
const PACE: Rate = Rate { burst: 20, each: Duration::from_secs(10) };

/// Begins what the phone asks for.
pub async fn ask(app: &Arc<App>, call: Call, request: &SignedBody<Request>) -> Result<Pending, PhoneRefused> {
    let request = request.open(&call, typ::REQUEST)?;
    let named = Named { device: request.device, at: request.at };
    let own = match request.what {
        Wanted::Login => Some(What::Login),
        Wanted::PhoneMove => Some(What::PhoneMove),
        Wanted::CardPreauthorisation { .. } | Wanted::CardPayment { .. } => None,
    };
    if let Some(what) = own {
        return app
            .work(call.actor(), move |work| {
                let admitted = ordered(work, &call, &named)?;
                begun(work, &call, &admitted, &what)
            })
            .await;
    }
    // What is asked of a card is the processor's to say, and it is asked between two units of work.
    let (username, admitted) = cards::admitted(app, &call, Some(named)).await?;
    let what = cards::wanted(app, &username, &request.what).await?;
    app.work(call.actor(), move |work| begun(work, &call, &admitted, &what)).await
}

fn begun(work: &mut Work<'_>, call: &Call, admitted: &Admitted, what: &What) -> Result<Pending, Stop<PhoneRefused>> {
    let (user, device) = (admitted.session.user, admitted.device.id);
    throttle::take(work, Bucket::Phone(PhoneAct::Asks, device), PACE)?;
    let operation = Operation {
        what: what.clone(),
        client: PHONE_APP.to_owned(),
        address: call.origin.address.to_string(),
        agent: call.origin.agent.clone(),
        message: None,
        channel: Channel::Phone,
        passkey_alone: false,
    };
    let draft = offer::draft(user, operation, work.now, work.now.plus(work.app.settings.policy.login_life));
    let known = store::user::by_id(work.sql, user)?.ok_or(PhoneRefused::Token)?;
    let draft = if known.unhurried_at.is_some() { draft.unhurried() } else { draft };
    work.about = call.about(user);
    work.about.device = Some(device);
    work.is_about(&draft);
    let around = Surroundings::load(work, known, &draft, None)?;
    let step = confirmation::own(draft, device, &around.facts(&work.app.settings.policy), work.now);
    let step = step?;
    // Nobody but the phone, which names it by its id, ever comes back to it: its handle is not kept.
    let (_, digest) = work.app.handles.mint(Kind::Attempt, user);
    store::confirmation::insert(work.sql, &step.confirmation, digest)?;
    carry_out(work, &step.effects)?;
    Ok(pending::view(work.app, &step.confirmation, work.now))
}

/// What was carried out, and the session that came of it.
#[derive(Debug, Clone)]
pub struct Done {
    /// For the phone.
    pub finished: Finished,
    /// The app's session, where that was asked for.
    pub opened: Option<Opened>,
}

/// Carries out what was approved.
pub async fn finish(
    app: &Arc<App>,
    call: Call,
    id: ConfirmationId,
    finish: &SignedBody<Finish>,
) -> Result<Done, PhoneRefused> {
    let finish = finish.open(&call, typ::FINISH)?;
    if finish.confirmation != id.to_string() {
        return Err(PhoneRefused::Malformed("confirmation"));
    }
    let (unit_call, named) = (call.clone(), Named { device: finish.device, at: finish.at });
    let finished = app.work(call.actor(), move |work| {
        let admitted = ordered(work, &unit_call, &named)?;
        finished(work, &unit_call, admitted, id)
    });
    match finished.await? {
        Carried::Out(done) => Ok(*done),
        Carried::ToProcessor(order) => {
            let finished = cards::carry_out(app, &call, *order).await?;
            Ok(Done { finished, opened: None })
        }
    }
}

/// What a unit of work came to.
enum Carried {
    /// It is done.
    Out(Box<Done>),
    /// The card processor has it to do.
    ToProcessor(Box<cards::Order>),
}

fn finished(
    work: &mut Work<'_>,
    call: &Call,
    admitted: Admitted,
    id: ConfirmationId,
) -> Result<Carried, Stop<PhoneRefused>> {
    let user = admitted.session.user;
    let own = |c: &Confirmation| c.operation.channel == Channel::Phone;
    let stored = store::confirmation::by_id(work.sql, user, id)?.filter(|stored| own(&stored.confirmation));
    let confirmation = stored.ok_or(PhoneRefused::UnknownConfirmation)?.confirmation;
    let at = match confirmation.outcome() {
        Some(Outcome::Confirmed { device, at, .. }) if device == admitted.device.id => at,
        Some(outcome) => return Err(Refusal::Ended(outcome).into()),
        None => return Err(Refusal::NotAwaited.into()),
    };
    let of_card = matches!(confirmation.operation.what, What::CardPayment(_) | What::CardPreauthorisation(_));
    // What nobody had carried out in time is not any more. A card's may be tried again while the processor is away, and
    // after an answer that was lost: the processor does each once.
    let life = if of_card { cards::CARRIED_OUT_WITHIN } else { work.app.settings.code_life };
    let late = work.now >= at.plus(life);
    if of_card && store::transfer_rule::of_user(work.sql, user)?.lock.holds_cards(work.now) {
        return Err(Refusal::NotPermitted.into());
    }
    if of_card && !late {
        let known = store::user::by_id(work.sql, user)?.ok_or(PhoneRefused::Token)?;
        let (username, what) = (known.username.as_str().to_owned(), confirmation.operation.what);
        return Ok(Carried::ToProcessor(Box::new(cards::Order { id, what, username, device: admitted.device })));
    }
    if late || !store::confirmation::given(work.sql, user, id, work.now)? {
        return Err(PhoneRefused::UnknownConfirmation.into());
    }
    work.about.attempt = Some(id);
    let done = if confirmation.operation.what == What::PhoneMove {
        let invitation = Some(phone_move::invite(work, &admitted.device)?);
        let finished = Finished { kind: "phone_move".to_owned(), expires_at: None, invitation };
        Done { finished, opened: None }
    } else {
        session(work, call, &confirmation, &admitted.device)?
    };
    Ok(Carried::Out(Box::new(done)))
}

/// The app's own session. No password took part: the phone's key did, and what it verified its user by.
fn session(
    work: &mut Work<'_>,
    call: &Call,
    confirmation: &Confirmation,
    device: &Device,
) -> Result<Done, Stop<PhoneRefused>> {
    let used = login::amr(false, Method::Seamless, candidates::verification(device));
    let ground =
        Ground { confirmation: confirmation.id, acr: login::acr(&used), amr: &used.join(" "), origin: &call.origin };
    store::device::used(work.sql, device.user, device.id, work.now)?;
    let opened = app_session::open(work, device.user, &ground)?.ok_or(PhoneRefused::Token)?;
    let expires_at = Some(opened.expires_at.unix_seconds());
    let finished = Finished { kind: "login".to_owned(), expires_at, invitation: None };
    Ok(Done { finished, opened: Some(opened) })
}
