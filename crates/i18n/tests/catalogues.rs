//! Both catalogues carry the same messages with the same arguments and the plural forms their language needs, and
//! every message is used where every used message exists.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, Message, Pattern, PatternElement, VariantKey},
    parser,
};
use i18n::{EN, RU};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// What matters of a message: its arguments, and of each argument that chooses a form, the forms there are.
#[derive(Debug, Default, PartialEq, Eq)]
struct Shape {
    arguments: BTreeSet<String>,
    forms: BTreeMap<String, BTreeSet<String>>,
}

fn messages(catalogue: &'static str) -> BTreeMap<String, Shape> {
    let resource = parser::parse(catalogue).unwrap_or_else(|(_, errors)| panic!("{errors:?}"));
    let mut found = BTreeMap::new();
    for entry in resource.body {
        match entry {
            Entry::Message(Message { id, value: Some(pattern), attributes, .. }) => {
                assert!(attributes.is_empty(), "{}: attributes are not used here", id.name);
                let mut shape = Shape::default();
                read(&pattern, &mut shape);
                assert!(found.insert(id.name.to_owned(), shape).is_none(), "{} is there twice", id.name);
            }
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
            other => panic!("not a message: {other:?}"),
        }
    }
    found
}

fn read(pattern: &Pattern<&str>, shape: &mut Shape) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { .. } => {}
            PatternElement::Placeable { expression: Expression::Inline(inline) } => {
                shape.arguments.insert(variable(inline));
            }
            PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
                let name = variable(selector);
                shape.arguments.insert(name.clone());
                for variant in variants {
                    let (VariantKey::Identifier { name: key } | VariantKey::NumberLiteral { value: key }) =
                        &variant.key;
                    shape.forms.entry(name.clone()).or_default().insert((*key).to_owned());
                    read(&variant.value, shape);
                }
            }
        }
    }
}

/// The words of each message, arguments left out.
fn texts(catalogue: &str) -> BTreeMap<String, String> {
    let resource = parser::parse(catalogue).unwrap_or_else(|(_, errors)| panic!("{errors:?}"));
    let of = |entry: Entry<&str>| match entry {
        Entry::Message(Message { id, value: Some(pattern), .. }) => Some((id.name.to_owned(), words(&pattern))),
        _ => None,
    };
    resource.body.into_iter().filter_map(of).collect()
}

fn words(pattern: &Pattern<&str>) -> String {
    let of = |element: &PatternElement<&str>| match element {
        PatternElement::TextElement { value } => (*value).to_owned(),
        PatternElement::Placeable { expression: Expression::Inline(_) } => String::new(),
        PatternElement::Placeable { expression: Expression::Select { variants, .. } } => {
            variants.iter().map(|variant| words(&variant.value) + "\n").collect()
        }
    };
    pattern.elements.iter().map(of).collect()
}

fn variable(expression: &InlineExpression<&str>) -> String {
    match expression {
        InlineExpression::VariableReference { id } => id.name.to_owned(),
        other => panic!("only arguments are inserted into messages: {other:?}"),
    }
}

#[test]
fn both_catalogues_have_the_same_messages_with_the_same_arguments() {
    let (en, ru) = (messages(EN), messages(RU));
    assert!(en.len() > 400, "the catalogue was not read");
    assert_eq!(en.keys().collect::<Vec<_>>(), ru.keys().collect::<Vec<_>>());
    for (key, shape) in &en {
        assert_eq!(shape.arguments, ru[key].arguments, "{key}");
        assert_eq!(shape.forms.keys().collect::<Vec<_>>(), ru[key].forms.keys().collect::<Vec<_>>(), "{key}");
    }
}

#[test]
fn numbers_take_the_forms_of_their_language() {
    for (catalogue, forms) in [(EN, &["one", "other"][..]), (RU, &["one", "few", "other"])] {
        for (key, shape) in messages(catalogue) {
            for (argument, there) in &shape.forms {
                let mut missing: Vec<_> = forms.iter().filter(|form| !there.contains(**form)).collect();
                // "из { $n } цифр": some cases of Russian have one form for few and many.
                missing.retain(|form| **form != "few" || !SAME_FOR_FEW.contains(&key.as_str()));
                assert!(missing.is_empty(), "{key}, {argument}: no form {missing:?}");
            }
        }
    }
}

/// Russian messages that put the number into a case with one form for all but one.
const SAME_FOR_FEW: [&str; 1] = ["settings-sessions-words"];

#[test]
fn the_catalogues_are_in_their_languages() {
    let cyrillic = |text: &str| text.chars().any(|c| ('А'..='я').contains(&c) || c == 'ё' || c == 'Ё');
    let text = |catalogue: &str| catalogue.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n");
    assert!(!cyrillic(&text(EN)), "English words only");
    // These are names and what a device's display shows.
    let same = ["product-name", "demo-pin", "demo-outbox-sms", "demo-key-press"];
    let keys = messages(RU);
    for line in RU.lines() {
        let Some((key, words)) = line.split_once(" = ").filter(|(key, _)| keys.contains_key(*key)) else { continue };
        let fine = cyrillic(words) || same.contains(&key) || key.starts_with("demo-lcd-") || words.starts_with('{');
        assert!(fine, "{key} is not in Russian: {words}");
    }
}

/// The app's words, which are compiled into the app.
fn of_the_app(language: &str) -> String {
    fs::read_to_string(root().join(format!("i18n/app.{language}.ftl"))).unwrap()
}

