//! Tokens: for a code, for a refresh token, and for an answered request of a back end. One function issues them.

use super::{
    Denied, ciba,
    receipt::{self, Confirmed},
};
use crate::{
    app::{App, nonce},
    clients::Client,
    flow::{Refused, money::withdrawal, proof::Proof},
    handle::{Kind, Read},
    work::{Stop, Work},
};
use domain::{
    audit::{Actor, Detail, Kind as Audit},
    device::Method,
    id::{GrantId, UserId},
    login::{acr, amr, together},
};
use oidc::{
    GrantFault, OAuthError, claims,
    claims::IdToken,
    client::AuthMethod,
    pkce, scope,
    token::{CodeRequest, RefreshRequest},
};
use std::{sync::Arc, time::Duration};
use store::{Ask, backchannel::Backchannel, code::Code, grant::Grant, refresh::Refresh, user::User};

/// How long a refresh token may lie unused.
pub const REFRESH_LIFE: Duration = Duration::from_secs(30 * 86_400);

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
    /// The refresh token to use from now on, when `offline_access` was granted.
    pub refresh_token: Option<String>,
    /// What was granted.
    pub scope: String,
    /// What the user confirmed, where details were.
    pub confirmed: Option<Confirmed>,
}

/// Who asks: the client, and the proof of the key that it holds.
#[derive(Debug, Clone)]
pub struct Asking {
    /// The client.
    pub client: Arc<Client>,
    /// The proof, which is noted where tokens are given for it.
    pub proof: Option<Proof>,
}

impl Asking {
    pub(super) fn actor(&self) -> Actor {
        Actor::Client { id: self.client.id.clone() }
    }

    pub(super) fn jkt(&self) -> Option<&str> {
        self.proof.as_ref().map(|proof| proof.jkt.as_str())
    }

