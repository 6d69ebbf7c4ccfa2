//! `[cards]`: the institution's card processor.

use super::{ConfigError, rules::may_carry_a_secret, section::section, setting_line};

section! {
    /// The institution's debit cards, in the phone app. Without a processor there are none.
    pub struct Cards = "cards" {
        /// The card processor's address (docs/card-processor.md): https, except for this machine. Empty: no cards.
        pub processor_url: String = String::new(),
        /// A file with the secret that opens the processor to this server. The environment variable
        /// COUNTERSIGN_CARD_PROCESSOR_SECRET, where set, is read instead.
        pub processor_secret_file: String = "/etc/countersign/card-processor.secret".to_owned(),
    }
}

impl Cards {
    /// Whether there are cards.
    pub fn are_there(&self) -> bool {
        !self.processor_url.is_empty()
    }

    /// What is wrong with the section.
    pub(super) fn problems(&self, text: &str) -> Vec<ConfigError> {
        if !self.are_there() || may_carry_a_secret(&self.processor_url) {
            return Vec::new();
        }
        let why = "processor_url must be https://…, or http://… of this machine";
        vec![ConfigError::new(setting_line(text, "processor_url"), why.to_owned())]
    }
}
