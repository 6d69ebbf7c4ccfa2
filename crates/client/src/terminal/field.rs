//! A text field: what is typed into it, and where the cursor is.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use zeroize::Zeroizing;

/// More than any password may have.
const CAPACITY: usize = 1024;

/// A one-line text field. What is typed is wiped from memory when the field goes.
#[derive(Clone)]
pub struct TextField {
    text: Zeroizing<String>,
    /// In characters, from the left.
    cursor: usize,
    masked: bool,
    allowed: fn(char) -> Option<char>,
}

impl Default for TextField {
    fn default() -> Self {
        Self::new(false, |c| (!c.is_control()).then_some(c))
    }
}

impl TextField {
    fn new(masked: bool, allowed: fn(char) -> Option<char>) -> Self {
        // Its full size at once: growing would leave copies behind that nobody wipes.
        Self { text: Zeroizing::new(String::with_capacity(CAPACITY)), cursor: 0, masked, allowed }
    }

    /// A field whose text shows as dots.
    pub fn masked() -> Self {
        Self { masked: true, ..Self::default() }
    }

    /// A field for decimal digits; anything else is not taken, so that a pasted `123 456` fits.
    pub fn digits() -> Self {
        Self::new(false, |c| c.is_ascii_digit().then_some(c))
    }

    /// A field for the letters and digits of a code card, which are all capitals.
    pub fn code() -> Self {
        Self::new(false, |c| c.is_ascii_alphanumeric().then_some(c.to_ascii_uppercase()))
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the screen may show.
    pub fn shown(&self) -> String {
        if self.masked { "•".repeat(self.text.chars().count()) } else { self.text.to_string() }
    }

    /// The cursor, in characters from the left.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// Empties the field and wipes what was in it.
    pub fn clear(&mut self) {
        *self = Self::new(self.masked, self.allowed);
    }

    /// Types or pastes text at the cursor.
    pub fn insert(&mut self, text: &str) {
        for c in text.chars().filter_map(self.allowed) {
            if self.text.len() + c.len_utf8() > CAPACITY {
                return;
            }
            let at = self.octet(self.cursor);
            self.text.insert(at, c);
            self.cursor += 1;
        }
    }

    /// Acts on a key; false when the key means nothing to a text field.
    pub fn key(&mut self, key: KeyEvent) -> bool {
        let end = self.text.chars().count();
        match (key.code, key.modifiers.contains(KeyModifiers::CONTROL)) {
            (KeyCode::Char('u'), true) => self.clear(),
            (KeyCode::Char('a'), true) | (KeyCode::Home, _) => self.cursor = 0,
            (KeyCode::Char('e'), true) | (KeyCode::End, _) => self.cursor = end,
            (KeyCode::Char(c), false) if !key.modifiers.contains(KeyModifiers::ALT) => {
                self.insert(c.encode_utf8(&mut [0; 4]));
            }
            (KeyCode::Left, _) => self.cursor = self.cursor.saturating_sub(1),
            (KeyCode::Right, _) => self.cursor = end.min(self.cursor + 1),
            (KeyCode::Backspace, _) if self.cursor > 0 => {
                self.cursor -= 1;
                let at = self.octet(self.cursor);
                self.text.remove(at);
            }
            (KeyCode::Delete, _) if self.cursor < end => {
                let at = self.octet(self.cursor);
                self.text.remove(at);
            }
            (KeyCode::Backspace | KeyCode::Delete, _) => {}
            _ => return false,
        }
        true
    }

    fn octet(&self, character: usize) -> usize {
        self.text.char_indices().nth(character).map_or(self.text.len(), |(at, _)| at)
    }
}

impl std::fmt::Debug for TextField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TextField({} characters)", self.text.chars().count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(field: &mut TextField, codes: &[KeyCode]) {
        for code in codes {
            field.key(KeyEvent::from(*code));
        }
    }

    #[test]
    fn edits_anywhere_also_beyond_ascii() {
        let mut field = TextField::default();
        field.insert("пр вет");
        press(&mut field, &[KeyCode::Home, KeyCode::Right, KeyCode::Right, KeyCode::Delete, KeyCode::Char('и')]);
        assert_eq!(field.text(), "привет");
        press(&mut field, &[KeyCode::Backspace, KeyCode::End, KeyCode::Backspace, KeyCode::Delete]);
        assert_eq!((field.text(), field.cursor()), ("прве", 4));
    }

    #[test]
    fn takes_only_what_belongs() {
        let mut digits = TextField::digits();
        digits.insert(" 123 456\n");
        assert_eq!(digits.text(), "123456");
        let mut code = TextField::code();
        code.insert("a3d z3v");
        assert_eq!(code.text(), "A3DZ3V");
    }

    #[test]
    fn a_password_shows_neither_on_screen_nor_in_debug() {
        let mut field = TextField::masked();
        field.insert("пароль");
        assert_eq!(field.shown(), "••••••");
        assert!(!format!("{field:?}").contains("пароль"));
        field.insert(&"x".repeat(5000));
        assert!(field.text().len() <= CAPACITY);
    }
}
