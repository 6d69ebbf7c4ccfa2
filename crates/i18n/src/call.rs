//! The words that an agent of the desk says first, so that whoever is called knows that it is one of ours.

use crate::Lang;

const EN: &str = include_str!("../../../i18n/call-words.en.txt");
const RU: &str = include_str!("../../../i18n/call-words.ru.txt");

impl Lang {
    /// Two different words, one for each octet drawn.
    ///
    /// ```
    /// use i18n::Lang;
    ///
    /// assert_eq!(Lang::En.call_words([0, 0]), "amber anchor");
    /// assert_ne!(Lang::Ru.call_words([0, 0]), Lang::Ru.call_words([0, 1]));
    /// ```
    #[must_use]
    pub fn call_words(self, [first, second]: [u8; 2]) -> String {
        let words: Vec<_> = match self {
            Self::En => EN.lines().collect(),
            Self::Ru => RU.lines().collect(),
        };
        let first = usize::from(first) % words.len();
        let second = (first + 1 + usize::from(second) % (words.len() - 1)) % words.len();
        [first, second].into_iter().filter_map(|at| words.get(at).copied()).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_words_are_one_whatever_is_drawn() {
        for lang in Lang::ALL {
            let drawn = (0..=255).flat_map(|first| (0..=255).map(move |second| lang.call_words([first, second])));
            let drawn: BTreeSet<_> = drawn.collect();
            assert_eq!(drawn.len(), 64 * 63, "{lang:?}");
            for pair in drawn {
                let (first, second) = pair.split_once(' ').unwrap();
                assert!(first != second && !second.contains(' '), "{pair}");
            }
        }
    }
}
