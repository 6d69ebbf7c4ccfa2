//! Tokens: for a code, and for a refresh token.

use crate::{
    app::{App, nonce},
    clients::Client,
    flow::{
        confirm::effects::{Scene, audit},
        oidc::{
            Denied,
            ciba::Answer,
            details::{self, Confirmed},
        },
    },
    handle::{Kind, Read},
};
use domain::{
    Timestamp,
    audit::Kind as Audit,
    device::{Method, Verification},
    id::GrantId,
    lockout::Budget,
    login::{acr, amr},
};
use oidc::{
    OAuthError, claims,
    claims::IdToken,
    pkce, scope,
    token::{CodeRequest, RefreshRequest},
};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use store::{Error, Sql, backchannel::Backchannel, code::Code, grant::Grant, refresh::Refresh, user::User};

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
pub struct Asking<'a> {
    /// The client.
    pub client: &'a Client,
    /// The key.
    pub jkt: Option<String>,
}

/// New handles for one answer, with their digests.
struct Fresh {
    access: (String, [u8; 32]),
    refresh: (String, [u8; 32]),
}

impl Fresh {
    fn of(app: &App, read: Read) -> Self {
        Self { access: app.handles.mint(Kind::Token, read.user), refresh: app.handles.mint(Kind::Refresh, read.user) }
    }
}

/// What a unit of work found.
struct Given {
    grant: Grant,
    scope: String,
    nonce: Option<String>,
    user: User,
    confirmed: Option<Confirmed>,
}

/// Redeems a code, once. Presented again, what it gave is taken back (RFC 6749, 4.1.2).
pub async fn redeem(app: &Arc<App>, asking: Asking<'_>, request: &CodeRequest<'_>) -> Result<Tokens, Denied> {
    let read = app.handles.read(Kind::Code, request.code).ok_or(OAuthError::InvalidGrant)?;
    let fresh = Fresh::of(app, read);
    let asked = Arc::new(Redeeming {
        client: asking.client.id.clone(),
        must_bind: asking.client.oauth.dpop_bound_access_tokens,
        jkt: asking.jkt,
        verifier: request.code_verifier.to_owned(),
        redirect_uri: request.redirect_uri.map(str::to_owned),
    });
    let unit_app = Arc::clone(app);
    let digests = (fresh.access.1, fresh.refresh.1);
    let given = app.store.write(move |sql| redeeming(&unit_app, sql, &asked, read, digests)).await?;
    answer(app, given?, fresh)
}

struct Redeeming {
    client: String,
    must_bind: bool,
    jkt: Option<String>,
    verifier: String,
    redirect_uri: Option<String>,
}

impl Redeeming {
    fn fits(&self, code: &Code) -> bool {
        let bound = code.redemption.dpop_jkt.as_ref().is_none_or(|jkt| self.jkt.as_ref() == Some(jkt));
        code.client == self.client
            && pkce::fits(&self.verifier, &code.redemption.code_challenge)
            && code.redemption.redirect_uri == self.redirect_uri
            && bound
    }
}

fn redeeming(
    app: &App,
    sql: &mut dyn Sql,
    asked: &Redeeming,
    read: Read,
    digests: ([u8; 32], [u8; 32]),
) -> Result<Result<Given, OAuthError>, Error> {
    let now = app.now();
    let Some(code) = store::code::one(sql, read.user, read.digest)? else { return Ok(Err(OAuthError::InvalidGrant)) };
    let scene = scene(&code.client, code.user, code.grant.to_string(), now);
    if asked.must_bind && asked.jkt.is_none() {
        return Ok(Err(OAuthError::NoDpopProof));
    }
    if !asked.fits(&code) {
        return Ok(Err(OAuthError::InvalidGrant));
    }
    if code.redeemed_at.is_some() {
        store::grant::end(sql, code.user, code.grant, now)?;
        audit(sql, &scene, Audit::CodeReplayed, &json!({}))?;
        return Ok(Err(OAuthError::InvalidGrant));
    }
    let Some(user) = store::user::by_id(sql, code.user)? else { return Ok(Err(OAuthError::InvalidGrant)) };
    // A client that comes after the session's end would never be told of it.
    if let Some(session) = code.session
        && !store::session::goes_on(sql, code.user, session)?
    {
        return Ok(Err(OAuthError::InvalidGrant));
    }
    if now >= code.expires_at || !store::code::redeem(sql, &code, now)? {
        return Ok(Err(OAuthError::InvalidGrant));
    }
    let grant = Grant {
        user: code.user,
        id: code.grant,
        client: code.client.clone(),
        session: code.session,
        scope: code.redemption.scope.clone(),
        acr: code.acr.clone(),
        amr: code.amr.clone(),
        auth_at: code.auth_at,
        jkt: asked.jkt.clone(),
        created_at: now,
        confirmation: code.redemption.details.then_some(code.confirmation),
    };
    let confirmed = begin(app, sql, &grant, digests)?;
    audit(sql, &scene, Audit::CodeRedeemed, &json!({}))?;
    Ok(Ok(Given { scope: grant.scope.clone(), grant, nonce: code.redemption.nonce, user, confirmed }))
}

