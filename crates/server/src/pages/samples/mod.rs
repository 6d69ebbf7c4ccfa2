//! Every page in every interesting state, for tests.

mod activity;
mod confirming;
mod contact;
mod demo;
mod desk;
mod limits;
mod login;
mod passkey;
mod password;
mod ready;

pub(crate) use login::{chooser, ended, respond};

use super::{
    DeskLine, Frame, Page,
    about::About,
    access::{MarkLine, ProgramLine, Section, SessionLine},
    device::{DevicePage, Doubt, LeftToday, ResyncPage, Told},
    error::{ErrorKind, ErrorPage},
    help::{Help, HelpIndex, HelpPage, LimitLine, search},
    home::Home,
    invite::{Invite, InvitePage},
    limits::LockLine,
    login::TimeLeft,
    order::{Missing, OldLine, OrderLine, OrderPage, OrderPinPage, Stands},
    problem::{ProblemPage, ProblemsPage},
    proof::{PinPage, Question, StartPage},
    qr::Qr,
    recovery::{RecoveryPage, RecoveryTold},
    settings::{DeviceLine, News, NewsLine, ObjectionLine, Overview, WaitingLine},
};
use confirming::operations;
use i18n::Lang;
use operation::{Amount, Currency, Money};

/// A page by a name of its own.
pub(crate) type Sample = (String, String);

/// Problem types there are pages for.
pub(crate) const PROBLEMS: [(&str, u16); 13] = [
    ("not-eligible", 403),
    ("role-needed", 403),
    ("not-found", 404),
    ("method-not-allowed", 405),
    ("bad-request", 400),
    ("too-large", 413),
    ("unsupported-media-type", 415),
    ("unauthorized", 401),
    ("form-expired", 403),
    ("throttled", 429),
    ("busy", 503),
    ("unavailable", 503),
    ("internal", 500),
];

fn inviting(lang: Lang) -> Vec<Sample> {
    let signed_in = Frame { signed_in: Some("alice".to_owned()), ..frame(lang) };
    let open = Qr::of("https://login.example/app/#activate=c29tZSBoYW5kbGU").map(|qr| Invite::Open {
        qr,
        id: "K7QM2-XWPA4".to_owned(),
        clock: TimeLeft { seconds_left: 598, total: 600, more_minutes: None },
        address: "https://login.example/app/".to_owned(),
    });
    [("none", Some(Invite::None)), ("open", open), ("used", Some(Invite::Used)), ("over", Some(Invite::Over))]
        .into_iter()
        .chain([("active", Some(Invite::Active)), ("stale", Some(Invite::Stale))])
        .filter_map(|(name, invite)| Some((name, invite?)))
        .map(|(name, invite)| {
            named(
                &format!("invite-{name}"),
                &InvitePage { frame: signed_in.clone(), stale: matches!(invite, Invite::Stale), invite },
            )
        })
        .collect()
}

/// Every sample in a language.
pub(crate) fn all(lang: Lang) -> Vec<Sample> {
    [
        site(lang),
        login::login(lang),
        login::devices(lang),
        login::out_of_step(lang),
        confirming::confirming(lang),
        inviting(lang),
        settings(lang),
        activity::activity(lang),
        own_device(lang),
        recovery(lang),
        passkey::passkeys(lang),
        ordering(lang),
        limits::limits(lang),
        password::password(lang),
        ready::ready(lang),
        contact::contact(lang),
        demo::demo(lang),
        desk::desk(lang),
    ]
    .concat()
}

pub(crate) fn frame(lang: Lang) -> Frame {
    Frame {
        csrf: "Zm9ybS10b2tlbg".to_owned(),
        path_and_query: "/login?attempt=0f1e2d3c4b5a6978".to_owned(),
        scripts: true,
        product: "Countersign".to_owned(),
        logo: crate::pages::assets::address("logo.svg"),
        desk: vec![desk_line("US", "+1 555 0100"), desk_line("RU", "+7 (495) 555-01-00")],
        ..Frame::bare(lang)
    }
}

fn desk_line(country: &str, phone: &str) -> DeskLine {
    DeskLine { country: country.to_owned(), phone: phone.to_owned() }
}

fn named(name: &str, page: &impl Page) -> Sample {
    (name.to_owned(), page.render_html())
}

