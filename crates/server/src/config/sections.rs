//! The sections of the file that have no rules of their own beyond a range.

use super::{
    DatabaseUrl, ForwardedHeader, Network, Span, log, orders, rules, sample,
    section::{Broken, Wrong, section},
};
use domain::{
    Policy,
    version::{ChooserSince, Version},
};
use operation::Money;
use serde::Deserialize;
use std::net::SocketAddr;

/// The public address of the sample, which nobody's server has.
pub(super) const SAMPLE_URL: &str = "https://login.example.com";

/// Tokens of a bucket at most.
const MOST_TOKENS: u32 = 1_000_000;

section! {
    /// Where the server listens and what it is called from outside.
    pub struct Http = "http" {
        /// Addresses to listen on. Put a TLS-terminating proxy in front: browsers keep `__Host-` cookies for https only.
        pub listen: Vec<String> = vec!["127.0.0.1:8080".to_owned()], is addresses;
        /// The address that people and programs use; also the OpenID issuer. https, except for localhost.
        pub public_url: String = SAMPLE_URL.to_owned(), is rules::issuer;
        /// Whether browsers are told that every name below public_url's is https only, too (HSTS, includeSubDomains). That of
        /// public_url itself always is.
        pub hsts_subdomains: bool = false;
        /// Proxies that are believed when they say whom they speak for: addresses, or networks such as 10.0.0.0/8.
        pub trusted_proxies: Vec<String> = Vec::new(), is proxies;
        /// The header in which they say it: X-Forwarded-For or Forwarded (RFC 7239). Name the one that your proxy writes;
        /// where none is named either is read, and a request in which the two differ is refused. docs/proxies.md says more.
        pub forwarded_header: ForwardedHeader = ForwardedHeader::default();
        /// Connections that may be open at once, fewer where the system allows fewer files; more are answered 503.
        pub open_connections: u32 = 20_000, in 16..=1_000_000;
        /// How long a connection may take to send the head of a request, and how long one may wait for its next one.
        pub head_timeout: Span = Span::seconds(30), in Span::seconds(1)..=Span::seconds(3600);
        /// How long a connection may stand still in the middle of a request or an answer.
        pub stall_timeout: Span = Span::seconds(90), in Span::seconds(1)..=Span::seconds(3600);
    }
}

fn addresses(written: &[String]) -> Vec<Wrong> {
    rules::all_read::<SocketAddr>(written, "an address and port, such as 127.0.0.1:8080")
}

fn proxies(written: &[String]) -> Vec<Wrong> {
    rules::all_read::<Network>(written, "an IP address, or a network such as 10.0.0.0/8 that is not everybody")
}

impl Http {
    /// The addresses to listen on.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.listen.iter().filter_map(|address| address.parse().ok()).collect()
    }

    /// The proxies that are believed.
    pub fn proxies(&self) -> Vec<Network> {
        self.trusted_proxies.iter().filter_map(|address| address.parse().ok()).collect()
    }
}

section! {
    /// Where data is kept.
    pub struct Store = "store" {
        /// The database: sqlite:PATH for one server, postgres://USER:PASSWORD@HOST:PORT/NAME for one or several. A
        /// PostgreSQL database belongs to the server's own role and sorts text by octets; as the superuser:
        ///     CREATE ROLE countersign LOGIN PASSWORD '…';
        ///     CREATE DATABASE countersign OWNER countersign TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C';
        /// TLS is required, except to the same machine; ?sslmode= and &sslrootcert=FILE are as everywhere, but a
        /// certificate that is shown must always be good.
        pub url: DatabaseUrl = DatabaseUrl::new("sqlite:/var/lib/countersign/countersign.db");
        /// How long what was confirmed is kept, with what phones signed for it and the sessions in which it was. The audit log
        /// stays.
        pub history: Span = Span::seconds(400 * 86_400), in Span::seconds(90 * 86_400)..=Span::seconds(3650 * 86_400);
        /// PostgreSQL: connections of each server for its work. Two more carry signals between servers.
        pub connections: u32 = 16, in 1..=1000;
    }
}

section! {
    /// The key that seals every secret in the database. Without it a database is of no use; keep it elsewhere.
    pub struct Keys = "keys" {
        /// A file of 64 hexadecimal digits a line, the key in use first. `countersign key new` makes one.
        /// The environment variable COUNTERSIGN_SEALING_KEY, where set, is read instead.
        pub sealing_key_file: String = "/etc/countersign/sealing.key".to_owned();
    }
}

