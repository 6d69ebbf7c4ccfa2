//! Changing a phone's PIN. A fresh key agreement carries the new PIN's hash; one response with the current PIN and one
//! with the new prove that the owner is there and that both sides mean the same new PIN.

use crate::{
    app::{App, nonce, random},
    flow::{
        Refused,
        confirm::effects::{Scene, carry_out},
        phone::{
            Call, PhoneRefused,
            agreement::{self, read_key},
            internal, manage,
            session::{self, Admitted, admit},
            signed,
        },
        throttle::throttle_address,
    },
    handle::{Kind, Read},
};
use domain::{
    Secret, Timestamp,
    confirmation::{Challenge, Exhaustion, Outcome, Purpose},
    device::{
        Algorithm,
        pin_change::{Facts, Judged, Over, Responses, judge},
    },
    lockout::Budget,
};
use oidc::jwk::PublicKey;
use std::{sync::Arc, time::Duration};
use store::{Error, Sql, pin_change::PinChange};
use wire::phone::{
    manage::{ChangePin, Form, NewPin, PinChangeBegun},
    typ,
};

/// How long a change waits for its responses.
const LIFE: Duration = Duration::from_secs(600);

/// Begins. What was begun before ends: there is one at a time.
pub async fn begin(app: &Arc<App>, call: Call, jws: &str) -> Result<PinChangeBegun, PhoneRefused> {
    let order: ChangePin = signed(&call, jws, typ::PIN_CHANGE)?;
    let ours = agreement::begin().map_err(|error| internal(&error))?;
    let (unit_app, private) = (Arc::clone(app), ours.private);
    let begun = app.store.write(move |sql| match manage::ordered(&unit_app, sql, &call, (&order.device, order.at))? {
        Ok(admitted) => begun(&unit_app, sql, &admitted, &private),
        Err(refused) => Ok(Err(refused)),
    });
    let (change, challenge, response_digits) = begun.await??;
    let agreement = agreement::offer(app, &change, &ours.public)?;
    Ok(PinChangeBegun { change, expires_in: LIFE.as_secs(), agreement, challenge, response_digits })
}

type Begun = (String, String, u8);

fn begun(
    app: &App,
    sql: &mut dyn Sql,
    Admitted { device, .. }: &Admitted,
    private: &Secret<Vec<u8>>,
) -> Result<Result<Begun, PhoneRefused>, Error> {
    let now = app.now();
    let Some((algorithm, digits)) = with_pin(device.algorithm.as_ref()).filter(|_| manage::form(device) == Form::Pin)
    else {
        return Ok(Err(PhoneRefused::NoPin));
    };
    let (handle, digest) = app.handles.mint(Kind::PinChange, device.user);
    let change = PinChange {
        user: device.user,
        digest,
        device: device.id,
        agreement: private.clone(),
        challenge: Challenge::draw(Purpose::DeviceChange, digits, &nonce()).as_str().to_owned(),
        wrong_answers: 0,
        created_at: now,
        expires_at: now.plus(LIFE),
        ended_at: None,
    };
    store::pin_change::end_of_device(sql, device.user, device.id, now)?;
    store::pin_change::insert(sql, &app.sealer, &change, random())?;
    Ok(Ok((handle, change.challenge, algorithm.answer_length())))
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
pub async fn complete(app: &Arc<App>, call: Call, (handle, jws): (&str, &str)) -> Result<(), PhoneRefused> {
    let read = app.handles.read(Kind::PinChange, handle).ok_or(PhoneRefused::UnknownChange)?;
    let body: NewPin = signed(&call, jws, typ::NEW_PIN)?;
    if body.change != handle {
        return Err(PhoneRefused::Malformed("change"));
    }
    let theirs = read_key(&body.agreement_key, "agreement_key")?;
    let (unit_app, coming) = (Arc::clone(app), Coming { handle: handle.to_owned(), read, theirs, body });
    app.store.write(move |sql| completed(&unit_app, sql, &call, &coming)).await?
}

fn completed(app: &App, sql: &mut dyn Sql, call: &Call, coming: &Coming) -> Result<Result<(), PhoneRefused>, Error> {
    let now = app.now();
    if let Some(wait) = throttle_address(app, sql, &call.origin, now)? {
        return Ok(Err(Refused::Throttled(wait).into()));
    }
    let Admitted { device, .. } = match admit(app, sql, call)? {
        Ok(admitted) => admitted,
        Err(refused) => return Ok(Err(refused)),
    };
    let found = store::pin_change::one(sql, &app.sealer, coming.read.user, coming.read.digest)?;
    let lives = |change: &PinChange| change.ended_at.is_none() && now < change.expires_at;
    let own = |change: &PinChange| (change.user, change.device) == (device.user, device.id);
    let Some(change) = found.filter(|change| lives(change) && own(change)) else {
        return Ok(Err(PhoneRefused::UnknownChange));
    };
    let agreed = agreement::finish(&change.agreement, &coming.theirs, &coming.handle);
    let new_pin = match agreed.and_then(|agreed| agreed.open_pin(&coming.body.sealed_pin)) {
        Ok(pin) => pin,
        Err(error) => return Ok(Err(error.into())),
    };
    let keys = store::device::keys(sql, &app.sealer, device.user, device.id)?;
    let (Some(algorithm), Some(keys)) = (&device.algorithm, &keys) else { return Ok(Err(PhoneRefused::NoPin)) };
    let scene = Scene { budget: Budget::beyond_login(device.user), ..session::scene(&device, call, now) };
    let user_failures = store::failure::load(sql, device.user, scene.budget)?;
    let facts = Facts {
        device: device.id,
        algorithm,
        keys,
        moving: &device.moving,
        failures: device.failures,
        user_failures: &user_failures,
        challenge: &change.challenge,
        wrong_answers: change.wrong_answers,
        policy: &app.settings.policy,
    };
    let (current, new) = (coming.body.current_response.as_str(), coming.body.new_response.as_str());
    let judged = judge(&facts, &Responses { current, new, new_pin: &new_pin }, now);
    settle(app, sql, &scene, (&change, &new_pin), judged)
}

/// Carries out the judgement.
fn settle(
    app: &App,
    sql: &mut dyn Sql,
    scene: &Scene,
    (change, new_pin): (&PinChange, &Secret<Vec<u8>>),
    judged: Judged,
) -> Result<Result<(), PhoneRefused>, Error> {
    let now = scene.now;
    match judged {
        Judged::Changed(effects) => {
            if !store::pin_change::end(sql, change.user, change.digest, now)? {
                return Ok(Err(PhoneRefused::UnknownChange));
            }
            store::device::save_pin(sql, &app.sealer, (change.user, change.device), new_pin, random())?;
            carry_out(app, sql, scene, &effects)?;
            Ok(Ok(()))
        }
        Judged::Wrong { effects, wrong_answers, over } => {
            store::pin_change::count(sql, change, wrong_answers, over.map(|_| now))?;
            carry_out(app, sql, scene, &effects)?;
            let left = app.settings.policy.wrong_answers.saturating_sub(wrong_answers);
            Ok(Err(over.map_or(PhoneRefused::WrongResponse(left), |over| refused(over, now))))
        }
        Judged::NotEvaluated(over) => Ok(Err(refused(over, now))),
    }
}

fn refused(over: Over, now: Timestamp) -> PhoneRefused {
    match over {
        Over::WrongAnswers => PhoneRefused::WrongResponse(0),
        Over::DeviceLocked(until) => PhoneRefused::Locked(until),
        Over::UserLocked => Refused::Ended(Outcome::Exhausted { at: now, because: Exhaustion::UserLocked }).into(),
    }
}
