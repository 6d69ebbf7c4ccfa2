//! Activating a phone, once it was begun (see [`super::begin`]): what was to be proven → keys agreed → first response →
//! active.

use super::{
    Call, PhoneRefused, SignedBody,
    agreement::{self, jwk, read_key},
    assertion, session,
    statement::{self, StatementError},
};
use crate::{
    app::{App, nonce, random},
    flow::{
        Refused,
        confirm::effects::carry_out,
        device::{code_alone, label as labels, lifecycle},
        messages::notice::tell,
        throttle,
    },
    handle::{Kind, Read},
    work::{Stop, Work, unless_refused},
};
use domain::{
    Secret, activation_code,
    audit::{About, Detail, Kind as Audit},
    confirmation::{Challenge, Outcome, Purpose},
    device::{
        Algorithm, DeviceState, Keys, Method, Moving,
        catalogue::Class,
        credential::{Asked, suites},
        label,
        lifecycle::DeviceEvent,
        recovery::{ByCode, Ground, doubt},
    },
    effect::{Notice, count_user_failure},
    id::{DeviceId, UserId},
    lockout::{Budget, DeviceFailures},
};
use oidc::{jwk::PublicKey, webauthn::WebauthnError};
use serde_json::json;
use std::sync::Arc;
use store::{
    Error,
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
    handle: &str,
    body: &SignedBody<CompleteActivation>,
) -> Result<ActivationCompleted, PhoneRefused> {
    let read = app.handles.read(Kind::Activation, handle).ok_or(PhoneRefused::UnknownActivation)?;
    let body = body.open(&call, typ::ACTIVATION)?;
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
    let unit_call = call.clone();
    let typed = Secret::new(body.code.unwrap_or_default());
    let judged = app.work(call.actor(), move |work| judge_proof(work, &unit_call, read, &typed));
    let activation = judged.await?;
    let agreed = agreement::finish(&activation.agreement, &theirs, handle)?;
    let (keys, agreement_key) = (agreed.phone_keys(&body.sealed_pin)?, jwk(&agreed.public)?);
    let actor = call.actor();
    let new = NewPhone { keys, key: call.key, platform, label, credential, standalone: body.standalone };
    let Added { device, challenge, tokens } = app.work(actor, move |work| add(work, &activation, &new)).await?;
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

/// Judges the code that was sent, so that nobody makes a passkey or a PIN before it is known to be right. A wrong one
/// counts as it does when completing; a right one is sent again with the keys.
pub async fn check_code(app: &Arc<App>, call: Call, handle: &str, typed: Secret<String>) -> Result<(), PhoneRefused> {
    let read = app.handles.read(Kind::Activation, handle).ok_or(PhoneRefused::UnknownActivation)?;
    app.work(call.actor(), move |work| judge_proof(work, &call, read, &typed)).await.map(|_| ())
}

/// Judges what was to be proven: the activation goes on, or one more wrong code is counted. The answer is good for this
/// call alone, since the activation gives one device at most.
fn judge_proof(
    work: &mut Work<'_>,
    call: &Call,
    read: Read,
    typed: &Secret<String>,
) -> Result<Activation, Stop<PhoneRefused>> {
    let activation = living(work, call, read)?;
    if activation.device.is_some() {
        return Err(PhoneRefused::UnknownActivation.into());
    }
    match activation.proof {
        Proof::Session { .. } => Ok(activation),
        Proof::HandOver(_) => Err(PhoneRefused::NotVouched.into()),
        Proof::Phone(old) => {
            old_phone(work, activation.user, old)?;
            Ok(activation)
        }
        Proof::Device(id) => {
            let stored = store::confirmation::by_id(work.sql, activation.user, id)?;
            match stored.and_then(|stored| stored.confirmation.outcome()) {
                Some(Outcome::Confirmed { .. }) => Ok(activation),
                _ => Err(PhoneRefused::NotVouched.into()),
            }
        }
        Proof::Code if activation_code::fits(&activation.code, typed.expose()) => Ok(activation),
        Proof::Code => Err(PhoneRefused::WrongCode(count_wrong(work, &activation)?).into()),
    }
}

/// The phone that vouched for the one that takes its place. One that was reported as lost meanwhile vouches for nothing.
fn old_phone(work: &mut Work<'_>, user: UserId, id: DeviceId) -> Result<Device, Stop<PhoneRefused>> {
    let old = store::device::one(work.sql, user, id)?.filter(|old| old.state == DeviceState::Active);
    Ok(old.ok_or(PhoneRefused::UnknownActivation)?)
}

/// What proved that the phone of an activation is its user's.
fn ground(work: &mut Work<'_>, activation: &Activation) -> Result<Ground, Stop<PhoneRefused>> {
    Ok(match activation.proof {
        Proof::Code | Proof::Session { by_code: true } => {
            let by_code = code_alone::of_user(work, activation.user)?.by_code;
            // Closed while the activation was under way.
            if by_code == ByCode::Never {
                return Err(PhoneRefused::CodeAloneClosed.into());
            }
            Ground::Code(by_code)
        }
        Proof::Phone(old) => Ground::Device(old_phone(work, activation.user, old)?.standing().in_doubt_until),
        Proof::Device(confirmation) => {
            let stored = store::confirmation::by_id(work.sql, activation.user, confirmation)?;
            let by = stored.and_then(|stored| stored.confirmation.device()).ok_or(PhoneRefused::NotVouched)?;
            let by = store::device::one(work.sql, activation.user, by)?.ok_or(PhoneRefused::NotVouched)?;
            Ground::Device(by.standing().in_doubt_until)
        }
        Proof::Session { by_code: false } => Ground::Login,
        Proof::HandOver(_) => return Err(PhoneRefused::NotVouched.into()),
    })
}

/// The activation of a handle, if it lives, is this phone's, and this proof is new. Buckets come first, since codes and
/// responses can be guessed.
pub(super) fn living(work: &mut Work<'_>, call: &Call, read: Read) -> Result<Activation, Stop<PhoneRefused>> {
    throttle::address(work, &call.origin)?;
    let found = store::activation::one(work.sql, &work.app.sealer, read.user, read.digest)?;
    let lives = |a: &Activation| a.ended_at.is_none() && work.now < a.expires_at && a.thumbprint == call.thumbprint;
    let activation = found.filter(lives).ok_or(PhoneRefused::UnknownActivation)?;
    if !call.proof.note(work)? {
        return Err(PhoneRefused::ProofReplayed.into());
    }
    let failures = store::failure::load(work.sql, read.user, Budget::Strangers)?;
    if failures.locked(&work.app.settings.policy.user_lock, work.now).is_some() {
        return Err(PhoneRefused::UnknownActivation.into());
    }
    work.about = call.about(activation.user);
    Ok(activation)
}

/// Counts a wrong code or first response, in the activation and on the user; the last one ends the activation.
fn count_wrong(work: &mut Work<'_>, activation: &Activation) -> Result<u32, Error> {
    let wrong = activation.wrong_answers.saturating_add(1);
    let left = work.app.settings.policy.wrong_answers.saturating_sub(wrong);
    store::activation::count(work.sql, activation, wrong, (left == 0).then_some(work.now))?;
    work.record(Audit::ActivationRefused, Detail::none().attempts_left(left))?;
    let failures = store::failure::load(work.sql, activation.user, Budget::Strangers)?;
    carry_out(work, &count_user_failure(&failures, &work.app.settings.policy.user_lock, work.now))?;
    if left == 0 {
        give_up(work, activation)?;
    }
    Ok(left)
}

/// Ends every activation of a user, in a unit of work that has reason to.
pub(in crate::flow) fn give_up_all(work: &mut Work<'_>, user: UserId) -> Result<(), Error> {
    for digest in store::activation::open(work.sql, user)? {
        store::activation::end(work.sql, user, digest, work.now)?;
        if let Some(activation) = store::activation::one(work.sql, &work.app.sealer, user, digest)? {
            give_up(work, &activation)?;
        }
    }
    Ok(())
}

/// An activation that came to nothing: the device that was about to be is revoked.
fn give_up(work: &mut Work<'_>, activation: &Activation) -> Result<(), Error> {
    let about = About { user: Some(activation.user), ..work.about.clone() };
    work.beside(about, |work| {
        if let Some((id, _)) = &activation.device
            && let Some(device) = store::device::one(work.sql, activation.user, *id)?
        {
            unless_refused(lifecycle::pass(work, &device, DeviceEvent::Revoked))?;
        }
        work.record(Audit::ActivationEnded, Detail::none())
    })
}

struct NewPhone {
    keys: Keys,
    key: PublicKey,
    platform: String,
    label: Option<String>,
    credential: Option<Credential>,
    standalone: Option<String>,
}

/// The class whose devices approve on a screen of their own.
fn phone_class(app: &App) -> Option<&Class> {
    app.settings.catalogue.classes().iter().find(|class| class.methods.contains(&Method::Seamless))
}

/// A phone that was added and is not active yet.
struct Added {
    device: Device,
    challenge: String,
    tokens: PhoneTokens,
}

fn add(work: &mut Work<'_>, activation: &Activation, new: &NewPhone) -> Result<Added, Stop<PhoneRefused>> {
    let (now, user) = (work.now, activation.user);
    let class = phone_class(work.app).ok_or(Refused::Internal)?;
    let algorithm = Algorithm::ocra(suites::DSC_PLUS).ok_or(Refused::Internal)?;
    // The phone that this one replaces may hand its label on.
    let other = |device: &Device| device.class != class.name;
    if let Some(label) = &new.label
        && labels::taken(work.sql, user, label, other)?
    {
        return Err(PhoneRefused::LabelTaken.into());
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
        passkey: None,
        life: None,
        phone: Some(Phone {
            signing_key: new.key.jwk().to_string(),
            platform: new.platform.clone(),
            credential: new.credential.clone(),
            in_doubt_until: None,
            standalone: new.standalone.clone(),
        }),
    };
    let challenge = Challenge::draw(Purpose::DeviceChange, digits, &nonce()).as_str().to_owned();
    if !store::activation::agreed(work.sql, activation, device.id, &challenge)? {
        return Err(PhoneRefused::UnknownActivation.into());
    }
    let nonces = Nonces { key: random(), pin: random(), approve: random() };
    store::device::insert(work.sql, &work.app.sealer, &device, Some(&new.keys), nonces)?;
    let tokens = session::begin(work, user, device.id)?;
    work.about.user = Some(user);
    let what = Detail::none().class(device.class.as_str()).platform(new.platform.as_str());
    work.record_of(device.id, Audit::KeysAgreed, what)?;
    Ok(Added { device, challenge, tokens })
}

/// Proves: the first response, made with the new PIN, makes the device active.
pub async fn prove(
    app: &Arc<App>,
    call: Call,
    handle: &str,
    body: &SignedBody<ProveActivation>,
) -> Result<Activated, PhoneRefused> {
    let read = app.handles.read(Kind::Activation, handle).ok_or(PhoneRefused::UnknownActivation)?;
    let body = body.open(&call, typ::FIRST_RESPONSE)?;
    if body.activation != handle {
        return Err(PhoneRefused::Malformed("activation"));
    }
    app.work(call.actor(), move |work| proven(work, &call, read, &body)).await
}

fn proven(
    work: &mut Work<'_>,
    call: &Call,
    read: Read,
    body: &ProveActivation,
) -> Result<Activated, Stop<PhoneRefused>> {
    let activation = living(work, call, read)?;
    let (id, challenge) = activation.device.as_ref().ok_or(PhoneRefused::UnknownActivation)?;
    let device = store::device::one(work.sql, read.user, *id)?.ok_or(PhoneRefused::UnknownActivation)?;
    let keys = store::device::keys(work.sql, &work.app.sealer, read.user, *id)?;
    let keys = keys.ok_or(PhoneRefused::UnknownActivation)?;
    let doubt = doubt(ground(work, &activation)?, work.now);
    let policy = &work.app.settings.policy;
    let asked = Asked { question: challenge, answer: &body.response, now: work.now, policy };
    let judged = device.algorithm.as_ref().and_then(|algorithm| algorithm.judge(&keys, &device.moving, &asked));
    let Some(moving) = judged else {
        return Err(PhoneRefused::WrongResponse(count_wrong(work, &activation)?).into());
    };
    // A phone that says it has a platform's credential proves it before it is believed.
    if let Some(credential) = device.phone.as_ref().and_then(|phone| phone.credential.as_ref()) {
        let moved = proven_credential(work.app, credential, body)?;
        store::device::save_credential(work.sql, read.user, *id, &moved)?;
    }
    let state = device.state.after(DeviceEvent::Activated, work.now);
    let state = state.map_err(|_| PhoneRefused::UnknownActivation)?;
    store::device::save_moving(work.sql, read.user, *id, &moving)?;
    store::device::save_state(work.sql, &device, state, work.now)?;
    store::activation::end(work.sql, read.user, read.digest, work.now)?;
    work.record_of(*id, Audit::DeviceAdded, Detail::none().class(device.class.as_str()))?;
    let ended = end_others(work, &device)?;
    if let Some(until) = doubt {
        store::device::save_doubt(work.sql, read.user, *id, until)?;
    }
    let notice = match (doubt, activation.proof) {
        (_, Proof::Phone(_)) => Notice::PhoneMoved(*id),
        (Some(until), _) => Notice::PhoneRecovered(*id, until),
        (None, _) => Notice::DeviceActivated(*id),
    };
    tell(work, read.user, notice)?;
    Ok(Activated { device_id: id.to_string(), state: state.name().to_owned(), ended })
}

fn proven_credential(app: &App, credential: &Credential, body: &ProveActivation) -> Result<Credential, StatementError> {
    let given = body.assertion.as_ref().ok_or(StatementError::Assertion(WebauthnError::Malformed))?;
    let signed = json!({ "activation": body.activation, "response": body.response });
    assertion::verify(app, credential, given, &statement::digest(&signed)?).map_err(StatementError::Assertion)
}

/// What the activation ends: the older phone key, and interim devices.
fn end_others(work: &mut Work<'_>, activated: &Device) -> Result<Vec<EndedDevice>, Error> {
    let ended = lifecycle::end_others(work, activated, None)?.into_iter();
    let told = |(device, state): (Device, DeviceState)| EndedDevice {
        id: device.id.to_string(),
        label: device.label,
        state: state.name().to_owned(),
        since: device.activated_at.unwrap_or(device.created_at).unix_seconds(),
    };
    Ok(ended.map(told).collect())
}

/// Ends activations whose time is over.
pub fn sweep(work: &mut Work<'_>, limit: u32) -> Result<(), Error> {
    for (user, digest) in store::activation::overdue(work.sql, work.now, limit)? {
        store::activation::end(work.sql, user, digest, work.now)?;
        if let Some(activation) = store::activation::one(work.sql, &work.app.sealer, user, digest)? {
            give_up(work, &activation)?;
        }
    }
    Ok(())
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
