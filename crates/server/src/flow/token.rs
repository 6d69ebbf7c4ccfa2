//! Redeeming an authorization code.

use super::{
    Refused,
    unit::{Scene, audit},
};
use crate::{
    app::App,
    clients::Client,
    handle::{Kind, Read},
};
use domain::{audit::Kind as Audit, lockout::Budget};
use oidc::{claims, claims::IdToken, pkce, scope};
use serde_json::json;
use std::sync::Arc;
use store::{Error, Sql, code::Code};

/// Why a code gives nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RedeemError {
    /// Unknown, used, expired, another client's, or the verifier does not fit: not told apart.
    InvalidGrant,
    /// Something else.
    Refused(Refused),
}

impl From<Refused> for RedeemError {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

/// What a code gives.
#[derive(Debug)]
pub struct Tokens {
    /// The access token.
    pub access_token: String,
    /// Seconds it lives.
    pub expires_in: u64,
    /// The ID token, when `openid` was granted.
    pub id_token: Option<String>,
    /// What was granted.
    pub scope: String,
}

/// Redeems a code, once. Presented again, what it gave is taken back (RFC 6749, 4.1.2).
pub async fn redeem(app: &Arc<App>, client: &Client, code: &str, verifier: &str) -> Result<Tokens, RedeemError> {
    let read = app.handles.read(Kind::Code, code).ok_or(RedeemError::InvalidGrant)?;
    let (access_token, digest) = app.handles.mint(Kind::Token, read.user);
    let (unit_app, client_id, verifier) = (Arc::clone(app), client.id.clone(), verifier.to_owned());
    let redeemed = app.store.write(move |sql| unit(&unit_app, sql, (read, digest), (&client_id, &verifier)));
    let redeemed = redeemed.await.map_err(|error: Error| Refused::from(error))?.ok_or(RedeemError::InvalidGrant)?;
    let id_token = if scope::has(&redeemed.code.redemption.scope, "openid") {
        let claims = id_token(app, &redeemed, &access_token);
        let signed = app.signer.sign(&claims).map_err(|error| {
            tracing::error!(%error, "an ID token could not be signed");
            Refused::Internal
        })?;
        Some(signed)
    } else {
        None
    };
    Ok(Tokens {
        access_token,
        expires_in: app.settings.token_life.as_secs(),
        id_token,
        scope: redeemed.code.redemption.scope,
    })
}

struct Redeemed {
    code: Code,
    username: String,
}

fn unit(
    app: &App,
    sql: &mut dyn Sql,
    (read, token): (Read, [u8; 32]),
    (client, verifier): (&str, &str),
) -> Result<Option<Redeemed>, Error> {
    let now = app.now();
    let Some(code) = store::code::one(sql, read.user, read.digest)? else { return Ok(None) };
    let detail = json!({ "client": client, "grant": code.grant.to_string() });
    let scene = Scene { user: Some(code.user), budget: Budget::Strangers, now, detail };
    if code.client != client || !pkce::fits(verifier, &code.redemption.code_challenge) {
        return Ok(None);
    }
    if code.redeemed_at.is_some() {
        store::token::revoke_grant(sql, code.user, code.grant, now)?;
        audit(sql, &scene, Audit::CodeReplayed, &json!({}))?;
        return Ok(None);
    }
    let Some(user) = store::user::by_id(sql, code.user)? else { return Ok(None) };
    if now >= code.expires_at || !store::code::redeem(sql, &code, now)? {
        return Ok(None);
    }
    let token = store::token::Token {
        user: code.user,
        digest: token,
        grant: code.grant,
        client: code.client.clone(),
        scope: code.redemption.scope.clone(),
        created_at: now,
        expires_at: now.plus(app.settings.token_life),
    };
    store::token::insert(sql, &token)?;
    audit(sql, &scene, Audit::CodeRedeemed, &json!({}))?;
    Ok(Some(Redeemed { code, username: user.username.into() }))
}

fn id_token(app: &App, redeemed: &Redeemed, access_token: &str) -> IdToken {
    let (code, now) = (&redeemed.code, app.now());
    let profile = scope::has(&code.redemption.scope, "profile");
    IdToken {
        iss: app.settings.issuer.clone(),
        sub: code.user.to_string(),
        aud: code.client.clone(),
        exp: now.plus(app.settings.token_life).unix_seconds(),
        iat: now.unix_seconds(),
        auth_time: code.auth_at.unix_seconds(),
        nonce: code.redemption.nonce.clone(),
        acr: code.acr.clone(),
        amr: code.amr.split(' ').map(str::to_owned).collect(),
        at_hash: Some(claims::at_hash(access_token)),
        sid: None,
        authorization_details: None,
        preferred_username: profile.then(|| redeemed.username.clone()),
    }
}
