//! The brokerage's own words: one Fluent catalogue per language, compiled in.

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use std::sync::LazyLock;
use unic_langid::LanguageIdentifier;

/// The English catalogue's text.
pub const EN: &str = include_str!("../i18n/en.ftl");
/// The Russian catalogue's text.
pub const RU: &str = include_str!("../i18n/ru.ftl");

static EN_BUNDLE: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle("en", EN));
static RU_BUNDLE: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle("ru", RU));

/// A language of the pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Lang {
    /// English, and what is used when a wish cannot be met.
    #[default]
    En,
    /// Russian.
    Ru,
}

impl Lang {
    /// Every language, in the order of the switch.
    pub const ALL: [Self; 2] = [Self::En, Self::Ru];

    /// The BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ru => "ru",
        }
    }

    /// How it writes numbers.
    pub fn marks(self) -> amount::Marks {
        amount::Marks::of(self.tag())
    }

    /// The language's own name.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Ru => "Русский",
        }
    }

    /// Reads a tag; the region does not matter.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|lang| lang.tag().eq_ignore_ascii_case(primary))
    }

    /// The best of ours for an `Accept-Language` value (RFC 9110, 12.5.4).
    pub fn negotiate(accepted: &str) -> Self {
        let mut best: Option<(f32, Self)> = None;
        for range in accepted.split(',').take(32) {
            let mut parts = range.split(';').map(str::trim);
            let Some(lang) = parts.next().and_then(Self::parse) else { continue };
            let quality = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse::<f32>().ok());
            let Some(quality) = quality.filter(|q| *q > 0.0 && *q <= 1.0) else { continue };
            if best.is_none_or(|(highest, _)| quality > highest) {
                best = Some((quality, lang));
            }
        }
        best.map_or(Self::En, |(_, lang)| lang)
    }

    /// The message of a key. An unknown key, which a test forbids, shows as itself.
    pub fn t(self, key: &str, args: &[(&str, &str)]) -> String {
        let bundle = match self {
            Self::En => &*EN_BUNDLE,
            Self::Ru => &*RU_BUNDLE,
        };
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            debug_assert!(false, "no message {key} in {}", self.tag());
            return key.to_owned();
        };
        let mut values = FluentArgs::new();
        for (name, value) in args {
            values.set(*name, FluentValue::from(*value));
        }
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&values), &mut errors).into_owned();
        debug_assert!(errors.is_empty(), "message {key} in {}: {errors:?}", self.tag());
        text
    }
}

fn bundle(tag: &'static str, text: &'static str) -> FluentBundle<FluentResource> {
    let lang: LanguageIdentifier = tag.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![lang]);
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(partial, errors)| {
        debug_assert!(false, "{tag}.ftl: {errors:?}");
        partial
    });
    bundle.add_resource_overriding(resource);
    bundle
}
