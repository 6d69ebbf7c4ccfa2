//! The HTTP client that the library is given.

use super::ProviderError;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, IssuerUrl};
use std::{error::Error, future::Future, pin::Pin, time::Duration};

/// Longest answer read, in octets; the real ones are a few kilobytes.
const LONGEST: usize = 1 << 20;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why an HTTP request gave nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum HttpError {
    /// The request or the connection.
    #[error(transparent)]
    Request(#[from] reqwest::Error),
    /// More than anybody needs.
    #[error("the answer is too long")]
    TooLong,
    /// An answer that cannot be handed on.
    #[error("the answer is malformed")]
    Malformed,
}

/// reqwest, following no redirects: what is sent is for the address it is sent to.
#[derive(Debug, Clone)]
pub(super) struct Http(reqwest::Client);

impl Http {
    pub(super) fn new(issuer: &IssuerUrl) -> Result<Self, ProviderError> {
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("countersign-brokerage/", env!("CARGO_PKG_VERSION")))
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none());
        if issuer.as_str().starts_with("http://localhost") {
            builder = builder.no_proxy();
        }
        builder.build().map(Self).map_err(|error| ProviderError::Trouble(told(&error)))
    }

    pub(super) fn client(&self) -> &reqwest::Client {
        &self.0
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let answer = self.0.execute(request.try_into()?).await?;
            let mut response = openidconnect::http::Response::builder().status(answer.status());
            for (name, value) in answer.headers() {
                response = response.header(name, value);
            }
            response.body(read(answer).await?).map_err(|_| HttpError::Malformed)
        })
    }
}

/// An answer's body.
pub(super) async fn read(mut answer: reqwest::Response) -> Result<Vec<u8>, HttpError> {
    let mut octets = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if octets.len().saturating_add(chunk.len()) > LONGEST {
            return Err(HttpError::TooLong);
        }
        octets.extend_from_slice(&chunk);
    }
    Ok(octets)
}

/// An error with what it came from, for the log.
pub(super) fn told(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        words = format!("{words}: {cause}");
        source = cause.source();
    }
    words
}
