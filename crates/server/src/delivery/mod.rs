//! Handing over what units of work queued: pushes, mail, SMS, pings, logout tokens and webhooks. Input and output, above the flows.

pub mod client;
mod destination;
pub mod message;
pub mod push;
pub mod run;
mod webhook;
