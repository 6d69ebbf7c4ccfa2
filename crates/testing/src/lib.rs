//! What tests of several crates need. A dev-dependency only.

#![allow(clippy::panic, clippy::expect_used, reason = "a test that cannot be set up must fail, and say why")]

pub mod postgres;

use std::{
    collections::hash_map::RandomState,
    hash::BuildHasher as _,
    net::{Ipv4Addr, TcpListener},
};

/// A port for a program that cannot pick one itself. It lies below those that the system picks, so that nobody gets it by
/// chance between this look and the program's start.
#[must_use]
pub fn free_port() -> u16 {
    const FIRST: u64 = 15_000;
    const SYSTEMS: u64 = 32_768;
    let candidates = || u16::try_from(FIRST + RandomState::new().hash_one(()) % (SYSTEMS - FIRST));
    let free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    std::iter::repeat_with(candidates).take(1000).flatten().find(free).expect("of a thousand ports one is free")
}