    /// Refuses a client that must hold a key and shows none.
    pub(super) fn binds(&self) -> Result<(), OAuthError> {
        if self.client.oauth.must_bind() && self.proof.is_none() { Err(OAuthError::NoDpopProof) } else { Ok(()) }
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
    /// The refresh token that goes on, where none takes its place.
    kept: Option<String>,
    /// What their user confirmed, where there are details.
    confirmed: Option<Confirmed>,
}

/// Redeems a code, once. Presented again, what it gave is taken back (RFC 6749, 4.1.2).
pub async fn redeem(app: &Arc<App>, asking: Asking, request: &CodeRequest<'_>) -> Result<Tokens, Denied> {
    let read = app.handles.read(Kind::Code, request.code).ok_or(OAuthError::from(GrantFault::UnknownCode))?;
    let presented = Presented {
        asking: asking.clone(),
        verifier: request.code_verifier.map(str::to_owned),
        redirect_uri: request.redirect_uri.map(str::to_owned),
    };
    let reads = vec![
        store::code::ask_one(read.user, read.digest),
        store::user::ask_by_id(read.user),
        store::session::ask_of_code_goes_on(read.user, read.digest),
    ];
    given(app, &asking, Reading { read, asks: reads }, move |work| {
        let code = store::code::one(work.sql, read.user, read.digest)?.ok_or(GrantFault::UnknownCode)?;
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
    /// Whether all that comes with a code is what it was given for.
    fn fits(&self, code: &Code) -> Result<(), GrantFault> {
        if code.client != self.asking.client.id {
            return Err(GrantFault::UnknownCode);
        }
        pkce::check(code.redemption.code_challenge.as_deref(), self.verifier.as_deref())?;
        if code.redemption.redirect_uri != self.redirect_uri {
            return Err(GrantFault::RedirectUri);
        }
        match &code.redemption.dpop_jkt {
            Some(jkt) if self.asking.jkt() != Some(jkt) => Err(GrantFault::Key),
            _ => Ok(()),
        }
    }
}

fn redeemed(work: &mut Work<'_>, presented: &Presented, code: Code) -> Result<Ground, Stop<Denied>> {
    is_about(work, &code.client, code.user);
    presented.asking.binds()?;
    presented.fits(&code)?;
    if code.redeemed_at.is_some() {
        store::grant::end(work.sql, code.user, code.grant, work.now)?;
        work.record(Audit::CodeReplayed, Detail::none().grant(code.grant))?;
        return Err(GrantFault::UsedCode.into());
    }
    let user = store::user::by_id(work.sql, code.user)?.ok_or(GrantFault::UnknownCode)?;
    // A client that comes after the session's end would never be told of it.
    if code.session.is_some() && !store::session::of_code_goes_on(work.sql, code.user, code.digest)? {
        return Err(GrantFault::SessionEnded.into());
    }
    if work.now >= code.expires_at {
        return Err(GrantFault::ExpiredCode.into());
    }
    if code.redemption.details && withdrawal::is_stopped(work, code.user, code.confirmation)? {
        // What the transfer lock stopped gives nothing any more.
        return Err(GrantFault::ExpiredCode.into());
    }
    let confirmed = receipt::of_code(work, &code)?;
    if !store::code::redeem(work.sql, &code, work.now)? {
        return Err(GrantFault::UsedCode.into());
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
        jkt: presented.asking.jkt().map(str::to_owned),
        created_at: work.now,
        confirmation: code.redemption.details.then_some(code.confirmation),
    };
    store::grant::insert(work.sql, &grant)?;
    Ok(Ground { scope: grant.scope.clone(), grant, nonce: code.redemption.nonce, user, kept: None, confirmed })
}

/// The tokens of a back end's answered request, once; or why not yet (CIBA, 10.1).
pub async fn fetch(app: &Arc<App>, asking: Asking, auth_req_id: &str) -> Result<Tokens, Denied> {
    let unknown = OAuthError::from(GrantFault::UnknownRequest);
    let read = app.handles.read(Kind::Backchannel, auth_req_id).ok_or(unknown)?;
    asking.binds()?;
    let (client, jkt) = (asking.client.id.clone(), asking.jkt().map(str::to_owned));
    let reads = vec![
        store::backchannel::ask_one(read.user, read.digest),
        store::confirmation::ask_of_request(read.user, read.digest),
        store::device::ask_of_user(read.user),
        store::user::ask_by_id(read.user),
    ];
    given(app, &asking, Reading { read, asks: reads }, move |work| {
        let (request, answer) = ciba::fetched(work, &client, read)?;
        fetched(work, &request, answer, jkt.clone())
    })
    .await
}

fn fetched(
    work: &mut Work<'_>,
    request: &Backchannel,
    answer: ciba::Answer,
    jkt: Option<String>,
) -> Result<Ground, Stop<Denied>> {
    is_about(work, &request.client, request.user);
    work.about.attempt = Some(request.confirmation);
    let user = store::user::by_id(work.sql, request.user)?.ok_or(GrantFault::UnknownRequest)?;
    let used = amr(false, answer.method, answer.verification);
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
        confirmation: answer.confirmed.as_ref().map(|_| request.confirmation),
    };
    store::grant::insert(work.sql, &grant)?;
    work.record(Audit::BackchannelRedeemed, Detail::none().grant(grant.id))?;
    Ok(Ground { scope: grant.scope.clone(), grant, nonce: None, user, kept: None, confirmed: answer.confirmed })
}

/// New tokens for a refresh token. It is good once, and presented again its whole family is taken back (RFC 9700, 4.14.2):
/// but for a while by whoever it is bound to, who may have lost an answer, and always under FAPI 2.0, where none takes
/// its place.
pub async fn refresh(app: &Arc<App>, asking: Asking, request: &RefreshRequest<'_>) -> Result<Tokens, Denied> {
    let unknown = OAuthError::from(GrantFault::UnknownRefresh);
    let read = app.handles.read(Kind::Refresh, request.refresh_token).ok_or(unknown)?;
    let reads = vec![
        store::refresh::ask_one(read.user, read.digest),
        store::grant::ask_live_of_refresh(read.user, read.digest),
        store::user::ask_by_id(read.user),
    ];
    let brought = Brought {
        asking: asking.clone(),
        read,
        text: request.refresh_token.to_owned(),
        scope: request.scope.map(str::to_owned),
    };
    given(app, &asking, Reading { read, asks: reads }, move |work| refreshed(work, &brought)).await
}

/// A refresh token as it came.
struct Brought {
    asking: Asking,
    read: Read,
    text: String,
    scope: Option<String>,
}

fn refreshed(work: &mut Work<'_>, brought: &Brought) -> Result<Ground, Stop<Denied>> {
    let (asking, read) = (&brought.asking, brought.read);
    let token = store::refresh::one(work.sql, read.user, read.digest)?.ok_or(GrantFault::UnknownRefresh)?;
    let grant = store::grant::live_of_refresh(work.sql, read.user, read.digest)?.ok_or(GrantFault::UnknownRefresh)?;
    let user = store::user::by_id(work.sql, token.user)?.ok_or(GrantFault::UnknownRefresh)?;
    if grant.client != asking.client.id {
        return Err(GrantFault::UnknownRefresh.into());
    }
    match (&grant.jkt, asking.jkt()) {
        (Some(_), None) => return Err(OAuthError::NoDpopProof.into()),
        (bound, shown) if bound.as_deref() != shown => return Err(GrantFault::Key.into()),
        _ => {}
    }
    is_about(work, &grant.client, grant.user);
    let bound = grant.jkt.is_some() || asking.client.oauth.auth != AuthMethod::None;
    if let Some(used) = token.used_at
        && !oidc::token::may_be_sent_again(bound, work.now.since(used))
    {
        store::grant::end(work.sql, grant.user, grant.id, work.now)?;
        work.record(Audit::RefreshReplayed, Detail::none().grant(grant.id))?;
        return Err(GrantFault::UsedRefresh.into());
    }
    let scope = scope::narrowed(&grant.scope, brought.scope.as_deref())?;
    if work.now >= token.expires_at {
        return Err(GrantFault::ExpiredRefresh.into());
    }
    let kept = if asking.client.oauth.rotates_refresh_tokens() {
        // Of two at once one is first; the other is as good where it is bound.
        if token.used_at.is_none() && !store::refresh::spend(work.sql, &token, work.now)? && !bound {
            return Err(GrantFault::UsedRefresh.into());
        }
        None
    } else {
        store::refresh::extend(work.sql, &token, work.now.plus(REFRESH_LIFE))?;
        Some(brought.text.clone())
    };
    work.record(Audit::TokenRefreshed, Detail::none().grant(grant.id))?;
    Ok(Ground { grant, scope, nonce: None, user, kept, confirmed: None })
}

fn is_about(work: &mut Work<'_>, client: &str, user: UserId) {
    work.about.user = Some(user);
    work.about.client = Some(client.to_owned());
}

/// What came, and what the unit of work reads for it.
struct Reading {
    read: Read,
    asks: Vec<Ask>,
}

/// Gives tokens for what `ground` finds, in one unit of work; signed after it.
async fn given(
    app: &Arc<App>,
    asking: &Asking,
    Reading { read, asks }: Reading,
    ground: impl Fn(&mut Work<'_>) -> Result<Ground, Stop<Denied>> + Send + Sync + 'static,
) -> Result<Tokens, Denied> {
    let fresh = Fresh::of(app, read.user);
    let (unit_fresh, proof) = (fresh.clone(), asking.proof.clone());
    let issued: Result<Ground, Denied> = app
        .decide(
            asking.actor(),
            read.user,
            |_| asks.clone(),
            move |work| {
                let ground = ground(work)?;
                // Only beside something of worth, so that a stranger's keys leave no row; and what was found stays as it was.
                if let Some(proof) = &proof
                    && !proof.note(work)?
                {
                    return Err(Stop::Undone(OAuthError::ReplayedDpopProof.into()));
                }
                issue(work, ground, &unit_fresh)
            },
        )
        .await;
    answer(app, issued?, fresh)
}

/// Keeps the tokens of an answer, under their digests.
fn issue(work: &mut Work<'_>, ground: Ground, fresh: &Fresh) -> Result<Ground, Stop<Denied>> {
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
    if refreshes(grant) && ground.kept.is_none() {
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
    Ok(ground)
}

/// What was confirmed once is not renewed: tokens that repeat details end with themselves.
fn refreshes(grant: &Grant) -> bool {
    scope::has(&grant.scope, scope::OFFLINE_ACCESS) && grant.confirmation.is_none()
}

fn answer(app: &App, ground: Ground, fresh: Fresh) -> Result<Tokens, Denied> {
    let access_token = fresh.access.0;
    let id_token = if scope::has(&ground.scope, "openid") {
        let claims = id_token(app, &ground, &access_token);
        let alg = app.clients.find(&ground.grant.client).map(|client| client.oauth.id_token_signed_response_alg);
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
        bound: ground.grant.jkt.is_some(),
        expires_in: app.settings.token_life.as_secs(),
        id_token,
        refresh_token: refreshes(&ground.grant).then(|| ground.kept.unwrap_or(fresh.refresh.0)),
        scope: ground.scope,
        confirmed: ground.confirmed,
    })
}

fn id_token(app: &App, ground: &Ground, access_token: &str) -> IdToken {
    let (grant, now) = (&ground.grant, app.now());
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
        authorization_details: ground.confirmed.as_ref().map(|confirmed| confirmed.details.clone()),
    }
}
