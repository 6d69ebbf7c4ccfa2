//! The configuration file: read whole, checked whole, refused with line and reason.

mod cards;
mod catalogue;
mod database;
mod institution;
mod push;
mod sample;
mod section;
mod span;

pub use cards::Cards;
pub use database::DatabaseUrl;
pub use institution::{DeskNumber, Institution};
pub use push::Push;
pub use sample::sample;
pub use span::Span;

use crate::clients;
use domain::{
    Policy,
    device::Catalogue,
    policy::{DeviceLock, UserLock},
};
use section::section;
use serde::Deserialize;
use std::{collections::BTreeMap, net::SocketAddr, path::Path};
use toml::Spanned;

section! {
    /// Where the server listens and what it is called from outside.
    pub struct Http = "http" {
        /// Addresses to listen on. Put a TLS-terminating proxy in front: browsers keep `__Host-` cookies for https only.
        pub listen: Vec<String> = vec!["127.0.0.1:8080".to_owned()],
        /// The address that people and programs use; also the OpenID issuer. https, except for localhost.
        pub public_url: String = "https://login.example.com".to_owned(),
        /// Addresses of proxies whose X-Forwarded-For is believed.
        pub trusted_proxies: Vec<String> = Vec::new(),
    }
}

section! {
    /// Where data is kept.
    pub struct Store = "store" {
        /// The database: sqlite:PATH for one server, postgres://USER:PASSWORD@HOST:PORT/NAME for one or several. A
        /// PostgreSQL database must sort text by octets: CREATE DATABASE countersign TEMPLATE template0 ENCODING 'UTF8'
        /// LC_COLLATE 'C' LC_CTYPE 'C'. TLS is required, except to the same machine; ?sslmode= and &sslrootcert=FILE
        /// are as everywhere, but a certificate that is shown must always be good.
        pub url: DatabaseUrl = DatabaseUrl::new("sqlite:/var/lib/countersign/countersign.db"),
        /// PostgreSQL: connections of each server for its work. Two more carry signals between servers.
        pub connections: u32 = 16,
    }
}

section! {
    /// The key that seals every secret in the database. Without it a database is of no use; keep it elsewhere.
    pub struct Keys = "keys" {
        /// A file of 64 hexadecimal digits a line, the key in use first. `countersign key new` makes one.
        /// The environment variable COUNTERSIGN_SEALING_KEY, where set, is read instead.
        pub sealing_key_file: String = "/etc/countersign/sealing.key".to_owned(),
    }
}

section! {
    /// What customers see of the institution.
    pub struct Product = "product" {
        /// The name in page titles.
        pub name: String = "Countersign".to_owned(),
    }
}

section! {
    /// Logging in.
    pub struct Login = "login" {
        /// How long an attempt lives after the password was accepted.
        pub life: Span = Span::seconds(180),
        /// Wrong answers that end one attempt.
        pub wrong_answers: u32 = 3,
        /// How long an authorization code may be redeemed.
        pub code_life: Span = Span::seconds(60),
        /// How long an access token lives.
        pub token_life: Span = Span::seconds(600),
        /// Further counters accepted after the one expected of a challenge/response device.
        pub counter_look_ahead: u32 = 20,
        /// Time steps of drift accepted to either side of a time-based device.
        pub time_drift_steps: u32 = 1,
        /// Pushes left unanswered since the last success, after which only challenge/response is offered.
        pub unanswered_pushes: u32 = 5,
        /// Whether a printed card's value may be asked again once it was used, as traditional cards do. It lets whoever
        /// watched an answer use it again; NIST SP 800-63B-4, 3.1.2.2 forbids it.
        pub reuse_card_values: bool = false,
    }
}

section! {
    /// The phone app.
    pub struct PhoneSettings = "phone" {
        /// How long an activation lives after its code was sent.
        pub activation_life: Span = Span::seconds(600),
        /// A login from a network or program that the user was not seen with for this long is unfamiliar: then the two
        /// digits on the login screen must be typed on the phone.
        pub familiar_for: Span = Span::seconds(90 * 86_400),
        /// How long the app's own session lives. It ends on Sunday, 1:00 in the institution's zone, whatever happens.
        pub app_session: Span = Span::seconds(12 * 3600),
    }
}

section! {
    /// Locks after wrong answers.
    pub struct Limits = "lockout" {
        /// Consecutive wrong answers after which a device locks.
        pub device_failures: u32 = 5,
        /// How long it locks the first time; each further failure doubles it.
        pub device_lock: Span = Span::seconds(900),
        /// Consecutive wrong answers after which only the desk or another device unlocks it.
        pub device_failures_for_good: u32 = 10,
        /// Consecutive failures (password or answer) that lock a user …
        pub user_failures: u32 = 10,
        /// … when they fall within this time, and until this long after the last.
        pub user_lock: Span = Span::seconds(86_400),
    }
}

section! {
    /// Token buckets on everything that takes a secret.
    pub struct Throttle = "throttle" {
        /// Tries of one network address at once …
        pub address_burst: u32 = 120,
        /// … and how many come back in a second.
        pub address_per_second: u32 = 2,
        /// Tries on one username (or from one known browser) at once …
        pub username_burst: u32 = 30,
        /// … and how long one takes to come back.
        pub username_each: Span = Span::seconds(10),
        /// Requests of one client's back end (CIBA) at once, whomever they ask …
        pub backchannel_client_burst: u32 = 200,
        /// … and how many come back in a second.
        pub backchannel_client_per_second: u32 = 20,
        /// Requests of back ends to one user at once …
        pub backchannel_user_burst: u32 = 6,
        /// … and how long one takes to come back.
        pub backchannel_user_each: Span = Span::seconds(30),
    }
}

