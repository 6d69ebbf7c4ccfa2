//! Handing a message to a push service (RFC 8030, 5), and what its answer means.

use super::{EncryptError, Policy, Target, Vapid, VapidError, encrypt::encrypt};
use crate::{
    app::random,
    notify::answer::{cause, retry_after},
};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use domain::{Secret, Timestamp};
use reqwest::{
    StatusCode,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{self, HeaderMap},
};
use std::{net::SocketAddr, sync::Arc, time::Duration};

/// How long a push service may take to answer: less than a node has a delivery for itself.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why the sender does not start.
#[derive(Debug, thiserror::Error)]
pub enum WebPushError {
    /// Its key.
    #[error(transparent)]
    Vapid(#[from] VapidError),
    /// Its HTTP client.
    #[error("the HTTP client for pushes: {0}")]
    Http(#[from] reqwest::Error),
}

/// A message to be sent.
#[derive(Debug, Clone)]
pub struct Message<'a> {
    /// The octets to encrypt for the phone.
    pub text: &'a [u8],
    /// How long the push service may keep it for a phone that is off.
    pub ttl: Duration,
    /// It takes the place of an undelivered one of the same topic (RFC 8030, 5.4). At most 32 characters of base64url.
    pub topic: &'a str,
}

/// What a push service made of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It takes care of it. Whether it is delivered is not known.
    Accepted,
    /// The subscription is over.
    Gone,
    /// It will not take this one.
    Refused(String),
    /// It may take it another time; not before this, where it says so.
    Later(String, Option<Duration>),
}

/// The sender.
pub struct WebPush {
    policy: Policy,
    vapid: Vapid,
    http: reqwest::Client,
}

impl WebPush {
    /// With the installation's kept key.
    pub fn new(policy: Policy, contact: &str, key: &Secret<Vec<u8>>) -> Result<Self, WebPushError> {
        let resolver = Arc::new(Checked { policy: policy.clone() });
        // A redirect would lead past the policy, and so would a proxy of the environment.
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(resolver)
            .timeout(PATIENCE)
            .build()?;
        Ok(Self { policy, vapid: Vapid::new(key, contact)?, http })
    }

    /// What the configuration says of endpoints.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The public key that browsers subscribe for.
    pub fn server_key(&self) -> &str {
        self.vapid.public()
    }

    /// Sends a message. Salt and key are new each time.
    pub async fn send(&self, to: &Target, message: &Message<'_>, now: Timestamp) -> Answer {
        let origin = to.endpoint.origin();
        let made = sealed(message.text, to).and_then(|body| Ok((body, self.vapid.authorization(origin, now)?)));
        let (body, authorization) = match made {
            Ok(made) => made,
            Err(error) => return Answer::Refused(error.to_string()),
        };
        let request = self
            .http
            .post(to.endpoint.expose())
            .header(header::AUTHORIZATION, authorization)
            .header(header::CONTENT_ENCODING, "aes128gcm")
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .header("TTL", message.ttl.as_secs())
            .header("Urgency", "high")
            .header("Topic", message.topic)
            .body(body);
        match request.send().await {
            // Its body is nobody's business, and is not read.
            Ok(response) => judged(response.status(), response.headers(), now),
            // The address is the subscription's secret.
            Err(error) => Answer::Later(cause(&error.without_url()), None),
        }
    }
}

