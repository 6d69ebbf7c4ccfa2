//! Passkeys: a user makes one in the browser, and another device of theirs vouches for it.

use super::{label as labels, lifecycle, own::NotDone};
use crate::{
    app::{App, nonce, random},
    flow::{Refused, messages::notice, money::Asking},
    handle::Kind as Handle,
    work::{Stop, Work, stops, unless_refused},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    audit::Actor,
    confirmation::{Confirmation, Outcome, What},
    device::{
        DeviceState, Method, Moving,
        catalogue::{Class, passkey_class},
        label,
        lifecycle::DeviceEvent,
    },
    effect::Notice,
    id::{DeviceId, UserId},
    lockout::DeviceFailures,
    login,
};
use oidc::webauthn::Registered;
use operation::{PasskeyAddition, Text};
use sha2::{Digest as _, Sha256};
use std::{sync::Arc, time::Duration};
use store::{
    Error,
    device::{Device, Nonces, Passkey},
    user::User,
};

/// How long a challenge of the page that makes passkeys is good for.
pub const LIFE: Duration = Duration::from_secs(600);

/// Passkeys that one user may have.
const MOST: usize = 20;

/// Why none was added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAdded {
    /// The login is too long ago, or no password was given for it.
    #[error("the login is too long ago")]
    Stale,
    /// The institution issues none of this kind.
    #[error("passkeys of this kind are not issued")]
    NotIssued,
    /// It is there already, or the challenge was used.
    #[error("the passkey is known")]
    Known,
    /// The user has as many as one may have.
    #[error("too many passkeys")]
    TooMany,
    /// As of any device.
    #[error(transparent)]
    Device(#[from] NotDone),
}

stops!(NotAdded);
stops!(NotAdded: NotDone);

impl From<Refused> for NotAdded {
    fn from(refused: Refused) -> Self {
        Self::Device(refused.into())
    }
}

impl From<Error> for NotAdded {
    fn from(error: Error) -> Self {
        Self::Device(error.into())
    }
}

/// What a browser made.
#[derive(Debug, Clone)]
pub struct NewPasskey {
    /// The name that its user gave it, as typed.
    pub label: String,
    /// The credential.
    pub registered: Registered,
    /// How its authenticator is reached.
    pub transports: Vec<String>,
    /// Whom it was made for, base64url.
    pub user_handle: String,
    /// The digest of the challenge that it was made for.
    pub challenge: [u8; 32],
}

/// For whom a passkey is to be made, and which ones are there.
pub struct Making {
    /// Random octets that stand for the user, base64url: the same for all passkeys of theirs, so that an authenticator
    /// keeps them together.
    pub user_handle: String,
    /// Those that have not ended.
    pub there: Vec<Passkey>,
    /// A name that no other device of the user has.
    pub label: String,
}

/// What the page needs that makes one.
pub async fn making(app: &Arc<App>, user: &User, usual: String) -> Result<Making, Refused> {
    let id = user.id;
    app.look(move |work| {
        let devices = store::device::of_user(work.sql, id)?;
        let handle = devices.iter().find_map(|device| device.passkey.as_ref());
        let user_handle =
            handle.map_or_else(|| URL_SAFE_NO_PAD.encode(random::<32>()), |passkey| passkey.user_handle.clone());
        let taken = |label: &str| devices.iter().any(|device| device.label == label && !device.state.ended());
        let free = (2..).map(|n| format!("{usual} {n}")).take(MOST * 2).find(|label| !taken(label));
        let label = if taken(&usual) { free.unwrap_or_default() } else { usual.clone() };
        let living = devices.into_iter().filter(|device| !device.state.ended());
        Ok(Making { user_handle, there: living.filter_map(|device| device.passkey).collect(), label })
    })
    .await
}

/// Whether one may be added in this session.
pub fn may_be_added(app: &App, asking: &Asking) -> bool {
    let session = &asking.signed_in.session;
    login::may_add_a_device(&session.amr, session.created_at, app.now())
}

/// Keeps a passkey that was made, and asks another device to vouch for it: the handle of the attempt.
pub async fn add(app: &Arc<App>, asking: &Asking, new: NewPasskey) -> Result<String, NotAdded> {
    if !may_be_added(app, asking) {
        return Err(NotAdded::Stale);
    }
    let (handle, digest) = app.handles.mint(Handle::Attempt, asking.signed_in.user.id);
    let asking = asking.clone();
    let asked = app.work::<_, NotAdded, _>(Actor::User, move |work| {
        asking.paced(work).map_err(|stop| stop.map(NotAdded::from))?;
        let device = made(work, asking.signed_in.user.id, &new)?;
        let synced = new.registered.backup_eligible;
        insert(work, &device)?;
        let what = What::PasskeyAddition(PasskeyAddition {
            device_id: Text::fenced(&device.id.to_string()),
            device: Text::fenced(&device.label),
            synced,
        });
        // Where no device may vouch for it, it was never there.
        let offered = asking.offer(work, what, digest);
        offered.map_err(|stop| match stop {
            Stop::Refused(refused) => Stop::Undone(refused.into()),
            stop => stop.map(NotAdded::from),
        })
    });
    asked.await.map(|_| handle)
}

