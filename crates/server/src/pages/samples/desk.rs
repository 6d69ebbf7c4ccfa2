//! The pages of the desk, and what its users see of it.

use super::{Sample, frame, login, named};
use crate::config::in_force::{Row, Table};
use crate::pages::{
    Frame,
    call::{CallDevice, CallPage, CallStands},
    console::{
        Card, CardTold, CaseLine, CasePage, CodePage, ConsolePage, DeskTold, FoundLine, May, Objection, ObjectionPage,
        OnlineCardPage, ProofLine, SeenDevice, ShipLine, UserPage,
    },
    in_force::{ClassLine, ClientLine, InForcePage},
    login::{StaticCode, StepNotice},
    mailing::{MailLine, MailTold, MailingPage},
    proof::Question,
    queues::{AlarmLine, AlarmsPage, MessageLine, TakenLine, UndeliveredPage},
    settings::DeviceLine,
};
use i18n::Lang;

const WHEN: &str = "2026-11-25 09:41 UTC";

fn case(act: &'static str, state: &'static str) -> CaseLine {
    CaseLine {
        id: "019aa000-0000-7000-8000-0000000000c1".to_owned(),
        act,
        state,
        user: "alice".to_owned(),
        user_id: "u1".to_owned(),
        card: (act == "reprint").then(|| "4410-0073".to_owned()),
        proof: (act == "password_link").then(|| "Mobile app".to_owned()),
        first: "dana".to_owned(),
        second: (state != "proposed").then(|| "emil".to_owned()),
        reason: "Phone <stolen>, number changed".to_owned(),
        identity_check: "Date of birth, last two withdrawals".to_owned(),
        since: "2026-11-24 09:41 UTC".to_owned(),
        until: WHEN.to_owned(),
        not_before: (state == "proposed").then(|| WHEN.to_owned()),
    }
}

fn mail(serial: Option<&str>, awaits_pin: bool) -> MailLine {
    MailLine {
        id: "019aa000-0000-7000-8000-0000000000d1".to_owned(),
        user: "alice".to_owned(),
        label: "Digital Security Card+".to_owned(),
        address: "Alice <Example>, 12 Long Street, Springfield".to_owned(),
        since: "2026-11-24".to_owned(),
        serial: serial.map(str::to_owned),
        awaits_pin,
    }
}

fn in_force(frame: &Frame) -> InForcePage {
    let row = |name, is_default| Row {
        name,
        value: "\"<15m>\"".to_owned(),
        is_default,
        about: "How long <it> lasts.".to_owned(),
    };
    InForcePage {
        frame: frame.clone(),
        tables: vec![Table { name: "login", rows: vec![row("life", true), row("more", false)] }],
        classes: vec![ClassLine {
            name: "phone".to_owned(),
            label: "Mobile app".to_owned(),
            methods: "seamless challenge_response".to_owned(),
            limits: "200,000.00 USD / 600,000.00 USD".to_owned(),
        }],
        clients: vec![ClientLine {
            id: "tws".to_owned(),
            name: "Trader <Workstation>".to_owned(),
            scopes: "openid profile".to_owned(),
            auth: "none",
            first_party: true,
        }],
    }
}

fn mailing(frame: &Frame) -> Vec<Sample> {
    let frame = frame.clone();
    let empty = MailingPage { frame, asked: vec![], shipped: vec![], may_note: true, told: None };
    let second = MailLine { id: "019aa000-0000-7000-8000-0000000000d2".to_owned(), ..mail(None, true) };
    let asked = vec![mail(None, false), second];
    let full = MailingPage { asked, shipped: vec![mail(Some("7710061"), false)], ..empty.clone() };
    let mut pages =
        vec![named("mailing-empty", &empty), named("mailing-read", &MailingPage { may_note: false, ..full.clone() })];
    pages.extend(
        MailTold::ALL
            .map(|told| named(&format!("mailing-{}", told.name()), &MailingPage { told: Some(told), ..full.clone() })),
    );
    pages
}

pub(super) fn desk(lang: Lang) -> Vec<Sample> {
    let frame = Frame { signed_in: Some("dana".to_owned()), path_and_query: "/console".to_owned(), ..frame(lang) };
    let mut pages = console(&frame);
    pages.extend(calls(&frame));
    pages.extend(cases(&frame));
    pages.extend(mailing(&frame));
    pages.extend(queues(&frame));
    pages.push(named("in-force", &in_force(&frame)));
    pages.extend(customers(lang, &frame));
    pages
}

