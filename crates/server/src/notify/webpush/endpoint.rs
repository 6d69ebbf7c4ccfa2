//! Where pushes may go. A phone names the address, so whoever has a phone could make the server talk to anything it
//! reaches: only known push services are talked to, by https, and at public addresses (RFC 8030, 8).

use domain::Secret;
use reqwest::Url;
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

/// Characters of an endpoint. Those of the known services have a few hundred.
const LONGEST: usize = 2048;

/// Why an address is not taken for an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// Longer than any push service's.
    #[error("the endpoint is longer than {LONGEST} characters")]
    TooLong,
    /// Not an absolute address.
    #[error("the endpoint is no address")]
    Malformed,
    /// With a user, a password or a fragment.
    #[error("the endpoint must have no user, password or fragment")]
    Extra,
    /// Not https.
    #[error("the endpoint must be https")]
    Scheme,
    /// A number instead of a name.
    #[error("the endpoint's host must be a name")]
    Number,
    /// A host or port that is not on the list.
    #[error("the endpoint's host is no push service that is known here")]
    Service,
}

impl EndpointError {
    /// The stable word.
    pub fn reason(self) -> &'static str {
        match self {
            Self::TooLong => "endpoint_too_long",
            Self::Malformed => "endpoint_malformed",
            Self::Extra => "endpoint_extra",
            Self::Scheme => "endpoint_scheme",
            Self::Number => "endpoint_number",
            Self::Service => "endpoint_service",
        }
    }
}

/// An address that pushes may be sent to. Whoever knows it can send too, so it is not shown.
#[derive(Debug, Clone)]
pub struct Endpoint {
    url: Secret<String>,
    origin: String,
}

impl Endpoint {
    /// Scheme, host and port: what may be told (RFC 6454, 6.2).
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The whole address.
    pub fn expose(&self) -> &str {
        self.url.expose()
    }
}

/// A push service of the list: `HOST`, `*.HOST` for every name below it, each with `:PORT` where it is not 443.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    name: String,
    below: bool,
    port: u16,
}

/// An entry of the list that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a push service is HOST or *.HOST, with :PORT where it is not 443")]
pub struct ServiceError;

impl FromStr for Service {
    type Err = ServiceError;

    fn from_str(text: &str) -> Result<Self, ServiceError> {
        let (host, port) = match text.split_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| ServiceError)?),
            None => (text, 443),
        };
        let (below, name) = host.strip_prefix("*.").map_or((false, host), |name| (true, name));
        let label = |label: &str| {
            !label.is_empty() && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        // What ends in a number is one, whatever is before it (URL Standard, 3.5); and "*.com" would be no list at all.
        let numeric = name.rsplit('.').next().is_none_or(|last| last.bytes().all(|b| b.is_ascii_digit()));
        if port == 0 || numeric || !name.contains('.') || !name.split('.').all(label) {
            return Err(ServiceError);
        }
        Ok(Self { name: name.to_owned(), below, port })
    }
}

impl Service {
    fn has(&self, host: &str, port: u16) -> bool {
        let named = match host.strip_suffix(&self.name) {
            Some("") => !self.below,
            Some(rest) => self.below && rest.len() > 1 && rest.ends_with('.'),
            None => false,
        };
        named && port == self.port
    }
}

/// What the configuration says of endpoints.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The list.
    pub services: Vec<Service>,
    /// Whether http to this machine is an endpoint too, for trying out.
    pub loopback: bool,
}

impl Policy {
    /// Reads an endpoint, or says why it is none.
    pub fn endpoint(&self, text: &str) -> Result<Endpoint, EndpointError> {
        if text.len() > LONGEST {
            return Err(EndpointError::TooLong);
        }
        let url = Url::parse(text).map_err(|_| EndpointError::Malformed)?;
        let host = url.host_str().ok_or(EndpointError::Malformed)?;
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(EndpointError::Extra);
        }
        let endpoint =
            Endpoint { origin: url.origin().ascii_serialization(), url: Secret::new(url.as_str().to_owned()) };
        if self.loopback && url.scheme() == "http" && names_this_machine(host) {
            return Ok(endpoint);
        }
        if url.scheme() != "https" {
            return Err(EndpointError::Scheme);
        }
        // The parser has read every way to write a number, so this is a name and stays one.
        let name = url.domain().ok_or(EndpointError::Number)?;
        let port = url.port_or_known_default().ok_or(EndpointError::Malformed)?;
        if self.services.iter().any(|service| service.has(name, port)) {
            Ok(endpoint)
        } else {
            Err(EndpointError::Service)
        }
    }

    /// Whether a connection for this host name may go to this address, whatever a name server says.
    pub fn may_reach(&self, host: &str, address: IpAddr) -> bool {
        if self.loopback && host == LOCALHOST { address.is_loopback() } else { is_public(address) }
    }
}

