//! What proxies write about whom they speak for: `X-Forwarded-For` in every form that gateways give it, and `Forwarded`
//! (RFC 7239).

use axum::http::{HeaderMap, HeaderValue};
use std::net::IpAddr;

/// What is there is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable;

/// A hop: whom a proxy spoke for.
type Hop = Result<IpAddr, Unreadable>;

/// The hops of `X-Forwarded-For`, the nearest first. None where the header is not there or says nothing.
pub fn x_forwarded_for(headers: &HeaderMap) -> Option<Vec<Hop>> {
    let mut hops = Vec::new();
    for line in headers.get_all("x-forwarded-for").iter().rev_lines() {
        let Ok(line) = line.to_str() else {
            hops.push(Err(Unreadable));
            continue;
        };
        // Members of a list may be empty (RFC 9110, 5.6.1.2).
        let members = line.rsplit(',').map(str::trim).filter(|member| !member.is_empty());
        hops.extend(members.map(|member| node(unquoted(member)).ok_or(Unreadable)));
    }
    (!hops.is_empty()).then_some(hops)
}

/// The hops of `Forwarded`, the nearest first. None where the header is not there or says nothing.
pub fn forwarded(headers: &HeaderMap) -> Option<Vec<Hop>> {
    let mut hops = Vec::new();
    for line in headers.get_all("forwarded").iter().rev_lines() {
        match line.to_str().ok().and_then(elements) {
            Some(elements) => hops.extend(elements.into_iter().rev()),
            None => hops.push(Err(Unreadable)),
        }
    }
    (!hops.is_empty()).then_some(hops)
}

/// Lines from the last to the first.
trait RevLines<'a> {
    fn rev_lines(self) -> std::iter::Rev<std::vec::IntoIter<&'a HeaderValue>>;
}

impl<'a, I: Iterator<Item = &'a HeaderValue>> RevLines<'a> for I {
    fn rev_lines(self) -> std::iter::Rev<std::vec::IntoIter<&'a HeaderValue>> {
        self.collect::<Vec<_>>().into_iter().rev()
    }
}

/// The hop of each element of a `Forwarded` line. None where a quotation has no end.
fn elements(line: &str) -> Option<Vec<Hop>> {
    let elements = split(line, ',')?.into_iter().filter(|element| !element.is_empty());
    elements
        .map(|element| {
            let pairs = split(element, ';')?;
            let mut pairs = pairs.iter().filter_map(|pair| pair.split_once('='));
            // An element that does not say for whom speaks for nobody.
            let named = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
            Some(named.and_then(|(_, value)| node(unquoted(value.trim()))).ok_or(Unreadable))
        })
        .collect()
}

/// The parts of a text between a mark that stands outside of quotations, trimmed. None where a quotation has no end.
fn split(text: &str, mark: char) -> Option<Vec<&str>> {
    let (mut quoted, mut escaped) = (false, false);
    let mut parts = Vec::new();
    let mut rest = text;
    let mut from = 0;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            c if c == mark && !quoted => {
                parts.push(text.get(from..at)?.trim());
                from = at + c.len_utf8();
                rest = text.get(from..)?;
            }
            _ => {}
        }
    }
    parts.push(rest.trim());
    (!quoted).then_some(parts)
}

/// A quotation's content; what needs an escape is no address anyway.
fn unquoted(text: &str) -> &str {
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text)
}

/// The address of a node: `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`, with a zone
/// or in the long form of IPv4. The port is no part of a customer.
fn node(text: &str) -> Option<IpAddr> {
    if let Some(rest) = text.strip_prefix('[') {
        let (host, after) = rest.split_once(']')?;
        let fits = after.is_empty() || after.strip_prefix(':').is_some_and(is_port);
        return if fits { address(host) } else { None };
    }
    if let Some(found) = address(text) {
        return Some(found);
    }
    // A port behind four numbers, or behind all eight groups of IPv6: elsewhere it would be a part of the address.
    let (host, _) = text.rsplit_once(':').filter(|(_, port)| is_port(port))?;
    let whole = !host.contains(':') || host.split(':').count() == 8 && !host.contains("::");
    if whole { address(host) } else { None }
}

fn address(text: &str) -> Option<IpAddr> {
    let (text, zone) = text.split_once('%').map_or((text, None), |(text, zone)| (text, Some(zone)));
    let found = text.parse::<IpAddr>().ok()?;
    let fits = match zone {
        Some(zone) => found.is_ipv6() && !zone.is_empty(),
        None => true,
    };
    fits.then(|| found.to_canonical())
}

