//! Every value against the published ones, every rule, and what holds for all.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod code_card;
mod properties;
mod published;
mod rules;
mod suites;
mod vectors;
