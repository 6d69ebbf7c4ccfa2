//! One-time codes as three RFCs define them: OCRA (RFC 6287), HOTP (RFC 4226) and TOTP (RFC 6238); and the values of
//! printed code cards.
//!
//! Values in, values out: this crate reads no clock, draws no random number and does no I/O. How far a counter may
//! look ahead, how often a code may be tried and which key may serve which suite are its callers' decisions.
//!
//! Keys, hashed PINs and computed codes are wiped from memory when dropped and never printed. Verification compares in
//! constant time and does the same work for every candidate and every outcome within a window of a given size.
#![no_std]

extern crate alloc;

mod code;
pub mod code_card;
pub mod hotp;
mod key;
mod mac;
pub mod ocra;
pub mod totp;
mod window;

pub use code::{Code, Digits, DigitsError};
pub use key::{Algorithm, Key};
