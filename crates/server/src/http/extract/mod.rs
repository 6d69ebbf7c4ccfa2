//! What handlers rely on: read from the request, checked, and refused in its own words.

pub mod address;
pub mod agent;
pub mod attempt;
pub mod body;
pub mod caller;
pub mod cookie;
pub mod form;
mod forwarded;
pub mod header;
pub mod open;
pub mod page;
pub mod peer;
pub mod session;
