//! Requests of clients' back ends (CIBA): whom they name is asked on the phone, or told that something waits on the
//! settings page; the client fetches the tokens when the user has answered.

use super::{
    Denied,
    ping::GRACE,
    receipt::{self, Confirmed},
};
use crate::{
    app::{App, random},
    clients::Client,
    flow::{
        Refused,
        confirm::{
            candidates,
            offer::{self, Offered},
        },
        messages::outbox::{self, New},
        money::withdrawal,
        proof::Once,
        throttle::{self, Bucket},
    },
    handle::{Kind, Read},
    passwords::Caller,
    work::{Origin, Stop, Work, unless_refused},
};
use domain::{
    Secret, Timestamp,
    audit::{About, Actor, Detail, Kind as Audit},
    confirmation::{Channel, Confirmation, Operation, Outcome, Step, What},
    device::{Method, Verification},
    id::{ConfirmationId, UserId},
    lockout::Budget,
    user::Username,
};
use oidc::{
    GrantFault, OAuthError,
    ciba::{self, BackchannelRequest, UserHint},
};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use store::{
    Error,
    backchannel::{Backchannel, Notification},
    device::Device,
    session::Session,
    throttle::Rate,
};
use wire::{oauth::BackchannelAccepted, problem::ProblemDevice};

/// Takes a request of an authenticated client.
pub async fn ask(
    app: &Arc<App>,
    client: &Client,
    request: BackchannelRequest,
    origin: Origin,
) -> Result<BackchannelAccepted, Denied> {
    if let Some((jti, until)) = &request.signed {
        let until = Timestamp::from_unix_seconds(*until);
        let once = Once::of(&["backchannel", &client.id, jti], until);
        if !app.store.write(move |sql| once.note(sql)).await? {
            return Err(OAuthError::Malformed("request").into());
        }
    }
    let user = named(app, client, &request.hint).await?;
    let life = request.requested_expiry.unwrap_or(offer::LIFE);
    let (auth_req_id, digest) = app.handles.mint(Kind::Backchannel, user);
    let asking = Arc::new(Ask { client: client.clone(), user, request, origin, life, digest });
    if client.oauth.user_code {
        user_code(app, &asking).await?;
    }
    let ping = asking
        .request
        .notification_token
        .clone()
        .map(|token| Notification { token: Secret::new(token), auth_req_id: Secret::new(auth_req_id.clone()) });
    let reads = |now| offer::asks(app, user, now);
    let asked: Result<_, Denied> = app
        .decide(asking.actor(), user, reads, move |work| {
            // Before a user code is looked at it is counted already.
            if !asking.client.oauth.user_code {
                admitted(work, &asking)?;
            }
            offered(work, &asking, ping.as_ref()).map_err(|stop| stop.map(denied))
        })
        .await;
    let (expires_in, interval) = (life.as_secs(), ciba::INTERVAL);
    asked.map(|devices| BackchannelAccepted { auth_req_id, expires_in, interval, devices })
}

/// Why a user is not asked, as the client hears it: no device, or all of them locked, and the user could only fail.
fn denied(refused: Refused) -> Denied {
    match refused {
        Refused::Busy | Refused::Unavailable | Refused::Internal | Refused::Throttled(_) => refused.into(),
        Refused::NotPermitted(_) => OAuthError::NoDeviceMay.into(),
        _ => OAuthError::AccessDenied.into(),
    }
}

/// How many more requests all clients together may send to one user than each of them.
const CLIENTS_OF_ONE_USER: u32 = 3;
/// Wrong user codes of one client for one user: five, and one more an hour.
const WRONG_CODES: Rate = Rate { burst: 5, each: Duration::from_secs(3600) };

/// Names of nobody that one client may send: ten, and one more a minute. Who is a customer is nobody's to list.
const NOBODYS: Rate = Rate { burst: 10, each: Duration::from_secs(60) };

