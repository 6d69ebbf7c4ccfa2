//! Finding help pages by words.
//!
//! What is searched is what the reader would see: each page is drawn once per language and kept as text.

use super::{HelpPage, text};
use i18n::Lang;
use std::sync::LazyLock;
use wire::help::HelpArticle;

/// How many words of a search count.
const WORDS: usize = 8;
/// How many pages a search lists.
const PAGES: usize = 12;

/// A page that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The page.
    pub page: HelpPage,
    /// A passage of it, with what was looked for.
    pub passage: String,
}

/// A page as text.
struct Text {
    lang: Lang,
    page: HelpPage,
    title: Passage,
    passages: Vec<Passage>,
}

/// A passage, and the words in it.
struct Passage {
    text: String,
    words: Vec<String>,
}

impl Passage {
    fn of(text: &str) -> Self {
        Self { words: words(text).collect(), text: text.to_owned() }
    }

    fn holds(&self, stem: &str) -> bool {
        self.words.iter().any(|word| word.starts_with(stem))
    }
}

/// The pages in each language.
static TEXTS: LazyLock<Vec<Text>> = LazyLock::new(|| {
    let pages = |lang| text::all(lang).into_iter().flat_map(|text| &text.groups).flat_map(|group| &group.pages);
    Lang::ALL.into_iter().flat_map(|lang| pages(lang).filter_map(move |page| page_text(lang, page))).collect()
});

/// The pages that hold what somebody looks for, those that hold most of it first. Endings do not count: a word is found
/// by its beginning.
pub fn search(lang: Lang, looked_for: &str) -> Vec<Found> {
    let stems: Vec<String> = words(looked_for).take(WORDS).map(|word| stem(&word)).collect();
    let mut found: Vec<_> =
        TEXTS.iter().filter(|text| text.lang == lang).filter_map(|text| rate(text, &stems)).collect();
    let most = found.iter().map(|(rating, _)| rating.held).max().unwrap_or(0);
    found.retain(|(rating, _)| rating.held == most);
    found.sort_by_key(|(rating, _)| std::cmp::Reverse(rating.score));
    found.into_iter().take(PAGES).map(|(_, found)| found).collect()
}

/// How well a page fits.
struct Rating {
    /// How many of the words it holds.
    held: usize,
    /// More, where they stand in its title, and for each passage that holds one.
    score: usize,
}

fn rate(text: &Text, stems: &[String]) -> Option<(Rating, Found)> {
    let count = |passage: &Passage| stems.iter().filter(|stem| passage.holds(stem)).count();
    let anywhere = |stem: &&String| text.title.holds(stem) || text.passages.iter().any(|one| one.holds(stem));
    let held = stems.iter().filter(anywhere).count();
    let (in_title, in_passages) = (count(&text.title), text.passages.iter().map(count).sum::<usize>());
    // Of those that hold as many words, the first one.
    let best = text.passages.iter().rev().max_by_key(|passage| count(passage))?;
    let found = Found { page: text.page, passage: best.text.clone() };
    (held > 0).then_some((Rating { held, score: 10 * in_title + in_passages }, found))
}

/// The words of a text, as they are compared.
fn words(text: &str) -> impl Iterator<Item = String> {
    let plain = text.to_lowercase().replace('ё', "е");
    let words: Vec<_> = plain.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
    words.into_iter().filter(|word| word.chars().count() > 1)
}

/// What a word begins with in its other forms, near enough: "cards" finds "card", «устройством» «устройство».
fn stem(word: &str) -> String {
    let length = word.chars().count();
    let ending = match length {
        0..=4 => 0,
        5..=6 => 1,
        7..=8 => 2,
        _ => 3,
    };
    word.chars().take(length - ending).collect()
}

fn page_text(lang: Lang, article: &HelpArticle) -> Option<Text> {
    let passages = article.blocks.iter().map(|block| &block.text).chain([&article.about]);
    let page = HelpPage::parse(&article.name)?;
    Some(Text {
        lang,
        page,
        title: Passage::of(&article.title),
        passages: passages.map(|text| Passage::of(text)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn first(lang: &str, words: &str) -> Option<HelpPage> {
        search(Lang::parse(lang).unwrap(), words).first().map(|found| found.page)
    }

    #[test]
    fn what_people_look_for_is_found_in_any_form() {
        assert_eq!(first("en", "passkey"), Some(HelpPage::Passkeys));
        assert_eq!(first("en", "FORGOTTEN passwords"), Some(HelpPage::Password));
        assert_eq!(first("en", "withdrawing limit"), Some(HelpPage::WithdrawalLimits));
        assert_eq!(first("ru", "забыл пароль"), Some(HelpPage::Password));
        assert_eq!(first("ru", "карта кодов"), Some(HelpPage::SecurityCodeCard));
        assert_eq!(first("en", "xyzzy"), None);
        assert_eq!(first("en", ""), None);
    }

    #[test]
    fn every_page_is_found_by_its_title() {
        for lang in Lang::ALL {
            for page in HelpPage::listed() {
                let title = lang.t(page.title());
                let found = search(lang, &title);
                assert!(found.iter().take(3).any(|one| one.page == page), "{title}: {found:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn whatever_is_looked_for_gives_a_few_passages_of_our_own(words in ".{0,120}") {
            for lang in Lang::ALL {
                let found = search(lang, &words);
                prop_assert!(found.len() <= PAGES);
                prop_assert!(found.iter().all(|one| !one.passage.contains('<')));
            }
        }
    }
}
