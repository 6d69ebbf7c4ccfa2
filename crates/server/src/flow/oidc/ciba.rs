//! Requests of clients' back ends (CIBA): whom they name is asked on the phone, or told that something waits on the
//! settings page; the client fetches the tokens when the user has answered.

use crate::{
    app::{App, random},
    clients::Client,
    flow::{
        Origin, Refused,
        confirm::effects::{Scene, audit},
        messages::outbox::{self, New},
        oidc::{
            Denied, details,
            token::{Asking, Tokens},
        },
    },
    handle::Kind,
};
use domain::{
    Secret, Timestamp,
    audit::Kind as Audit,
    confirmation::{Channel, Confirmation, Operation, Outcome, What},
    id::{ConfirmationId, UserId},
    lockout::Budget,
    user::Username,
};
use oidc::{
    OAuthError,
    ciba::{self, BackchannelRequest, UserHint},
};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use store::{
    Error, Sql,
    backchannel::{Backchannel, Notification},
    session::Session,
    throttle::{self, Rate},
    user::User,
};

/// A request that was taken.
#[derive(Debug)]
pub struct Accepted {
    /// What to ask with.
    pub auth_req_id: String,
    /// Seconds it lives.
    pub expires_in: u64,
    /// Seconds between two questions.
    pub interval: u64,
}

/// How long tokens may be fetched after a request's time was over, when its user answered in time.
pub const GRACE: Duration = Duration::from_secs(60);

/// Takes a request of an authenticated client.
pub async fn ask(
    app: &Arc<App>,
    client: &Client,
    request: BackchannelRequest,
    origin: Origin,
) -> Result<Accepted, Denied> {
    if let Some((jti, until)) = &request.signed {
        let until = Timestamp::from_unix_seconds(*until);
        if !crate::flow::oidc::client::first_use(app, &["backchannel", &client.id, jti], until).await? {
            return Err(OAuthError::Malformed("request").into());
        }
    }
    let user = admitted(app, client, &request.hint).await?;
    if client.oauth.user_code {
        user_code(app, client, &user, request.user_code.as_deref()).await?;
    }
    let life = request.requested_expiry.unwrap_or(details::LIFE);
    let (auth_req_id, digest) = app.handles.mint(Kind::Backchannel, user.id);
    let asking = Arc::new(Ask { client: client.clone(), user: user.id, request, origin, life, digest });
    let ping = asking
        .request
        .notification_token
        .clone()
        .map(|token| Notification { token: Secret::new(token), auth_req_id: Secret::new(auth_req_id.clone()) });
    let unit_app = Arc::clone(app);
    let asked = app.store.write(move |sql| offered(&unit_app, sql, &asking, ping.as_ref()));
    match asked.await? {
        Ok(()) => Ok(Accepted { auth_req_id, expires_in: life.as_secs(), interval: ciba::INTERVAL }),
        Err(refused @ (Refused::Busy | Refused::Internal | Refused::Throttled(_))) => Err(refused.into()),
        // No device, or all of them locked: the user could only fail.
        Err(_) => Err(OAuthError::AccessDenied.into()),
    }
}

/// How many more requests all clients together may send to one user than each of them.
const CLIENTS_OF_ONE_USER: u32 = 3;
/// Wrong user codes of one client for one user: five, and one more an hour.
const WRONG_CODES: Rate = Rate { burst: 5, each: Duration::from_secs(3600) };

/// The user of a hint, unless this client sent too many requests: to anyone, to this user, or with wrong codes. What all
/// clients together may ask of a user is counted when nothing else is left to check: a client that may not ask must not
/// keep the others from asking.
async fn admitted(app: &Arc<App>, client: &Client, hint: &UserHint) -> Result<User, Denied> {
    let named = match hint {
        UserHint::Login(name) => name.trim().to_ascii_lowercase(),
        UserHint::IdToken(token) => {
            let hint = oidc::hint::read(token, &app.settings.issuer, &app.signer.hint_keys(app.now()));
            // Another client's token names nobody to this one.
            hint.filter(|hint| hint.aud == client.id).ok_or(OAuthError::UnknownUser)?.sub
        }
    };
    let (unit_app, client, coded) = (Arc::clone(app), client.id.clone(), client.oauth.user_code);
    let found = app.store.write(move |sql| {
        let now = unit_app.now();
        let by_client = unit_app.handles.bucket("backchannel-client", client.as_bytes());
        if let Some(wait) = throttle::take(sql, by_client, unit_app.settings.backchannel_client_rate, now)? {
            return Ok(Err(Refused::Throttled(wait).into()));
        }
        let user = match (named.parse::<UserId>(), Username::parse(&named)) {
            (Ok(id), _) => store::user::by_id(sql, id)?,
            (_, Ok(name)) => store::user::by_name(sql, &name)?,
            _ => None,
        };
        let Some(user) = user else { return Ok(Err(Denied::OAuth(OAuthError::UnknownUser))) };
        let of_both = of_both(&client, user.id);
        let by_both = unit_app.handles.bucket("backchannel-client-user", &of_both);
        if let Some(wait) = throttle::take(sql, by_both, unit_app.settings.backchannel_user_rate, now)? {
            return Ok(Err(Refused::Throttled(wait).into()));
        }
        if coded && let Some(wait) = throttle::wait(sql, wrong_codes(&unit_app, &of_both), WRONG_CODES, now)? {
            return Ok(Err(Refused::Throttled(wait).into()));
        }
        Ok::<_, Error>(Ok(user))
    });
    found.await?
}

