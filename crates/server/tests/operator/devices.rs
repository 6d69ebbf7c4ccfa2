//! Devices by an operator's hand: whole or not at all, one for each serial number, told to their user and recorded.

use super::place::Place;
use otp::{
    Key,
    ocra::{Input, Suite},
};
use serde_json::Value;
use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    process::Stdio,
};
use wire::card_file::{Algorithm, CardFile};

fn devices(place: &Place, user: &str) -> Vec<Value> {
    place.run(&["device", "list", "--user", user, "--json"]).json().as_array().unwrap().clone()
}

/// Messages that were queued.
fn messages(place: &Place) -> i64 {
    let connection = rusqlite::Connection::open(place.path("data.db")).unwrap();
    connection.query_row("SELECT COUNT(*) FROM outbox", [], |row| row.get(0)).unwrap()
}

#[test]
fn a_device_is_added_with_its_card_or_not_at_all() {
    let place = Place::new();
    place.user("alice", &[]);
    fs::write(place.path("there"), "mine").unwrap();
    place.card("alice", "7710042", "there").refused(&["there", "exists"]);
    assert_eq!(fs::read_to_string(place.path("there")).unwrap(), "mine");
    place.card("alice", "7710042", "no-folder/card").refused(&["no-folder/card"]);
    place.card("nobody", "7710042", "card").refused(&["no user"]);
    assert!(devices(&place, "alice").is_empty() && !place.path("card").exists());
    place.card("alice", "7710042", "card").done();
    assert_eq!(devices(&place, "alice").len(), 1);
}

#[test]
fn a_serial_number_of_a_class_is_one_device_whoever_holds_it() {
    let place = Place::new();
    place.user("alice", &[]);
    place.user("bob", &[]);
    let first = place.card("alice", "7710042", "first").json();
    for user in ["alice", "bob"] {
        place.card(user, "7710042", "second").refused(&["serial number"]);
        assert!(!place.path("second").exists(), "no card without a device");
    }
    assert_eq!((devices(&place, "alice").len(), devices(&place, "bob").len()), (1, 0));
    place.run(&["device", "revoke", first["id"].as_str().unwrap(), "--user", "alice"]).done();
    place.card("bob", "7710042", "second").done();
}

#[test]
fn a_refusal_names_flag_and_choices() {
    let place = Place::new();
    place.user("alice", &[]);
    let card = place.text("card");
    let add = |more: &[&str]| {
        place.run(&[&["device", "add", "--user", "alice", "--serial", "1", "--card-file", &card], more].concat())
    };
    add(&["--class", "dsc-pluss"]).refused(&["dsc-plus", "gold", "security-code-card"]);
    add(&["--class", "gold"]).refused(&["--adopt"]);
    add(&["--class", "gold", "--adopt", "--suite", "nonsense"]).refused(&["--suite"]);
    add(&["--class", "dsc-plus", "--pin-file", "/no/such/pin"]).refused(&["/no/such/pin"]);
    place.run(&["device", "add", "--user", "alice", "--serial", "1", "--class", "gold"]).refused(&["--key-file"]);
}

#[test]
fn what_an_operator_does_is_told_on_every_contact_point_and_recorded_with_the_operators_name() {
    let place = Place::new();
    place.user("alice", &["--mail", "alice@bank.example", "--phone", "+1 202 555 0143"]);
    let mut told = messages(&place);
    let mut tells = |what: &[&str]| {
        let done = place.run(what).done();
        let now = messages(&place);
        assert_eq!(now - told, 2, "{what:?}");
        told = now;
        done
    };
    let (pin, card) = (place.text("pin"), place.text("card"));
    let added = tells(&[
        "device",
        "add",
        "--user",
        "alice",
        "--class",
        "dsc-plus",
        "--serial",
        "7710042",
        "--pin-file",
        &pin,
        "--card-file",
        &card,
        "--json",
    ]);
    let id = serde_json::from_str::<Value>(&added).unwrap()["id"].as_str().unwrap().to_owned();
    tells(&["device", "suspend", &id, "--user", "alice"]);
    tells(&["device", "reactivate", &id, "--user", "alice"]);
    tells(&["user", "default-device", "alice", &id]);
    tells(&["user", "user-code", "alice", "--code-file", &place.text("password")]);
    tells(&["user", "end-sessions", "alice"]);
    tells(&["user", "set-password", "alice", "--password-file", &place.text("password")]);
    tells(&["device", "revoke", &id, "--user", "alice"]);

    let log = place.run(&["audit", "--user", "alice", "--json"]).json();
    let kinds: Vec<_> = log.as_array().unwrap().iter().map(|row| row["kind"].as_str().unwrap()).collect();
    for kind in ["device.added", "device.state_changed", "user.default_device_changed", "user.password_set"] {
        assert!(kinds.contains(&kind), "{kind}: {kinds:?}");
    }
    for row in log.as_array().unwrap() {
        assert_eq!(row["detail"]["by"]["is"], "operator", "{row}");
        assert!(row["detail"]["by"]["name"].as_str().is_some_and(|name| !name.is_empty()), "{row}");
    }
    let only = place.run(&["audit", "--user", "alice", "--kind", "device", "--limit", "2"]).done();
    assert_eq!(only.lines().count(), 2);
    assert!(only.lines().all(|line| line.contains("  alice  device.") && line.contains("by=operator:")), "{only}");
}

