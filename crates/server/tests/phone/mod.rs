//! The phone, from outside over HTTP: the real software phone against the real server.

mod activation;
mod app;
mod approval;
mod bad_input;
mod calls;
mod cards;
mod front;
mod kill;
mod load;
mod manage;
mod messages;
mod migration;
mod nodes;
mod parallel;
pub(crate) mod phones;
mod pin_change;
pub mod processes;
mod push;
mod push_service;
mod recovery;
mod restart;
mod secrets;
mod shapes;
mod take_back;
pub mod tampering;
mod till;

use crate::login::{receiver, support};
