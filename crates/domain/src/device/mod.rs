//! Devices: the classes there are, the states one passes through, and how one answers.

pub mod activation;
pub mod catalogue;
pub mod credential;
pub mod lifecycle;

pub use catalogue::{Catalogue, Method};
pub use credential::{Algorithm, Keys, Moving, Verification};
pub use lifecycle::DeviceState;
