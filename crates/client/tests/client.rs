//! The client program: as it is run, and its terminal login without a terminal.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod cli;
mod terminal;
