//! Who is on the other side of the connection: the address that buckets, places and what a phone shows are about. It is
//! found once for each request, and never guessed: what a trusted proxy writes and cannot be read is refused.

use super::{caller::Input, forwarded};
use crate::http::{
    Shared,
    problem::{ApiProblem, Slug},
};
use crate::{
    app::App,
    config::{ForwardedHeader, Network},
    flow::Origin,
    seldom::Seldom,
};
use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    http::{Extensions, HeaderMap, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

/// Characters of a user agent that are kept.
const AGENT_LENGTH: usize = 200;
/// How often the log says that a proxy's words are of no use: every request may be such a one.
const TOLD_EVERY: Duration = Duration::from_secs(60);

/// The address of the client of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ClientAddress(IpAddr);

/// Finds the client's address, or refuses the request.
pub async fn known(State(app): State<Shared>, mut request: Request, next: Next) -> Response {
    let connected = connected(request.extensions());
    let settings = &app.settings;
    let path = request.uri().path();
    match client_address(connected, request.headers(), &settings.trusted_proxies, settings.forwarded_header) {
        Ok(address) => {
            // Whoever watches over the server from the proxy's machine speaks for itself.
            let probe = matches!(path, "/healthz" | "/readyz");
            if address == connected && is_trusted(connected, &settings.trusted_proxies) && !probe {
                let words = "a trusted proxy does not say whom it speaks for: all who come by it are one";
                tell(&app, &app.warnings.silent_proxy, connected, words);
            }
            tracing::Span::current().record("address", tracing::field::display(address));
            request.extensions_mut().insert(ClientAddress(address));
            next.run(request).await
        }
        Err(why) => {
            tell(&app, &app.warnings.unreadable_proxy, connected, why.words());
            let detail = "the proxy before this server does not say readably where the request comes from";
            ApiProblem { detail: Some(detail.to_owned()), ..ApiProblem::from(Slug::BadRequest) }.into_response()
        }
    }
}

fn tell(app: &App, warning: &Seldom, proxy: IpAddr, words: &str) {
    if warning.may_be_said(app.now(), TOLD_EVERY) {
        tracing::warn!(%proxy, "{words}; docs/proxies.md says what a proxy has to write");
    }
}

fn connected(extensions: &Extensions) -> IpAddr {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).to_canonical()
}

impl Input for Origin {}

impl FromRequestParts<Arc<App>> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _app: &Arc<App>) -> Result<Self, Infallible> {
        let found = parts.extensions.get::<ClientAddress>().map(|ClientAddress(address)| *address);
        Ok(Self { address: found.unwrap_or_else(|| connected(&parts.extensions)), agent: agent(&parts.headers) })
    }
}

/// Why nobody can say whose request it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nobody {
    Unreadable,
    Contradicting,
}

impl Nobody {
    fn words(self) -> &'static str {
        match self {
            Self::Unreadable => {
                "a trusted proxy says whom it speaks for in a form that cannot be read: the request is refused"
            }
            Self::Contradicting => {
                "X-Forwarded-For and Forwarded differ: the request is refused; http.forwarded_header says which one counts"
            }
        }
    }
}

/// The address of the client: the connection's, or, behind trusted proxies, the last one they name that is not itself a
/// trusted proxy. What stands before that one was written by the client and is not looked at.
fn client_address(
    connected: IpAddr,
    headers: &HeaderMap,
    trusted: &[Network],
    header: ForwardedHeader,
) -> Result<IpAddr, Nobody> {
    if !is_trusted(connected, trusted) {
        return Ok(connected);
    }
    let walk = |hops: Option<Vec<_>>| hops.map(|hops| last_untrusted(connected, hops, trusted)).transpose();
    let (x_forwarded_for, forwarded) = match header {
        ForwardedHeader::XForwardedFor => (walk(forwarded::x_forwarded_for(headers))?, None),
        ForwardedHeader::Forwarded => (None, walk(forwarded::forwarded(headers))?),
        ForwardedHeader::Either => (walk(forwarded::x_forwarded_for(headers))?, walk(forwarded::forwarded(headers))?),
    };
    match (x_forwarded_for, forwarded) {
        (Some(one), Some(other)) if one != other => Err(Nobody::Contradicting),
        (Some(address), _) | (None, Some(address)) => Ok(address),
        (None, None) => Ok(connected),
    }
}

