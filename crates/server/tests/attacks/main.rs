//! What strangers try, a file for each kind. docs/attacks.md lists what must hold.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by stopping"
)]

mod addresses;
mod connections;
mod cross_origin;
mod destinations;
mod headers;
mod streams;

#[path = "../phone/phones.rs"]
#[allow(dead_code, reason = "shared with the tests of the phone, which use more of it")]
mod phones;
#[path = "../login/receiver.rs"]
#[allow(dead_code, reason = "shared with the tests of clients, which use more of it")]
mod receiver;
#[path = "../oidc/rig.rs"]
#[allow(dead_code, reason = "shared with the tests of clients, which use more of it")]
mod rig;
#[path = "../login/support.rs"]
#[allow(dead_code, reason = "shared with the tests of the login, which use more of it")]
mod support;