/// Keeps a new grant with its first tokens; what its user confirmed, where there are details.
fn begin(
    app: &App,
    sql: &mut dyn Sql,
    grant: &Grant,
    digests: ([u8; 32], [u8; 32]),
) -> Result<Option<Confirmed>, Error> {
    store::grant::insert(sql, grant)?;
    keep(app, sql, grant, (&grant.scope, grant.created_at), digests)?;
    match grant.confirmation {
        Some(confirmation) => details::confirmed(app, sql, grant.user, confirmation),
        None => Ok(None),
    }
}

/// What a back end's request found when it asked.
type Found = Result<(Backchannel, Answer, Option<String>), OAuthError>;

/// The tokens of a back end's request that `found` finds answered, once.
pub async fn backchannel(
    app: &Arc<App>,
    read: Read,
    found: impl Fn(&mut dyn Sql) -> Result<Found, Error> + Send + 'static,
) -> Result<Tokens, Denied> {
    let fresh = Fresh::of(app, read);
    let digests = (fresh.access.1, fresh.refresh.1);
    let unit_app = Arc::clone(app);
    let given = app.store.write(move |sql| {
        let (request, answer, jkt) = match found(sql)? {
            Ok(found) => found,
            Err(error) => return Ok(Err(error)),
        };
        fetching(&unit_app, sql, &request, (&answer, jkt), digests)
    });
    answer(app, given.await??, fresh)
}

fn fetching(
    app: &App,
    sql: &mut dyn Sql,
    request: &Backchannel,
    (answer, jkt): (&Answer, Option<String>),
    digests: ([u8; 32], [u8; 32]),
) -> Result<Result<Given, OAuthError>, Error> {
    let now = app.now();
    let Some(user) = store::user::by_id(sql, request.user)? else { return Ok(Err(OAuthError::InvalidGrant)) };
    let device = store::device::one(sql, request.user, answer.device)?;
    let verification = device.as_ref().map_or(Verification::Nothing, crate::flow::confirm::candidates::verification);
    let used = amr(false, answer.method, verification);
    // Codes are typed on our own pages, in a session that proved what it did; the phone answers without one.
    let used = match &request.proved_amr {
        Some(session) if answer.method != Method::Seamless => details::together(session, &used),
        _ => used.join(" "),
    };
    let grant = Grant {
        user: request.user,
        id: GrantId::new(now, &nonce()),
        client: request.client.clone(),
        session: None,
        scope: request.scope.clone(),
        acr: acr(&used.split(' ').collect::<Vec<_>>()).to_owned(),
        amr: used,
        auth_at: answer.at,
        jkt,
        created_at: now,
        confirmation: answer.details,
    };
    let confirmed = begin(app, sql, &grant, digests)?;
    let scene = scene(&grant.client, grant.user, grant.id.to_string(), now);
    audit(sql, &scene, Audit::BackchannelRedeemed, &json!({ "attempt": request.confirmation.to_string() }))?;
    Ok(Ok(Given { scope: grant.scope.clone(), grant, nonce: None, user, confirmed }))
}

/// New tokens for a refresh token, once. Presented again, its whole family is taken back (RFC 9700, 4.14.2).
pub async fn refresh(app: &Arc<App>, asking: Asking<'_>, request: &RefreshRequest<'_>) -> Result<Tokens, Denied> {
    let read = app.handles.read(Kind::Refresh, request.refresh_token).ok_or(OAuthError::InvalidGrant)?;
    let fresh = Fresh::of(app, read);
    let digests = (fresh.access.1, fresh.refresh.1);
    let unit_app = Arc::clone(app);
    let asked = Arc::new(Refreshing {
        client: asking.client.id.clone(),
        jkt: asking.jkt,
        scope: request.scope.map(str::to_owned),
    });
    let given = app.store.write(move |sql| refreshing(&unit_app, sql, &asked, read, digests)).await?;
    answer(app, given?, fresh)
}

struct Refreshing {
    client: String,
    jkt: Option<String>,
    scope: Option<String>,
}

