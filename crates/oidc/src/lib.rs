//! What OAuth 2.0 and OpenID Connect define: requests read, PKCE checked, claims and metadata shaped.
//!
//! Values in, values out: no clock, no storage, no keys. The rules of our own are elsewhere.

pub mod authorization;
pub mod authorize;
pub mod ciba;
pub mod claims;
pub mod client;
pub mod client_auth;
pub mod client_key;
pub mod details;
pub mod discovery;
pub mod dpop;
pub mod error;
pub mod fault;
pub mod first_party;
pub mod form;
pub mod hint;
pub mod introspect;
pub mod jwk;
pub mod jws;
pub mod logout;
pub mod pkce;
pub mod profile;
pub mod redirect;
pub mod scope;
pub mod token;
pub mod url;
pub mod webauthn;
mod wishes;

pub use error::OAuthError;
pub use fault::{ClientFault, GrantFault};
pub use form::Form;

#[cfg(test)]
mod tests;
