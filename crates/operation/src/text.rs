//! Text that is shown and signed: what one side writes and another reads before it says yes.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use unicode_normalization::char::is_combining_mark;

/// Marks on one letter. Languages need up to four; a pile of them covers the lines beside it.
const MARKS: usize = 6;

/// What stands in fenced text where something could not be shown. It is refused by [`Text::parse`], so that fenced
/// text is read and never signed.
const FENCE: char = '\u{fffd}';

/// Text of at most `MOST` characters that reads as it is: nothing in it is invisible, reorders or covers what stands
/// beside it. What comes from outside is made by [`Text::parse`].
///
/// Reading back what was kept takes it as it stands: the rule was applied when it came in, and what a user once signed
/// must not become unreadable when the rule grows stricter.
///
/// ```
/// use operation::{Text, TextError};
///
/// assert_eq!(Text::<140>::parse("Café du Commerce").map(|text| text.to_string()), Ok("Café du Commerce".to_owned()));
/// assert_eq!(Text::<140>::parse("Books \u{202e}00.5 DSU"), Err(TextError::Hidden('\u{202e}')));
/// assert_eq!(Text::<140>::fenced("Books \u{202e}00.5 DSU").as_str(), "Books \u{fffd}00.5 DSU");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text<const MOST: usize>(String);

/// Why a text is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing, or only white space.
    #[error("is empty")]
    Empty,
    /// Too many characters.
    #[error("has more than {0} characters")]
    TooLong(usize),
    /// A character that cannot be seen, or that moves what stands beside it.
    #[error("has the character U+{:04X}, which is not shown as it is", u32::from(*.0))]
    Hidden(char),
    /// A pile of marks on one letter.
    #[error("has more than {MARKS} marks on one letter")]
    Pile,
}

impl<const MOST: usize> Text<MOST> {
    /// Reads a text from outside, to the letter.
    ///
    /// # Errors
    /// When it is empty, too long, or would not be shown as it is.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let kept = Self(text.to_owned());
        kept.check().map(|()| kept)
    }

    /// A text from outside as it can be shown, whatever it is: what [`Text::parse`] refuses is fenced, and is then
    /// still refused. For lists in which something must stand.
    pub fn fenced(text: &str) -> Self {
        if let Ok(plain) = Self::parse(text) {
            return plain;
        }
        let mut marks = 0;
        let mut shown: String = text
            .chars()
            .map(|c| {
                marks = if is_combining_mark(c) { marks + 1 } else { 0 };
                if is_hidden(c) || marks > MARKS { FENCE } else { c }
            })
            .take(MOST)
            .collect();
        if shown.trim().is_empty() || text.chars().count() > MOST {
            shown = shown.trim_end().chars().take(MOST.saturating_sub(1)).chain([FENCE]).collect();
        }
        Self(shown)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it may be shown, and so asked.
    pub(crate) fn check(&self) -> Result<(), TextError> {
        if self.0.trim().is_empty() {
            return Err(TextError::Empty);
        }
        if self.0.chars().count() > MOST {
            return Err(TextError::TooLong(MOST));
        }
        let mut marks = 0;
        for c in self.0.chars() {
            if is_hidden(c) {
                return Err(TextError::Hidden(c));
            }
            marks = if is_combining_mark(c) { marks + 1 } else { 0 };
            if marks > MARKS {
                return Err(TextError::Pile);
            }
        }
        Ok(())
    }
}

/// Whether a character is not seen, moves or joins its neighbours, or means nothing by itself: controls, separators of
/// lines, Unicode's default ignorables (soft hyphens, joiners, fillers, selectors, tags), marks of direction and of
/// annotations, the blank of Braille, private use, surrogates' and other non-characters, and what stands for the
/// unknown.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            u32::from(c),
            0xad | 0x34f
                | 0x61c
                | 0x115f..=0x1160
                | 0x17b4..=0x17b5
                | 0x180b..=0x180f
                | 0x200b..=0x200f
                | 0x2028..=0x202e
                | 0x2060..=0x206f
                | 0x2800
                | 0x3164
                | 0xe000..=0xf8ff
                | 0xfdd0..=0xfdef
                | 0xfe00..=0xfe0f
                | 0xfeff
                | 0xffa0
                | 0xfff0..=0xffff
                | 0x1bca0..=0x1bca3
                | 0x1d173..=0x1d17a
                | 0xe0000..
        )
        || u32::from(c) & 0xfffe == 0xfffe
}

