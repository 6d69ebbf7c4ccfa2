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
        let refused = |reason| ApiProblem { reason: Some(reason), ..Slug::Unauthorized.into() };
        let line = one(&parts.headers, header::AUTHORIZATION.as_str()).map_err(|()| refused("header"))?;
        let (scheme, text) = credentials(line.ok_or(refused("no_token"))?).ok_or(refused("header"))?;
        let token = client_token::find(app, text).await?.ok_or(refused("invalid_token"))?;
        // Whoever is registered no more has no tokens, and no more of the API than it is registered for.
        let client = app.clients.find(&token.client).ok_or(refused("invalid_token"))?;
        match (&token.jkt, scheme) {
            (None, Scheme::Bearer) => {}
            (Some(jkt), Scheme::Dpop) => proved(app, parts, text, &token.client, jkt).await?,
            // A bound token without its proof is a stolen one (RFC 9449, 7.2).
            _ => return Err(refused("invalid_token")),
        }
        if !scope::has(&token.scope, P::SCOPE) || !client.oauth.api_scopes().contains(&P::SCOPE) {
            return Err(ApiProblem { reason: Some(P::SCOPE), ..Slug::InsufficientScope.into() });
        }
        Ok(Self { client, origin, part: PhantomData })
    }
}

async fn proved(app: &Arc<App>, parts: &Parts, token: &str, client: &str, jkt: &str) -> Result<(), ApiProblem> {
    let wrong =
        |reason, detail: String| ApiProblem { reason: Some(reason), detail: Some(detail), ..Slug::InvalidProof.into() };
    let none = || wrong("missing", "send one DPoP header".to_owned());
    let proof = one(&parts.headers, "dpop").map_err(|()| none())?.ok_or_else(none)?;
    let proof = Proof::read(app, proof, parts.method.as_str(), parts.uri.path(), Some(token))
        .map_err(|error| wrong("proof", error.to_string()))?;
    if proof.jkt != jkt {
        return Err(wrong("key", "the token is bound to another key".to_owned()));
    }
    if client_token::proved(app, client, proof).await? {
        Ok(())
    } else {
        Err(wrong("jti_used", "this proof was used before".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn there_is_a_part_for_every_scope_that_can_be_registered() {
        assert_eq!(super::SCOPES, oidc::scope::API_SCOPES);
    }
}
