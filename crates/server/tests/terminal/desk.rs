//! The paper market in the terminal, after a login, at the real brokerage beside the demo.

use super::support::{Demo, Terminal};
use serde_json::json;

fn brokerage(demo: &Demo) -> String {
    let missing = "countersign-brokerage is not beside the server: build it first, cargo build -p brokerage";
    demo.ready.brokerage_url.clone().expect(missing)
}

#[test]
fn orders_are_typed_filled_and_taken_back() {
    let demo = Demo::start();
    let card = demo.device("carol", "dsc-plus");
    let terminal = Terminal::open(&demo, (100, 30), "966", &["--lang", "en", "--brokerage", &brokerage(&demo)]);
    terminal.logs_in(demo.user("carol"));
    terminal.sees("Select Second Factor Device");
    terminal.press(&["Tab", "Enter"]);
    terminal.types(&demo.respond(card, &terminal.challenge()));
    terminal.press(&["Enter"]);
    let desk = terminal.sees("free 619,000.50");
    for words in ["Paper market — carol", "HLX Helix", "U1000301", "OAKS", "3000"] {
        assert!(desk.contains(words), "{words}:\n{desk}");
    }
    terminal.press(&["b"]);
    terminal.sees("Without a limit it is filled at once");
    terminal.types("5");
    terminal.press(&["Enter"]);
    terminal.types("1.00");
    terminal.press(&["Enter"]);
    terminal.sees(": open.");
    terminal.sees("Buy 5 HLX");
    terminal.press(&["Tab", "c"]);
    terminal.sees("is cancelled.");
    terminal.press(&["Tab", "Down", "b"]);
    terminal.types("3");
    terminal.press(&["Enter", "Enter"]);
    terminal.sees(": filled.");
    terminal.waits("the new position", |screen| screen.lines().any(|line| line.contains("│KITE  ")));
    terminal.press(&["s"]);
    terminal.types("100000");
    terminal.press(&["Enter", "Enter"]);
    terminal.sees("You do not have that many free shares to sell.");
    terminal.press(&["q"]);
    let left = terminal.sees("exit code 0");
    assert!(left.contains("Logged in as carol"), "{left}");
    assert!(terminal.sees(" echo ").contains(" icanon "), "the terminal is as it was");
}

#[test]
fn a_script_gets_quotes_and_positions() {
    let demo = Demo::start();
    let card = demo.device("carol", "dsc-plus");
    let pin = demo.file("pin", card.pin.as_ref().unwrap());
    let state = card.state_file.as_ref().unwrap();
    let url = brokerage(&demo);
    let more = ["--device", &card.label, "--card-state", state, "--pin-file", &pin, "--brokerage", &url];
    let (code, shown, err) = demo.script("966", "carol", &more);
    assert_eq!((code, &shown["signed_in"]), (0, &json!(true)), "{shown} {err}");
    assert_eq!(shown["quotes"].as_array().unwrap().len(), 6);
    assert_eq!((&shown["account"], &shown["free"]), (&json!("U1000301"), &json!("619000.50")));
    let held: Vec<_> = shown["positions"].as_array().unwrap().iter().map(|held| &held["symbol"]).collect();
    assert_eq!(held, ["LUNA", "OAKS"]);
    let password = demo.file("password", &demo.user("carol").password);
    let who = ["--username", "carol", "--password-file", &password];
    let nowhere =
        ["--device", &card.label, "--card-state", state, "--pin-file", &pin, "--brokerage", "http://localhost:1"];
    let output = demo.run("966", &[who.as_slice(), &nowhere].concat());
    assert_eq!(output.status.code(), Some(1), "a brokerage that is not there: {output:?}");
}
