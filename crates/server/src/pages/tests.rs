//! What must hold on every page: language, one heading, labels, no inline script or style, nothing unescaped.

use super::{Page, assets, login::*, samples};
use domain::audit::Kind;
use i18n::Lang;

/// A start tag: its name and attributes.
#[derive(Debug)]
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

/// The start tags of a document whose attribute values are all quoted, as askama leaves ours.
fn tags(html: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
        rest = &rest[name.len()..];
        let mut attributes = Vec::new();
        loop {
            rest = rest.trim_start();
            if let Some(after) = rest.strip_prefix('>') {
                rest = after;
                break;
            }
            let key: String = rest.chars().take_while(|c| !c.is_whitespace() && *c != '=' && *c != '>').collect();
            assert!(!key.is_empty(), "a malformed tag: {}", rest.chars().take(60).collect::<String>());
            rest = &rest[key.len()..];
            let mut value = String::new();
            if let Some(after) = rest.strip_prefix('=') {
                let after = after.strip_prefix('"').expect("a quoted value");
                let end = after.find('"').expect("a closed value");
                value = after[..end].to_owned();
                rest = &after[end + 1..];
            }
            attributes.push((key, value));
        }
        found.push(Tag { name, attributes });
    }
    found
}

/// The text of a document, without tags and white space around it.
fn text(html: &str) -> String {
    let mut inside = false;
    html.chars()
        .filter(|c| match c {
            '<' => {
                inside = true;
                false
            }
            '>' => {
                inside = false;
                false
            }
            _ => !inside,
        })
        .collect()
}

fn each(check: impl Fn(Lang, &str, &str, &[Tag])) {
    for lang in Lang::ALL {
        let samples = samples::all(lang);
        assert!(samples.len() > 80, "samples are missing");
        for (name, html) in &samples {
            check(lang, name, html, &tags(html));
        }
    }
}

fn count(tags: &[Tag], name: &str) -> usize {
    tags.iter().filter(|tag| tag.name == name).count()
}

#[test]
fn every_page_names_its_language_and_has_one_heading() {
    each(|lang, name, html, tags| {
        assert!(html.starts_with("<!doctype html>"), "{name}");
        assert_eq!(tags[0].get("lang"), Some(lang.tag()), "{name}");
        for element in ["h1", "title", "main"] {
            assert_eq!(count(tags, element), 1, "{name}: {element}");
        }
        let levels: Vec<_> = tags.iter().filter_map(|tag| tag.name.strip_prefix('h')?.parse::<u8>().ok()).collect();
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{name}: headings skip a level: {levels:?}");
    });
}

#[test]
fn nothing_is_inline_and_nothing_comes_from_elsewhere() {
    each(|_, name, html, tags| {
        assert!(!html.contains("<style"), "{name}");
        for tag in tags {
            for (attribute, value) in &tag.attributes {
                assert!(attribute != "style" && !attribute.starts_with("on"), "{name}: {tag:?}");
                if ["src", "href", "action"].contains(&attribute.as_str()) {
                    // A link loads nothing. The demo's page leads to the sample brokerage, which is another site.
                    let brokerage = tag.name == "a" && value == "http://localhost:8081/";
                    let telephone = tag.name == "a" && value.starts_with("tel:+");
                    let ours = value.starts_with('/') || value.starts_with('#');
                    assert!(ours || brokerage || telephone, "{name}: {tag:?}");
                    assert!(!value.starts_with("//"), "{name}: {tag:?}");
                }
            }
            assert!(tag.name != "script" || tag.has("src"), "{name}: {tag:?}");
        }
    });
}

#[test]
fn every_field_has_a_label_and_every_reference_leads_somewhere() {
    each(|_, name, _, tags| {
        let ids: Vec<_> = tags.iter().filter_map(|tag| tag.get("id")).collect();
        let mut unique = ids.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), ids.len(), "{name}: an id is there twice: {ids:?}");
        let labelled: Vec<_> = tags.iter().filter(|tag| tag.name == "label").filter_map(|tag| tag.get("for")).collect();
        for tag in tags {
            let field =
                ["input", "select", "textarea"].contains(&tag.name.as_str()) && tag.get("type") != Some("hidden");
            assert!(!field || tag.get("id").is_some_and(|id| labelled.contains(&id)), "{name}: {tag:?}");
            assert!(tag.name != "img" || tag.has("alt"), "{name}: {tag:?}");
            assert!(tag.name != "progress" || tag.has("aria-label"), "{name}: {tag:?}");
            for attribute in ["for", "aria-labelledby", "aria-describedby"] {
                for id in tag.get(attribute).unwrap_or_default().split_whitespace() {
                    assert!(ids.contains(&id), "{name}: {attribute} leads nowhere: {tag:?}");
                }
            }
        }
        assert!(tags.iter().filter(|tag| tag.has("autofocus")).count() <= 1, "{name}: two fields want the focus");
    });
}

