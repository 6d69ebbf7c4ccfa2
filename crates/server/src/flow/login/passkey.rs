//! A login by a passkey alone. It names its user, who was verified by its authenticator: no username is typed and no
//! password asked for. Nothing is written of a try before its signature holds.

use crate::{
    app::{App, nonce},
    clients::HOSTED,
    flow::{
        Refused,
        confirm::{
            assertion::verified,
            attempt::{self, Going},
            give::Given,
            offer,
            turn::{Surroundings, turn},
        },
        device::passkey,
        throttle::{self, Purpose},
    },
    handle::{Kind, Read},
    work::{Origin, Stop, Work},
};
use domain::{
    Refusal,
    audit::Actor,
    confirmation::{self, Channel, Confirmation, Event, Operation, Proof, What},
    device::DeviceState,
    id::UserId,
    lockout::Budget,
    pushes::Asker,
};
use oidc::webauthn::Signed;
use sha2::{Digest as _, Sha256};
use std::{sync::Arc, time::Duration};
use store::{
    Error,
    device::{Device, Passkey},
    user::User,
};

/// How long a challenge of a login page is good for.
pub const LIFE: Duration = Duration::from_secs(600);

/// What a browser brings.
pub struct Begin {
    /// What the passkey signed.
    pub signed: Signed,
    /// The challenge of this browser's page, which was checked to be one of ours and not too old.
    pub challenge: Vec<u8>,
    /// Marks that the browser holds; one may be this user's.
    pub marks: Vec<String>,
    /// A keyed digest of the browser's cookie.
    pub browser: [u8; 16],
    /// What the login gives.
    pub channel: Channel,
    /// Where it comes from.
    pub origin: Origin,
}

/// Logs in, or refuses: an unknown passkey, one that does not hold, and one of a user whose password is locked are told
/// apart by nothing.
pub async fn begin(app: &Arc<App>, begin: Begin) -> Result<Given, Refused> {
    let begin = Arc::new(begin);
    let going = app.work(Actor::Stranger, move |work| {
        work.about.client = Some(HOSTED.to_owned());
        work.about.address = Some(begin.origin.address);
        throttle::address(work, &begin.origin)?;
        let (user, device, moved) = proved(work, &begin)?;
        work.actor = Actor::User;
        confirmed(work, &begin, user, &device, &moved)
    });
    match going.await? {
        Going::Done(given) => Ok(*given),
        Going::Awaiting(_) => Err(Refused::Internal),
    }
}

/// Whose passkey it is, once its signature was found to hold.
fn proved(work: &mut Work<'_>, begin: &Begin) -> Result<(User, Device, Passkey), Stop<Refused>> {
    let refused = || Stop::Refused(Refused::InvalidCredentials);
    let (id, user) = passkey::holder(work, &begin.signed.id)?.ok_or_else(refused)?;
    let device = store::device::one(work.sql, user, id)?.filter(|device| device.state == DeviceState::Active);
    let device = device.ok_or_else(refused)?;
    // A passkey that is found without a username says for whom it is.
    if begin.signed.user_handle.is_none() {
        return Err(refused());
    }
    work.about.user = Some(user);
    let moved = verified(work, &device, &begin.signed, &begin.challenge)?.ok_or_else(refused)?;
    let once = Sha256::new().chain_update(b"countersign/passkey/login/v1").chain_update(&begin.challenge).finalize();
    if !store::replay::first_use(work.sql, once.into(), work.now.plus(LIFE))? {
        return Err(refused());
    }
    let user = store::user::by_id(work.sql, user)?.ok_or_else(refused)?;
    work.about.budget = Some(budget(work, &begin.marks, user.id)?);
    throttle::user(work, &begin.origin, user.username.as_str(), Purpose::Secret)?;
    // Who said "it wasn't me" begins anew with another password, whatever is in whose hands.
    if user.password_locked_at.is_some() {
        return Err(refused());
    }
    Ok((user, device, moved))
}

/// A known browser counts by itself; nothing was proved before, so strangers who guess passwords do not matter here.
fn budget(work: &mut Work<'_>, marks: &[String], user: UserId) -> Result<Budget, Error> {
    let held = marks.iter().filter_map(|mark| work.app.handles.read(Kind::Mark, mark));
    let held: Vec<Read> = held.filter(|read| read.user == user).collect();
    for read in held {
        let mark = store::mark::valid(work.sql, user, read.digest, HOSTED)?;
        if let Some(mark) = mark.filter(|mark| work.now < mark.last_seen_at.plus(work.app.settings.mark_life)) {
            return Ok(Budget::Known(mark.id));
        }
    }
    Ok(Budget::WithoutPassword)
}

/// The confirmation, from its beginning to its end.
fn confirmed(
    work: &mut Work<'_>,
    begin: &Begin,
    user: User,
    device: &Device,
    moved: &Passkey,
) -> Result<Going, Stop<Refused>> {
    let login = Operation {
        what: What::Login,
        client: HOSTED.to_owned(),
        address: begin.origin.address.to_string(),
        agent: begin.origin.agent.clone(),
        message: None,
        channel: begin.channel.clone(),
        passkey_alone: true,
    };
    let (_, digest) = work.app.handles.mint(Kind::Attempt, user.id);
    let life = work.app.settings.policy.login_life;
    let draft = offer::draft(user.id, login, work.now, work.now.plus(life));
    let asker = Asker::Browser { digest: begin.browser };
    let draft = Confirmation { budget: work.budget(), asker, ..draft };
    work.is_about(&draft);
    let around = Surroundings::load(work, user, &draft, None)?.giving();
    let policy = &work.app.settings.policy;
    let began = confirmation::alone(draft, device.id, &around.facts(policy), work.now, &nonce());
    let began = began.map_err(|refusal: Refusal| around.refused(refusal))?;
    store::confirmation::insert(work.sql, &began.confirmation, digest)?;
    crate::flow::confirm::effects::carry_out_of(work, &began.confirmation, &began.effects)?;
    let (user, id) = (began.confirmation.user, began.confirmation.id);
    let stored = store::confirmation::by_id(work.sql, user, id)?.ok_or(Refused::Internal)?;
    let step = turn(work, &stored, &around, &Event::Asserted { proof: Proof::Valid });
    let step = step.map_err(|stop| stop.map(|refusal| around.refused(refusal)))?;
    store::device::save_passkey(work.sql, user, device.id, moved)?;
    attempt::confirmed(work, &step.confirmation, &around)
}
