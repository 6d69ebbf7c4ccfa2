//! The pages: login, settings, help.

mod access;
pub mod activity;
pub(crate) mod assets;
mod call;
mod ceremony;
mod console;
mod contact;
pub mod device;
mod device_proof;
pub mod in_force;
pub mod invite;
mod lent;
pub mod limits;
pub mod login;
pub mod mailing;
mod order;
pub mod passkey;
pub mod password;
mod queues;
mod ready;
pub mod recovery;
pub mod routes;
pub mod settings;
pub mod site;

pub use routes::ROUTES;
pub(crate) use routes::mount;
