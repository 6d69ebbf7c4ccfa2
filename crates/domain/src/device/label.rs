//! What a device may be called. People and programs choose a device by its label.

/// Most characters.
pub const LONGEST: usize = 60;

/// The text is no label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a label has at most {LONGEST} characters, and no control characters")]
pub struct LabelError;

/// Reads a label as typed, without white space around it; none when nothing was typed.
pub fn parse(typed: &str) -> Result<Option<String>, LabelError> {
    let label = typed.trim();
    if label.chars().count() > LONGEST || label.chars().any(char::is_control) {
        return Err(LabelError);
    }
    Ok((!label.is_empty()).then(|| label.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_short_and_of_one_line() {
        assert_eq!(parse("  Мой телефон "), Ok(Some("Мой телефон".to_owned())));
        assert_eq!(parse(" \t "), Ok(None));
        assert_eq!(parse(&"ё".repeat(60)).map(|label| label.is_some()), Ok(true));
        for bad in [&"ё".repeat(61), "two\nlines", "a\u{7f}b"] {
            assert_eq!(parse(bad), Err(LabelError), "{bad:?}");
        }
    }
}
