//! What the settings must keep to.

use super::{ConfigError, Http, Raw, line_at, setting_line};
use crate::clients;
use std::time::Duration;

/// The longest that a handler may take before it says anything.
const LONGEST_HANDLER: Duration = Duration::from_secs(60);

impl Raw {
    pub(super) fn problems(&self, text: &str) -> Vec<ConfigError> {
        let at = |name: &str| setting_line(text, name);
        let mut rules: Vec<(bool, usize, &str)> = vec![
            ((1..=1000).contains(&self.store.connections), at("connections"), "connections must be 1 to 1000"),
            ((1..=10).contains(&self.login.wrong_answers), at("wrong_answers"), "wrong_answers must be 1 to 10"),
            (self.login.counter_look_ahead <= 100, at("counter_look_ahead"), "counter_look_ahead must be at most 100"),
            (self.login.time_drift_steps <= 10, at("time_drift_steps"), "time_drift_steps must be at most 10"),
            (
                (1..=100).contains(&self.lockout.device_failures),
                at("device_failures"),
                "device_failures must be 1 to 100",
            ),
            (
                self.lockout.device_failures_for_good >= self.lockout.device_failures
                    && self.lockout.device_failures_for_good <= 100,
                at("device_failures_for_good"),
                "device_failures_for_good must be at least device_failures and at most 100",
            ),
            ((2..=100).contains(&self.lockout.user_failures), at("user_failures"), "user_failures must be 2 to 100"),
            (self.throttle.address_burst > 0, at("address_burst"), "address_burst must be above 0"),
            (
                (1..=1000).contains(&self.throttle.address_per_second),
                at("address_per_second"),
                "address_per_second must be 1 to 1000",
            ),
            (self.throttle.streams_per_address > 0, at("streams_per_address"), "streams_per_address must be above 0"),
            (self.throttle.username_burst > 0, at("username_burst"), "username_burst must be above 0"),
            (self.passwords.memory_kib >= 19_456, at("memory_kib"), "memory_kib must be at least 19456"),
            (
                self.passwords.iterations >= 2 || self.passwords.memory_kib >= 47_104 && self.passwords.iterations >= 1,
                at("iterations"),
                "iterations must be at least 2 (or 1 from 47104 KiB of memory on)",
            ),
            ((1..=16).contains(&self.passwords.parallelism), at("parallelism"), "parallelism must be 1 to 16"),
        ];
        let mut errors = self.http.problems(text);
        errors.extend(self.institution.problems(text));
        errors.extend(self.push.problems(text));
        errors.extend(self.cards.problems(text));
        errors.extend(self.messages.problems(text));
        for (index, client) in self.clients.iter().enumerate() {
            let line = line_at(text, client.span().start);
            let id = &client.get_ref().id;
            let twice = self.clients.iter().take(index).any(|other| other.get_ref().id == *id);
            rules.push((!twice, line, "a client with this id is there already"));
            if let Err(error) = client.get_ref().oauth.check() {
                errors.push(ConfigError::new(line, error.to_string()));
            }
            rules.push((clients::id_fits(id), line, clients::ID_RULE));
        }
        errors.extend(rules.into_iter().filter(|r| !r.0).map(|(_, line, why)| ConfigError::new(line, why.to_owned())));
        errors
    }
}

impl Http {
    fn problems(&self, text: &str) -> Vec<ConfigError> {
        let at = |name: &str| setting_line(text, name);
        let rules = [
            (
                issuer_fits(&self.public_url),
                at("public_url"),
                "public_url must be https://HOST or, for trying out, http://localhost:PORT, without a path",
            ),
            (
                (16..=1_000_000).contains(&self.open_connections),
                at("open_connections"),
                "open_connections must be 16 to 1000000",
            ),
            (
                self.head_timeout.duration() >= Duration::from_secs(1),
                at("head_timeout"),
                "head_timeout must be at least 1s",
            ),
            (
                self.stall_timeout.duration() > LONGEST_HANDLER,
                at("stall_timeout"),
                "stall_timeout must be above 60s: an answer may be waited for that long",
            ),
        ];
        rules.into_iter().filter(|rule| !rule.0).map(|(_, line, why)| ConfigError::new(line, why.to_owned())).collect()
    }
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
pub(super) fn web_address(url: &str) -> bool {
    authority(url).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_graphic()))
}

/// Whether a secret may be sent to an address: over TLS, or not over a network at all.
pub(super) fn may_carry_a_secret(url: &str) -> bool {
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
