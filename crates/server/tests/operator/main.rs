//! What an operator does and sees: the real program `countersign` on its command line, and as a process.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by stopping"
)]

mod cards;
mod check;
mod clients;
mod demo;
mod depot;
mod devices;
mod memory;
mod outage;
mod place;
mod serve;
mod users;