const LOCALHOST: &str = "localhost";

fn names_this_machine(host: &str) -> bool {
    let number = host.trim_start_matches('[').trim_end_matches(']');
    host == LOCALHOST || number.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether an address is one of the public internet (IANA's registries of special-purpose addresses).
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || a == 0
        // Behind a carrier's translation (RFC 6598).
        || (a == 100 && (64..=127).contains(&b))
        || (a, b, c) == (192, 0, 0)
        // The former relays of 6to4 (RFC 7526).
        || (a, b, c) == (192, 88, 99)
        // Between laboratories (RFC 2544).
        || (a == 198 && (18..=19).contains(&b))
        // Multicast, what was kept for later, and broadcast.
        || a >= 224;
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match (a, b) {
        // A translated IPv4 address (RFC 6052), in networks that have only IPv6.
        (0x64, 0xff9b) => [c, d, e, f] == [0; 4] && embedded(g, h),
        // 6to4 (RFC 3056) leads to an IPv4 address.
        (0x2002, high) => embedded(high, c),
        // Protocol assignments, Teredo among them (RFC 2928), and documentation (RFC 3849, RFC 9637).
        (0x2001, b) => b >= 0x200 && b != 0xdb8,
        (0x3fff, b) => b >= 0x1000,
        // Only this is given out to the internet (RFC 4291, 2.4); mapped and local addresses are outside of it.
        _ => (0x2000..0x4000).contains(&a),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(services: &[&str], loopback: bool) -> Policy {
        Policy { services: services.iter().map(|service| service.parse().unwrap()).collect(), loopback }
    }

    const LIST: &[&str] = &["fcm.googleapis.com", "*.push.apple.com", "push.bank.example:8443"];

    #[test]
    fn known_services_are_taken() {
        let policy = policy(LIST, false);
        for (text, origin) in [
            ("https://fcm.googleapis.com/fcm/send/abc:def", "https://fcm.googleapis.com"),
            ("https://fcm.googleapis.com:443/x", "https://fcm.googleapis.com"),
            ("https://FCM.googleapis.com/x?y=z", "https://fcm.googleapis.com"),
            ("https://web.push.apple.com/QX", "https://web.push.apple.com"),
            ("https://a.b.push.apple.com/QX", "https://a.b.push.apple.com"),
            ("https://push.bank.example:8443/x", "https://push.bank.example:8443"),
        ] {
            let endpoint = policy.endpoint(text).unwrap();
            assert_eq!(endpoint.origin(), origin);
            assert!(endpoint.expose().starts_with(origin) && !format!("{endpoint:?}").contains("/x"));
        }
    }

    #[test]
    fn everything_else_is_refused_for_its_reason() {
        use EndpointError as E;
        let long = format!("https://fcm.googleapis.com/{}", "x".repeat(LONGEST));
        let bad = [
            (long.as_str(), E::TooLong),
            ("", E::Malformed),
            ("fcm.googleapis.com/x", E::Malformed),
            ("https://", E::Malformed),
            ("https://fcm.googleapis.com:99999/x", E::Malformed),
            ("https://[::1/x", E::Malformed),
            ("data:text/plain,x", E::Malformed),
            ("file:///etc/passwd", E::Malformed),
            ("https://user@fcm.googleapis.com/x", E::Extra),
            ("https://fcm.googleapis.com:pw@fcm.googleapis.com/x", E::Extra),
            ("https://fcm.googleapis.com/x#y", E::Extra),
            ("http://fcm.googleapis.com/x", E::Scheme),
            ("ws://fcm.googleapis.com/x", E::Scheme),
            ("ftp://fcm.googleapis.com/x", E::Scheme),
            ("http://localhost/x", E::Scheme),
            ("http://127.0.0.1:8080/x", E::Scheme),
            ("http://169.254.169.254/latest/meta-data/", E::Scheme),
            ("https://127.0.0.1/x", E::Number),
            ("https://10.0.0.1/x", E::Number),
            ("https://8.8.8.8/x", E::Number),
            ("https://[::1]/x", E::Number),
            ("https://[::ffff:10.0.0.1]/x", E::Number),
            ("https://[2606:4700::1111]/x", E::Number),
            ("https://0x7f.1/x", E::Number),
            ("https://2130706433/x", E::Number),
            ("https://017700000001/x", E::Number),
            ("https://127.1/x", E::Number),
            ("https://①②⑦.0.0.1/x", E::Number),
            ("https://localhost/x", E::Service),
            ("https://fcm.googleapis.com:8443/x", E::Service),
            ("https://push.bank.example/x", E::Service),
            ("https://fcm.googleapis.com./x", E::Service),
            ("https://fcm.googleapis.com.evil.example/x", E::Service),
            ("https://evil-fcm.googleapis.com/x", E::Service),
            ("https://a.fcm.googleapis.com/x", E::Service),
            ("https://push.apple.com/x", E::Service),
            ("https://.push.apple.com/x", E::Service),
            ("https://evilpush.apple.com/x", E::Service),
            ("https://evil.example/fcm.googleapis.com", E::Service),
            ("https://evil.example\\@fcm.googleapis.com/x", E::Service),
            ("https://fcm.googleapis.com.nip.io/x", E::Service),
        ];
        for (text, reason) in bad {
            assert_eq!(policy(LIST, false).endpoint(text).err(), Some(reason), "{text}");
        }
    }

    #[test]
    fn this_machine_is_an_endpoint_only_where_the_switch_says_so() {
        let trying = policy(LIST, true);
        for text in ["http://localhost:9000/wpush/v2/x", "http://127.0.0.1:9000/x", "http://[::1]:9000/x"] {
            assert!(trying.endpoint(text).is_ok(), "{text}");
            assert_eq!(policy(LIST, false).endpoint(text).err(), Some(EndpointError::Scheme), "{text}");
        }
        let others =
            ["http://10.0.0.1/x", "http://localhost.evil.example/x", "http://fcm.googleapis.com/x", "http://[::2]/x"];
        for text in others {
            assert_eq!(trying.endpoint(text).err(), Some(EndpointError::Scheme), "{text}");
        }
        assert_eq!(trying.endpoint("https://127.0.0.1/x").err(), Some(EndpointError::Number));
    }

    /// Addresses of no use outside a network, or of none at all.
    const PRIVATE: [&str; 40] = [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.9.9",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:8.8.8.8",
        "::ffff:127.0.0.1",
        "::8.8.8.8",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:a00:1::1",
        "2002:7f00:1::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd12::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ];

    const PUBLIC: [&str; 16] = [
        "1.1.1.1",
        "8.8.8.8",
        "100.63.255.255",
        "100.128.0.1",
        "172.15.0.1",
        "172.32.0.1",
        "192.0.1.1",
        "198.17.0.1",
        "198.20.0.1",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450:4001::200a",
        "2001:4860::8888",
        "64:ff9b::808:808",
        "2002:808:808::1",
        "3fff:1000::1",
    ];

    #[test]
    fn only_public_addresses_are_connected_to() {
        let number = |text: &str| text.parse::<IpAddr>().unwrap();
        for text in PRIVATE {
            assert!(!is_public(number(text)), "{text}");
            assert!(!policy(LIST, true).may_reach("fcm.googleapis.com", number(text)), "{text}");
        }
        for text in PUBLIC {
            assert!(is_public(number(text)), "{text}");
            assert!(!policy(LIST, true).may_reach("localhost", number(text)), "{text}");
        }
        assert!(policy(LIST, true).may_reach("localhost", number("127.0.0.1")));
        assert!(!policy(LIST, false).may_reach("localhost", number("127.0.0.1")));
    }

    #[test]
    fn a_list_names_hosts() {
        for bad in [
            "",
            "*",
            "*.",
            "*.com",
            "com",
            "a..b",
            "a.b:",
            "a.b:0",
            "a.b:x",
            "https://a.b",
            "A.b",
            "10.0.0.1",
            "*.*.b",
            "a.b/",
            "[::1]",
        ] {
            assert_eq!(bad.parse::<Service>(), Err(ServiceError), "{bad}");
        }
    }
}
