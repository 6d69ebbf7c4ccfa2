//! Passwords: what may be chosen and how a typed one is read (NIST SP 800-63B-4, 3.1.1.2).

use crate::{Secret, user::Username};
use std::{collections::HashSet, sync::LazyLock};
use unicode_normalization::UnicodeNormalization as _;

/// Fewest code points of a password that is one of two factors.
pub const MIN_CHARACTERS: usize = 8;
/// Most octets read of a typed password; the whole of what is read takes part in the hash.
pub const MAX_OCTETS: usize = 1024;

/// Why a new password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Fewer than [`MIN_CHARACTERS`].
    #[error("a password has at least 8 characters")]
    TooShort,
    /// More than [`MAX_OCTETS`].
    #[error("a password has at most 1024 octets")]
    TooLong,
    /// The username, or the service's name, with little beside it.
    #[error("a password must not be the username or the name of the service")]
    Guessable,
    /// One of those that most people choose.
    #[error("this password is on the lists that are tried first: choose another")]
    Common,
}

/// The most common passwords of at least [`MIN_CHARACTERS`], in lower case; `data/README.md` says where they come from.
static COMMON: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("../data/common-passwords.txt").lines().collect());

/// So many characters beside a name make no password of it.
const LITTLE: usize = 4;

/// A password as it is hashed: Unicode NFC, nothing cut, nothing trimmed.
pub fn normalised(typed: &str) -> Secret<String> {
    Secret::new(typed.nfc().collect())
}

/// Checks a new password of a user of a service. No composition rules.
pub fn check_new(typed: &str, username: &Username, service: &str) -> Result<(), PasswordError> {
    let password = normalised(typed);
    let password = password.expose();
    if password.chars().count() < MIN_CHARACTERS {
        return Err(PasswordError::TooShort);
    }
    if password.len() > MAX_OCTETS {
        return Err(PasswordError::TooLong);
    }
    let lowered = password.to_lowercase();
    let names = [username.as_str(), &service.to_lowercase(), "countersign"];
    if names.iter().any(|name| is_little_more_than(&lowered, name)) {
        return Err(PasswordError::Guessable);
    }
    if COMMON.contains(lowered.as_str()) || is_one_character(&lowered) { Err(PasswordError::Common) } else { Ok(()) }
}

fn is_little_more_than(lowered: &str, name: &str) -> bool {
    let beside = |(before, after): (&str, &str)| before.chars().count() + after.chars().count();
    !name.is_empty() && lowered.split_once(name).is_some_and(|around| beside(around) < LITTLE)
}

fn is_one_character(lowered: &str) -> bool {
    let mut characters = lowered.chars();
    characters.next().is_some_and(|first| characters.all(|other| other == first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_code_points_and_names_are_refused() {
        let user = Username::parse("longusername").unwrap();
        let check = |typed: &str| check_new(typed, &user, "Example Bank");
        assert_eq!(check("1234567"), Err(PasswordError::TooShort));
        assert_eq!(check("пароль-длинный"), Ok(()));
        assert_eq!(check("🔒🔒🔒🔒🔒🔒🔒"), Err(PasswordError::TooShort));
        for name in [
            "LongUserName",
            "longusername1",
            "!longUSERname!!",
            "Countersign",
            "countersign7",
            "example bank",
            "Example Bank99",
        ] {
            assert_eq!(check(name), Err(PasswordError::Guessable), "{name}");
        }
        assert_eq!(check("longusername and more"), Ok(()));
        assert_eq!(check(&"a".repeat(1025)), Err(PasswordError::TooLong));
        assert_eq!(check("all lower case is fine"), Ok(()));
    }

    #[test]
    fn what_everybody_chooses_is_refused() {
        let user = Username::parse("alice").unwrap();
        for common in ["password", "PassWord", "12345678", "qwertyuiop", "iloveyou1", "aaaaaaaa", "ЯЯЯЯЯЯЯЯЯ"]
        {
            assert_eq!(check_new(common, &user, "Bank"), Err(PasswordError::Common), "{common}");
        }
        assert!(COMMON.len() > 8000);
        assert!(COMMON.iter().all(|one| one.len() >= MIN_CHARACTERS && *one == one.to_lowercase()));
    }

    #[test]
    fn composed_and_decomposed_are_one_password() {
        assert_eq!(normalised("café").expose(), normalised("cafe\u{301}").expose());
    }
}