fn last_untrusted(
    connected: IpAddr,
    hops: Vec<Result<IpAddr, forwarded::Unreadable>>,
    trusted: &[Network],
) -> Result<IpAddr, Nobody> {
    let mut address = connected;
    for hop in hops {
        address = hop.map_err(|forwarded::Unreadable| Nobody::Unreadable)?;
        if !is_trusted(address, trusted) {
            break;
        }
    }
    Ok(address)
}

fn is_trusted(address: IpAddr, trusted: &[Network]) -> bool {
    trusted.iter().any(|network| network.contains(address))
}

fn agent(headers: &HeaderMap) -> String {
    let text = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.chars().take(AGENT_LENGTH).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderName;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap())).collect()
    }

    fn found(connected: &str, pairs: &[(&str, &str)], header: ForwardedHeader) -> Result<IpAddr, Nobody> {
        let trusted = ["10.0.0.0/8", "fd00::/8"].map(|network| network.parse().unwrap());
        client_address(ip(connected), &headers(pairs), &trusted, header)
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let from = |connected, value| found(connected, &[("x-forwarded-for", value)], ForwardedHeader::Either);
        for (connected, value, wanted) in [
            ("203.0.113.9", "198.51.100.1", Ok("203.0.113.9")),
            ("203.0.113.9", "rubbish", Ok("203.0.113.9")),
            ("10.0.0.1", "192.0.2.66, 198.51.100.1", Ok("198.51.100.1")),
            ("10.0.0.1", "rubbish, 198.51.100.1:4000, 10.9.9.9", Ok("198.51.100.1")),
            ("10.0.0.1", "198.51.100.1, [fd00::1]:80", Ok("198.51.100.1")),
            ("10.0.0.1", "::ffff:198.51.100.1", Ok("198.51.100.1")),
            ("10.0.0.1", "10.0.0.3, 10.0.0.2", Ok("10.0.0.3")),
            ("10.0.0.1", "198.51.100.1,", Ok("198.51.100.1")),
            ("fd12::1", "2001:db8::1", Ok("2001:db8::1")),
            ("10.0.0.1", "rubbish", Err(Nobody::Unreadable)),
            ("10.0.0.1", "198.51.100.1, unknown", Err(Nobody::Unreadable)),
            ("10.0.0.1", "198.51.100.1, rubbish, 10.0.0.2", Err(Nobody::Unreadable)),
            ("10.0.0.1", ",", Ok("10.0.0.1")),
        ] {
            assert_eq!(from(connected, value), wanted.map(ip), "{connected} {value}");
        }
        assert_eq!(found("10.0.0.1", &[], ForwardedHeader::Either), Ok(ip("10.0.0.1")));
    }

    /// A proxy that writes one of the two headers hands on what a customer wrote into the other.
    #[test]
    fn no_customer_chooses_an_address_by_the_header_that_the_proxy_does_not_write() {
        let (theirs, made_up) = (("x-forwarded-for", "198.51.100.1"), ("forwarded", "for=192.0.2.66"));
        let both = [theirs, made_up];
        assert_eq!(found("10.0.0.1", &both, ForwardedHeader::Either), Err(Nobody::Contradicting));
        assert_eq!(found("10.0.0.1", &both, ForwardedHeader::XForwardedFor), Ok(ip("198.51.100.1")));
        assert_eq!(found("10.0.0.1", &both, ForwardedHeader::Forwarded), Ok(ip("192.0.2.66")));
        assert_eq!(found("10.0.0.1", &[made_up], ForwardedHeader::Either), Ok(ip("192.0.2.66")));
        assert_eq!(found("10.0.0.1", &[made_up], ForwardedHeader::XForwardedFor), Ok(ip("10.0.0.1")));
        let agreeing = [theirs, ("forwarded", "for=\"198.51.100.1:80\"")];
        assert_eq!(found("10.0.0.1", &agreeing, ForwardedHeader::Either), Ok(ip("198.51.100.1")));
    }
}