/// The device that a passkey becomes, where it may.
fn made(work: &mut Work<'_>, user: UserId, new: &NewPasskey) -> Result<Device, Stop<NotAdded>> {
    let Registered { id, key, counter, backup_eligible, backed_up } = &new.registered;
    let label = label::parse(&new.label).ok().flatten().ok_or(NotDone::Label)?;
    if labels::taken(work.sql, user, &label, |_| true)? {
        return Err(NotDone::LabelTaken.into());
    }
    let class = work.app.settings.catalogue.class(passkey_class(*backup_eligible));
    let offered = |class: &&Class| class.self_service() && class.methods.contains(&Method::Webauthn);
    let class = class.filter(offered).ok_or(NotAdded::NotIssued)?;
    let devices = store::device::of_user(work.sql, user)?;
    if devices.iter().filter(|device| device.passkey.is_some() && !device.state.ended()).count() >= MOST {
        return Err(NotAdded::TooMany.into());
    }
    if holder(work, id)?.is_some() || !store::replay::first_use(work.sql, new.challenge, work.now.plus(LIFE))? {
        return Err(NotAdded::Known.into());
    }
    Ok(Device {
        user,
        id: DeviceId::new(work.now, &nonce()),
        class: class.name.clone(),
        label,
        serial: serial(id),
        state: DeviceState::Pending,
        algorithm: None,
        moving: Moving::default(),
        failures: DeviceFailures::default(),
        created_at: work.now,
        activated_at: None,
        last_used_at: None,
        phone: None,
        passkey: Some(Passkey {
            id: URL_SAFE_NO_PAD.encode(id),
            cose: URL_SAFE_NO_PAD.encode(key),
            user_handle: new.user_handle.clone(),
            counter: *counter,
            backup_eligible: *backup_eligible,
            backed_up: *backed_up,
            transports: new.transports.clone(),
        }),
        life: None,
    })
}

fn insert(work: &mut Work<'_>, device: &Device) -> Result<(), Stop<NotAdded>> {
    // There is nothing to seal: a public key is no secret.
    let nonces = Nonces { key: random(), pin: random(), approve: random() };
    match store::device::insert(work.sql, &work.app.sealer, device, None, nonces) {
        Ok(()) => Ok(()),
        Err(Error::Unique { .. }) => Err(NotAdded::Known.into()),
        Err(error) => Err(error.into()),
    }
}

/// What became of a passkey that another device was to vouch for: it is active, or it is gone.
pub fn ended(work: &mut Work<'_>, confirmation: &Confirmation) -> Result<(), Error> {
    let What::PasskeyAddition(addition) = &confirmation.operation.what else { return Ok(()) };
    let Ok(id) = addition.device_id.as_str().parse::<DeviceId>() else { return Ok(()) };
    let Some(device) = store::device::one(work.sql, confirmation.user, id)? else { return Ok(()) };
    if device.state != DeviceState::Pending {
        return Ok(());
    }
    if !matches!(confirmation.outcome(), Some(Outcome::Confirmed { .. })) {
        unless_refused(lifecycle::pass(work, &device, DeviceEvent::Revoked))?;
        return Ok(());
    }
    if unless_refused(lifecycle::pass(work, &device, DeviceEvent::Activated))?.is_some() {
        lifecycle::end_others(work, &device, None)?;
        notice::tell(work, device.user, Notice::DeviceActivated(id))?;
    }
    Ok(())
}

/// Whose passkey a credential is, and which; none where it is nobody's, or has ended.
pub fn holder(work: &mut Work<'_>, credential: &[u8]) -> Result<Option<(DeviceId, UserId)>, Error> {
    let (serial, catalogue) = (serial(credential), &work.app.settings.catalogue);
    for class in catalogue.classes().iter().filter(|class| class.methods.contains(&Method::Webauthn)) {
        if let Some((user, device)) = store::device::by_serial(work.sql, &class.name, &serial)? {
            return Ok(Some((device, user)));
        }
    }
    Ok(None)
}

/// By what a credential is found: a digest, since its id may be as long as a page.
fn serial(credential: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(credential))
}
