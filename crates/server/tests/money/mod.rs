//! Money: the device that confirms decides how much may leave.

pub(crate) mod api;
mod batch;
pub mod inventory;
mod leaving;
pub(crate) mod limits;
mod own;
mod races;
mod tampering;
mod users;
mod webhooks;

use crate::{
    login::{code_card, passwords, receiver, support},
    oidc::{backchannel, rig},
    phone::{phones, processes, tampering as tampering_hand},
};
