//! A withdrawal that a desktop program asks of a brokerage, which relays it to the institution: the same steps as a login.

use crate::first_party::{AccessToken, Attempt, Error, Progress, Purpose, Step, unguessable};
use crate::market::Market;
use amount::{Field, Marks, Refused};
use i18n::Lang;
use operation::Currency;
use reqwest::{Response, StatusCode, header};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use wire::api::withdrawal::{Continue, Destination, State, Withdrawal};
use wire::{Failure, Problem, Reason};

/// How long an answer may take, on top of the seconds for which it is held.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Order {
    /// An exact decimal.
    pub amount: String,
    /// ISO 4217.
    pub currency: String,
    /// Where it goes.
    pub destination: Destination,
    /// The customer's words for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// Reads an amount that somebody typed, by the marks of their language.
///
/// # Errors
/// What to say.
pub fn typed(text: &str, currency: &str, lang: Lang) -> Result<String, String> {
    let known = Currency::parse(currency)
        .map_err(|_| lang.t_with("withdraw-error-unknown-currency", &[("code", currency.into())]))?;
    let field = Field { currency, decimals: u8::try_from(known.exponent()).unwrap_or_default() };
    let marks = Marks::of(lang.tag());
    let number = |decimal: &str| amount::number(decimal, marks);
    match amount::read(text, marks, field) {
        Ok(amount) if amount.minor() > 0 => Ok(amount.to_string()),
        Err(Refused::Unclear(first, second)) => Err(lang
            .t_with("withdraw-error-unclear", &[("first", number(&first).into()), ("second", number(&second).into())])),
        Err(Refused::TooFine(next)) => {
            Err(lang.t_with("withdraw-error-too-fine", &[("example", number(&next.to_string()).into())]))
        }
        Ok(_) | Err(_) => Err(lang.t_with("withdraw-error-amount", &[("example", number("250.00").into())])),
    }
}

/// A withdrawal that was asked for. Clones speak of the same one.
#[derive(Clone)]
pub struct Withdrawing {
    http: reqwest::Client,
    url: String,
    token: AccessToken,
}

impl std::fmt::Debug for Withdrawing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Withdrawing({})", self.url)
    }
}

impl Withdrawing {
    /// Asks for a withdrawal, of a device (by its id) or of the user's choice.
    ///
    /// # Errors
    /// [`Error::Limited`] for a device that may not confirm so much; [`Error::NotTaken`] as the brokerage says; others as
    /// [`Error`] says.
    pub async fn ask(market: &Market, order: &Order) -> Result<(Self, Progress<Box<Withdrawal>>), Error> {
        let (http, url, token) = market.connection();
        let url = format!("{url}/tws/withdrawals");
        let key = format!("\"{}\"", unguessable()?.as_str());
        let request = http.post(&url).bearer_auth(token.expose()).header("idempotency-key", key).json(order);
        let withdrawal = read(request.timeout(PATIENCE).send().await?).await?;
        let this = Self { http, url: format!("{url}/{}", withdrawal.id), token };
        Ok((this, progress(withdrawal)?))
    }

    /// Gives it up, where no device has answered: room and money are free again at once. Else they are when its time is over.
    pub async fn give_up(&self) {
        let request = self.http.post(format!("{}/cancel", self.url)).bearer_auth(self.token.expose());
        let _ = request.timeout(PATIENCE).send().await;
    }
}

impl Attempt for Withdrawing {
    type Done = Box<Withdrawal>;
    const PURPOSE: Purpose = Purpose::Withdrawal;

    async fn step(&self, fields: &[(&str, &str)], wait: u64) -> Result<Progress<Self::Done>, Error> {
        let field = |name: &str| fields.iter().find(|(found, _)| *found == name).map(|(_, value)| (*value).to_owned());
        let body = Continue {
            device_id: field("device_id"),
            method: field("method"),
            response: field("response"),
            wait: (wait > 0).then_some(wait),
        };
        let request = self.http.post(format!("{}/continue", self.url)).bearer_auth(self.token.expose()).json(&body);
        let answer = request.timeout(PATIENCE + Duration::from_secs(wait)).send().await?;
        progress(read(answer).await?)
    }
}

async fn read(answer: Response) -> Result<Withdrawal, Error> {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
    }
    let status = answer.status();
    if status.is_success() {
        return answer.json().await.map_err(|_| Error::Answer("no withdrawal"));
    }
    let wait = answer.headers().get(header::RETRY_AFTER).and_then(|seconds| seconds.to_str().ok()?.parse().ok());
    let octets = answer.bytes().await?;
    let problem: Option<Problem> = serde_json::from_slice(&octets).ok();
    let slug = problem.as_ref().and_then(|problem| problem.kind.strip_prefix("/problems/"));
    let refusal = serde_json::from_slice::<Refusal>(&octets).ok().map(|refusal| refusal.error);
    Err(match (status, slug) {
        (_, Some("device-limit")) => Error::Limited(problem.and_then(|problem| problem.devices).unwrap_or_default()),
        (StatusCode::TOO_MANY_REQUESTS, _) => {
            Error::Throttled { retry_after: wait.or(problem.and_then(|problem| problem.retry_after)).unwrap_or(1) }
        }
        (StatusCode::UNAUTHORIZED, _) => Error::NotTaken("login".to_owned()),
        (StatusCode::UNPROCESSABLE_ENTITY, None) => Error::NotTaken(refusal.unwrap_or_default()),
        (StatusCode::NOT_FOUND, None) => Error::InvalidSession,
        (status, _) if status.is_server_error() => Error::Server { status: status.as_u16() },
        (_, slug) => Error::Protocol {
            error: slug.map(str::to_owned).or(refusal).unwrap_or_else(|| status.to_string()),
            description: problem.and_then(|problem| problem.detail),
        },
    })
}

fn progress(withdrawal: Withdrawal) -> Result<Progress<Box<Withdrawal>>, Error> {
    let ended = |reason| Err(Error::Refused(withdrawal.failure.clone().unwrap_or(Failure::of(reason))));
    match withdrawal.state {
        State::AwaitingConfirmation => Ok(Progress::Step(Step {
            next: withdrawal.next.ok_or(Error::Answer("a withdrawal that waits without a next step"))?,
            expires_in: withdrawal.expires_in.ok_or(Error::Answer("a withdrawal that waits without its time"))?,
            failure: withdrawal.failure,
        })),
        State::Confirmed | State::Settled => Ok(Progress::Done(Box::new(withdrawal))),
        State::Expired => ended(Reason::Expired),
        State::Refused | State::Cancelled => ended(Reason::Denied),
    }
}