section! {
    /// Logging in.
    pub struct Login = "login" {
        /// How long an attempt lives after the password was accepted.
        pub life: Span = Policy::default().login_life.into(), in Span::seconds(10)..=Span::seconds(3600);
        /// Wrong answers that end one attempt.
        pub wrong_answers: u32 = Policy::default().wrong_answers, in 1..=10;
        /// How long an authorization code may be redeemed.
        pub code_life: Span = Span::seconds(60), in Span::seconds(1)..=Span::seconds(600);
        /// How long an access token lives.
        pub token_life: Span = Span::seconds(600), in Span::seconds(1)..=Span::seconds(86_400);
        /// Further counters accepted after the one expected of a challenge/response device.
        pub counter_look_ahead: u32 = Policy::default().counter_look_ahead, in 0..=100;
        /// Time steps of drift accepted to either side of a time-based device.
        pub time_drift_steps: u32 = Policy::default().time_drift_steps, in 0..=10;
        /// Pushes left unanswered since the last success, after which only challenge/response is offered.
        pub unanswered_pushes: u32 = Policy::default().unanswered_pushes, in 1..=100;
        /// After how long a browser or program that the user has logged in from gets one more push all the same.
        pub push_again_after: Span = Span::seconds(15 * 60), in Span::seconds(60)..=Span::seconds(86_400);
        /// Requests that may be on a user's phone at once, one for each browser, program and back end.
        pub open_requests: u32 = Policy::default().open_requests, in 1..=20;
        /// Whether a printed card's value may be asked again once it was used, as traditional cards do. It lets whoever
        /// watched an answer use it again; NIST SP 800-63B-4, 3.1.2.2 forbids it.
        pub reuse_card_values: bool = Policy::default().reuse_card_values;
    }
}

section! {
    /// The phone app.
    pub struct PhoneSettings = "phone" {
        /// How long an activation lives after its code was sent.
        pub activation_life: Span = Span::seconds(600), in Span::seconds(10)..=Span::seconds(86_400);
        /// A login from a network or program that the user was not seen with for this long is unfamiliar: then the two
        /// digits on the login screen must be typed on the phone.
        pub familiar_for: Span = Span::seconds(90 * 86_400), in Span::seconds(60)..=Span::seconds(3650 * 86_400);
        /// How long the app's own session lives. It ends on Sunday, 1:00 in the institution's zone, whatever happens.
        pub app_session: Span = Span::seconds(12 * 3600), in Span::seconds(60)..=Span::seconds(7 * 86_400);
        /// How long a phone may lie unused before its session is over: it still answers challenges, and is activated anew.
        pub unused_for: Span = Span::seconds(180 * 86_400), in Span::seconds(3600)..=Span::seconds(3650 * 86_400);
        /// From which worth of a user's most valuable account on no code to a number or address brings a phone back by itself,
        /// with its currency (US dollars): another device must vouch, or the desk help. Users choose otherwise on the settings
        /// page. Empty: whatever an account is worth.
        pub no_code_alone_from: String = String::new(), is equity;
        /// The oldest version of the standalone app that can hand over to this one by itself; an older one is updated first.
        pub standalone_from: String = "3.0".to_owned(), is version;
    }
}

fn equity(text: &str) -> Option<Wrong> {
    let fits = text.is_empty() || orders::dollars(text).is_some();
    (!fits).then(|| Wrong::Not(text.to_owned(), "an amount in US dollars, such as \"1000000.00 USD\", or empty"))
}

fn version(text: &str) -> Option<Wrong> {
    let fits = Version::parse(text).is_some();
    (!fits).then(|| Wrong::Not(text.to_owned(), "a version of numbers, such as \"3.0\""))
}

impl PhoneSettings {
    /// From which worth on no code alone brings a phone back.
    pub fn no_code_alone_from(&self) -> Option<Money> {
        orders::dollars(&self.no_code_alone_from)
    }

    /// The oldest version of the standalone app that hands over.
    pub fn standalone_from(&self) -> Version {
        // A checked file says a version.
        Version::parse(&self.standalone_from).unwrap_or_default()
    }
}

