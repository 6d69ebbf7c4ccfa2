//! The real programs: `countersign demo` with the brokerage beside it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod api;
mod beside;
mod browser;
mod cards;
mod processor;
mod rig;
