//! The product's words: one Fluent catalogue per language, compiled in.
//!
//! `i18n/en.ftl` and `i18n/ru.ftl` hold every string a person sees; code holds only keys. The same files are
//! read by the TypeScript side. Tests check that both catalogues carry the same keys with the same arguments.

mod call;

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use fluent_langneg::{NegotiationStrategy, negotiate_languages};
use std::sync::LazyLock;
use unic_langid::LanguageIdentifier;

/// The English catalogue's text.
pub const EN: &str = include_str!("../../../i18n/en.ftl");
/// The Russian catalogue's text.
pub const RU: &str = include_str!("../../../i18n/ru.ftl");

static EN_BUNDLE: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle("en", EN));
static RU_BUNDLE: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle("ru", RU));

/// A language the product speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// English, and what is used when a wish cannot be met.
    #[default]
    En,
    /// Russian.
    Ru,
}

/// An argument of a message.
#[derive(Debug, Clone)]
pub enum Arg {
    /// A number; plural forms follow it.
    Int(i64),
    /// Text, inserted as it is (pages escape it).
    Text(String),
}

impl From<i64> for Arg {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<u32> for Arg {
    fn from(value: u32) -> Self {
        Self::Int(i64::from(value))
    }
}

impl From<&str> for Arg {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Arg {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl Lang {
    /// Every language, in the order a switch shows them.
    pub const ALL: [Self; 2] = [Self::En, Self::Ru];

    /// The BCP 47 tag, as in `<html lang>`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ru => "ru",
        }
    }

    /// The language's own name, as a language switch shows it.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Ru => "Русский",
        }
    }

    /// Reads a tag such as `ru`, `ru-RU` or `ru_RU.UTF-8`; the region does not matter.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_', '.']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|lang| lang.tag().eq_ignore_ascii_case(primary))
    }

    /// The best of our languages for an `Accept-Language` value (RFC 9110, 12.5.4); English when none fits.
    pub fn negotiate(accept_language: &str) -> Self {
        let mut ranges: Vec<Range<'_>> = accept_language.split(',').take(32).filter_map(Range::parse).collect();
        // A stable sort: of two that weigh the same the first is the better one.
        ranges.sort_by_key(|range| std::cmp::Reverse(range.thousandths));
        let refused = |lang: &Self| ranges.iter().any(|range| range.thousandths == 0 && range.tag == lang.tag());
        let offered: Vec<LanguageIdentifier> =
            Self::ALL.iter().filter(|lang| !refused(lang)).filter_map(|lang| lang.tag().parse().ok()).collect();
        let wished: Vec<LanguageIdentifier> = ranges
            .iter()
            .filter(|range| range.thousandths > 0)
            .filter_map(|range| if range.tag == "*" { offered.first().cloned() } else { range.tag.parse().ok() })
            .collect();
        let best = negotiate_languages(&wished, &offered, None, NegotiationStrategy::Lookup);
        best.first().and_then(|lang| Self::parse(lang.language.as_str())).unwrap_or_default()
    }

    /// The message of `key`. An unknown key, which tests forbid, shows as itself.
    pub fn t(self, key: &str) -> String {
        self.t_with(key, &[])
    }

    /// The message of `key` with arguments.
    pub fn t_with(self, key: &str, args: &[(&str, Arg)]) -> String {
        let bundle = match self {
            Self::En => &*EN_BUNDLE,
            Self::Ru => &*RU_BUNDLE,
        };
        let Some(pattern) = bundle.get_message(key).and_then(|m| m.value()) else {
            debug_assert!(false, "no message {key} in {}", self.tag());
            return key.to_owned();
        };
        let mut fluent = FluentArgs::new();
        for (name, value) in args {
            let value = match value {
                Arg::Int(n) => FluentValue::from(*n),
                Arg::Text(text) => FluentValue::from(text.as_str()),
            };
            fluent.set(*name, value);
        }
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&fluent), &mut errors).into_owned();
        debug_assert!(errors.is_empty(), "message {key} in {}: {errors:?}", self.tag());
        text
    }
}

/// A language range and its weight.
struct Range<'a> {
    tag: &'a str,
    thousandths: u32,
}

impl<'a> Range<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (tag, weight) = match text.split_once(';') {
            Some((tag, weight)) => (tag, weight_of(weight.trim())?),
            None => (text, 1000),
        };
        let tag = tag.trim();
        (!tag.is_empty()).then_some(Self { tag, thousandths: weight })
    }
}

/// The weight of `q=0.8` in thousandths (RFC 9110, 12.4.2).
fn weight_of(text: &str) -> Option<u32> {
    let (name, value) = text.split_at_checked(2)?;
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let digits = fraction.len() <= 3 && fraction.bytes().all(|b| b.is_ascii_digit());
    if !name.eq_ignore_ascii_case("q=") || !digits {
        return None;
    }
    let fraction: u32 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" => Some(fraction),
        "1" if fraction == 0 => Some(1000),
        _ => None,
    }
}

fn bundle(tag: &'static str, text: &'static str) -> FluentBundle<FluentResource> {
    let lang: LanguageIdentifier = tag.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![lang]);
    // Isolation marks would stand between a label and the programs and people who look for its exact words.
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(partial, errors)| {
        debug_assert!(false, "{tag}.ftl: {errors:?}");
        partial
    });
    bundle.add_resource_overriding(resource);
    bundle
}

#[cfg(test)]
mod tests {
    use super::Lang;

    #[test]
    fn what_a_browser_wishes_for_as_the_grammar_has_it() {
        for (wish, wanted) in [
            ("ru", Lang::Ru),
            ("ru-RU,ru;q=0.9,en;q=0.5", Lang::Ru),
            ("en;q=0.5, ru;q=0.9", Lang::Ru),
            ("en;q=0.5,ru;Q=0.4", Lang::En),
            ("ru ; q=0.1 , en", Lang::En),
            ("RU-Cyrl-RU", Lang::Ru),
            ("de, ru;q=0.2", Lang::Ru),
            ("de,fr", Lang::En),
            ("de, *;q=0.1", Lang::En),
            ("en;q=0, *", Lang::Ru),
            ("ru;q=0, *", Lang::En),
            ("ru;q=0.000", Lang::En),
            ("ru;q=1.000,en;q=0.999", Lang::Ru),
            (",, ru ,", Lang::Ru),
            ("ru;q=2", Lang::En),
            ("ru;q=0.1234, en;q=0.1", Lang::En),
            ("ru;level=1", Lang::En),
            ("rus-tic", Lang::En),
            ("", Lang::En),
            ("\u{0440}\u{0443}", Lang::En),
        ] {
            assert_eq!(Lang::negotiate(wish), wanted, "{wish:?}");
        }
    }
}
