//! The phone: activated, asked, believed. Every call proves that it comes from the phone's key (DPoP); whatever
//! changes state is signed by it.

pub mod activate;
pub mod agreement;
pub mod assertion;
pub mod begin;
mod call;
pub mod cards;
pub mod decide;
pub mod fate;
pub mod invite;
pub mod lock;
pub mod manage;
pub mod migrate;
pub mod pending;
mod phone_move;
pub mod pin_change;
pub mod push;
pub mod ready;
pub mod request;
pub mod sample;
pub mod session;
pub mod statement;
pub mod vouch;

use call::internal;
pub use call::{Call, Named, PhoneRefused, SignedBody};
use session::ordered;
