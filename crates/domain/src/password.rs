//! Passwords: what may be chosen and how a typed one is read (NIST SP 800-63B-4, 3.1.1.2).

use crate::{Secret, user::Username};
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
    /// The username, or the product's name.
    #[error("a password must not be the username or the name of the service")]
    Guessable,
}

/// A password as it is hashed: Unicode NFC, nothing cut, nothing trimmed.
pub fn normalised(typed: &str) -> Secret<String> {
    Secret::new(typed.nfc().collect())
}

/// Checks a new password. No composition rules.
pub fn check_new(typed: &str, username: &Username) -> Result<(), PasswordError> {
    let password = normalised(typed);
    let password = password.expose();
    if password.chars().count() < MIN_CHARACTERS {
        return Err(PasswordError::TooShort);
    }
    if password.len() > MAX_OCTETS {
        return Err(PasswordError::TooLong);
    }
    let lowered = password.to_lowercase();
    if lowered == username.as_str() || lowered == "countersign" {
        return Err(PasswordError::Guessable);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_code_points_and_names_are_refused() {
        let user = Username::parse("longusername").unwrap();
        assert_eq!(check_new("1234567", &user), Err(PasswordError::TooShort));
        assert_eq!(check_new("пароль12", &user), Ok(()));
        assert_eq!(check_new("🔒🔒🔒🔒🔒🔒🔒", &user), Err(PasswordError::TooShort));
        assert_eq!(check_new("LongUserName", &user), Err(PasswordError::Guessable));
        assert_eq!(check_new("Countersign", &user), Err(PasswordError::Guessable));
        assert_eq!(check_new(&"a".repeat(1025), &user), Err(PasswordError::TooLong));
        assert_eq!(check_new("all lower case is fine", &user), Ok(()));
    }

    #[test]
    fn composed_and_decomposed_are_one_password() {
        assert_eq!(normalised("café").expose(), normalised("cafe\u{301}").expose());
    }
}
