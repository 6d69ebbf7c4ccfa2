//! The confirmation machine against a table of every (state, event) pair and against a plain model.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by stopping"
)]

mod cases;
mod consecutive;
mod model;
mod passkey;
mod phone;
mod pushes;
mod sent_code;
mod two_devices;
mod world;
