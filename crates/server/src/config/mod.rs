//! The configuration file: read whole, checked whole, refused with line and reason.

mod cards;
mod catalogue;
mod database;
mod institution;
mod messages;
mod network;
mod push;
mod rules;
mod sample;
mod section;
mod sections;
mod span;

pub use cards::Cards;
pub use database::DatabaseUrl;
pub use institution::{DeskMail, DeskNumber, Institution};
pub use messages::Messages;
pub use network::{ForwardedHeader, Network};
pub use push::Push;
pub use sample::sample;
pub use sections::{
    ClientSettings, Http, Keys, Limits, Log, Login, Passwords, PhoneSettings, Product, Sessions, Store, Throttle,
};
pub use span::Span;

use domain::{
    Policy,
    device::Catalogue,
    policy::{DeviceLock, UserLock},
};
use serde::Deserialize;
use std::{collections::BTreeMap, net::SocketAddr, path::Path};
use toml::Spanned;

/// The file as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Raw {
    http: Http,
    store: Store,
    keys: Keys,
    product: Product,
    institution: Institution,
    cards: Cards,
    login: Login,
    phone: PhoneSettings,
    push: Push,
    messages: Messages,
    lockout: Limits,
    throttle: Throttle,
    sessions: Sessions,
    passwords: Passwords,
    log: Log,
    clients: Vec<Spanned<ClientSettings>>,
    device_classes: BTreeMap<String, Spanned<catalogue::ClassSettings>>,
}

/// The checked file.
#[derive(Debug, Clone)]
pub struct File {
    /// `[http]`.
    pub http: Http,
    /// `[http] listen`, read.
    pub listen: Vec<SocketAddr>,
    /// `[http] trusted_proxies`, read.
    pub trusted_proxies: Vec<Network>,
    /// `[store]`.
    pub store: Store,
    /// `[keys]`.
    pub keys: Keys,
    /// `[product]`.
    pub product: Product,
    /// `[institution]`.
    pub institution: Institution,
    /// `[cards]`.
    pub cards: Cards,
    /// `[login]`.
    pub login: Login,
    /// `[phone]`.
    pub phone: PhoneSettings,
    /// `[push]`.
    pub push: Push,
    /// `[messages]`.
    pub messages: Messages,
    /// `[lockout]`.
    pub lockout: Limits,
    /// `[throttle]`.
    pub throttle: Throttle,
    /// `[sessions]`.
    pub sessions: Sessions,
    /// `[passwords]`.
    pub passwords: Passwords,
    /// `[log]`.
    pub log: Log,
    /// `[[clients]]`.
    pub clients: Vec<ClientSettings>,
    /// `[device_classes]` over the default table.
    pub catalogue: Catalogue,
}

/// A setting that is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The line, from 1; 0 when it is about no line.
    pub line: usize,
    /// What is wrong and what would be right.
    pub reason: String,
}

impl ConfigError {
    pub(crate) fn new(line: usize, reason: String) -> Self {
        Self { line, reason }
    }
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => f.write_str(&self.reason),
            line => write!(f, "line {line}: {}", self.reason),
        }
    }
}

/// The line of an offset, from 1.
pub(crate) fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|b| *b == b'\n').count() + 1
}

impl File {
    /// Reads a file; each error names its line.
    pub fn read(path: &Path) -> Result<Self, Vec<ConfigError>> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| vec![ConfigError::new(0, format!("the file cannot be read: {error}"))])?;
        Self::parse(&text)
    }

    /// Reads the text of a file.
    pub fn parse(text: &str) -> Result<Self, Vec<ConfigError>> {
        let raw: Raw = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(0, |span| line_at(text, span.start));
            vec![ConfigError::new(line, error.message().to_owned())]
        })?;
        let mut errors = raw.problems(text);
        let catalogue = match catalogue::build(&raw.device_classes, text) {
            Ok(catalogue) => catalogue,
            Err(bad) => {
                errors.extend(bad);
                Catalogue::default()
            }
        };
        let listen =
            read_all(text, "listen", &raw.http.listen, "an address and port, such as 127.0.0.1:8080", &mut errors);
        let wanted = "an IP address, or a network such as 10.0.0.0/8 that is not everybody";
        let proxies = read_all(text, "trusted_proxies", &raw.http.trusted_proxies, wanted, &mut errors);
        if !errors.is_empty() {
            errors.sort_by_key(|error| error.line);
            return Err(errors);
        }
        Ok(raw.checked(listen, proxies, catalogue))
    }

    /// What an operator should know that is no error: what users are promised and is not done.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = self.messages.warnings();
        warnings.extend(self.institution.warning(!self.messages.mail_url.is_empty()));
        warnings
    }

    /// The settings that decisions depend on.
    pub fn policy(&self) -> Policy {
        Policy {
            login_life: self.login.life.duration(),
            wrong_answers: self.login.wrong_answers,
            device_lock: DeviceLock {
                from: self.lockout.device_failures,
                first: self.lockout.device_lock.duration(),
                for_good_from: self.lockout.device_failures_for_good,
            },
            user_lock: UserLock {
                failures: usize::try_from(self.lockout.user_failures).unwrap_or(usize::MAX),
                within: self.lockout.user_lock.duration(),
            },
            unanswered_pushes: self.login.unanswered_pushes,
            push_again_after: Policy::default().push_again_after,
            open_requests: Policy::default().open_requests,
            counter_look_ahead: self.login.counter_look_ahead,
            time_drift_steps: self.login.time_drift_steps,
            reuse_card_values: self.login.reuse_card_values,
        }
    }
}

