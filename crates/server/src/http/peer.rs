//! Who is on the other side of the connection.

use crate::{app::App, flow::Origin};
use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, header, request::Parts},
};
use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

/// Characters of a user agent that are kept.
const AGENT_LENGTH: usize = 200;

impl FromRequestParts<Arc<App>> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        let connected = connected.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).to_canonical();
        Ok(Self {
            address: client_address(connected, &parts.headers, &app.settings.trusted_proxies),
            agent: agent(&parts.headers),
        })
    }
}

/// The address of the client: the connection's, or, behind trusted proxies, the last one in X-Forwarded-For that is
/// not itself a trusted proxy. What stands before that one was written by the client and is not believed.
fn client_address(connected: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    if !trusted.contains(&connected) {
        return connected;
    }
    let forwarded = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let chain: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
    let mut address = connected;
    for hop in chain.into_iter().rev() {
        let Ok(hop) = hop.parse::<IpAddr>() else { break };
        address = hop.to_canonical();
        if !trusted.contains(&address) {
            break;
        }
    }
    address
}

fn agent(headers: &HeaderMap) -> String {
    let text = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.chars().take(AGENT_LENGTH).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let with = |value: &str| HeaderMap::from_iter([("x-forwarded-for".parse().unwrap(), value.parse().unwrap())]);
        let trusted = [ip("10.0.0.1"), ip("10.0.0.2")];
        let from = |connected: &str, value: &str| client_address(ip(connected), &with(value), &trusted);
        assert_eq!(from("203.0.113.9", "198.51.100.1"), ip("203.0.113.9"), "not a proxy of ours");
        assert_eq!(
            from("10.0.0.1", "192.0.2.66, 198.51.100.1"),
            ip("198.51.100.1"),
            "the first was the client's own word"
        );
        assert_eq!(from("10.0.0.1", "198.51.100.1, 10.0.0.2"), ip("198.51.100.1"));
        assert_eq!(from("10.0.0.1", "rubbish"), ip("10.0.0.1"));
        assert_eq!(client_address(ip("10.0.0.1"), &HeaderMap::new(), &trusted), ip("10.0.0.1"));
        assert_eq!(from("10.0.0.1", "::ffff:198.51.100.1"), ip("198.51.100.1"));
    }
}
