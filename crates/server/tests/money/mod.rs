//! Money: the device that confirms decides how much may leave.

mod api;
mod limits;

use crate::{
    login::support,
    oidc::{backchannel, rig},
    phone::phones,
};
