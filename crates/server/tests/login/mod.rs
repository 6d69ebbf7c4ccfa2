//! The login, from outside over HTTP, with real passwords, a real database and a real card's arithmetic.

mod activity;
pub(crate) mod authenticator;
mod bad_input;
pub mod code_card;
mod contacts;
mod desk;
mod desk_api;
mod desk_roles;
mod devices;
mod everyday;
mod first_party;
mod forms;
mod kill;
mod lockout;
mod orders;
pub(crate) mod own_devices;
pub(crate) mod pages;
mod passkeys;
pub mod passwords;
pub(crate) mod receiver;
mod refusals;
mod resync;
mod secrets;
mod shapes;
pub(crate) mod support;
mod throttle;
