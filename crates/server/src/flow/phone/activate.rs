//! Activating a phone, once it was begun ([`crate::flow::phone::begin`]): what was to be proven → keys agreed → first response →
//! active.

use crate::{
    app::{App, nonce, random},
    flow::{
        Refused,
        confirm::effects::{Scene, audit, carry_out},
        device::{label as labels, lifecycle::device_passes},
        messages::notice::tell,
        phone::{
            Call, PhoneRefused,
            agreement::{self, jwk, read_key},
            assertion, session, signed,
            statement::{self, StatementError},
        },
    },
    handle::{Kind, Read},
};
use domain::{
    Secret, Timestamp, activation_code,
    audit::Kind as Audit,
    confirmation::{Challenge, Outcome, Purpose},
    device::{
        Algorithm, DeviceState, Keys, Method, Moving, activation as consequences,
        catalogue::Class,
        credential::{Asked, suites},
        label,
        lifecycle::DeviceEvent,
    },
    effect::{Notice, count_user_failure},
    id::{DeviceId, UserId},
    lockout::{Budget, DeviceFailures},
};
use oidc::{jwk::PublicKey, webauthn::AssertionError};
use serde_json::json;
use std::sync::Arc;
use store::{
    Error, Sql,
    activation::{Activation, Proof},
    device::{Credential, Device, Nonces, Phone},
};
use wire::phone::{
    Activated, ActivationCompleted, CompleteActivation, EndedDevice, PhoneTokens, ProveActivation, Suites, typ,
};

/// What a phone may say that it runs on.
const PLATFORMS: [&str; 4] = ["android", "ios", "web", "terminal"];

/// Completes: the code and the phone's keys come, signed by its new key; the device is there but not active.
pub async fn complete(
    app: &Arc<App>,
    call: Call,
    (handle, jws): (&str, &str),
) -> Result<ActivationCompleted, PhoneRefused> {
    let read = app.handles.read(Kind::Activation, handle).ok_or(PhoneRefused::UnknownActivation)?;
    let body: CompleteActivation = signed(&call, jws, typ::ACTIVATION)?;
    if body.activation != handle {
        return Err(PhoneRefused::Malformed("activation"));
    }
    if read_key(&body.signing_key, "signing_key")?.thumbprint() != call.thumbprint {
        return Err(PhoneRefused::Malformed("signing_key"));
    }
    let theirs = read_key(&body.agreement_key, "agreement_key")?;
    let (platform, label) = described(&body)?;
    let credential = match &body.credential {
        Some(given) => Some(assertion::registered(given).ok_or(PhoneRefused::Malformed("credential"))?),
        None => None,
    };
    let (unit_app, unit_call) = (Arc::clone(app), call.clone());
    let typed = Arc::new(Secret::new(body.code.unwrap_or_default()));
    let judged = app.store.write(move |sql| judge_proof(&unit_app, sql, &unit_call, (read, &typed)));
    let activation = judged.await??;
    let agreed = agreement::finish(&activation.agreement, &theirs, handle)?;
    let (keys, agreement_key) = (agreed.phone_keys(&body.sealed_pin)?, jwk(&agreed.public)?);
    let (unit_app, new) = (Arc::clone(app), Arc::new(NewPhone { keys, key: call.key, platform, label, credential }));
    let added = app.store.write(move |sql| add(&unit_app, sql, &activation, &new));
    let (device, challenge, tokens) = added.await??;
    Ok(ActivationCompleted {
        device_id: device.id.to_string(),
        label: device.label,
        agreement_key,
        suites: Suites { respond: suites::DSC_PLUS.to_owned(), approve: suites::APPROVE.to_owned() },
        response_digits: device.algorithm.as_ref().map_or(0, Algorithm::answer_length),
        challenge,
        tokens,
    })
}

