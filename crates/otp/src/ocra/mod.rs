//! OCRA, responses and signatures over a challenge (RFC 6287).
//!
//! A [`Suite`] says what goes into a response; an [`Input`] holds it. One type serves all uses of section 7:
//!
//! - one-way (7.1): [`Input::question`] is the verifier's challenge;
//! - mutual (7.2, 7.3.2): each side answers with the other's challenge as [`Input::question`] and the challenge it sent
//!   itself as [`Input::own_question`]. The server's answer never takes the PIN: see [`Suite::without_pin`];
//! - signature (7.3.1): [`Input::question`] is the text to be signed.

mod input;
mod message;
mod parse;
mod suite;

pub use input::{Input, InputError, PinHash};
pub use parse::SuiteError;
pub use suite::{QuestionFormat, Suite};
