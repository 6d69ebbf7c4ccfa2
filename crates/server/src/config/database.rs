//! The database's address, which may hold a password.

use serde::Deserialize;

/// An address that never prints its password.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// From its text.
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// The whole address, for the store alone.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&store::shown(&self.0))
    }
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::File;

    #[test]
    fn a_password_is_never_shown() {
        let url = DatabaseUrl::new("postgres://app:canary@db.example/auth?sslmode=require");
        assert_eq!(format!("{url} {url:?}"), "postgres://app@db.example:5432/auth postgres://app@db.example:5432/auth");
        let file = File::parse("[store]\nurl = \"postgres://app:canary@db.example/auth\"\n").unwrap();
        assert!(!format!("{file:?}").contains("canary"));
        assert!(file.store.url.expose().contains("canary"));
    }
}
