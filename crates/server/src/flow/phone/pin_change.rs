//! Changing a phone's PIN. A fresh key agreement carries the new PIN's hash; one response with the current PIN and one
//! with the new prove that the owner is there and that both sides mean the same new PIN.

use super::{
    Call, Named, PhoneRefused, SignedBody,
    agreement::{self, read_key},
    internal, manage, ordered,
    session::admit,
};
use crate::{
    app::{App, nonce, random},
    flow::{confirm::effects::carry_out, throttle},
    handle::{Kind, Read},
    work::{Stop, Work},
};
use domain::{
    Refusal, Secret, Timestamp,
    confirmation::{Challenge, Exhaustion, Outcome, Purpose},
    device::{
        Algorithm,
        pin_change::{Facts, Judged, Over, Responses, judge},
    },
    lockout::Budget,
};
use oidc::jwk::PublicKey;
use std::{sync::Arc, time::Duration};
use store::{device::Device, pin_change::PinChange};
use wire::phone::{
    manage::{ChangePin, Form, NewPin, PinChangeBegun},
    typ,
};

/// How long a change waits for its responses.
const LIFE: Duration = Duration::from_secs(600);

/// Begins. What was begun before ends: there is one at a time.
pub async fn begin(app: &Arc<App>, call: Call, order: &SignedBody<ChangePin>) -> Result<PinChangeBegun, PhoneRefused> {
    let order = order.open(&call, typ::PIN_CHANGE)?;
    let ours = agreement::begin().map_err(|error| internal(&error))?;
    let (named, private) = (Named { device: order.device, at: order.at }, ours.private);
    let begun = app.work(call.actor(), move |work| {
        let device = ordered(work, &call, &named)?.device;
        begun(work, &device, &private)
    });
    let Begun { change, challenge, response_digits } = begun.await?;
    let agreement = agreement::offer(app, &change, &ours.public)?;
    Ok(PinChangeBegun { change, expires_in: LIFE.as_secs(), agreement, challenge, response_digits })
}

/// A change that was begun.
struct Begun {
    change: String,
    challenge: String,
    response_digits: u8,
}

fn begun(work: &mut Work<'_>, device: &Device, private: &Secret<Vec<u8>>) -> Result<Begun, Stop<PhoneRefused>> {
    let algorithm = with_pin(device.algorithm.as_ref()).filter(|_| manage::form(device) == Form::Pin);
    let (algorithm, digits) = algorithm.ok_or(PhoneRefused::NoPin)?;
    let (handle, digest) = work.app.handles.mint(Kind::PinChange, device.user);
    let change = PinChange {
        user: device.user,
        digest,
        device: device.id,
        agreement: private.clone(),
        challenge: Challenge::draw(Purpose::DeviceChange, digits, &nonce()).as_str().to_owned(),
        wrong_answers: 0,
        created_at: work.now,
        expires_at: work.now.plus(LIFE),
        ended_at: None,
    };
    store::pin_change::end_of_device(work.sql, device.user, device.id, work.now)?;
    store::pin_change::insert(work.sql, &work.app.sealer, &change, random())?;
    Ok(Begun { change: handle, challenge: change.challenge, response_digits: algorithm.answer_length() })
}

/// The algorithm of a device that takes a challenge and a PIN, and the challenge's digits.
fn with_pin(algorithm: Option<&Algorithm>) -> Option<(&Algorithm, u8)> {
    let algorithm = algorithm?;
    let Algorithm::Ocra { suite } = algorithm else { return None };
    suite.pin_algorithm()?;
    Some((algorithm, algorithm.challenge_length()?))
}

/// The new PIN as it came.
struct Coming {
    handle: String,
    read: Read,
    theirs: PublicKey,
    body: NewPin,
}