fn console(frame: &Frame) -> Vec<Sample> {
    let empty = ConsolePage {
        frame: frame.clone(),
        roles: "agent,depot".to_owned(),
        words: String::new(),
        found: vec![],
        to_second: vec![],
        to_do: vec![],
        to_ship: vec![],
        alarms: Some(0),
        undelivered: Some(0),
        may_see_orders: true,
        may_see_settings: true,
        told: None,
    };
    let full = ConsolePage {
        words: "ali".to_owned(),
        found: vec![FoundLine { id: "u1".to_owned(), username: "alice".to_owned() }],
        to_second: vec![case("temporary_access", "proposed"), case("password_link", "proposed")],
        to_do: vec![case("temporary_access", "seconded")],
        to_ship: vec![ShipLine {
            id: "o1".to_owned(),
            user: "alice".to_owned(),
            user_id: "u1".to_owned(),
            label: "Digital Security Card+".to_owned(),
            since: "2026-11-24".to_owned(),
        }],
        alarms: Some(2),
        undelivered: Some(1),
        ..empty.clone()
    };
    let nobody = ConsolePage { words: "zed".to_owned(), ..empty.clone() };
    vec![named("console", &full), named("console-empty", &empty), named("console-nobody", &nobody)]
}

fn queues(frame: &Frame) -> Vec<Sample> {
    let taken = |own| TakenLine { name: "dana".to_owned(), since: WHEN.to_owned(), own };
    let alarm = AlarmLine {
        id: "u1".to_owned(),
        user: "alice".to_owned(),
        since: WHEN.to_owned(),
        text: Some("“It wasn’t me”: log in to Trader <Workstation>".to_owned()),
        place: "Firefox on Linux · 192.0.2.7".to_owned(),
        device: Some("My <phone>".to_owned()),
        link_until: Some(WHEN.to_owned()),
        case: Some("019aa000-0000-7000-8000-0000000000c1".to_owned()),
        taken: None,
    };
    let bare =
        AlarmLine { text: None, place: String::new(), device: None, link_until: None, case: None, ..alarm.clone() };
    let page = AlarmLine { device: None, taken: Some(taken(false)), ..alarm.clone() };
    let mine = AlarmLine { taken: Some(taken(true)), ..bare.clone() };
    let none = AlarmsPage { frame: frame.clone(), alarms: vec![], later: None, may_take: true, told: None };
    let later = Some("/console/alarms?after=1.x".to_owned());
    let alarms = AlarmsPage { alarms: vec![alarm, page, mine, bare], later, ..none.clone() };
    let message = |id: &str, kind: &'static str, why: &'static str| MessageLine {
        id: id.to_owned(),
        user: "alice".to_owned(),
        user_id: "u1".to_owned(),
        kind,
        channel: Some("mail"),
        to: Some("a•••@example.com".to_owned()),
        why,
        status: (why == "refused").then(|| "550".to_owned()),
        queued: WHEN.to_owned(),
        since: WHEN.to_owned(),
        again: (why == "refused").then(|| WHEN.to_owned()),
    };
    let kinds = [
        "activation_code",
        "sent_code",
        "contact_code",
        "password_link",
        "invitation",
        "desk_case",
        "contact_change",
        "desk_report",
        "notice",
    ];
    let whys = ["refused", "too_late", "gone", "no_way", "unreachable"];
    let every = kinds.into_iter().zip(whys.into_iter().cycle()).enumerate();
    let mut messages: Vec<_> = every.map(|(at, (kind, why))| message(&format!("m{at}"), kind, why)).collect();
    messages.push(MessageLine { channel: Some("sms"), ..message("m-sms", "notice", "no_way") });
    messages.push(MessageLine { to: None, ..message("m-desk", "desk_report", "too_late") });
    messages.push(MessageLine { channel: None, to: None, ..message("m-gone", "notice", "gone") });
    let nothing = UndeliveredPage { frame: frame.clone(), messages: vec![], later: None, may_send: true, told: None };
    let later = Some("/console/undelivered?after=1.x".to_owned());
    let undelivered = UndeliveredPage { messages, later, ..nothing.clone() };
    vec![
        named("console-alarms", &alarms),
        named("console-alarms-none", &none),
        named("console-alarms-read", &AlarmsPage { may_take: false, ..alarms.clone() }),
        named("console-undelivered", &undelivered),
        named("console-undelivered-none", &nothing),
        named("console-undelivered-read", &UndeliveredPage { may_send: false, ..undelivered.clone() }),
    ]
}

fn calls(frame: &Frame) -> Vec<Sample> {
    let one = |stands| CallPage {
        frame: frame.clone(),
        id: "019aa000-0000-7000-8000-0000000000c2".to_owned(),
        user: "alice".to_owned(),
        user_id: "u1".to_owned(),
        first_name: "Dana".to_owned(),
        words: frame.lang.call_words([2, 40]),
        stands,
        others: true,
        minutes: 3,
        wrong: false,
        told: None,
    };
    let phone = || "Mobile app <1>".to_owned();
    let devices = ["Mobile app", "Digital Security Card+"]
        .map(|label| CallDevice { id: label.to_owned(), label: label.to_owned() });
    let respond = CallStands::Responding { device: phone(), challenge: "512345".to_owned(), digits: 8 };
    vec![
        named("console-call-choose", &CallPage { others: false, ..one(CallStands::Choosing(devices.to_vec())) }),
        named("console-call-approve", &one(CallStands::Approving { device: phone(), offline: true })),
        named("console-call-respond", &CallPage { wrong: true, ..one(respond) }),
        named("console-call-proved", &one(CallStands::Proved(ProofLine { device: phone(), until: WHEN.to_owned() }))),
        named("console-call-failed", &one(CallStands::Failed)),
    ]
}