impl<const MOST: usize> std::fmt::Display for Text<MOST> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

/// Escaped, so that a log line stays one line and reads in one direction.
impl<const MOST: usize> std::fmt::Debug for Text<MOST> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(&self.0, f)
    }
}

impl<const MOST: usize> TS for Text<MOST> {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn name(_: &ts_rs::Config) -> String {
        "string".to_owned()
    }

    fn inline(_: &ts_rs::Config) -> String {
        "string".to_owned()
    }
}

impl<const MOST: usize> PartialEq<str> for Text<MOST> {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl<const MOST: usize> From<Text<MOST>> for String {
    fn from(text: Text<MOST>) -> Self {
        text.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Short = Text<20>;

    #[test]
    fn what_people_write_is_taken_to_the_letter() {
        for text in ["Café", "Дом № 5", "日本語", "שלום", "مرحبا", "Việt Nam", "A&B <c> \"d\"", "  x ", "Rent 🏠", "ก็"]
        {
            assert_eq!(Short::parse(text).map(String::from), Ok(text.to_owned()));
            assert_eq!(Short::fenced(text).as_str(), text);
        }
        assert!(Short::parse(&"ё".repeat(20)).is_ok());
    }

    #[test]
    fn what_hides_or_reorders_is_refused_by_its_name() {
        for c in [
            '\0',
            '\n',
            '\u{1b}',
            '\u{7f}',
            '\u{85}',
            '\u{9b}',
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{115f}',
            '\u{17b4}',
            '\u{180e}',
            '\u{200b}',
            '\u{200d}',
            '\u{200e}',
            '\u{2028}',
            '\u{202a}',
            '\u{202e}',
            '\u{2060}',
            '\u{2066}',
            '\u{2069}',
            '\u{2800}',
            '\u{3164}',
            '\u{e000}',
            '\u{fdd0}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{ffa0}',
            '\u{fff9}',
            '\u{fffc}',
            '\u{fffd}',
            '\u{1d173}',
            '\u{1ffff}',
            '\u{e0041}',
            '\u{e0101}',
            '\u{f0000}',
            '\u{10ffff}',
        ] {
            let text = format!("a{c}b");
            assert_eq!(Short::parse(&text), Err(TextError::Hidden(c)), "{text:?}");
            assert_eq!(Short::fenced(&text).as_str(), "a\u{fffd}b");
        }
        assert_eq!(TextError::Hidden('\u{202e}').to_string(), "has the character U+202E, which is not shown as it is");
    }

    #[test]
    fn empty_long_and_piled_texts_are_refused() {
        for text in ["", " ", "\u{a0}\u{3000}"] {
            assert_eq!(Short::parse(text), Err(TextError::Empty), "{text:?}");
            assert_eq!(Short::fenced(text).as_str(), "\u{fffd}");
        }
        let long = "ё".repeat(21);
        assert_eq!(Short::parse(&long), Err(TextError::TooLong(20)));
        assert_eq!(Short::fenced(&long).as_str(), format!("{}\u{fffd}", "ё".repeat(19)));
        let pile = format!("a{}", "\u{301}".repeat(7));
        assert_eq!(Short::parse(&pile), Err(TextError::Pile));
        assert_eq!(Short::fenced(&pile).as_str(), format!("a{}\u{fffd}", "\u{301}".repeat(6)));
    }

    proptest! {
        /// Fenced text is short, hides nothing, and is signed only where it is the text itself.
        #[test]
        fn a_fence_changes_only_what_cannot_be_asked(text in any::<String>()) {
            let fenced = Short::fenced(&text);
            prop_assert!((1..=20).contains(&fenced.as_str().chars().count()));
            prop_assert!(fenced.as_str().chars().all(|c| c == FENCE || !is_hidden(c)));
            match Short::parse(&text) {
                Ok(plain) => prop_assert_eq!(plain, fenced),
                Err(_) => prop_assert!(Short::parse(fenced.as_str()).is_err()),
            }
        }

        #[test]
        fn a_text_with_anything_hidden_is_refused(before in "[a-z]{0,9}", c in any::<char>(), after in "[a-z]{0,9}") {
            let read = Short::parse(&format!("x{before}{c}{after}"));
            prop_assert_eq!(read.is_err(), is_hidden(c));
        }
    }
}
