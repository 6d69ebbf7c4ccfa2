//! The login of a program with a login form of its own: OAuth 2.0 for First-Party Applications
//! (draft-ietf-oauth-first-party-apps-04), from the client's side.
//!
//! [`Server::discover`] once, then per login [`Session::begin`], steps until [`Progress::Done`], and
//! [`Session::redeem`]. Nothing here prints, asks or waits for a person.

mod error;
mod program;
mod server;
mod session;

pub use error::Error;
pub use program::{AccessToken, Identity, Program};
pub use server::{Metadata, Server, ServerUrl};
pub use session::{Attempt, Credentials, Granted, Progress, Purpose, Session, Step, Tokens};
pub(crate) use session::{pkce, unguessable};
