//! A software phone: activated, it approves and refuses what is asked, and answers challenges without a network.
//!
//! It holds what an app holds and no more: its keys, its counter, its tokens; of the PIN nothing.

mod activation;
mod api;
mod cards;
mod error;
mod key;
mod state;

pub use activation::{Activation, Begun};
pub use api::{Events, Phone};
pub use error::PhoneError;
pub use key::SigningKey;
pub use state::{Shelf, respond};
