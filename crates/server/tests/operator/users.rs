//! Users by an operator's hand: what is wrong is refused where it is typed, and a command does what it says.

use super::place::Place;

#[test]
fn an_address_that_reaches_nobody_is_refused_where_it_is_typed() {
    let place = Place::new();
    let password = place.text("password");
    for (flag, bad) in [
        ("--mail", "no-at-sign"),
        ("--mail", "a b@bank.example"),
        ("--mail", "alice@bank"),
        ("--phone", "call me"),
        ("--phone", "2025550143"),
        ("--phone", "+1 202 555 0143 ext 5"),
    ] {
        let refused = place.run(&["user", "add", "alice", "--password-file", &password, flag, bad]);
        refused.refused(&[if flag == "--mail" { "mail address" } else { "telephone number" }]);
    }
    assert_eq!(place.run(&["user", "list", "--json"]).json(), serde_json::json!([]));
    place.user("alice", &["--mail", "alice@банк.example", "--phone", "+1 (202) 555-0143"]);
    let shown = place.run(&["user", "show", "alice", "--json"]).json();
    let address = |at: usize| shown["contacts"][at]["address"].as_str().unwrap().to_owned();
    assert_eq!((address(0), address(1)), ("alice@xn--80ab2al.example".to_owned(), "+12025550143".to_owned()));
}

#[test]
fn a_success_did_something_and_a_refusal_says_what_would() {
    let place = Place::new();
    place.user("alice", &[]);
    let connection = rusqlite::Connection::open(place.path("data.db")).unwrap();
    connection.execute("UPDATE users SET password_locked_at = created_at", []).unwrap();
    drop(connection);
    let shown = place.run(&["user", "show", "alice"]).done();
    assert!(shown.contains("password locked since 20") && shown.contains("it wasn't me"), "{shown}");
    place.run(&["user", "unlock", "alice"]).refused(&["it wasn't me", "user set-password"]);
    assert!(place.run(&["user", "show", "alice"]).done().contains("password locked"));
    place.run(&["user", "set-password", "alice", "--password-file", &place.text("password")]).done();
    assert!(!place.run(&["user", "show", "alice"]).done().contains("locked"));
}

#[test]
fn a_key_made_by_mistake_can_go_and_one_that_signs_cannot() {
    let place = Place::new();
    let made = place.run(&["key", "rotate", "--alg", "RS256", "--json"]).json();
    place.run(&["key", "retire", made["kid"].as_str().unwrap()]).done();
    let listed = place.run(&["key", "list", "--json"]).json();
    let signing = listed.as_array().unwrap().iter().find(|key| key["alg"] == "ES256").unwrap();
    place.run(&["key", "retire", signing["kid"].as_str().unwrap()]).refused(&["rotate first"]);
}

/// Another sealing key in place of the old one: nothing is lost, and the old one opens nothing any more.
#[test]
fn another_sealing_key_takes_over() {
    let place = Place::new();
    place.user("alice", &["--mail", "alice@bank.example"]);
    let old = std::fs::read_to_string(place.path("sealing.key")).unwrap();
    place.bare(&["key", "new", "--out", &place.text("new.key")]).done();
    let new = std::fs::read_to_string(place.path("new.key")).unwrap();
    assert!(place.run(&["key", "rotate-sealing"]).done().contains("nothing to do"));
    std::fs::write(place.path("sealing.key"), format!("{new}\n{old}")).unwrap();
    assert_eq!(place.run(&["key", "rotate-sealing", "--json"]).json()["data_keys_wrapped"], 1);
    std::fs::write(place.path("sealing.key"), &new).unwrap();
    let shown = place.run(&["user", "show", "alice", "--json"]).json();
    assert_eq!(shown["contacts"][0]["address"], "alice@bank.example");
    std::fs::write(place.path("sealing.key"), &old).unwrap();
    place.run(&["check"]).refused(&["wrapped by key"]);
}
