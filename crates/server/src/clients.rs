//! The registered client programs: those of the configuration, and those of the database as this node last read them.

use crate::config::ClientSettings;
use domain::version::ChooserSince;
use oidc::{
    client::{Registration, RegistrationError, SigningAlg},
    profile::ProfileError,
    scope,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use store::client::Stored;

/// The id of our own hosted pages, which log in like any client.
pub const HOSTED: &str = "countersign";

/// The id of the phone app.
pub const PHONE_APP: &str = "phone-app";

/// The id of the desk's own programs, in which agents log in.
pub const CONSOLE: &str = "console";

/// A client program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Client {
    /// The OAuth client id.
    pub id: String,
    /// The name that users see.
    pub name: String,
    /// Whether it may show a login form of its own.
    #[serde(default)]
    pub first_party: bool,
    /// Since which version it can draw a chooser, in each of its numberings.
    #[serde(default)]
    pub chooser_since: ChooserSince,
    /// What it registered of OAuth.
    #[serde(default)]
    pub oauth: Registration,
}

impl Client {
    /// Checks that what is registered holds together.
    pub fn check(&self) -> Result<(), RegistrationError> {
        if self.first_party && self.oauth.is_fapi() {
            return Err(RegistrationError::Profile(ProfileError::FirstParty));
        }
        if !self.first_party && self.oauth.scopes.iter().any(|held| held == scope::DESK) {
            // The desk's tokens are for our own programs, never for a site that an agent was lured to.
            return Err(RegistrationError::Needs("the scope desk", "first_party"));
        }
        self.oauth.check()
    }
}

impl From<&ClientSettings> for Client {
    fn from(settings: &ClientSettings) -> Self {
        Self {
            id: settings.id.clone(),
            name: settings.name.clone(),
            first_party: settings.first_party,
            chooser_since: settings.chooser_since.clone(),
            oauth: settings.oauth.clone(),
        }
    }
}

/// Whether a text may be a client's id.
pub fn id_fits(id: &str) -> bool {
    !id.is_empty() && id.len() <= 128 && id != HOSTED && id.bytes().all(|b| b.is_ascii_graphic())
}

/// Why an id is refused.
pub const ID_RULE: &str = "a client id has 1 to 128 printable ASCII characters, and is not that of our own pages";

type Registry = BTreeMap<String, Arc<Client>>;

/// The registry. A client that is in both places is the configuration's.
#[derive(Debug, Default)]
pub struct Clients {
    /// Our own phone app and console, which are there unasked; an institution may register them under names of its own.
    own: Registry,
    configured: RwLock<Arc<Registry>>,
    stored: RwLock<Arc<Registry>>,
}

impl Clients {
    /// From the configuration file.
    pub fn of(settings: &[ClientSettings]) -> Self {
        let of_desk = ["openid", "profile", scope::OFFLINE_ACCESS, scope::DESK].map(str::to_owned).into();
        let own = [
            own(PHONE_APP, "Mobile app", Registration::default()),
            own(CONSOLE, "Secure-login desk", Registration { scopes: of_desk, ..Registration::default() }),
        ];
        let own = own.into_iter().map(|client| (client.id.clone(), Arc::new(client))).collect();
        let clients = Self { own, ..Self::default() };
        clients.configure(settings);
        clients
    }

    /// Takes what the configuration file says now.
    pub fn configure(&self, settings: &[ClientSettings]) {
        let configured = settings.iter().map(|client| (client.id.clone(), Arc::new(client.into()))).collect();
        *self.configured.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(configured);
    }

    /// Takes what the database holds now.
    pub fn replace(&self, stored: Vec<Client>) {
        let stored = stored.into_iter().map(|client| (client.id.clone(), Arc::new(client))).collect();
        *self.stored.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(stored);
    }

