//! How people are told something on a channel of others: push services.

pub mod webpush;
