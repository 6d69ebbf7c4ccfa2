//! `check` refuses or warns of whatever `serve` would stumble on, and names what it is about.

use super::place::Place;
use std::{fs, os::unix::fs::PermissionsExt as _};
use testing::postgres::Cluster;

#[test]
fn check_refuses_a_key_that_did_not_seal_the_database() {
    let place = Place::new();
    place.user("alice", &[]);
    place.run(&["check"]).done();
    let other = "a5".repeat(32);
    fs::write(place.path("other.key"), &other).unwrap();
    let kept = fs::read(place.path("sealing.key")).unwrap();
    fs::write(place.path("sealing.key"), &other).unwrap();
    place.run(&["check"]).refused(&["wrapped by key"]);
    let mut serve = place.serve();
    assert_eq!(serve.0.wait().unwrap().code(), Some(1), "as serve does");
    fs::write(place.path("sealing.key"), kept).unwrap();
    place.run(&["check"]).done();
}

/// The key may also come by an environment variable, which counts where both are there.
#[test]
fn a_key_of_the_environment_is_judged_as_one_of_a_file() {
    let place = Place::new();
    place.user("alice", &[]);
    let right = fs::read_to_string(place.path("sealing.key")).unwrap();
    let with = |key: &str, command: &str| {
        let config = place.text("config.toml");
        Place::say(place.command(&[command, "--config", &config]).env("COUNTERSIGN_SEALING_KEY", key))
    };
    let other = "a5".repeat(32);
    for command in ["check", "serve"] {
        with(&other, command).refused(&["wrapped by key"]);
    }
    fs::write(place.path("sealing.key"), &other).unwrap();
    place.run(&["check"]).refused(&["wrapped by key"]);
    with(&right, "check").done();
}

/// The lines of SQL in the sample's comment, one a line.
fn words_of_the_sample() -> Vec<String> {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/countersign.sample.toml");
    let sample = fs::read_to_string(sample).unwrap();
    let indented = sample.lines().filter_map(|line| line.strip_prefix("#     ").map(str::trim));
    indented.filter(|line| line.starts_with("CREATE ")).map(str::to_owned).collect()
}

#[test]
fn the_words_of_the_sample_make_a_database_that_serves() {
    let cluster = Cluster::start().unwrap();
    // As a database is made without them: it belongs to the superuser, and nobody else may make tables in it.
    cluster.admin("CREATE DATABASE bare TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'");
    let words = words_of_the_sample();
    assert_eq!(words.len(), 2, "{words:?}");
    for line in &words {
        cluster.admin(line);
    }
    let place = Place::new();
    let local = "[http]\nlisten = [\"127.0.0.1:0\"]";
    place.configure_on(&cluster.url_of("bare", "countersign"), local);
    place.run(&["check"]).refused(&["permission denied for schema"]);
    place.configure_on(&cluster.url_of("countersign", "countersign"), local);
    place.run(&["check"]).done();
    place.user("alice", &[]);
    let mut serve = place.serve();
    place.address();
    assert_eq!(serve.stop(), Some(0));
    place.run(&["check"]).done();
}

#[test]
fn check_warns_of_what_is_no_error_and_yet_wrong() {
    let place = Place::with("[log]\nfilter = \"infoo\"");
    fs::set_permissions(place.path("sealing.key"), fs::Permissions::from_mode(0o644)).unwrap();
    let checked = place.run(&["check", "--json"]).json();
    let warnings: Vec<_> = checked["warnings"].as_array().unwrap().iter().map(|w| w.as_str().unwrap()).collect();
    for of in ["sealing.key is open to others than its owner (mode 0644)", "http.public_url", "log.filter"] {
        assert!(warnings.iter().any(|warning| warning.contains(of)), "{of}: {warnings:?}");
    }
    fs::set_permissions(place.path("sealing.key"), fs::Permissions::from_mode(0o600)).unwrap();
    place.configure("[http]\npublic_url = \"https://login.bank.example\"");
    let quiet = place.run(&["check", "--json"]).json();
    let about = |of: &str| quiet["warnings"].as_array().unwrap().iter().any(|w| w.as_str().unwrap().contains(of));
    assert!(!about("sealing.key") && !about("http.public_url") && !about("log.filter"), "{quiet}");
}

#[test]
fn what_is_missing_is_named() {
    let place = Place::new();
    fs::remove_file(place.path("sealing.key")).unwrap();
    place.run(&["check"]).refused(&["the sealing key", "sealing.key", "No such file"]);
    let place = Place::new();
    place.configure("");
    let text = fs::read_to_string(place.path("config.toml")).unwrap().replace("data.db", "no-folder/data.db");
    fs::write(place.path("config.toml"), text).unwrap();
    place.run(&["check"]).refused(&["the database", "no-folder/data.db", "No such file"]);
    place.bare(&["check", "--config", "/no/such/config.toml"]).refused(&["/no/such/config.toml"]);
}

/// What scripts read is JSON, also when it did not work.
#[test]
fn a_failure_is_json_where_json_was_asked_for() {
    let place = Place::new();
    for command in [&["user", "show", "nobody"][..], &["device", "list", "--user", "nobody"], &["audit", "--user", "x"]]
    {
        let refused = place.run(&[command, &["--json"]].concat()).refused(&[]);
        let said: serde_json::Value = serde_json::from_str(&refused).unwrap_or_else(|_| panic!("{refused}"));
        assert!(said["error"].as_str().is_some_and(|error| error.contains("no user")), "{said}");
        assert!(place.run(command).refused(&["countersign: "]).starts_with("countersign: "));
    }
}
