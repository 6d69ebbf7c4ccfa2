//! Form bodies, read strictly: valid UTF-8, each parameter at most once, each with a length limit.

use crate::OAuthError;
use percent_encoding::percent_decode;

/// A parsed `application/x-www-form-urlencoded` body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

/// Most parameters of a form.
const MAX_PARAMETERS: usize = 64;

impl Form {
    /// Parses a body. Refused when a name or value is not UTF-8 or there are more than 64 parameters.
    ///
    /// ```
    /// use oidc::{Form, OAuthError};
    ///
    /// let form = Form::parse(b"grant_type=refresh_token&scope=openid+profile&state=")?;
    /// assert_eq!(form.required("grant_type", 64)?, "refresh_token");
    /// assert_eq!(form.optional("scope", 64)?, Some("openid profile"));
    /// assert_eq!(form.optional("state", 64)?, None, "an empty value counts as missing");
    /// assert!(form.has("state"), "though it is there");
    /// assert_eq!(form.required("scope", 6), Err(OAuthError::TooLong("scope")));
    /// assert_eq!(Form::parse(b"a=1&a=2")?.optional("a", 64), Err(OAuthError::Repeated("a")));
    /// assert_eq!(Form::parse(b"a=%ff"), Err(OAuthError::NotAForm));
    /// # Ok::<(), OAuthError>(())
    /// ```
    pub fn parse(body: &[u8]) -> Result<Self, OAuthError> {
        let mut pairs = Vec::new();
        for pair in body.split(|b| *b == b'&').filter(|pair| !pair.is_empty()) {
            if pairs.len() == MAX_PARAMETERS {
                return Err(OAuthError::NotAForm);
            }
            let at = pair.iter().position(|b| *b == b'=');
            let (name, value) = match at {
                Some(at) => (pair.split_at(at).0, pair.split_at(at + 1).1),
                None => (pair, &[][..]),
            };
            pairs.push((decode(name)?, decode(value)?));
        }
        Ok(Self(pairs))
    }

    /// A form of parameters that came another way, as in a signed request.
    ///
    /// ```
    /// # use oidc::Form;
    /// let form = Form::of(vec![("scope".to_owned(), "openid".to_owned())]);
    /// assert_eq!(form.pairs().collect::<Vec<_>>(), [("scope", "openid")]);
    /// ```
    pub fn of(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// Whether a parameter is there, even empty.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(found, _)| found == name)
    }

    /// The parameters, in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// A parameter that may be missing. An empty value counts as missing (RFC 6749, 3.1).
    pub fn optional(&self, name: &'static str, max_octets: usize) -> Result<Option<&str>, OAuthError> {
        let mut values = self.0.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_str());
        let value = values.next();
        if values.next().is_some() {
            return Err(OAuthError::Repeated(name));
        }
        match value {
            None | Some("") => Ok(None),
            Some(value) if value.len() > max_octets => Err(OAuthError::TooLong(name)),
            Some(value) => Ok(Some(value)),
        }
    }

    /// A parameter that must be there.
    pub fn required(&self, name: &'static str, max_octets: usize) -> Result<&str, OAuthError> {
        self.optional(name, max_octets)?.ok_or(OAuthError::Missing(name))
    }
}

/// Undoes the escapes of a form.
pub(crate) fn decode(octets: &[u8]) -> Result<String, OAuthError> {
    let spaced: Vec<u8> = octets.iter().map(|b| if *b == b'+' { b' ' } else { *b }).collect();
    percent_decode(&spaced).decode_utf8().map(|text| text.into_owned()).map_err(|_| OAuthError::NotAForm)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forms_are_read_strictly() {
        let form = Form::parse(b"a=1&b=x+y%20z&c&d=&e=%D0%B6").unwrap();
        assert_eq!(form.optional("a", 1), Ok(Some("1")));
        assert_eq!(form.optional("b", 5), Ok(Some("x y z")));
        assert_eq!(form.optional("b", 4), Err(OAuthError::TooLong("b")));
        assert_eq!(form.required("c", 1), Err(OAuthError::Missing("c")));
        assert_eq!(form.optional("d", 1), Ok(None));
        assert_eq!(form.required("e", 2), Ok("ж"));
        assert_eq!(Form::parse(b"a=1&a=1").unwrap().optional("a", 9), Err(OAuthError::Repeated("a")));
        assert_eq!(Form::parse(b"a=%ff"), Err(OAuthError::NotAForm));
        assert_eq!(Form::parse(b"%c3%28=1"), Err(OAuthError::NotAForm));
        assert_eq!(Form::parse("a&".repeat(65).as_bytes()), Err(OAuthError::NotAForm));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(body in prop::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(form) = Form::parse(&body) {
                let _ = form.required("a", 3);
            }
        }
    }
}
