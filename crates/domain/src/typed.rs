//! Answers as people type them: digits of any script, letters of any width, parted as they like. What is only spelled
//! differently is no wrong answer.

use crate::Secret;
use unicode_normalization::UnicodeNormalization as _;

/// The zeros of Unicode's decimal digits (general category Nd): the nine digits behind each follow it.
const ZEROS: [u32; 66] = [
    0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
    0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620,
    0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0,
    0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60,
    0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
];

/// An answer in the characters that it is compared in: digits are ASCII, letters are capital ASCII where they have such
/// a form, and nothing is left of what parts them. A character that has no such form stays and makes the answer wrong.
pub fn plain(typed: &str) -> Secret<String> {
    let mut out = String::with_capacity(typed.len());
    for found in typed.nfkc().filter(|c| !parts(*c)) {
        out.push(digit(found).unwrap_or(found.to_ascii_uppercase()));
    }
    Secret::new(out)
}

/// Whether an answer holds nothing but what parts characters: it is no try.
pub fn is_blank(typed: &str) -> bool {
    typed.chars().all(parts)
}

fn digit(found: char) -> Option<char> {
    let code = u32::from(found);
    let value = ZEROS.iter().find_map(|zero| code.checked_sub(*zero).filter(|value| *value < 10))?;
    char::from_digit(value, 10)
}

/// White space, dashes of every length, the dots that group digits, and what has no shape of its own: zero-width
/// characters, marks of direction, variation selectors and the frame of a keycap.
fn parts(found: char) -> bool {
    found.is_whitespace()
        || found.is_control()
        || matches!(
            found,
            '-' | '.'
                | ','
                | '_'
                | '·'
                | '\u{ad}'
                | '\u{34f}'
                | '\u{58a}'
                | '\u{5be}'
                | '\u{61c}'
                | '\u{1806}'
                | '\u{2212}'
                | '\u{2e3a}'
                | '\u{2e3b}'
                | '\u{301c}'
                | '\u{3030}'
                | '\u{30fb}'
                | '\u{20e3}'
                | '\u{feff}'
                | '\u{fe31}'
                | '\u{fe32}'
                | '\u{fe58}'
                | '\u{fe63}'
                | '\u{ff0d}'
        )
        || ('\u{180b}'..='\u{180f}').contains(&found)
        || ('\u{200b}'..='\u{200f}').contains(&found)
        || ('\u{2010}'..='\u{2015}').contains(&found)
        || ('\u{202a}'..='\u{202e}').contains(&found)
        || ('\u{2060}'..='\u{206f}').contains(&found)
        || ('\u{fe00}'..='\u{fe0f}').contains(&found)
        || ('\u{e0000}'..='\u{e0fff}').contains(&found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reads(typed: &str) -> String {
        plain(typed).expose().clone()
    }

    #[test]
    fn an_answer_that_is_only_spelled_differently_is_the_same() {
        for typed in [
            "12345678",
            " 1234 5678 ",
            "1234-5678",
            "1234\u{2013}5678",
            "1234\u{2011}5678",
            "1234\u{2212}5678",
            "1234.5678",
            "1234\u{a0}5678",
            "1234\u{202f}5678",
            "1234\u{3000}5678",
            "1234\u{200b}5678",
            "\u{feff}12345678\u{2060}",
            "\u{2066}1234\u{2069}5678",
            "\u{200e}1234\t56\n78",
            "１２３４５６７８",
            "１２３４－５６７８",
            "١٢٣٤٥٦٧٨",
            "۱۲۳۴۵۶۷۸",
            "१२३४५६७८",
            "๑๒๓๔๕๖๗๘",
            "𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖",
            "1\u{fe0f}\u{20e3}2345678",
        ] {
            assert_eq!(reads(typed), "12345678", "{typed:?}");
        }
        assert_eq!(reads("k7q-2xw"), "K7Q2XW");
        assert_eq!(reads("Ｋ７ｑ ２ｘＷ"), "K7Q2XW");
    }

    #[test]
    fn what_is_no_digit_stays_and_is_wrong() {
        for typed in ["1234567O", "1234567l", "12345678Ж", "12345678й", "1234567\u{661f}", "12345678+"] {
            assert_ne!(reads(typed), "12345678", "{typed:?}");
        }
        assert_eq!(reads("Ж"), "Ж", "a letter is not dropped");
    }

    #[test]
    fn nothing_but_spaces_is_no_answer() {
        assert!(is_blank("") && is_blank(" \t\u{200b}-\u{a0}"));
        assert!(!is_blank("0") && !is_blank("x"));
    }

    proptest! {
        /// However its digits are written and parted, a number reads as itself.
        #[test]
        fn digits_of_every_script_read_as_themselves(
            digits in prop::collection::vec((0..10_u32, 0..ZEROS.len(), 0..8_usize), 1..12),
        ) {
            const BETWEEN: [&str; 8] = ["", " ", "-", "\u{200b}", "\u{a0}", "\u{2014}", "\u{feff}", ". "];
            let mut typed = String::new();
            let mut wanted = String::new();
            for (digit, script, between) in digits {
                typed.push(char::from_u32(ZEROS[script] + digit).unwrap());
                typed.push_str(BETWEEN[between]);
                wanted.push(char::from_digit(digit, 10).unwrap());
            }
            prop_assert_eq!(reads(&typed), wanted);
        }
    }
}
