//! The desk in the terminal, after a login: a brokerage's quotes, positions and orders.
//!
//! [`model`] is what it knows and what keys change, [`view`] how it looks, [`run`] what moves it.

pub mod model;
pub mod run;
pub mod view;
mod withdraw;