section! {
    /// Locks after wrong answers.
    pub struct Limits = "lockout", together between {
        /// Consecutive wrong answers after which a device locks.
        pub device_failures: u32 = Policy::default().device_lock.from, in 1..=100;
        /// How long it locks the first time; each further failure doubles it.
        pub device_lock: Span = Policy::default().device_lock.first.into(), in Span::seconds(1)..=Span::seconds(86_400);
        /// Consecutive wrong answers after which only the desk unlocks it; not below device_failures.
        pub device_failures_for_good: u32 = Policy::default().device_lock.for_good_from, in 1..=100;
        /// Consecutive failures (password or answer) that lock a user …
        pub user_failures: u32 = u32::try_from(Policy::default().user_lock.failures).unwrap_or(u32::MAX), in 2..=100;
        /// … when they fall within this time, and until this long after the last.
        pub user_lock: Span = Policy::default().user_lock.within.into(), in Span::seconds(60)..=Span::seconds(30 * 86_400);
        /// Wrong answers that no password came before (what a phone asks for by itself, clients' back ends) after which none
        /// of these is taken; no success clears them …
        pub answers_without_password: u32 =
            u32::try_from(Policy::default().answers_without_password.failures).unwrap_or(u32::MAX), in 3..=100;
        /// … when they fall within this time, and until this long after the last.
        pub answers_without_password_within: Span =
            Policy::default().answers_without_password.within.into(), in Span::seconds(3600)..=Span::seconds(90 * 86_400);
    }
}

impl Limits {
    fn between(&self) -> Option<Broken> {
        let name = "device_failures_for_good";
        let broken = self.device_failures_for_good < self.device_failures;
        broken.then(|| Broken(name, format!("{name} must be at least device_failures")))
    }
}

section! {
    /// Token buckets on everything that takes a secret. A larger network has buckets too: a /24 of IPv4 sixteen times what an
    /// address has, a /48 of IPv6 twice what a /64 has, which is what counts as an address there.
    pub struct Throttle = "throttle" {
        /// Tries of one network address at once …
        pub address_burst: u32 = 120, in 1..=MOST_TOKENS;
        /// … and how many come back in a second.
        pub address_per_second: u32 = 2, in 1..=1000;
        /// Tries on one username (or from one known browser) at once …
        pub username_burst: u32 = 30, in 1..=MOST_TOKENS;
        /// … and how long one takes to come back.
        pub username_each: Span = Span::seconds(10), in Span::seconds(1)..=Span::seconds(86_400);
        /// Requests of one client's back end (CIBA) at once, whomever they ask …
        pub backchannel_client_burst: u32 = 200, in 1..=MOST_TOKENS;
        /// … and how many come back in a second.
        pub backchannel_client_per_second: u32 = 20, in 1..=1000;
        /// Requests of one client's back end to one user at once; of all clients together three times as many …
        pub backchannel_user_burst: u32 = 6, in 1..=MOST_TOKENS;
        /// … and how long one takes to come back.
        pub backchannel_user_each: Span = Span::seconds(30), in Span::seconds(1)..=Span::seconds(86_400);
        /// Answers that are held open for one address (a /64 of IPv6), through which pages and apps hear of changes.
        pub streams_per_address: u32 = 256, in 1..=1_000_000;
    }
}

section! {
    /// Signed-in browser sessions.
    pub struct Sessions = "sessions" {
        /// A session ends when nobody used it for this long.
        pub idle: Span = Span::seconds(900), in Span::seconds(10)..=Span::seconds(30 * 86_400);
        /// A session ends after this long whatever happens.
        pub overall: Span = Span::seconds(12 * 3600), in Span::seconds(60)..=Span::seconds(90 * 86_400);
        /// How long a browser or program stays known after its last login.
        pub mark_life: Span = Span::seconds(90 * 86_400), in Span::seconds(60)..=Span::seconds(3650 * 86_400);
        /// How long after the login that made it known, and after a second one, a browser or program spares its user the two
        /// digits on the phone.
        pub trusted_after: Span = Span::seconds(86_400), in Span::seconds(60)..=Span::seconds(30 * 86_400);
    }
}

section! {
    /// Password hashing (Argon2id). Raising a cost re-hashes each password at its next login.
    pub struct Passwords = "passwords", together between {
        /// Memory of one hash in KiB.
        pub memory_kib: u32 = 19_456, in 19_456..=4_194_304;
        /// Iterations; at least 2 below 47104 KiB of memory.
        pub iterations: u32 = 2, in 1..=100;
        /// Lanes.
        pub parallelism: u32 = 1, in 1..=16;
        /// Hashes computed at once; 0 is one for each processor. Each keeps the memory of one hash.
        pub concurrent: u32 = 0, in 0..=1024;
        /// Hashes that may wait for a place; more are told to try again. A quarter is kept for known browsers, and of the
        /// rest one network (/24, /48) gets no more than it leaves to others.
        pub waiting: u32 = 256, in 0..=100_000;
    }
}

