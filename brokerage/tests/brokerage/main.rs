//! The brokerage: its market and money against plain models, what it believes, and the real programs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod limits;
mod market;
mod processes;
mod proofs;
mod withdrawals;
mod words;