/// Judges what was to be proven: the activation goes on, or one more wrong code is counted. The answer is good for this
/// call alone, since the activation gives one device at most.
fn judge_proof(
    app: &App,
    sql: &mut dyn Sql,
    call: &Call,
    (read, typed): (Read, &Secret<String>),
) -> Result<Result<Activation, PhoneRefused>, Error> {
    let now = app.now();
    let activation = match living(app, sql, call, read)? {
        Ok(activation) if activation.device.is_none() => activation,
        Ok(_) => return Ok(Err(PhoneRefused::UnknownActivation)),
        Err(refused) => return Ok(Err(refused)),
    };
    match activation.proof {
        Proof::Session => return Ok(Ok(activation)),
        Proof::Device(id) => {
            let stored = store::confirmation::by_id(sql, activation.user, id)?;
            let outcome = stored.and_then(|stored| stored.confirmation.outcome());
            return Ok(match outcome {
                Some(Outcome::Confirmed { .. }) => Ok(activation),
                _ => Err(PhoneRefused::NotVouched),
            });
        }
        Proof::Code if activation_code::fits(&activation.code, typed.expose()) => return Ok(Ok(activation)),
        Proof::Code => {}
    }
    let left = count_wrong(app, sql, (&activation, call), now)?;
    Ok(Err(PhoneRefused::WrongCode(left)))
}

/// The activation of a handle, if it lives, is this phone's, and this proof is new. Buckets come first, since codes and
/// responses can be guessed.
pub(super) fn living(
    app: &App,
    sql: &mut dyn Sql,
    call: &Call,
    read: Read,
) -> Result<Result<Activation, PhoneRefused>, Error> {
    let now = app.now();
    if let Some(wait) = crate::flow::throttle::throttle_address(app, sql, &call.origin, now)? {
        return Ok(Err(Refused::Throttled(wait).into()));
    }
    let found = store::activation::one(sql, &app.sealer, read.user, read.digest)?;
    let lives = |a: &Activation| a.ended_at.is_none() && now < a.expires_at && a.thumbprint == call.thumbprint;
    let Some(activation) = found.filter(lives) else { return Ok(Err(PhoneRefused::UnknownActivation)) };
    if !store::replay::first_use(sql, call.proof, call.proof_expires_at)? {
        return Ok(Err(PhoneRefused::ProofReplayed));
    }
    let failures = store::failure::load(sql, read.user, Budget::Strangers)?;
    if failures.locked(&app.settings.policy.user_lock, now).is_some() {
        return Ok(Err(PhoneRefused::UnknownActivation));
    }
    Ok(Ok(activation))
}

/// Counts a wrong code or first response, in the activation and on the user; the last one ends the activation.
fn count_wrong(
    app: &App,
    sql: &mut dyn Sql,
    (activation, call): (&Activation, &Call),
    now: Timestamp,
) -> Result<u32, Error> {
    let wrong = activation.wrong_answers.saturating_add(1);
    let left = app.settings.policy.wrong_answers.saturating_sub(wrong);
    let scene = scene(activation.user, call, now);
    store::activation::count(sql, activation, wrong, (left == 0).then_some(now))?;
    audit(sql, &scene, Audit::ActivationRefused, &json!({ "attempts_left": left }))?;
    let failures = store::failure::load(sql, activation.user, Budget::Strangers)?;
    carry_out(app, sql, &scene, &count_user_failure(&failures, &app.settings.policy.user_lock, now))?;
    if left == 0 {
        give_up(app, sql, activation, &scene)?;
    }
    Ok(left)
}

/// Ends every activation of a user, in a unit of work that has reason to.
pub(in crate::flow) fn give_up_all(app: &App, sql: &mut dyn Sql, scene: &Scene, user: UserId) -> Result<(), Error> {
    for digest in store::activation::open(sql, user)? {
        store::activation::end(sql, user, digest, scene.now)?;
        if let Some(activation) = store::activation::one(sql, &app.sealer, user, digest)? {
            give_up(app, sql, &activation, scene)?;
        }
    }
    Ok(())
}

/// An activation that came to nothing: the device that was about to be is revoked.
fn give_up(app: &App, sql: &mut dyn Sql, activation: &Activation, scene: &Scene) -> Result<(), Error> {
    if let Some((id, _)) = &activation.device
        && let Some(device) = store::device::one(sql, activation.user, *id)?
    {
        let _ = device_passes(app, sql, scene, &device, DeviceEvent::Revoked)?;
    }
    audit(sql, scene, Audit::ActivationEnded, &json!({}))
}

