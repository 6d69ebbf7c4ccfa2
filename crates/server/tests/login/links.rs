//! Every way that help and the pages of problems name is there: whoever reads them has trouble enough.

use super::{
    pages::{Browser, strip_tags},
    support::Server,
};
use std::collections::BTreeSet;

/// The pages that give advice.
const ADVICE: [&str; 2] = ["/help/", "/problems/"];

/// Addresses of ours that a page links to, and those that its words name.
fn named(html: &str) -> BTreeSet<String> {
    let links = html.split("href=\"").skip(1).filter_map(|rest| rest.split(['"', '#']).next());
    let text = strip_tags(html);
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && !"/._-".contains(c));
    let is_address = |word: &&str| word.starts_with('/') && word[1..].starts_with(|c: char| c.is_ascii_lowercase());
    let words = words.map(|word| word.trim_end_matches('.')).filter(is_address);
    links.filter(|link| link.starts_with('/')).chain(words).map(str::to_owned).collect()
}

#[tokio::test]
async fn every_address_that_help_and_problems_name_leads_somewhere() {
    let server = Server::start().await;
    for language in ["en", "ru"] {
        let browser = Browser::speaking(&server, language);
        let mut open: Vec<_> = ADVICE.map(str::to_owned).into();
        let mut found: BTreeSet<_> = open.iter().cloned().collect();
        while let Some(path) = open.pop() {
            let page = browser.get(&path).await;
            assert_ne!(page.status, 404, "{path} is named and is not there ({language})");
            if ADVICE.iter().any(|advice| path.starts_with(advice)) {
                assert_eq!(page.status, 200, "{path} ({language})");
                open.extend(named(&page.text).into_iter().filter(|address| found.insert(address.clone())));
            }
        }
        for advice in ADVICE {
            let pages = found.iter().filter(|address| address.starts_with(advice)).count();
            assert!(pages > 30, "{advice} has {pages} pages: {found:?}");
        }
        assert!(found.contains("/readyz"), "words are read too: {found:?}");
    }
}
