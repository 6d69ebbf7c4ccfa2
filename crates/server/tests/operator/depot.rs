//! The depot by an operator's hand: files come in whole or not at all, and each serial number has one place at a time.

use super::place::Place;
use serde_json::{Value, json};
use std::fs;

const KEY: &str = "3132333435363738393031323334353637383930";
const SUITE: &str = "OCRA-1:HOTP-SHA256-8:C-QN06-PSHA256";

fn import(place: &Place, file: &str, more: &[&str]) -> super::place::Said {
    let file = place.text(file);
    place.run(&[&["token", "import", &file, "--json"], more].concat())
}

fn list(place: &Place, more: &[&str]) -> Vec<(String, String)> {
    let found = place.run(&[&["token", "list", "--json"], more].concat()).json();
    let text = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
    found.as_array().unwrap().iter().map(|item| (text(item, "serial"), text(item, "state"))).collect()
}

fn write(place: &Place, name: &str, text: &str) {
    fs::write(place.path(name), text).unwrap();
}

fn kinds(place: &Place) -> Vec<String> {
    let log = place.run(&["audit", "--json"]).json();
    log.as_array().unwrap().iter().map(|row| row["kind"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_file_comes_in_whole_or_not_at_all() {
    let place = Place::new();
    let row = |serial: &str, key: &str| format!("{serial},hotp,{key}\n");
    write(&place, "bad.csv", &["serial,type,key\n", &row("1", KEY), &row("2", "31323334"), &row("3", KEY)].concat());
    for more in [&["--dry-run"][..], &[]] {
        let said = import(&place, "bad.csv", &[&["--class", "gold", "--adopt"], more].concat());
        let report: Value = serde_json::from_str(&said.out).unwrap();
        assert_eq!(
            (said.code, &report["done"], &report["read"], &report["new"]),
            (1, &json!(false), &json!(3), &json!(2))
        );
        assert_eq!((&report["refused"][0]["line"], &report["refused"][0]["serial"]), (&json!(3), &json!("2")));
        assert!(report["refused"][0]["why"].as_str().unwrap().contains("16 octets"), "{report}");
        assert!(!said.out.contains("31323334"), "a report shows no key");
        assert!(list(&place, &[]).is_empty());
    }
    assert!(!kinds(&place).contains(&"inventory.imported".to_owned()));

    write(&place, "good.csv", &["serial,type,key\n", &row("1", KEY), &row("2", KEY)].concat());
    import(&place, "good.csv", &["--class", "gold"]).refused(&["nothing was brought in"]);
    import(&place, "good.csv", &[]).refused(&["nothing was brought in"]);
    let looked = import(&place, "good.csv", &["--class", "gold", "--adopt", "--dry-run"]).json();
    assert_eq!(
        (&looked["new"], &looked["done"], &looked["classes"]),
        (&json!(2), &json!(false), &json!({ "gold": 2 }))
    );
    assert!(list(&place, &[]).is_empty());
    let done = import(&place, "good.csv", &["--class", "gold", "--adopt"]).json();
    assert_eq!((&done["new"], &done["done"]), (&json!(2), &json!(true)));
    let again = import(&place, "good.csv", &["--class", "gold", "--adopt"]).json();
    assert_eq!((&again["new"], &again["same"]), (&json!(0), &json!(2)));
    // A serial number that is known otherwise, and one that stands there twice.
    let other = KEY.replace("31", "41");
    write(&place, "other.csv", &["serial,type,key\n", &row("9", KEY), &row("1", &other), &row("9", KEY)].concat());
    let said = import(&place, "other.csv", &["--class", "gold", "--adopt"]);
    let report: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((said.code, &report["wrong"]), (1, &json!(2)));
    assert!(said.out.contains("with another key") && said.out.contains("more than once"), "{report}");
    assert_eq!(list(&place, &[]), [("1".to_owned(), "in_stock".to_owned()), ("2".to_owned(), "in_stock".to_owned())]);
    assert_eq!(kinds(&place).iter().filter(|kind| *kind == "inventory.imported").count(), 1);
}

#[test]
fn a_serial_number_goes_to_a_user_and_comes_back_and_goes() {
    let place = Place::new();
    place.user("alice", &[]);
    place.user("bob", &[]);
    write(&place, "tokens.csv", &format!("serial,class,type,suite,key\n42,dsc-plus,ocra,{SUITE},{KEY}\n"));
    import(&place, "tokens.csv", &[]).done();
    let assign =
        |user: &str, more: &[&str]| place.run(&[&["token", "assign", "42", "--user", user, "--json"], more].concat());
    let pin = place.text("pin");
    assign("nobody", &["--pin-file", &pin]).refused(&["no user"]);
    assign("alice", &[]).refused(&["--pin-file"]);
    let device = assign("alice", &["--pin-file", &pin]).json();
    assert_eq!((&device["state"], &device["serial"]), (&json!("active"), &json!("42")));
    assign("bob", &["--pin-file", &pin]).refused(&["assigned"]);
    let devices = |user: &str| {
        let devices = place.run(&["device", "list", "--user", user, "--json"]).json();
        devices.as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((devices("alice"), devices("bob")), (vec!["active".to_owned()], vec![]));
    place.run(&["token", "return", "42"]).done();
    assert_eq!(devices("alice"), ["revoked"]);
    place.run(&["token", "return", "42"]).refused(&["returned"]);
    // The PIN that alice knows is gone with her.
    assign("bob", &[]).refused(&["--pin-file"]);
    assign("bob", &["--pin-file", &pin]).done();
    place.run(&["token", "retire", "42"]).done();
    assert_eq!(devices("bob"), ["revoked"]);
    assign("alice", &["--pin-file", &pin]).refused(&["retired"]);
    let shown = place.run(&["token", "show", "42", "--json"]).json();
    let states: Vec<_> =
        shown["history"].as_array().unwrap().iter().map(|event| event["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["retired", "assigned", "returned", "assigned", "in_stock"]);
    assert_eq!(list(&place, &["--state", "retired"]).len(), 1);
    place.run(&["token", "list", "--state", "lost"]).refused(&["in_stock"]);
    place.run(&["token", "show", "43"]).refused(&["no device"]);
    for kind in ["inventory.imported", "inventory.assigned", "inventory.returned", "inventory.retired", "device.added"]
    {
        assert!(kinds(&place).iter().any(|found| found == kind), "{kind}");
    }
}

#[test]
fn what_a_depot_exports_another_one_reads() {
    let (one, other) = (Place::new(), Place::new());
    let rows = format!("serial,class,type,suite,key,counter\n1,dsc-plus,ocra,{SUITE},{KEY},7\n2,gold,hotp,,{KEY},9\n");
    write(&one, "tokens.csv", &rows);
    import(&one, "tokens.csv", &["--adopt"]).done();
    let (file, password) = (one.text("out.xml"), one.text("password"));
    assert_eq!(one.run(&["token", "export", &file]).code, 2, "never in the clear");
    one.run(&["token", "export", &file, "--password-file", &password]).done();
    let text = fs::read_to_string(&file).unwrap();
    assert!(!text.contains("MTIzNDU2Nzg5MDEyMzQ1Njc4OTA"), "no key in the clear");
    other.run(&["token", "import", &file, "--class", "gold", "--adopt"]).refused(&["nothing was brought in"]);
    let wrong = one.text("pin");
    let said = other.run(&["token", "import", &file, "--password-file", &wrong]);
    assert!(said.code == 1 && said.out.contains("the password is wrong"), "{}{}", said.out, said.err);
    // One class for both does not fit: the one answers challenges, the other shows passcodes.
    let said = other.run(&["token", "import", &file, "--password-file", &password, "--class", "gold", "--adopt"]);
    assert!(said.code == 1 && said.out.contains("do not answer in this way"), "{}", said.out);
    let same =
        one.run(&["token", "import", &file, "--password-file", &password, "--class", "gold", "--adopt", "--json"]);
    assert!(same.out.contains("\"same\":1"), "{}", same.out);
    one.run(&["token", "export", &file, "--password-file", &password]).refused(&["exists"]);
    assert!(kinds(&one).contains(&"inventory.exported".to_owned()));
}

#[test]
fn the_rfcs_files_come_in_by_their_key_and_their_password() {
    let place = Place::new();
    let figure = |number: &str| format!("{}/../../vectors/pskc-rfc6030/figure{number}.xml", env!("CARGO_MANIFEST_DIR"));
    write(&place, "key.hex", "12345678901234567890123456789012\n");
    write(&place, "qwerty", "qwerty\n");
    let (key, password) = (place.text("key.hex"), place.text("qwerty"));
    let gold = ["--class", "gold", "--adopt", "--json"];
    let file = figure("06");
    let done = place.run(&[&["token", "import", &file, "--key-file", &key], &gold[..]].concat()).json();
    assert_eq!(done["new"], json!(1));
    // The same serial number and key, by a password.
    let file = figure("07");
    let done = place.run(&[&["token", "import", &file, "--password-file", &password], &gold[..]].concat()).json();
    assert_eq!(done["same"], json!(1));
    for (number, because) in
        [("02", "no serial number"), ("04", "does not hold it"), ("09", "signed"), ("10", "more than once")]
    {
        let said = place.run(&[&["token", "import", &figure(number)], &gold[..]].concat());
        assert!(said.code == 1 && said.out.contains(because), "{number}: {}{}", said.out, said.err);
    }
    assert_eq!(list(&place, &[]).len(), 1);
}
