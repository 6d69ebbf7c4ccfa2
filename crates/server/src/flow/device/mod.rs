//! Devices: issued, named, and what they go through.

pub mod code_alone;
pub mod depot;
pub mod dispatch;
mod equity;
pub mod issue;
pub mod label;
pub mod lifecycle;
pub mod order;
pub mod order_pin;
pub mod own;
pub mod own_pin;
pub mod own_resync;
pub mod own_start;
pub mod passkey;
pub mod printed;
pub(in crate::flow) mod question;
pub mod resync;
pub mod veto;
