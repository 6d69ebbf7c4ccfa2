//! Profiles: marks of a client that stand for a whole set of rules.

use crate::client::{AuthMethod, Registration, SigningAlg};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Longest life of a code under FAPI 2.0 (Security Profile, 5.3.2.1).
const FAPI_CODE_LIFE: Duration = Duration::from_secs(60);

/// A profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Profile {
    /// FAPI 2.0 Security Profile (final), with DPoP: requests are pushed, tokens are bound to a key, the client proves
    /// itself by a key, refresh tokens stay as they are.
    #[serde(rename = "fapi2")]
    Fapi2,
}

/// What a registration says that its profile forbids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// A public client, or one with a secret.
    #[error("needs auth = \"private_key_jwt\"")]
    Auth,
    /// A redirect URI of plain http, or of a private scheme.
    #[error("takes https redirect URIs only")]
    RedirectUri,
    /// The waiver of PKCE.
    #[error("always needs PKCE: nonce_instead_of_pkce cannot be set")]
    Pkce,
    /// A login form of the program's own, whose requests cannot be pushed.
    #[error("knows no first-party login: requests are pushed, and answered on our pages")]
    FirstParty,
    /// An algorithm that it does not know.
    #[error("does not know RS256: id_token_signed_response_alg must be ES256")]
    IdTokenAlg,
}

impl Registration {
    /// Whether FAPI 2.0 holds for it.
    pub fn is_fapi(&self) -> bool {
        self.profile == Some(Profile::Fapi2)
    }

    /// Whether its authorization requests must be pushed.
    pub fn must_push(&self) -> bool {
        self.require_pushed_authorization_requests || self.is_fapi()
    }

    /// Whether its tokens must be bound to a key.
    pub fn must_bind(&self) -> bool {
        self.dpop_bound_access_tokens || self.is_fapi()
    }

    /// Whether a refresh gives another refresh token. Under FAPI 2.0 it does not (5.3.2.1): the token is bound to the
    /// client, and an answer that is lost on the way costs nothing.
    pub fn rotates_refresh_tokens(&self) -> bool {
        !self.is_fapi()
    }

    /// How long a code of its may live, where the server's own setting is this.
    pub fn code_life(&self, usual: Duration) -> Duration {
        if self.is_fapi() { usual.min(FAPI_CODE_LIFE) } else { usual }
    }

    /// Whether a code without PKCE may be given for a request with this nonce.
    pub fn may_do_without_pkce(&self, nonce: Option<&str>) -> bool {
        self.nonce_instead_of_pkce && self.auth != AuthMethod::None && nonce.is_some()
    }

    pub(crate) fn check_profile(&self) -> Result<(), ProfileError> {
        if !self.is_fapi() {
            return Ok(());
        }
        if self.auth != AuthMethod::PrivateKeyJwt {
            return Err(ProfileError::Auth);
        }
        let mut led_to = self.redirect_uris.iter().chain(&self.post_logout_redirect_uris);
        if !led_to.all(|uri| uri.starts_with("https://")) {
            return Err(ProfileError::RedirectUri);
        }
        if self.nonce_instead_of_pkce {
            return Err(ProfileError::Pkce);
        }
        match self.id_token_signed_response_alg {
            SigningAlg::Es256 => Ok(()),
            SigningAlg::Rs256 => Err(ProfileError::IdTokenAlg),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{client::RegistrationError, tests::Key};

    fn good() -> Registration {
        Registration {
            profile: Some(Profile::Fapi2),
            auth: AuthMethod::PrivateKeyJwt,
            keys: vec![Key::new().public().jwk()],
            redirect_uris: vec!["https://bank.example/cb".into()],
            ..Registration::default()
        }
    }

    #[test]
    fn one_mark_demands_all_of_fapi() {
        let (plain, fapi) = (Registration::default(), good());
        assert_eq!(fapi.check(), Ok(()));
        assert!(fapi.must_push() && fapi.must_bind() && !fapi.rotates_refresh_tokens());
        assert!(!plain.must_push() && !plain.must_bind() && plain.rotates_refresh_tokens());
        let lives = |seconds| fapi.code_life(Duration::from_secs(seconds)).as_secs();
        assert_eq!((lives(30), lives(60), lives(600)), (30, 60, 60));
        assert_eq!(plain.code_life(Duration::from_secs(600)).as_secs(), 600);
        let text = serde_json::to_string(&fapi).unwrap();
        assert!(text.contains(r#""profile":"fapi2""#), "{text}");
        assert_eq!(serde_json::from_str::<Registration>(&text).unwrap(), fapi);
        assert!(serde_json::from_str::<Registration>(r#"{"profile":"fapi1"}"#).is_err());
    }

    #[test]
    fn what_contradicts_a_profile_is_refused_with_the_reason() {
        let secret = Some(crate::client_auth::secret_hash("s"));
        let with_uri = |uri: &str| Registration { redirect_uris: vec![uri.into()], ..good() };
        for (bad, error) in [
            (Registration { auth: AuthMethod::None, ..good() }, ProfileError::Auth),
            (Registration { auth: AuthMethod::ClientSecretBasic, secret_sha256: secret, ..good() }, ProfileError::Auth),
            (with_uri("http://localhost/cb"), ProfileError::RedirectUri),
            (with_uri("http://127.0.0.1/cb"), ProfileError::RedirectUri),
            (with_uri("com.example.bank:/cb"), ProfileError::RedirectUri),
            (Registration { nonce_instead_of_pkce: true, ..good() }, ProfileError::Pkce),
            (Registration { id_token_signed_response_alg: SigningAlg::Rs256, ..good() }, ProfileError::IdTokenAlg),
        ] {
            assert_eq!(bad.check(), Err(RegistrationError::Profile(error)), "{bad:?}");
        }
    }

    #[test]
    fn pkce_is_waived_only_for_a_confidential_client_with_a_nonce_that_registered_it() {
        let waived = Registration {
            auth: AuthMethod::ClientSecretBasic,
            secret_sha256: Some(crate::client_auth::secret_hash("s")),
            nonce_instead_of_pkce: true,
            ..Registration::default()
        };
        assert_eq!(waived.check(), Ok(()));
        assert!(waived.may_do_without_pkce(Some("n")) && !waived.may_do_without_pkce(None));
        let public = Registration { auth: AuthMethod::None, secret_sha256: None, ..waived.clone() };
        assert!(!public.may_do_without_pkce(Some("n")));
        assert!(public.check().is_err(), "a public client cannot register it");
        let usual = Registration { nonce_instead_of_pkce: false, ..waived };
        assert!(!usual.may_do_without_pkce(Some("n")));
    }
}