    fn configured(&self) -> Arc<Registry> {
        Arc::clone(&self.configured.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn stored(&self) -> Arc<Registry> {
        Arc::clone(&self.stored.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The client of an id.
    pub fn find(&self, id: &str) -> Option<Arc<Client>> {
        let registered = self.configured().get(id).cloned().or_else(|| self.stored().get(id).cloned());
        registered.or_else(|| self.own.get(id).cloned())
    }

    /// How long a code of a client may live, where the usual life is this.
    pub fn code_life(&self, id: &str, usual: Duration) -> Duration {
        self.find(id).map_or(usual, |client| client.oauth.code_life(usual))
    }

    /// Whether the configuration has a client of this id.
    pub fn is_configured(&self, id: &str) -> bool {
        self.configured().contains_key(id)
    }

    /// Every client, by id.
    pub fn all(&self) -> Vec<Arc<Client>> {
        let mut all = (*self.stored()).clone();
        all.extend(self.configured().iter().map(|(id, client)| (id.clone(), Arc::clone(client))));
        all.into_values().collect()
    }

    /// Whether a client wants its ID tokens signed this way.
    pub fn want(&self, alg: SigningAlg) -> bool {
        self.all().iter().any(|client| client.oauth.id_token_signed_response_alg == alg)
    }
}

/// A program of our own.
fn own(id: &str, name: &str, oauth: Registration) -> Client {
    let (id, name) = (id.to_owned(), name.to_owned());
    Client { id, name, first_party: true, chooser_since: ChooserSince::default(), oauth }
}

/// The clients of the database. One that this program cannot read is not there, and the log says so.
pub fn read(stored: &[Stored]) -> Vec<Client> {
    let read = |stored: &Stored| {
        serde_json::from_str::<Client>(&stored.registration)
            .inspect_err(|error| tracing::error!(client = stored.id, %error, "a stored client cannot be read"))
            .ok()
            .filter(|client| client.id == stored.id)
    };
    stored.iter().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(id: &str, name: &str) -> Client {
        Client {
            id: id.into(),
            name: name.into(),
            first_party: false,
            chooser_since: ChooserSince::default(),
            oauth: Registration::default(),
        }
    }

    #[test]
    fn the_configuration_comes_first() {
        let text = "[[clients]]\nid = \"a\"\nname = \"A\"\n";
        let clients = Clients::of(&crate::config::File::parse(text).unwrap().clients);
        clients.replace(vec![client("a", "another"), client("b", "B")]);
        let name = |id| clients.find(id).map(|client| client.name.clone());
        assert_eq!((name("a").as_deref(), name("b").as_deref(), name("c")), (Some("A"), Some("B"), None));
        assert_eq!(clients.all().len(), 2);
        clients.replace(Vec::new());
        assert_eq!(name("b"), None);
    }

    #[test]
    fn the_phone_app_is_there_unasked_and_may_have_another_name() {
        let name = |text: &str| {
            let clients = Clients::of(&crate::config::File::parse(text).unwrap().clients);
            clients.find(PHONE_APP).filter(|client| client.first_party).map(|client| client.name.clone())
        };
        assert_eq!(name("").as_deref(), Some("Mobile app"));
        let own = "[[clients]]\nid = \"phone-app\"\nname = \"Bank App\"\nfirst_party = true\n";
        assert_eq!(name(own).as_deref(), Some("Bank App"));
    }

    #[test]
    fn only_programs_of_our_own_may_ask_for_the_desk() {
        let scopes = vec![scope::DESK.to_owned()];
        let asking = Client { oauth: Registration { scopes, ..Registration::default() }, ..client("a", "A") };
        assert!(asking.check().is_err());
        assert!(Client { first_party: true, ..asking }.check().is_ok());
        let console = Clients::of(&[]).find(CONSOLE).unwrap();
        assert!(console.first_party && console.check().is_ok());
    }

    #[test]
    fn a_stored_client_reads_as_it_was_written_and_a_strange_one_is_left_out() {
        let (written, at) = (client("a", "A"), domain::Timestamp::from_unix_seconds(1));
        let row =
            |id: &str, registration: String| Stored { id: id.into(), registration, created_at: at, changed_at: at };
        let text = serde_json::to_string(&written).unwrap();
        let rows = [row("a", text.clone()), row("b", "{".into()), row("c", text)];
        assert_eq!(read(&rows), [written]);
    }
}
