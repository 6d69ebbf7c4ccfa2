//! Redirect URIs: matched by exact text; only the port of a loopback address may differ (RFC 8252, 7.3;
//! RFC 9700, 2.1).

/// Whether a URI may be registered at all.
///
/// ```
/// # use oidc::redirect::may_be_registered;
/// assert!(may_be_registered("https://rp.example/cb"));
/// assert!(may_be_registered("http://127.0.0.1/cb"), "a program on the user's machine");
/// assert!(may_be_registered("com.example.app:/cb"));
/// assert!(!may_be_registered("http://rp.example/cb"));
/// assert!(!may_be_registered("https://*.example/cb"));
/// ```
pub fn may_be_registered(uri: &str) -> bool {
    let clean = uri.len() <= 2000 && uri.bytes().all(|b| b.is_ascii_graphic() && !b"#\\\"<>^`{|}*".contains(&b));
    let Some((scheme, rest)) = uri.split_once(':') else { return false };
    let authority = rest.strip_prefix("//").and_then(|rest| rest.split(['/', '?']).next()).unwrap_or_default();
    let kind = match scheme {
        "https" => !authority.is_empty(),
        "http" => authority == "localhost" || authority.starts_with("localhost:") || loopback(uri).is_some(),
        // A private scheme is a reversed domain name (RFC 8252, 7.1), which no web page answers to.
        private => private.contains('.') && private.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b)),
    };
    clean && kind && !authority.contains('@')
}

/// Whether a URI of a request is a registered one.
///
/// ```
/// # use oidc::redirect::matches;
/// assert!(matches("https://rp.example/cb", "https://rp.example/cb"));
/// assert!(!matches("https://rp.example/cb", "https://rp.example/cb/"));
/// assert!(matches("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb"), "the system chooses the port");
/// ```
pub fn matches(registered: &str, asked: &str) -> bool {
    registered == asked
        || matches!((loopback(registered), loopback(asked)), (Some(registered), Some(asked)) if registered == asked)
}

/// Adds parameters to a registered URI's query; their names are ours and need no escapes.
///
/// ```
/// # use oidc::redirect::with_parameters;
/// assert_eq!(with_parameters("https://a.example/?x=1", &[("state", "a&b")]), "https://a.example/?x=1&state=a%26b");
/// ```
pub fn with_parameters(uri: &str, parameters: &[(&str, &str)]) -> String {
    let mut out = uri.to_owned();
    let mut mark = if uri.contains('?') { '&' } else { '?' };
    for (name, value) in parameters {
        out.push(mark);
        out.push_str(name);
        out.push('=');
        out.extend(percent_encoding::utf8_percent_encode(value, UNRESERVED));
        mark = '&';
    }
    out
}

/// Everything but the unreserved characters of RFC 3986, 2.3.
const UNRESERVED: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A loopback URI's host and what comes after the port; none for any other URI.
fn loopback(uri: &str) -> Option<(&'static str, &str)> {
    let rest = uri.strip_prefix("http://")?;
    let (host, rest) = ["127.0.0.1", "[::1]"].into_iter().find_map(|host| Some((host, rest.strip_prefix(host)?)))?;
    let after = match rest.strip_prefix(':') {
        Some(with_port) => {
            let end = with_port.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(with_port.len());
            let (port, after) = with_port.split_at(end);
            (1..=5).contains(&port.len()).then_some(after)?
        }
        None => rest,
    };
    (after.is_empty() || after.starts_with(['/', '?'])).then_some((host, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_do_not_match() {
        let registered = "https://rp.example/cb";
        assert!(matches(registered, registered));
        for asked in [
            "https://rp.example/cb/",
            "https://rp.example/CB",
            "https://rp.example/cb?x=1",
            "https://rp.example/cb#",
            "https://rp.example:443/cb",
            "https://RP.example/cb",
            "http://rp.example/cb",
            "https://user@rp.example/cb",
            "https://rp.example.evil.example/cb",
            "https://rp.example/cb/../cb",
            "https://rp.example/%63b",
            "https://rp.example/cb ",
            "",
        ] {
            assert!(!matches(registered, asked), "{asked}");
        }
    }

    #[test]
    fn only_a_loopback_port_may_differ() {
        assert!(matches("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb"));
        assert!(matches("http://127.0.0.1:1/cb", "http://127.0.0.1/cb"));
        assert!(matches("http://[::1]:3000/cb", "http://[::1]:4000/cb"));
        for (registered, asked) in [
            ("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb/"),
            ("http://127.0.0.1/cb", "http://[::1]:51004/cb"),
            ("http://127.0.0.1/cb", "https://127.0.0.1:51004/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:51004@evil.example/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.1.evil.example/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:123456/cb"),
            ("http://localhost:1/cb", "http://localhost:2/cb"),
            ("https://127.0.0.1:1/cb", "https://127.0.0.1:2/cb"),
        ] {
            assert!(!matches(registered, asked), "{registered} {asked}");
        }
    }

    #[test]
    fn what_may_be_registered() {
        for uri in ["https://rp.example/cb?a=b", "http://localhost:8081/cb", "http://[::1]/", "com.example.app:/cb"] {
            assert!(may_be_registered(uri), "{uri}");
        }
        for uri in [
            "http://rp.example/cb",
            "http://localhost.evil.example/",
            "https:///cb",
            "https://*.example/cb",
            "https://rp.example/cb#f",
            "https://u@rp.example/",
            "javascript:alert(1)",
            "app:/cb",
            "https://rp.example/c b",
            "/cb",
        ] {
            assert!(!may_be_registered(uri), "{uri}");
        }
    }

    #[test]
    fn parameters_are_escaped() {
        assert_eq!(
            with_parameters("https://a.example/cb?x=1", &[("state", "a&b=c d"), ("error_description", "ж")]),
            "https://a.example/cb?x=1&state=a%26b%3Dc%20d&error_description=%D0%B6"
        );
    }
}
