//! Money: the device that confirms decides how much may leave.

mod api;
mod limits;
mod webhooks;
mod own;

use crate::{
    login::{receiver, support},
    oidc::{backchannel, rig},
    phone::phones,
};