fn refreshing(
    app: &App,
    sql: &mut dyn Sql,
    asked: &Refreshing,
    read: Read,
    digests: ([u8; 32], [u8; 32]),
) -> Result<Result<Given, OAuthError>, Error> {
    let now = app.now();
    let Some(token) = store::refresh::one(sql, read.user, read.digest)? else {
        return Ok(Err(OAuthError::InvalidGrant));
    };
    let (Some(grant), Some(user)) =
        (store::grant::live(sql, token.user, token.grant)?, store::user::by_id(sql, token.user)?)
    else {
        return Ok(Err(OAuthError::InvalidGrant));
    };
    if grant.client != asked.client || grant.jkt != asked.jkt {
        return Ok(Err(OAuthError::InvalidGrant));
    }
    let scene = scene(&grant.client, grant.user, grant.id.to_string(), now);
    if token.used_at.is_some() {
        store::grant::end(sql, grant.user, grant.id, now)?;
        audit(sql, &scene, Audit::RefreshReplayed, &json!({}))?;
        return Ok(Err(OAuthError::InvalidGrant));
    }
    let scope = match scope::narrowed(&grant.scope, asked.scope.as_deref()) {
        Ok(scope) => scope,
        Err(error) => return Ok(Err(error)),
    };
    if now >= token.expires_at || !store::refresh::spend(sql, &token, now)? {
        return Ok(Err(OAuthError::InvalidGrant));
    }
    keep(app, sql, &grant, (&scope, now), digests)?;
    audit(sql, &scene, Audit::TokenRefreshed, &json!({}))?;
    Ok(Ok(Given { grant, scope, nonce: None, user, confirmed: None }))
}

/// Keeps a grant's new tokens, under their digests.
fn keep(
    app: &App,
    sql: &mut dyn Sql,
    grant: &Grant,
    (scope, now): (&str, Timestamp),
    (access, refresh): ([u8; 32], [u8; 32]),
) -> Result<(), Error> {
    let token = store::token::Token {
        user: grant.user,
        digest: access,
        grant: grant.id,
        client: grant.client.clone(),
        scope: scope.to_owned(),
        created_at: now,
        expires_at: now.plus(app.settings.token_life),
    };
    store::token::insert(sql, &token)?;
    if refreshes(grant) {
        let token = Refresh {
            user: grant.user,
            digest: refresh,
            grant: grant.id,
            created_at: now,
            expires_at: now.plus(REFRESH_LIFE),
            used_at: None,
        };
        store::refresh::insert(sql, &token)?;
    }
    Ok(())
}

/// What was confirmed once is not renewed: tokens that repeat details end with themselves.
fn refreshes(grant: &Grant) -> bool {
    scope::has(&grant.scope, scope::OFFLINE_ACCESS) && grant.confirmation.is_none()
}

fn answer(app: &App, given: Given, fresh: Fresh) -> Result<Tokens, Denied> {
    let access_token = fresh.access.0;
    let id_token = if scope::has(&given.scope, "openid") {
        let claims = id_token(app, &given, &access_token);
        let alg = app.clients.find(&given.grant.client).map(|client| client.oauth.id_token_signed_response_alg);
        let signed = app.signer.sign(alg.unwrap_or_default(), &claims, app.now()).map_err(|error| {
            tracing::error!(%error, "an ID token could not be signed");
            crate::flow::Refused::Internal
        })?;
        Some(signed)
    } else {
        None
    };
    Ok(Tokens {
        access_token,
        bound: given.grant.jkt.is_some(),
        expires_in: app.settings.token_life.as_secs(),
        id_token,
        refresh_token: refreshes(&given.grant).then_some(fresh.refresh.0),
        scope: given.scope,
        confirmed: given.confirmed,
    })
}

fn id_token(app: &App, given: &Given, access_token: &str) -> IdToken {
    let (grant, now) = (&given.grant, app.now());
    let profile = scope::has(&given.scope, "profile");
    IdToken {
        iss: app.settings.issuer.clone(),
        sub: grant.user.to_string(),
        aud: grant.client.clone(),
        exp: now.plus(app.settings.token_life).unix_seconds(),
        iat: now.unix_seconds(),
        auth_time: grant.auth_at.unix_seconds(),
        nonce: given.nonce.clone(),
        acr: grant.acr.clone(),
        amr: grant.amr.split(' ').map(str::to_owned).collect(),
        at_hash: Some(claims::at_hash(access_token)),
        sid: grant.session.map(|session| session.to_string()),
        preferred_username: profile.then(|| given.user.username.to_string()),
        authorization_details: given.confirmed.as_ref().map(|confirmed| vec![confirmed.detail.clone()]),
    }
}

fn scene(client: &str, user: domain::id::UserId, grant: String, now: Timestamp) -> Scene {
    let detail = json!({ "client": client, "grant": grant });
    Scene { user: Some(user), budget: Budget::Strangers, now, detail }
}
