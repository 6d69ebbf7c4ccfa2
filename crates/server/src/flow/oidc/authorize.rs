//! Authorization requests: pushed, waiting for a login, answered with a code.

use super::{Denied, code};
use crate::{
    app::App,
    clients::Client,
    flow::{Refused, login::session::SignedIn, proof::Proof, throttle},
    handle::Kind,
    work::{Origin, Stop, Work},
};
use domain::{Timestamp, audit::Actor, confirmation::Redemption, id::UserId, login::ACR_TWO_FACTORS};
use oidc::{
    OAuthError,
    authorize::{AuthorizeRequest, Prompt},
    client::AuthMethod,
};
use serde::{Deserialize, Serialize};
use std::{sync::Arc, time::Duration};
use store::Sql;

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

/// A request as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    #[serde(flatten)]
    request: AuthorizeRequest,
    /// Of one that waits: the digest of the pushed request behind it, which is answered with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pushed: Option<[u8; 32]>,
}

/// What came with a pushed request.
pub struct Brought {
    /// Where it comes from.
    pub origin: Origin,
    /// The proof of the key that its code goes to.
    pub proof: Option<Proof>,
}

/// Keeps a request that a client pushed; its handle, for `request_uri`. A client that did not prove itself takes from
/// the bucket of its address.
pub async fn push(
    app: &Arc<App>,
    client: &Client,
    request: AuthorizeRequest,
    brought: Brought,
) -> Result<String, Denied> {
    let stranger = (client.oauth.auth == AuthMethod::None).then_some(brought.origin);
    let (handle, digest) = app.handles.mint(Kind::Pushed, UserId::NOBODY);
    let kept = Kept { request, pushed: None };
    app.work(Actor::Client { id: client.id.clone() }, move |work| {
        if let Some(stranger) = &stranger {
            throttle::address(work, stranger)?;
        }
        if let Some(proof) = &brought.proof
            && !proof.note(work)?
        {
            return Err(OAuthError::ReplayedDpopProof.into());
        }
        let until = work.now.plus(PUSHED_LIFE);
        let kept = Keeping { kept: &kept, browser: None };
        keep(work, digest, &kept, until)
    })
    .await?;
    Ok(handle)
}

/// Where a request came from that is to wait for a login.
#[derive(Debug, Clone, Copy)]
pub enum Source {
    /// The browser brought it.
    Browser,
    /// A client pushed it, and it is open in this browser.
    Pushed(Opened),
    /// It has waited before, and its login did not do.
    Waited,
}

/// A pushed request that is open in a browser.
#[derive(Debug, Clone, Copy)]
pub struct Opened {
    digest: [u8; 32],
    until: Timestamp,
}

/// Who brings a request that is to wait.
#[derive(Debug, Clone, Copy)]
pub struct Seeker<'a> {
    /// From where.
    pub origin: &'a Origin,
    /// The browser, by a keyed digest of its cookie: no other one goes on with the request.
    pub browser: [u8; 16],
}

/// Keeps a request until its user has logged in; its handle. Anyone may send one, so it takes from the bucket of the
/// address that it comes from. A pushed one waits no longer than its address may be opened.
pub async fn wait(
    app: &Arc<App>,
    request: AuthorizeRequest,
    source: Source,
    seeker: Seeker<'_>,
) -> Result<String, Denied> {
    let (handle, digest) = app.handles.mint(Kind::Waiting, UserId::NOBODY);
    let opened = match source {
        Source::Pushed(opened) => Some(opened),
        Source::Browser | Source::Waited => None,
    };
    let kept = Kept { request, pushed: opened.map(|opened| opened.digest) };
    let (origin, browser) = (seeker.origin.clone(), seeker.browser);
    app.work(Actor::Stranger, move |work| {
        throttle::address(work, &origin)?;
        let until = opened.map_or(work.now.plus(WAITING_LIFE), |opened| opened.until);
        let kept = Keeping { kept: &kept, browser: Some(browser) };
        keep(work, digest, &kept, until)
    })
    .await?;
    Ok(handle)
}

/// A request to be kept, and the browser that alone goes on with it.
struct Keeping<'a> {
    kept: &'a Kept,
    browser: Option<[u8; 16]>,
}

fn keep(work: &mut Work<'_>, digest: [u8; 32], new: &Keeping<'_>, until: Timestamp) -> Result<(), Stop<Denied>> {
    let kept = new.kept;
    let request = store::request::Request {
        digest,
        client: kept.request.client_id.clone(),
        request: serde_json::to_string(kept).map_err(|_| Refused::Internal)?,
        browser: new.browser,
        created_at: work.now,
        expires_at: until,
    };
    Ok(store::request::insert(work.sql, &request)?)
}