fn site(lang: Lang) -> Vec<Sample> {
    let signed_in = Frame { signed_in: Some("alice".to_owned()), ..frame(lang) };
    let kinds = [
        ErrorKind::NotFound,
        ErrorKind::BadRequest,
        ErrorKind::FormExpired,
        ErrorKind::Forbidden,
        ErrorKind::RoleNeeded,
        ErrorKind::WeakDevice,
        ErrorKind::MethodNotAllowed,
        ErrorKind::TooLarge,
        ErrorKind::UnsupportedMediaType,
        ErrorKind::Throttled { seconds: 21 },
        ErrorKind::Busy,
        ErrorKind::Unavailable,
        ErrorKind::Internal,
    ];
    let mut pages = vec![
        named("home", &Home { frame: frame(lang), app: true }),
        named("home-signed-in", &Home { frame: signed_in, app: false }),
    ];
    pages.extend(kinds.iter().map(|kind| {
        let page =
            ErrorPage { frame: frame(lang), status: 404, kind: *kind, request_id: "8f3c2a11d09be754".to_owned() };
        named(&format!("error-{kind:?}"), &page)
    }));
    let listed = PROBLEMS.iter().map(|(slug, status)| ((*slug).to_owned(), *status)).collect();
    pages.push(named("problems", &ProblemsPage { frame: frame(lang), listed }));
    pages.extend(PROBLEMS.iter().map(|(slug, status)| {
        let page = ProblemPage { frame: frame(lang), slug: (*slug).to_owned(), status: *status };
        named(&format!("problem-{slug}"), &page)
    }));
    for words in ["", "PIN", "xyzzy"] {
        let page = HelpIndex { frame: frame(lang), words: words.to_owned(), found: search(lang, words) };
        pages.push(named(&format!("help-index-{words}"), &page));
    }
    pages.extend(
        HelpPage::listed()
            .map(|page| named(&format!("help-{page:?}"), &Help { frame: frame(lang), page, limits: limits() })),
    );
    pages
}

/// A browser as people know it.
const AGENT: &str = "Firefox 153, Linux";

fn session(id: &str, this_one: bool) -> SessionLine {
    SessionLine {
        id: id.to_owned(),
        label: AGENT.to_owned(),
        programs: if this_one { vec![] } else { vec!["Client Portal".to_owned(), "Web Trader".to_owned()] },
        started: "2026-11-24 09:30 UTC".to_owned(),
        last_seen: "2026-11-24 09:41 UTC".to_owned(),
        this_one,
    }
}

fn mark(id: &str, label: &str, this_one: bool) -> MarkLine {
    MarkLine {
        id: id.to_owned(),
        label: label.to_owned(),
        since: "3 May 2026".to_owned(),
        address: this_one.then(|| "198.51.100.24".to_owned()),
        last_seen: "24 Nov 2026, 09:41 UTC".to_owned(),
        this_one,
    }
}

/// All that can have access.
fn everything() -> Section {
    Section {
        sessions: vec![session("s1", true), session("s2", false)],
        programs: vec![ProgramLine {
            id: "g1".to_owned(),
            label: "Trader Workstation · 1037".to_owned(),
            since: "3 May 2026".to_owned(),
            last_used: "24 Nov 2026, 09:41 UTC".to_owned(),
        }],
        marks: vec![mark("m1", AGENT, true), mark("m2", "Trader Workstation", false)],
    }
}

