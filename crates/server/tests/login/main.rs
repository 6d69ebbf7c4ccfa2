//! The login, from outside over HTTP, with real passwords, a real database and a real card's arithmetic.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by stopping"
)]

mod bad_input;
mod code_card;
mod first_party;
mod kill;
mod lockout;
mod pages;
mod refusals;
mod secrets;
mod shapes;
#[allow(dead_code, reason = "shared with the tests of the phone")]
mod support;
mod throttle;
