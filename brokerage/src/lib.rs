//! The sample brokerage: a Client Portal, a Web Trader with a paper market, a debit card processor and an API for
//! desktop programs. It knows of Countersign only what its public protocols say, as any institution's programs would.

pub mod app;
pub mod clock;
pub mod institution;
pub mod market;
pub mod money;
pub mod processor;
pub mod provider;
pub mod sample;
pub mod serve;
pub mod settings;
pub mod store;
pub mod web;
pub mod words;
