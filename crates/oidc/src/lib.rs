//! What OAuth 2.0 and OpenID Connect define: requests read, PKCE checked, claims and metadata shaped.
//!
//! Values in, values out: no clock, no storage, no keys. The rules of our own are elsewhere.

pub mod claims;
pub mod discovery;
pub mod dpop;
pub mod error;
pub mod first_party;
pub mod form;
pub mod jwk;
pub mod jws;
pub mod pkce;
pub mod scope;
pub mod token;
pub mod url;

#[cfg(test)]
mod tests;

pub use error::OAuthError;
pub use form::Form;
