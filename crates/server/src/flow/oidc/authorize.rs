//! Authorization requests: pushed, waiting for a login, answered with a code.

use super::{Denied, code};
use crate::{
    app::App,
    clients::Client,
    flow::{Refused, login::session::SignedIn, throttle},
    handle::Kind,
    work::Origin,
};
use domain::{Timestamp, audit::Actor, confirmation::Redemption, id::UserId, login::ACR_TWO_FACTORS};
use oidc::{
    OAuthError,
    authorize::{AuthorizeRequest, Prompt},
    client::AuthMethod,
};
use std::{sync::Arc, time::Duration};

/// How long a pushed request may be used.
pub const PUSHED_LIFE: Duration = Duration::from_secs(90);
/// How long a request waits for its user to log in.
const WAITING_LIFE: Duration = Duration::from_secs(900);

/// A request that waits for a login.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The request.
    pub request: AuthorizeRequest,
    /// When it came: a login from then on is a fresh one.
    pub since: Timestamp,
}

impl Waiting {
    /// Scheme, host and port of where the answer will go; for a private scheme the scheme alone.
    pub fn origin(&self) -> String {
        self.request.addressee.origin()
    }
}

/// Keeps a request that a client pushed; its handle, for `request_uri`. A client that did not prove itself takes from
/// the bucket of its address.
pub async fn push(
    app: &Arc<App>,
    client: &Client,
    request: &AuthorizeRequest,
    origin: Origin,
) -> Result<String, Denied> {
    let stranger = (client.oauth.auth == AuthMethod::None).then_some(origin);
    keep(app, request, (Kind::Pushed, PUSHED_LIFE), stranger).await
}

/// Keeps a request until its user has logged in; its handle. Anyone may send one, so it takes from the bucket of the
/// address that it comes from.
pub async fn wait(app: &Arc<App>, request: &AuthorizeRequest, origin: &Origin) -> Result<String, Denied> {
    keep(app, request, (Kind::Waiting, WAITING_LIFE), Some(origin.clone())).await
}

async fn keep(
    app: &Arc<App>,
    request: &AuthorizeRequest,
    (kind, life): (Kind, Duration),
    stranger: Option<Origin>,
) -> Result<String, Denied> {
    let (handle, digest) = app.handles.mint(kind, UserId::NOBODY);
    let text = serde_json::to_string(request).map_err(|_| Refused::Internal)?;
    let client = request.client_id.clone();
    let kept: Result<(), Refused> = app
        .work(Actor::Stranger, move |work| {
            if let Some(stranger) = &stranger {
                throttle::address(work, stranger)?;
            }
            let request = store::request::Request {
                digest,
                client: client.clone(),
                request: text.clone(),
                created_at: work.now,
                expires_at: work.now.plus(life),
            };
            Ok(store::request::insert(work.sql, &request)?)
        })
        .await;
    kept?;
    Ok(handle)
}

/// Takes a pushed request, once, for the client that pushed it.
pub async fn pushed(app: &Arc<App>, handle: &str, client: &str) -> Result<AuthorizeRequest, Denied> {
    let found = fetch(app, Kind::Pushed, handle, true).await?;
    match found {
        Some(waiting) if waiting.request.client_id == client => Ok(waiting.request),
        _ => Err(OAuthError::InvalidRequestUri.into()),
    }
}

/// Looks at a request that waits for a login.
pub async fn look(app: &Arc<App>, handle: &str) -> Result<Option<Waiting>, Refused> {
    fetch(app, Kind::Waiting, handle, false).await
}

/// Takes a request that waited for a login, once.
pub async fn take(app: &Arc<App>, handle: &str) -> Result<Option<Waiting>, Refused> {
    fetch(app, Kind::Waiting, handle, true).await
}

async fn fetch(app: &Arc<App>, kind: Kind, handle: &str, take: bool) -> Result<Option<Waiting>, Refused> {
    let Some(read) = app.handles.read(kind, handle) else { return Ok(None) };
    let now = app.now();
    let stored = if take {
        app.store.write(move |sql| store::request::take(sql, read.digest, now)).await?
    } else {
        app.store.read(move |sql| store::request::one(sql, read.digest, now)).await?
    };
    let Some(stored) = stored else { return Ok(None) };
    let request = serde_json::from_str(&stored.request).map_err(|_| Refused::Internal)?;
    Ok(Some(Waiting { request, since: stored.created_at }))
}

/// What is to be done about a request.
#[derive(Debug)]
pub enum Verdict {
    /// Answer it from this session.
    Answer,
    /// Ask who is signed in to confirm the request's operation.
    Confirm,
    /// Ask the user to log in.
    Ask,
}

/// Whether the session at hand answers a request. `since`: when the request began to wait, if it did; a login from
/// then on satisfies `prompt=login` and `max_age`.
pub fn judge(
    app: &App,
    request: &AuthorizeRequest,
    signed_in: Option<&SignedIn>,
    since: Option<Timestamp>,
) -> Result<Verdict, OAuthError> {
    if !request.level_met_by(ACR_TWO_FACTORS) {
        return Err(OAuthError::UnmetAuthentication);
    }
    let hint = match &request.id_token_hint {
        Some(hint) => Some(
            oidc::hint::read(hint, &app.settings.issuer, &app.signer.hint_keys(app.now()))
                .ok_or(OAuthError::Malformed("id_token_hint"))?,
        ),
        None => None,
    };
    let fits = |signed_in: &&SignedIn| {
        let session = &signed_in.session;
        let fresh = since.is_some_and(|since| session.created_at >= since);
        let met = request.met_by(&session.acr, session.created_at.unix_seconds(), app.now().unix_seconds());
        let subject = signed_in.user.id.to_string();
        let same = hint.as_ref().is_none_or(|hint| hint.sub == subject) && request.subject_fits(&subject);
        same && (met || fresh && request.level_met_by(&session.acr))
    };
    match signed_in.filter(fits) {
        Some(_) if request.detail.is_none() => Ok(Verdict::Answer),
        Some(_) if request.prompt == Prompt::None => Err(OAuthError::InteractionRequired),
        Some(_) => Ok(Verdict::Confirm),
        None if request.prompt == Prompt::None => Err(OAuthError::LoginRequired),
        None => Ok(Verdict::Ask),
    }
}

/// A code for a client, from a session.
pub async fn code(
    app: &Arc<App>,
    client: &Client,
    request: &AuthorizeRequest,
    signed_in: &SignedIn,
) -> Result<String, Denied> {
    let session = &signed_in.session;
    let new = code::New {
        user: session.user,
        client: client.id.clone(),
        confirmation: session.confirmation,
        redemption: redemption(request),
        acr: session.acr.clone(),
        amr: session.amr.clone(),
        auth_at: session.created_at,
        session: Some(session.id),
    };
    app.work(Actor::User, move |work| Ok(code::issue(work, new.clone())?)).await
}

/// What a code for a request is bound to.
pub(super) fn redemption(request: &AuthorizeRequest) -> Redemption {
    Redemption {
        code_challenge: request.code_challenge.clone(),
        scope: request.scope.clone(),
        nonce: request.nonce.clone(),
        redirect_uri: Some(request.addressee.redirect_uri.clone()),
        dpop_jkt: request.dpop_jkt.clone(),
        details: false,
    }
}
