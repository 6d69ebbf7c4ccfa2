//! Money that leaves: business days, what is converted, what counts, and what may happen.

pub mod calendar;
pub mod limit;
pub mod lock;
pub mod own;
pub mod permit;
pub mod rate;
pub mod two_devices;
pub mod withdrawal;
