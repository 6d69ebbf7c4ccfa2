//! A brokerage's market, by the API that it offers to desktop programs: bearer tokens of the login before.

use crate::first_party::{AccessToken, ServerUrl};
use reqwest::{Method, StatusCode};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::time::Duration;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// What a symbol costs now. Prices are decimals, shown as they come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The symbol.
    pub symbol: String,
    /// Its name.
    pub name: String,
    /// Best price for a seller, if anybody buys.
    pub bid: Option<String>,
    /// Best price for a buyer, if anybody sells.
    pub ask: Option<String>,
    /// The opening price: an exact decimal.
    pub open: String,
}

/// Shares held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The symbol.
    pub symbol: String,
    /// Shares.
    pub quantity: i64,
    /// A share's price.
    pub price: String,
}

/// The account that is traded in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holdings {
    /// Its number.
    pub account: String,
    /// ISO 4217.
    pub currency: String,
    /// Its money.
    pub cash: String,
    /// The part of it that may be spent: an exact decimal.
    pub free: String,
    /// Its shares.
    pub positions: Vec<Position>,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its number.
    pub number: i64,
    /// The symbol.
    pub symbol: String,
    /// `buy` or `sell`.
    pub side: String,
    /// The limit; none for a market order.
    pub limit: Option<String>,
    /// Shares asked for.
    pub quantity: i64,
    /// Shares still wanted.
    pub left: i64,
    /// `open`, `filled` or `cancelled`.
    pub state: String,
}

/// A wish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewOrder {
    /// The symbol.
    pub symbol: String,
    /// `buy` or `sell`.
    pub side: &'static str,
    /// Shares.
    pub quantity: i64,
    /// The limit; none for a market order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
}

/// Everything that a desk shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Board {
    /// Prices.
    pub quotes: Vec<Quote>,
    /// The account.
    #[serde(flatten)]
    pub holdings: Holdings,
    /// Its orders, open ones first.
    pub orders: Vec<Order>,
}

/// Why the market gives nothing.
#[derive(Debug, thiserror::Error)]
pub enum MarketError {
    /// The token is not taken, or not any more.
    #[error("the brokerage wants a new login")]
    Login,
    /// It does not do what is asked: `cash`, `shares`, `quantity`, `limit`, `symbol` or `order`.
    #[error("the brokerage refuses: {0}")]
    Refused(String),
    /// It answers something else.
    #[error("the brokerage answers with status {0}")]
    Status(u16),
    /// It cannot be reached, or what it says cannot be read.
    #[error("the brokerage does not answer as it should: {0}")]
    Connection(#[from] reqwest::Error),
}

/// The market of a brokerage, for one login. Cheap to clone.
#[derive(Clone)]
pub struct Market {
    http: reqwest::Client,
    url: String,
    token: AccessToken,
}

impl std::fmt::Debug for Market {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Market({})", self.url)
    }
}

impl Market {
    /// The market at an address, with the access token of a login.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn at(url: &ServerUrl, token: AccessToken) -> Result<Self, MarketError> {
        let mut http = reqwest::Client::builder()
            .user_agent(concat!("countersign-client/", env!("CARGO_PKG_VERSION")))
            .timeout(PATIENCE)
            // A redirect could carry the token elsewhere.
            .redirect(reqwest::redirect::Policy::none());
        if url.is_on_this_machine() {
            http = http.no_proxy();
        }
        Ok(Self { http: http.build()?, url: url.as_str().to_owned(), token })
    }

    /// What else may be asked of the same brokerage: by which connections, where, with what.
    pub(crate) fn connection(&self) -> (reqwest::Client, String, AccessToken) {
        (self.http.clone(), self.url.clone(), self.token.clone())
    }

    /// Prices, the account and its orders.
    ///
    /// # Errors
    /// [`MarketError`].
    pub async fn board(&self) -> Result<Board, MarketError> {
        #[derive(Deserialize)]
        struct Quotes {
            quotes: Vec<Quote>,
        }
        #[derive(Deserialize)]
        struct Orders {
            orders: Vec<Order>,
        }
        let quotes: Quotes = self.read("quotes").await?;
        let holdings: Holdings = self.read("positions").await?;
        let orders: Orders = self.read("orders").await?;
        Ok(Board { quotes: quotes.quotes, holdings, orders: orders.orders })
    }

    /// Places an order.
    ///
    /// # Errors
    /// [`MarketError`].
    pub async fn place(&self, order: &NewOrder) -> Result<Order, MarketError> {
        let answer = self.request(Method::POST, "orders").json(order).send().await?;
        Ok(checked(answer).await?.json().await?)
    }

    /// Takes an open order back.
    ///
    /// # Errors
    /// [`MarketError`].
    pub async fn cancel(&self, number: i64) -> Result<(), MarketError> {
        checked(self.request(Method::DELETE, &format!("orders/{number}")).send().await?).await.map(|_| ())
    }

    async fn read<T: DeserializeOwned>(&self, what: &str) -> Result<T, MarketError> {
        Ok(checked(self.request(Method::GET, what).send().await?).await?.json().await?)
    }

    fn request(&self, method: Method, what: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}/api/{what}", self.url)).bearer_auth(self.token.expose())
    }
}

async fn checked(answer: reqwest::Response) -> Result<reqwest::Response, MarketError> {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
    }
    match answer.status() {
        status if status.is_success() => Ok(answer),
        StatusCode::UNAUTHORIZED => Err(MarketError::Login),
        StatusCode::UNPROCESSABLE_ENTITY | StatusCode::NOT_FOUND => {
            Err(MarketError::Refused(answer.json::<Refusal>().await?.error))
        }
        status => Err(MarketError::Status(status.as_u16())),
    }
}