impl Passwords {
    fn between(&self) -> Option<Broken> {
        let cheap = self.iterations < 2 && self.memory_kib < 47_104;
        let reason = "iterations must be at least 2 (or 1 from 47104 KiB of memory on)";
        cheap.then(|| Broken("iterations", reason.to_owned()))
    }
}

section! {
    /// Logs, on standard error.
    pub struct Log = "log" {
        /// What is logged, as in `info` or `info,countersign=debug`.
        pub filter: String = "info".to_owned(), is log::readable;
        /// One JSON object a line; else plain text.
        pub json: bool = true;
    }
}

/// A client program.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientSettings {
    /// The OAuth client id.
    pub id: String,
    /// The name that users see.
    pub name: String,
    /// Whether it may use `/oauth2/authorize-challenge`.
    #[serde(default)]
    pub first_party: bool,
    /// Since which version it can draw a chooser, in each of its numberings; none says that all can.
    #[serde(default)]
    pub chooser_since: ChooserSince,
    /// What it registers of OAuth.
    #[serde(default)]
    pub oauth: oidc::client::Registration,
}

impl sample::Sample for ClientSettings {
    fn sample(out: &mut String) {
        out.push_str(
            "# Client programs, one [[clients]] each: id, name (as users see it), first_party (may it show a login form of\n\
             # its own, through /oauth2/authorize-challenge?) and chooser_since (older versions get the user's default\n\
             # device instead of a chooser they cannot draw; one entry for each way in which its versions were counted,\n\
             # told apart by what their first part is below). [clients.oauth] registers it for OpenID Connect: where\n\
             # answers go, how it proves itself (none, client_secret_basic, client_secret_post, private_key_jwt), its\n\
             # scopes (openid, profile, offline_access; desk for agents, first-party programs only; those of /api/docs for\n\
             # a token of its own), whether it must push its requests or bind its tokens to a key, where it is told\n\
             # that a session ended, how its ID tokens are signed (ES256, RS256), from which origins scripts of its\n\
             # pages may call (a program in a browser). docs/oidc.md says more;\n\
             # `countersign client add` registers one in the database instead.\n\
             #[[clients]]\n#id = \"tws\"\n#name = \"Trader Workstation\"\n#first_party = true\n#chooser_since = [\"966\", \"0 below 100\"]\n\n\
             #[clients.oauth]\n#redirect_uris = [\"https://portal.example/callback\"]\n#auth = \"none\"\n\
             #require_pushed_authorization_requests = false\n#dpop_bound_access_tokens = false\n\
             #backchannel_logout_uri = \"https://portal.example/logged-out\"\n\
             #id_token_signed_response_alg = \"ES256\"\n\
             #allowed_origins = [\"https://portal.example\"]\n\n\
             # A client that proves itself by a key, under FAPI 2.0: one mark for all that it demands. keys in the file in\n\
             # place of jwks_uri: keys = [{ kty = \"EC\", crv = \"P-256\", x = \"…\", y = \"…\" }].\n\
             #[[clients]]\n#id = \"bank\"\n#name = \"Bank\"\n\n\
             #[clients.oauth]\n#profile = \"fapi2\"\n#auth = \"private_key_jwt\"\n\
             #jwks_uri = \"https://bank.example/jwks\"\n#redirect_uris = [\"https://bank.example/callback\"]\n\n\
             # A back end that asks users to confirm (CIBA), and may ask what any token is. secret_sha256 is SHA-256 of its\n\
             # secret in hexadecimal: printf %s SECRET | sha256sum.\n\
             #[[clients]]\n#id = \"payments\"\n#name = \"Payments\"\n\n\
             #[clients.oauth]\n#auth = \"client_secret_basic\"\n#secret_sha256 = \"2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b\"\n#ciba = \"ping\"\n\
             #client_notification_endpoint = \"https://payments.example/ping\"\n\
             #authorization_details_types = [\"withdrawal\", \"card_payment\"]\n#introspection = true\n\n",
        );
    }
}
