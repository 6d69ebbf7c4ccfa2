//! SMS by the institution's gateway: one HTTPS request a message (docs/messages.md).

use super::answer::{Answer, cause, retry_after};
use domain::{Secret, Timestamp};
use reqwest::{StatusCode, Url, header::HeaderMap};
use serde::Serialize;
use std::time::Duration;

/// How long the gateway may take to answer: less than a node has a delivery for itself.
const PATIENCE: Duration = Duration::from_secs(15);

/// An SMS.
#[derive(Debug, Serialize)]
pub struct Text<'a> {
    /// Its id: the same each time it is tried.
    pub id: &'a str,
    /// The phone number, as it is registered.
    pub to: &'a str,
    /// The words.
    pub text: &'a str,
    /// Their language, a BCP 47 tag.
    pub lang: &'a str,
}

/// The gateway.
pub struct Sms {
    url: Url,
    secret: Secret<String>,
    http: reqwest::Client,
}

impl Sms {
    /// The gateway at an address, opened by a secret.
    pub fn new(url: Url, secret: Secret<String>) -> reqwest::Result<Self> {
        // A redirect or a proxy of the environment would show secret and codes to somebody else.
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(PATIENCE)
            .build()?;
        Ok(Self { url, secret, http })
    }

    /// Hands over an SMS.
    pub async fn send(&self, text: &Text<'_>, now: Timestamp) -> Answer {
        let request = self
            .http
            .post(self.url.clone())
            .bearer_auth(self.secret.expose())
            .header("Idempotency-Key", text.id)
            .json(text);
        match request.send().await {
            // Its body is nobody's business, and is not read.
            Ok(response) => judged(response.status(), response.headers(), now),
            Err(error) => Answer::Later(cause(&error.without_url()), None),
        }
    }
}

fn judged(status: StatusCode, headers: &HeaderMap, now: Timestamp) -> Answer {
    let why = status.as_u16().to_string();
    match status {
        status if status.is_success() => Answer::Taken,
        // The secret is wrong, which is no fault of the message: an operator can mend it while the message is of use.
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Answer::Later(why, retry_after(headers, now)),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => Answer::Later(why, retry_after(headers, now)),
        status if status.is_server_error() => Answer::Later(why, retry_after(headers, now)),
        _ => Answer::Refused(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderValue, RETRY_AFTER};

    #[test]
    fn every_answer_means_one_thing() {
        let judge = |status: u16, after: Option<&'static str>| {
            let headers = after.map(|after| (RETRY_AFTER, HeaderValue::from_static(after)));
            let now = Timestamp::from_unix_seconds(784_111_777);
            judged(StatusCode::from_u16(status).unwrap(), &headers.into_iter().collect(), now)
        };
        for status in [200, 201, 202, 204] {
            assert_eq!(judge(status, None), Answer::Taken);
        }
        for status in [301, 307, 400, 404, 409, 413, 422] {
            assert_eq!(judge(status, Some("1")), Answer::Refused(status.to_string()));
        }
        for status in [401, 403, 408, 429, 500, 503] {
            assert_eq!(judge(status, None), Answer::Later(status.to_string(), None));
            let later = Answer::Later(status.to_string(), Some(Duration::from_secs(10)));
            assert_eq!(judge(status, Some("Sun, 06 Nov 1994 08:49:47 GMT")), later);
        }
    }
}
