//! Canonical JSON (RFC 8785), for values that are signed: the same value is the same octets everywhere.
//!
//! Only what statements hold: objects, arrays, texts, booleans, null and whole numbers that a double holds exactly.

use serde_json::Value;
use std::fmt::Write as _;

/// The largest whole number that every reader of JSON holds exactly (RFC 8259, 6).
const MAX_SAFE: u64 = (1 << 53) - 1;

/// The value has a number that has no one form in canonical JSON here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotCanonical;

impl std::fmt::Display for NotCanonical {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("only whole numbers below 2^53 can be signed")
    }
}

impl std::error::Error for NotCanonical {}

/// The canonical text of a value.
///
/// ```
/// use serde_json::json;
/// use operation::canonical::{NotCanonical, canonical};
///
/// let statement = json!({ "decision": "approve", "confirmation": "c", "decided_at": 1_700_000_000 });
/// assert_eq!(
///     canonical(&statement).as_deref(),
///     Ok(r#"{"confirmation":"c","decided_at":1700000000,"decision":"approve"}"#),
///     "members in one order, no spaces"
/// );
/// assert_eq!(canonical(&json!(0.1)), Err(NotCanonical), "money is text, never a fraction");
/// ```
///
/// # Errors
/// When it holds a fraction or a number beyond 2^53 - 1.
pub fn canonical(value: &Value) -> Result<String, NotCanonical> {
    let mut out = String::new();
    write(&mut out, value)?;
    Ok(out)
}

fn write(out: &mut String, value: &Value) -> Result<(), NotCanonical> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(yes) => out.push_str(if *yes { "true" } else { "false" }),
        Value::Number(number) => {
            let magnitude = number.as_i64().map(i64::unsigned_abs).or_else(|| number.as_u64());
            magnitude.filter(|magnitude| *magnitude <= MAX_SAFE).ok_or(NotCanonical)?;
            let _ = write!(out, "{number}");
        }
        Value::String(text) => quote(out, text),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(out, item)?;
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            // RFC 8785, 3.2.3: by UTF-16 code units, which differs from octets beyond the basic plane.
            members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push('{');
            for (index, (name, member)) in members.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                quote(out, name);
                out.push(':');
                write(out, member)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

/// RFC 8785, 3.2.2.2: only what must be escaped is.
fn quote(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The order and the escapes of RFC 8785, 3.2.2 and 3.2.3.
    #[test]
    fn the_published_order_and_escapes() {
        let value = json!({
            "\u{20ac}": "Euro Sign", "\r": "Carriage Return", "\u{fb33}": "Hebrew Letter Dalet With Dagesh",
            "1": "One", "\u{1f600}": "Emoji: Grinning Face", "\u{80}": "Control", "\u{f6}": "Latin Small Letter O With Diaeresis",
        });
        let found = canonical(&value).unwrap();
        let places =
            ["\\r", "\"1\"", "\u{80}", "\u{f6}", "\u{20ac}", "\u{1f600}", "\u{fb33}"].map(|name| found.find(name));
        assert!(places.is_sorted() && places[0].is_some(), "{found}");
        assert_eq!(canonical(&json!("\u{20ac}$\u{f}\nA'B\"\\/")), Ok("\"\u{20ac}$\\u000f\\nA'B\\\"\\\\/\"".to_owned()));
    }

    #[test]
    fn numbers_are_whole_and_safe() {
        assert_eq!(canonical(&json!([0, -7, 9_007_199_254_740_991_u64])), Ok("[0,-7,9007199254740991]".to_owned()));
        for bad in [json!(1.5), json!(9_007_199_254_740_992_u64), json!({ "a": [-9_007_199_254_740_992_i64] })] {
            assert_eq!(canonical(&bad), Err(NotCanonical), "{bad}");
        }
        assert_eq!(canonical(&json!({ "b": null, "a": true })), Ok("{\"a\":true,\"b\":null}".to_owned()));
    }
}
