//! `[cards]`: the institution's card processor.

use super::{rules, section::section};

section! {
    /// The institution's debit cards, in the phone app. Without a processor there are none.
    pub struct Cards = "cards" {
        /// The card processor's address (docs/card-processor.md): https, except for this machine. Empty: no cards.
        pub processor_url: String = String::new(), is rules::secret_bearer;
        /// A file with the secret that opens the processor to this server. The environment variable
        /// COUNTERSIGN_CARD_PROCESSOR_SECRET, where set, is read instead.
        pub processor_secret_file: String = "/etc/countersign/card-processor.secret".to_owned();
    }
}

impl Cards {
    /// Whether there are cards.
    pub fn are_there(&self) -> bool {
        !self.processor_url.is_empty()
    }
}
