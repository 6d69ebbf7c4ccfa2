//! Statements about many rows at once, written by the compiler: `head ($1, $2), ($3, $4), …`.

/// Room for a statement.
const ROOM: usize = 8192;

/// A statement's text.
pub(crate) struct Text {
    octets: [u8; ROOM],
    length: usize,
}

/// A head, and behind it so many rows of so many parameters, numbered throughout.
#[must_use]
pub(crate) const fn rows(head: &str, rows: usize, columns: usize) -> Text {
    let mut text = Text { octets: [0; ROOM], length: 0 }.with(head.as_bytes());
    let mut number = 0;
    while number < rows * columns {
        let first = number % columns == 0;
        text = text.with(if !first || number == 0 { b"" } else { b"), " });
        text = text.with(if first { b"($" } else { b", $" });
        number += 1;
        text = text.with_number(number);
    }
    text.with(b")")
}

/// The text, which is ASCII.
#[must_use]
pub(crate) const fn text(text: &'static Text) -> &'static str {
    let (octets, _) = text.octets.split_at(text.length);
    match std::str::from_utf8(octets) {
        Ok(text) => text,
        Err(_) => "",
    }
}

impl Text {
    #[expect(clippy::indexing_slicing, reason = "for constants only: what is out of bounds does not compile")]
    const fn with(mut self, octets: &[u8]) -> Self {
        let mut at = 0;
        while at < octets.len() {
            self.octets[self.length] = octets[at];
            self.length += 1;
            at += 1;
        }
        self
    }

    #[expect(clippy::cast_possible_truncation, reason = "a digit is below ten")]
    const fn with_number(self, number: usize) -> Self {
        let text = if number >= 10 { self.with_number(number / 10) } else { self };
        text.with(&[b'0' + (number % 10) as u8])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_throughout() {
        const TWO: Text = rows("INSERT INTO kv (k, n) VALUES ", 2, 2);
        const ELEVEN: Text = rows("SELECT 1 IN ", 1, 11);
        assert_eq!(text(&TWO), "INSERT INTO kv (k, n) VALUES ($1, $2), ($3, $4)");
        assert_eq!(text(&ELEVEN), "SELECT 1 IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");
    }
}
