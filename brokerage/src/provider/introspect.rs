//! What an access token is that a desktop program shows us (RFC 7662).

use super::{Provider, ProviderError, Registered, http};
use openidconnect::{
    AccessToken, EmptyAdditionalClaims, TokenIntrospectionResponse as _, UserInfoClaims, core::CoreGenderClaim,
};

/// Whom a living token is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// The user.
    pub sub: String,
    /// The program it was given to.
    pub client_id: String,
    /// When the user logged in, Unix seconds.
    pub auth_time: Option<i64>,
    /// Whether it is bound to a key, so that it alone proves nothing.
    pub bound: bool,
}

impl Provider {
    /// Asks the issuer. None for a token that is not alive.
    ///
    /// # Errors
    /// When the provider cannot be reached, or refuses us.
    pub async fn introspect(&self, registered: &Registered, token: &str) -> Result<Option<Bearer>, ProviderError> {
        let known = self.known(None).await?;
        let endpoint = known.metadata.additional_metadata().introspection_endpoint.clone();
        let endpoint = endpoint.ok_or(ProviderError::Missing("introspection"))?;
        let client = Self::client(&known, registered).set_introspection_url(endpoint);
        let token = AccessToken::new(token.to_owned());
        let answer = client
            .introspect(&token)
            .request_async(&self.http)
            .await
            .map_err(|error| ProviderError::Trouble(http::told(&error)))?;
        if !answer.active() {
            return Ok(None);
        }
        let (Some(sub), Some(client_id)) = (answer.sub(), answer.client_id()) else { return Ok(None) };
        let seen = answer.extra_fields();
        Ok(Some(Bearer {
            sub: sub.to_owned(),
            client_id: client_id.as_str().to_owned(),
            auth_time: seen.auth_time,
            bound: seen.cnf.is_some(),
        }))
    }

    /// The username of a token's user, where the token may tell.
    ///
    /// # Errors
    /// When the provider cannot be reached.
    pub async fn username(&self, registered: &Registered, token: &str) -> Result<Option<String>, ProviderError> {
        let known = self.known(None).await?;
        let client = Self::client(&known, registered);
        let request = client
            .user_info(AccessToken::new(token.to_owned()), None)
            .map_err(|_| ProviderError::Missing("userinfo"))?;
        let claims: UserInfoClaims<EmptyAdditionalClaims, CoreGenderClaim> =
            request.request_async(&self.http).await.map_err(|error| ProviderError::Trouble(http::told(&error)))?;
        Ok(claims.preferred_username().map(|name| name.as_str().to_owned()))
    }
}
