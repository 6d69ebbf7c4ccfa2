//! The configuration file: read whole, checked whole, refused with line and reason.

mod cards;
mod catalogue;
mod database;
pub mod in_force;
mod institution;
mod log;
mod messages;
mod network;
mod orders;
mod product;
mod push;
mod rules;
mod sample;
mod section;
mod sections;
mod span;
mod temporary;
mod withdrawals;

pub use cards::Cards;
pub use database::DatabaseUrl;
pub use institution::{DeskMail, DeskNumber, Institution};
pub use messages::Messages;
pub use network::{ForwardedHeader, Network};
pub use orders::Orders;
pub use product::{Colour, LOGO, Product};
pub use push::Push;
pub use sample::sample;
pub use sections::{
    ClientSettings, Http, Keys, Limits, Log, Login, Passwords, PhoneSettings, Sessions, Store, Throttle,
};
pub use span::Span;
pub use temporary::Temporary;
pub use withdrawals::Withdrawals;

use domain::{
    Policy,
    device::Catalogue,
    policy::{DeviceLock, UserLock},
};
use section::Section;
use serde::Deserialize;
use std::{collections::BTreeMap, path::Path};
use toml::Spanned;

macro_rules! file {
    ($($(#[doc = $doc:literal])+ $table:ident: $section:ty,)+) => {
        /// The file as written.
        #[derive(Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        struct Raw {
            $($table: <$section as Section>::Written,)+
            clients: Vec<Spanned<ClientSettings>>,
            device_classes: BTreeMap<String, Spanned<catalogue::ClassSettings>>,
        }

        /// The checked file.
        #[derive(Debug, Clone)]
        pub struct File {
            $($(#[doc = $doc])+ pub $table: $section,)+
            /// `[[clients]]`.
            pub clients: Vec<ClientSettings>,
            /// `[device_classes]` over the default table.
            pub catalogue: Catalogue,
        }

        impl File {
            /// Every setting with the value that holds.
            pub fn in_force(&self) -> Vec<in_force::Table> {
                vec![$(in_force::InForce::in_force(&self.$table)),+]
            }

            /// The sections that another file sets otherwise.
            pub fn differences(&self, other: &Self) -> Vec<&'static str> {
                let mut differing = Vec::new();
                $(if self.$table != other.$table {
                    differing.push(stringify!($table));
                })+
                if self.clients != other.clients {
                    differing.push("clients");
                }
                if self.catalogue != other.catalogue {
                    differing.push("device_classes");
                }
                differing
            }
        }

        impl Raw {
            fn checked(self, text: &str, catalogue: Catalogue, errors: &mut Vec<ConfigError>) -> File {
                File {
                    catalogue,
                    $($table: Section::checked(self.$table, text, errors),)+
                    clients: self.clients.into_iter().map(Spanned::into_inner).collect(),
                }
            }
        }

        /// Every section's part of the sample, in order.
        const SECTIONS: &[fn(&mut String)] = &[$(<$section as sample::Sample>::sample,)+];
    };
}

file! {
    /// `[http]`.
    http: Http,
    /// `[store]`.
    store: Store,
    /// `[keys]`.
    keys: Keys,
    /// `[product]`.
    product: Product,
    /// `[institution]`.
    institution: Institution,
    /// `[cards]`.
    cards: Cards,
    /// `[login]`.
    login: Login,
    /// `[phone]`.
    phone: PhoneSettings,
    /// `[push]`.
    push: Push,
    /// `[messages]`.
    messages: Messages,
    /// `[lockout]`.
    lockout: Limits,
    /// `[throttle]`.
    throttle: Throttle,
    /// `[withdrawals]`.
    withdrawals: Withdrawals,
    /// `[orders]`.
    orders: Orders,
    /// `[temporary]`.
    temporary: Temporary,
    /// `[sessions]`.
    sessions: Sessions,
    /// `[passwords]`.
    passwords: Passwords,
    /// `[log]`.
    log: Log,
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
        let mut errors = raw.client_problems(text);
        let catalogue = catalogue::build(&raw.device_classes, text).unwrap_or_else(|bad| {
            errors.extend(bad);
            Catalogue::default()
        });
        let file = raw.checked(text, catalogue, &mut errors);
        if !errors.is_empty() {
            errors.sort_by_key(|error| error.line);
            return Err(errors);
        }
        Ok(file)
    }

    /// What an operator should know that is no error: what users are promised and is not done.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.http.public_url == sections::SAMPLE_URL {
            warnings.push(format!("http.public_url is not set: {} is nobody's server", self.http.public_url));
        }
        warnings.extend(log::warning(&self.log.filter));
        warnings.extend(self.messages.warnings());
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
            answers_without_password: UserLock {
                failures: usize::try_from(self.lockout.answers_without_password).unwrap_or(usize::MAX),
                within: self.lockout.answers_without_password_within.duration(),
            },
            unanswered_pushes: self.login.unanswered_pushes,
            push_again_after: self.login.push_again_after.duration(),
            open_requests: self.login.open_requests,
            trusted_after: self.sessions.trusted_after.duration(),
            counter_look_ahead: self.login.counter_look_ahead,
            time_drift_steps: self.login.time_drift_steps,
            reuse_card_values: self.login.reuse_card_values,
        }
    }
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

    /// A range is one of the row: what it refuses, and what the sample says of it.
    #[test]
    fn ranges_refuse_with_the_line_and_stand_in_the_sample() {
        assert_eq!(errors("[login]\n\nwrong_answers = 11\n"), ["line 3: wrong_answers must be 1 to 10"]);
        assert_eq!(errors("[login]\ncode_life = \"1d\"\n"), ["line 2: code_life must be 1s to 10m"]);
        assert!(sample().contains("# Wrong answers that end one attempt.\n# 1 to 10.\n#wrong_answers = 3\n"));
        let both = errors("[lockout]\ndevice_failures = 8\ndevice_failures_for_good = 7\n");
        assert_eq!(both, ["line 3: device_failures_for_good must be at least device_failures"]);
    }

    /// The line is that of the setting itself, not of one that has the same name elsewhere.
    #[test]
    fn a_line_is_its_own() {
        let found =
            errors("[phone]\napp_session = \"12h\"\n[sessions]\nidle = \"15m\"\n[lockout]\nuser_lock = \"1s\"\n");
        assert_eq!(found, ["line 6: user_lock must be 1m to 30d"]);
        let commented = errors("# zone = \"x\"\n[institution]\n# zone = \"UTC\"\nzone =\n  \"Mars\"\n");
        assert!(commented[0].contains("line"), "{commented:?}");
    }

    /// What is no error and yet not what anybody wants.
    #[test]
    fn what_has_no_effect_is_warned_of() {
        let warned = |text: &str, of: &str| File::parse(text).unwrap().warnings().iter().any(|w| w.starts_with(of));
        assert!(warned("", "http.public_url"));
        assert!(!warned("[http]\npublic_url = \"https://login.bank.example\"\n", "http.public_url"));
        assert!(warned("[log]\nfilter = \"infoo\"\n", "log.filter") && !warned("", "log.filter"));
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