fn settings(lang: Lang) -> Vec<Sample> {
    let frame = Frame { signed_in: Some("alice".to_owned()), path_and_query: "/settings".to_owned(), ..frame(lang) };
    let empty = Overview {
        frame,
        told: None,
        console: false,
        lent_card: false,
        objections: vec![],
        news: None,
        waiting: vec![],
        devices: vec![],
        orders: vec![],
        lock: LockLine::Open,
        unhurried: false,
        access: Section::default(),
        others_ended: false,
        activity: vec![],
    };
    let states =
        ["ordered", "shipped", "pending", "active", "suspended", "replaced", "migrated", "lost", "revoked", "expired"];
    let all_states = states.into_iter().map(|state| line("Digital Security Card+ (…0041)", "dsc-plus", state, false));
    let waiting = |n: usize, operation| WaitingLine {
        id: (n > 0).then(|| format!("w{n}")),
        about: About::listed(operation),
        minutes: 3,
    };
    let full = Overview {
        console: true,
        lent_card: true,
        objections: ["temporary", "password"].map(objection).into(),
        news: Some(news(lang)),
        waiting: operations().into_iter().enumerate().map(|(n, about)| waiting(n, about)).collect(),
        devices: vec![
            line("Digital Security Card+ (…0042)", "dsc-plus", "active", true),
            line("Security Code Card (…0007)", "security-code-card", "active", false),
            line("Digital Security Card+ (…0041)", "dsc-plus", "replaced", false),
        ],
        access: everything(),
        others_ended: true,
        unhurried: true,
        orders: vec![
            order_line(Stands::Shipped("2026-12-16".to_owned()), Some("Gold Device (…0311)")),
            order_line(Stands::Asked("2026-12-02".to_owned()), None),
        ],
        lock: LockLine::Closed { hours: 24, cards: false },
        activity: activity::stories(lang),
        ..empty.clone()
    };
    let states = Overview {
        lock: LockLine::Opening { at: "2026-11-25 09:41 UTC".to_owned() },
        devices: all_states.collect(),
        access: Section { sessions: vec![session("s1", true)], ..Section::default() },
        ..empty.clone()
    };
    vec![named("settings", &full), named("settings-states", &states), named("settings-empty", &empty)]
}

fn news(lang: Lang) -> News {
    let line = |(nth, story)| NewsLine { story, here: nth == 0 };
    let lines = activity::stories(lang).into_iter().take(4).enumerate().map(line).collect();
    News { shown: "r1".to_owned(), lines }
}

fn line(label: &str, class: &str, state: &str, default: bool) -> DeviceLine {
    DeviceLine {
        id: "d1".to_owned(),
        label: label.to_owned(),
        class: class.to_owned(),
        state: state.to_owned(),
        since: "2026-03-02".to_owned(),
        last_used: (state == "active").then(|| "2026-11-24 09:30 UTC".to_owned()),
        default,
        starts: state == "suspended",
    }
}

fn objection(about: &str) -> ObjectionLine {
    ObjectionLine { id: "c1".to_owned(), act: if about == "temporary" { "temporary_access" } else { "password_link" } }
}

/// What two classes may authorise.
fn limits() -> Vec<LimitLine> {
    let dollars = |cents| Some(Amount::from(Money::from_minor(cents, Currency::USD)));
    let line = |label: &str, per_day, per_five_days| LimitLine { label: label.to_owned(), per_day, per_five_days };
    vec![line("Mobile app", dollars(20_000_000), dollars(60_000_000)), line("Gold Device", None, None)]
}

fn own_device(lang: Lang) -> Vec<Sample> {
    let page = DevicePage {
        frame: Frame { signed_in: Some("alice".to_owned()), ..frame(lang) },
        id: "d1".to_owned(),
        label: "Digital Security Card+ (…0042)".to_owned(),
        default: false,
        left: Some(LeftToday::UpTo(Amount::from(Money::from_minor(12_480_000, Currency::USD)))),
        runs_ahead: true,
        passkey: false,
        replaceable: true,
        has_pin: true,
        doubt: None,
        asks: false,
        told: None,
    };
    let mut pages = vec![
        named("device", &page),
        named("device-default", &DevicePage { default: true, left: Some(LeftToday::Unlimited), ..page.clone() }),
        named("device-last", &DevicePage { asks: true, ..page.clone() }),
        named("device-passkey", &DevicePage { passkey: true, runs_ahead: false, ..page.clone() }),
        named("device-doubt", &in_doubt(&page, true)),
        named("device-doubt-itself", &in_doubt(&page, false)),
        named("device-passkey-last", &DevicePage { passkey: true, asks: true, ..page.clone() }),
    ];
    let resync = ResyncPage {
        frame: page.frame.clone(),
        id: "d1".to_owned(),
        label: page.label.clone(),
        round: "0f1e2d3c4b5a6978".to_owned(),
        challenges: Some(["612345", "798765"].map(str::to_owned)),
        told: None,
    };
    pages.extend(proofs(&page));
    pages.push(named("device-resync", &resync));
    pages.push(named("device-resync-wrong", &ResyncPage { told: Some(Told::WrongCodes), ..resync.clone() }));
    pages.push(named("device-resync-passcodes", &ResyncPage { challenges: None, ..resync }));
    pages.extend(
        Told::ALL
            .map(|told| named(&format!("device-{}", told.name()), &DevicePage { told: Some(told), ..page.clone() })),
    );
    pages
}

