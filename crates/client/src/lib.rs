//! The customer's side of Countersign, seeing only what is public: software cards, the first-party login and the
//! programs around them.
//!
//! The library prints nothing except through the streams given to [`cli::run`]; it reads neither the clock nor the
//! environment: the program's entry does and passes them in.

pub mod first_party;
pub mod id_token;
pub mod marks;
pub mod private_file;
