//! Devices: the classes there are, the states one passes through, and how one answers.

pub mod activation;
pub mod catalogue;
pub mod credential;
pub mod inventory;
pub mod label;
pub mod lifecycle;
pub mod order;
pub mod own_proof;
pub mod pin_change;
pub mod question;
pub mod recovery;

pub use catalogue::{Catalogue, Method};
pub use credential::{Algorithm, Keys, Moving, ResyncRefusal, Verification};
pub use lifecycle::DeviceState;
pub use question::Question;