fn in_doubt(page: &DevicePage, may_veto: bool) -> DevicePage {
    DevicePage { doubt: Some(Doubt { until: "2026-11-25 09:30 UTC".to_owned(), may_veto }), ..page.clone() }
}

fn recovery(lang: Lang) -> Vec<Sample> {
    let frame = Frame { signed_in: Some("alice".to_owned()), ..frame(lang) };
    let page = RecoveryPage { frame, open: true, chosen: false, told: None };
    let closed = RecoveryPage { open: false, ..page.clone() };
    let mut pages = vec![
        named("recovery", &page),
        named("recovery-closed", &closed),
        named("recovery-closed-chosen", &RecoveryPage { chosen: true, ..closed.clone() }),
    ];
    pages.extend(
        RecoveryTold::ALL.map(|told| {
            named(&format!("recovery-{}", told.name()), &RecoveryPage { told: Some(told), ..closed.clone() })
        }),
    );
    pages
}

/// A device in its owner's hand that answers one question.
fn proofs(device: &DevicePage) -> Vec<Sample> {
    let challenge = Question::Challenge("612345".to_owned());
    let pin = PinPage {
        frame: device.frame.clone(),
        id: device.id.clone(),
        label: device.label.clone(),
        round: "0f1e2d3c4b5a6978".to_owned(),
        question: challenge.clone(),
        told: None,
    };
    let start = StartPage {
        frame: device.frame.clone(),
        id: device.id.clone(),
        label: device.label.clone(),
        round: "0f1e2d3c4b5a6978".to_owned(),
        question: challenge,
        has_pin: true,
        first: false,
        told: None,
    };
    let passcode = |told| StartPage { question: Question::Passcode, has_pin: false, told, ..start.clone() };
    vec![
        named("device-pin", &pin),
        named("device-pin-year", &PinPage { told: Some(Told::PinYear), ..pin.clone() }),
        named("device-pin-passcode", &PinPage { question: Question::Passcode, ..pin }),
        named("device-start", &start),
        named("device-start-first", &StartPage { first: true, ..start.clone() }),
        named("device-start-passcode", &passcode(None)),
        named("device-start-serial", &passcode(Some(Told::WrongSerial))),
        named("device-start-places", &StartPage { question: Question::Places([12, 200]), has_pin: false, ..start }),
    ]
}

fn order_line(stands: Stands, replaces: Option<&str>) -> OrderLine {
    OrderLine {
        id: "o1".to_owned(),
        label: "Digital Security Card+".to_owned(),
        address: "Alice Example, 12 Long Street, Springfield".to_owned(),
        stands,
        replaces: replaces.map(str::to_owned),
    }
}

/// The page of an order, where it may be made and where not.
fn ordering(lang: Lang) -> Vec<Sample> {
    let dollars = |cents| Amount::from(Money::from_minor(cents, Currency::USD));
    let old = OldLine { id: "d2".to_owned(), label: "Gold Device <311>".to_owned(), chosen: true };
    let page = OrderPage {
        frame: Frame { signed_in: Some("alice".to_owned()), ..frame(lang) },
        label: "Digital Security Card+".to_owned(),
        missing: None,
        replaceable: vec![old],
        address: "Alice Example\n12 Long Street".to_owned(),
        deposit: Some(dollars(2000)),
        days: 14,
        told: None,
    };
    let refused = |missing| OrderPage { missing: Some(missing), replaceable: vec![], ..page.clone() };
    let of_pin = OrderPinPage { frame: page.frame.clone(), id: "o1".to_owned(), label: page.label.clone(), told: None };
    let poor = Missing::Equity(dollars(50_000_000), Some(dollars(1_234_567)));
    vec![
        named("order", &page),
        named("order-replacing", &OrderPage { missing: Some(poor.clone()), ..page.clone() }),
        named("order-free", &OrderPage { deposit: None, replaceable: vec![], ..page.clone() }),
        named("order-not", &OrderPage { told: Some(Told::NotOrdered), ..refused(poor) }),
        named("order-no-account", &refused(Missing::Equity(dollars(50_000_000), None))),
        named("order-no-phone", &refused(Missing::Phone)),
        named("order-awaits", &refused(Missing::AwaitsOne)),
        named("order-none", &refused(Missing::Class)),
        named("order-pin", &of_pin),
        named("order-pin-differ", &OrderPinPage { told: Some(Told::PinsDiffer), ..of_pin.clone() }),
    ]
}
