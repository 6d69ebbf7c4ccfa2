//! The OpenID Connect provider's endpoints.

pub mod ask;
pub mod authorize;
pub mod backchannel;
pub mod client;
pub mod first_party;
pub mod logout;
pub mod metadata;
pub mod par;
pub mod routes;
pub mod sent;
pub mod token;
pub mod tokens;
pub mod userinfo;

pub use routes::ROUTES;
pub(crate) use routes::mount;
