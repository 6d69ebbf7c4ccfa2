//! The native login: the real client against the real demo, typed in a terminal and by flags.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by stopping"
)]

mod desk;
mod phone;
mod script;
mod support;
mod typed;
