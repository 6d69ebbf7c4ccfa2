//! The audit log: who did what to whom, by what, typed, and readable by a program years later.

mod kind;
pub mod news;
mod record;
pub mod story;

pub use kind::Kind;
pub use record::{About, Actor, Detail, Record};
