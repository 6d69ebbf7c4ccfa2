//! Tokens: for a code, for a refresh token, and for an answered request of a back end. One function issues them.

use super::{
    Denied, ciba,
    receipt::{self, Confirmed},
};
use crate::{
    app::{App, nonce},
    clients::Client,
    flow::{Refused, confirm::candidates},
    handle::{Kind, Read},
    work::{Stop, Work},
};
use domain::{
    audit::{Actor, Detail, Kind as Audit},
    device::{Method, Verification},
    id::{GrantId, UserId},
    login::{acr, amr, together},
};
use oidc::{
    OAuthError, claims,
    claims::IdToken,
    pkce, scope,
    token::{CodeRequest, RefreshRequest},
};
use std::{sync::Arc, time::Duration};
use store::{backchannel::Backchannel, code::Code, grant::Grant, refresh::Refresh, user::User};

/// How long a refresh token may lie unused.
const REFRESH_LIFE: Duration = Duration::from_secs(30 * 86_400);

/// What a request gives.
#[derive(Debug)]
pub struct Tokens {
    /// The access token.
    pub access_token: String,
    /// Whether it is bound to a key.
    pub bound: bool,
    /// Seconds it lives.
    pub expires_in: u64,
    /// The ID token, when `openid` was granted.
    pub id_token: Option<String>,
    /// The next refresh token, when `offline_access` was granted.
    pub refresh_token: Option<String>,
    /// What was granted.
    pub scope: String,
    /// What the user confirmed, where details were.
    pub confirmed: Option<Confirmed>,
}

/// Who asks: the client, and the thumbprint of the key it proved to hold.
#[derive(Debug, Clone)]
pub struct Asking {
    /// The client.
    pub client: Arc<Client>,
    /// The key.
    pub jkt: Option<String>,
}

impl Asking {
    fn actor(&self) -> Actor {
        Actor::Client { id: self.client.id.clone() }
    }
}

/// New handles for one answer, with their digests.
#[derive(Debug, Clone)]
struct Fresh {
    access: (String, [u8; 32]),
    refresh: (String, [u8; 32]),
}

impl Fresh {
    fn of(app: &App, user: UserId) -> Self {
        Self { access: app.handles.mint(Kind::Token, user), refresh: app.handles.mint(Kind::Refresh, user) }
    }
}

/// What a unit of work found that tokens may be given for.
struct Ground {
    /// The grant.
    grant: Grant,
    /// What this answer's tokens may do: the grant's scope, or less.
    scope: String,
    /// The `nonce` of the authorization request.
    nonce: Option<String>,
    /// Whose they are.
    user: User,
}

/// What was issued, before the ID token is signed.
struct Issued {
    ground: Ground,
    confirmed: Option<Confirmed>,
}

/// Redeems a code, once. Presented again, what it gave is taken back (RFC 6749, 4.1.2).
pub async fn redeem(app: &Arc<App>, asking: Asking, request: &CodeRequest<'_>) -> Result<Tokens, Denied> {
    let read = app.handles.read(Kind::Code, request.code).ok_or(OAuthError::InvalidGrant)?;
    let presented = Presented {
        asking: asking.clone(),
        verifier: request.code_verifier.map(str::to_owned),
        redirect_uri: request.redirect_uri.map(str::to_owned),
    };
    given(app, &asking, read, move |work| {
        let code = store::code::one(work.sql, read.user, read.digest)?.ok_or(OAuthError::InvalidGrant)?;
        redeemed(work, &presented, code)
    })
    .await
}

/// What came with a code.
struct Presented {
    asking: Asking,
    verifier: Option<String>,
    redirect_uri: Option<String>,
}

impl Presented {
    fn fits(&self, code: &Code) -> bool {
        let bound = code.redemption.dpop_jkt.as_ref().is_none_or(|jkt| self.asking.jkt.as_ref() == Some(jkt));
        code.client == self.asking.client.id
            && pkce::check(code.redemption.code_challenge.as_deref(), self.verifier.as_deref()).is_ok()
            && code.redemption.redirect_uri == self.redirect_uri
            && bound
    }
}

