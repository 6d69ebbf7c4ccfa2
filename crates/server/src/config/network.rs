//! Networks, as `trusted_proxies` names them, and the header in which those proxies say whom they speak for.

use ipnet::{IpNet, Ipv4Net};
use serde::Deserialize;
use std::{net::IpAddr, str::FromStr};

/// A network in CIDR notation, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network(IpNet);

impl Network {
    /// Whether an address lies in it, in whichever form either was written.
    pub fn contains(self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

/// No network, or one that stands for everybody: whoever is trusted may say who a customer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotANetwork;

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let network = match text.parse::<IpAddr>() {
            Ok(address) => IpNet::from(address),
            Err(_) => text.parse::<IpNet>().map_err(|_| NotANetwork)?,
        };
        // ::ffff:10.0.0.0/104 is 10.0.0.0/8: addresses are compared in their short form.
        let network = match network {
            IpNet::V6(v6) => match (v6.addr().to_ipv4_mapped(), v6.prefix_len().checked_sub(96)) {
                (Some(v4), Some(length)) => Ipv4Net::new(v4, length).map_or(network, IpNet::V4),
                _ => network,
            },
            IpNet::V4(_) => network,
        };
        if network.prefix_len() == 0 { Err(NotANetwork) } else { Ok(Self(network.trunc())) }
    }
}

/// Where a trusted proxy says whom it speaks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub enum ForwardedHeader {
    /// In whichever of the two is there; where both are, they must name the same customer.
    #[default]
    #[serde(rename = "")]
    Either,
    /// `X-Forwarded-For`; the other is the customer's own word.
    #[serde(rename = "X-Forwarded-For")]
    XForwardedFor,
    /// `Forwarded` (RFC 7239); the other is the customer's own word.
    #[serde(rename = "Forwarded")]
    Forwarded,
}

impl ForwardedHeader {
    /// As it is written in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Either => "",
            Self::XForwardedFor => "X-Forwarded-For",
            Self::Forwarded => "Forwarded",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_and_single_addresses() {
        let holds =
            |network: &str, address: &str| network.parse::<Network>().unwrap().contains(address.parse().unwrap());
        for (network, inside, outside) in [
            ("10.0.0.0/8", "10.255.3.4", "11.0.0.1"),
            ("10.0.0.0/8", "::ffff:10.1.1.1", "::ffff:11.1.1.1"),
            ("::ffff:10.0.0.0/104", "10.1.1.1", "11.1.1.1"),
            ("192.0.2.7", "192.0.2.7", "192.0.2.8"),
            ("192.0.2.7/24", "192.0.2.200", "192.0.3.7"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::1"),
            ("::1", "::1", "::2"),
            ("fd00::/8", "fdff::1", "fe80::1"),
        ] {
            assert!(holds(network, inside) && !holds(network, outside), "{network}");
        }
        for bad in
            ["", "10.0.0.0/33", "10.0.0/8", "proxy.example", "0.0.0.0/0", "::/0", "::ffff:0.0.0.0/96", "10.0.0.1:80"]
        {
            assert_eq!(bad.parse::<Network>(), Err(NotANetwork), "{bad}");
        }
    }
}