/// The numbers that a page offers to dial.
fn dialled(tags: &[Tag]) -> Vec<&str> {
    tags.iter().filter_map(|tag| tag.get("href")?.strip_prefix("tel:")).collect()
}

#[test]
fn a_page_that_sends_to_the_desk_gives_its_numbers() {
    each(|lang, name, html, tags| {
        // Inside a sentence, not as the heading of the numbers. Problem types are for programmers, messages have their own.
        let words = match lang {
            Lang::En => "secure-login desk",
            Lang::Ru => "служб",
        };
        // Agents are at the desk.
        let others = ["problem-", "console"].iter().any(|part| name.starts_with(part)) || name == "demo-outbox";
        let sends = text(html).contains(words) && !others;
        let numbers = dialled(tags);
        assert!(!sends || numbers == ["+15550100", "+74955550100"], "{name}: {numbers:?}");
        assert!(!name.starts_with("home") || numbers.is_empty(), "{name}");
    });
    for lang in Lang::ALL {
        let page = |desk| {
            let ended = samples::ended(lang, EndReason::NoUsableDevice { recover: false }, None);
            Ended { frame: super::Frame { desk, ..samples::frame(lang) }, ..ended }
        };
        let with = page(samples::frame(lang).desk).render_html();
        let without = page(vec![]).render_html();
        assert_eq!(dialled(&tags(&with)).len(), 2);
        assert!(dialled(&tags(&without)).is_empty() && !without.contains("class=\"desk\""), "{without}");
    }
}

#[test]
fn every_post_carries_the_form_token() {
    each(|_, name, html, _| {
        for form in html.split("<form").skip(1).filter(|form| form.contains("method=\"post\"")) {
            let form = form.split("</form>").next().unwrap();
            assert!(form.contains("name=\"csrf\" value=\"Zm9ybS10b2tlbg\""), "{name}: {form}");
        }
    });
}

#[test]
fn no_message_is_missing_and_no_template_leaves_its_marks() {
    each(|_, name, html, _| {
        let text = text(html);
        for mark in ["{{", "{%", "{ $", "`", "&amp;lt;"] {
            assert!(!text.contains(mark), "{name}: {mark}");
        }
    });
}

#[test]
fn assets_that_pages_name_are_there() {
    each(|_, name, _, tags| {
        for path in tags.iter().flat_map(|tag| [tag.get("src"), tag.get("href")]).flatten() {
            if let Some(asset) = path.strip_prefix("/assets/").filter(|asset| !asset.contains(".js")) {
                let (file, version) = asset.split_once("?v=").unwrap_or_else(|| panic!("{name}: {path}"));
                let found = assets::asset(file).unwrap_or_else(|| panic!("{name}: {path}"));
                assert_eq!(found.version(), version);
            }
        }
    });
}

#[test]
fn assets_are_found_by_name_only() {
    let style = assets::asset("style.css").unwrap();
    assert_eq!(style.content_type, "text/css; charset=utf-8");
    assert!(style.etag.starts_with('"') && style.etag.len() == 18);
    assert!(!style.bytes.is_empty());
    for name in ["", "nothing.css", "../Cargo.toml", "..\\Cargo.toml", "/etc/passwd", "style.css/", "Cargo.toml"] {
        assert!(assets::asset(name).is_none(), "{name}");
    }
}

#[test]
fn no_picture_or_style_asks_for_anything_else() {
    for name in ["style.css", "logo.svg", "favicon.svg", "dsc-plus.svg", "code-card.svg"] {
        let asset = assets::asset(name).unwrap();
        let text = std::str::from_utf8(&asset.bytes).unwrap().replace("http://www.w3.org/2000/svg", "");
        for mark in ["http", "@import", "url(", "<script", "<style", " style="] {
            assert!(!text.contains(mark), "{name}: {mark}");
        }
    }
}

/// A message's markup that its page does not draw would be read as letters.
#[test]
fn no_page_shows_markup_as_text() {
    for lang in Lang::ALL {
        for (name, html) in samples::all(lang) {
            assert!(!html.contains("&lt;b&gt;") && !html.contains('`'), "{name}");
        }
    }
}

