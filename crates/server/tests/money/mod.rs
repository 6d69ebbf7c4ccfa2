//! Money: the device that confirms decides how much may leave.

mod api;
mod limits;
mod own;
mod races;
mod webhooks;

use crate::{
    login::{receiver, support},
    oidc::{backchannel, rig},
    phone::{phones, processes},
};
