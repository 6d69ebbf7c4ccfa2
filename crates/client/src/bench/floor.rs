//! A bare server that does as many durable units of work and nothing else: `cargo run -p countersign --example floor`.

use super::{BenchError, figures::Figures, pile};
use reqwest::Url;
use serde::Deserialize;
use std::time::Duration;

/// What a request carries besides its number of units: about as much as a step of a login.
const FILLER: &str =
    "AUx2mS1nYzWq7bqJ0TgkZb5Lw0m4mQ2zq0t8kqJr5oZ8r1m9cQv3Yx7uB2e6Kd4fHn0sPaG1iVwXjRlC5tEoUyM8.challenge_response";

/// Where the bare server is.
#[derive(Debug, Clone)]
pub struct Floor {
    http: reqwest::Client,
    url: Url,
}

#[derive(Deserialize)]
struct Answer {
    units: u32,
}

impl Floor {
    /// The bare server at `url`.
    ///
    /// # Errors
    /// When the URL is none, or no connections can be made at all.
    pub fn new(url: &str) -> Result<Self, BenchError> {
        let url = Url::parse(url).and_then(|url| url.join("units"));
        let url = url.map_err(|error| crate::first_party::Error::Url(error.to_string()))?;
        let http = reqwest::Client::builder().no_proxy().build().map_err(crate::first_party::Error::from)?;
        Ok(Self { http, url })
    }

    /// Sequences of requests with so many units each.
    pub(super) async fn measure(
        &self,
        units: &'static [u32],
        (clients, operations): (usize, usize),
        elapsed: fn() -> Duration,
    ) -> Result<Figures, BenchError> {
        let jobs = std::iter::repeat_with(|| self.clone()).take(operations).collect();
        let work = move |floor: Self| async move { ((), floor.operation(units).await) };
        Ok(pile::work(jobs, clients, work, elapsed).await?.1)
    }

    async fn operation(&self, units: &[u32]) -> Result<(), String> {
        for wanted in units {
            let form = [("units", wanted.to_string()), ("filler", FILLER.to_owned())];
            let answer = self.http.post(self.url.clone()).form(&form).send().await;
            let answer = answer.and_then(reqwest::Response::error_for_status).map_err(|error| error.to_string())?;
            let octets = answer.bytes().await.map_err(|error| error.to_string())?;
            let answer: Answer = serde_json::from_slice(&octets).map_err(|error| error.to_string())?;
            if answer.units != *wanted {
                return Err("another number of units".to_owned());
            }
        }
        Ok(())
    }
}
