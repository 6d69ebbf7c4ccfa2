//! A software phone: activated, it approves and refuses what is asked, and answers challenges without a network.
//!
//! It holds what an app holds and no more: its keys, its counter, its tokens; of the PIN nothing.

mod activation;
mod agreement;
mod api;
mod cards;
mod error;
mod key;
mod manage;
mod push;
mod state;

pub use activation::{Activation, Begun, Chosen, Half};
pub use api::{Events, Phone};
pub use error::PhoneError;
pub use key::SigningKey;
pub use manage::{PinChange, check_new_pin};
pub use state::{Shelf, respond};
