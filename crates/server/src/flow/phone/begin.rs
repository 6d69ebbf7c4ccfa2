//! Beginning an activation: who is it for, and what must still be proven. A password alone needs one thing more: a code
//! to a contact point, or another device of the user. An invitation from a signed-in page needs nothing more.

use super::{Call, PhoneRefused, agreement, internal};
use crate::{
    app::{App, nonce, random},
    clients::PHONE_APP,
    flow::{
        Refused,
        confirm::{
            candidates,
            next::{self, View},
            offer,
        },
        device::{code_alone, veto},
        login::password::{Accepted, Claim, with_password},
        messages::outbox,
        throttle::{self, Purpose},
    },
    handle::{Kind, Read},
    work::{Stop, Work},
};
use domain::{
    Secret, activation_code,
    audit::{Actor, Detail, Kind as Audit},
    confirmation::{Candidate, Channel as Way, Operation, What},
    device::{DeviceState, recovery::ByCode},
    id::{ConfirmationId, UserId},
    login,
    user::Username,
};
use oidc::jwk::PublicKey;
use serde_json::json;
use std::sync::Arc;
use store::{
    Error,
    activation::{Activation, Proof},
    contact::{Channel, Contact},
    device::Device,
    invitation::ShownBy,
    user::User,
};
use wire::{
    Recovery,
    phone::{ActivationStarted, StartActivation},
};

/// Codes sent to a user within the life of one: more would only be a nuisance to the owner.
const MOST_BEGUN: u32 = 5;

/// Wrong ids that end an invitation.
const WRONG_IDS: u32 = 5;

/// An activation that was begun.
struct Begun {
    handle: String,
    username: String,
    asked: Asked,
    /// Whether a code may be asked for in place of the other device.
    code_too: bool,
    /// Whether the user's key lives in the standalone app.
    standalone: bool,
}

/// What must still be proven.
enum Asked {
    /// The code that went to this contact point.
    Code(Contact),
    /// Another device.
    Device(Box<View>),
    /// Nothing: a signed-in page invited the phone.
    Nothing,
    /// Nothing: the old phone vouched.
    Phone,
}

/// Begins.
pub async fn start(app: &Arc<App>, call: Call, request: StartActivation) -> Result<ActivationStarted, PhoneRefused> {
    let ours = agreement::begin().map_err(|error| internal(&error))?;
    let (private, public) = (ours.private, ours.public);
    let begun = match request {
        StartActivation {
            username: Some(username),
            password: Some(password),
            session_id: None,
            session: None,
            recover,
        } => {
            let claim = Claim {
                client: PHONE_APP.to_owned(),
                username,
                password: Secret::new(password),
                marks: Vec::new(),
                browser: None,
                origin: call.origin.clone(),
            };
            let calling = Calling { call, private };
            let by_number = recover == Some(Recovery::RegisteredNumber);
            with_password(app, claim, move |work, accepted| by_password(work, accepted, &calling, by_number)).await?
        }
        StartActivation {
            username: Some(username),
            password: None,
            session_id: Some(id),
            session: None,
            recover: None,
        } => invited(app, Calling { call, private }, Brought::Id { username, id: Secret::new(id) }).await?,
        StartActivation { username: None, password: None, session_id: None, session: Some(handle), recover: None } => {
            let read = app.handles.read(Kind::Invitation, &handle).ok_or(PhoneRefused::UnknownInvitation)?;
            invited(app, Calling { call, private }, Brought::Handle(read)).await?
        }
        _ => return Err(PhoneRefused::Malformed("username")),
    };
    started(app, begun, &public)
}

