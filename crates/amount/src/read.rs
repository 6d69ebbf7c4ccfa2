//! Reading what was typed.

use crate::{
    Amount, Field, Marks,
    tokens::{self, Mark, Token},
};

/// Most digits before the decimals.
const LONGEST: usize = 12;

/// Signs of currencies that are typed in place of a code.
const SIGNS: &[(&str, &str)] =
    &[("$", "USD"), ("US$", "USD"), ("€", "EUR"), ("£", "GBP"), ("¥", "JPY"), ("₽", "RUB"), ("₴", "UAH"), ("₸", "KZT")];

/// Why an amount was not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Nothing was typed.
    #[error("there is no amount")]
    Empty,
    /// It is no amount: letters, a sign, groups of other than three digits, marks that contradict each other.
    #[error("that is not an amount")]
    Unreadable,
    /// One mark with three digits behind it, which this language does not decide. Both readings, as machines write them.
    #[error("that is {0} or {1}")]
    Unclear(String, String),
    /// More decimals than the field takes; the next amount above that it does take.
    #[error("the amount has too many decimals; the next one is {0}")]
    TooFine(Amount),
    /// More than twelve digits before the decimals.
    #[error("the amount is too large")]
    TooLarge,
    /// The code or sign of another currency.
    #[error("the amount is in another currency")]
    OtherCurrency,
}

/// Reads `1,250.50`, `1 250,50`, `1'250.50 USD`, `١٢٥٠٫٥٠`: what the marks mean follows from how they stand, and where
/// that leaves two meanings (`1,200`) from the language; where the language has neither (`1.200` in English), it is
/// refused as unclear.
pub fn read(typed: &str, marks: Marks, field: Field<'_>) -> Result<Amount, Refused> {
    let tokens = tokens::of(typed);
    let (parts, between) = split(number_in(&tokens, field.currency)?)?;
    let decimal = decimal_behind(&parts, &between, marks, field)?;
    let (whole, fraction) = match parts.split_last() {
        Some((fraction, whole)) if decimal => (whole, fraction.as_str()),
        _ => (parts.as_slice(), ""),
    };
    if !grouped(whole) {
        return Err(Refused::Unreadable);
    }
    exact(&whole.concat(), fraction, field)
}

/// The tokens of the number alone: the currency before or behind it is checked and left out.
fn number_in<'a>(tokens: &'a [Token], currency: &str) -> Result<&'a [Token], Refused> {
    let digit = |token: &Token| matches!(token, Token::Digit(_));
    let Some(first) = tokens.iter().position(digit) else {
        let nothing = tokens.iter().all(|token| *token == Token::Mark(Mark::Space));
        return Err(if nothing { Refused::Empty } else { Refused::Unreadable });
    };
    let last = tokens.iter().rposition(digit).unwrap_or(first);
    let (before, rest) = tokens.split_at(first);
    let (number, behind) = rest.split_at(last + 1 - first);
    match (words(before)?.as_str(), words(behind)?.as_str()) {
        ("", "") => Ok(number),
        ("", code) | (code, "") => is(code, currency).map(|()| number),
        _ => Err(Refused::Unreadable),
    }
}

/// What stands beside a number, without its spaces. A mark there is part of the number, and unfinished.
fn words(beside: &[Token]) -> Result<String, Refused> {
    let each = beside.iter().filter(|token| **token != Token::Mark(Mark::Space));
    each.map(|token| if let Token::Other(c) = token { Ok(*c) } else { Err(Refused::Unreadable) }).collect()
}

/// Whether a word is the field's currency.
fn is(word: &str, currency: &str) -> Result<(), Refused> {
    let upper = word.to_uppercase();
    let sign = SIGNS.iter().find(|(sign, _)| *sign == upper).map(|(_, code)| *code);
    let code = sign.or_else(|| (upper.len() == 3 && upper.bytes().all(|b| b.is_ascii_uppercase())).then_some(&upper));
    match code {
        Some(code) if code == currency => Ok(()),
        Some(_) => Err(Refused::OtherCurrency),
        None => Err(Refused::Unreadable),
    }
}