fn user(frame: &Frame) -> UserPage {
    let all = May { suspend: true, unlock: true, end_sessions: true, check: true, propose: true };
    let line = |state: &str| DeviceLine {
        id: "d1".to_owned(),
        label: "Digital Security Card+ (…0042)".to_owned(),
        class: "dsc-plus".to_owned(),
        state: state.to_owned(),
        since: "2026-03-02".to_owned(),
        last_used: (state == "active").then(|| WHEN.to_owned()),
        default: state == "active",
        starts: false,
    };
    let device = |state: &str| SeenDevice {
        line: line(state),
        serial: "DP-0042".to_owned(),
        locked: state == "active",
        active: state == "active",
    };
    UserPage {
        frame: frame.clone(),
        id: "u1".to_owned(),
        username: "alice".to_owned(),
        since: "2026-03-02".to_owned(),
        contacts: vec!["a•••@example.com".to_owned(), "••• 42".to_owned()],
        locked: true,
        disowned: Some(WHEN.to_owned()),
        devices: vec![device("active"), device("lost")],
        sessions: 2,
        orders: vec!["dsc-plus – asked".to_owned()],
        cases: vec![case("temporary_access", "proposed"), case("temporary_access", "lapsed")],
        activity: super::activity::stories(frame.lang),
        older: Some("/console/user?id=u1&before=x".to_owned()),
        proof: Some(ProofLine { device: "Mobile app".to_owned(), until: WHEN.to_owned() }),
        may: all,
        told: None,
    }
}

fn cases(frame: &Frame) -> Vec<Sample> {
    let page = user(frame);
    let none = May { suspend: false, unlock: false, end_sessions: false, check: false, propose: false };
    let bare = UserPage {
        devices: vec![],
        sessions: 0,
        orders: vec![],
        cases: vec![],
        activity: vec![],
        locked: false,
        disowned: None,
        older: None,
        proof: None,
        may: none,
        ..page.clone()
    };
    let one = |act, state, may_second, may_reveal| CasePage {
        frame: frame.clone(),
        case: case(act, state),
        may_second,
        may_reject: matches!(state, "proposed" | "seconded"),
        may_reveal,
        told: None,
    };
    let code = CodePage {
        frame: frame.clone(),
        code: "K7QM-2XWP-A4TN".to_owned(),
        case: case("temporary_access", "done"),
        full_until: WHEN.to_owned(),
        card_until: WHEN.to_owned(),
    };
    let mut pages = vec![
        named("console-user", &page),
        named("console-user-bare", &bare),
        named("console-case", &one("temporary_access", "proposed", true, false)),
        named("console-case-reprint", &one("reprint", "seconded", false, false)),
        named("console-case-agreed", &one("temporary_access", "seconded", false, true)),
        named("console-case-rejected", &one("password_link", "rejected", false, false)),
        named("console-code", &code),
    ];
    pages.extend(
        DeskTold::ALL.map(|told| {
            named(&format!("console-told-{}", told.name()), &UserPage { told: Some(told), ..bare.clone() })
        }),
    );
    pages
}

fn customers(lang: Lang, frame: &Frame) -> Vec<Sample> {
    let objection = |objection, act| ObjectionPage { frame: super::frame(lang), objection, act };
    let open = || Objection::Open("h".to_owned());
    let card = |card, alone, told| OnlineCardPage { frame: frame.clone(), card, alone, told };
    let offered = |serving: bool| Card::Offered { until: WHEN.to_owned(), serving: serving.then(|| WHEN.to_owned()) };
    let made = || Card::Made {
        values: (0..224).map(|n| format!("K{}M", n % 10)).collect(),
        question: Question::Places([12, 200]),
        round: "0f1e2d3c4b5a6978".to_owned(),
        until: WHEN.to_owned(),
    };
    let code = StaticCode {
        frame: super::frame(lang),
        attempt: "0f1e2d3c4b5a6978".to_owned(),
        device_label: "Temporary code".to_owned(),
        device_class: "temporary-code".to_owned(),
        clock: login::CLOCK,
        notice: None,
        attempts_left: None,
        other_devices: false,
    };
    let wrong = StaticCode { notice: Some(StepNotice::WrongResponse), attempts_left: Some(2), ..code.clone() };
    let mut pages = vec![
        named("objection-access", &objection(open(), "temporary_access")),
        named("objection-password", &objection(open(), "password_link")),
        named("objection-reprint", &objection(open(), "reprint")),
        named("objection-made", &objection(Objection::Made, "")),
        named("objection-over", &objection(Objection::Over, "")),
        named("online-card", &card(offered(false), true, None)),
        named("online-card-another", &card(offered(true), false, None)),
        named("online-card-made", &card(made(), true, None)),
        named("static-code", &code),
        named("static-code-wrong", &wrong),
    ];
    pages.extend(
        CardTold::ALL
            .map(|told| named(&format!("online-card-{}", told.name()), &card(offered(true), false, Some(told)))),
    );
    pages
}
