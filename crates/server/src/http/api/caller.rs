//! Who calls the institution's API: a client with a token of its own, which is good for the part that is called.

use crate::{
    app::App,
    clients::Client,
    flow::{Origin, oidc::client_token, proof::Proof},
    http::{
        extract::{
            caller::{Caller, Who},
            header::one,
        },
        problem::{ApiProblem, Slug},
    },
};
use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use oidc::{
    authorization::{Scheme, credentials},
    scope,
};
use std::{marker::PhantomData, sync::Arc};

/// A part of the API, by the scope that it takes.
pub trait Part {
    /// The scope.
    const SCOPE: &'static str;
}

/// A client whose token is good for a part of the API.
pub struct Api<P> {
    /// The client.
    pub client: Arc<Client>,
    /// Where it calls from.
    pub origin: Origin,
    part: PhantomData<P>,
}

macro_rules! parts {
    ($($caller:ident = $scope:literal;)+) => {$(
        #[doc = concat!("Whoever has a token for `", $scope, "`.")]
        pub type $caller = Api<parts::$caller>;
    )+
        /// The parts, as types.
        pub mod parts {$(
            #[doc = concat!("`", $scope, "`")]
            pub enum $caller {}

            impl super::Part for $caller {
                const SCOPE: &'static str = $scope;
            }
        )+}

        #[cfg(test)]
        const SCOPES: &[&str] = &[$($scope),+];
    };
}

parts! {
    UsersRead = "users:read";
    UsersWrite = "users:write";
    UsersErase = "users:erase";
    UsersExport = "users:export";
    ActivityRead = "activity:read";
    SessionsWrite = "sessions:write";
    AccountsRead = "accounts:read";
    AccountsWrite = "accounts:write";
    RatesRead = "rates:read";
    RatesWrite = "rates:write";
    LimitsRead = "limits:read";
    WithdrawalsRead = "withdrawals:read";
    WithdrawalsWrite = "withdrawals:write";
    WebhooksRead = "webhooks:read";
    WebhooksWrite = "webhooks:write";
    InventoryRead = "inventory:read";
    InventoryWrite = "inventory:write";
    OrdersRead = "orders:read";
    OrdersWrite = "orders:write";
}

impl<P: Part> Caller for Api<P> {
    const WHO: Who = Who::Institution(P::SCOPE);
}

impl<P: Part> FromRequestParts<Arc<App>> for Api<P> {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiProblem> {
        let Ok(origin) = Origin::from_request_parts(parts, app).await;
        let presented = presented(parts)?;
        let token = client_token::find(app, presented.text).await?.ok_or(unauthorized("invalid_token"))?;
        // Whoever is registered no more has no tokens, and no more of the API than it is registered for.
        let client = app.clients.find(&token.client).ok_or(unauthorized("invalid_token"))?;
        if let Some(proof) = proof(app, parts, &presented, token.jkt.as_deref())? {
            once(client_token::proved(app, &token.client, proof).await?)?;
        }
        if !scope::has(&token.scope, P::SCOPE) || !client.oauth.api_scopes().contains(&P::SCOPE) {
            return Err(ApiProblem { reason: Some(P::SCOPE), ..Slug::InsufficientScope.into() });
        }
        Ok(Self { client, origin, part: PhantomData })
    }
}

/// Why a token is not taken.
pub(super) fn unauthorized(reason: &'static str) -> ApiProblem {
    ApiProblem { reason: Some(reason), ..Slug::Unauthorized.into() }
}

/// The token of a request.
pub(super) struct Presented<'a> {
    /// How it is presented.
    scheme: Scheme,
    /// The token.
    pub(super) text: &'a str,
}

/// The token that a request presents.
pub(super) fn presented(parts: &Parts) -> Result<Presented<'_>, ApiProblem> {
    let line = one(&parts.headers, header::AUTHORIZATION.as_str()).map_err(|()| unauthorized("header"))?;
    let (scheme, text) = credentials(line.ok_or(unauthorized("no_token"))?).ok_or(unauthorized("header"))?;
    Ok(Presented { scheme, text })
}

/// The proof of a token that is bound to a key, which is still to be noted.
pub(super) fn proof(
    app: &Arc<App>,
    parts: &Parts,
    token: &Presented<'_>,
    jkt: Option<&str>,
) -> Result<Option<Proof>, ApiProblem> {
    let jkt = match (jkt, token.scheme) {
        (None, Scheme::Bearer) => return Ok(None),
        (Some(jkt), Scheme::Dpop) => jkt,
        // A bound token without its proof is a stolen one (RFC 9449, 7.2).
        _ => return Err(unauthorized("invalid_token")),
    };
    let wrong =
        |reason, detail: String| ApiProblem { reason: Some(reason), detail: Some(detail), ..Slug::InvalidProof.into() };
    let none = || wrong("missing", "send one DPoP header".to_owned());
    let proof = one(&parts.headers, "dpop").map_err(|()| none())?.ok_or_else(none)?;
    let proof = Proof::read(app, proof, parts.method.as_str(), parts.uri.path(), Some(token.text))
        .map_err(|error| wrong("proof", error.to_string()))?;
    if proof.jkt != jkt {
        return Err(wrong("key", "the token is bound to another key".to_owned()));
    }
    Ok(Some(proof))
}

/// Refuses a proof that was noted before.
pub(super) fn once(fresh: bool) -> Result<(), ApiProblem> {
    let detail = Some("this proof was used before".to_owned());
    if fresh { Ok(()) } else { Err(ApiProblem { reason: Some("jti_used"), detail, ..Slug::InvalidProof.into() }) }
}

#[cfg(test)]
mod tests {
    #[test]
    fn there_is_a_part_for_every_scope_that_can_be_registered() {
        assert_eq!(super::SCOPES, oidc::scope::API_SCOPES);
    }
}
