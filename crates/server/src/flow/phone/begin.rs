//! Beginning an activation: who is it for, and what must still be proven. A password alone needs one thing more: a code
//! to a contact point, or another device of the user. An invitation from a signed-in page needs nothing more.

use crate::{
    app::{App, nonce, random},
    clients::PHONE_APP,
    flow::{
        Refused,
        confirm::{candidates, effects::audit, next::View},
        login::password::{Accepted, Claim, with_password},
        messages::outbox::{self, New},
        oidc::details,
        phone::{Call, PhoneRefused, activate, agreement, internal},
        throttle::Doing,
    },
    handle::{Kind, Read},
};
use domain::{
    Secret, Timestamp, activation_code,
    audit::Kind as Audit,
    confirmation::{Channel as Way, Operation, What},
    user::Username,
};
use oidc::jwk::PublicKey;
use serde_json::json;
use std::sync::Arc;
use store::{
    Error, Sql,
    activation::{Activation, Proof},
    contact::{Channel, Contact},
    user::User,
};
use wire::phone::{ActivationStarted, StartActivation};

/// Codes sent to a user within the life of one: more would only be a nuisance to the owner.
const MOST_BEGUN: u32 = 5;

/// Wrong ids that end an invitation.
const WRONG_IDS: u32 = 5;

/// An activation that was begun.
struct Begun {
    handle: String,
    username: String,
    asked: Asked,
}

/// What must still be proven.
enum Asked {
    /// The code that went to this contact point.
    Code(Contact),
    /// Another device.
    Device(Box<View>),
    /// Nothing.
    Nothing,
}

/// Begins.
pub async fn start(app: &Arc<App>, call: Call, request: StartActivation) -> Result<ActivationStarted, PhoneRefused> {
    let ours = agreement::begin().map_err(|error| internal(&error))?;
    let (private, public) = (ours.private, ours.public);
    let begun = match request {
        StartActivation { username: Some(username), password: Some(password), session_id: None, session: None } => {
            let claim = Claim {
                client: PHONE_APP.to_owned(),
                username,
                password: Secret::new(password),
                marks: Vec::new(),
                origin: call.origin.clone(),
            };
            with_password(app, claim, move |app, sql, accepted| by_password(app, sql, accepted, (&call, &private)))
                .await?
        }
        StartActivation { username: Some(username), password: None, session_id: Some(id), session: None } => {
            invited(app, call, private, Brought::Id { username, id: Secret::new(id) }).await?
        }
        StartActivation { username: None, password: None, session_id: None, session: Some(handle) } => {
            let read = app.handles.read(Kind::Invitation, &handle).ok_or(PhoneRefused::UnknownInvitation)?;
            invited(app, call, private, Brought::Handle(read)).await?
        }
        _ => return Err(PhoneRefused::Malformed("username")),
    };
    started(app, begun, &public)
}

fn started(app: &App, begun: Begun, public: &PublicKey) -> Result<ActivationStarted, PhoneRefused> {
    let agreement = agreement::offer(app, &begun.handle, public)?;
    let (proof, sent_by, sent_to, next) = match begun.asked {
        Asked::Code(contact) => {
            let to = masked(contact.channel, contact.address.expose());
            ("code", Some(contact.channel.name().to_owned()), Some(to), None)
        }
        Asked::Device(view) => ("device", None, None, Some(view.next)),
        Asked::Nothing => ("session", None, None, None),
    };
    Ok(ActivationStarted {
        activation: begun.handle,
        username: begun.username,
        expires_in: app.settings.activation_life.as_secs(),
        proof: proof.to_owned(),
        sent_by,
        sent_to,
        next,
        agreement,
    })
}

