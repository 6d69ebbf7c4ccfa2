//! Use cases: read → domain → write (with audit and outbox) → answer. No HTTP here. Each is a unit of [`crate::work::Work`].

pub mod after;
pub mod confirm;
pub mod contact;
pub mod desk;
pub mod device;
pub mod health;
pub mod institution;
pub mod leaving;
pub mod login;
pub mod messages;
pub mod money;
pub mod oidc;
pub mod phone;
pub mod proof;
mod refused;
pub mod roster;
pub mod sweep;
pub mod throttle;
pub mod user;

pub use crate::work::Origin;
pub use refused::Refused;
