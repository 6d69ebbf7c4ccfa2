//! The public keys of clients that say where they are (`jwks_uri`): fetched when they are needed, kept for a while, and
//! fetched again when somebody signs by one that is not among them.

use oidc::client_key;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};
use tokio::time::Instant;

/// How long a set is used without looking again.
const FRESH: Duration = Duration::from_secs(600);
/// How long a set is used at most while it cannot be fetched again.
const STALE: Duration = Duration::from_secs(86_400);
/// How long is waited between two fetches of one set: whoever invents key ids causes no more of them.
const PAUSE: Duration = Duration::from_secs(10);
/// How long a client's server may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest set, in octets.
const MAX_OCTETS: usize = 64 * 1024;

/// The sets at hand.
pub struct ClientKeys {
    sets: Mutex<BTreeMap<String, Arc<Set>>>,
    pause: Duration,
}

impl Default for ClientKeys {
    fn default() -> Self {
        Self { sets: Mutex::default(), pause: PAUSE }
    }
}

/// One address's set.
#[derive(Default)]
struct Set {
    held: RwLock<Held>,
    /// One fetch at a time; whoever waited for it takes what it brought.
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Clone, Default)]
struct Held {
    keys: Vec<Value>,
    fetched: Option<Instant>,
    tried: Option<Instant>,
}

impl Held {
    fn has(&self, kid: Option<&str>) -> bool {
        kid.is_none_or(|kid| self.keys.iter().any(|key| key.get("kid").is_some_and(|held| held == kid)))
    }

    /// Whether the set answers for a key without being fetched again.
    fn answers(&self, kid: Option<&str>, now: Instant, pause: Duration) -> bool {
        let young = |life| self.fetched.is_some_and(|fetched| now < fetched + life);
        let just_tried = self.tried.is_some_and(|tried| now < tried + pause);
        young(FRESH) && self.has(kid) || just_tried
    }

    fn keys(self, now: Instant) -> Option<Vec<Value>> {
        self.fetched.is_some_and(|fetched| now < fetched + STALE).then_some(self.keys)
    }
}

impl ClientKeys {
    /// The keys at an address, which hold the one named where the client publishes it. None when they cannot be had.
    pub async fn at(&self, uri: &str, kid: Option<&str>) -> Option<Vec<Value>> {
        let set = self.set(uri);
        let held = set.read();
        if held.answers(kid, Instant::now(), self.pause) {
            return held.keys(Instant::now());
        }
        let _alone = set.fetching.lock().await;
        let mut held = set.read();
        if !held.answers(kid, Instant::now(), self.pause) {
            held.tried = Some(Instant::now());
            match fetch(uri).await {
                Ok(keys) => (held.keys, held.fetched) = (keys, Some(Instant::now())),
                Err(error) => tracing::warn!(uri, error, "the keys of a client could not be fetched"),
            }
            *set.held.write().unwrap_or_else(PoisonError::into_inner) = held.clone();
        }
        held.keys(Instant::now())
    }

    fn set(&self, uri: &str) -> Arc<Set> {
        let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(sets.entry(uri.to_owned()).or_default())
    }
}