/// Opens a pushed request, for the client that pushed it, in a browser and from then on in no other: the page may be
/// loaded again until it is answered (RFC 9126, 4).
pub async fn pushed(
    app: &Arc<App>,
    handle: &str,
    client: &str,
    browser: [u8; 16],
) -> Result<(AuthorizeRequest, Opened), Denied> {
    let unknown = OAuthError::InvalidRequestUri;
    let read = app.handles.read(Kind::Pushed, handle).ok_or(unknown.clone())?;
    let (now, client) = (app.now(), client.to_owned());
    let until = now.plus(WAITING_LIFE);
    let found = app.store.write(move |sql| {
        // Another client's is not opened by asking.
        let pushed = store::request::one(sql, read.digest, now)?.filter(|pushed| pushed.client == client);
        if pushed.is_none() {
            return Ok::<_, store::Error>(None);
        }
        store::request::open(sql, read.digest, browser, now, until)
    });
    let found = found.await?.ok_or(unknown)?;
    let kept: Kept = serde_json::from_str(&found.request).map_err(|_| Refused::Internal)?;
    Ok((kept.request, Opened { digest: read.digest, until: found.expires_at }))
}

/// Notes that a pushed request is answered. False when it was before.
pub async fn answered(app: &Arc<App>, opened: Opened) -> Result<bool, Refused> {
    let now = app.now();
    Ok(app.store.write(move |sql| store::request::take(sql, opened.digest, now)).await?.is_some())
}

/// Looks at a request that waits for a login in this browser. Its handle alone is of no use in another one.
pub async fn look(app: &Arc<App>, handle: &str, browser: [u8; 16]) -> Result<Option<Waiting>, Refused> {
    let Some(read) = app.handles.read(Kind::Waiting, handle) else { return Ok(None) };
    let now = app.now();
    let found = app.store.read(move |sql| {
        let Some(waiting) = here(sql, read.digest, browser, now)? else { return Ok(None) };
        let kept = kept(&waiting);
        // Whose pushed request was answered on another page of it is over too.
        let answered = match kept.as_ref().and_then(|kept| kept.pushed) {
            Some(pushed) => store::request::one(sql, pushed, now)?.is_none(),
            None => false,
        };
        Ok::<_, store::Error>(Some((waiting, kept)).filter(|_| !answered))
    });
    waiting(found.await?)
}

/// The living request of a digest, where it waits in this browser.
fn here(
    sql: &mut dyn Sql,
    digest: [u8; 32],
    browser: [u8; 16],
    now: Timestamp,
) -> Result<Option<store::request::Request>, store::Error> {
    let found = store::request::one(sql, digest, now)?;
    Ok(found.filter(|waiting| waiting.browser == Some(browser)))
}

/// Takes a request that waited for a login in this browser, once, and the pushed one behind it.
pub async fn take(app: &Arc<App>, handle: &str, browser: [u8; 16]) -> Result<Option<Waiting>, Refused> {
    let Some(read) = app.handles.read(Kind::Waiting, handle) else { return Ok(None) };
    let now = app.now();
    let found = app.store.write(move |sql| {
        if here(sql, read.digest, browser, now)?.is_none() {
            return Ok(None);
        }
        let Some(waiting) = store::request::take(sql, read.digest, now)? else { return Ok(None) };
        let kept = kept(&waiting);
        let open = match kept.as_ref().and_then(|kept| kept.pushed) {
            Some(pushed) => store::request::take(sql, pushed, now)?.is_some(),
            None => true,
        };
        Ok::<_, store::Error>(Some((waiting, kept)).filter(|_| open))
    });
    waiting(found.await?)
}

/// Takes a request that waited for a login, where one did. False when it was taken before.
pub async fn spend(app: &Arc<App>, handle: Option<&str>, browser: [u8; 16]) -> Result<bool, Refused> {
    match handle {
        Some(handle) => Ok(take(app, handle, browser).await?.is_some()),
        None => Ok(true),
    }
}

fn kept(stored: &store::request::Request) -> Option<Kept> {
    serde_json::from_str(&stored.request).ok()
}

fn waiting(found: Option<(store::request::Request, Option<Kept>)>) -> Result<Option<Waiting>, Refused> {
    let Some((stored, kept)) = found else { return Ok(None) };
    let request = kept.ok_or(Refused::Internal)?.request;
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
        told_again: false,
    };
    app.decide(Actor::User, session.user, |_| Vec::new(), move |work| Ok(code::issue(work, new.clone())?)).await
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
