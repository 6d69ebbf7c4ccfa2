//! Comparing URLs (RFC 3986, 6.2.2 and 6.2.3).

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

/// Scheme and host in lower case, no default port, no query, escapes of unreserved characters undone.
/// None when it is no http(s) URL or holds a username.
fn normalised(url: &str) -> Option<String> {
    let url = url.split(['?', '#']).next()?;
    let (scheme, rest) = url.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let default = match scheme.as_str() {
        "https" => ":443",
        "http" => ":80",
        _ => return None,
    };
    let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    if authority.is_empty() || authority.contains('@') || !url.bytes().all(|b| b.is_ascii_graphic()) {
        return None;
    }
    let host = authority.to_ascii_lowercase();
    let host = host.strip_suffix(default).or(host.strip_suffix(':')).unwrap_or(&host);
    Some(format!("{scheme}://{host}{}", unescaped(path)))
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
        ] {
            assert!(!same_target(one, other), "{one} {other}");
        }
    }
}
