//! The registered client programs.

use crate::config::ClientSettings;
use oidc::client::Registration;

/// The id of our own hosted pages, which log in like any client.
pub const HOSTED: &str = "countersign";

/// The id of the phone app.
pub const PHONE_APP: &str = "phone-app";

/// A client program.
#[derive(Debug, Clone, PartialEq)]
pub struct Client {
    /// The OAuth client id.
    pub id: String,
    /// The name that users see.
    pub name: String,
    /// Whether it may show a login form of its own.
    pub first_party: bool,
    /// The first version that can draw a chooser.
    pub chooser_since: Option<u64>,
    /// What it registered of OAuth.
    pub oauth: Registration,
}

/// The registry.
#[derive(Debug, Clone, Default)]
pub struct Clients(Vec<Client>);

impl Clients {
    /// From the configuration file.
    pub fn of(settings: &[ClientSettings]) -> Self {
        let client = |c: &ClientSettings| Client {
            id: c.id.clone(),
            name: c.name.clone(),
            first_party: c.first_party,
            chooser_since: c.chooser_since,
            oauth: c.oauth.clone(),
        };
        Self(settings.iter().map(client).collect())
    }

    /// The client of an id.
    pub fn find(&self, id: &str) -> Option<&Client> {
        self.0.iter().find(|client| client.id == id)
    }

    /// Every client.
    pub fn all(&self) -> &[Client] {
        &self.0
    }
}
