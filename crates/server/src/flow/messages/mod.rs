//! What people, phones and programs are told: put into words and queued in the unit of work that causes it.

pub mod hook;
pub mod notice;
pub mod outbox;
pub mod queue;
pub mod sent_code;
pub mod wake;
pub mod words;
