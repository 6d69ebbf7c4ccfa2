//! Claims of an ID token (OpenID Connect Core, 2).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use operation::What;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The claims about who somebody is, and the scope that gives each (OpenID Connect Core, 5.4).
pub const IDENTITY: &[(&str, &str)] = &[("preferred_username", "profile")];

/// An ID token's claims.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdToken {
    /// The issuer.
    pub iss: String,
    /// The user's id: stable, says nothing.
    pub sub: String,
    /// The client.
    pub aud: String,
    /// Unix seconds.
    pub exp: i64,
    /// Unix seconds.
    pub iat: i64,
    /// When the second factor was confirmed, Unix seconds.
    pub auth_time: i64,
    /// As sent in the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// How strong the login was.
    pub acr: String,
    /// What was used (RFC 8176).
    pub amr: Vec<String>,
    /// Half of the access token's hash (Core, 3.1.3.6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_hash: Option<String>,
    /// The session that the login made or was answered from (Front-Channel Logout, 3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// The username, with the `profile` scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_username: Option<String>,
    /// What the user confirmed, as asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_details: Option<Vec<What>>,
}

/// What `/oauth2/userinfo` answers (Core, 5.3.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserInfo {
    /// The user's id.
    pub sub: String,
    /// The username, with the `profile` scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_username: Option<String>,
}

/// `at_hash` of an access token, for a token signed with a SHA-256 algorithm.
///
/// ```
/// # let vectors = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/oauth-oidc-values.json"));
/// # let vectors: serde_json::Value = serde_json::from_str(vectors).unwrap();
/// # let vector = &vectors["half_hashes"][0];
/// # let (access_token, published) = (vector["input"].as_str().unwrap(), vector["value"].as_str().unwrap());
/// assert_eq!(oidc::claims::at_hash(access_token), published);
/// ```
pub fn at_hash(access_token: &str) -> String {
    let hash = Sha256::digest(access_token.as_bytes());
    URL_SAFE_NO_PAD.encode(hash.split_at(16).0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_at_hash() {
        let text =
            std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/oauth-oidc-values.json"));
        let vectors: serde_json::Value = serde_json::from_str(&text.unwrap()).unwrap();
        let published: Vec<_> = vectors["half_hashes"].as_array().unwrap().iter().collect();
        assert!(!published.is_empty());
        for vector in published {
            assert_eq!(at_hash(vector["input"].as_str().unwrap()), vector["value"].as_str().unwrap());
        }
    }
}