/// The runs of digits, and the marks between them; several spaces are one.
fn split(number: &[Token]) -> Result<(Vec<String>, Vec<Mark>), Refused> {
    let (mut parts, mut between) = (vec![String::new()], Vec::new());
    for token in number {
        let open = parts.last_mut().ok_or(Refused::Unreadable)?;
        match token {
            Token::Digit(digit) => open.push(*digit),
            Token::Mark(Mark::Space) if open.is_empty() && between.last() == Some(&Mark::Space) => {}
            Token::Mark(mark) if !open.is_empty() => {
                between.push(*mark);
                parts.push(String::new());
            }
            Token::Mark(_) | Token::Other(_) => return Err(Refused::Unreadable),
        }
    }
    Ok((parts, between))
}

/// Whether the last mark stands before decimals.
fn decimal_behind(parts: &[String], between: &[Mark], marks: Marks, field: Field<'_>) -> Result<bool, Refused> {
    let Some((last, earlier)) = between.split_last() else { return Ok(false) };
    let alike = |all: &[Mark]| all.windows(2).all(|pair| matches!(pair, [a, b] if a == b));
    match last {
        Mark::Space | Mark::Apostrophe | Mark::Thousands if alike(between) => Ok(false),
        Mark::Space | Mark::Apostrophe | Mark::Thousands => Err(Refused::Unreadable),
        Mark::Point | Mark::Comma if earlier.is_empty() => alone(parts, *last, marks, field),
        Mark::Point | Mark::Comma if earlier.contains(last) && alike(between) => Ok(false),
        _ if earlier.contains(last) || earlier.contains(&Mark::Decimal) || !alike(earlier) => Err(Refused::Unreadable),
        _ => Ok(true),
    }
}

/// A point or a comma with no other mark: before three digits it may stand between thousands as well.
fn alone(parts: &[String], mark: Mark, marks: Marks, field: Field<'_>) -> Result<bool, Refused> {
    let [whole, rest] = parts else { return Err(Refused::Unreadable) };
    if !grouped(parts) {
        return Ok(true);
    }
    let language = |c: char| (mark == Mark::Point && c == '.') || (mark == Mark::Comma && c == ',');
    if language(marks.group) {
        return Ok(false);
    }
    if language(marks.point) && field.decimals >= 3 {
        return Ok(true);
    }
    let decimals = rest.trim_end_matches('0');
    let fraction = format!("{decimals:0<width$}", width = usize::from(field.decimals));
    let first = if fraction.is_empty() { whole.clone() } else { format!("{whole}.{fraction}") };
    let zeros = if field.decimals == 0 { String::new() } else { format!(".{:0<1$}", "", usize::from(field.decimals)) };
    Err(Refused::Unclear(first, format!("{whole}{rest}{zeros}")))
}

/// Whether the runs are one number: a single run, or groups of three behind one of up to three.
fn grouped(parts: &[String]) -> bool {
    match parts {
        [_] => true,
        [first, rest @ ..] => {
            (1..=3).contains(&first.len()) && !first.starts_with('0') && rest.iter().all(|group| group.len() == 3)
        }
        [] => false,
    }
}

/// The amount of these digits.
fn exact(whole: &str, fraction: &str, field: Field<'_>) -> Result<Amount, Refused> {
    let whole = whole.trim_start_matches('0');
    if whole.len() > LONGEST {
        return Err(Refused::TooLarge);
    }
    let decimals = usize::from(field.decimals);
    let (kept, beyond) = fraction.split_at_checked(decimals).unwrap_or((fraction, ""));
    let digits = format!("0{whole}{kept:0<decimals$}");
    let minor: u64 = digits.parse().map_err(|_| Refused::TooLarge)?;
    let amount = |minor| Amount { minor, decimals: field.decimals };
    if beyond.bytes().all(|digit| digit == b'0') { Ok(amount(minor)) } else { Err(Refused::TooFine(amount(minor + 1))) }
}
