//! `countersign client …`.

use crate::{
    cli::{key::algorithm, output::Failure, serve::open, user::Common},
    clients::Client,
    flow::oidc::registration::{self, ClientError, Published},
};
use domain::{
    Secret,
    version::{ChooserSince, Numbering},
};
use oidc::{
    client::{AuthMethod, CibaMode, Registration, SigningAlg},
    profile::Profile,
};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// What to do with client programs. Servers that run take it up by themselves.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Register a client program. Its secret, where it has one, is printed this once.
    Add(Box<Add>),
    /// List every client program, those of the configuration included.
    List {
        #[command(flatten)]
        common: Common,
    },
    /// Show what is registered of a client program.
    Show(One),
    /// Remove a client program.
    Remove(One),
    /// Give a client program another secret, which is printed this once.
    Secret(One),
    /// Give a client program other public keys. What it was given stays good.
    Keys(Keys),
}

/// A client program.
#[derive(Debug, clap::Args)]
pub(crate) struct One {
    /// The client id.
    id: String,
    #[command(flatten)]
    common: Common,
}

/// A client program's other public keys.
#[derive(Debug, clap::Args)]
pub(crate) struct Keys {
    /// The client id.
    id: String,
    /// A file with them: a JWK, or a JWK set.
    #[arg(long, value_name = "FILE", required_unless_present = "jwks_uri")]
    keys_file: Option<PathBuf>,
    /// Where they are.
    #[arg(long, value_name = "URI", conflicts_with = "keys_file")]
    jwks_uri: Option<String>,
    #[command(flatten)]
    common: Common,
}

/// A client program to register.
#[derive(Debug, clap::Args)]
pub(crate) struct Add {
    /// The client id.
    id: String,
    /// The name that users see.
    #[arg(long)]
    name: String,
    /// It may show a login form of its own, through /oauth2/authorize-challenge.
    #[arg(long)]
    first_party: bool,
    /// The first version that can draw a chooser; older ones get the default device. Given again, with the number that
    /// its first part is below, for another way of counting: `966` and `"0 below 100"`.
    #[arg(long, value_name = "VERSION")]
    chooser_since: Vec<Numbering>,
    /// Where answers may go, by exact text. May be given again.
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<String>,
    /// Where the browser may go after a logout, by exact text. May be given again.
    #[arg(long = "post-logout-redirect-uri", value_name = "URI")]
    post_logout_redirect_uris: Vec<String>,
    /// How it proves itself: none, client_secret_basic, client_secret_post or private_key_jwt.
    #[arg(long, value_parser = auth_method)]
    auth: Option<AuthMethod>,
    /// FAPI 2.0 Security Profile holds for it: private_key_jwt, pushed requests, DPoP, https only. --auth is not needed.
    #[arg(long)]
    fapi: bool,
    /// A file with its public keys: a JWK, or a JWK set, of P-256 (ES256), RSA (PS256) or Ed25519 (EdDSA).
    #[arg(long, value_name = "FILE")]
    keys_file: Option<PathBuf>,
    /// Where its public keys are, in place of a file: fetched when they are needed.
    #[arg(long, value_name = "URI", conflicts_with = "keys_file")]
    jwks_uri: Option<String>,
    /// A request with a nonce may do without PKCE; confidential clients only.
    #[arg(long)]
    nonce_instead_of_pkce: bool,
    /// What it may ask for: openid, profile, offline_access. May be given again; without it openid and profile.
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,
    /// It must push its authorization requests.
    #[arg(long)]
    require_par: bool,
    /// Its tokens must be bound to a key (DPoP).
    #[arg(long)]
    require_dpop: bool,
    /// A type of authorization_details that it may send. May be given again.
    #[arg(long = "authorization-details-type", value_name = "TYPE")]
    authorization_details_types: Vec<String>,
    /// It may use CIBA: poll or ping.
    #[arg(long, value_name = "MODE", value_parser = ciba_mode)]
    ciba: Option<CibaMode>,
    /// Where a ping goes.
    #[arg(long, value_name = "URI")]
    client_notification_endpoint: Option<String>,
    /// Its CIBA requests must carry the user's code.
    #[arg(long)]
    user_code: bool,
    /// Its CIBA requests must be signed.
    #[arg(long)]
    signed_requests: bool,
    /// Where it is told that a session ended.
    #[arg(long, value_name = "URI")]
    backchannel_logout_uri: Option<String>,
    /// An origin of pages whose scripts call for it, as https://app.example. May be given again.
    #[arg(long = "allowed-origin", value_name = "ORIGIN")]
    allowed_origins: Vec<String>,
    /// It may ask what any token is: a resource server.
    #[arg(long)]
    introspection: bool,
    /// How its ID tokens are signed: ES256 or RS256.
    #[arg(long, default_value = "ES256", value_parser = algorithm)]
    id_token_alg: SigningAlg,
    #[command(flatten)]
    common: Common,
}

fn auth_method(name: &str) -> Result<AuthMethod, String> {
    let known = "none, client_secret_basic, client_secret_post or private_key_jwt";
    AuthMethod::parse(name).ok_or_else(|| known.to_owned())
}

fn ciba_mode(name: &str) -> Result<CibaMode, String> {
    match name {
        "poll" => Ok(CibaMode::Poll),
        "ping" => Ok(CibaMode::Ping),
        _ => Err("poll or ping".to_owned()),
    }
}