#[test]
fn what_users_typed_is_escaped() {
    let evil = "<script>alert(1)</script>\"'&";
    for lang in Lang::ALL {
        let frame = super::Frame {
            path_and_query: format!("/login?{evil}"),
            signed_in: Some(evil.to_owned()),
            ..samples::frame(lang)
        };
        let evil = || evil.to_owned();
        let notice = Some(PasswordNotice::InvalidCredentials);
        let mut chooser = samples::chooser(lang, None);
        chooser.devices[0].label = evil();
        let pages = [
            Password { frame: frame.clone(), username: evil(), notice, request: evil() }.render_html(),
            chooser.render_html(),
            Respond { frame: frame.clone(), device_label: evil(), challenge: evil(), ..samples::respond(lang) }
                .render_html(),
            super::home::Home { frame: frame.clone(), app: true }.render_html(),
            super::error::ErrorPage {
                frame,
                status: 400,
                kind: super::error::ErrorKind::BadRequest,
                request_id: evil(),
            }
            .render_html(),
        ];
        for html in pages {
            assert!(!html.contains("<script>alert"), "{html}");
            assert!(html.contains("&#60;script&#62;alert"), "{html}");
            tags(&html);
        }
    }
}

#[test]
fn the_challenge_is_six_plain_digits() {
    for lang in Lang::ALL {
        let html = samples::respond(lang).render_html();
        let shown = html.split("id=\"challenge\">").nth(1).unwrap().split("</output>").next().unwrap();
        assert_eq!(text(shown), "413027");
        assert_eq!(shown, "<span>413</span><span>027</span>");
    }
    let odd = Respond { challenge: "é".to_owned(), ..samples::respond(Lang::En) }.render_html();
    assert!(odd.contains("é"));
}

#[test]
fn contracted_words_are_on_the_screens() {
    let html = |name: &str| samples::all(Lang::En).into_iter().find(|(n, _)| n == name).unwrap().1;
    assert!(html("chooser").contains("<h1 id=\"choose\">Select Second Factor Device</h1>"));
    assert!(html("approve").contains("full\">I did not receive a notification</button>"));
    assert!(html("respond").contains("<label for=\"challenge\">Challenge</label>"));
    assert!(html("respond").contains("<label for=\"response\">Response</label>"));
    assert!(html("respond").contains("<button class=\"button full\">Login</button>"));
    assert!(html("password-None").contains("<button class=\"button full\">Login</button>"));
    assert!(html("reader-dsc-plus").contains("<button class=\"button\">Generate</button>"));
    assert!(html("password-Some(InvalidCredentials)").contains("Invalid user name password combination"));
    assert!(html("respond-wrong").contains("Login failed"));
}

#[test]
fn the_chooser_offers_what_can_be_used() {
    let html = samples::chooser(Lang::En, None).render_html();
    let options: Vec<_> = tags(&html).into_iter().filter(|tag| tag.name == "option").collect();
    let disabled: Vec<_> = options.iter().map(|tag| tag.has("disabled")).collect();
    assert_eq!(disabled, [false, false, true, true, true, true, true, true]);
    assert!(html.contains("Mobile app – 12,500.50\u{a0}USD left for now"), "{html}");
    assert!(html.contains("Platinum · Platinum Device – the transfer lock is closed"));
    assert!(html.contains("Card · Security Code Card – a stronger device is needed"));
    assert!(html.contains("DSC · Digital Security Card – has confirmed this already"));
    let selected: Vec<_> =
        options.iter().filter(|tag| tag.has("selected")).filter_map(|tag| tag.get("value")).collect();
    assert_eq!(selected, ["d1"]);
    assert!(html.contains("Gold Device (…0311) – locked for 14 minutes"));
    let mut chooser = samples::chooser(Lang::En, None);
    chooser.devices[0].locked_minutes = Some(Some(3));
    let options = tags(&chooser.render_html());
    let selected: Vec<_> =
        options.iter().filter(|tag| tag.has("selected")).filter_map(|tag| tag.get("value")).collect();
    assert_eq!(selected, ["d2"], "a locked default is not chosen beforehand");
}

#[test]
fn a_page_without_scripts_asks_again_by_itself() {
    let page = |scripts| {
        let frame = super::Frame { scripts, ..samples::frame(Lang::En) };
        Respond { frame, ..samples::respond(Lang::En) }.render_html()
    };
    let refresh = "<meta http-equiv=\"refresh\" content=\"162;url=/login?attempt=0f1e2d3c4b5a6978\">";
    assert!(page(false).contains(refresh) && !page(false).contains("<noscript>"));
    assert!(page(true).contains(&format!("<noscript>{refresh}</noscript>")));
    assert!(page(true).contains("/assets/pages.js") && !page(false).contains("<script"));
}

#[test]
fn every_kind_of_activity_has_words_of_its_own() {
    let mut keys: Vec<_> = Kind::ALL.iter().map(|kind| crate::activity::key(kind.name())).collect();
    assert!(!keys.contains(&"activity-other"), "{keys:?}");
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), Kind::ALL.len());
}
