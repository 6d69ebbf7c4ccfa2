//! Money: the device that confirms decides how much may leave.

mod api;
mod batch;
mod limits;
mod own;
mod races;
mod tampering;
mod webhooks;

use crate::{
    login::{code_card, receiver, support},
    oidc::{backchannel, rig},
    phone::{phones, processes, tampering as tampering_hand},
};
