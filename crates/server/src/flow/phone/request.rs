//! What the phone asks for itself. It becomes a confirmation that awaits this phone and is approved like any other;
//! then the phone has it carried out, once. What cards have to do with it is in [`crate::flow::phone::cards`].

use crate::{
    app::App,
    clients::PHONE_APP,
    flow::{
        Refused,
        confirm::{
            candidates,
            effects::{Scene, carry_out},
            turn::Around,
        },
        login::app_session::{self, Ground, Opened},
        oidc::details,
        phone::{
            Call, PhoneRefused, cards, pending,
            session::{Admitted, Pace, admit, paced, scene},
        },
    },
    handle::Kind,
};
use domain::{
    confirmation::{self, Channel, Confirmation, Operation, Outcome, What},
    id::ConfirmationId,
    login,
};
use std::{sync::Arc, time::Duration};
use store::{Error, Sql, device::Device, throttle::Rate};
use wire::phone::{
    Pending,
    own::{Finish, Finished, Request, Wanted},
    typ,
};

/// How often a phone may ask for something: each is stored and, for a card, put to the processor.
const PACE: Pace = Pace { of: "phone-asks", rate: Rate { burst: 20, each: Duration::from_secs(10) } };

/// Begins what the phone asks for.
pub async fn ask(app: &Arc<App>, call: Call, jws: &str) -> Result<Pending, PhoneRefused> {
    let request: Request = crate::flow::phone::signed(&call, jws, typ::REQUEST)?;
    let unit_app = Arc::clone(app);
    if request.what == Wanted::Login {
        return app.store.write(move |sql| asked(&unit_app, sql, &call, (&request, &What::Login))).await?;
    }
    // What is asked of a card is the processor's to say, and it is asked between two units of work.
    let (username, admitted) = cards::admitted(app, &call, Some((&request.device, request.at))).await?;
    let what = cards::wanted(app, &username, &request.what).await?;
    app.store.write(move |sql| begun(&unit_app, sql, &call, (&*admitted, &what))).await?
}

fn asked(
    app: &App,
    sql: &mut dyn Sql,
    call: &Call,
    (request, what): (&Request, &What),
) -> Result<Result<Pending, PhoneRefused>, Error> {
    let now = app.now();
    let admitted = match admit(app, sql, call)? {
        Ok(admitted) => admitted,
        Err(refused) => return Ok(Err(refused)),
    };
    if let Err(refused) = crate::flow::phone::fresh_and_own(&admitted.device, (&request.device, request.at), now) {
        return Ok(Err(refused));
    }
    begun(app, sql, call, (&admitted, what))
}

