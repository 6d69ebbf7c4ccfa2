//! The OpenID Connect provider, from outside over HTTP.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by stopping"
)]

mod amr;
mod authorize;
mod back_channel;
mod backchannel;
mod clients;
mod details;
mod keys;
mod load;
mod logout;
#[path = "../phone/phones.rs"]
#[allow(dead_code, reason = "shared with the tests of the phone, which use more of it")]
mod phones;
#[path = "../login/receiver.rs"]
#[allow(dead_code, reason = "shared with the tests of pushes, which use more of it")]
mod receiver;
mod registry;
mod rig;
#[path = "../login/support.rs"]
#[allow(dead_code, reason = "shared with the tests of the login, which use more of it")]
mod support;
mod tokens;