fn redeemed(work: &mut Work<'_>, presented: &Presented, code: Code) -> Result<Ground, Stop<Denied>> {
    is_about(work, &code.client, code.user);
    if presented.asking.client.oauth.must_bind() && presented.asking.jkt.is_none() {
        return Err(OAuthError::NoDpopProof.into());
    }
    if !presented.fits(&code) {
        return Err(OAuthError::InvalidGrant.into());
    }
    if code.redeemed_at.is_some() {
        store::grant::end(work.sql, code.user, code.grant, work.now)?;
        work.record(Audit::CodeReplayed, Detail::none().grant(code.grant))?;
        return Err(OAuthError::InvalidGrant.into());
    }
    let user = store::user::by_id(work.sql, code.user)?.ok_or(OAuthError::InvalidGrant)?;
    // A client that comes after the session's end would never be told of it.
    if let Some(session) = code.session
        && !store::session::goes_on(work.sql, code.user, session)?
    {
        return Err(OAuthError::InvalidGrant.into());
    }
    if work.now >= code.expires_at || !store::code::redeem(work.sql, &code, work.now)? {
        return Err(OAuthError::InvalidGrant.into());
    }
    work.record(Audit::CodeRedeemed, Detail::none().grant(code.grant))?;
    let grant = Grant {
        user: code.user,
        id: code.grant,
        client: code.client,
        session: code.session,
        scope: code.redemption.scope.clone(),
        acr: code.acr,
        amr: code.amr,
        auth_at: code.auth_at,
        jkt: presented.asking.jkt.clone(),
        created_at: work.now,
        confirmation: code.redemption.details.then_some(code.confirmation),
    };
    store::grant::insert(work.sql, &grant)?;
    Ok(Ground { scope: grant.scope.clone(), grant, nonce: code.redemption.nonce, user })
}

/// The tokens of a back end's answered request, once; or why not yet (CIBA, 10.1).
pub async fn fetch(app: &Arc<App>, asking: Asking, auth_req_id: &str) -> Result<Tokens, Denied> {
    let read = app.handles.read(Kind::Backchannel, auth_req_id).ok_or(OAuthError::InvalidGrant)?;
    if asking.client.oauth.must_bind() && asking.jkt.is_none() {
        return Err(OAuthError::NoDpopProof.into());
    }
    let (client, jkt) = (asking.client.id.clone(), asking.jkt.clone());
    given(app, &asking, read, move |work| {
        let (request, answer) = ciba::fetched(work, &client, read)?;
        fetched(work, &request, &answer, jkt.clone())
    })
    .await
}

fn fetched(
    work: &mut Work<'_>,
    request: &Backchannel,
    answer: &ciba::Answer,
    jkt: Option<String>,
) -> Result<Ground, Stop<Denied>> {
    is_about(work, &request.client, request.user);
    work.about.attempt = Some(request.confirmation);
    let user = store::user::by_id(work.sql, request.user)?.ok_or(OAuthError::InvalidGrant)?;
    let device = store::device::one(work.sql, request.user, answer.device)?;
    let verification = device.as_ref().map_or(Verification::Nothing, candidates::verification);
    let used = amr(false, answer.method, verification);
    // Codes are typed on our own pages, in a session that proved what it did; the phone answers without one.
    let used = match &request.proved_amr {
        Some(session) if answer.method != Method::Seamless => together(session, &used),
        _ => used.join(" "),
    };
    let grant = Grant {
        user: request.user,
        id: GrantId::new(work.now, &nonce()),
        client: request.client.clone(),
        session: None,
        scope: request.scope.clone(),
        acr: acr(&used.split(' ').collect::<Vec<_>>()).to_owned(),
        amr: used,
        auth_at: answer.at,
        jkt,
        created_at: work.now,
        confirmation: answer.details,
    };
    store::grant::insert(work.sql, &grant)?;
    work.record(Audit::BackchannelRedeemed, Detail::none().grant(grant.id))?;
    Ok(Ground { scope: grant.scope.clone(), grant, nonce: None, user })
}

/// New tokens for a refresh token, once. Presented again, its whole family is taken back (RFC 9700, 4.14.2).
pub async fn refresh(app: &Arc<App>, asking: Asking, request: &RefreshRequest<'_>) -> Result<Tokens, Denied> {
    let read = app.handles.read(Kind::Refresh, request.refresh_token).ok_or(OAuthError::InvalidGrant)?;
    let (wanted, asked) = (request.scope.map(str::to_owned), asking.clone());
    given(app, &asking, read, move |work| refreshed(work, &asked, read, wanted.as_deref())).await
}

fn refreshed(work: &mut Work<'_>, asking: &Asking, read: Read, wanted: Option<&str>) -> Result<Ground, Stop<Denied>> {
    let token = store::refresh::one(work.sql, read.user, read.digest)?.ok_or(OAuthError::InvalidGrant)?;
    let grant = store::grant::live(work.sql, token.user, token.grant)?.ok_or(OAuthError::InvalidGrant)?;
    let user = store::user::by_id(work.sql, token.user)?.ok_or(OAuthError::InvalidGrant)?;
    if grant.client != asking.client.id || grant.jkt != asking.jkt {
        return Err(OAuthError::InvalidGrant.into());
    }
    is_about(work, &grant.client, grant.user);
    if token.used_at.is_some() {
        store::grant::end(work.sql, grant.user, grant.id, work.now)?;
        work.record(Audit::RefreshReplayed, Detail::none().grant(grant.id))?;
        return Err(OAuthError::InvalidGrant.into());
    }
    let scope = scope::narrowed(&grant.scope, wanted)?;
    if work.now >= token.expires_at || !store::refresh::spend(work.sql, &token, work.now)? {
        return Err(OAuthError::InvalidGrant.into());
    }
    work.record(Audit::TokenRefreshed, Detail::none().grant(grant.id))?;
    Ok(Ground { grant, scope, nonce: None, user })
}

