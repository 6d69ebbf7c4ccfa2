//! How people are told something on a channel of others: push services, mail servers, SMS gateways.

mod answer;
pub mod mail;
pub mod sms;
pub mod webpush;

pub use answer::Answer;

/// The ways out for messages; none where nothing is sent that way.
#[derive(Default)]
pub struct Carriers {
    /// Mail.
    pub mail: Option<mail::Mail>,
    /// SMS.
    pub sms: Option<sms::Sms>,
}