/// Completes: both responses are judged and the new hash takes the current one's place, in one unit of work.
pub async fn complete(app: &Arc<App>, call: Call, handle: &str, body: &SignedBody<NewPin>) -> Result<(), PhoneRefused> {
    let read = app.handles.read(Kind::PinChange, handle).ok_or(PhoneRefused::UnknownChange)?;
    let body = body.open(&call, typ::NEW_PIN)?;
    if body.change != handle {
        return Err(PhoneRefused::Malformed("change"));
    }
    let theirs = read_key(&body.agreement_key, "agreement_key")?;
    let coming = Coming { handle: handle.to_owned(), read, theirs, body };
    app.work(call.actor(), move |work| completed(work, &call, &coming)).await
}

fn completed(work: &mut Work<'_>, call: &Call, coming: &Coming) -> Result<(), Stop<PhoneRefused>> {
    throttle::address(work, &call.origin)?;
    let device = admit(work, call)?.device;
    let found = store::pin_change::one(work.sql, &work.app.sealer, coming.read.user, coming.read.digest)?;
    let lives = |change: &PinChange| change.ended_at.is_none() && work.now < change.expires_at;
    let own = |change: &PinChange| (change.user, change.device) == (device.user, device.id);
    let change = found.filter(|change| lives(change) && own(change)).ok_or(PhoneRefused::UnknownChange)?;
    let agreed = agreement::finish(&change.agreement, &coming.theirs, &coming.handle)?;
    let new_pin = agreed.open_pin(&coming.body.sealed_pin)?;
    let keys = store::device::keys(work.sql, &work.app.sealer, device.user, device.id)?;
    let (Some(algorithm), Some(keys)) = (&device.algorithm, &keys) else { return Err(PhoneRefused::NoPin.into()) };
    let budget = Budget::WithoutPassword;
    work.about.budget = Some(budget);
    let user = store::user::by_id(work.sql, device.user)?.ok_or(PhoneRefused::Token)?;
    let user_failures = store::failure::load(work.sql, device.user, budget)?;
    let facts = Facts {
        device: device.id,
        algorithm,
        keys,
        moving: &device.moving,
        failures: device.failures,
        user_failures: &user_failures,
        untold: user.untold_answers,
        challenge: &change.challenge,
        wrong_answers: change.wrong_answers,
        policy: &work.app.settings.policy,
    };
    let (current, new) = (coming.body.current_response.as_str(), coming.body.new_response.as_str());
    let judged = judge(&facts, &Responses { current, new, new_pin: &new_pin }, work.now);
    settle(work, &change, &new_pin, judged)
}

/// Carries out the judgement.
fn settle(
    work: &mut Work<'_>,
    change: &PinChange,
    new_pin: &Secret<Vec<u8>>,
    judged: Judged,
) -> Result<(), Stop<PhoneRefused>> {
    match judged {
        Judged::Changed(effects) => {
            if !store::pin_change::end(work.sql, change.user, change.digest, work.now)? {
                return Err(PhoneRefused::UnknownChange.into());
            }
            store::device::save_pin(work.sql, &work.app.sealer, change.user, change.device, new_pin, random())?;
            Ok(carry_out(work, &effects)?)
        }
        Judged::Wrong { effects, wrong_answers, over } => {
            let ended = over.map(|_| work.now);
            store::pin_change::count(work.sql, change, wrong_answers, ended)?;
            carry_out(work, &effects)?;
            let left = work.app.settings.policy.wrong_answers.saturating_sub(wrong_answers);
            Err(over.map_or(PhoneRefused::WrongResponse(left), |over| refused(over, work.now)).into())
        }
        Judged::NotEvaluated(over) => Err(refused(over, work.now).into()),
    }
}

fn refused(over: Over, now: Timestamp) -> PhoneRefused {
    match over {
        Over::WrongAnswers => PhoneRefused::WrongResponse(0),
        Over::DeviceLocked(until) => PhoneRefused::Locked(until),
        Over::UserLocked => Refusal::Ended(Outcome::Exhausted { at: now, because: Exhaustion::UserLocked }).into(),
    }
}
