//! `[cards]`: the institution's card processor.

use super::{ConfigError, section::section, setting_line};

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
        if !self.are_there() || fits(&self.processor_url) {
            return Vec::new();
        }
        let why = "processor_url must be https://…, or http://… of this machine";
        vec![ConfigError::new(setting_line(text, "processor_url"), why.to_owned())]
    }
}

/// Whether a secret may be sent to an address: over TLS, or not over a network at all.
fn fits(url: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(url) else { return false };
    let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    plain && (url.scheme() == "https" || url.scheme() == "http" && local)
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_secret_is_sent_to_nobody_who_could_be_listened_to() {
        for good in ["https://cards.example", "https://cards.example/api", "http://localhost:8081", "http://[::1]:1"] {
            assert!(fits(good), "{good}");
        }
        for bad in [
            "http://cards.example",
            "http://localhost.example",
            "http://127.0.0.1.example",
            "https://user:password@cards.example",
            "https://cards.example?x=1",
            "ftp://localhost",
            "cards.example",
        ] {
            assert!(!fits(bad), "{bad}");
        }
    }
}
