//! What the server is made of: built once, handed to whoever needs it, no globals. The one place that knows the
//! system's clock and the system's random generator.

use crate::{
    card_processor::CardProcessor,
    client_keys::ClientKeys,
    clients::Clients,
    config::{DeskMail, DeskNumber, File, ForwardedHeader, Network, Orders, in_force},
    handle::Handles,
    notify::{Carriers, webpush::WebPush},
    pages::look::Look,
    passwords::Passwords,
    readiness::Readiness,
    seldom::Seldom,
    signing::Signer,
    streams::Streams,
    work::Follow,
};
use domain::{
    Nonce, Policy, Timestamp, audit::Actor, desk::temporary::Terms, device::Catalogue, id::UserId,
    money::calendar::Calendar, version::Version,
};
use jiff::tz::TimeZone;
use operation::Money;
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use store::{Store, seal::Sealer, throttle::Rate};

/// The server's parts.
pub struct App {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// What opens and closes sealed values.
    pub sealer: Sealer,
    /// Makes and reads opaque handles.
    pub handles: Handles,
    /// Signs tokens.
    pub signer: Signer,
    /// What was found when it was last asked whether this server can serve.
    pub readiness: Readiness,
    /// Hashes passwords.
    pub passwords: Passwords,
    /// The registered clients.
    pub clients: Clients,
    /// The keys of those that say where they are.
    pub client_keys: ClientKeys,
    /// Wakes phones; none where nobody is woken.
    pub push: Option<WebPush>,
    /// Carry mail and SMS.
    pub carriers: Carriers,
    /// The institution's card processor; none where it has no cards here.
    pub card_processor: Option<CardProcessor>,
    /// Answers that are held open.
    pub streams: Arc<Streams>,
    /// Log lines that strangers could cause, and when each may be said again.
    pub warnings: Warnings,
    /// The user up to whom what is over was forgotten.
    pub swept: Swept,
    /// Everything that was configured.
    pub settings: Settings,
    /// Carries out what follows from a unit of work.
    pub follow: Follow,
    /// Who runs this program, as the system knows them: who acts where no customer does.
    pub operator: String,
}

/// What connections are held to, as it was configured.
#[derive(Debug, Clone, Copy)]
pub struct Connections {
    /// How many may be open at once.
    pub open: u32,
    /// How long a request's head may take, and the wait for the next request.
    pub head: Duration,
    /// How long one may stand still within a request or an answer.
    pub stall: Duration,
}

/// How far a walk through all users has come.
#[derive(Debug, Default)]
pub struct Swept(Mutex<Option<UserId>>);

impl Swept {
    /// The last user who was seen; nobody's id, before everybody's, at the start and after the end.
    pub fn last(&self) -> UserId {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).unwrap_or(UserId::NOBODY)
    }

    /// The walk has come to this user, or to its end.
    pub fn set(&self, last: Option<UserId>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = last;
    }
}

/// Log lines that strangers could cause.
#[derive(Debug, Default)]
pub struct Warnings {
    /// A trusted proxy does not say whom it speaks for.
    pub silent_proxy: Seldom,
    /// A trusted proxy says it in a form that cannot be read.
    pub unreadable_proxy: Seldom,
}

/// What was configured, in the forms it is used in.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Every setting of the file with the value that held when the server started.
    pub in_force: Vec<in_force::Table>,
    /// The OpenID issuer and public address, without a slash at the end.
    pub issuer: String,
    /// The name in page titles.
    pub product: String,
    /// How the institution's pages look.
    pub look: Look,
    /// The institution's time zone.
    pub zone: TimeZone,
    /// Where the phone app's Trade button leads.
    pub trade_url: Option<String>,
    /// How long the phone app's own session lives at most.
    pub app_session: Duration,
    /// How long a phone may lie unused before its session is over.
    pub phone_unused_for: Duration,
    /// Telephone numbers of the desk.
    pub desk: Vec<DeskNumber>,
    /// Where the desk reads mail.
    pub desk_mail: Option<DeskMail>,
    /// The numbers that decisions depend on.
    pub policy: Policy,
    /// The device classes.
    pub catalogue: Catalogue,
    /// Business days.
    pub calendar: Calendar,
    /// How old a posted rate may be.
    pub rates_valid_for: Duration,
    /// Devices that customers order.
    pub orders: Orders,
    /// How temporary access goes.
    pub temporary: Terms,
    /// How long an agent's session may lie idle in the console.
    pub console_idle: Duration,
    /// From which worth on no code alone brings a phone back, unless the user said otherwise.
    pub no_code_alone_from: Option<Money>,
    /// The oldest version of the standalone app that hands over by itself.
    pub standalone_from: Version,
    /// How long an authorization code lives.
    pub code_life: Duration,
    /// How long an access token lives.
    pub token_life: Duration,
    /// How long the activation of a phone lives.
    pub activation_life: Duration,
    /// How long a network or program stays familiar after its last login.
    pub familiar_for: Duration,
    /// How long a session lives unused.
    pub session_idle: Duration,
    /// How long a session lives at most.
    pub session_overall: Duration,
    /// How long a browser stays known.
    pub mark_life: Duration,
    /// How long what was confirmed is kept.
    pub history: Duration,
    /// Messages a day that strangers can cause, to each contact point.
    pub messages_a_day: u32,
    /// The bucket of a network address.
    pub address_rate: Rate,
    /// The bucket of a username or known browser.
    pub username_rate: Rate,
    /// How often one client's back end may ask, whomever.
    pub backchannel_client_rate: Rate,
    /// How often one client's back end may ask one user; all together may three times as often.
    pub backchannel_user_rate: Rate,
    /// Whether browsers are told that every name below the public address is https only, too.
    pub hsts_subdomains: bool,
    /// Proxies that are believed when they say whom they speak for.
    pub trusted_proxies: Vec<Network>,
    /// The header in which they say it.
    pub forwarded_header: ForwardedHeader,
    /// What connections are held to.
    pub connections: Connections,
    /// Whether this is the demo: no buckets for loopback, and logins from loopback are familiar.
    pub demo: bool,
    /// Whether even the demo's loopback counts as an unfamiliar place.
    pub unfamiliar: bool,
    /// After how many seconds a page that waits for a phone looks again, where it has no scripts.
    pub reload_seconds: u32,
}

