//! The institution's card processor, spoken to as `docs/card-processor.md` says.

use domain::Secret;
use reqwest::{Method, StatusCode, Url, redirect::Policy};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::time::Duration;
use wire::phone::cards::{Card, CardState};

/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_secs(8);
/// Longest answer, in octets.
const LONGEST: usize = 256 * 1024;

/// The card processor.
pub struct CardProcessor {
    http: reqwest::Client,
    base: Url,
    secret: Secret<String>,
}

/// Why the processor did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// The institution has no cards here.
    #[error("there are no cards here")]
    NoCards,
    /// It cannot be reached, or its answer makes no sense. Whether it did what was asked is not known.
    #[error("the card processor cannot be reached")]
    Unreachable,
    /// No such card of this user.
    #[error("there is no such card of this user")]
    UnknownCard,
    /// No such payment that could be authorised.
    #[error("there is no such declined payment of this card, or it cannot be authorised any more")]
    UnknownPayment,
    /// The card does not pay.
    #[error("the card is not active")]
    NotActive,
    /// The amount is no whole number of the currency's units.
    #[error("the amount must be a whole number, without a fraction")]
    NotWhole,
    /// The card pays that without asking.
    #[error("up to {0} the card pays at once; nothing need be pre-authorised")]
    NotNeeded(String),
    /// There is not so much money.
    #[error("no more than {0} is available")]
    InsufficientFunds(String),
    /// The payment is not the one that was confirmed.
    #[error("the payment is not the one that was shown")]
    Changed,
}

/// A user's cards, and how long what is allowed beforehand stands.
#[derive(Debug, Clone, Deserialize)]
pub struct Cards {
    /// The cards.
    pub cards: Vec<Card>,
    window_seconds: u64,
}

impl Cards {
    /// How long what is allowed beforehand stands, in whole minutes.
    pub fn minutes(&self) -> u32 {
        u32::try_from(self.window_seconds / 60).unwrap_or(u32::MAX)
    }

    /// The card of this id, where it is the user's.
    pub fn find(&self, id: &str) -> Result<&Card, CardError> {
        self.cards.iter().find(|card| card.id == id).ok_or(CardError::UnknownCard)
    }

    /// [`Self::find`], where the card pays.
    pub fn active(&self, id: &str) -> Result<&Card, CardError> {
        let card = self.find(id)?;
        if card.state == CardState::Active { Ok(card) } else { Err(CardError::NotActive) }
    }
}

/// A promise of the processor.
#[derive(Debug, Clone, Deserialize)]
pub struct Promise {
    /// Until when it stands, Unix seconds.
    pub expires_at: i64,
}

/// What an error says of itself.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    error: String,
    available: String,
    limit: String,
}

impl CardProcessor {
    /// At an address, with the secret that opens it. None when the address is none.
    pub fn new(url: &str, secret: Secret<String>) -> Option<Self> {
        // No redirects: the secret is for this address. No proxy of the environment: settings are in the file.
        let http = reqwest::Client::builder().redirect(Policy::none()).no_proxy().timeout(PATIENCE).build().ok()?;
        let base = Url::parse(url).ok().filter(|base| !base.cannot_be_a_base())?;
        Some(Self { http, base, secret })
    }

    /// A user's cards.
    pub async fn cards(&self, user: &str) -> Result<Cards, CardError> {
        let mut url = self.url(&["cards"]);
        url.query_pairs_mut().append_pair("user", user);
        self.answer(self.http.request(Method::GET, url)).await
    }

    /// Allows one large purchase.
    pub async fn preauthorise(
        &self,
        (user, key): (&str, &str),
        card: &str,
        (amount, currency): (&str, &str),
    ) -> Result<Promise, CardError> {
        let body = json!({ "user": user, "amount": amount, "currency": currency });
        self.post(&["cards", card, "preauthorisations"], key, &body).await
    }

