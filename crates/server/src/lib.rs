//! The Countersign server: a library for its tests and the program `countersign`.

pub mod activity;
pub mod agent;
pub mod app;
pub mod boot;
pub mod card_processor;
pub mod cli;
pub mod client_keys;
pub mod clients;
pub mod config;
pub mod delivery;
pub mod demo;
pub mod flow;
pub mod handle;
pub mod http;
pub mod jobs;
pub mod notify;
pub mod pages;
pub mod passwords;
pub mod readiness;
pub mod seldom;
pub mod serving;
pub mod signing;
pub mod streams;
pub mod work;
