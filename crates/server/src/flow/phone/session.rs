//! A phone's session: admitted by token, key and a fresh proof, in the unit of work that needs it.

use crate::{
    app::{App, nonce},
    flow::{
        Refused,
        confirm::effects::{Scene, audit},
        phone::{Call, PhoneRefused},
    },
    handle::Kind,
};
use domain::{
    Timestamp,
    audit::Kind as Audit,
    device::DeviceState,
    id::{DeviceId, PhoneSessionId, UserId},
    lockout::Budget,
};
use oidc::jwk::PublicKey;
use serde_json::json;
use std::sync::Arc;
use store::{
    Error, Sql,
    device::Device,
    phone_session::{Digests, PhoneSession},
    throttle::{self, Rate},
};
use wire::phone::PhoneTokens;

/// An admitted phone.
pub struct Admitted {
    /// The session.
    pub session: PhoneSession,
    /// The phone.
    pub device: Device,
}

/// Admits a call of an active phone. Only what this gives leads on: it is the check.
pub fn admit(app: &App, sql: &mut dyn Sql, call: &Call) -> Result<Result<Admitted, PhoneRefused>, Error> {
    let Some(access) = call.access else { return Ok(Err(PhoneRefused::Token)) };
    let found = store::phone_session::by_access(sql, access.user, access.digest, app.now())?;
    let Some(session) = found else { return Ok(Err(PhoneRefused::Token)) };
    of_session(sql, session, call)
}

fn of_session(sql: &mut dyn Sql, session: PhoneSession, call: &Call) -> Result<Result<Admitted, PhoneRefused>, Error> {
    let device = store::device::one(sql, session.user, session.device)?;
    let Some(device) = device.filter(|device| holds(device, &call.thumbprint)) else {
        return Ok(Err(PhoneRefused::Token));
    };
    if !store::replay::first_use(sql, call.proof, call.proof_expires_at)? {
        return Ok(Err(PhoneRefused::ProofReplayed));
    }
    if device.state != DeviceState::Active {
        return Ok(Err(PhoneRefused::NotActive));
    }
    Ok(Ok(Admitted { session, device }))
}

/// Whether the device's registered key is the one of this thumbprint.
fn holds(device: &Device, thumbprint: &str) -> bool {
    let key = device.phone.as_ref().and_then(|phone| PublicKey::parse(&phone.signing_key).ok());
    key.is_some_and(|key| key.thumbprint() == thumbprint)
}

/// Begins a session of a phone; its tokens are to be handed out once.
pub fn begin(
    app: &App,
    sql: &mut dyn Sql,
    (user, device): (UserId, DeviceId),
    now: Timestamp,
) -> Result<PhoneTokens, Error> {
    let (access, access_digest) = app.handles.mint(Kind::PhoneAccess, user);
    let (refresh, refresh_digest) = app.handles.mint(Kind::PhoneRefresh, user);
    let session = PhoneSession {
        user,
        id: PhoneSessionId::new(now, &nonce()),
        device,
        access_expires_at: now.plus(app.settings.token_life),
        created_at: now,
        last_seen_at: now,
    };
    store::phone_session::insert(sql, &session, Digests { access: access_digest, refresh: refresh_digest })?;
    Ok(tokens(app, access, Some(refresh)))
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
    let unit_app = Arc::clone(app);
    let admitted = app.store.write(move |sql| {
        let now = unit_app.now();
        let Some(session) = store::phone_session::by_refresh(sql, read.user, read.digest)? else {
            return Ok(Err(PhoneRefused::Token));
        };
        let admitted = match of_session(sql, session, &call)? {
            Ok(admitted) => admitted,
            Err(refused) => return Ok(Err(refused)),
        };
        let expires_at = now.plus(unit_app.settings.token_life);
        store::phone_session::refreshed(sql, &admitted.session, (digest, expires_at), now)?;
        Ok::<_, Error>(Ok(()))
    });
    admitted.await??;
    Ok(tokens(app, access, None))
}

/// Ends the session. The device stays: it can still answer challenges, and a new activation replaces it.
pub async fn log_out(app: &Arc<App>, call: Call, named: DeviceId) -> Result<(), PhoneRefused> {
    let unit_app = Arc::clone(app);
    let ended = app.store.write(move |sql| {
        let now = unit_app.now();
        let admitted = match admit(&unit_app, sql, &call)? {
            Ok(admitted) if admitted.device.id == named => admitted,
            Ok(_) => return Ok(Err(PhoneRefused::Malformed("device"))),
            Err(refused) => return Ok(Err(refused)),
        };
        store::phone_session::end(sql, admitted.session.user, admitted.session.id, now)?;
        let scene = scene(&admitted.device, &call, now);
        audit(sql, &scene, Audit::PhoneLoggedOut, &json!({}))?;
        Ok::<_, Error>(Ok(()))
    });
    ended.await?
}

/// What audit rows about a phone's call say.
pub fn scene(device: &Device, call: &Call, now: Timestamp) -> Scene {
    let detail = json!({ "device": device.id.to_string(), "address": call.origin.address.to_string() });
    Scene { user: Some(device.user), budget: Budget::Strangers, now, detail }
}

/// How often a phone may do something of its own accord.
pub struct Pace {
    /// What it does: each has its own count.
    pub of: &'static str,
    /// A few times at once, and then one a while.
    pub rate: Rate,
}

/// Whether a phone may do this now; counts that it does.
pub fn paced(app: &App, sql: &mut dyn Sql, device: DeviceId, pace: &Pace) -> Result<Result<(), PhoneRefused>, Error> {
    let bucket = app.handles.bucket(pace.of, &device.octets());
    Ok(match throttle::take(sql, bucket, pace.rate, app.now())? {
        Some(wait) => Err(Refused::Throttled(wait).into()),
        None => Ok(()),
    })
}
