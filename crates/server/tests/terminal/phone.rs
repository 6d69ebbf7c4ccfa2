//! The native login confirmed by the software phone, and a phone that is activated in a terminal.

use super::support::{Demo, Terminal, client, text};
use serde_json::{Value, json};
use std::process::{Command, Stdio};

const WIDE: (u16, u16) = (80, 24);
const ENGLISH: &[&str] = &["--lang", "en"];
const NO_NOTIFICATION: &str = "I did not receive a notification";

/// A terminal in which alice's phone is awaited.
fn waiting(demo: &Demo) -> Terminal {
    let terminal = Terminal::open(demo, WIDE, "966", ENGLISH);
    terminal.logs_in(demo.user("alice"));
    let chooser = terminal.sees("Select Second Factor Device");
    assert!(chooser.contains("Mobile app"), "the default device is offered first:\n{chooser}");
    terminal.press(&["Tab", "Enter"]);
    terminal.sees("Open the app on your phone");
    terminal
}

#[test]
fn the_window_goes_on_by_itself_when_the_phone_approves() {
    let demo = Demo::start();
    let terminal = waiting(&demo);
    let screen = terminal.sees(NO_NOTIFICATION);
    assert!(screen.contains("Time left") && !screen.contains("Number"), "a familiar place shows no number:\n{screen}");
    let (code, listed, _) = demo.phone("alice", "list", &[]);
    assert_eq!((code, listed.lines().count()), (0, 1), "{listed}");
    assert!(listed.contains("Login to Trader Workstation from 127.0.0.1"), "{listed}");
    let (code, said, err) = demo.phone("alice", "approve", &[]);
    assert_eq!((code, said.as_str()), (0, "confirmed"), "{err}");
    let done = terminal.sees("Logged in as alice");
    assert!(done.contains("openid profile"), "{done}");
    terminal.press(&["q"]);
    terminal.sees("exit code 0");
}

#[test]
fn f4_switches_to_the_challenge_and_the_phone_answers_it_without_a_network() {
    let demo = Demo::start();
    let terminal = waiting(&demo);
    terminal.press(&["F4"]);
    let challenge = terminal.challenge();
    assert_eq!(demo.phone("alice", "list", &[]).1, "", "the phone is asked nothing any more");
    let (code, response, err) = demo.phone("alice", "respond", &[&challenge]);
    assert_eq!((code, response.len()), (0, 8), "{err}");
    terminal.types(&response);
    terminal.press(&["Enter"]);
    terminal.sees("Logged in as alice");
}

#[test]
fn f4_sends_another_notification_in_the_same_attempt() {
    let demo = Demo::start();
    let terminal = waiting(&demo);
    let first = demo.phone("alice", "list", &[]).1;
    terminal.press(&["F4"]);
    terminal.challenge();
    terminal.press(&["F4"]);
    terminal.sees("Open the app on your phone");
    let second = demo.phone("alice", "list", &[]).1;
    let id = |line: &str| line.split_whitespace().next().unwrap().to_owned();
    assert_ne!(id(&first), "", "{first}");
    let (code, said, err) = demo.phone("alice", "approve", &[&id(&second)]);
    assert_eq!((code, said.as_str()), (0, "confirmed"), "{err}");
    terminal.sees("Logged in as alice");
}

#[test]
fn a_refusal_on_the_phone_ends_it() {
    let demo = Demo::start();
    let terminal = waiting(&demo);
    let (code, said, err) = demo.phone("alice", "deny", &[]);
    assert_eq!((code, said.as_str()), (0, "denied"), "{err}");
    terminal.sees("This login was denied on your device.");
    terminal.press(&["Enter"]);
    assert!(terminal.sees("Password").contains("alice"), "back at the form with the username");
}

#[test]
fn the_phone_stops_what_leaves() {
    let demo = Demo::start();
    let lock = |more: &[&str]| demo.phone("alice", "lock", more);
    assert_eq!(lock(&[]).1, "open: withdrawals and transfers may leave");
    let (code, said, err) = lock(&["--close"]);
    assert_eq!((code, said.as_str()), (0, "closed: no withdrawal or transfer leaves"), "{err}");
    let (_, shown, _) = lock(&["--json"]);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap()["state"], "closed");
}

#[test]
fn at_an_unfamiliar_place_the_number_on_the_screen_is_typed_on_the_phone() {
    let demo = Demo::with(&["--unfamiliar"]);
    let terminal = waiting(&demo);
    let screen = terminal.sees("Number ");
    assert!(screen.contains("Type"), "{screen}");
    let number: String = screen
        .lines()
        .find_map(|line| Some(line.split_once("Number ")?.1.split_whitespace().next()?.to_owned()))
        .unwrap_or_else(|| panic!("no number:\n{screen}"));
    assert!(number.len() == 2 && number.bytes().all(|b| b.is_ascii_digit()), "{number}");
    let (code, _, err) = demo.phone("alice", "approve", &[]);
    assert_eq!(code, 1, "{err}");
    assert!(err.contains("--number"), "{err}");
    let (code, said, err) = demo.phone("alice", "approve", &["--number", &number]);
    assert_eq!((code, said.as_str()), (0, "confirmed"), "{err}");
    terminal.sees("Logged in as alice");
}

