//! The crate from outside: the RFC's figures, what is refused, what is written and read again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "pskc/figures.rs"]
mod figures;
#[path = "pskc/refused.rs"]
mod refused;
#[path = "pskc/round_trip.rs"]
mod round_trip;

use pskc::{Error, Package, Reader, Secret, Unlock};

fn figure(number: u8) -> String {
    let name = format!("{}/../../vectors/pskc-rfc6030/figure{number:02}.xml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(name).unwrap()
}

fn read(text: &str, unlock: Unlock) -> Result<Vec<Package>, Error> {
    Reader::new(text.as_bytes(), unlock)?.collect()
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn key(text: &str) -> Unlock {
    Unlock::Key(Secret::new(hex(text)))
}

fn password(text: &str) -> Unlock {
    Unlock::Password(Secret::new(text.as_bytes().to_vec()))
}
