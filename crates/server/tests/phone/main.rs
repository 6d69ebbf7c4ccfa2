//! The phone, from outside over HTTP: the real software phone against the real server.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by stopping"
)]

mod activation;
mod app;
mod approval;
mod bad_input;
mod cards;
mod front;
mod kill;
mod load;
mod manage;
mod messages;
mod nodes;
mod parallel;
mod phones;
mod pin_change;
mod processes;
mod push;
mod push_service;
#[path = "../login/receiver.rs"]
#[allow(dead_code, reason = "shared with the tests of clients, which use more of it")]
mod receiver;
mod restart;
mod secrets;
mod shapes;
#[path = "../login/support.rs"]
#[allow(dead_code, reason = "shared with the tests of the login")]
mod support;
mod take_back;
mod tampering;
mod till;
