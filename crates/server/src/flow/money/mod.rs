//! Money that leaves: what it takes up, what may confirm it, and where it stands.

pub mod lock;
mod loosening;
pub mod overview;
pub mod own_limit;
pub mod permit;
pub mod rate;
pub mod two_devices;
pub mod withdrawal;

pub(in crate::flow) use loosening::confirmed;
pub use loosening::{Asking, NotChanged, Wished};
