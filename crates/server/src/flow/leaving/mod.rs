//! A user leaves: what there is of them is written down for them, and then forgotten.

pub mod erase;
pub mod export;
pub mod name;
