//! Everything a person sees in the browser: one context per page, its askama template beside it, its words in the
//! Fluent catalogues. Contexts are plain data; nothing here reads a clock, the store or a request.

pub mod about;
pub mod access;
pub mod activity;
pub mod api;
pub mod ask;
pub mod assets;
pub mod beside;
pub mod call;
pub mod console;
pub mod contact;
pub mod demo;
pub mod device;
pub mod error;
mod frame;
pub mod help;
pub mod home;
pub mod in_force;
pub mod invite;
pub mod letter;
pub mod limits;
pub mod login;
pub mod look;
pub mod mailing;
pub mod order;
pub mod passkey;
pub mod password;
pub mod problem;
pub mod proof;
pub mod qr;
pub mod queues;
pub mod ready;
pub mod recovery;
#[cfg(test)]
mod samples;
pub mod settings;
#[cfg(test)]
mod tests;

pub use frame::{DeskLine, Frame};

/// A page that can be sent.
pub trait Page {
    /// The whole HTML document.
    fn render_html(&self) -> String;
}

impl<T: askama::Template> Page for T {
    fn render_html(&self) -> String {
        // Writing to a string fails only where a template's own code does, and ours do not.
        self.render().unwrap_or_else(|error| {
            tracing::error!(%error, "a page could not be made");
            String::new()
        })
    }
}
