//! The login in the terminal: a full-screen program in the manner of a trading workstation's login.
//!
//! [`model`] is what it knows, [`update`] what events change, [`view`] how it looks, [`run`] what moves it.

mod answered;
pub mod desk;
pub mod field;
pub mod model;
mod paint;
pub mod run;
mod screen;
pub mod update;
pub mod view;

/// The phone's method without a challenge, as the wire names it.
pub(crate) const SEAMLESS: &str = "seamless";
/// The method for when no notification arrived, as the wire names it.
pub(crate) const CHALLENGE_RESPONSE: &str = "challenge_response";
