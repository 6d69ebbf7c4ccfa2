//! Migration from the standalone app: its key signs that another app's key takes over, with a response that only its PIN
//! gives. The activation goes on as any other; when it is proved, the old key has ended and the new one has begun.

use super::{
    Call, PhoneRefused, activate, agreement,
    begin::{self, Calling, Reached},
    internal,
    statement::CLOCK,
};
use crate::{
    app::{App, nonce},
    flow::{
        Refused,
        confirm::effects::carry_out,
        throttle::{self, Purpose},
    },
    handle::{Kind, Read},
    work::{Stop, Work},
};
use domain::{
    Secret, Timestamp,
    audit::{Actor, Detail, Kind as Audit},
    confirmation::{Challenge, Outcome, Purpose as ChallengeFor},
    device::{
        Question,
        own_proof::{self, Facts, Given, Judged},
        pin_change::Over,
        question::Computes,
    },
    effect::Counters,
    lockout::Budget,
    user::Username,
    version::Version,
};
use oidc::jwk::PublicKey;
use std::sync::Arc;
use store::{
    activation::{Activation, Proof},
    device::Device,
};
use wire::phone::{
    ActivationStarted,
    migration::{HandOver, StartMigration},
    typ,
};

/// Begins, for whoever knows the id that the standalone app keeps.
pub async fn start(app: &Arc<App>, call: Call, request: StartMigration) -> Result<ActivationStarted, PhoneRefused> {
    let ours = agreement::begin().map_err(|error| internal(&error))?;
    let (public, calling) = (ours.public, Calling { call, private: ours.private });
    let begun: Result<_, PhoneRefused> = app.work(Actor::Stranger, move |work| begun(work, &calling, &request)).await;
    let (handle, username, challenge) = begun?;
    Ok(ActivationStarted {
        agreement: agreement::offer(app, &handle, &public)?,
        activation: handle,
        username,
        expires_in: app.settings.activation_life.as_secs(),
        proof: "hand_over".to_owned(),
        sent_by: None,
        sent_to: None,
        next: None,
        recover: Vec::new(),
        challenge: Some(challenge),
        standalone: true,
    })
}

fn begun(
    work: &mut Work<'_>,
    calling: &Calling,
    request: &StartMigration,
) -> Result<(String, String, String), Stop<PhoneRefused>> {
    let (call, name) = (&calling.call, request.username.trim().to_ascii_lowercase());
    throttle::address(work, &call.origin)?;
    throttle::user(work, &call.origin, &name, Purpose::Secret)?;
    new_enough(work.app, &request.version)?;
    let user = match Username::parse(&name) {
        Ok(username) => store::user::by_name(work.sql, &username)?,
        Err(_) => None,
    };
    // No such user and no such phone are one refusal.
    let user = user.ok_or(PhoneRefused::UnknownMigration)?;
    let id = request.device.parse().map_err(|_| PhoneRefused::UnknownMigration)?;
    let old =
        store::device::one(work.sql, user.id, id)?.filter(begin::hands_over).ok_or(PhoneRefused::UnknownMigration)?;
    if !call.proof.note(work)? {
        return Err(PhoneRefused::ProofReplayed.into());
    }
    begin::paced(work, user.id)?;
    let digits = old.algorithm.as_ref().and_then(|algorithm| algorithm.challenge_length());
    let drawn = Challenge::unanswered(
        ChallengeFor::DeviceChange,
        digits.ok_or(PhoneRefused::UnknownMigration)?,
        &nonce(),
        &old.moving.answered,
    );
    let challenge = drawn.ok_or(Refused::Internal)?.as_str().to_owned();
    let (handle, digest) = work.app.handles.mint(Kind::Activation, user.id);
    // The challenge stands where a code would.
    let reached = Reached { user: user.id, digest };
    begin::keep(work, calling, reached, Proof::HandOver(old.id), Secret::new(challenge.clone()))?;
    work.about = call.about(user.id);
    work.record(Audit::ActivationStarted, Detail::none().proof("hand_over"))?;
    Ok((handle, user.username.to_string(), challenge))
}

fn new_enough(app: &App, version: &str) -> Result<(), PhoneRefused> {
    let version = Version::parse(version).ok_or(PhoneRefused::Malformed("version"))?;
    if version < app.settings.standalone_from {
        return Err(PhoneRefused::UpdateFirst(app.settings.standalone_from.to_string()));
    }
    Ok(())
}

