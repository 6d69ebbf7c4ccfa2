//! The same by flags, for scripts.

use super::support::{Demo, client, text};
use serde_json::json;

#[test]
fn a_card_signs_in_by_flags() {
    let demo = Demo::start();
    let device = demo.device("alice", "dsc-plus");
    let (state, pin) = (device.state_file.as_ref().unwrap(), demo.file("card.pin", device.pin.as_ref().unwrap()));
    let card = ["--card-state", state, "--pin-file", &pin];
    for wanted in [&device.label, &device.id, &device.label.to_uppercase()] {
        let (code, done, err) = demo.script("966", "alice", &[&["--device", wanted], &card[..]].concat());
        assert_eq!(code, 0, "{done} {err}");
        assert_eq!((&done["signed_in"], &done["username"]), (&json!(true), &json!("alice")));
        assert_eq!(done["scope"], "openid profile");
        assert!(done["sub"].as_str().is_some_and(|sub| sub.len() == 36), "{done}");
        assert!(done["acr"].is_string() && done["amr"].as_array().unwrap().contains(&json!("mfa")), "{done}");
        assert!(!err.contains("attempt"), "{err}");
    }
    let password = demo.file("password", &demo.user("alice").password);
    let words = ["--username", "alice", "--password-file", &password, "--device", &device.id];
    let output = demo.run("966", &[&words[..], &card].concat());
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(0), "Logged in as alice\n"));
}

#[test]
fn a_command_answers_for_every_kind_of_device() {
    let demo = Demo::start();
    let program = client();
    let reader = |verb: &str, state: &str| format!("{} card-reader {verb} --state {state}", program.display());
    let grid = demo.device("carol", "security-code-card");
    let values = reader("values", grid.state_file.as_ref().unwrap());
    let (code, done, err) = demo.script("966", "carol", &["--device", &grid.label, "--response-command", &values]);
    assert_eq!((code, &done["username"]), (0, &json!("carol")), "{done} {err}");

    let gold = &demo.user("dave").devices[0];
    let passcode = reader("passcode", gold.state_file.as_ref().unwrap());
    let (code, done, err) = demo.script("966", "dave", &["--response-command", &passcode]);
    assert_eq!((code, &done["username"]), (0, &json!("dave")), "{done} {err}");

    let (code, done, err) = demo.script("965", "carol", &["--response-command", "false"]);
    assert_eq!((code, &done["failure"]["reason"]), (1, &json!("client")), "{err}");
}

#[test]
fn several_devices_need_one_to_be_named() {
    let demo = Demo::start();
    let alice = demo.user("alice");
    let (code, done, err) = demo.script("966", "alice", &[]);
    assert_eq!((code, &done["signed_in"]), (1, &json!(false)));
    assert_eq!(done["devices"].as_array().unwrap().len(), 2);
    for device in &alice.devices {
        assert!(err.contains(&device.id) && err.contains(&device.label), "{err}");
    }
    let (code, done, err) = demo.script("966", "alice", &["--device", "Gold"]);
    assert_eq!((code, &done["failure"]["reason"]), (1, &json!("choose_device")), "{err}");
    assert!(err.contains("Gold"), "{err}");

    let carol = demo.user("carol");
    let (code, done, _) = demo.script("965", "carol", &[]);
    assert_eq!((code, &done["failure"]["reason"]), (1, &json!("response_needed")), "no chooser for an older program");
    assert_eq!(done["next"]["device"]["id"], carol.devices[0].id.as_str(), "the default device");
    let second = &carol.devices[1].id;
    let (_, done, _) = demo.script("965", "carol", &["--device", second]);
    assert_eq!(done["next"]["device"]["id"], second.as_str(), "but another one can be asked for by its id");
}

#[test]
fn wrong_responses_count_down_to_the_end() {
    let demo = Demo::start();
    let wrong = ["--response", "00000000"];
    let card = ["--device", &demo.device("alice", "dsc-plus").id];
    let (code, done, err) = demo.script("966", "alice", &[&card[..], &wrong].concat());
    assert_eq!(code, 1);
    assert_eq!(done, json!({ "signed_in": false, "failure": { "reason": "wrong_response", "attempts_left": 2 } }));
    assert!(err.contains("2 attempts left."), "{err}");
    let other = ["00000000", "00000001", "00000002", "00000003"].map(|response| ["--response", response]).concat();
    let (code, done, err) = demo.script("965", "carol", &other);
    assert_eq!((code, &done["failure"]["reason"]), (1, &json!("too_many_attempts")), "{err}");
    assert!(err.contains("1 attempt left.") && err.contains("Too many wrong codes."), "{err}");
}

#[test]
fn what_cannot_work_is_said() {
    let demo = Demo::start();
    let wrong = demo.file("wrong", "not it");
    let output = demo.run("966", &["--json", "--username", "alice", "--password-file", &wrong]);
    let answer = json!({ "signed_in": false, "failure": { "reason": "invalid_credentials" } });
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), format!("{answer}\n")));
    let output = demo.run("966", &["--json", "--password-file", &wrong]);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(2), ""), "no username");
    let output = demo.run("966", &["--json", "--username", "alice", "--password", "x"]);
    assert_eq!(output.status.code(), Some(2), "no password on the command line");
    let output = demo.run("966", &["--json", "--username", "alice", "--password-file", "/no/such"]);
    assert_eq!(output.status.code(), Some(1));
    let url = demo.ready.url.clone();
    drop(demo);
    let gone = ["login", "--client", "tws", "--server", &url, "--json", "--username", "a", "--password-file"];
    let dir = tempfile::tempdir().unwrap();
    let password = dir.path().join("p");
    std::fs::write(&password, "p").unwrap();
    let output = std::process::Command::new(client()).args(gone).arg(&password).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["failure"]["reason"], "network", "{answer}");
}

#[test]
fn a_success_is_remembered_by_its_mark_unless_it_must_not_be() {
    let demo = Demo::start();
    let device = demo.device("carol", "dsc-plus");
    let (state, pin) = (device.state_file.as_ref().unwrap(), demo.file("card.pin", device.pin.as_ref().unwrap()));
    let password = demo.file("password", &demo.user("carol").password);
    let home = tempfile::tempdir().unwrap();
    let log_in = |more: &[&str]| {
        let mut command = std::process::Command::new(client());
        command.args(["login", "--client", "tws", "--client-version", "965", "--server", &demo.ready.url]);
        command.args(["--username", "carol", "--password-file", &password, "--card-state", state, "--pin-file", &pin]);
        let output = command.args(more).env("XDG_STATE_HOME", home.path()).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    let marks = home.path().join("countersign-client/marks.json");
    log_in(&["--no-mark"]);
    assert!(!marks.exists());
    let kept = || {
        let file: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&marks).unwrap()).unwrap();
        assert_eq!(file["marks"].as_array().unwrap().len(), 1, "{file}");
        assert_eq!(file["marks"][0]["issuer"], demo.ready.issuer.as_str());
        file["marks"][0]["mark"].as_str().unwrap().to_owned()
    };
    log_in(&[]);
    let first = kept();
    assert!(!first.is_empty());
    log_in(&[]);
    kept();
}
