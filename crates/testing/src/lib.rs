//! What tests of several crates need. A dev-dependency only.

#![allow(clippy::panic, clippy::expect_used, reason = "a test that cannot be set up must fail, and say why")]

pub mod postgres;