fn is_about(work: &mut Work<'_>, client: &str, user: UserId) {
    work.about.user = Some(user);
    work.about.client = Some(client.to_owned());
}

/// Gives tokens for what `ground` finds, in one unit of work; signed after it.
async fn given(
    app: &Arc<App>,
    asking: &Asking,
    read: Read,
    ground: impl Fn(&mut Work<'_>) -> Result<Ground, Stop<Denied>> + Send + Sync + 'static,
) -> Result<Tokens, Denied> {
    let fresh = Fresh::of(app, read.user);
    let unit_fresh = fresh.clone();
    let issued = app
        .work(asking.actor(), move |work| {
            let ground = ground(work)?;
            issue(work, ground, &unit_fresh)
        })
        .await?;
    answer(app, issued, fresh)
}

/// Keeps the tokens of an answer, under their digests, and finds what their user confirmed, where there are details.
fn issue(work: &mut Work<'_>, ground: Ground, fresh: &Fresh) -> Result<Issued, Stop<Denied>> {
    let grant = &ground.grant;
    let token = store::token::Token {
        user: grant.user,
        digest: fresh.access.1,
        grant: grant.id,
        client: grant.client.clone(),
        scope: ground.scope.clone(),
        created_at: work.now,
        expires_at: work.now.plus(work.app.settings.token_life),
    };
    store::token::insert(work.sql, &token)?;
    if refreshes(grant) {
        let token = Refresh {
            user: grant.user,
            digest: fresh.refresh.1,
            grant: grant.id,
            created_at: work.now,
            expires_at: work.now.plus(REFRESH_LIFE),
            used_at: None,
        };
        store::refresh::insert(work.sql, &token)?;
    }
    let confirmed = match grant.confirmation {
        Some(confirmation) => receipt::confirmed(work, grant.user, confirmation)?,
        None => None,
    };
    Ok(Issued { ground, confirmed })
}

/// What was confirmed once is not renewed: tokens that repeat details end with themselves.
fn refreshes(grant: &Grant) -> bool {
    scope::has(&grant.scope, scope::OFFLINE_ACCESS) && grant.confirmation.is_none()
}

fn answer(app: &App, issued: Issued, fresh: Fresh) -> Result<Tokens, Denied> {
    let access_token = fresh.access.0;
    let id_token = if scope::has(&issued.ground.scope, "openid") {
        let claims = id_token(app, &issued, &access_token);
        let alg = app.clients.find(&issued.ground.grant.client).map(|client| client.oauth.id_token_signed_response_alg);
        let signed = app.signer.sign(alg.unwrap_or_default(), &claims, app.now()).map_err(|error| {
            tracing::error!(%error, "an ID token could not be signed");
            Refused::Internal
        })?;
        Some(signed)
    } else {
        None
    };
    Ok(Tokens {
        access_token,
        bound: issued.ground.grant.jkt.is_some(),
        expires_in: app.settings.token_life.as_secs(),
        id_token,
        refresh_token: refreshes(&issued.ground.grant).then_some(fresh.refresh.0),
        scope: issued.ground.scope,
        confirmed: issued.confirmed,
    })
}

fn id_token(app: &App, issued: &Issued, access_token: &str) -> IdToken {
    let (ground, grant, now) = (&issued.ground, &issued.ground.grant, app.now());
    let profile = scope::has(&ground.scope, "profile");
    IdToken {
        iss: app.settings.issuer.clone(),
        sub: grant.user.to_string(),
        aud: grant.client.clone(),
        exp: now.plus(app.settings.token_life).unix_seconds(),
        iat: now.unix_seconds(),
        auth_time: grant.auth_at.unix_seconds(),
        nonce: ground.nonce.clone(),
        acr: grant.acr.clone(),
        amr: grant.amr.split(' ').map(str::to_owned).collect(),
        at_hash: Some(claims::at_hash(access_token)),
        sid: grant.session.map(|session| session.to_string()),
        preferred_username: profile.then(|| ground.user.username.to_string()),
        authorization_details: issued.confirmed.as_ref().map(|confirmed| vec![confirmed.detail.clone()]),
    }
}