#[test]
fn a_script_waits_for_the_phone_only_when_it_is_told_to() {
    let demo = Demo::start();
    // An older program has no chooser: it is given the default device, which is the phone.
    for version in ["965", "966"] {
        let device: &[&str] = if version == "965" { &[] } else { &["--device", "Mobile app"] };
        let (code, done, err) = demo.script(version, "alice", device);
        assert_eq!((code, &done["failure"]["reason"]), (1, &json!("approval_pending")), "{err}");
        assert!(err.contains("--wait"), "{err}");
        assert_eq!(demo.phone("alice", "deny", &[]).0, 0, "the phone was asked");
    }
    let (code, done, err) = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| demo.script("966", "alice", &["--device", "Mobile app", "--wait"]));
        // The phone is told nothing before the program has asked.
        let mut approved = demo.phone("alice", "approve", &[]);
        while approved.2.contains("nothing awaits") && !waiting.is_finished() {
            approved = demo.phone("alice", "approve", &[]);
        }
        assert_eq!((approved.0, approved.1.as_str()), (0, "confirmed"), "{}", approved.2);
        waiting.join().unwrap()
    });
    assert_eq!((code, &done["signed_in"]), (0, &json!(true)), "{err}");
    assert_eq!(done["username"], "alice");
    let (code, _, err) = demo.phone("alice", "approve", &[]);
    assert!(code == 1 && err.contains("nothing awaits this phone"), "{err}");
}

#[test]
fn a_phone_activated_in_the_terminal_logs_its_owner_in() {
    let demo = Demo::start();
    let password = demo.file("carol.password", &demo.user("carol").password);
    let pin = demo.file("new.pin", "403917");
    let state = demo.file("gone", "").replace("gone", "phone.json");
    // Her card is asked instead of a code.
    let carol = demo.user("carol");
    let card = carol.devices.iter().find(|device| device.class == "dsc-plus").unwrap();
    let card_pin = demo.file("card.pin", card.pin.as_deref().unwrap());
    let card = format!(
        "{} card-reader respond --state {} --pin-file {card_pin} $COUNTERSIGN_CHALLENGE",
        client().display(),
        card.state_file.as_deref().unwrap()
    );
    let activate = |state: &str| {
        let mut command = Command::new(client());
        command.args(["phone", "activate", "--json", "--server", &demo.ready.url, "--username", "carol"]);
        command.args(["--password-file", &password, "--pin-file", &pin, "--state", state, "--code-command", &card]);
        command.stdin(Stdio::null()).output().unwrap()
    };
    let output = activate(&state);
    assert!(output.status.success(), "{output:?}");
    let activated: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(activated["state"], "active", "{activated}");
    assert!(text(&output.stderr).contains("Digital Security Card+"), "who was asked: {}", text(&output.stderr));
    assert!(!activate(&state).status.success(), "a phone's file is never written over");

    let label = activated["label"].as_str().unwrap();
    let answer = ["phone", "approve", "--state", &state, "--pin-file", &pin];
    let (exit, done, err) = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| demo.script("966", "carol", &["--device", label, "--wait"]));
        let mut approved = Command::new(client()).args(answer).output().unwrap();
        while text(&approved.stderr).contains("nothing awaits") && !waiting.is_finished() {
            approved = Command::new(client()).args(answer).output().unwrap();
        }
        assert!(approved.status.success(), "{approved:?}");
        waiting.join().unwrap()
    });
    assert_eq!((exit, &done["username"]), (0, &json!("carol")), "{err}");

    // The same phone answers a challenge with its new PIN.
    let program = client();
    let respond = format!("{} phone respond --state {state} --pin-file {pin}", program.display());
    let more = ["--device", label, "--method", "challenge_response", "--response-command", &respond];
    let (exit, done, err) = demo.script("966", "carol", &more);
    assert_eq!((exit, &done["username"]), (0, &json!("carol")), "{err}");
}

#[test]
fn a_code_activates_a_phone_of_whoever_has_no_other_device() {
    let demo = Demo::start();
    let password = demo.file("boris.password", &demo.user("boris").password);
    let pin = demo.file("new.pin", "403917");
    let state = demo.file("gone", "").replace("gone", "phone.json");
    let code =
        format!("curl -fsS '{}/demo/outbox' | grep -oE '[A-Z2-9]{{4}}-[A-Z2-9]{{4}}' | head -n 1", demo.ready.url);
    let mut command = Command::new(client());
    command.args(["phone", "activate", "--server", &demo.ready.url, "--username", "boris", "--state", &state]);
    command.args(["--password-file", &password, "--pin-file", &pin, "--code-command", &code]);
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let said = text(&output.stderr);
    assert!(said.contains("A code was sent by sms to •••") && said.contains("is replaced now"), "{said}");
}