fn started(app: &App, begun: Begun, public: &PublicKey) -> Result<ActivationStarted, PhoneRefused> {
    let agreement = agreement::offer(app, &begun.handle, public)?;
    let (proof, sent_by, sent_to, next) = match begun.asked {
        Asked::Code(contact) => {
            let to = contact.masked();
            ("code", Some(contact.channel.name().to_owned()), Some(to), None)
        }
        Asked::Device(view) => ("device", None, None, Some(view.next)),
        Asked::Nothing => ("session", None, None, None),
        Asked::Phone => ("phone", None, None, None),
    };
    Ok(ActivationStarted {
        activation: begun.handle,
        username: begun.username,
        expires_in: app.settings.activation_life.as_secs(),
        proof: proof.to_owned(),
        sent_by,
        sent_to,
        next,
        recover: if begun.code_too { vec![Recovery::RegisteredNumber] } else { Vec::new() },
        challenge: None,
        standalone: begun.standalone,
        agreement,
    })
}

/// A phone that begins: its call, and our half of the key agreement.
pub(super) struct Calling {
    /// The call.
    pub(super) call: Call,
    /// The private half.
    pub(super) private: Secret<Vec<u8>>,
}

/// After the password: another permanent device is asked, where one is there and no code is wished for; else a code goes
/// out, unless that way is closed.
fn by_password(
    work: &mut Work<'_>,
    accepted: &Accepted,
    calling: &Calling,
    by_number: bool,
) -> Result<Begun, Stop<PhoneRefused>> {
    let user = &accepted.user;
    if !calling.call.proof.note(work)? {
        return Err(PhoneRefused::ProofReplayed.into());
    }
    paced(work, user.id)?;
    let (handle, digest) = work.app.handles.mint(Kind::Activation, user.id);
    let open = code_alone::of_user(work, user.id)?.by_code != ByCode::Never;
    let ask_device = !by_number && another_device(work, user)?;
    let (asked, how) = if ask_device {
        (Asked::Device(Box::new(by_device(work, calling, user, digest)?)), "device")
    } else if open {
        let contact = by_code(work, calling, user, digest)?;
        let how = contact.channel.name();
        (Asked::Code(contact), how)
    } else {
        return Err(PhoneRefused::CodeAloneClosed.into());
    };
    work.record(Audit::ActivationStarted, Detail::none().proof(how))?;
    let devices = store::device::of_user(work.sql, user.id)?;
    let (username, code_too) = (user.username.to_string(), ask_device && open && has_contact(work, user.id)?);
    Ok(Begun { handle, username, asked, code_too, standalone: devices.iter().any(hands_over) })
}

/// Whether a phone's key may be handed over: it is active, and the standalone app's.
pub(super) fn hands_over(device: &Device) -> bool {
    device.state == DeviceState::Active && device.phone.as_ref().is_some_and(|phone| phone.standalone.is_some())
}

/// A user begins no more than a few in the life of one.
pub(super) fn paced(work: &mut Work<'_>, user: UserId) -> Result<(), Stop<Refused>> {
    let life = work.app.settings.activation_life;
    let begun = store::activation::begun_since(work.sql, user, work.now.minus(life))?;
    if begun >= MOST_BEGUN { Err(Refused::Throttled(life).into()) } else { Ok(()) }
}

fn has_contact(work: &mut Work<'_>, user: UserId) -> Result<bool, Error> {
    Ok(!outbox::ways_back(work, user)?.is_empty())
}

/// Sends a code to a contact point of the user.
fn by_code(
    work: &mut Work<'_>,
    calling: &Calling,
    user: &User,
    digest: [u8; 32],
) -> Result<Contact, Stop<PhoneRefused>> {
    let contact = registered(work, user)?.ok_or(Refused::NoContact)?;
    let code = activation_code::draw(&nonce());
    let life = work.app.settings.activation_life;
    let arguments = json!({ "code": code.expose(), "minutes": life.as_secs() / 60 });
    keep(work, calling, Reached { user: user.id, digest }, Proof::Code, code)?;
    match outbox::code(work, user.id, &contact, &arguments)? {
        // The activation that would have awaited it is not begun either.
        Some(wait) => Err(Stop::Undone(Refused::Throttled(wait).into())),
        None => Ok(contact),
    }
}