/// How a language speaks of ending the lock of a device or a user; where a sentence goes on with another way; who does it;
/// and who cannot.
struct Unlocking {
    words: &'static [&'static str],
    or: &'static str,
    who: &'static str,
    never: &'static [&'static str],
}

const ENGLISH: Unlocking = Unlocking {
    words: &["unlock", "lift it", "lift the lock", "lift this lock"],
    or: ", or ",
    who: "desk",
    never: &["device", "phone"],
};
const RUSSIAN: Unlocking = Unlocking {
    words: &[
        "разблокир",
        "снять блокировку",
        "снять её",
        "снимет блокировку",
        "снимут блокировку",
        "снятие блокировки",
    ],
    or: ", или ",
    who: "отдел",
    never: &["устройство или отдел", "устройства или отдел", "телефон или отдел"],
};

/// What is unlocked otherwise: trading and the app by the phone, a passkey's own key by its owner; what is said to the desk
/// itself; and what was done.
fn is_another_lock(key: &str) -> bool {
    let alone = ["unlock", "trade-unlock", "trade-locked-words", "problem-no-pin-meaning"];
    let was_done = key.starts_with("activity-") && key.ends_with("-unlocked");
    alone.contains(&key) || key.starts_with("console-") || was_done
}

/// Nothing but the desk and time ends a lock: no page, message or problem advises another way.
#[test]
fn only_the_desk_is_said_to_lift_a_lock() {
    let (app_en, app_ru) = (of_the_app("en"), of_the_app("ru"));
    let mut said = 0;
    for (catalogue, unlocking) in
        [(EN, &ENGLISH), (app_en.as_str(), &ENGLISH), (RU, &RUSSIAN), (app_ru.as_str(), &RUSSIAN)]
    {
        for (key, text) in texts(catalogue).iter().filter(|(key, _)| !is_another_lock(key)) {
            let clauses = text.split(['.', ':', ';', '\n']).flat_map(|sentence| sentence.split(unlocking.or));
            for clause in clauses.map(str::to_lowercase) {
                if unlocking.words.iter().any(|word| clause.contains(word)) {
                    let never = unlocking.never.iter().any(|other| clause.contains(other));
                    assert!(clause.contains(unlocking.who) && !never, "{key} advises what there is not: {clause}");
                    said += 1;
                }
            }
        }
    }
    assert!(said > 10, "the words that this looks for are not in use: {said}");
}

/// A PIN has as many digits as its owner or the desk gave it.
#[test]
fn no_words_say_how_many_digits_a_pin_has() {
    for file in ["en.ftl", "ru.ftl", "app.en.ftl", "app.ru.ftl"] {
        let text = fs::read_to_string(root().join("i18n").join(file)).unwrap();
        assert!(text.contains("PIN"), "{file} was not read");
        for line in text.lines() {
            let words: Vec<_> = line.split_whitespace().collect();
            let counted = |pair: &[&str]| {
                let (number, of) = (pair[0].to_lowercase(), pair[1].trim_start_matches(['`', '“', '«']));
                of.starts_with("PIN") && (number.ends_with("digit") || number.contains("значн"))
            };
            assert!(!words.windows(2).any(counted), "{file}: {line}");
        }
    }
}

/// Folders whose code speaks to people.
const SPEAKING: [&str; 4] = ["crates/operation/src", "crates/server/src", "crates/client/src", "web/pages/src"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        if ["samples", "tests.rs"].iter().any(|name| path.ends_with(name)) {
            // Tests name pages, which look like keys, and using a message in a test alone is no use.
        } else if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| ["rs", "html", "ts"].iter().any(|known| e == *known)) {
            found.push(path);
        }
    }
}

/// The string literals of a source; of a template, those in its code.
fn literals(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    if path.extension().is_some_and(|e| e == "html") {
        let code = text.split("{{").skip(1).filter_map(|rest| rest.split("}}").next());
        let code = code.chain(text.split("{%").skip(1).filter_map(|rest| rest.split("%}").next()));
        return code.flat_map(quoted).collect();
    }
    quoted(&text)
}

/// What stands between double quotes on one line. Keys hold no quotes and no escapes.
fn quoted(text: &str) -> Vec<String> {
    text.lines().flat_map(|line| line.split('"').skip(1).step_by(2)).map(str::to_owned).collect()
}

fn looks_like_a_key(literal: &str, families: &BTreeSet<&str>) -> bool {
    let plain = literal.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    plain && literal.split_once('-').is_some_and(|(family, rest)| families.contains(family) && !rest.is_empty())
}

#[test]
fn every_message_is_used_and_every_used_message_exists() {
    let keys = messages(EN);
    let families: BTreeSet<_> = keys.keys().filter_map(|key| key.split_once('-')).map(|(family, _)| family).collect();
    let mut files = Vec::new();
    for folder in SPEAKING {
        sources(&root().join(folder), &mut files);
    }
    assert!(files.len() > 80, "sources are missing");
    let mut used = BTreeSet::new();
    for file in files {
        for literal in literals(&file) {
            if looks_like_a_key(&literal, &families) {
                assert!(keys.contains_key(&literal), "{}: no message {literal}", file.display());
                used.insert(literal);
            }
        }
    }
    let unused: Vec<_> = keys.keys().filter(|key| !used.contains(*key)).collect();
    assert!(unused.is_empty(), "nobody uses {unused:?}");
}
