//! The pages: login, settings, help.

pub(crate) mod assets;
pub mod invite;
pub mod login;
pub mod settings;
pub mod site;