/// After the password: a code goes out, unless another permanent device is there to be asked instead.
fn by_password(
    app: &App,
    sql: &mut dyn Sql,
    accepted: &Accepted,
    (call, private): (&Call, &Secret<Vec<u8>>),
) -> Result<Result<Begun, PhoneRefused>, Error> {
    let (user, now) = (&accepted.user, accepted.scene.now);
    if !store::replay::first_use(sql, call.proof, call.proof_expires_at)? {
        return Ok(Err(PhoneRefused::ProofReplayed));
    }
    let begun = store::activation::begun_since(sql, user.id, now.minus(app.settings.activation_life))?;
    if begun >= MOST_BEGUN {
        return Ok(Err(Refused::Throttled(app.settings.activation_life).into()));
    }
    let (handle, digest) = app.handles.mint(Kind::Activation, user.id);
    let draft = (call, private, (user, digest, now));
    let asked = if another_device(app, sql, user)? {
        match by_device(app, sql, draft)? {
            Ok(view) => Asked::Device(Box::new(view)),
            Err(refused) => return Ok(Err(refused.into())),
        }
    } else {
        let contacts = store::contact::of_user(sql, &app.sealer, user.id)?;
        let sms = contacts.iter().find(|contact| contact.channel == Channel::Sms);
        let Some(contact) = sms.or(contacts.first()).cloned() else { return Ok(Err(Refused::NoContact.into())) };
        let code = activation_code::draw(&nonce());
        let arguments = json!({ "code": code.expose(), "minutes": app.settings.activation_life.as_secs() / 60 });
        keep(app, sql, draft, (Proof::Code, code))?;
        let until = now.plus(app.settings.activation_life);
        let new = New { message: "notice-activation-code", arguments: &arguments, until };
        outbox::queue(app, sql, (user.id, &contact), new, now)?;
        Asked::Code(contact)
    };
    let how = match &asked {
        Asked::Code(contact) => contact.channel.name(),
        Asked::Device(_) | Asked::Nothing => "device",
    };
    audit(sql, &accepted.scene, Audit::ActivationStarted, &json!({ "proof": how }))?;
    Ok(Ok(Begun { handle, username: user.username.to_string(), asked }))
}

/// Whether the user has a permanent device that could vouch for a new phone: not a phone, which may be the one that was
/// lost.
fn another_device(app: &App, sql: &mut dyn Sql, user: &User) -> Result<bool, Error> {
    let catalogue = &app.settings.catalogue;
    let permanent = |class: &str| catalogue.class(class).is_some_and(|class| !class.interim);
    let what = What::PhoneActivation;
    Ok(candidates::load(app, sql, user, &what)?.iter().any(|candidate| permanent(&candidate.class)))
}

type Draft<'a> = (&'a Call, &'a Secret<Vec<u8>>, (&'a User, [u8; 32], Timestamp));

/// Asks another device of the user. The confirmation is found under the activation's own handle.
fn by_device(app: &App, sql: &mut dyn Sql, draft: Draft<'_>) -> Result<Result<View, Refused>, Error> {
    let (call, _, (user, digest, now)) = draft;
    let operation = Operation {
        what: What::PhoneActivation,
        client: PHONE_APP.to_owned(),
        address: call.origin.address.to_string(),
        agent: call.origin.agent.clone(),
        message: None,
        channel: Way::Activation,
    };
    let asked = details::draft(user.id, operation, (now, now.plus(app.settings.activation_life)));
    let confirmation = match details::offer(app, sql, asked, digest)? {
        Ok(confirmation) => confirmation,
        Err(refused) => return Ok(Err(refused)),
    };
    // The code is one that nobody is told.
    keep(app, sql, draft, (Proof::Device(confirmation.id), activation_code::draw(&nonce())))?;
    let candidates = candidates::load(app, sql, user, &confirmation.operation.what)?;
    Ok(crate::flow::confirm::next::view(app, &confirmation, &candidates, None, now).ok_or(Refused::Internal))
}

fn keep(app: &App, sql: &mut dyn Sql, draft: Draft<'_>, (proof, code): (Proof, Secret<String>)) -> Result<(), Error> {
    let (call, private, (user, digest, now)) = draft;
    let activation = Activation {
        user: user.id,
        digest,
        thumbprint: call.thumbprint.clone(),
        proof,
        code,
        agreement: private.clone(),
        wrong_answers: 0,
        device: None,
        created_at: now,
        expires_at: now.plus(app.settings.activation_life),
        ended_at: None,
    };
    store::activation::end_others(sql, user.id, digest, now)?;
    store::activation::insert(sql, &app.sealer, &activation, (random(), random()))
}

/// What a phone brings of an invitation.
enum Brought {
    /// What it scanned.
    Handle(Read),
    /// What was typed.
    Id { username: String, id: Secret<String> },
}

