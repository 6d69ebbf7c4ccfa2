//! The table that every program which reads or writes amounts is tested with.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use amount::{Field, Marks, Refused, read, shown, write};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Vectors {
    read: Vec<Read>,
    write: Vec<Written>,
    typing: Vec<Typing>,
}

#[derive(Deserialize)]
struct Read {
    lang: String,
    currency: String,
    decimals: u8,
    typed: String,
    amount: Option<String>,
    refused: Option<String>,
    next: Option<String>,
    readings: Option<(String, String)>,
}

#[derive(Deserialize)]
struct Written {
    lang: String,
    amount: String,
    currency: String,
    written: String,
}

#[derive(Deserialize)]
struct Typing {
    lang: String,
    typed: String,
    shown: String,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../../../vectors/typed-amounts.json")).expect("the table")
}

fn name(refused: &Refused) -> &'static str {
    match refused {
        Refused::Empty => "empty",
        Refused::Unreadable => "unreadable",
        Refused::Unclear(..) => "unclear",
        Refused::TooFine(_) => "too-fine",
        Refused::TooLarge => "too-large",
        Refused::OtherCurrency => "other-currency",
    }
}

#[test]
fn what_is_typed_means_what_the_table_says() {
    let table = vectors().read;
    assert!(table.len() > 150);
    for row in table {
        let field = Field { currency: &row.currency, decimals: row.decimals };
        let said = read(&row.typed, Marks::of(&row.lang), field);
        let about = format!("{:?} in {}", row.typed, row.lang);
        match said {
            Ok(amount) => assert_eq!(Some(amount.to_string()), row.amount, "{about}"),
            Err(refused) => {
                assert_eq!(Some(name(&refused).to_owned()), row.refused, "{about}");
                match refused {
                    Refused::TooFine(next) => assert_eq!(Some(next.to_string()), row.next, "{about}"),
                    Refused::Unclear(first, second) => assert_eq!(Some((first, second)), row.readings, "{about}"),
                    _ => {}
                }
            }
        }
    }
}

#[test]
fn an_amount_is_written_in_one_way() {
    for row in vectors().write {
        assert_eq!(write(&row.amount, &row.currency, Marks::of(&row.lang)), row.written);
    }
}

#[test]
fn thousands_show_while_typing() {
    for row in vectors().typing {
        assert_eq!(shown(&row.typed, Marks::of(&row.lang)), row.shown);
    }
}

proptest! {
    /// What a program writes can be copied into a field of any language and means the same, unless the field asks.
    #[test]
    fn what_is_written_is_read_back_or_asked_about(cents in 0_u64..=99_999_999_999_999, from in 0..2, to in 0..2) {
        let tag = |which| if which == 0 { "en" } else { "ru" };
        let decimal = format!("{}.{:02}", cents / 100, cents % 100);
        let written = write(&decimal, "USD", Marks::of(tag(from)));
        let field = Field { currency: "USD", decimals: 2 };
        prop_assert_eq!(read(&written, Marks::of(tag(to)), field).map(amount::Amount::minor), Ok(cents));
    }

    /// A separator is never dropped: digits apart from each other are never read as if they stood together, except in
    /// groups of three.
    #[test]
    fn no_mark_is_dropped(whole in 0_u32..10_000, mark in "[.,]", fraction in "[0-9]{1,2}") {
        let field = Field { currency: "USD", decimals: 2 };
        for lang in ["en", "ru"] {
            let read = read(&format!("{whole}{mark}{fraction}"), Marks::of(lang), field);
            let cents = u64::from(whole) * 100 + format!("{fraction:0<2}").parse::<u64>().unwrap();
            prop_assert_eq!(read.map(amount::Amount::minor), Ok(cents));
        }
    }

    #[test]
    fn no_text_panics(text in ".{0,40}", decimals in 0_u8..6) {
        for lang in ["en", "ru"] {
            let _ = read(&text, Marks::of(lang), Field { currency: "USD", decimals });
        }
    }
}
