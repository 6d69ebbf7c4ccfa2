//! The terminal's login without a terminal: what keys and answers change, and how every screen looks.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod answers;
mod keys;
mod looks;
mod support;