/// Judges what the standalone app signed.
pub async fn hand_over(app: &Arc<App>, call: Call, handle: &str, signed: String) -> Result<(), PhoneRefused> {
    let read = app.handles.read(Kind::Activation, handle).ok_or(PhoneRefused::UnknownActivation)?;
    let coming = Coming { handle: handle.to_owned(), read, signed };
    app.work(call.actor(), move |work| judged(work, &call, &coming)).await
}

/// What came of the standalone app.
struct Coming {
    handle: String,
    read: Read,
    signed: String,
}

fn judged(work: &mut Work<'_>, call: &Call, coming: &Coming) -> Result<(), Stop<PhoneRefused>> {
    let activation = activate::living(work, call, coming.read)?;
    let Proof::HandOver(id) = activation.proof else { return Err(domain::Refusal::NotAwaited.into()) };
    let old = store::device::one(work.sql, activation.user, id)?.filter(begin::hands_over);
    let old = old.ok_or(PhoneRefused::UnknownActivation)?;
    let said = read_hand_over(&old, &coming.signed)?;
    let at = Timestamp::from_unix_seconds(said.at);
    match () {
        () if said.device != id.to_string() => return Err(PhoneRefused::Malformed("device").into()),
        () if said.activation != coming.handle => return Err(PhoneRefused::Malformed("activation").into()),
        () if said.successor != call.thumbprint => return Err(PhoneRefused::Malformed("successor").into()),
        () if at.since(work.now).max(work.now.since(at)) > CLOCK => return Err(PhoneRefused::Malformed("at").into()),
        () => new_enough(work.app, &said.version)?,
    }
    match respond(work, &activation, &old, &said.response)? {
        Judged::Right(effects) => {
            if !store::activation::handed_over(work.sql, &activation)? {
                return Err(PhoneRefused::UnknownActivation.into());
            }
            Ok(carry_out(work, &effects)?)
        }
        Judged::Wrong(effects) | Judged::WrongSerial(effects) => {
            let wrong = activation.wrong_answers.saturating_add(1);
            let left = work.app.settings.policy.wrong_answers.saturating_sub(wrong);
            store::activation::count(work.sql, &activation, wrong, (left == 0).then_some(work.now))?;
            carry_out(work, &effects)?;
            Err(PhoneRefused::WrongResponse(left).into())
        }
        Judged::NotEvaluated(Over::DeviceLocked(until)) => Err(PhoneRefused::Locked(until).into()),
        Judged::NotEvaluated(Over::UserLocked | Over::WrongAnswers) => {
            let because = domain::confirmation::Exhaustion::UserLocked;
            Err(domain::Refusal::Ended(Outcome::Exhausted { at: work.now, because }).into())
        }
    }
}

/// What the old key signed for this use.
fn read_hand_over(old: &Device, signed: &str) -> Result<HandOver, PhoneRefused> {
    let malformed = || PhoneRefused::Malformed("hand_over");
    let key = old.phone.as_ref().and_then(|phone| PublicKey::parse(&phone.signing_key).ok()).ok_or_else(malformed)?;
    let payload = oidc::jws::verify(signed, &key, typ::HAND_OVER).map_err(|_| malformed())?;
    serde_json::from_slice(&payload).map_err(|_| malformed())
}

/// Judges the response, which only the PIN of the standalone app gives. No password came before.
fn respond(
    work: &mut Work<'_>,
    activation: &Activation,
    old: &Device,
    answer: &str,
) -> Result<Judged, Stop<PhoneRefused>> {
    let keys = store::device::keys(work.sql, &work.app.sealer, old.user, old.id)?;
    let (Some(keys), Some(algorithm)) = (keys, &old.algorithm) else { return Err(PhoneRefused::NoPin.into()) };
    let budget = Budget::WithoutPassword;
    work.about.budget = Some(budget);
    let on_user = store::failure::load(work.sql, old.user, budget)?;
    let untold = store::user::by_id(work.sql, old.user)?.map_or(0, |user| user.untold_answers);
    let facts = Facts {
        device: Computes { algorithm, keys: &keys, moving: &old.moving },
        serial: &old.serial,
        counters: Counters { device: old.id, on_device: old.failures, budget, on_user: &on_user, untold },
        question: &Question::Challenge(Challenge::drawn_before(activation.code.expose())),
        policy: &work.app.settings.policy,
    };
    Ok(own_proof::judge(&facts, &Given::Values { answer }, work.now))
}
