//! The help pages as text, read off what is drawn: for the search, and for the app, which keeps them.

use super::{Help, HelpPage, LimitLine};
use crate::pages::{Frame, Page as _};
use i18n::Lang;
use std::sync::LazyLock;
use wire::help::{HelpArticle, HelpBlock, HelpGroup, HelpKind, HelpText};

/// All pages, drawn once.
static TEXTS: LazyLock<Vec<(Lang, HelpText)>> =
    LazyLock::new(|| Lang::ALL.into_iter().map(|lang| (lang, made(lang))).collect());

/// All pages in a language.
pub fn all(lang: Lang) -> Option<&'static HelpText> {
    TEXTS.iter().find(|(of, _)| *of == lang).map(|(_, text)| text)
}

/// All pages in a language, and what each kind of device may authorise on the page about that.
pub fn with_limits(lang: Lang, limits: Vec<LimitLine>) -> Option<HelpText> {
    let mut text = all(lang)?.clone();
    let mut pages = text.groups.iter_mut().flat_map(|group| &mut group.pages);
    if let Some(page) = pages.find(|page| page.name == HelpPage::WithdrawalLimits.name()) {
        *page = article(lang, HelpPage::WithdrawalLimits, limits);
    }
    Some(text)
}

fn made(lang: Lang) -> HelpText {
    let group = |(heading, pages): &(&str, &[HelpPage])| HelpGroup {
        title: lang.t(heading),
        pages: pages.iter().map(|page| article(lang, *page, Vec::new())).collect(),
    };
    HelpText { groups: HelpPage::GROUPS.iter().map(group).collect() }
}

/// One of them.
fn article(lang: Lang, page: HelpPage, limits: Vec<LimitLine>) -> HelpArticle {
    let help = Help { frame: Frame::bare(lang), page, limits };
    let html = help.render_html();
    let article = html.split_once("</h1>").map_or("", |(_, rest)| rest);
    let article = article.split_once("</p>").map_or("", |(_, rest)| rest);
    let article = article.split_once("</article>").map_or(article, |(text, _)| text);
    let text = |key: &str| lang.t(key);
    HelpArticle {
        name: page.name().to_owned(),
        title: text(page.title()),
        about: text(page.about()),
        blocks: blocks(article),
    }
}

/// Between two cells of a row.
const CELL: &str = ": ";

/// The blocks of our own pages: nothing but a tag has angle brackets there.
fn blocks(html: &str) -> Vec<HelpBlock> {
    let mut blocks = vec![HelpBlock { kind: HelpKind::Paragraph, text: String::new() }];
    let (mut numbered, mut names_columns) = (false, false);
    for (index, piece) in html.split(['<', '>']).enumerate() {
        let Some(last) = blocks.last_mut() else { break };
        if index % 2 == 0 {
            last.text.push_str(if names_columns { "" } else { piece });
            continue;
        }
        let name = piece.split_whitespace().next().unwrap_or_default();
        match name {
            "ol" => numbered = true,
            "/ol" => numbered = false,
            "thead" => names_columns = true,
            "/thead" => names_columns = false,
            // Cells of a row are one block.
            "/td" | "/th" if !names_columns => last.text.push_str(CELL),
            _ => {}
        }
        if !is_inline(name) {
            blocks.push(HelpBlock { kind: kind(name, numbered), text: String::new() });
        }
    }
    let plain = |block: HelpBlock| HelpBlock { text: plain(&block.text), ..block };
    blocks.into_iter().map(plain).filter(|block| !block.text.is_empty()).collect()
}

fn kind(tag: &str, numbered: bool) -> HelpKind {
    match tag {
        "h2" | "h3" | "dt" => HelpKind::Heading,
        "li" if numbered => HelpKind::Step,
        "li" | "tr" => HelpKind::Point,
        _ => HelpKind::Paragraph,
    }
}

fn is_inline(tag: &str) -> bool {
    let name = tag.trim_start_matches('/');
    matches!(name, "a" | "b" | "kbd" | "span" | "strong" | "em" | "code" | "td" | "th")
}

fn plain(html: &str) -> String {
    // After a row's last cell comes no other.
    let text = html.trim_end();
    let text = text.strip_suffix(CELL.trim_end()).filter(|_| html.ends_with(CELL)).unwrap_or(text);
    let text = text.replace("&quot;", "\"").replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">");
    text.replace("&amp;", "&").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use operation::Amount;

    #[test]
    fn each_piece_is_what_it_looks_like() {
        let html = "\n<h2>When?</h2>\n<p>Now &amp; <b>then</b>:</p><ol class=\"n\"><li>One</li></ol><ul><li><kbd>PIN&gt;</kbd></li></ul>\
            <table><thead><tr><th>First digit</th></tr></thead><tr><td>8</td><td>pays</td></tr></table>";
        let found = blocks(html);
        let found: Vec<_> = found.iter().map(|block| (block.kind, block.text.as_str())).collect();
        let wanted = [
            (HelpKind::Heading, "When?"),
            (HelpKind::Paragraph, "Now & then:"),
            (HelpKind::Step, "One"),
            (HelpKind::Point, "PIN>"),
            (HelpKind::Point, "8: pays"),
        ];
        assert_eq!(found, wanted);
    }

    #[test]
    fn the_page_about_limits_has_the_figures_of_today() {
        let line = |label: &str, per_day: Option<&str>| LimitLine {
            label: label.to_owned(),
            per_day: per_day.map(|digits| Amount::parse(digits, "USD").unwrap()),
            per_five_days: None,
        };
        let limits = vec![line("Mobile app", Some("200000.00")), line("Gold Device", None)];
        let text = with_limits(Lang::En, limits).unwrap();
        let page = text.groups.iter().flat_map(|group| &group.pages).find(|page| page.name == "withdrawal-limits");
        let said: Vec<_> = page.unwrap().blocks.iter().map(|block| block.text.as_str()).collect();
        for row in [
            "Mobile app: Per day 200,000.00\u{a0}USD: Per five business days no limit",
            "Gold Device: Per day no limit: Per five business days no limit",
        ] {
            assert!(said.iter().any(|text| text.replace('\u{a0}', " ") == row.replace('\u{a0}', " ")), "{said:?}");
        }
        assert_eq!(with_limits(Lang::Ru, Vec::new()).as_ref(), all(Lang::Ru));
    }

    /// What a page says is all there, and each page says something.
    #[test]
    fn every_page_has_its_text_in_each_language() {
        for lang in Lang::ALL {
            let pages: Vec<_> = all(lang).unwrap().groups.iter().flat_map(|group| &group.pages).collect();
            assert_eq!(pages.len(), HelpPage::listed().count());
            for page in pages {
                assert!(page.blocks.len() >= 3, "{page:?}");
                assert!(page.blocks.iter().all(|block| !block.text.contains("&")), "{page:?}");
            }
        }
    }
}