    /// Lets a declined payment be tried again. What was shown of it is sent along, so that no other is.
    pub async fn authorise(
        &self,
        (user, key): (&str, &str),
        (card, payment): (&str, &str),
        (merchant, amount, currency): (&str, &str, &str),
    ) -> Result<Promise, CardError> {
        let body = json!({ "user": user, "merchant": merchant, "amount": amount, "currency": currency });
        self.post(&["cards", card, "payments", payment, "authorise"], key, &body).await
    }

    /// Blocks a card.
    pub async fn block(&self, (user, key): (&str, &str), card: &str) -> Result<Card, CardError> {
        self.post(&["cards", card, "block"], key, &json!({ "user": user })).await
    }

    async fn post<T: DeserializeOwned>(&self, path: &[&str], key: &str, body: &Value) -> Result<T, CardError> {
        // What the phone names and no processor would call a card is not sent.
        if !path.iter().all(|segment| is_id(segment)) {
            return Err(CardError::UnknownCard);
        }
        let request = self.http.request(Method::POST, self.url(path)).header("Idempotency-Key", key).json(body);
        self.answer(request).await
    }

    fn url(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        // A base can have segments.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["processor", "v1"]).extend(path);
        }
        url
    }

    async fn answer<T: DeserializeOwned>(&self, request: reqwest::RequestBuilder) -> Result<T, CardError> {
        let unreachable = |why: String| {
            tracing::warn!(why, "the card processor");
            CardError::Unreachable
        };
        let sent = request.bearer_auth(self.secret.expose()).send().await;
        let mut response = sent.map_err(|error| unreachable(error.without_url().to_string()))?;
        let (status, mut octets) = (response.status(), Vec::new());
        while let Some(chunk) = response.chunk().await.map_err(|error| unreachable(error.without_url().to_string()))? {
            octets.extend_from_slice(&chunk);
            if octets.len() > LONGEST {
                return Err(unreachable("its answer is too long".to_owned()));
            }
        }
        if status.is_success() {
            return serde_json::from_slice(&octets).map_err(|error| unreachable(error.to_string()));
        }
        let said: Said = serde_json::from_slice(&octets).unwrap_or_default();
        refusal(status, said).ok_or_else(|| unreachable(status.to_string())).and_then(Err)
    }
}

/// The form of the processor's ids.
fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// What an error means to the user; none where it is trouble between the two servers.
fn refusal(status: StatusCode, said: Said) -> Option<CardError> {
    if !status.is_client_error() {
        return None;
    }
    Some(match said.error.as_str() {
        "unknown-card" => CardError::UnknownCard,
        "unknown-payment" => CardError::UnknownPayment,
        "card-not-active" => CardError::NotActive,
        "not-whole" => CardError::NotWhole,
        "not-needed" => CardError::NotNeeded(said.limit),
        "insufficient-funds" => CardError::InsufficientFunds(said.available),
        "changed" => CardError::Changed,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_below_the_base() {
        for (base, path) in [
            ("https://cards.example", "/processor/v1/cards"),
            ("https://cards.example/", "/processor/v1/cards"),
            ("http://localhost:8081/sub/", "/sub/processor/v1/cards"),
        ] {
            let processor = CardProcessor::new(base, Secret::new("s".to_owned())).unwrap();
            assert_eq!(processor.url(&["cards"]).path(), path);
        }
        assert!(CardProcessor::new("cards", Secret::new("s".to_owned())).is_none());
        for bad in ["", "..", "a/b", "a b", "карта", &"a".repeat(65)] {
            assert!(!is_id(bad), "{bad}");
        }
        assert!(is_id("card-alice-4417"));
    }

    #[test]
    fn an_error_that_says_nothing_is_trouble() {
        let said = |error: &str| Said { error: error.to_owned(), ..Said::default() };
        assert_eq!(refusal(StatusCode::NOT_FOUND, said("unknown-card")), Some(CardError::UnknownCard));
        for (status, error) in [
            (StatusCode::UNAUTHORIZED, "unauthorized"),
            (StatusCode::NOT_FOUND, ""),
            (StatusCode::CONFLICT, "key-used"),
            (StatusCode::BAD_GATEWAY, "unknown-card"),
        ] {
            assert_eq!(refusal(status, said(error)), None, "{status} {error}");
        }
    }
}
