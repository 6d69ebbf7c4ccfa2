//! Money: the device that confirms decides how much may leave.

mod limits;

use crate::{
    login::support,
    oidc::{backchannel, rig},
    phone::phones,
};