#[test]
fn a_phone_takes_another_label_and_pin_and_is_removed_by_commands() {
    let demo = Demo::start();
    let device = demo.device("alice", "phone");
    let (state, pin) = (device.state_file.clone().unwrap(), device.pin.clone().unwrap());
    let (old, new) = (demo.file("old.pin", &pin), demo.file("next.pin", "604172"));
    let (code, label, err) = demo.phone("alice", "rename", &["Alice's phone"]);
    assert_eq!((code, label.as_str()), (0, "Alice's phone"), "{err}");

    let change =
        |current: &str, new: &str| demo.phone("alice", "change-pin", &["--pin-file", current, "--new-pin-file", new]);
    for (trivial, why) in
        [("1212", "repeat itself"), ("1987", "a year"), ("12345678", "4 to 6 digits"), (&pin, "current one")]
    {
        let (code, _, err) = change(&old, &demo.file("trivial.pin", trivial));
        assert!(code == 1 && err.contains(why), "{trivial}: {err}");
    }
    let (code, _, err) = change(&new, &demo.file("other.pin", "9275"));
    assert!(code == 1 && err.contains("2 attempts left"), "{err}");
    let (code, said, err) = change(&old, &new);
    assert_eq!((code, said.as_str()), (0, "changed"), "{err}");

    let program = client();
    let respond = format!("{} phone respond --state {state} --pin-file {new}", program.display());
    let more = ["--device", "Alice's phone", "--method", "challenge_response", "--response-command", &respond];
    let (exit, done, err) = demo.script("966", "alice", &more);
    assert_eq!((exit, &done["username"]), (0, &json!("alice")), "by the new label and the new PIN: {err}");

    let (code, lines, err) = demo.phone("alice", "activity", &["--lang", "ru"]);
    assert!(code == 0 && lines.contains("Изменён PIN-код устройства") && lines.contains("\n! "), "{lines}{err}");
    let (code, said, err) = demo.phone("alice", "remove", &[]);
    assert_eq!((code, said.as_str()), (0, "removed"), "{err}");
    assert_eq!(demo.phone("alice", "list", &[]).0, 1, "it is nobody");
}

/// Both apps as programs: the standalone one only answers challenges, hands over with its PIN, and is of no more use.
#[test]
fn a_phone_migrates_from_the_standalone_app_by_a_command() {
    let demo = Demo::start();
    let password = demo.file("boris.password", &demo.user("boris").password);
    let (pin, wrong) = (demo.file("old.pin", "403917"), demo.file("wrong.pin", "403918"));
    let at = |name: &str| demo.file("gone", "").replace("gone", name);
    let (old, new) = (at("standalone.json"), at("phone.json"));
    let code =
        format!("curl -fsS '{}/demo/outbox' | grep -oE '[A-Z2-9]{{4}}-[A-Z2-9]{{4}}' | head -n 1", demo.ready.url);
    let phone = |arguments: &[&str]| {
        let output = Command::new(client()).arg("phone").args(arguments).stdin(Stdio::null()).output().unwrap();
        (output.status.code().unwrap(), text(&output.stdout).trim().to_owned(), text(&output.stderr))
    };
    let server = ["--server", &demo.ready.url, "--username", "boris", "--password-file", &password];
    let rest = ["--pin-file", &pin, "--code-command", &code, "--state", &old, "--standalone"];
    let (exit, _, err) = phone(&[&["activate"], &server[..], &rest[..]].concat());
    assert_eq!(exit, 0, "{err}");

    let migrate = |pin: &str| phone(&["migrate", "--from", &old, "--state", &new, "--pin-file", pin, "--json"]);
    let (exit, _, err) = migrate(&wrong);
    assert!(exit == 1 && err.contains("2 attempts left"), "{err}");
    let (exit, done, err) = migrate(&pin);
    assert_eq!(exit, 0, "{err}");
    let done: Value = serde_json::from_str(&done).unwrap();
    assert_eq!(done["state"], "active", "{done}");
    assert!(err.contains("is migrated now"), "{err}");
    assert_eq!(phone(&["list", "--state", &new]).0, 0, "the new key is taken");
    let (exit, fate, err) = phone(&["fate", "--state", &old]);
    assert!(exit == 0 && fate.starts_with("migrated by "), "{fate}{err}");
    let (exit, _, err) = phone(&["respond", "--state", &old, "--pin-file", &pin, "123456"]);
    assert!(exit == 1 && err.contains("has been replaced"), "{err}");
}