section! {
    /// Signed-in browser sessions.
    pub struct Sessions = "sessions" {
        /// A session ends when nobody used it for this long.
        pub idle: Span = Span::seconds(900),
        /// A session ends after this long whatever happens.
        pub overall: Span = Span::seconds(12 * 3600),
        /// How long a browser stays known after its last login.
        pub mark_life: Span = Span::seconds(400 * 86_400),
    }
}

section! {
    /// Password hashing (Argon2id). Raising a cost re-hashes each password at its next login.
    pub struct Passwords = "passwords" {
        /// Memory of one hash in KiB; at least 19456.
        pub memory_kib: u32 = 19_456,
        /// Iterations; at least 2 at the least memory.
        pub iterations: u32 = 2,
        /// Lanes.
        pub parallelism: u32 = 1,
        /// Hashes computed at once; 0 is one for each processor.
        pub concurrent: u32 = 0,
        /// Hashes that may wait for a place; more are told to try again.
        pub waiting: u32 = 64,
    }
}

section! {
    /// Logs, on standard error.
    pub struct Log = "log" {
        /// What is logged, as in `info` or `info,countersign=debug`.
        pub filter: String = "info".to_owned(),
        /// One JSON object a line; else plain text.
        pub json: bool = true,
    }
}

/// A client program.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientSettings {
    /// The OAuth client id.
    pub id: String,
    /// The name that users see.
    pub name: String,
    /// Whether it may use `/oauth2/authorize-challenge`.
    #[serde(default)]
    pub first_party: bool,
    /// The first version that can draw a chooser; none says that all can.
    #[serde(default)]
    pub chooser_since: Option<u64>,
    /// What it registers of OAuth.
    #[serde(default)]
    pub oauth: oidc::client::Registration,
}

impl sample::Sample for ClientSettings {
    fn sample(out: &mut String) {
        out.push_str(
            "# Client programs, one [[clients]] each: id, name (as users see it), first_party (may it show a login form of\n\
             # its own, through /oauth2/authorize-challenge?) and chooser_since (older versions get the user's default\n\
             # device instead of a chooser they cannot draw). [clients.oauth] registers it for OpenID Connect: where\n\
             # answers go, how it proves itself (none, client_secret_basic, client_secret_post, private_key_jwt), its\n\
             # scopes (openid, profile, offline_access), whether it must push its requests or bind its tokens to a key, where it\n\
             # is told that a session ended, how its ID tokens are signed (ES256, RS256). docs/oidc.md says more;\n\
             # `countersign client add` registers one in the database instead.\n\
             #[[clients]]\n#id = \"tws\"\n#name = \"Trader Workstation\"\n#first_party = true\n#chooser_since = 966\n\n\
             #[clients.oauth]\n#redirect_uris = [\"https://portal.example/callback\"]\n#auth = \"none\"\n\
             #require_pushed_authorization_requests = false\n#dpop_bound_access_tokens = false\n\
             #backchannel_logout_uri = \"https://portal.example/logged-out\"\n\
             #id_token_signed_response_alg = \"ES256\"\n\n",
        );
    }
}

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
    pub trusted_proxies: Vec<std::net::IpAddr>,
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
        let proxies = read_all(text, "trusted_proxies", &raw.http.trusted_proxies, "an IP address", &mut errors);
        if !errors.is_empty() {
            errors.sort_by_key(|error| error.line);
            return Err(errors);
        }
        Ok(raw.checked(listen, proxies, catalogue))
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
            counter_look_ahead: self.login.counter_look_ahead,
            time_drift_steps: self.login.time_drift_steps,
            reuse_card_values: self.login.reuse_card_values,
        }
    }
}

impl Raw {
    fn checked(self, listen: Vec<SocketAddr>, trusted_proxies: Vec<std::net::IpAddr>, catalogue: Catalogue) -> File {
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
            lockout: self.lockout,
            throttle: self.throttle,
            sessions: self.sessions,
            passwords: self.passwords,
            log: self.log,
            clients: self.clients.into_iter().map(Spanned::into_inner).collect(),
        }
    }

    fn problems(&self, text: &str) -> Vec<ConfigError> {
        let at = |name: &str| setting_line(text, name);
        let mut rules: Vec<(bool, usize, &str)> = vec![
            (
                issuer_fits(&self.http.public_url),
                at("public_url"),
                "public_url must be https://HOST or, for trying out, http://localhost:PORT, without a path",
            ),
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
            (self.throttle.username_burst > 0, at("username_burst"), "username_burst must be above 0"),
            (self.passwords.memory_kib >= 19_456, at("memory_kib"), "memory_kib must be at least 19456"),
            (
                self.passwords.iterations >= 2 || self.passwords.memory_kib >= 47_104 && self.passwords.iterations >= 1,
                at("iterations"),
                "iterations must be at least 2 (or 1 from 47104 KiB of memory on)",
            ),
            ((1..=16).contains(&self.passwords.parallelism), at("parallelism"), "parallelism must be 1 to 16"),
        ];
        let mut errors = self.institution.problems(text);
        errors.extend(self.push.problems(text));
        errors.extend(self.cards.problems(text));
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