/// After how many seconds a page that waits for a phone looks again, where it has no scripts.
pub const RELOAD_SECONDS: u32 = 5;

impl Settings {
    /// From a checked configuration file.
    pub fn of(file: &File, look: Look) -> Self {
        Self {
            look,
            issuer: file.http.public_url.clone(),
            product: file.product.name.clone(),
            // A checked file names a zone that there is.
            zone: file.institution.time_zone().unwrap_or(TimeZone::UTC),
            trade_url: Some(file.institution.trade_url.clone()).filter(|url| !url.is_empty()),
            app_session: file.phone.app_session.duration(),
            phone_unused_for: file.phone.unused_for.duration(),
            desk: file.institution.desk_numbers(),
            desk_mail: file.institution.desk_mail(),
            policy: file.policy(),
            catalogue: file.catalogue.clone(),
            calendar: Calendar::new(file.institution.time_zone().unwrap_or(TimeZone::UTC))
                .with_days(file.withdrawals.closed(), file.withdrawals.open()),
            rates_valid_for: file.withdrawals.rates_valid_for.duration(),
            orders: file.orders.clone(),
            temporary: file.temporary.terms(),
            in_force: file.in_force(),
            console_idle: file.temporary.console_idle.duration(),
            no_code_alone_from: file.phone.no_code_alone_from(),
            standalone_from: file.phone.standalone_from(),
            code_life: file.login.code_life.duration(),
            token_life: file.login.token_life.duration(),
            activation_life: file.phone.activation_life.duration(),
            familiar_for: file.phone.familiar_for.duration(),
            session_idle: file.sessions.idle.duration(),
            session_overall: file.sessions.overall.duration(),
            mark_life: file.sessions.mark_life.duration(),
            history: file.store.history.duration(),
            messages_a_day: file.messages.a_day,
            address_rate: Rate {
                burst: file.throttle.address_burst,
                each: Duration::from_secs(1) / file.throttle.address_per_second.max(1),
            },
            username_rate: Rate { burst: file.throttle.username_burst, each: file.throttle.username_each.duration() },
            backchannel_client_rate: Rate {
                burst: file.throttle.backchannel_client_burst,
                each: Duration::from_secs(1) / file.throttle.backchannel_client_per_second.max(1),
            },
            backchannel_user_rate: Rate {
                burst: file.throttle.backchannel_user_burst,
                each: file.throttle.backchannel_user_each.duration(),
            },
            hsts_subdomains: file.http.hsts_subdomains,
            trusted_proxies: file.http.proxies(),
            forwarded_header: file.http.forwarded_header,
            connections: Connections {
                open: file.http.open_connections,
                head: file.http.head_timeout.duration(),
                stall: file.http.stall_timeout.duration(),
            },
            demo: false,
            unfamiliar: false,
            reload_seconds: RELOAD_SECONDS,
        }
    }

    /// Whether the public address is https, which the browser's `__Host-` cookies and HSTS need.
    pub fn https(&self) -> bool {
        self.issuer.starts_with("https://")
    }
}

impl App {
    /// Whoever runs commands here, for the audit log.
    pub fn operator(&self) -> Actor {
        Actor::Operator { name: self.operator.clone() }
    }

    /// The server's time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// The time: the system's, moved forward by what a test asked for.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    /// Where it stands, when it does not run.
    stands_at: Option<Timestamp>,
    ahead_micros: Arc<AtomicI64>,
}

impl Clock {
    /// A clock that runs ahead of the system's.
    pub fn ahead(by: Duration) -> Self {
        let clock = Self::default();
        clock.advance(by);
        clock
    }

    /// A clock that stands still but for [`Self::advance`], for tests of what time gives back.
    pub fn standing() -> Self {
        let running = Self::default();
        Self { stands_at: Some(running.now()), ..running }
    }

    /// Now.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the system's clock")]
    pub fn now(&self) -> Timestamp {
        let system =
            || Timestamp::from_micros(0).plus(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default());
        self.stands_at.unwrap_or_else(system).plus(self.ahead_by())
    }

    /// How far it runs ahead.
    pub fn ahead_by(&self) -> Duration {
        Duration::from_micros(u64::try_from(self.ahead_micros.load(Ordering::Relaxed)).unwrap_or(0))
    }

    /// Moves it forward; only the demo's test clock calls this.
    pub fn advance(&self, by: Duration) {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        let _ =
            self.ahead_micros.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |at| Some(at.saturating_add(micros)));
    }
}

/// `N` octets of the system's random generator.
pub fn random<const N: usize>() -> [u8; N] {
    let mut octets = [0; N];
    // The generator fails only where the system has none at all; going on with zeros would be worse than stopping.
    #[expect(clippy::panic, reason = "no secret may be made without randomness")]
    if aws_lc_rs::rand::fill(&mut octets).is_err() {
        panic!("the system gives no random octets");
    }
    octets
}

/// A nonce for one step of the core.
pub fn nonce() -> Nonce {
    Nonce::new(random())
}
