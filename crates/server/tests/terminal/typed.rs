//! What a person types and sees.

use super::support::{Demo, Terminal};

const WIDE: (u16, u16) = (80, 24);
const ENGLISH: &[&str] = &["--lang", "en"];

#[test]
fn the_second_device_of_the_drop_down_logs_in_after_a_wrong_response() {
    let demo = Demo::start();
    let alice = demo.user("alice");
    let (first, second) = (&alice.devices[0], &alice.devices[1]);
    let terminal = Terminal::open(&demo, WIDE, "966", ENGLISH);
    terminal.logs_in(alice);
    let closed = terminal.sees("Select Second Factor Device");
    assert!(closed.contains(&first.label) && !closed.contains(&second.label), "closed, at the default:\n{closed}");
    terminal.press(&["Enter"]);
    let open = terminal.sees(&second.label);
    assert!(open.contains("Select Second Factor Device"), "{open}");
    terminal.press(&["Down", "Enter"]);
    terminal.waits("the closed list", |screen| screen.contains("[ Continue ]") && screen.contains(&second.label));
    terminal.press(&["Enter"]);
    let challenge = terminal.challenge();
    assert!(terminal.sees(&second.label).contains("Time left"));
    assert!(matches!(challenge.as_bytes()[0], b'1'..=b'5'), "a login's challenge: {challenge}");

    terminal.types("00000000");
    terminal.press(&["Enter"]);
    terminal.sees("Login failed: the code was wrong. 2 attempts left.");
    assert_eq!(terminal.challenge(), challenge, "the same challenge is asked again");
    terminal.types(&demo.respond(second, &challenge));
    terminal.press(&["Enter"]);
    let done = terminal.sees("Logged in as alice");
    assert!(done.contains("openid profile"), "{done}");
    terminal.press(&["q"]);
    let left = terminal.sees("exit code 0");
    assert!(left.contains("Logged in as alice"), "{left}");
    assert!(terminal.sees(" echo ").contains(" icanon "), "the terminal is as it was");
}

#[test]
fn the_third_wrong_response_ends_it() {
    let demo = Demo::start();
    let carol = demo.user("carol");
    let terminal = Terminal::open(&demo, WIDE, "966", ENGLISH);
    terminal.logs_in(carol);
    terminal.sees("Select Second Factor Device");
    terminal.press(&["Tab", "Enter"]);
    terminal.challenge();
    for (wrong, left) in [("00000000", "2 attempts left."), ("00000001", "1 attempt left.")] {
        terminal.types(wrong);
        terminal.press(&["Enter"]);
        terminal.sees(left);
    }
    terminal.types("00000002");
    terminal.press(&["Enter"]);
    let ended = terminal.sees("Too many wrong codes. This login has ended.");
    assert!(!ended.contains("Challenge"), "{ended}");
    terminal.press(&["Enter"]);
    assert!(terminal.sees("Password").contains("carol"), "back at the form with the username");
    terminal.press(&["Escape"]);
    assert!(terminal.sees("exit code 1").contains("Not logged in."));
}

#[test]
fn a_code_card_and_another_device_in_one_attempt() {
    let demo = Demo::start();
    let carol = demo.user("carol");
    let grid = demo.device("carol", "security-code-card");
    let terminal = Terminal::open(&demo, WIDE, "966", ENGLISH);
    terminal.logs_in(carol);
    terminal.sees("Select Second Factor Device");
    terminal.press(&["Tab", "Enter"]);
    terminal.challenge();
    terminal.press(&["F3"]);
    terminal.sees("Select Second Factor Device");
    terminal.press(&["Enter"]);
    terminal.waits("the open list", |screen| screen.contains(&grid.label));
    terminal.types("S");
    terminal.press(&["Enter", "Enter"]);
    let asked = terminal.sees("Places ");
    let places: Vec<u32> =
        asked.split_once("Places ").unwrap().1.split_whitespace().take(2).map(|n| n.parse().unwrap()).collect();
    let card = countersign_client::card::Card::open(grid.state_file.as_ref().unwrap().as_ref()).unwrap();
    terminal.types(&card.values([places[0], places[1]]).unwrap().to_lowercase());
    terminal.press(&["Enter"]);
    terminal.sees("Logged in as carol");
}

#[test]
fn the_time_runs_out_by_the_servers_clock() {
    let demo = Demo::start();
    let carol = demo.user("carol");
    let terminal = Terminal::open(&demo, WIDE, "966", ENGLISH);
    terminal.logs_in(carol);
    terminal.sees("Select Second Factor Device");
    terminal.press(&["Tab", "Enter"]);
    let challenge = terminal.challenge();
    let response = demo.respond(&carol.devices[0], &challenge);
    demo.advance(181);
    terminal.types(&response);
    terminal.press(&["Enter"]);
    terminal.sees("Time is up: this login was not confirmed.");
}

#[test]
fn an_older_program_gets_no_chooser() {
    let demo = Demo::start();
    let carol = demo.user("carol");
    let terminal = Terminal::open(&demo, WIDE, "965", ENGLISH);
    terminal.logs_in(carol);
    let challenge = terminal.challenge();
    let screen = terminal.sees(&carol.devices[0].label);
    assert!(!screen.contains("Select Second Factor Device") && !screen.contains("Use another device"), "{screen}");
    terminal.types(&demo.respond(&carol.devices[0], &challenge));
    terminal.press(&["Enter"]);
    terminal.sees("Logged in as carol");
}

#[test]
fn a_wrong_password_in_russian_in_a_small_window() {
    let demo = Demo::start();
    let terminal = Terminal::open(&demo, (40, 15), "966", &["--lang", "ru", "--username", "carol"]);
    terminal.sees("Имя пользователя  carol");
    terminal.types("not it");
    terminal.press(&["Enter"]);
    terminal.sees("Неверное имя пользователя");
    terminal.types(&demo.user("carol").password);
    terminal.press(&["Enter"]);
    terminal.sees("Выберите устройство второго фактора");
    terminal.press(&["Tab", "Enter"]);
    let respond = terminal.sees("Проверочный код");
    assert!(respond.contains("Ответный код") && respond.contains("Осталось"), "{respond}");
}

#[test]
fn sigterm_leaves_the_terminal_as_it_was() {
    let demo = Demo::start();
    let terminal = Terminal::open(&demo, WIDE, "966", ENGLISH);
    terminal.sees("Username");
    let told = std::process::Command::new("kill").args(["-TERM", &terminal.program()]).status().unwrap();
    assert!(told.success());
    let left = terminal.sees("exit code 1");
    assert!(!left.contains("Username"), "the screen that was there before:\n{left}");
    assert!(terminal.sees(" echo ").contains(" icanon "));
}