fn of_both(client: &str, user: UserId) -> Vec<u8> {
    [&user.octets(), client.as_bytes()].concat()
}

fn wrong_codes(app: &App, of_both: &[u8]) -> [u8; 16] {
    app.handles.bucket("backchannel-user-code", of_both)
}

async fn user_code(app: &Arc<App>, client: &Client, user: &User, given: Option<&str>) -> Result<(), Denied> {
    let given = given.ok_or(OAuthError::MissingUserCode)?;
    let id = user.id;
    let stored = app.store.read(move |sql| store::user::user_code(sql, id)).await?;
    // A user who set none cannot be asked by such a client; it takes as long as a wrong one.
    let verdict =
        app.passwords.verify(stored.as_deref(), Secret::new(given.to_owned())).await.map_err(Refused::from)?;
    if verdict.right {
        return Ok(());
    }
    let (unit_app, now, client) = (Arc::clone(app), app.now(), client.id.clone());
    let noted = app.store.write(move |sql| {
        let scene = scene(id, &client, now);
        throttle::take(sql, wrong_codes(&unit_app, &of_both(&client, id)), WRONG_CODES, now)?;
        audit(sql, &scene, Audit::BackchannelRefused, &json!({ "because": "user_code" }))
    });
    noted.await?;
    Err(OAuthError::InvalidUserCode.into())
}

/// A request on its way into the store.
struct Ask {
    client: Client,
    user: UserId,
    request: BackchannelRequest,
    origin: Origin,
    life: Duration,
    digest: [u8; 32],
}

fn offered(app: &App, sql: &mut dyn Sql, ask: &Ask, ping: Option<&Notification>) -> Result<Result<(), Refused>, Error> {
    let now = app.now();
    let each = app.settings.backchannel_user_rate;
    let all = Rate { burst: each.burst.saturating_mul(CLIENTS_OF_ONE_USER), each: each.each / CLIENTS_OF_ONE_USER };
    let by_user = app.handles.bucket("backchannel-user", &ask.user.octets());
    if let Some(wait) = throttle::take(sql, by_user, all, now)? {
        return Ok(Err(Refused::Throttled(wait)));
    }
    let operation = Operation {
        what: ask.request.detail.as_ref().map_or(What::Login, details::what),
        client: ask.client.id.clone(),
        address: ask.origin.address.to_string(),
        agent: ask.origin.agent.clone(),
        message: ask.request.binding_message.clone(),
        channel: Channel::Backchannel,
    };
    let draft = details::draft(ask.user, operation, (now, now.plus(ask.life)));
    // Whoever answers on a page gets a handle there; this one opens nothing.
    let (_, nobody) = app.handles.mint(Kind::Attempt, ask.user);
    let confirmation = match details::offer(app, sql, draft, nobody)? {
        Ok(confirmation) => confirmation,
        Err(refused) => return Ok(Err(refused)),
    };
    let request = Backchannel {
        user: ask.user,
        digest: ask.digest,
        confirmation: confirmation.id,
        client: ask.client.id.clone(),
        scope: ask.request.scope.clone(),
        poll_interval: u32::try_from(ciba::INTERVAL).unwrap_or(u32::MAX),
        polled_at: None,
        created_at: now,
        expires_at: confirmation.expires_at,
        redeemed_at: None,
        proved_amr: None,
    };
    store::backchannel::insert(sql, &app.sealer, &request, ping.map(|ping| (ping, random())))?;
    let scene = scene(ask.user, &ask.client.id, now).about(confirmation.id);
    audit(sql, &scene, Audit::BackchannelAsked, &json!({}))?;
    if confirmation.method() != Some(domain::device::Method::Seamless) {
        tell(app, sql, ask, (confirmation.expires_at, now))?;
    }
    Ok(Ok(()))
}

/// Where no phone shows the request, its owner is told where it waits.
fn tell(app: &App, sql: &mut dyn Sql, ask: &Ask, (until, now): (Timestamp, Timestamp)) -> Result<(), Error> {
    let arguments = json!({ "client": ask.client.name, "address": format!("{}/settings", app.settings.issuer) });
    let new = New { message: "notice-asked", arguments: &arguments, until };
    for contact in store::contact::of_user(sql, &app.sealer, ask.user)? {
        outbox::queue(app, sql, (ask.user, &contact), new, now)?;
    }
    Ok(())
}