/// The answer to a hint that names nobody, which a client may not ask for often.
fn names_nobody(work: &mut Work<'_>, client: &str) -> Stop<Denied> {
    match throttle::take(work, Bucket::Strangers(client), NOBODYS) {
        Ok(()) => Stop::Refused(OAuthError::UnknownUser.into()),
        Err(stop) => {
            tracing::warn!(client, "a back end names many users whom there are not");
            stop.map(Denied::from)
        }
    }
}

/// The user of a hint, where there may be one.
async fn named(app: &Arc<App>, client: &Client, hint: &UserHint) -> Result<UserId, Denied> {
    let named = match hint {
        UserHint::Login(name) => name.trim().to_ascii_lowercase(),
        UserHint::IdToken(token) => {
            let hint = oidc::hint::read(token, &app.settings.issuer, &app.signer.hint_keys(app.now()));
            // Another client's token names nobody to this one.
            hint.filter(|hint| hint.aud == client.id).ok_or(OAuthError::UnknownUser)?.sub
        }
    };
    match (named.parse::<UserId>(), Username::parse(&named)) {
        (Ok(id), _) => Ok(id),
        (_, Ok(name)) => {
            let found = app.store.read(move |sql| store::user::id_by_name(sql, &name)).await?;
            Ok(found.unwrap_or(UserId::NOBODY))
        }
        _ => Ok(UserId::NOBODY),
    }
}

/// Admits a request, unless this client sent too many: to anyone, to this user, or with wrong codes; or names nobody. What
/// all clients together may ask of a user is counted when nothing else is left to check: a client that may not ask must not
/// keep the others from asking.
fn admitted(work: &mut Work<'_>, ask: &Ask) -> Result<(), Stop<Denied>> {
    let (client, user) = (&ask.client, ask.user);
    let (by_client, by_both) = (work.app.settings.backchannel_client_rate, work.app.settings.backchannel_user_rate);
    throttle::take(work, Bucket::BackEnd(&client.id), by_client)?;
    if store::user::by_id(work.sql, user)?.is_none() {
        return Err(names_nobody(work, &client.id));
    }
    throttle::take(work, Bucket::BackEndAndUser(&client.id, user), by_both)?;
    if client.oauth.user_code {
        throttle::look(work, Bucket::UserCode(&client.id, user), WRONG_CODES)?;
    }
    Ok(())
}

