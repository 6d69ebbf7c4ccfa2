//! What people type into the fields for amounts and numbers, and what is said of what is not taken.

use super::frame::Frame;
use crate::money::{CURRENCY, Cents};
use amount::{Field, Refused};

/// An amount above zero.
///
/// # Errors
/// What to say; `example` is an amount that would be taken.
pub fn amount(frame: &Frame, text: &str, example: Cents) -> Result<Cents, String> {
    match Cents::typed(text, frame.lang.marks()) {
        Ok(Cents::ZERO) => Err(frame.t1("amount-error-zero", "example", frame.price(example))),
        Ok(amount) => Ok(amount),
        Err(refused) => Err(words(frame, &refused, example)),
    }
}

/// A whole number: shares. Nothing where it is none.
pub fn count(frame: &Frame, text: &str) -> Option<i64> {
    let number = amount::read(text, frame.lang.marks(), Field { currency: "", decimals: 0 }).ok()?;
    i64::try_from(number.minor()).ok()
}

fn words(frame: &Frame, refused: &Refused, example: Cents) -> String {
    let number = |decimal: &str| amount::number(decimal, frame.lang.marks());
    match refused {
        Refused::Empty | Refused::Unreadable => frame.t1("amount-error-unreadable", "example", frame.price(example)),
        Refused::Unclear(first, second) => {
            frame.lang.t("amount-error-unclear", &[("first", &number(first)), ("second", &number(second))])
        }
        Refused::TooFine(next) => frame.t1("amount-error-too-fine", "example", number(&next.to_string())),
        Refused::TooLarge => frame.t("amount-error-too-large"),
        Refused::OtherCurrency => frame.t1("amount-error-other-currency", "currency", CURRENCY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Lang;

    fn frame(lang: Lang) -> Frame {
        let text = String::new;
        Frame { lang, csrf: text(), path: text(), part: "portal", user: None, issuer: text() }
    }

    #[test]
    fn a_field_takes_what_the_page_prints_and_says_why_it_does_not_take_another() {
        let example = Cents::new(25_000);
        for lang in Lang::ALL {
            let frame = frame(lang);
            for cents in [5, 90_050, 25_000_000, 12_480_000].map(Cents::new) {
                assert_eq!(amount(&frame, &frame.money(cents), example), Ok(cents));
                assert_eq!(amount(&frame, &frame.price(cents), example), Ok(cents));
            }
            let refused = ["", "0", "-5", "1.2.3", "900.505", "€5", "1.200"].map(|text| amount(&frame, text, example));
            let mut said: Vec<String> = refused.into_iter().filter_map(Result::err).collect();
            assert_eq!(said.len(), 7, "{said:?}");
            assert!(said.iter().all(|words| words.chars().any(char::is_whitespace)), "{said:?}");
            said.sort();
            said.dedup();
            assert!(said.len() >= 4, "one text for several causes: {said:?}");
        }
    }

    #[test]
    fn shares_are_counted_and_no_mark_is_dropped() {
        let frame = frame(Lang::En);
        let counted = ["1200", "1,200", "1 200", "12.5", "12.0", "x", ""].map(|text| count(&frame, text));
        assert_eq!(counted, [Some(1200), Some(1200), Some(1200), None, Some(12), None, None]);
    }
}