struct NewPhone {
    keys: Keys,
    key: PublicKey,
    platform: String,
    label: Option<String>,
    credential: Option<Credential>,
}

/// The class whose devices approve on a screen of their own.
fn phone_class(app: &App) -> Option<&Class> {
    app.settings.catalogue.classes().iter().find(|class| class.methods.contains(&Method::Seamless))
}

fn add(
    app: &App,
    sql: &mut dyn Sql,
    activation: &Activation,
    new: &NewPhone,
) -> Result<Result<(Device, String, PhoneTokens), PhoneRefused>, Error> {
    let (now, user) = (app.now(), activation.user);
    let (Some(class), Some(algorithm)) = (phone_class(app), Algorithm::ocra(suites::DSC_PLUS)) else {
        return Ok(Err(Refused::Internal.into()));
    };
    // The phone that this one replaces may hand its label on.
    let other = |device: &Device| device.class != class.name;
    if let Some(label) = &new.label
        && labels::taken(sql, user, label, other)?
    {
        return Ok(Err(PhoneRefused::LabelTaken));
    }
    let digits = algorithm.challenge_length().unwrap_or(6);
    let device = Device {
        user,
        id: DeviceId::new(now, &nonce()),
        class: class.name.clone(),
        label: new.label.clone().unwrap_or_else(|| class.label.clone()),
        serial: String::new(),
        state: DeviceState::Pending,
        algorithm: Some(algorithm),
        moving: Moving::default(),
        failures: DeviceFailures::default(),
        created_at: now,
        activated_at: None,
        last_used_at: None,
        phone: Some(Phone {
            signing_key: new.key.jwk().to_string(),
            platform: new.platform.clone(),
            credential: new.credential.clone(),
        }),
    };
    let challenge = Challenge::draw(Purpose::DeviceChange, digits, &nonce()).as_str().to_owned();
    if !store::activation::agreed(sql, activation, device.id, &challenge)? {
        return Ok(Err(PhoneRefused::UnknownActivation));
    }
    let nonces = Nonces { key: random(), pin: random(), approve: random() };
    store::device::insert(sql, &app.sealer, &device, Some(&new.keys), nonces)?;
    let tokens = session::begin(app, sql, (user, device.id), now)?;
    let scene = Scene { user: Some(user), budget: Budget::Strangers, now, detail: json!({}) };
    let what = json!({ "device": device.id.to_string(), "class": device.class, "platform": new.platform });
    audit(sql, &scene, Audit::KeysAgreed, &what)?;
    Ok(Ok((device, challenge, tokens)))
}

/// Proves: the first response, made with the new PIN, makes the device active.
pub async fn prove(app: &Arc<App>, call: Call, (handle, jws): (&str, &str)) -> Result<Activated, PhoneRefused> {
    let read = app.handles.read(Kind::Activation, handle).ok_or(PhoneRefused::UnknownActivation)?;
    let body: ProveActivation = signed(&call, jws, typ::FIRST_RESPONSE)?;
    if body.activation != handle {
        return Err(PhoneRefused::Malformed("activation"));
    }
    let unit_app = Arc::clone(app);
    app.store.write(move |sql| proven(&unit_app, sql, &call, (read, &body))).await?
}

