//! A withdrawal at the sample brokerage by the trading workstation: by flags, and typed on its desk.

use super::support::{Demo, Terminal, client, text};
use serde_json::{Value, json};
use std::process::{Command, Stdio};

const WIDE: (u16, u16) = (100, 30);

fn brokerage(demo: &Demo) -> String {
    let missing = "countersign-brokerage is not beside the server: build it first, cargo build -p brokerage";
    demo.ready.brokerage_url.clone().expect(missing)
}

/// `withdraw` by flags, in a language; alice logs in with her card.
fn withdraw(demo: &Demo, amount: &str, more: &[&str]) -> (i32, Value, String) {
    let card = demo.device("alice", "dsc-plus");
    let password = demo.file("alice.password", &demo.user("alice").password);
    let pin = demo.file("card.pin", card.pin.as_ref().unwrap());
    let mut command = Command::new(client());
    command.args(["withdraw", "--json", "--client-version", "966", "--server", &demo.ready.url]);
    command.args(["--brokerage", &brokerage(demo), "--username", "alice", "--password-file", &password]);
    command.args(["--device", &card.label, "--card-state", card.state_file.as_ref().unwrap(), "--pin-file", &pin]);
    command.args(["--amount", amount, "--to-name", "Bob", "--to-account", "DE89 3704 0044 0532 0130 17", "--no-mark"]);
    let output = command.args(more).stdin(Stdio::null()).env_remove("COUNTERSIGN_PASSWORD").output().unwrap();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    let shown = serde_json::from_str(&out).unwrap_or_else(|_| panic!("one object: {out}\n{err}"));
    (output.status.code().unwrap(), shown, err)
}

/// The mission's example by flags: the phone is refused with the device that would do; that one confirms.
#[test]
fn a_quarter_of_a_million_is_refused_for_the_phone_and_confirmed_by_the_card() {
    let demo = Demo::start();
    let card = demo.device("alice", "dsc-plus");
    let phone = ["--lang", "en", "--confirm-with", "Mobile app", "--wait"];
    let (code, refused, err) = withdraw(&demo, "250,000.00", &phone);
    assert_eq!((code, &refused["confirmed"]), (1, &json!(false)), "{refused} {err}");
    let would_do = json!([{ "id": card.id, "class": "dsc-plus", "label": card.label }]);
    assert_eq!(refused["failure"], json!({ "reason": "device_limit", "devices": would_do }));
    assert!(err.contains("You can confirm it with: Digital Security Card+."), "{err}");
    assert_eq!(demo.phone("alice", "list", &[]).1, "", "nothing was sent to the phone");

    let (code, done, err) = withdraw(&demo, "250 000,00", &["--lang", "ru"]);
    assert_eq!((code, &done["confirmed"]), (0, &json!(true)), "{done} {err}");
    let made = &done["withdrawal"];
    assert_eq!(
        (&made["state"], &made["amount"], &made["confirmed_by"]["class"]),
        (&json!("confirmed"), &json!("250000.00"), &json!("dsc-plus")),
        "{made}"
    );

    // What the phone has left is nothing; what was confirmed has left the account.
    let (code, refused, err) = withdraw(&demo, "1.00", &phone);
    assert_eq!((code, &refused["failure"]["reason"]), (1, &json!("device_limit")), "{refused} {err}");
    let (code, refused, err) = withdraw(&demo, "600,000", &["--lang", "en"]);
    assert_eq!((code, &refused["failure"]["reason"]), (1, &json!("cash")), "{refused} {err}");
}

/// Amounts are read by the marks of the language, and what is not understood asks nobody.
#[test]
fn an_amount_that_is_not_understood_is_wrong_usage() {
    let demo = Demo::start();
    let run = |amount: &str, currency: &str| {
        let mut command = Command::new(client());
        command.args([
            "withdraw",
            "--server",
            &demo.ready.url,
            "--brokerage",
            &brokerage(&demo),
            "--username",
            "alice",
        ]);
        command.args(["--to-name", "Bob", "--to-account", "1", "--lang", "en", "--no-mark", "--json"]);
        command.args(["--amount", amount, "--currency", currency]).stdin(Stdio::null()).output().unwrap()
    };
    for (amount, currency, said) in [
        ("0", "USD", "above zero"),
        ("1.200", "USD", "Is that"),
        ("1.2345", "USD", "too many decimals"),
        ("10", "ZZZ", "no currency"),
    ] {
        let output = run(amount, currency);
        assert_eq!(output.status.code(), Some(2), "{amount} {currency}");
        assert!(text(&output.stderr).contains(said), "{amount} {currency}: {}", text(&output.stderr));
    }
}

/// The same on the desk: the chooser says what the phone has left, the card confirms, and the money is gone.
#[test]
fn the_desk_withdraws_with_the_device_that_may() {
    let demo = Demo::start();
    let card = demo.device("alice", "dsc-plus");
    let terminal = Terminal::open(&demo, WIDE, "966", &["--lang", "en", "--brokerage", &brokerage(&demo)]);
    terminal.logs_in(demo.user("alice"));
    terminal.sees("Select Second Factor Device");
    terminal.press(&["Enter"]);
    terminal.sees(&card.label);
    terminal.press(&["Down", "Enter"]);
    terminal.waits("the closed list", |screen| screen.contains("[ Continue ]") && screen.contains(&card.label));
    terminal.press(&["Enter"]);
    terminal.types(&demo.respond(card, &terminal.challenge()));
    terminal.press(&["Enter"]);
    let desk = terminal.sees("free 842,150.75");
    assert!(desk.contains("w withdraw"), "{desk}");

    terminal.press(&["w"]);
    terminal.sees("Payee’s account number");
    for line in ["1.200", "Bob", "DE89 3704 0044 0532 0130 17"] {
        terminal.types(line);
        terminal.press(&["Enter"]);
    }
    terminal.sees("Is that");
    terminal.press(&["BSpace", "BSpace", "BSpace", "BSpace", "BSpace"]);
    terminal.types("250,000.00");
    terminal.press(&["Tab", "Tab", "Enter"]);
    let chooser = terminal.sees("Mobile app cannot confirm this amount: 200,000.00");
    assert!(chooser.contains("Withdrawal: 250,000.00") && chooser.contains("Time left"), "{chooser}");
    terminal.press(&["Tab", "Enter"]);
    let challenge = terminal.challenge();
    assert!(challenge.starts_with(['8', '9']) && challenge.ends_with("017"), "{challenge}");
    terminal.types(&demo.respond(card, &challenge));
    terminal.press(&["Enter"]);
    terminal.sees("Confirmed: 250,000.00");
    terminal.press(&["Enter"]);
    terminal.sees("free 592,150.75");
    terminal.press(&["q"]);
    terminal.sees("exit code 0");
}
