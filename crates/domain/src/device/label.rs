//! What a device may be called. People and programs choose a device by its label.

use operation::{Text, TextError};

/// Most characters.
pub const LONGEST: usize = 60;

/// The text is no label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the label {0}")]
pub struct LabelError(TextError);

/// Reads a label as typed, without white space around it; none when nothing was typed.
///
/// # Errors
/// When it would not be shown as it is.
pub fn parse(typed: &str) -> Result<Option<String>, LabelError> {
    match Text::<LONGEST>::parse(typed.trim()) {
        Ok(label) => Ok(Some(label.into())),
        Err(TextError::Empty) => Ok(None),
        Err(error) => Err(LabelError(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_short_and_read_as_they_are() {
        assert_eq!(parse("  Мой телефон "), Ok(Some("Мой телефон".to_owned())));
        assert_eq!(parse(" \t "), Ok(None));
        assert_eq!(parse(&"ё".repeat(60)).map(|label| label.is_some()), Ok(true));
        for bad in [&"ё".repeat(61), "two\nlines", "a\u{7f}b", "\u{200b}", "phone \u{202e}enohp"] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }
}
