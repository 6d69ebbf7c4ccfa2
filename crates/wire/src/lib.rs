//! JSON types of Countersign's own HTTP interfaces and of the files its programs exchange.
//!
//! They are compiled into the server and into the clients, so a name seen from outside is written once.
//! Every type here is a value: no I/O, no clock, none of the server's rules. What a new PIN may be is here because only the
//! phone can check its own.

pub mod api;
pub mod card_file;
pub mod demo;
pub mod first_party;
pub mod help;
pub mod next;
pub mod oauth;
pub mod phone;
pub mod phone_app;
pub mod phone_file;
pub mod pin;
pub mod problem;
pub mod receipt;
pub mod roster;

pub use first_party::{Answer, Failure, Reason, Recovery};
pub use next::{DeviceRef, LimitedDevice, LockedDevice, Next, Notice};
pub use problem::Problem;
