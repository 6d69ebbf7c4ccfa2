//! The OpenID Connect provider, from outside over HTTP.

mod access;
mod amr;
mod authorize;
mod back_channel;
pub(crate) mod backchannel;
mod clients;
mod details;
mod keys;
mod load;
mod logout;
mod phone_first;
mod registry;
mod reported;
mod retries;
pub(crate) mod rig;
mod tokens;
mod ways_back;

use crate::{
    login::{receiver, support},
    money::api,
    phone::phones,
};
