//! Comparing URLs (RFC 3986, 6.2.2 and 6.2.3).

use ::url::Url;
use std::fmt::Write as _;

/// Whether two absolute http(s) URLs name the same resource, query and fragment left out (RFC 9449, 4.3).
///
/// ```
/// # use oidc::url::same_target;
/// assert!(same_target("https://id.example/token", "HTTPS://ID.Example:443/token?x=1"));
/// assert!(!same_target("https://id.example/token", "https://id.example.evil.example/token"));
/// ```
pub fn same_target(one: &str, other: &str) -> bool {
    matches!((normalised(one), normalised(other)), (Some(one), Some(other)) if one == other)
}

/// Scheme and host in their normal form, no default port, no query, no dots to go up by, escapes of unreserved
/// characters undone.
/// None when it is no http(s) URL or holds a username.
fn normalised(url: &str) -> Option<String> {
    // What the parser would forgive as browsers do is no URL here (RFC 3986): white space, backslashes, a missing host.
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let clean = url.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if authority.is_empty() || authority.contains('@') || !clean {
        return None;
    }
    let url = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "https" | "http"))?;
    Some(format!("{}{}", url.origin().ascii_serialization(), unescaped(url.path())))
}

fn unescaped(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let octet = after.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match octet {
            Some(octet) if octet.is_ascii_alphanumeric() || b"-._~".contains(&octet) => out.push(char::from(octet)),
            Some(octet) => {
                let _ = write!(out, "%{octet:02X}");
            }
            None => {
                out.push('%');
                rest = after;
                continue;
            }
        }
        rest = after.get(2..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_and_not_the_same() {
        for (one, other) in [
            ("https://a.example/b", "HTTPS://A.Example:443/b?c#d"),
            ("http://a.example", "http://a.example:80/"),
            ("http://[::1]:8080/a", "http://[::1]:8080/%61"),
            ("https://a.example/%2f", "https://a.example/%2F"),
            ("https://a.example/x/../b/./c", "https://a.example/b/c"),
            ("https://a.example:0443/b", "https://a.example/b"),
            ("https://[2001:DB8:0:0::1]/b", "https://[2001:db8::1]:443/b"),
            ("https://xn--bcher-kva.example/b", "https://XN--BCHER-KVA.example/b"),
            ("https://a.example?q", "https://a.example/#f"),
        ] {
            assert!(same_target(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("https://a.example/b", "https://a.example/B"),
            ("https://a.example/b", "https://a.example/b/"),
            ("https://a.example/b", "http://a.example/b"),
            ("https://a.example/b", "https://a.example:444/b"),
            ("https://a.example/b", "https://u@a.example/b"),
            ("https://a.example/%2f", "https://a.example//"),
            ("https://a.example/%", "https://a.example/%25"),
            ("ftp://a.example/", "ftp://a.example/"),
            ("a.example/b", "a.example/b"),
            ("https:///b", "https:///b"),
            ("https:\\\\a.example\\b", "https://a.example/b"),
            ("https:/a.example/b", "https://a.example/b"),
            (" https://a.example/b", "https://a.example/b"),
            ("https://a.exa\tmple/b", "https://a.example/b"),
            ("https://a.example/%2e%2e/b", "https://a.example/c/b"),
        ] {
            assert!(!same_target(one, other), "{one} {other}");
        }
    }
}