impl Set {
    fn read(&self) -> Held {
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// No redirects: the address is the one that is registered. No proxy of the environment: settings are in the file.
async fn fetch(uri: &str) -> Result<Vec<Value>, String> {
    let http =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().timeout(PATIENCE).build();
    let told = |error: reqwest::Error| error.without_url().to_string();
    let mut answer = http.map_err(told)?.get(uri).send().await.map_err(told)?;
    if answer.status() != reqwest::StatusCode::OK {
        return Err(answer.status().as_u16().to_string());
    }
    let mut octets = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(told)? {
        octets.extend_from_slice(&chunk);
        if octets.len() > MAX_OCTETS {
            return Err("longer than 64 KiB".to_owned());
        }
    }
    let text = String::from_utf8(octets).map_err(|_| "not UTF-8".to_owned())?;
    client_key::of_set(&text).ok_or_else(|| "no JWK set with a key by which clients sign".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{Router, extract::State, routing::get};
    use serde_json::json;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn held(kids: &[&str], fetched: Option<Instant>, tried: Option<Instant>) -> Held {
        Held { keys: kids.iter().map(|kid| json!({ "kid": kid })).collect(), fetched, tried }
    }

    #[test]
    fn a_set_is_fetched_again_for_a_new_key_but_not_for_each_invented_one() {
        let start = Instant::now();
        let set = held(&["a"], Some(start), Some(start));
        let answers = |kid, after| set.answers(kid, start + after, PAUSE);
        assert!(!held(&[], None, None).answers(None, start, PAUSE), "nothing is held");
        assert!(answers(Some("a"), PAUSE) && answers(None, PAUSE));
        assert!(answers(Some("b"), PAUSE - Duration::from_secs(1)), "it has just been fetched");
        assert!(!answers(Some("b"), PAUSE), "a key that is not there may be new");
        assert!(!answers(Some("a"), FRESH), "it may have been taken away");
    }

    #[test]
    fn a_set_outlives_trouble_for_a_day_and_no_longer() {
        let start = Instant::now();
        let set = held(&["a"], Some(start), Some(start + STALE));
        assert!(set.clone().keys(start + STALE - Duration::from_secs(1)).is_some());
        assert!(set.keys(start + STALE).is_none());
        assert!(held(&[], None, Some(start)).keys(start).is_none(), "never fetched");
    }

    /// What a client's server answers with, and how often it was asked.
    #[derive(Default)]
    struct Published {
        text: Mutex<String>,
        asked: AtomicUsize,
    }

    async fn publish(published: Arc<Published>) -> String {
        let answer = |State(published): State<Arc<Published>>| async move {
            published.asked.fetch_add(1, Ordering::SeqCst);
            published.text.lock().unwrap().clone()
        };
        let elsewhere = get(|| async { axum::response::Redirect::temporary("/jwks") });
        let routes = Router::new().route("/jwks", get(answer)).route("/moved", elsewhere).with_state(published);
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        address
    }

    /// A set with one key of RFC 7517, A.1, under this name.
    fn set(kid: &str) -> String {
        let (x, y) = ("MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM");
        json!({ "keys": [{ "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": kid }] }).to_string()
    }

    #[tokio::test]
    async fn keys_are_kept_and_fetched_again_when_they_were_rotated() {
        let published = Arc::new(Published::default());
        *published.text.lock().unwrap() = set("old");
        let uri = format!("{}/jwks", publish(Arc::clone(&published)).await);
        let keys = ClientKeys { pause: Duration::ZERO, ..ClientKeys::default() };
        let kids =
            |found: Option<Vec<Value>>| found.map(|keys| keys.iter().map(|key| key["kid"].clone()).collect::<Vec<_>>());
        for kid in [Some("old"), Some("old"), None] {
            assert_eq!(kids(keys.at(&uri, kid).await), Some(vec![json!("old")]));
        }
        assert_eq!(published.asked.load(Ordering::SeqCst), 1, "kept");
        *published.text.lock().unwrap() = set("new");
        assert_eq!(kids(keys.at(&uri, Some("new")).await), Some(vec![json!("new")]));
        *published.text.lock().unwrap() = "out of order".to_owned();
        assert_eq!(kids(keys.at(&uri, Some("newer")).await), Some(vec![json!("new")]), "trouble costs no key");
        assert_eq!(published.asked.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn however_many_ask_at_once_one_fetches() {
        let published = Arc::new(Published::default());
        *published.text.lock().unwrap() = set("k");
        let uri = format!("{}/jwks", publish(Arc::clone(&published)).await);
        let keys = ClientKeys::default();
        let found = futures_util::future::join_all((0..20).map(|_| keys.at(&uri, Some("k")))).await;
        assert!(found.iter().all(Option::is_some));
        assert_eq!(published.asked.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn what_is_no_set_at_its_own_address_is_none() {
        let published = Arc::new(Published::default());
        let address = publish(Arc::clone(&published)).await;
        let keys = || ClientKeys { pause: Duration::ZERO, ..ClientKeys::default() };
        for text in [String::new(), "{}".to_owned(), set("k").repeat(1000)] {
            *published.text.lock().unwrap() = text;
            assert!(keys().at(&format!("{address}/jwks"), None).await.is_none());
        }
        *published.text.lock().unwrap() = set("k");
        assert!(keys().at(&format!("{address}/moved"), None).await.is_none(), "no redirect is followed");
        assert!(keys().at(&format!("{address}/nothing"), None).await.is_none());
        assert!(keys().at("http://127.0.0.1:1/jwks", None).await.is_none(), "nobody there");
    }
}