/// Why no request was made.
#[derive(Debug, thiserror::Error)]
enum Unmade {
    #[error(transparent)]
    Encrypt(#[from] EncryptError),
    #[error(transparent)]
    Vapid(#[from] VapidError),
}

fn sealed(text: &[u8], to: &Target) -> Result<Vec<u8>, Unmade> {
    let ours = PrivateKey::generate(&ECDH_P256).map_err(|_| EncryptError::Failed)?;
    Ok(encrypt(text, &to.keys, &ours, random())?)
}

fn judged(status: StatusCode, headers: &HeaderMap, now: Timestamp) -> Answer {
    let why = status.as_u16().to_string();
    match status {
        status if status.is_success() => Answer::Accepted,
        StatusCode::NOT_FOUND | StatusCode::GONE => Answer::Gone,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => Answer::Later(why, retry_after(headers, now)),
        status if status.is_server_error() => Answer::Later(why, retry_after(headers, now)),
        _ => Answer::Refused(why),
    }
}

/// Resolves names, and gives only addresses that the policy lets a connection go to: what is checked is what is
/// connected to, so a name that leads elsewhere a moment later leads nowhere.
struct Checked {
    policy: Policy,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.policy.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> =
                found.filter(|address| policy.may_reach(name.as_str(), address.ip())).collect();
            if allowed.is_empty() {
                return Err("the name leads to no public address".into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::webpush::Keys;

    fn policy(loopback: bool) -> Policy {
        Policy { services: Vec::new(), loopback }
    }

    #[tokio::test]
    async fn a_name_leads_only_where_a_connection_may_go() {
        let resolve = |loopback| Checked { policy: policy(loopback) }.resolve("localhost".parse().unwrap());
        assert!(resolve(true).await.unwrap().all(|address| address.ip().is_loopback()));
        assert!(resolve(false).await.is_err());
    }

    /// The endpoint passed once; what it leads to now is not where pushes may go.
    #[tokio::test]
    async fn nothing_connects_to_what_the_name_must_not_lead_to() {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://localhost:{}/x", listener.local_addr().unwrap().port());
        let point = PrivateKey::generate(&ECDH_P256).unwrap().compute_public_key().unwrap();
        let keys = [point.as_ref(), &[7; 16]].concat().try_into().unwrap();
        let to = Target { endpoint: policy(true).endpoint(&url).unwrap(), keys: Keys::of_octets(&keys).unwrap() };
        let sender = WebPush::new(policy(false), "mailto:a@b.c", &Vapid::new_key().unwrap()).unwrap();
        let message = Message { text: b"x", ttl: Duration::from_secs(1), topic: "x" };
        let answer = sender.send(&to, &message, Timestamp::from_unix_seconds(1_700_000_000)).await;
        assert_eq!(answer, Answer::Later("the name leads to no public address".to_owned(), None));
        assert!(futures_util::FutureExt::now_or_never(listener.accept()).is_none(), "nobody came");
        assert!(Target::of_octets(&to.octets(), sender.policy()).is_err(), "and a stored one is checked again");
    }

    #[test]
    fn every_answer_means_one_thing() {
        let now = Timestamp::from_unix_seconds(784_111_777);
        let judge = |status: u16, after: Option<&'static str>| {
            let headers = after.map(|after| (header::RETRY_AFTER, header::HeaderValue::from_static(after)));
            judged(StatusCode::from_u16(status).unwrap(), &headers.into_iter().collect(), now)
        };
        for status in [200, 201, 202, 204] {
            assert_eq!(judge(status, None), Answer::Accepted);
        }
        for status in [404, 410] {
            assert_eq!(judge(status, Some("1")), Answer::Gone);
        }
        for status in [301, 307, 400, 401, 403, 413, 422] {
            assert_eq!(judge(status, Some("1")), Answer::Refused(status.to_string()));
        }
        let later =
            |status: u16, seconds: Option<u64>| Answer::Later(status.to_string(), seconds.map(Duration::from_secs));
        assert_eq!(judge(429, Some("120")), later(429, Some(120)));
        assert_eq!(judge(503, Some(" 7 ")), later(503, Some(7)));
        assert_eq!(judge(503, Some("Sun, 06 Nov 1994 08:49:47 GMT")), later(503, Some(10)));
        assert_eq!(judge(429, Some("Sun, 06 Nov 1994 08:49:27 GMT")), later(429, Some(0)), "it is over");
        for (status, after) in [(500, None), (408, None), (429, Some("soon")), (429, Some("-1"))] {
            assert_eq!(judge(status, after), later(status, None));
        }
    }
}