/// What awaits a signed-in user.
pub fn awaiting(sql: &mut dyn Sql, user: UserId, now: Timestamp) -> Result<Vec<Confirmation>, Error> {
    let mut waiting = Vec::new();
    for id in store::backchannel::open(sql, user, now)? {
        let stored = store::confirmation::by_id(sql, user, id)?;
        waiting.extend(stored.map(|stored| stored.confirmation).filter(|c| c.outcome().is_none()));
    }
    Ok(waiting)
}

/// Lets a signed-in user answer one of the requests that wait, on our pages: a handle for it. None when it has ended
/// or is not this user's. What the session proved goes into the tokens of what is typed there.
pub async fn take_up(app: &Arc<App>, session: &Session, id: ConfirmationId) -> Result<Option<String>, Refused> {
    let user = session.user;
    let (handle, digest) = app.handles.mint(Kind::Attempt, user);
    let (unit_app, amr) = (Arc::clone(app), session.amr.clone());
    let taken = app.store.write(move |sql| {
        let waiting = awaiting(sql, user, unit_app.now())?;
        if !waiting.iter().any(|confirmation| confirmation.id == id) {
            return Ok(false);
        }
        store::confirmation::hand_over(sql, user, id, digest)?;
        store::backchannel::taken_up(sql, user, id, &amr)?;
        Ok::<_, Error>(true)
    });
    Ok(taken.await?.then_some(handle))
}

/// The tokens of an answered request, once; or why not yet.
pub async fn poll(app: &Arc<App>, asking: Asking<'_>, auth_req_id: &str) -> Result<Tokens, Denied> {
    let read = app.handles.read(Kind::Backchannel, auth_req_id).ok_or(OAuthError::InvalidGrant)?;
    let client = asking.client.clone();
    let unit_app = Arc::clone(app);
    let jkt = asking.jkt.clone();
    if client.oauth.dpop_bound_access_tokens && jkt.is_none() {
        return Err(OAuthError::NoDpopProof.into());
    }
    crate::flow::oidc::token::backchannel(app, read, move |sql| {
        let now = unit_app.now();
        let Some(request) = store::backchannel::one(sql, read.user, read.digest)? else {
            return Ok(Err(OAuthError::InvalidGrant));
        };
        if request.client != client.id || request.redeemed_at.is_some() {
            return Ok(Err(OAuthError::InvalidGrant));
        }
        if let Some(error) = too_soon(sql, &request, now)? {
            return Ok(Err(error));
        }
        let Some(stored) = store::confirmation::by_id(sql, request.user, request.confirmation)? else {
            return Ok(Err(OAuthError::InvalidGrant));
        };
        Ok(match answered(&stored.confirmation, &request, now) {
            Ok(answer) if store::backchannel::redeem(sql, &request, now)? => {
                store::device::used(sql, request.user, answer.device, now)?;
                Ok((request, answer, jkt.clone()))
            }
            Ok(_) => Err(OAuthError::InvalidGrant),
            Err(error) => Err(error),
        })
    })
    .await
}

/// Whoever asks again before the interval is over waits longer from then on (CIBA, 11).
fn too_soon(sql: &mut dyn Sql, request: &Backchannel, now: Timestamp) -> Result<Option<OAuthError>, Error> {
    let last = request.polled_at.map(|polled| now.since(polled));
    let (soon, next) = ciba::too_soon(last, u64::from(request.poll_interval));
    store::backchannel::polled(sql, request, now, u32::try_from(next).unwrap_or(u32::MAX))?;
    Ok(soon.then_some(OAuthError::SlowDown))
}

/// How a user answered.
#[derive(Debug, Clone, Copy)]
pub struct Answer {
    /// With which device.
    pub device: domain::id::DeviceId,
    /// By which method.
    pub method: domain::device::Method,
    /// When.
    pub at: Timestamp,
    /// The confirmation, where its details are repeated in the tokens.
    pub details: Option<ConfirmationId>,
}

fn answered(confirmation: &Confirmation, request: &Backchannel, now: Timestamp) -> Result<Answer, OAuthError> {
    let details = details::detail(&confirmation.operation.what).map(|_| confirmation.id);
    match confirmation.outcome() {
        Some(Outcome::Confirmed { device, method, at }) if now < request.expires_at.plus(GRACE) => {
            Ok(Answer { device, method, at, details })
        }
        Some(Outcome::Confirmed { .. } | Outcome::Expired { .. }) => Err(OAuthError::ExpiredToken),
        Some(Outcome::Denied { .. } | Outcome::Exhausted { .. }) => Err(OAuthError::Declined),
        None if now >= request.expires_at => Err(OAuthError::ExpiredToken),
        None => Err(OAuthError::AuthorizationPending),
    }
}

fn scene(user: UserId, client: &str, now: Timestamp) -> Scene {
    Scene { user: Some(user), budget: Budget::beyond_login(user), now, detail: json!({ "client": client }) }
}
