//! `[push]`: waking phones by way of push services.

use super::section::{Broken, Wrong, section};
use crate::notify::webpush::{Policy, Service};
use domain::contact::MailAddress;

section! {
    /// Waking phones that sleep (Web Push). Without it the app works while it is open, and challenges always do.
    pub struct Push = "push", together between {
        /// Whether phones may subscribe and are woken.
        pub enabled: bool = false;
        /// Whom a push service may write to about what is sent here: mailto:ADDRESS or an https address.
        pub contact: String = String::new();
        /// The push services that a phone may name: HOST, or *.HOST for every name below it; with :PORT where it is not
        /// 443. The server connects to nothing else, always by https and never to a private address.
        pub services: Vec<String> = known(), is services;
        /// For trying out only: take http endpoints on this machine too.
        pub allow_insecure_loopback: bool = false;
    }
}

/// The push services of the browsers that have one.
fn known() -> Vec<String> {
    [
        "fcm.googleapis.com",
        "updates.push.services.mozilla.com",
        "*.push.services.mozilla.com",
        "web.push.apple.com",
        "*.push.apple.com",
        "*.notify.windows.com",
    ]
    .map(str::to_owned)
    .to_vec()
}

impl Push {
    fn between(&self) -> Option<Broken> {
        let at = if self.contact.is_empty() { "enabled" } else { "contact" };
        let reason = "contact must be mailto:ADDRESS or https://HOST… where push is enabled";
        (self.enabled && !contact_fits(&self.contact)).then(|| Broken(at, reason.to_owned()))
    }

    /// What it says of endpoints.
    pub fn policy(&self) -> Policy {
        // A checked file names services only.
        let services = self.services.iter().filter_map(|service| service.parse().ok()).collect();
        Policy { services, loopback: self.allow_insecure_loopback }
    }
}

fn services(written: &[String]) -> Vec<Wrong> {
    let wrong = |service: &String| Some(Wrong::Because(service.clone(), service.parse::<Service>().err()?.to_string()));
    written.iter().filter_map(wrong).collect()
}

/// RFC 8292, 2.1.
fn contact_fits(contact: &str) -> bool {
    match (contact.strip_prefix("mailto:"), contact.strip_prefix("https://")) {
        (Some(address), _) => MailAddress::parse(address).is_ok_and(|read| read.as_str() == address),
        (_, Some(host)) => !host.is_empty() && host.bytes().all(|b| b.is_ascii_graphic()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::config::File;

    fn errors(text: &str) -> Vec<String> {
        File::parse(text).err().unwrap_or_default().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_contact_is_needed_where_it_is_enabled() {
        let with = |contact: &str| errors(&format!("[push]\nenabled = true\ncontact = \"{contact}\"\n"));
        for good in ["mailto:desk@bank.example", "https://bank.example/contact"] {
            assert_eq!(with(good), Vec::<String>::new(), "{good}");
        }
        for bad in ["desk@bank.example", "mailto:", "mailto:desk", "https://", "http://bank.example", "mailto:a b@c.d"]
        {
            assert!(with(bad)[0].starts_with("line 3: contact must be"), "{bad}");
        }
        assert!(errors("[push]\nenabled = true\n")[0].starts_with("line 2: contact must be"));
        assert!(errors("[push]\nenabled = false\n").is_empty());
    }

    #[test]
    fn a_bad_list_is_refused_with_line_and_entry() {
        let found = errors("[push]\nservices = [\"fcm.googleapis.com\", \"*.com\", \"https://push.example\"]\n");
        assert_eq!(found.len(), 2);
        assert!(found[0].starts_with("line 2: services: \"*.com\": a push service is"), "{found:?}");
        let file = File::parse("").unwrap();
        assert_eq!(file.push.policy().services.len(), file.push.services.len());
    }
}
