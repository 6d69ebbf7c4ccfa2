//! Users and their names.

use serde::{Deserialize, Serialize};

/// A username: 1 to 64 of `a–z 0–9 . _ - @`, lower case, and never of the form of a UUID, since our API takes
/// either in one place.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Username(String);

/// The first rule that a text breaks as a username.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UsernameError {
    /// Empty or longer than 64 characters.
    #[error("a username has 1 to 64 characters")]
    Length,
    /// Other characters than allowed.
    #[error("a username consists of a–z, 0–9 and . _ - @")]
    Characters,
    /// Looks like an id.
    #[error("a username must not look like a UUID")]
    LooksLikeId,
}

impl Username {
    /// Reads a username as typed: surrounding white space is dropped and capitals are lowered, since Caps Lock
    /// is a known cause of failed logins and no two usernames differ in case only.
    pub fn parse(typed: &str) -> Result<Self, UsernameError> {
        let name = typed.trim().to_ascii_lowercase();
        if name.is_empty() || name.len() > 64 {
            return Err(UsernameError::Length);
        }
        if !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-@".contains(&b)) {
            return Err(UsernameError::Characters);
        }
        if uuid::Uuid::try_parse(&name).is_ok() {
            return Err(UsernameError::LooksLikeId);
        }
        Ok(Self(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Username {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Username> for String {
    fn from(name: Username) -> Self {
        name.0
    }
}

impl TryFrom<String> for Username {
    type Error = UsernameError;
    fn try_from(text: String) -> Result<Self, UsernameError> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usernames_are_lower_case_and_no_ids() {
        assert_eq!(Username::parse(" Alice\t").map(String::from), Ok("alice".to_owned()));
        assert_eq!(Username::parse("018f4e3a-7b1c-7def-8123-456789abcdef"), Err(UsernameError::LooksLikeId));
        assert_eq!(Username::parse("018f4e3a7b1c7def8123456789abcdef"), Err(UsernameError::LooksLikeId));
        assert_eq!(Username::parse("alice+news@example.com"), Err(UsernameError::Characters));
        assert_eq!(Username::parse("a\nb"), Err(UsernameError::Characters));
        assert_eq!(Username::parse("борис"), Err(UsernameError::Characters));
        assert_eq!(Username::parse(""), Err(UsernameError::Length));
        assert_eq!(Username::parse(&"a".repeat(65)), Err(UsernameError::Length));
    }
}
