//! The migrations' PostgreSQL words in SQLite's: `BIGINT` → `INTEGER`, `BYTEA` → `BLOB`, and every table `STRICT`, so
//! that SQLite refuses values of another type as PostgreSQL does.

use std::iter::Peekable;
use std::str::CharIndices;

/// A piece of an SQL text. Words are what may be replaced; everything quoted or commented is `Other`.
enum Piece<'a> {
    Word(&'a str),
    Semicolon,
    Other(&'a str),
}

/// Translates a migration. Statements end in `;`, also the last one.
pub(super) fn translate(sql: &str) -> String {
    let mut translated = String::with_capacity(sql.len() + 64);
    let mut words = 0;
    let mut table = false;
    for piece in pieces(sql) {
        match piece {
            Piece::Word(word) => {
                words += 1;
                table = match words {
                    1 => word.eq_ignore_ascii_case("CREATE"),
                    2 => table && word.eq_ignore_ascii_case("TABLE"),
                    _ => table,
                };
                translated.push_str(sqlite_word(word));
            }
            Piece::Semicolon => {
                translated.push_str(if table && words > 1 { " STRICT;" } else { ";" });
                words = 0;
                table = false;
            }
            Piece::Other(text) => translated.push_str(text),
        }
    }
    translated
}

fn sqlite_word(word: &str) -> &str {
    match word {
        _ if word.eq_ignore_ascii_case("BIGINT") => "INTEGER",
        _ if word.eq_ignore_ascii_case("BYTEA") => "BLOB",
        _ => word,
    }
}

/// The migrations' word for a column type of SQLite, so that schemas of both databases can be compared.
pub(super) fn shared_word(kind: &str) -> &str {
    match kind {
        "INTEGER" => "BIGINT",
        "BLOB" => "BYTEA",
        other => other,
    }
}

fn pieces(sql: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut chars = sql.char_indices().peekable();
    while let Some((start, first)) = chars.next() {
        let text = |chars: &mut Peekable<CharIndices<'_>>| {
            let end = chars.peek().map_or(sql.len(), |(index, _)| *index);
            sql.get(start..end).unwrap_or_default()
        };
        pieces.push(match first {
            ';' => Piece::Semicolon,
            '\'' | '"' => {
                // A doubled quote ends one piece and begins the next, which comes to the same.
                skip_until(&mut chars, |character| character == first);
                chars.next();
                Piece::Other(text(&mut chars))
            }
            '-' if chars.peek().is_some_and(|(_, next)| *next == '-') => {
                skip_until(&mut chars, |character| character == '\n');
                Piece::Other(text(&mut chars))
            }
            _ if is_word(first) => {
                skip_until(&mut chars, |character| !is_word(character));
                Piece::Word(text(&mut chars))
            }
            _ => Piece::Other(text(&mut chars)),
        });
    }
    pieces
}

fn skip_until(chars: &mut Peekable<CharIndices<'_>>, stop: impl Fn(char) -> bool) {
    while chars.next_if(|(_, character)| !stop(*character)).is_some() {}
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}