fn proven(
    app: &App,
    sql: &mut dyn Sql,
    call: &Call,
    (read, body): (Read, &ProveActivation),
) -> Result<Result<Activated, PhoneRefused>, Error> {
    let now = app.now();
    let activation = match living(app, sql, call, read)? {
        Ok(activation) => activation,
        Err(refused) => return Ok(Err(refused)),
    };
    let Some((id, challenge)) = &activation.device else { return Ok(Err(PhoneRefused::UnknownActivation)) };
    let device = store::device::one(sql, read.user, *id)?;
    let keys = store::device::keys(sql, &app.sealer, read.user, *id)?;
    let (Some(device), Some(keys)) = (device, keys) else { return Ok(Err(PhoneRefused::UnknownActivation)) };
    let asked = Asked { question: challenge, answer: &body.response, now, policy: &app.settings.policy };
    let judged = device.algorithm.as_ref().and_then(|algorithm| algorithm.judge(&keys, &device.moving, &asked));
    let Some(moving) = judged else {
        let left = count_wrong(app, sql, (&activation, call), now)?;
        return Ok(Err(PhoneRefused::WrongResponse(left)));
    };
    // A phone that says it has a platform's credential proves it before it is believed.
    if let Some(credential) = device.phone.as_ref().and_then(|phone| phone.credential.as_ref()) {
        match proven_credential(app, credential, body) {
            Ok(moved) => store::device::save_credential(sql, read.user, *id, &moved)?,
            Err(error) => return Ok(Err(error.into())),
        }
    }
    let Ok(state) = device.state.after(DeviceEvent::Activated, now) else {
        return Ok(Err(PhoneRefused::UnknownActivation));
    };
    store::device::save_moving(sql, read.user, *id, &moving)?;
    store::device::save_state(sql, &device, state, now)?;
    store::activation::end(sql, read.user, read.digest, now)?;
    let scene = scene(read.user, call, now);
    let what = json!({ "device": id.to_string(), "class": device.class });
    audit(sql, &scene, Audit::DeviceAdded, &what)?;
    let ended = end_others(app, sql, &scene, &device)?;
    tell(app, sql, read.user, Notice::DeviceActivated(*id), now)?;
    Ok(Ok(Activated { device_id: id.to_string(), state: state.name().to_owned(), ended }))
}

fn proven_credential(app: &App, credential: &Credential, body: &ProveActivation) -> Result<Credential, StatementError> {
    let given = body.assertion.as_ref().ok_or(StatementError::Assertion(AssertionError::Malformed))?;
    let signed = json!({ "activation": body.activation, "response": body.response });
    assertion::verify(app, credential, given, &statement::digest(&signed)?).map_err(StatementError::Assertion)
}

/// What the activation ends: the older phone key, and interim devices.
fn end_others(app: &App, sql: &mut dyn Sql, scene: &Scene, activated: &Device) -> Result<Vec<EndedDevice>, Error> {
    let catalogue = &app.settings.catalogue;
    let Some(class) = catalogue.class(&activated.class) else { return Ok(Vec::new()) };
    let devices = store::device::of_user(sql, activated.user)?;
    let others: Vec<_> = devices
        .iter()
        .map(|d| consequences::Other { id: d.id, state: d.state, class: catalogue.class(&d.class) })
        .collect();
    let mut ended = Vec::new();
    for (id, event) in consequences::consequences(activated.id, class, &others) {
        let Some(device) = devices.iter().find(|device| device.id == id) else { continue };
        let Ok(state) = device_passes(app, sql, scene, device, event)? else { continue };
        let label = device.label.clone();
        ended.push(EndedDevice { id: id.to_string(), label, state: state.name().to_owned() });
    }
    Ok(ended)
}

/// Ends activations whose time is over.
pub fn sweep(app: &App, sql: &mut dyn Sql, now: Timestamp, limit: u32) -> Result<(), Error> {
    for (user, digest) in store::activation::overdue(sql, now, limit)? {
        store::activation::end(sql, user, digest, now)?;
        if let Some(activation) = store::activation::one(sql, &app.sealer, user, digest)? {
            let scene = Scene { user: Some(user), budget: Budget::Strangers, now, detail: json!({}) };
            give_up(app, sql, &activation, &scene)?;
        }
    }
    Ok(())
}

pub(super) fn scene(user: UserId, call: &Call, now: Timestamp) -> Scene {
    let detail = json!({ "address": call.origin.address.to_string() });
    Scene { user: Some(user), budget: Budget::Strangers, now, detail }
}

/// Platform and label, as they may be.
fn described(body: &CompleteActivation) -> Result<(String, Option<String>), PhoneRefused> {
    if !PLATFORMS.contains(&body.platform.as_str()) {
        return Err(PhoneRefused::Malformed("platform"));
    }
    let label =
        label::parse(body.label.as_deref().unwrap_or_default()).map_err(|_| PhoneRefused::Malformed("label"))?;
    Ok((body.platform.clone(), label))
}