/// The contact point that a code goes to: the telephone before the mail address.
pub(super) fn registered(work: &mut Work<'_>, user: &User) -> Result<Option<Contact>, Error> {
    let contacts = outbox::ways_back(work, user.id)?;
    let sms = contacts.iter().find(|contact| contact.channel == Channel::Sms);
    Ok(sms.or(contacts.first()).cloned())
}

fn another_device(work: &mut Work<'_>, user: &User) -> Result<bool, Error> {
    let devices = store::device::of_user(work.sql, user.id)?;
    Ok(!vouching(work, user, devices)?.is_empty())
}

/// Which of a user's devices could vouch for a new phone: permanent ones, and no phone, which may be the one that was
/// lost.
pub(super) fn vouching(work: &mut Work<'_>, user: &User, devices: Vec<Device>) -> Result<Vec<Candidate>, Error> {
    let none = ConfirmationId::from([0; 16]);
    let mut able = candidates::among(work, devices, user, none, &What::PhoneActivation)?;
    let catalogue = &work.app.settings.catalogue;
    able.retain(|candidate| catalogue.class(&candidate.class).is_some_and(|class| !class.interim));
    Ok(able)
}

/// Asks another device of the user. The confirmation is found under the activation's own handle.
fn by_device(work: &mut Work<'_>, calling: &Calling, user: &User, digest: [u8; 32]) -> Result<View, Stop<Refused>> {
    let operation = Operation {
        what: What::PhoneActivation,
        client: PHONE_APP.to_owned(),
        address: calling.call.origin.address.to_string(),
        agent: calling.call.origin.agent.clone(),
        message: None,
        channel: Way::Activation,
        passkey_alone: false,
    };
    let draft = offer::draft(user.id, operation, work.now, work.now.plus(work.app.settings.activation_life));
    let confirmation = offer::beyond_login(work, draft, digest)?;
    // The code is one that nobody is told.
    let (reached, code) = (Reached { user: user.id, digest }, activation_code::draw(&nonce()));
    keep(work, calling, reached, Proof::Device(confirmation.id), code)?;
    let candidates = candidates::load(work, user, confirmation.id, &confirmation.operation.what)?;
    let view = next::view(work.app, &confirmation, &candidates, None, work.now);
    Ok(view.ok_or(Refused::Internal)?)
}

/// Whose activation it is, and the digest of the handle by which it is reached.
pub(super) struct Reached {
    /// Whose.
    pub(super) user: UserId,
    /// The digest.
    pub(super) digest: [u8; 32],
}

/// Keeps an activation that was begun; it takes the place of others that wait for what was to be proven.
pub(super) fn keep(
    work: &mut Work<'_>,
    calling: &Calling,
    reached: Reached,
    proof: Proof,
    code: Secret<String>,
) -> Result<(), Error> {
    let activation = Activation {
        user: reached.user,
        digest: reached.digest,
        thumbprint: calling.call.thumbprint.clone(),
        proof,
        code,
        agreement: calling.private.clone(),
        wrong_answers: 0,
        device: None,
        created_at: work.now,
        expires_at: work.now.plus(work.app.settings.activation_life),
        ended_at: None,
    };
    store::activation::end_others(work.sql, reached.user, reached.digest, work.now)?;
    store::activation::insert(work.sql, &work.app.sealer, &activation, (random(), random()))
}

/// What a phone brings of an invitation.
enum Brought {
    /// What it scanned.
    Handle(Read),
    /// What was typed.
    Id { username: String, id: Secret<String> },
}

async fn invited(app: &Arc<App>, calling: Calling, brought: Brought) -> Result<Begun, PhoneRefused> {
    app.work(Actor::Stranger, move |work| by_invitation(work, &calling, &brought)).await
}

