//! Writing: every digit as the machine has it, thousands apart.

use crate::Marks;

/// A number for people: `1250.50` as `1,250.50`. It keeps as many decimals as it has.
pub fn number(decimal: &str, marks: Marks) -> String {
    let (sign, digits) = decimal.strip_prefix('-').map_or(("", decimal), |digits| ("−", digits));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, part)| (whole, Some(part)));
    let mut out = sign.to_owned();
    out.push_str(&apart(whole, marks));
    if let Some(fraction) = fraction {
        out.push(marks.point);
        out.push_str(fraction);
    }
    out
}

/// An amount for people: the number, a no-break space, the currency's code.
pub fn write(decimal: &str, currency: &str, marks: Marks) -> String {
    format!("{}\u{a0}{currency}", number(decimal, marks))
}

/// What a field shows of what is typed into it: thousands apart, where nothing typed could be mistaken for that mark.
pub fn shown(typed: &str, marks: Marks) -> String {
    let end = typed.find(['.', ',']).unwrap_or(typed.len());
    let (whole, rest) = typed.split_at(end);
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let plain = whole.len() > 3 && digits(whole) && !whole.starts_with('0');
    let behind = rest.strip_prefix(['.', ',']).is_none_or(digits);
    if !plain || !behind || rest.starts_with(marks.group) {
        return typed.to_owned();
    }
    format!("{}{rest}", apart(whole, marks))
}

fn apart(whole: &str, marks: Marks) -> String {
    let mut out = String::new();
    let count = whole.chars().count();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (count - place).is_multiple_of(3) {
            out.push(marks.group);
        }
        out.push(digit);
    }
    out
}
