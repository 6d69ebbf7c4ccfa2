//! The signal that clients or signing keys have changed.

/// What wakes those that hold a copy.
pub(crate) const TOPIC: [u8; 16] = *b"clients and keys";
