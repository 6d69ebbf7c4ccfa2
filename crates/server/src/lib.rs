//! The Countersign server: a library for its tests and the program `countersign`.

pub mod app;
pub mod boot;
pub mod clients;
pub mod config;
pub mod flow;
pub mod handle;
pub mod passwords;
pub mod signing;