impl Raw {
    fn checked(self, listen: Vec<SocketAddr>, trusted_proxies: Vec<Network>, catalogue: Catalogue) -> File {
        File {
            listen,
            trusted_proxies,
            catalogue,
            http: self.http,
            store: self.store,
            keys: self.keys,
            product: self.product,
            institution: self.institution,
            cards: self.cards,
            login: self.login,
            phone: self.phone,
            push: self.push,
            messages: self.messages,
            lockout: self.lockout,
            throttle: self.throttle,
            sessions: self.sessions,
            passwords: self.passwords,
            log: self.log,
            clients: self.clients.into_iter().map(Spanned::into_inner).collect(),
        }
    }
}

/// The line that sets `name`; 0 when the file does not.
fn setting_line(text: &str, name: &str) -> usize {
    let sets = |line: &str| line.trim_start().strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with('='));
    text.lines().position(sets).map_or(0, |index| index + 1)
}

fn read_all<T: std::str::FromStr>(
    text: &str,
    name: &str,
    values: &[String],
    wanted: &str,
    errors: &mut Vec<ConfigError>,
) -> Vec<T> {
    let mut read = Vec::new();
    for value in values {
        match value.parse() {
            Ok(value) => read.push(value),
            Err(_) => {
                errors.push(ConfigError::new(setting_line(text, name), format!("{name}: {value:?} is not {wanted}")))
            }
        }
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(text: &str) -> Vec<String> {
        File::parse(text).err().unwrap_or_default().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn refusals_name_line_and_reason() {
        assert_eq!(errors(""), Vec::<String>::new());
        let found = errors("[login]\nlife = \"180s\"\nlifetime = 3\n");
        assert!(found[0].starts_with("line 3: unknown field `lifetime`"), "{found:?}");
        assert!(errors("[login]\nlife = \"soon\"")[0].starts_with("line 2: a duration is"));
        assert!(errors("[login")[0].starts_with("line 1: "));
        assert_eq!(errors("\n[http]\npublic_url = \"http://bank.example\"\n")[0].split(':').next(), Some("line 3"));
        let two = errors("[passwords]\nmemory_kib = 1024\n[http]\nlisten = [\"here\"]\n");
        assert_eq!(two.len(), 2);
        assert!(
            two[0].starts_with("line 2: memory_kib must") && two[1].starts_with("line 4: listen: \"here\""),
            "{two:?}"
        );
    }

    #[test]
    fn a_bad_device_table_is_refused_with_the_line() {
        let found =
            errors("[device_classes.phone]\nlabel = \"App\"\n\n[device_classes.dsc]\nper_day = \"2000000 USD\"\n");
        assert_eq!(found, ["line 4: device class dsc: the limit per day is above the limit per five business days"]);
        assert_eq!(
            errors("[device_classes.dsc]\nper_day = \"-1.00 USD\"\n"),
            ["line 1: device class dsc: a limit must not be negative"]
        );
        assert!(
            errors("[device_classes.dsc]\nmethods = [\"telepathy\"]\n")[0]
                .starts_with("line 2: unknown variant `telepathy`")
        );
        assert!(errors("[device_classes.new]\nlabel = \"New\"\n")[0].contains("a new class needs"));
        let file = File::parse("[device_classes.phone]\nlabel = \"App\"\n").unwrap();
        assert_eq!(file.catalogue.class("phone").map(|c| c.label.as_str()), Some("App"));
        assert_eq!(file.catalogue.class("phone").map(|c| c.methods.len()), Some(2));
    }

    #[test]
    fn clients_are_unique() {
        let two = "[[clients]]\nid = \"tws\"\nname = \"TWS\"\n[[clients]]\nid = \"tws\"\nname = \"TWS\"\n";
        assert_eq!(errors(two), ["line 4: a client with this id is there already"]);
    }
}