pub(crate) fn run(command: &Command) -> Result<(), Failure> {
    match command {
        Command::Add(add) => self::add(add),
        Command::List { common } => list(common),
        Command::Show(one) => show(one),
        Command::Remove(one) => {
            registration::remove(&open(&one.common.config)?, &one.id)?;
            one.common.output.print(&json!({ "client_id": one.id }), &format!("{}  removed", one.id))
        }
        Command::Secret(one) => {
            let (client, secret) = registration::renew_secret(&open(&one.common.config)?, &one.id)?;
            print(&one.common, &client, Some(&secret), "has another secret")
        }
        Command::Keys(other) => change_keys(other),
    }
}

fn add(add: &Add) -> Result<(), Failure> {
    let client = Client {
        id: add.id.clone(),
        name: add.name.clone(),
        first_party: add.first_party,
        chooser_since: ChooserSince::of(add.chooser_since.clone())
            .map_err(|error| Failure(format!("--chooser-since: {error}")))?,
        oauth: Registration {
            redirect_uris: add.redirect_uris.clone(),
            post_logout_redirect_uris: add.post_logout_redirect_uris.clone(),
            auth: add.auth.unwrap_or(if add.fapi { AuthMethod::PrivateKeyJwt } else { AuthMethod::None }),
            secret_sha256: None,
            keys: add.keys_file.as_deref().map_or_else(|| Ok(Vec::new()), keys)?,
            jwks_uri: add.jwks_uri.clone(),
            profile: add.fapi.then_some(Profile::Fapi2),
            nonce_instead_of_pkce: add.nonce_instead_of_pkce,
            scopes: add.scopes.clone(),
            require_pushed_authorization_requests: add.require_par,
            dpop_bound_access_tokens: add.require_dpop,
            authorization_details_types: add.authorization_details_types.clone(),
            ciba: add.ciba,
            client_notification_endpoint: add.client_notification_endpoint.clone(),
            user_code: add.user_code,
            signed_requests: add.signed_requests,
            backchannel_logout_uri: add.backchannel_logout_uri.clone(),
            allowed_origins: add.allowed_origins.clone(),
            introspection: add.introspection,
            id_token_signed_response_alg: add.id_token_alg,
        },
    };
    let (client, secret) = registration::add(&open(&add.common.config)?, client)?;
    print(&add.common, &client, secret.as_ref(), "registered")
}

fn change_keys(other: &Keys) -> Result<(), Failure> {
    let published = match (&other.keys_file, &other.jwks_uri) {
        (Some(path), _) => Published::Here(keys(path)?),
        (None, uri) => Published::There(uri.clone().unwrap_or_default()),
    };
    let client = registration::change_keys(&open(&other.common.config)?, &other.id, published)?;
    print(&other.common, &client, None, "has other keys")
}

/// The keys of a JWK or a JWK set.
fn keys(path: &Path) -> Result<Vec<Value>, Failure> {
    let named = |error: &dyn std::fmt::Display| Failure(format!("{}: {error}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| named(&error))?;
    let mut read: Value = serde_json::from_str(&text).map_err(|error| named(&error))?;
    Ok(match read.get_mut("keys").map(Value::take) {
        Some(Value::Array(keys)) => keys,
        Some(_) => return Err(named(&"keys is not a list")),
        None => vec![read],
    })
}

fn list(common: &Common) -> Result<(), Failure> {
    let (listed, hidden) = registration::list(&*open(&common.config)?)?;
    let source = |configured| if configured { "configuration" } else { "database" };
    let shown: Vec<_> = listed
        .iter()
        .map(|listed| {
            json!({
                "client_id": listed.client.id,
                "name": listed.client.name,
                "source": source(listed.configured),
                "hides_stored": hidden.contains(&listed.client.id),
            })
        })
        .collect();
    let lines = listed.iter().map(|listed| {
        let id = &listed.client.id;
        let hides = if hidden.contains(id) { "; one in the database does not count" } else { "" };
        format!("{id:<24}  {}  ({}{hides})", listed.client.name, source(listed.configured))
    });
    let lines: Vec<_> = lines.collect();
    common.output.print(&shown, if lines.is_empty() { "no clients".to_owned() } else { lines.join("\n") }.as_str())
}

fn show(one: &One) -> Result<(), Failure> {
    let (listed, _) = registration::list(&*open(&one.common.config)?)?;
    let found = listed.into_iter().find(|listed| listed.client.id == one.id).ok_or(ClientError::Unknown)?;
    let text = serde_json::to_string_pretty(&*found.client)?;
    one.common.output.print(&*found.client, &text)
}

fn print(common: &Common, client: &Client, secret: Option<&Secret<String>>, done: &str) -> Result<(), Failure> {
    let mut shown = json!({ "client_id": client.id, "name": client.name, "auth": client.oauth.auth });
    let mut text = format!("{}  {done}", client.id);
    if let (Some(secret), Value::Object(shown)) = (secret, &mut shown) {
        shown.insert("client_secret".to_owned(), secret.expose().as_str().into());
        text = format!("{text}\nclient_secret  {}\nIt is kept nowhere: write it down now.", secret.expose());
    }
    common.output.print(&shown, &text)
}
