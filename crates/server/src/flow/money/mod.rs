//! Money that leaves: what it takes up, what may confirm it, and where it stands.

pub mod permit;
pub mod rate;
pub mod withdrawal;
