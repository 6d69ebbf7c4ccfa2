//! Printed code cards by an operator's hand: in batches, each printed once, and what is printed is the card.

use super::place::Place;
use serde_json::json;
use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, process::Command};
use wire::card_file::CardFile;

/// A class of code cards that is issued: the one that comes with the program is not.
const ISSUED: &str = "[device_classes.security-code-card]\nissued = \"desk\"\n";

/// The values of a printed card, by pdftotext: what stands behind each number, in the order of the numbers.
fn values(pdf: &Path) -> Vec<String> {
    let done = Command::new("pdftotext").args(["-layout"]).arg(pdf).arg("-").output().unwrap();
    assert!(done.status.success());
    let text = String::from_utf8(done.stdout).unwrap();
    let mut found = vec![String::new(); 224];
    for line in text.lines() {
        let words: Vec<_> = line.split_whitespace().collect();
        // Eight places a side, two sides.
        if words.len() == 32 {
            for pair in words.chunks(2) {
                let place = &mut found[pair[0].parse::<usize>().unwrap() - 1];
                assert!(place.is_empty(), "{} stands there twice", pair[0]);
                pair[1].clone_into(place);
            }
        }
    }
    assert!(found.iter().all(|value| value.len() == 3), "{found:?}");
    found
}

fn text(pdf: &Path) -> String {
    let done = Command::new("pdftotext").args(["-layout"]).arg(pdf).arg("-").output().unwrap();
    String::from_utf8(done.stdout).unwrap()
}

fn kinds(place: &Place) -> Vec<String> {
    let log = place.run(&["audit", "--json"]).json();
    log.as_array().unwrap().iter().map(|row| row["kind"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_users_card_is_printed_once_as_its_software_card_has_it() {
    let place = Place::with(
        "[institution]\ndesk = [\"US +1 555 0100\", \"DE +49 30 555 01\"]\n[product]\nname = \"Example Bank\"\n",
    );
    place.user("carol", &[]);
    let state = place.text("card.json");
    let add = ["device", "add", "--user", "carol", "--class", "security-code-card", "--serial", "4410-0073", "--adopt"];
    place.run(&[&add[..], &["--card-file", &state]].concat()).done();
    let (pdf, other) = (place.text("card.pdf"), place.text("other.pdf"));
    place.run(&["card", "print", "--serial", "4410-0074", "--out", &pdf]).refused(&["neither the depot nor a user"]);
    fs::write(&other, "mine").unwrap();
    place.run(&["card", "print", "--serial", "4410-0073", "--out", &other]).refused(&["there already"]);
    assert_eq!(fs::read_to_string(&other).unwrap(), "mine");

    let printed = place.run(&["card", "print", "--serial", "4410-0073", "--out", &pdf, "--json"]).json();
    assert_eq!(printed, json!({ "serial": "4410-0073", "file": pdf }));
    let path = place.path("card.pdf");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let file: CardFile = serde_json::from_str(&fs::read_to_string(&state).unwrap()).unwrap();
    let value = |place| domain::card::value_at(file.key.expose(), place).expose().clone();
    let expected: Vec<_> = (1..=224).map(value).collect();
    assert_eq!(values(&path), expected);
    let said = text(&path);
    for words in ["Example Bank", "Security Code Card", "Serial number: 4410-0073", "US +1 555 0100 · DE +49 30 555 01"]
    {
        assert!(said.contains(words), "{words} is not in {said}");
    }
    let again = place.run(&["card", "print", "--serial", "4410-0073", "--out", &place.text("again.pdf")]);
    again.refused(&["printed before", "two agents"]);
    assert!(!place.path("again.pdf").exists());
    assert_eq!(kinds(&place).iter().filter(|kind| *kind == "card.printed").count(), 1);
}

#[test]
fn a_batch_lies_in_the_depot_and_on_paper() {
    let legacy = Place::new();
    let folder = legacy.text("cards");
    let said = legacy.run(&["card", "batch", "--count", "2", "--out", &folder]).refused(&["not issued any more"]);
    assert!(said.contains("issued = \"desk\""), "{said}");

    let place = Place::with(ISSUED);
    place.user("carol", &[]);
    let folder = place.text("cards");
    let batch = |more: &[&str]| place.run(&[&["card", "batch", "--out", &folder, "--json"], more].concat());
    batch(&["--count", "0"]).refused(&["1 to 10000"]);
    batch(&["--count", "2", "--class", "dsc-plus"]).refused(&["no class of code cards"]);
    batch(&["--count", "2", "--first", "77x"]).refused(&["digits"]);
    batch(&["--count", "2", "--first", "99"]).refused(&["as many"]);
    assert_eq!(place.run(&["token", "list", "--json"]).json(), json!([]));

    let made = batch(&["--count", "3", "--first", "0771", "--paper", "letter", "--language", "ru"]).json();
    assert_eq!(made["serials"], json!(["0771", "0772", "0773"]));
    let path = |serial: &str| place.path("cards").join(format!("{serial}.pdf"));
    let (one, two) = (values(&path("0771")), values(&path("0772")));
    assert_ne!(one, two);
    let said = text(&path("0771"));
    assert!(said.contains("Карта кодов безопасности") && said.contains("Серийный номер: 0771"), "{said}");
    assert_eq!(fs::metadata(place.path("cards")).unwrap().permissions().mode() & 0o777, 0o700);
    // Serial numbers that are there already: none is made.
    batch(&["--count", "2", "--first", "0773"]).refused(&["0773", "already"]);
    let own = batch(&["--count", "2"]).json();
    assert!(own["serials"].as_array().unwrap().iter().all(|serial| serial.as_str().unwrap().len() == 10), "{own}");
    assert_eq!(place.run(&["token", "list", "--json"]).json().as_array().unwrap().len(), 5);

    // From the depot to a user, with the values that are on paper; and no key of a card leaves it.
    place.run(&["card", "print", "--serial", "0771", "--out", &place.text("0771.pdf")]).refused(&["printed before"]);
    let device = place.run(&["token", "assign", "0771", "--user", "carol", "--json"]).json();
    assert_eq!((&device["class"], &device["state"]), (&json!("security-code-card"), &json!("active")));
    let export = place.text("out.xml");
    let written = place.run(&["token", "export", &export, "--password-file", &place.text("password"), "--json"]).json();
    assert_eq!(written["written"], json!(0));
    place.run(&["token", "retire", "0772"]).done();
    place.run(&["card", "print", "--serial", "0772", "--out", &place.text("gone.pdf")]).refused(&["has ended"]);
    assert_eq!(kinds(&place).iter().filter(|kind| *kind == "card.printed").count(), 5);
}
