//! A file for each kind that has details.

mod card_payment;
mod card_preauthorisation;
mod withdrawal;

pub use card_payment::CardPayment;
pub use card_preauthorisation::CardPreauthorisation;
pub use withdrawal::{Destination, LastDigits, Withdrawal};
