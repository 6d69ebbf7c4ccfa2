//! Logging in: the password step, the sessions that a login gives, and what it makes known.

pub mod access;
pub mod activity;
pub mod app_session;
pub mod familiar;
pub mod new_password;
pub mod news;
pub mod overview;
pub mod passkey;
pub mod password;
pub mod sent_code;
pub mod session;
pub mod take_back;
pub mod unseen;