fn begun(
    app: &App,
    sql: &mut dyn Sql,
    call: &Call,
    (admitted, what): (&Admitted, &What),
) -> Result<Result<Pending, PhoneRefused>, Error> {
    if let Err(refused) = paced(app, sql, admitted.device.id, &PACE)? {
        return Ok(Err(refused));
    }
    let (user, now) = (admitted.session.user, app.now());
    let operation = Operation {
        what: what.clone(),
        client: PHONE_APP.to_owned(),
        address: call.origin.address.to_string(),
        agent: call.origin.agent.clone(),
        message: None,
        channel: Channel::Phone,
    };
    let draft = details::draft(user, operation, (now, now.plus(app.settings.policy.login_life)));
    let Some(known) = store::user::by_id(sql, user)? else { return Ok(Err(PhoneRefused::Token)) };
    let around = Around::load(app, sql, known, &draft, (None, now))?;
    let step = match confirmation::own(draft, admitted.device.id, &around.facts(app), now) {
        Ok(step) => step,
        Err(refusal) => return Ok(Err(Refused::from(refusal).into())),
    };
    // Nobody but the phone, which names it by its id, ever comes back to it: its handle is not kept.
    let (_, digest) = app.handles.mint(Kind::Attempt, user);
    store::confirmation::insert(sql, &step.confirmation, digest)?;
    let scene = Scene { budget: step.confirmation.budget, ..scene(&admitted.device, call, now) };
    carry_out(app, sql, &scene.about(step.confirmation.id), &step.effects)?;
    Ok(Ok(pending::view(app, &step.confirmation, now)))
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
pub async fn finish(app: &Arc<App>, call: Call, (id, jws): (ConfirmationId, &str)) -> Result<Done, PhoneRefused> {
    let finish: Finish = crate::flow::phone::signed(&call, jws, typ::FINISH)?;
    if finish.confirmation != id.to_string() {
        return Err(PhoneRefused::Malformed("confirmation"));
    }
    let (unit_app, unit_call) = (Arc::clone(app), call.clone());
    let finished = app.store.write(move |sql| finished(&unit_app, sql, &unit_call, (id, &finish))).await?;
    match finished? {
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
    app: &App,
    sql: &mut dyn Sql,
    call: &Call,
    (id, finish): (ConfirmationId, &Finish),
) -> Result<Result<Carried, PhoneRefused>, Error> {
    let now = app.now();
    let admitted = match admit(app, sql, call)? {
        Ok(admitted) => admitted,
        Err(refused) => return Ok(Err(refused)),
    };
    if let Err(refused) = crate::flow::phone::fresh_and_own(&admitted.device, (&finish.device, finish.at), now) {
        return Ok(Err(refused));
    }
    let user = admitted.session.user;
    let stored = store::confirmation::by_id(sql, user, id)?;
    let own = |c: &Confirmation| c.operation.channel == Channel::Phone;
    let Some(stored) = stored.filter(|stored| own(&stored.confirmation)) else {
        return Ok(Err(PhoneRefused::UnknownConfirmation));
    };
    let at = match stored.confirmation.outcome() {
        Some(Outcome::Confirmed { device, at, .. }) if device == admitted.device.id => at,
        Some(outcome) => return Ok(Err(Refused::Ended(outcome).into())),
        None => return Ok(Err(Refused::Caller(domain::Refusal::NotAwaited).into())),
    };
    let of_card = matches!(stored.confirmation.operation.what, What::CardPayment(_) | What::CardPreauthorisation(_));
    // What nobody had carried out in time is not any more. A card's may be tried again while the processor is away, and
    // after an answer that was lost: the processor does each once.
    let life = if of_card { cards::CARRIED_OUT_WITHIN } else { app.settings.code_life };
    let late = now >= at.plus(life);
    if of_card && !late {
        let Some(known) = store::user::by_id(sql, user)? else { return Ok(Err(PhoneRefused::Token)) };
        let (username, what) = (known.username.as_str().to_owned(), stored.confirmation.operation.what);
        return Ok(Ok(Carried::ToProcessor(Box::new(cards::Order { id, what, username, device: admitted.device }))));
    }
    if late || !store::confirmation::given(sql, user, id, now)? {
        return Ok(Err(PhoneRefused::UnknownConfirmation));
    }
    let scene = scene(&admitted.device, call, now).about(id);
    let done = session(app, sql, (&scene, call), (&stored.confirmation, &admitted.device))?;
    Ok(done.map(|done| Carried::Out(Box::new(done))))
}

/// The app's own session. No password took part: the phone's key did, and what it verified its user by.
fn session(
    app: &App,
    sql: &mut dyn Sql,
    (scene, call): (&Scene, &Call),
    (confirmation, device): (&Confirmation, &Device),
) -> Result<Result<Done, PhoneRefused>, Error> {
    let used = login::amr(false, domain::device::Method::Seamless, candidates::verification(device));
    let ground =
        Ground { confirmation: confirmation.id, acr: login::acr(&used), amr: &used.join(" "), origin: &call.origin };
    store::device::used(sql, device.user, device.id, scene.now)?;
    let Some(opened) = app_session::open(app, sql, scene, device.user, &ground)? else {
        return Ok(Err(PhoneRefused::Token));
    };
    let expires_at = Some(opened.expires_at.unix_seconds());
    let finished = Finished { kind: "login".to_owned(), expires_at };
    Ok(Ok(Done { finished, opened: Some(opened) }))
}
