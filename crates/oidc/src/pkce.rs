//! Proof Key for Code Exchange (RFC 7636), S256 only.

use crate::{GrantFault, OAuthError};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// A `code_challenge`: 43 characters of base64url, a SHA-256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeChallenge(String);

impl CodeChallenge {
    /// Reads a challenge and its method; only S256 is taken (RFC 9700, 2.1.1).
    ///
    /// ```
    /// # use oidc::{OAuthError, pkce::CodeChallenge};
    /// let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    /// assert!(CodeChallenge::parse(challenge, Some("S256")).is_ok());
    /// assert_eq!(CodeChallenge::parse(challenge, Some("plain")), Err(OAuthError::PlainPkce));
    /// ```
    pub fn parse(challenge: &str, method: Option<&str>) -> Result<Self, OAuthError> {
        // The first-party request requires a challenge and we offer one method, so the method may be left out.
        if method.is_some_and(|method| method != "S256") {
            return Err(OAuthError::PlainPkce);
        }
        match URL_SAFE_NO_PAD.decode(challenge) {
            Ok(hash) if hash.len() == 32 => Ok(Self(challenge.to_owned())),
            _ => Err(OAuthError::Malformed("code_challenge")),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The challenge of a verifier (RFC 7636, 4.2).
///
/// ```
/// // RFC 7636, appendix B.
/// let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// assert_eq!(oidc::pkce::challenge_of(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
/// ```
pub fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// Whether a verifier has the form of RFC 7636, 4.1: 43 to 128 unreserved characters.
///
/// ```
/// # use oidc::pkce::is_verifier;
/// assert!(is_verifier(&"a".repeat(43)));
/// assert!(!is_verifier(&"a".repeat(42)), "too easily guessed");
/// ```
pub fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
}

/// Whether a verifier fits a challenge (RFC 7636, 4.6).
///
/// ```
/// # use oidc::pkce::{challenge_of, fits};
/// let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// assert!(fits(verifier, &challenge_of(verifier)));
/// assert!(!fits(verifier, verifier), "the plain method is not taken");
/// ```
pub fn fits(verifier: &str, challenge: &str) -> bool {
    is_verifier(verifier) && bool::from(challenge_of(verifier).as_bytes().ct_eq(challenge.as_bytes()))
}

/// Whether what a code is redeemed with fits how it was asked for (RFC 7636, 4.6; RFC 9700, 2.1.1): a verifier for a
/// challenge, and none where there was none.
pub fn check(challenge: Option<&str>, verifier: Option<&str>) -> Result<(), GrantFault> {
    match (challenge, verifier) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(GrantFault::UnexpectedVerifier),
        (Some(_), None) => Err(GrantFault::NoVerifier),
        (Some(challenge), Some(verifier)) if fits(verifier, challenge) => Ok(()),
        (Some(_), Some(_)) => Err(GrantFault::Verifier),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_published_example() {
        assert_eq!(challenge_of(VERIFIER), CHALLENGE);
        assert!(fits(VERIFIER, CHALLENGE));
    }

    #[test]
    fn near_misses_are_refused() {
        assert!(!fits(CHALLENGE, CHALLENGE), "plain");
        assert!(!fits(&VERIFIER.replace('d', "D"), CHALLENGE));
        assert!(!fits(VERIFIER.split_at(42).0, CHALLENGE), "42 characters");
        assert!(!fits(&format!("{VERIFIER}="), CHALLENGE));
        assert_eq!(CodeChallenge::parse(CHALLENGE, Some("plain")), Err(OAuthError::PlainPkce));
        assert_eq!(CodeChallenge::parse("short", None), Err(OAuthError::Malformed("code_challenge")));
        assert!(CodeChallenge::parse(CHALLENGE, Some("S256")).is_ok());
    }

    #[test]
    fn a_code_is_redeemed_as_it_was_asked_for() {
        assert_eq!(check(Some(CHALLENGE), Some(VERIFIER)), Ok(()));
        assert_eq!(check(None, None), Ok(()));
        assert_eq!(check(Some(CHALLENGE), None), Err(GrantFault::NoVerifier));
        assert_eq!(check(None, Some(VERIFIER)), Err(GrantFault::UnexpectedVerifier), "a downgrade");
        for wrong in ["short", CHALLENGE, &VERIFIER.replace('d', "D"), &"v".repeat(129), ""] {
            assert_eq!(check(Some(CHALLENGE), Some(wrong)), Err(GrantFault::Verifier), "{wrong}");
        }
    }
}
