//! Every fuzz target on the stable toolchain: with random bytes, and with seeds that were cut, spliced and patched. A
//! body panics where a parser falls over or where what must hold of every input does not.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use fuzz::{TARGETS, Target, Verdict};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
    test_runner::{Config, TestRunner},
};
use std::{fs, path::Path};

/// Texts that parsers take for something: ends and joints of the formats, and what is longer or larger than it may be.
const TOKENS: &[&str] = &[
    "&",
    "=",
    "%",
    "%00",
    "%ff",
    "+",
    ".",
    "..",
    ":",
    "-",
    "/",
    "//",
    "@",
    "#",
    "?",
    "\\",
    "\"",
    "{",
    "}",
    "[",
    "]",
    "\n",
    "\r\n",
    "\0",
    "null",
    "true",
    "-1",
    "0",
    "1e309",
    "18446744073709551616",
    "9007199254740992",
    "\u{202e}",
    "\u{feff}",
    "\u{e9}",
    "é",
    "\u{1f600}",
    "ES256",
    "none",
    "https://",
    "http://[::1]",
    "127.0.0.1",
    "request",
    "client_id=",
    "openid",
    "S256",
];

/// One change of an input.
#[derive(Debug, Clone)]
enum Change {
    Flip(Index, u8),
    Insert(Index, Vec<u8>),
    Cut(Index, usize),
    Repeat(Index, usize),
    End(Index),
}

fn change() -> impl Strategy<Value = Change> {
    let token = select(TOKENS).prop_map(|token| token.as_bytes().to_vec());
    prop_oneof![
        (any::<Index>(), 0..8_u8).prop_map(|(at, bit)| Change::Flip(at, bit)),
        (any::<Index>(), token).prop_map(|(at, octets)| Change::Insert(at, octets)),
        (any::<Index>(), vec(any::<u8>(), 1..8)).prop_map(|(at, octets)| Change::Insert(at, octets)),
        (any::<Index>(), 1..16_usize).prop_map(|(at, length)| Change::Cut(at, length)),
        (any::<Index>(), 1..400_usize).prop_map(|(at, times)| Change::Repeat(at, times)),
        any::<Index>().prop_map(Change::End),
    ]
}

fn changed(mut octets: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        let at = |index: &Index| index.index(octets.len() + 1);
        match change {
            Change::Flip(index, bit) => {
                let at = at(index);
                if let Some(octet) = octets.get_mut(at) {
                    *octet ^= 1 << bit;
                }
            }
            Change::Insert(index, more) => {
                let at = at(index);
                octets.splice(at..at, more.iter().copied());
            }
            Change::Cut(index, length) => {
                let at = at(index);
                octets.drain(at..(at + length).min(octets.len()));
            }
            Change::Repeat(index, times) => {
                let at = at(index);
                if let Some(octet) = octets.get(at).copied() {
                    octets.splice(at..at, std::iter::repeat_n(octet, *times));
                }
            }
            Change::End(index) => {
                let at = at(index);
                octets.truncate(at);
            }
        }
    }
    octets
}

fn seeds(target: &Target) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target.name);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// Tries a target with what a strategy makes; a failure names the target and the smallest input that shows it.
fn hold<S: Strategy<Value = Vec<u8>>>(target: &Target, cases: u32, strategy: &S) {
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let tried = runner.run(strategy, |octets| {
        (target.body)(&octets);
        Ok(())
    });
    tried.unwrap_or_else(|error| panic!("{}: {error}", target.name));
}

#[test]
fn no_random_bytes_break_a_parser() {
    for target in TARGETS {
        hold(target, 256, &vec(any::<u8>(), 0..300));
    }
}

#[test]
fn no_changed_seed_breaks_a_parser() {
    for target in TARGETS {
        let seeds = seeds(target);
        let mixed = (select(seeds.clone()), select(seeds), any::<Index>(), any::<bool>(), vec(change(), 1..6));
        let strategy = mixed.prop_map(|(one, other, at, splice, changes)| {
            let at = at.index(one.len().min(other.len()) + 1);
            let octets = if splice { [&one[..at], &other[at..]].concat() } else { one };
            changed(octets, &changes)
        });
        hold(target, 512, &strategy);
    }
}

/// A seed that is refused at the door would leave what is behind the door untried.
#[test]
fn every_target_understands_one_of_its_seeds() {
    for target in TARGETS {
        let taken = seeds(target).iter().filter(|seed| (target.body)(seed) == Verdict::Taken).count();
        assert!(taken > 0, "{} understands none of its seeds", target.name);
    }
}

/// `cargo fuzz` finds its targets by the manifest and by their files.
#[test]
fn every_body_is_a_target_of_cargo_fuzz_and_every_target_a_body() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    for Target { name, .. } in TARGETS {
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name} is not in the manifest");
        let file = fs::read_to_string(root.join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(file.contains(&format!("fuzz::run(\"{name}\", data)")), "{name} runs another body");
    }
    let count = |folder: &str| fs::read_dir(root.join(folder)).unwrap().count();
    assert_eq!((count("fuzz_targets"), count("seeds")), (TARGETS.len(), TARGETS.len()));
}
