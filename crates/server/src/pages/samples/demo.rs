//! The demo's pages.

use super::{Sample, frame, named};
use crate::pages::{
    Frame,
    beside::{Beside, Story},
    demo::{CardLine, CardProblem, CardReader, Outbox, OutboxLine, Start},
};
use i18n::Lang;
use wire::demo::{Device, User};

fn reader(lang: Lang, class: &str, shown: Option<Result<String, CardProblem>>) -> CardReader {
    let card = |class: &str, label: &str, pin: Option<&str>| CardLine {
        device: format!("id-{class}"),
        label: label.to_owned(),
        username: "carol".to_owned(),
        class: class.to_owned(),
        pin: pin.map(str::to_owned),
    };
    let cards = vec![
        card("dsc-plus", "Digital Security Card+ (…0051)", Some("5028")),
        card("dsc", "Digital Security Card (…0099)", Some("1907")),
        card("gold", "Gold Device (…0311)", None),
        card("platinum", "Platinum Device (…0205)", None),
        card("security-code-card", "Security Code Card (…0007)", None),
    ];
    let selected = cards.iter().position(|card| card.class == class).unwrap_or(0);
    let frame = Frame { demo: true, path_and_query: "/demo/card-reader".to_owned(), ..frame(lang) };
    CardReader { frame, cards, selected, shown, challenge: "413027".to_owned() }
}

pub(super) fn demo(lang: Lang) -> Vec<Sample> {
    [starts(lang), stories(lang), outboxes(lang), readers(lang)].concat()
}

fn device(class: &str, label: &str, pin: Option<&str>) -> Device {
    Device {
        id: format!("id-{class}"),
        class: class.to_owned(),
        label: label.to_owned(),
        pin: pin.map(str::to_owned),
        state_file: Some("/var/lib/demo/card.json".to_owned()),
    }
}

fn starts(lang: Lang) -> Vec<Sample> {
    let user = |username: &str, password: &str, devices| User {
        username: username.to_owned(),
        password: password.to_owned(),
        devices,
    };
    let users = vec![
        user(
            "alice",
            "alice likes long walks",
            vec![
                device("dsc-plus", "Digital Security Card+ (…0042)", Some("7294")),
                device("dsc-plus", "Digital Security Card+ (…0043)", Some("3861")),
            ],
        ),
        user(
            "carol",
            "carol keeps bees at home",
            vec![
                device("dsc-plus", "Digital Security Card+ (…0051)", Some("5028")),
                device("security-code-card", "Security Code Card (…0007)", None),
            ],
        ),
        user("dave", "dave still has the old one", vec![device("gold", "Gold Device (…0311)", None)]),
    ];
    let start = Start {
        frame: demo_frame(lang),
        users,
        outbox_url: "/demo/outbox".to_owned(),
        server_url: "http://localhost:8080".to_owned(),
        brokerage_url: Some("http://localhost:8081".to_owned()),
        client: "/opt/countersign/countersign-client".to_owned(),
        app: true,
    };
    let bare = Start { app: false, brokerage_url: None, client: "countersign-client".to_owned(), ..start.clone() };
    vec![named("demo-start", &start), named("demo-start-bare", &bare)]
}

/// Every story, with whom it is played.
fn stories(lang: Lang) -> Vec<Sample> {
    let card = || device("dsc-plus", "Digital Security Card+ (…0042)", Some("7294"));
    let phone = || device("phone", "Mobile app", Some("2580"));
    let user = |username: &str, devices| User {
        username: username.to_owned(),
        password: format!("{username} likes long walks"),
        devices,
    };
    let users = [user("alice", vec![phone(), card()]), user("boris", vec![phone()]), user("carol", vec![card()])];
    let page = |story: Story| {
        let of = Beside::of(demo_frame(lang), story.name(), &users, Some("http://localhost:8081"), true);
        named(&format!("demo-beside-{}", story.name()), &of.expect("there is all that a story needs"))
    };
    Story::ALL.into_iter().map(page).collect()
}

fn outboxes(lang: Lang) -> Vec<Sample> {
    let message = |channel: &str, to: &str, text: String| OutboxLine {
        at: "2026-11-24 09:41 UTC".to_owned(),
        channel: channel.to_owned(),
        to: to.to_owned(),
        text,
    };
    let desk = || ("desk", " (US +1 555 0100)".into());
    let until = [("until", "2026-11-25 09:41 UTC".into()), ("device", "Gold Device (…0311)".into()), desk()];
    let messages = vec![
        message("mail", "alice@example.com", lang.t_with("notice-device-locked", &until)),
        message("sms", "+1 202 555 0142", lang.t_with("notice-last-attempt", &[desk()])),
    ];
    vec![
        named("demo-outbox", &Outbox { frame: demo_frame(lang), messages }),
        named("demo-outbox-empty", &Outbox { frame: demo_frame(lang), messages: vec![] }),
    ]
}

fn readers(lang: Lang) -> Vec<Sample> {
    let plain = || reader(lang, "dsc-plus", None);
    let unbuilt = CardReader { frame: Frame { scripts: false, ..demo_frame(lang) }, ..plain() };
    let mut pages = vec![
        named("reader-without-scripts", &unbuilt),
        named("reader-none", &CardReader { cards: vec![], ..plain() }),
        named("reader-bad-challenge", &reader(lang, "dsc-plus", Some(Err(CardProblem::Challenge)))),
        named("reader-bad-places", &reader(lang, "security-code-card", Some(Err(CardProblem::Challenge)))),
        named("reader-unavailable", &reader(lang, "gold", Some(Err(CardProblem::Unavailable)))),
    ];
    for (class, value) in [
        ("dsc-plus", "20871364"),
        ("dsc", "519260"),
        ("gold", "038114"),
        ("platinum", "77120495"),
        ("security-code-card", "A3DZ3V"),
    ] {
        pages.push(named(&format!("reader-{class}"), &reader(lang, class, None)));
        pages.push(named(&format!("reader-{class}-shown"), &reader(lang, class, Some(Ok(value.to_owned())))));
    }
    pages
}

fn demo_frame(lang: Lang) -> Frame {
    Frame { demo: true, path_and_query: "/demo/".to_owned(), ..frame(lang) }
}
