//! What the settings must keep to.

use super::{ConfigError, Raw, line_at, section::Wrong};
use crate::clients::{self, Client};
use domain::contact::MailAddress;
use std::str::FromStr;

impl Raw {
    /// What is wrong with the client programs.
    pub(super) fn client_problems(&self, text: &str) -> Vec<ConfigError> {
        let mut errors = Vec::new();
        for (index, client) in self.clients.iter().enumerate() {
            let mut refuse = |why: String| errors.push(ConfigError::new(line_at(text, client.span().start), why));
            let id = &client.get_ref().id;
            if self.clients.iter().take(index).any(|other| other.get_ref().id == *id) {
                refuse("a client with this id is there already".to_owned());
            }
            if !clients::id_fits(id) {
                refuse(clients::ID_RULE.to_owned());
            }
            if let Err(error) = Client::from(client.get_ref()).check() {
                refuse(error.to_string());
            }
        }
        errors
    }
}

/// Those of a list that cannot be read.
pub(super) fn all_read<T: FromStr>(written: &[String], wanted: &'static str) -> Vec<Wrong> {
    written.iter().filter(|text| text.parse::<T>().is_err()).map(|text| Wrong::Not(text.clone(), wanted)).collect()
}

/// The public address.
pub(super) fn issuer(url: &str) -> Option<Wrong> {
    let wanted = "https://HOST or, for trying out, http://localhost:PORT, without a path";
    (!issuer_fits(url)).then(|| Wrong::Must(wanted.to_owned()))
}

/// A page that we may lead to, or none.
pub(super) fn web_page(url: &str) -> Option<Wrong> {
    let wanted = "https://… or, for trying out, http://localhost:PORT/…";
    (!url.is_empty() && !web_address(url)).then(|| Wrong::Must(wanted.to_owned()))
}

/// An address that a secret is sent to, or none.
pub(super) fn secret_bearer(url: &str) -> Option<Wrong> {
    let wanted = "https://…, or http://… of this machine";
    (!url.is_empty() && !may_carry_a_secret(url)).then(|| Wrong::Must(wanted.to_owned()))
}

/// A mail address, or none.
pub(super) fn mail_address(address: &str) -> Option<Wrong> {
    let bad = !address.is_empty() && MailAddress::parse(address).is_err();
    bad.then(|| Wrong::Not(address.to_owned(), "a mail address"))
}

fn issuer_fits(url: &str) -> bool {
    authority(url).is_some_and(|host| {
        !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b))
    })
}

/// What follows the scheme of an address that may be used: https, or http to this machine for trying out.
fn authority(url: &str) -> Option<&str> {
    let local = |rest: &&str| rest.split([':', '/']).next() == Some("localhost");
    url.strip_prefix("https://").or_else(|| url.strip_prefix("http://").filter(local))
}

/// Whether a text is the address of a page that we may lead to.
fn web_address(url: &str) -> bool {
    authority(url).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_graphic()))
}

/// Whether a secret may be sent to an address: over TLS, or not over a network at all.
fn may_carry_a_secret(url: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(url) else { return false };
    let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    plain && (url.scheme() == "https" || url.scheme() == "http" && local)
}

#[cfg(test)]
mod tests {
    use super::may_carry_a_secret;

    #[test]
    fn a_secret_is_sent_to_nobody_who_could_be_listened_to() {
        for good in ["https://cards.example", "https://cards.example/api", "http://localhost:8081", "http://[::1]:1"] {
            assert!(may_carry_a_secret(good), "{good}");
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
            assert!(!may_carry_a_secret(bad), "{bad}");
        }
    }
}
