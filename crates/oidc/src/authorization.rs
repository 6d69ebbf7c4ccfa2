//! The `Authorization` header (RFC 9110, 11.4 and 11.6.2): a scheme, one or more spaces, and what the scheme wants.

/// A scheme that is spoken here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Id and secret (RFC 7617).
    Basic,
    /// Whoever holds the token (RFC 6750).
    Bearer,
    /// Whoever holds the token and its key (RFC 9449).
    Dpop,
}

/// Scheme and credentials of a header's value. None where the scheme is not spoken here, or what follows is no token68.
///
/// ```
/// use oidc::authorization::{Scheme, credentials};
///
/// assert_eq!(credentials("bearer   abc="), Some((Scheme::Bearer, "abc=")));
/// assert_eq!(credentials("Bearer"), None);
/// ```
pub fn credentials(value: &str) -> Option<(Scheme, &str)> {
    let (name, rest) = value.trim_matches(OWS).split_once(' ')?;
    let scheme = match name {
        name if name.eq_ignore_ascii_case("basic") => Scheme::Basic,
        name if name.eq_ignore_ascii_case("bearer") => Scheme::Bearer,
        name if name.eq_ignore_ascii_case("dpop") => Scheme::Dpop,
        _ => return None,
    };
    let credentials = rest.trim_start_matches(' ');
    is_token68(credentials).then_some((scheme, credentials))
}

/// Optional white space around a field's value (RFC 9110, 5.6.3).
const OWS: [char; 2] = [' ', '\t'];

fn is_token68(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    !body.is_empty() && body.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~+/".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_space_or_more_and_nothing_else() {
        for (value, wanted) in [
            ("Bearer abc", Some((Scheme::Bearer, "abc"))),
            ("Bearer  abc", Some((Scheme::Bearer, "abc"))),
            ("BEARER      a-b._~+/c==", Some((Scheme::Bearer, "a-b._~+/c=="))),
            ("DPoP  x.y.z", Some((Scheme::Dpop, "x.y.z"))),
            ("basic   dTpw", Some((Scheme::Basic, "dTpw"))),
            (" Bearer abc ", Some((Scheme::Bearer, "abc"))),
            ("Bearer\tabc", None),
            ("Bearer \tabc", None),
            ("Bearer abc def", None),
            ("Bearer ", None),
            ("Bearer ==", None),
            ("Bearer a=b", None),
            ("Bearer", None),
            ("Negotiate abc", None),
            ("Bearerabc def", None),
            ("", None),
        ] {
            assert_eq!(credentials(value), wanted, "{value:?}");
        }
    }

    proptest! {
        #[test]
        fn as_many_spaces_as_one_likes(spaces in 1usize..20, token in "[A-Za-z0-9._~+/-]{1,40}={0,2}") {
            let value = format!("Bearer{}{token}", " ".repeat(spaces));
            prop_assert_eq!(credentials(&value), Some((Scheme::Bearer, token.as_str())));
        }

        #[test]
        fn no_text_panics(value in ".{0,60}") {
            let _ = credentials(&value);
        }
    }
}
