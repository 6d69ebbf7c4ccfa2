//! What Countersign defines: pure decisions over its own nouns.
//!
//! Nothing here reads a clock, draws randomness or does I/O: time and nonces are arguments, and what should
//! happen is returned as data ([`effect::Effect`]). A wrong step is a typed [`Refusal`].

pub mod activation_code;
pub mod audit;
pub mod card;
pub mod confirmation;
pub mod contact;
pub mod contact_change;
pub mod desk;
pub mod device;
pub mod effect;
pub mod erasure;
pub mod id;
pub mod lockout;
pub mod login;
pub mod messages;
pub mod money;
pub mod nonce;
pub mod password;
pub mod policy;
pub mod pushes;
pub mod refusal;
pub mod secret;
pub mod time;
pub mod trust;
pub mod typed;
pub mod user;
pub mod version;

pub use nonce::Nonce;
pub use policy::Policy;
pub use refusal::Refusal;
pub use secret::Secret;
pub use time::Timestamp;