#[test]
fn a_lock_is_shown_with_its_end_and_its_cause_and_lifted_once() {
    let place = Place::new();
    place.user("alice", &["--mail", "alice@bank.example"]);
    let id = place.card("alice", "7710042", "card").json()["id"].as_str().unwrap().to_owned();
    let connection = rusqlite::Connection::open(place.path("data.db")).unwrap();
    let now: i64 = connection.query_row("SELECT MAX(at) FROM audit", [], |row| row.get(0)).unwrap();
    connection.execute("UPDATE devices SET failures = 5, failed_at = ?1", [now]).unwrap();
    let moments = format!("[{}]", vec![now.to_string(); 10].join(","));
    connection
        .execute(
            "INSERT INTO user_failures (user_id, budget, moments) SELECT user_id, zeroblob(16), ?1 FROM users",
            [moments],
        )
        .unwrap();

    let device = &devices(&place, "alice")[0];
    assert_eq!((device["failures"].as_i64(), device["locked_until"].as_i64()), (Some(5), Some(now / 1_000_000 + 900)));
    let text = place.run(&["device", "list", "--user", "alice"]).done();
    assert!(text.contains("locked until 20") && text.contains("5 wrong answers"), "{text}");
    let user = place.run(&["user", "show", "alice", "--json"]).json();
    assert_eq!(user["locked_until"].as_i64(), Some(now / 1_000_000 + 86_400));
    assert_eq!(
        (user["contacts"][0]["address"].as_str(), user["devices"][0]["id"].as_str()),
        (Some("alice@bank.example"), Some(id.as_str()))
    );
    let text = place.run(&["user", "show", "alice"]).done();
    assert!(text.contains("locked until 20") && text.contains("10 wrong passwords or answers"), "{text}");
    assert!(text.contains("last login") && text.contains("alice@bank.example"), "{text}");

    place.run(&["device", "unlock", &id, "--user", "alice"]).done();
    place.run(&["device", "unlock", &id, "--user", "alice"]).refused(&["not locked"]);
    place.run(&["user", "unlock", "alice"]).done();
    place.run(&["user", "unlock", "alice"]).refused(&["not locked"]);
    let lifted = place.run(&["audit", "--kind", "user.unlocked", "--json"]).json();
    assert_eq!(lifted.as_array().unwrap().len(), 1, "what was not done is not recorded");
}

/// A card whose button was pressed too often is taken up with again by two consecutive responses.
#[test]
fn a_card_that_ran_ahead_is_taken_up_with_again_by_two_consecutive_responses() {
    let place = Place::new();
    place.user("alice", &[]);
    let id = place.card("alice", "7710042", "card").json()["id"].as_str().unwrap().to_owned();
    let card: CardFile = serde_json::from_str(&fs::read_to_string(place.path("card")).unwrap()).unwrap();
    let Algorithm::Ocra { suite, .. } = &card.algorithm else { panic!("{:?}", card.algorithm) };
    let suite = Suite::parse(suite).unwrap();
    let pin = suite.pin_hash("2468").unwrap();
    let respond = |question: &str, counter: u64| {
        let input = Input { question, counter: Some(counter), pin: Some(&pin), ..Input::default() };
        suite.respond(&Key::new(card.key.expose().to_vec()), &input).unwrap().as_str().to_owned()
    };
    let resync = |counters: [u64; 2]| {
        let config = place.text("config.toml");
        let mut command = place.command(&["device", "resync", &id, "--user", "alice", "--config", &config]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut input = child.stdin.take().unwrap();
        let mut heard = String::new();
        for counter in counters {
            let mut prompt = Vec::new();
            said.read_until(b':', &mut prompt).unwrap();
            let prompt = String::from_utf8(prompt).unwrap();
            let challenge = prompt.split("challenge ").nth(1).unwrap_or_else(|| panic!("{prompt}"));
            let challenge = challenge.split(';').next().unwrap();
            assert!(challenge.starts_with(['6', '7']), "{challenge} would be a login's or money's");
            writeln!(input, "{}", respond(challenge, counter)).unwrap();
        }
        said.read_to_string(&mut heard).unwrap();
        (child.wait().unwrap().code().unwrap(), heard)
    };
    let (code, heard) = resync([200, 202]);
    assert!(code == 1 && heard.contains("two consecutive"), "{code} {heard}");
    assert_eq!(devices(&place, "alice")[0]["failures"], 1, "wrong ones count");
    assert_eq!(resync([200, 201]).0, 0);
    assert_eq!(devices(&place, "alice")[0]["failures"], 0);
    assert_eq!(resync([200, 201]).0, 1, "never an old one");
    assert_eq!(resync([202, 203]).0, 0);
}