async fn invited(
    app: &Arc<App>,
    call: Call,
    private: Secret<Vec<u8>>,
    brought: Brought,
) -> Result<Begun, PhoneRefused> {
    let (unit_app, given) = (Arc::clone(app), Arc::new((call, private, brought)));
    app.store
        .write(move |sql| {
            let (call, private, brought) = &*given;
            by_invitation(&unit_app, sql, (call, private), brought)
        })
        .await?
}

fn by_invitation(
    app: &App,
    sql: &mut dyn Sql,
    (call, private): (&Call, &Secret<Vec<u8>>),
    brought: &Brought,
) -> Result<Result<Begun, PhoneRefused>, Error> {
    let now = app.now();
    if let Some(wait) = crate::flow::throttle::throttle_address(app, sql, &call.origin, now)? {
        return Ok(Err(Refused::Throttled(wait).into()));
    }
    let (user, digest) = match brought {
        Brought::Handle(read) => (read.user, read.digest),
        Brought::Id { username, id } => match by_id(app, sql, call, (username, id))? {
            Ok(found) => found,
            Err(refused) => return Ok(Err(refused)),
        },
    };
    if !store::replay::first_use(sql, call.proof, call.proof_expires_at)? {
        return Ok(Err(PhoneRefused::ProofReplayed));
    }
    let Some(session) = store::invitation::take_up(sql, user, digest, now)? else {
        return Ok(Err(PhoneRefused::UnknownInvitation));
    };
    // Whoever logged out, or was, invites nobody any more.
    let lives = store::session::goes_on(sql, user, session)?;
    let Some(user) = store::user::by_id(sql, user)?.filter(|_| lives) else {
        return Ok(Err(PhoneRefused::UnknownInvitation));
    };
    let (handle, digest) = app.handles.mint(Kind::Activation, user.id);
    let code = activation_code::draw(&nonce());
    keep(app, sql, (call, private, (&user, digest, now)), (Proof::Session, code))?;
    audit(sql, &activate::scene(user.id, call, now), Audit::ActivationStarted, &json!({ "proof": "session" }))?;
    Ok(Ok(Begun { handle, username: user.username.to_string(), asked: Asked::Nothing }))
}

/// The invitation whose id was typed. No such user, no invitation and a wrong id are one refusal.
fn by_id(
    app: &App,
    sql: &mut dyn Sql,
    call: &Call,
    (username, id): (&str, &Secret<String>),
) -> Result<Result<(domain::id::UserId, [u8; 32]), PhoneRefused>, Error> {
    let now = app.now();
    let name = username.trim().to_ascii_lowercase();
    let named = (&call.origin, domain::lockout::Budget::Strangers, name.as_str());
    if let Some(wait) = crate::flow::throttle::throttle_user(app, sql, named, Doing::Proving, now)? {
        return Ok(Err(Refused::Throttled(wait).into()));
    }
    let user = match Username::parse(&name) {
        Ok(username) => store::user::by_name(sql, &username)?,
        Err(_) => None,
    };
    let Some(user) = user else { return Ok(Err(PhoneRefused::UnknownInvitation)) };
    let open = store::invitation::open(sql, &app.sealer, user.id, now)?;
    let Some(invitation) = open else { return Ok(Err(PhoneRefused::UnknownInvitation)) };
    if activation_code::fits(&Secret::new(invitation.shown.expose().id.clone()), id.expose()) {
        return Ok(Ok((user.id, invitation.digest)));
    }
    let scene = activate::scene(user.id, call, now);
    if store::invitation::wrong(sql, &invitation)? >= WRONG_IDS {
        store::invitation::withdraw(sql, user.id, now)?;
    }
    audit(sql, &scene, Audit::ActivationRefused, &json!({ "proof": "session" }))?;
    Ok(Err(PhoneRefused::UnknownInvitation))
}

/// A contact point as whoever holds only the password may see it: enough to know which one it is.
fn masked(channel: Channel, address: &str) -> String {
    match (channel, address.split_once('@')) {
        (Channel::Mail, Some((name, host))) => format!("{}•••@{host}", name.chars().take(1).collect::<String>()),
        _ => {
            let tail: String = address.chars().rev().take(2).collect();
            format!("••• {}", tail.chars().rev().collect::<String>())
        }
    }
}
