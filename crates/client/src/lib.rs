//! The customer's side of Countersign, seeing only what is public: software cards, the first-party login and the
//! programs around them.
//!
//! The library prints nothing except through the streams given to [`cli::run`] and the full screen of [`terminal`]; it
//! reads neither the clock nor the environment: the program's entry does and passes them in.

pub mod bench;
pub mod card;
pub mod cli;
pub mod first_party;
pub mod id_token;
pub mod market;
pub mod marks;
pub mod phone;
pub mod private_file;
pub mod terminal;
pub mod withdrawal;
mod words;