/// A port, or a name for one (RFC 7239, 6).
fn is_port(text: &str) -> bool {
    let named = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    match text.strip_prefix('_') {
        Some(name) => named(name),
        None => text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<u16>().is_ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_address_in_every_form_that_gateways_write() {
        for (text, wanted) in [
            ("198.51.100.7", Some("198.51.100.7")),
            ("198.51.100.7:40001", Some("198.51.100.7")),
            ("198.51.100.7:_hidden", Some("198.51.100.7")),
            ("2001:db8::7", Some("2001:db8::7")),
            ("2001:DB8:0:0::7", Some("2001:db8::7")),
            ("[2001:db8::7]", Some("2001:db8::7")),
            ("[2001:db8::7]:443", Some("2001:db8::7")),
            ("2001:db8:0:0:0:0:0:7:443", Some("2001:db8::7")),
            ("fe80::7%eth0", Some("fe80::7")),
            ("[fe80::7%25eth0]:443", Some("fe80::7")),
            ("::ffff:198.51.100.7", Some("198.51.100.7")),
            ("[::ffff:c633:6407]:1", Some("198.51.100.7")),
            ("unknown", None),
            ("_hidden", None),
            ("rubbish", None),
            ("198.51.100", None),
            ("198.51.100.256", None),
            ("198.51.100.07", None),
            ("198.51.100.7:port", None),
            ("198.51.100.7:99999", None),
            ("198.51.100.7:+1", None),
            ("198.51.100.7:", None),
            ("198.51.100.7%eth0", None),
            ("198.51.100.7 198.51.100.8", None),
            ("[2001:db8::7", None),
            ("[2001:db8::7]443", None),
            ("2001:db8::7%", None),
            ("", None),
        ] {
            assert_eq!(node(text), wanted.map(|text| text.parse().unwrap()), "{text:?}");
        }
    }

    fn headers(name: &'static str, lines: &[&str]) -> HeaderMap {
        lines.iter().map(|line| (name.parse().unwrap(), HeaderValue::from_str(line).unwrap())).collect()
    }

    #[test]
    fn lists_are_read_from_the_nearest_on_and_empty_members_passed_over() {
        let read = |lines: &[&str]| x_forwarded_for(&headers("x-forwarded-for", lines));
        let ip = |text: &str| Ok(text.parse().unwrap());
        assert_eq!(
            read(&["192.0.2.1, 192.0.2.2,", ",, 192.0.2.3:80 ,"]).unwrap(),
            [ip("192.0.2.3"), ip("192.0.2.2"), ip("192.0.2.1")]
        );
        assert_eq!(read(&["x, \"192.0.2.2\""]).unwrap(), [ip("192.0.2.2"), Err(Unreadable)]);
        assert_eq!((read(&[]), read(&[""]), read(&[" , ,"])), (None, None, None));
    }

    #[test]
    fn forwarded_as_its_grammar_has_it() {
        let read = |lines: &[&str]| forwarded(&headers("forwarded", lines));
        let ip = |text: &str| Ok(text.parse().unwrap());
        assert_eq!(read(&["for=192.0.2.60;proto=http;by=203.0.113.43"]).unwrap(), [ip("192.0.2.60")]);
        assert_eq!(read(&["For=\"[2001:db8:cafe::17]:4711\""]).unwrap(), [ip("2001:db8:cafe::17")]);
        assert_eq!(
            read(&["for=192.0.2.43, for=198.51.100.17", "proto=https; for=\"192.0.2.9:1\""]).unwrap(),
            [ip("192.0.2.9"), ip("198.51.100.17"), ip("192.0.2.43")]
        );
        assert_eq!(read(&["by=\"a,b;for=192.0.2.1\";for=192.0.2.2"]).unwrap(), [ip("192.0.2.2")]);
        assert_eq!(read(&["by=\"\\\"\";for=192.0.2.2"]).unwrap(), [ip("192.0.2.2")]);
        for nobody in ["for=unknown", "for=_gazonk", "proto=https", "for=\"192.0.2.1", "for", "rubbish"] {
            assert_eq!(read(&[nobody]).unwrap(), [Err(Unreadable)], "{nobody}");
        }
        assert_eq!((read(&[]), read(&[","])), (None, None));
    }

    proptest! {
        #[test]
        fn no_octets_panic(line in proptest::collection::vec(any::<u8>(), 0..80)) {
            if let Ok(value) = HeaderValue::from_bytes(&line) {
                let both = |name: &'static str| HeaderMap::from_iter([(name.parse().unwrap(), value.clone())]);
                let _ = (x_forwarded_for(&both("x-forwarded-for")), forwarded(&both("forwarded")));
            }
        }

        #[test]
        fn whatever_the_port_it_is_one_customer(v4: [u8; 4], v6: [u16; 8], port: u16) {
            let (v4, v6) = (IpAddr::from(v4), IpAddr::from(v6));
            prop_assert_eq!(node(&format!("{v4}:{port}")), Some(v4));
            prop_assert_eq!(node(&format!("[{v6}]:{port}")), Some(v6.to_canonical()));
        }
    }
}
