//! The catalogues: the same keys with the same arguments in both languages, all of them used, none missing.

use brokerage::words::{EN, RU};
use fluent_syntax::{ast, parser};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// Every key with its arguments.
fn keys(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let resource = parser::parse(text).expect("the catalogue is Fluent");
    let message = |entry: &ast::Entry<&str>| match entry {
        ast::Entry::Message(message) => {
            let mut arguments = BTreeSet::new();
            for element in &message.value.as_ref().expect("every message has a value").elements {
                if let ast::PatternElement::Placeable {
                    expression: ast::Expression::Inline(ast::InlineExpression::VariableReference { id }),
                } = element
                {
                    arguments.insert(id.name.to_owned());
                }
            }
            Some((message.id.name.to_owned(), arguments))
        }
        _ => None,
    };
    resource.body.iter().filter_map(message).collect()
}

#[test]
fn both_languages_have_the_same_keys_and_arguments() {
    let (english, russian) = (keys(EN), keys(RU));
    assert_eq!(english, russian);
    assert!(english.len() > 100);
    assert_eq!(english.len(), EN.lines().filter(|line| line.contains(" = ")).count(), "a key stands there twice");
}

/// What files of a folder say, in one text.
fn said(folder: &Path, ending: &str) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text.push_str(&said(&path, ending));
        } else if path.extension().is_some_and(|found| found == ending) {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
    text
}

#[test]
fn every_key_is_used_and_every_used_key_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let said = format!("{}{}", said(&root.join("templates"), "html"), said(&root.join("src"), "rs"));
    let keys = keys(EN);
    // Keys made of a pattern and a name: `frame.of("withdrawal-*-words", …)`.
    let patterns: Vec<&str> = said.split("frame.of(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let fits = |pattern: &&&str, key: &str| {
        let (before, after) = pattern.split_once('*').expect("a pattern has a star");
        key.len() > before.len() + after.len() && key.starts_with(before) && key.ends_with(after)
    };
    let by_name = ["portal", "trader", "cards", "buy", "sell"];
    for key in keys.keys() {
        let used = said.contains(&format!("t(\"{key}\")"))
            || said.contains(&format!(".t(\"{key}\","))
            || said.contains(&format!("t1(\"{key}\""))
            || by_name.contains(&key.as_str())
            || patterns.iter().any(|pattern| fits(&pattern, key));
        assert!(used, "{key} is used nowhere");
    }
    for call in ["frame.t(\"", "frame.t1(\""] {
        for rest in said.split(call).skip(1) {
            let key = rest.split('"').next().unwrap();
            assert!(keys.contains_key(key), "{key} is in no catalogue");
        }
    }
    for pattern in &patterns {
        assert!(keys.keys().any(|key| fits(&pattern, key)), "{pattern} fits no key");
    }
}