/// Checks what the user says to a client so that its back end may ask.
async fn user_code(app: &Arc<App>, asking: &Arc<Ask>) -> Result<(), Denied> {
    let user = asking.user;
    let unit_asking = Arc::clone(asking);
    let reads = |_| vec![store::user::ask_by_id(user), throttle::ask(app, Bucket::UserCode(&asking.client.id, user))];
    app.decide::<(), Denied, _>(asking.actor(), user, reads, move |work| admitted(work, &unit_asking)).await?;
    let given = asking.request.user_code.as_deref().ok_or(OAuthError::MissingUserCode)?;
    let stored = app.store.read(move |sql| store::user::user_code(sql, user)).await?;
    // A client has proved who it is, so it is known.
    let caller = Caller { address: asking.origin.address, known: true };
    // A user who set none cannot be asked by such a client; it takes as long as a wrong one.
    let verdict = app.passwords.verify(caller, stored.as_deref(), Secret::new(given.to_owned())).await;
    if verdict.map_err(Refused::from)?.right {
        return Ok(());
    }
    let unit_asking = Arc::clone(asking);
    app.work(asking.actor(), move |work| {
        let client = &unit_asking.client.id;
        work.about = about(user, client);
        unless_refused(throttle::take(work, Bucket::UserCode(client, user), WRONG_CODES))?;
        work.record(Audit::BackchannelRefused, Detail::none().because("user_code"))?;
        Err(Stop::Refused(Denied::OAuth(OAuthError::InvalidUserCode)))
    })
    .await
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

impl Ask {
    fn actor(&self) -> Actor {
        Actor::Client { id: self.client.id.clone() }
    }
}

/// Offers what is asked. Gives the devices that may confirm it, where some may not.
fn offered(
    work: &mut Work<'_>,
    ask: &Ask,
    ping: Option<&Notification>,
) -> Result<Option<Vec<ProblemDevice>>, Stop<Refused>> {
    let each = work.app.settings.backchannel_user_rate;
    let all = Rate { burst: each.burst.saturating_mul(CLIENTS_OF_ONE_USER), each: each.each / CLIENTS_OF_ONE_USER };
    throttle::take(work, Bucket::BackEndsOf(ask.user), all)?;
    let operation = Operation {
        what: ask.request.detail.clone().unwrap_or(What::Authentication),
        client: ask.client.id.clone(),
        address: ask.origin.address.to_string(),
        agent: ask.origin.agent.clone(),
        message: ask.request.binding_message.clone(),
        channel: Channel::Backchannel,
        passkey_alone: false,
    };
    let draft = offer::draft(ask.user, operation, work.now, work.now.plus(ask.life));
    // Whoever answers on a page gets a handle there; this one opens nothing.
    let (_, nobody) = work.app.handles.mint(Kind::Attempt, ask.user);
    let Offered { step: Step { confirmation, .. }, around, .. } = offer::with_devices(work, draft, nobody)?;
    let request = Backchannel {
        user: ask.user,
        digest: ask.digest,
        confirmation: confirmation.id,
        client: ask.client.id.clone(),
        scope: ask.request.scope.clone(),
        poll_interval: u32::try_from(ciba::INTERVAL).unwrap_or(u32::MAX),
        polled_at: None,
        created_at: work.now,
        expires_at: confirmation.expires_at,
        redeemed_at: None,
        proved_amr: None,
    };
    store::backchannel::insert(work.sql, &work.app.sealer, &request, ping.map(|ping| (ping, random())))?;
    work.record(Audit::BackchannelAsked, Detail::none())?;
    if confirmation.method() != Some(Method::Seamless) {
        tell(work, ask, &confirmation)?;
    }
    let weak = around.candidates.iter().any(|candidate| !candidate.permitted());
    Ok(weak.then(|| candidates::would_do(&around.candidates)))
}

/// Where no phone shows the request, its owner is told where it waits: once for all that wait there.
fn tell(work: &mut Work<'_>, ask: &Ask, asked: &Confirmation) -> Result<(), Error> {
    let told = |other: &Confirmation| other.id != asked.id && other.method() != Some(Method::Seamless);
    if awaiting(work, ask.user)?.iter().any(told) {
        return Ok(());
    }
    let until = asked.expires_at;
    let arguments = json!({ "client": ask.client.name, "address": format!("{}/settings", work.app.settings.issuer) });
    outbox::everywhere(work, ask.user, New { message: "notice-asked", arguments: &arguments, until })
}

/// What awaits a signed-in user.
pub fn awaiting(work: &mut Work<'_>, user: UserId) -> Result<Vec<Confirmation>, Error> {
    let mut waiting = Vec::new();
    for id in store::backchannel::open(work.sql, user, work.now)? {
        let stored = store::confirmation::by_id(work.sql, user, id)?;
        waiting.extend(stored.map(|stored| stored.confirmation).filter(|c| c.outcome().is_none()));
    }
    Ok(waiting)
}

/// Lets a signed-in user answer one of the requests that wait, on our pages: a handle for it. None when it has ended
/// or is not this user's. What the session proved goes into the tokens of what is typed there.
pub async fn take_up(app: &Arc<App>, session: &Session, id: ConfirmationId) -> Result<Option<String>, Refused> {
    let user = session.user;
    let (handle, digest) = app.handles.mint(Kind::Attempt, user);
    let amr = session.amr.clone();
    let taken: Result<bool, Refused> = app
        .work(Actor::User, move |work| {
            let waiting = awaiting(work, user)?;
            if !waiting.iter().any(|confirmation| confirmation.id == id) {
                return Ok(false);
            }
            store::confirmation::hand_over(work.sql, user, id, digest)?;
            store::backchannel::taken_up(work.sql, user, id, &amr)?;
            Ok(true)
        })
        .await;
    Ok(taken?.then_some(handle))
}

/// An answered request, for its client to fetch what it gives; or why not yet. In the unit of work that gives it.
pub fn fetched(work: &mut Work<'_>, client: &str, read: Read) -> Result<(Backchannel, Answer), Stop<Denied>> {
    let request = store::backchannel::one(work.sql, read.user, read.digest)?.ok_or(GrantFault::UnknownRequest)?;
    if request.client != client || request.redeemed_at.is_some() {
        return Err(GrantFault::UnknownRequest.into());
    }
    let stored =
        store::confirmation::of_request(work.sql, read.user, read.digest)?.ok_or(GrantFault::UnknownRequest)?;
    let devices = store::device::of_user(work.sql, request.user)?;
    paced(work, &request)?;
    let answer = answered(&stored.confirmation, &devices, &request, work.now)?;
    let moves_money = !stored.confirmation.operation.what.withdrawals().is_empty();
    if moves_money && withdrawal::is_stopped(work, request.user, request.confirmation)? {
        return Err(OAuthError::Declined.into());
    }
    let answer = Answer { confirmed: receipt::confirmed(work, &stored.confirmation, &devices)?, ..answer };
    if !store::backchannel::redeem(work.sql, &request, work.now)? {
        return Err(GrantFault::UnknownRequest.into());
    }
    store::device::used(work.sql, request.user, answer.device, work.now)?;
    Ok((request, answer))
}

/// Whoever asks again before the interval is over waits longer from then on (CIBA, 11).
fn paced(work: &mut Work<'_>, request: &Backchannel) -> Result<(), Stop<Denied>> {
    let last = request.polled_at.map(|polled| work.now.since(polled));
    let (soon, next) = ciba::too_soon(last, u64::from(request.poll_interval));
    store::backchannel::polled(work.sql, request, work.now, u32::try_from(next).unwrap_or(u32::MAX))?;
    if soon { Err(OAuthError::SlowDown.into()) } else { Ok(()) }
}

/// How a user answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// With which device.
    pub device: domain::id::DeviceId,
    /// By which method.
    pub method: domain::device::Method,
    /// What the device proves beside that its user holds it.
    pub verification: Verification,
    /// When.
    pub at: Timestamp,
    /// What of it is repeated in the tokens, where there are details.
    pub confirmed: Option<Confirmed>,
}

fn answered(
    confirmation: &Confirmation,
    devices: &[Device],
    request: &Backchannel,
    now: Timestamp,
) -> Result<Answer, OAuthError> {
    match confirmation.outcome() {
        Some(Outcome::Confirmed { device, method, at }) if now < request.expires_at.plus(GRACE) => {
            let used = devices.iter().find(|used| used.id == device);
            let verification = used.map_or(Verification::Nothing, candidates::verification);
            Ok(Answer { device, method, verification, at, confirmed: None })
        }
        Some(Outcome::Confirmed { .. } | Outcome::Expired { .. }) => Err(OAuthError::ExpiredToken),
        Some(Outcome::Denied { .. } | Outcome::Abandoned { .. } | Outcome::Exhausted { .. }) => {
            Err(OAuthError::Declined)
        }
        None if now >= request.expires_at => Err(OAuthError::ExpiredToken),
        None => Err(OAuthError::AuthorizationPending),
    }
}

fn about(user: UserId, client: &str) -> About {
    let budget = Some(Budget::WithoutPassword);
    About { user: Some(user), budget, client: Some(client.to_owned()), ..About::default() }
}