fn by_invitation(work: &mut Work<'_>, calling: &Calling, brought: &Brought) -> Result<Begun, Stop<PhoneRefused>> {
    let call = &calling.call;
    throttle::address(work, &call.origin)?;
    let (user, digest) = match brought {
        Brought::Handle(read) => (read.user, read.digest),
        Brought::Id { username, id } => by_id(work, call, username, id)?,
    };
    if !call.proof.note(work)? {
        return Err(PhoneRefused::ProofReplayed.into());
    }
    let shown_by = store::invitation::take_up(work.sql, user, digest, work.now)?;
    let proof = invited_by(work, user, shown_by.ok_or(PhoneRefused::UnknownInvitation)?)?;
    let user = store::user::by_id(work.sql, user)?.ok_or(PhoneRefused::UnknownInvitation)?;
    let (handle, digest) = work.app.handles.mint(Kind::Activation, user.id);
    keep(work, calling, Reached { user: user.id, digest }, proof, activation_code::draw(&nonce()))?;
    work.about = call.about(user.id);
    let (asked, how) = match proof {
        Proof::Phone(_) => (Asked::Phone, "phone"),
        _ => (Asked::Nothing, "session"),
    };
    work.record(Audit::ActivationStarted, Detail::none().proof(how))?;
    Ok(Begun { handle, username: user.username.to_string(), asked, code_too: false, standalone: false })
}

/// What an invitation proves, by what shows it.
fn invited_by(work: &mut Work<'_>, user: UserId, shown_by: ShownBy) -> Result<Proof, Stop<PhoneRefused>> {
    match shown_by {
        ShownBy::Session(session) => {
            // Whoever logged out, or was, invites nobody any more.
            if !store::session::goes_on(work.sql, user, session)? {
                return Err(PhoneRefused::UnknownInvitation.into());
            }
            // A login by a code that was sent proves the number, and no device; one with a phone in doubt proves no more.
            let session = store::session::one(work.sql, user, session)?.ok_or(PhoneRefused::UnknownInvitation)?;
            let by = veto::by_session(work, &session)?;
            let by_code = login::by_sent_code(&session.amr) || by.is_some_and(|by| by.is_in_doubt(work.now));
            if by_code && code_alone::of_user(work, user)?.by_code == ByCode::Never {
                return Err(PhoneRefused::CodeAloneClosed.into());
            }
            Ok(Proof::Session { by_code })
        }
        ShownBy::Phone(old) => {
            let active = store::device::one(work.sql, user, old)?.filter(|old| old.state == DeviceState::Active);
            active.map(|_| Proof::Phone(old)).ok_or_else(|| PhoneRefused::UnknownInvitation.into())
        }
    }
}

/// The invitation whose id was typed. No such user, no invitation and a wrong id are one refusal.
fn by_id(
    work: &mut Work<'_>,
    call: &Call,
    username: &str,
    id: &Secret<String>,
) -> Result<(UserId, [u8; 32]), Stop<PhoneRefused>> {
    let name = username.trim().to_ascii_lowercase();
    throttle::user(work, &call.origin, &name, Purpose::Secret)?;
    let user = match Username::parse(&name) {
        Ok(username) => store::user::by_name(work.sql, &username)?,
        Err(_) => None,
    };
    let user = user.ok_or(PhoneRefused::UnknownInvitation)?;
    let open = store::invitation::open(work.sql, &work.app.sealer, user.id, work.now)?;
    let invitation = open.ok_or(PhoneRefused::UnknownInvitation)?;
    if activation_code::fits(&Secret::new(invitation.shown.expose().id.clone()), id.expose()) {
        return Ok((user.id, invitation.digest));
    }
    if store::invitation::wrong(work.sql, &invitation)? >= WRONG_IDS {
        store::invitation::withdraw(work.sql, user.id, work.now)?;
    }
    work.about = call.about(user.id);
    work.record(Audit::ActivationRefused, Detail::none().proof("session"))?;
    Err(PhoneRefused::UnknownInvitation.into())
}
