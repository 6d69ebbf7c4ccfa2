//! What strangers try, a file for each kind. docs/attacks.md lists what must hold.

mod activity;
mod addresses;
mod connections;
mod copied_phone;
mod cross_origin;
mod database;
mod destinations;
mod end_of_life;
mod foreign_pages;
mod headers;
mod strangers;
mod streams;
mod trust;

use crate::{
    login::{receiver, support},
    oidc::rig,
    phone::phones,
};
