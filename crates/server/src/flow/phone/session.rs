//! A phone's session: admitted by token, key and a fresh proof, in the unit of work that needs it.

use super::call::{Call, Named, PhoneRefused, SignedBody};
use crate::{
    app::{App, nonce},
    handle::{Kind, Read},
    work::{Stop, Work},
};
use domain::{
    Timestamp,
    audit::{Actor, Detail, Kind as Audit},
    device::DeviceState,
    id::{DeviceId, PhoneSessionId, UserId},
};
use oidc::jwk::PublicKey;
use std::sync::Arc;
use store::{
    Ask, Error,
    device::Device,
    phone_session::{Digests, PhoneSession},
};
use wire::phone::{Logout, PhoneTokens, typ};

/// An admitted phone.
pub struct Admitted {
    /// The session.
    pub session: PhoneSession,
    /// The phone.
    pub device: Device,
    /// All of its user's devices, the phone among them.
    pub devices: Vec<Device>,
}

/// What [`admit`] reads, and whose it is.
pub(super) fn asks(call: &Call, now: Timestamp) -> Vec<Ask> {
    let of = |access: Read| {
        [store::phone_session::ask_by_access(access.user, access.digest, now), store::device::ask_of_user(access.user)]
    };
    call.access.into_iter().flat_map(of).collect()
}

/// Admits a call of an active phone. Only what this gives leads on: it is the check. From here on the phone acts.
pub fn admit(work: &mut Work<'_>, call: &Call) -> Result<Admitted, Stop<PhoneRefused>> {
    let access = call.access.ok_or(PhoneRefused::Token)?;
    let found = store::phone_session::by_access(work.sql, access.user, access.digest, work.now)?;
    of_session(work, found.ok_or(PhoneRefused::Token)?, call)
}

/// Admits a phone that orders something of itself.
pub(super) fn ordered(work: &mut Work<'_>, call: &Call, named: &Named) -> Result<Admitted, Stop<PhoneRefused>> {
    let admitted = admit(work, call)?;
    named.check(&admitted.device, work.now)?;
    Ok(admitted)
}

fn of_session(work: &mut Work<'_>, session: PhoneSession, call: &Call) -> Result<Admitted, Stop<PhoneRefused>> {
    let devices = store::device::of_user(work.sql, session.user)?;
    let device = devices.iter().find(|device| device.id == session.device && holds(device, &call.thumbprint));
    let device = device.ok_or(PhoneRefused::Token)?.clone();
    if !call.proof.note(work)? {
        return Err(PhoneRefused::ProofReplayed.into());
    }
    if device.state != DeviceState::Active {
        return Err(PhoneRefused::NotActive.into());
    }
    work.actor = Actor::Device { id: device.id };
    work.about = call.about(device.user);
    work.about.device = Some(device.id);
    Ok(Admitted { session, device, devices })
}

/// Whether the device's registered key is the one of this thumbprint.
pub(super) fn holds(device: &Device, thumbprint: &str) -> bool {
    let key = device.phone.as_ref().and_then(|phone| PublicKey::parse(&phone.signing_key).ok());
    key.is_some_and(|key| key.thumbprint() == thumbprint)
}

/// Begins a session of a phone; its tokens are to be handed out once.
pub fn begin(work: &mut Work<'_>, user: UserId, device: DeviceId) -> Result<PhoneTokens, Error> {
    let (access, access_digest) = work.app.handles.mint(Kind::PhoneAccess, user);
    let (refresh, refresh_digest) = work.app.handles.mint(Kind::PhoneRefresh, user);
    let session = PhoneSession {
        user,
        id: PhoneSessionId::new(work.now, &nonce()),
        device,
        access_expires_at: work.now.plus(work.app.settings.token_life),
        created_at: work.now,
        last_seen_at: work.now,
    };
    store::phone_session::insert(work.sql, &session, Digests { access: access_digest, refresh: refresh_digest })?;
    Ok(tokens(work.app, access, Some(refresh)))
}

fn tokens(app: &App, access: String, refresh: Option<String>) -> PhoneTokens {
    PhoneTokens {
        access_token: access,
        token_type: "DPoP".to_owned(),
        expires_in: app.settings.token_life.as_secs(),
        refresh_token: refresh,
    }
}

/// Another access token for a refresh token. The refresh token stays: it is worth nothing without the phone's key
/// (RFC 9700, 2.2.2).
pub async fn refresh(app: &Arc<App>, call: Call, refresh: &str) -> Result<PhoneTokens, PhoneRefused> {
    let read = app.handles.read(Kind::PhoneRefresh, refresh).ok_or(PhoneRefused::Token)?;
    let (access, digest) = app.handles.mint(Kind::PhoneAccess, read.user);
    let reads = [store::phone_session::ask_by_refresh(read.user, read.digest), store::device::ask_of_user(read.user)];
    let refreshed: Result<(), PhoneRefused> = app
        .decide(
            call.actor(),
            read.user,
            |_| reads.to_vec(),
            move |work| {
                let session = store::phone_session::by_refresh(work.sql, read.user, read.digest)?;
                let unused_for = work.app.settings.phone_unused_for;
                let session = session.filter(|session| work.now < session.last_seen_at.plus(unused_for));
                let admitted = of_session(work, session.ok_or(PhoneRefused::Token)?, &call)?;
                let expires_at = work.now.plus(work.app.settings.token_life);
                Ok(store::phone_session::refreshed(work.sql, &admitted.session, (digest, expires_at), work.now)?)
            },
        )
        .await;
    refreshed?;
    Ok(tokens(app, access, None))
}

/// Ends the session. The device stays: it can still answer challenges, and a new activation replaces it.
pub async fn log_out(app: &Arc<App>, call: Call, order: &SignedBody<Logout>) -> Result<(), PhoneRefused> {
    let order = order.open(&call, typ::LOGOUT)?;
    let named: DeviceId = order.device.parse().map_err(|_| PhoneRefused::Malformed("device"))?;
    app.work(call.actor(), move |work| {
        let admitted = admit(work, &call)?;
        if admitted.device.id != named {
            return Err(PhoneRefused::Malformed("device").into());
        }
        store::phone_session::end(work.sql, admitted.session.user, admitted.session.id, work.now)?;
        Ok(work.record(Audit::PhoneLoggedOut, Detail::none())?)
    })
    .await
}
