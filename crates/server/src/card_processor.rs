//! The institution's card processor, spoken to as `docs/card-processor.md` says.

use domain::Secret;
use operation::{Amount, Currency, Money, Text};
use reqwest::{Method, StatusCode, Url, redirect::Policy};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::time::Duration;
use wire::phone::cards::{Card, CardState, Declined, Preauthorisation};

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
    /// The processor's words for it would not be shown as they are: what is not seen is not signed.
    #[error("the card processor calls the payment what cannot be shown as it is, so nobody is asked to confirm it")]
    NotShown,
    /// The payment is not the one that was confirmed.
    #[error("the payment is not the one that was shown")]
    Changed,
}

/// A user's cards, and how long what is allowed beforehand stands.
#[derive(Debug, Clone)]
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

/// A processor that writes no amounts is as good as none.
fn no_amounts() -> CardError {
    tracing::warn!("the card processor tells of a card whose id, currency or amounts are none");
    CardError::Unreachable
}

/// What the processor tells of a user's cards, before it is read.
#[derive(Deserialize)]
struct ToldCards {
    cards: Vec<ToldCard>,
    window_seconds: u64,
}

/// What it tells of a card: texts that a merchant, a bank or a thief of either may have written.
#[derive(Deserialize)]
struct ToldCard {
    id: String,
    label: String,
    last_four: String,
    state: CardState,
    currency: String,
    available: String,
    limit: String,
    #[serde(default)]
    preauthorisation: Option<Preauthorisation>,
    declined: Vec<ToldPayment>,
}

/// What it tells of a declined payment.
#[derive(Deserialize)]
struct ToldPayment {
    id: String,
    merchant: String,
    amount: String,
    currency: String,
    at: i64,
}

impl ToldCard {
    /// The card, its words fenced; none where its id or its amounts are none.
    fn read(self) -> Option<Card> {
        let currency = Currency::parse(&self.currency).ok()?;
        let held = self.preauthorisation.as_ref().map(|open| &open.amount);
        let written = |text: &String| Money::parse_balance(text, currency).is_ok();
        if !is_id(&self.id) || ![Some(&self.available), Some(&self.limit), held].into_iter().flatten().all(written) {
            return None;
        }
        Some(Card {
            id: self.id,
            label: Text::fenced(&self.label),
            last_four: Text::fenced(&self.last_four),
            state: self.state,
            currency: self.currency,
            available: self.available,
            limit: self.limit,
            preauthorisation: self.preauthorisation,
            declined: self.declined.into_iter().filter_map(ToldPayment::read).collect(),
        })
    }
}

impl ToldPayment {
    /// The payment. Its merchant is fenced, so that its owner sees that there was one, and is not asked to sign it.
    fn read(self) -> Option<Declined> {
        let amount = Amount::parse(&self.amount, &self.currency);
        let amount = amount.inspect_err(|why| tracing::warn!(%why, "a declined payment that is not listed")).ok()?;
        let merchant = Text::fenced(&self.merchant);
        is_id(&self.id).then_some(Declined { id: self.id, merchant, amount, at: self.at })
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
        let told: ToldCards = self.answer(self.http.request(Method::GET, url)).await?;
        let cards = told.cards.into_iter().map(ToldCard::read).collect::<Option<_>>().ok_or_else(no_amounts)?;
        Ok(Cards { cards, window_seconds: told.window_seconds })
    }

    /// Allows one large purchase.
    pub async fn preauthorise(
        &self,
        (user, key): (&str, &str),
        card: &str,
        most: &Amount,
    ) -> Result<Promise, CardError> {
        let body = json!({ "user": user, "amount": most.digits(), "currency": most.currency() });
        self.post(&["cards", card, "preauthorisations"], key, &body).await
    }

    /// Lets a declined payment be tried again. What was shown of it is sent along, so that no other is.
    pub async fn authorise(
        &self,
        (user, key): (&str, &str),
        (card, payment): (&str, &str),
        (merchant, amount): (&str, &Amount),
    ) -> Result<Promise, CardError> {
        let (amount, currency) = (amount.digits(), amount.currency());
        let body = json!({ "user": user, "merchant": merchant, "amount": amount, "currency": currency });
        self.post(&["cards", card, "payments", payment, "authorise"], key, &body).await
    }

    /// Blocks a card.
    pub async fn block(&self, (user, key): (&str, &str), card: &str) -> Result<Card, CardError> {
        let told: ToldCard = self.post(&["cards", card, "block"], key, &json!({ "user": user })).await?;
        told.read().ok_or_else(no_amounts)
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

    fn told(change: impl Fn(&mut Value)) -> Option<Card> {
        let mut card = json!({
            "id": "card-1", "label": "Debit", "last_four": "4417", "state": "active", "currency": "USD",
            "available": "-12.50", "limit": "250.00", "preauthorisation": { "amount": "500.00", "expires_at": 0 },
            "declined": [{ "id": "p1", "merchant": "Books", "amount": "900.50", "currency": "USD", "at": 0 }],
        });
        change(&mut card);
        serde_json::from_value::<ToldCard>(card).unwrap().read()
    }

    /// Whatever a merchant calls itself, its name stands on the phone as it is, or is fenced and then never signed.
    #[test]
    fn what_a_processor_says_is_shown_as_it_is_or_fenced() {
        let plain = told(|_| {}).unwrap();
        assert_eq!((plain.declined[0].merchant.as_str(), plain.label.as_str()), ("Books", "Debit"));
        assert_eq!(plain.declined[0].amount.to_string(), "900.50 USD");
        for merchant in ["Books \u{202e}00.5 DSU\u{202c} (refund)", "Bo\u{200b}oks", "a\nb", " ", &"x".repeat(141)] {
            let card = told(|card| card["declined"][0]["merchant"] = json!(merchant)).unwrap();
            let shown = &card.declined[0].merchant;
            assert!(shown.as_str().contains('\u{fffd}') && Text::<140>::parse(shown.as_str()).is_err(), "{shown:?}");
        }
        let card = told(|card| card["label"] = json!("De\u{202e}bit")).unwrap();
        assert_eq!(card.label.as_str(), "De\u{fffd}bit");
    }

    #[test]
    fn money_of_a_processor_is_money_or_nothing() {
        for (amount, currency) in
            [("1.2345", "USD"), ("100.50", "JPY"), ("1.00", "ZZZ"), ("0.00", "USD"), ("-1", "USD")]
        {
            let card = told(|card| {
                card["declined"][0]["amount"] = json!(amount);
                card["declined"][0]["currency"] = json!(currency);
            });
            assert!(card.unwrap().declined.is_empty(), "{amount} {currency}");
        }
        for (member, text) in
            [("currency", "ZZZ"), ("currency", "JPY"), ("available", "much"), ("limit", "1.2345"), ("id", "a/b")]
        {
            assert!(told(|card| card[member] = json!(text)).is_none(), "{member} {text}");
        }
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
