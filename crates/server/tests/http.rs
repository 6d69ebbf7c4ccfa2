//! The server from outside, as one program of tests: every program is compiled, linked and linted by itself, and these
//! would each take in the whole server.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by stopping"
)]

mod attacks;
mod login;
mod money;
mod oidc;
mod phone;
mod terminal;
