//! Characters as what they are in an amount, whatever the script and the keyboard.

/// A mark between digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// `.`
    Point,
    /// `,`
    Comma,
    /// A space of any width.
    Space,
    /// `'` or `’`, as in Switzerland.
    Apostrophe,
    /// `٬`, the Arabic mark between thousands.
    Thousands,
    /// `٫`, the Arabic mark before decimals.
    Decimal,
}

/// A character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    Digit(char),
    Mark(Mark),
    Other(char),
}

/// The zeros of the scripts that people type numbers in; the other nine digits follow each.
const ZEROS: [char; 18] = [
    '0', '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{b66}', '\u{be6}', '\u{c66}', '\u{ce6}',
    '\u{d66}', '\u{e50}', '\u{ed0}', '\u{f20}', '\u{1040}', '\u{17e0}', '\u{ff10}',
];

/// The characters of a text; those that are not seen (marks of direction, joiners) are left out.
pub(crate) fn of(text: &str) -> Vec<Token> {
    text.chars().filter(|c| !unseen(*c)).map(token).collect()
}

fn unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn token(c: char) -> Token {
    let digit = ZEROS.iter().find_map(|zero| {
        let value = u32::from(c).checked_sub(u32::from(*zero))?;
        char::from_digit(value, 10)
    });
    match c {
        _ if digit.is_some() => Token::Digit(digit.unwrap_or('0')),
        '.' | '\u{ff0e}' => Token::Mark(Mark::Point),
        ',' | '\u{ff0c}' => Token::Mark(Mark::Comma),
        '\'' | '\u{2019}' | '\u{2bc}' | '\u{ff07}' => Token::Mark(Mark::Apostrophe),
        '\u{66c}' => Token::Mark(Mark::Thousands),
        '\u{66b}' => Token::Mark(Mark::Decimal),
        _ if c.is_whitespace() => Token::Mark(Mark::Space),
        _ => Token::Other(c),
    }
}
