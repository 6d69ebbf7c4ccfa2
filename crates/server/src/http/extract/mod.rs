//! What handlers rely on: read from the request, checked, and refused in its own words.

pub mod body;
pub mod cookie;
mod forwarded;
pub mod open;
pub mod page;
pub mod peer;
