//! Every page in every interesting state, for tests.

use super::{
    DeskLine, Frame, Page,
    about::About,
    ask::Ask,
    demo::{CardLine, CardProblem, CardReader, Outbox, OutboxLine, Start},
    error::{ErrorKind, ErrorPage},
    help::{Help, HelpPage},
    home::Home,
    invite::{Invite, InvitePage},
    login::{
        Approve, Back, Barred, Chooser, CodeCard, DeviceChoice, EndReason, Ended, Passcode, Password, PasswordNotice,
        Respond, StepNotice, TimeLeft,
    },
    problem::{ProblemPage, ProblemsPage},
    qr::Qr,
    settings::{ActivityLine, DeviceLine, MarkLine, Overview, SessionLine, WaitingLine},
};
use domain::audit::Kind;
use i18n::Lang;
use operation::{Amount, CardPayment, CardPreauthorisation, Currency, Destination, Money, Text, What, Withdrawal};
use wire::{
    demo::{Device, User},
    phone::{Asked, Operation},
};

/// A page by a name of its own.
pub(crate) type Sample = (String, String);

/// Problem types there are pages for.
pub(crate) const PROBLEMS: [(&str, u16); 11] = [
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
        clock: TimeLeft { seconds_left: 598, total: 600 },
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
    [site(lang), login(lang), devices(lang), confirming(lang), inviting(lang), settings(lang), demo(lang)].concat()
}

pub(crate) fn frame(lang: Lang) -> Frame {
    Frame {
        lang,
        csrf: "Zm9ybS10b2tlbg".to_owned(),
        signed_in: None,
        path_and_query: "/login?attempt=0f1e2d3c4b5a6978".to_owned(),
        demo: false,
        scripts: true,
        about: None,
        request: String::new(),
        asker: None,
        desk: [("US", "+1 555 0100"), ("RU", "+7 (495) 555-01-00")].map(desk_line).into(),
    }
}

fn desk_line((country, phone): (&str, &str)) -> DeskLine {
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
    pages.extend(
        [HelpPage::Index]
            .into_iter()
            .chain(HelpPage::LISTED)
            .map(|page| named(&format!("help-{page:?}"), &Help { frame: frame(lang), page })),
    );
    pages
}

fn login(lang: Lang) -> Vec<Sample> {
    let notices = [
        None,
        Some(PasswordNotice::InvalidCredentials),
        Some(PasswordNotice::SignedOut),
        Some(PasswordNotice::SessionEnded),
        Some(PasswordNotice::AttemptExpired),
        Some(PasswordNotice::Throttled { seconds: 3 }),
        Some(PasswordNotice::Busy),
        Some(PasswordNotice::Unavailable),
        Some(PasswordNotice::FormExpired),
    ];
    let reasons = [
        EndReason::Denied,
        EndReason::Expired,
        EndReason::TooManyAttempts,
        EndReason::AlreadyAnswered,
        EndReason::DeviceLocked { minutes: Some(15) },
        EndReason::DeviceLocked { minutes: None },
        EndReason::Abandoned,
        EndReason::NoUsableDevice { recover: false },
        EndReason::NoUsableDevice { recover: true },
    ];
    let mut pages: Vec<_> = notices
        .into_iter()
        .map(|notice| {
            let username = notice.map(|_| "alice".to_owned()).unwrap_or_default();
            named(
                &format!("password-{notice:?}"),
                &Password { frame: frame(lang), username, notice, request: String::new() },
            )
        })
        .collect();
    pages.extend(reasons.into_iter().map(|reason| named(&format!("ended-{reason:?}"), &ended(lang, reason, None))));
    let asked = Password {
        frame: Frame { request: "h".into(), asker: Some("Client Portal".into()), ..frame(lang) },
        username: String::new(),
        notice: None,
        request: "h".into(),
    };
    pages.push(named("password-asked", &asked));
    let of_request = Frame { request: "h".into(), asker: Some("Client Portal".into()), ..frame(lang) };
    pages.push(named("chooser-asked", &Chooser { frame: of_request.clone(), ..chooser(lang, None) }));
    pages.push(named("respond-asked", &Respond { frame: of_request.clone(), ..respond(lang) }));
    let over = Ended { frame: of_request, ..ended(lang, EndReason::TooManyAttempts, None) };
    pages.push(named("ended-asked", &over));
    pages.push(named("chooser", &chooser(lang, None)));
    let locked = StepNotice::DeviceLocked { minutes: Some(15) };
    pages.push(named("chooser-after-lock", &chooser(lang, Some(locked))));
    let for_good = StepNotice::DeviceLocked { minutes: None };
    pages.push(named("chooser-after-lock-for-good", &chooser(lang, Some(for_good))));
    pages
}

pub(crate) fn ended(lang: Lang, reason: EndReason, back: Option<Back>) -> Ended {
    Ended { frame: frame(lang), reason, back }
}

pub(crate) const CLOCK: TimeLeft = TimeLeft { seconds_left: 161, total: 180 };

pub(crate) fn chooser(lang: Lang, notice: Option<StepNotice>) -> Chooser {
    let device = |id: &str, label: &str, class: &str, locked_minutes, default| DeviceChoice {
        id: id.to_owned(),
        label: label.to_owned(),
        class: class.to_owned(),
        locked_minutes,
        barred: None,
        default,
    };
    let limited = Barred::Left(Amount::from(Money::from_minor(1_250_050, Currency::USD)));
    let devices = vec![
        device("d1", "Digital Security Card+ (…0042)", "dsc-plus", None, true),
        device("d2", "Security Code Card (…0007)", "security-code-card", None, false),
        device("d3", "Gold Device (…0311)", "gold", Some(Some(14)), false),
        device("d4", "Digital Security Card+ (…0043)", "dsc-plus", Some(None), false),
        DeviceChoice { barred: Some(limited), ..device("d5", "Mobile app", "phone", None, false) },
        DeviceChoice { barred: Some(Barred::TransferLock), ..device("d6", "Platinum", "platinum", None, false) },
    ];
    Chooser { frame: frame(lang), attempt: ATTEMPT.to_owned(), devices, clock: CLOCK, notice }
}

const ATTEMPT: &str = "0f1e2d3c4b5a6978";

pub(crate) fn respond(lang: Lang) -> Respond {
    Respond {
        frame: frame(lang),
        attempt: ATTEMPT.to_owned(),
        device_label: "Digital Security Card+ (…0042)".to_owned(),
        device_class: "dsc-plus".to_owned(),
        challenge: "413027".to_owned(),
        response_digits: 8,
        clock: CLOCK,
        notice: None,
        attempts_left: None,
        other_devices: true,
        can_push: false,
        can_scan: false,
    }
}

fn passcode(lang: Lang, class: &str, label: &str) -> Passcode {
    Passcode {
        frame: frame(lang),
        attempt: ATTEMPT.to_owned(),
        device_label: label.to_owned(),
        device_class: class.to_owned(),
        digits: 6,
        sent_to: None,
        clock: CLOCK,
        notice: None,
        attempts_left: None,
        other_devices: false,
    }
}

fn approve(lang: Lang) -> Approve {
    Approve {
        frame: frame(lang),
        attempt: ATTEMPT.to_owned(),
        device_label: "Mobile app".to_owned(),
        device_class: "phone".to_owned(),
        number: None,
        scan: None,
        can_scan: true,
        clock: CLOCK,
        notice: None,
        other_devices: true,
        version: 1,
        refresh_seconds: 5,
    }
}

const LOGIN_LINK: &str =
    "https://login.example/app/#login=0190f3a2-0000-7000-8000-000000000000.00112233445566778899aabbccddeeff";

fn devices(lang: Lang) -> Vec<Sample> {
    let wrong = Some(StepNotice::WrongResponse);
    let platinum =
        Respond { device_class: "platinum".to_owned(), device_label: "Platinum Device".to_owned(), ..respond(lang) };
    let phone = Respond {
        device_class: "phone".to_owned(),
        device_label: "Mobile app".to_owned(),
        can_push: true,
        can_scan: true,
        ..respond(lang)
    };
    let late = TimeLeft { seconds_left: 19, total: 180 };
    let retry = Respond { notice: wrong, attempts_left: Some(2), clock: late, ..respond(lang) };
    let last = Respond { notice: wrong, attempts_left: Some(1), other_devices: false, ..respond(lang) };
    let gold = passcode(lang, "gold", "Gold Device (…0311)");
    let sms = Passcode { sent_to: Some("+1 ••• ••• ••42".to_owned()), ..passcode(lang, "sms", "SMS") };
    let card = CodeCard {
        frame: frame(lang),
        attempt: ATTEMPT.to_owned(),
        device_label: "Security Code Card (…0007)".to_owned(),
        device_class: "security-code-card".to_owned(),
        indices: [100, 50],
        clock: CLOCK,
        notice: None,
        attempts_left: None,
        other_devices: true,
    };
    let approve = approve(lang);
    let number = Approve { number: Some("47".to_owned()), notice: Some(StepNotice::WrongNumber), ..approve.clone() };
    let scan = Approve { scan: Qr::of(LOGIN_LINK), can_scan: false, ..approve.clone() };
    let without_scripts = Respond { frame: Frame { scripts: false, demo: true, ..frame(lang) }, ..respond(lang) };
    vec![
        named("respond", &respond(lang)),
        named("respond-without-scripts", &without_scripts),
        named("respond-platinum", &platinum),
        named("respond-phone", &phone),
        named("respond-wrong", &retry),
        named("respond-last", &last),
        named("passcode-dsc", &passcode(lang, "dsc", "Digital Security Card (…0099)")),
        named("passcode-gold", &gold),
        named("passcode-wrong", &Passcode { notice: wrong, attempts_left: Some(2), ..gold.clone() }),
        named("passcode-sms", &sms),
        named("code-card-wrong", &CodeCard { notice: wrong, attempts_left: Some(5), ..card.clone() }),
        named("code-card", &card),
        named("approve", &approve),
        named("approve-number", &number),
        named("approve-scan", &scan),
    ]
}

/// An operation of each kind that is not a login.
fn operations() -> [Operation; 5] {
    let asked = |client: &str, message: Option<&str>, what: What| Operation {
        what,
        asked: Asked {
            client_id: "payments".to_owned(),
            client_name: client.to_owned(),
            message: message.map(str::to_owned),
            address: None,
            agent: None,
            at: 1_795_600_000,
        },
    };
    let withdrawal = |account: &str| {
        What::Withdrawal(Withdrawal {
            amount: amount("250000.00", "USD"),
            destination: Destination { name: Text::fenced("Alice Example"), account: Text::fenced(account) },
            account_id: Text::fenced("U1234567"),
            reference: Text::fenced("House <deposit>"),
        })
    };
    let payment = CardPayment {
        merchant: Text::fenced("Café du Commerce"),
        amount: amount("1480.50", "EUR"),
        card_id: Text::fenced("•••• 4242"),
        declined: None,
    };
    let wish =
        CardPreauthorisation { amount: amount("1500", "USD"), card_id: Text::fenced("card-alice-4417"), minutes: 15 };
    [
        asked("Telephone desk", Some("call 4711"), What::Authentication),
        asked("Client Portal", None, withdrawal("DE89370400440532013000")),
        asked("Client Portal", None, withdrawal("MT84MALT011000012345MTLCAST001S")),
        asked("Payments", Some("terminal 12"), What::CardPayment(payment)),
        asked("Mobile app", None, What::CardPreauthorisation(wish)),
    ]
}

fn amount(digits: &str, currency: &str) -> Amount {
    Amount::parse(digits, currency).unwrap_or_else(|error| unreachable!("{error}"))
}

fn confirming(lang: Lang) -> Vec<Sample> {
    let mut pages = Vec::new();
    let names = ["authentication", "withdrawal", "withdrawal-nameless", "card-payment", "card-preauthorisation"];
    for (name, operation) in names.into_iter().zip(operations()) {
        let frame = Frame { about: About::of(Some(operation)), ..frame(lang) };
        pages.push(named(&format!("confirm-{name}"), &Respond { frame: frame.clone(), ..respond(lang) }));
        let signed_in = Frame { signed_in: Some("alice".to_owned()), ..frame.clone() };
        pages.push(named(&format!("ask-{name}"), &Ask { frame: signed_in, request: "h".to_owned() }));
        pages.push(named(&format!("confirm-{name}-choose"), &Chooser { frame, ..chooser(lang, None) }));
    }
    let back = |client: Option<&str>| Back { client: client.map(str::to_owned), address: "/settings".to_owned() };
    for reason in [
        EndReason::Denied,
        EndReason::Expired,
        EndReason::TooManyAttempts,
        EndReason::AlreadyAnswered,
        EndReason::NoUsableDevice { recover: false },
        EndReason::Told,
    ] {
        for client in [None, Some("Client Portal")] {
            let page = ended(lang, reason, Some(back(client)));
            pages.push(named(&format!("confirm-ended-{reason:?}-{}", client.is_some()), &page));
        }
    }
    pages
}

fn settings(lang: Lang) -> Vec<Sample> {
    let frame = Frame { signed_in: Some("alice".to_owned()), path_and_query: "/settings".to_owned(), ..frame(lang) };
    let empty = Overview { frame, waiting: vec![], devices: vec![], marks: vec![], sessions: vec![], activity: vec![] };
    let line = |label: &str, class: &str, state: &str, default| DeviceLine {
        label: label.to_owned(),
        class: class.to_owned(),
        state: state.to_owned(),
        since: "2026-03-02".to_owned(),
        last_used: (state == "active").then(|| "2026-11-24 09:30 UTC".to_owned()),
        default,
    };
    let states =
        ["ordered", "shipped", "pending", "active", "suspended", "replaced", "migrated", "lost", "revoked", "expired"];
    let all_states = states.into_iter().map(|state| line("Digital Security Card+ (…0041)", "dsc-plus", state, false));
    let agent = "Firefox 153, Linux";
    let session = |id: &str, this_one| SessionLine {
        id: id.to_owned(),
        label: agent.to_owned(),
        started: "2026-11-24 09:30 UTC".to_owned(),
        last_seen: "2026-11-24 09:41 UTC".to_owned(),
        this_one,
    };
    let mark = |id: &str, label: &str, this_one| MarkLine {
        id: id.to_owned(),
        label: label.to_owned(),
        last_seen: "2026-11-24 09:41 UTC".to_owned(),
        this_one,
    };
    let activity = Kind::ALL.iter().map(|kind| kind.name()).chain(["something.newer"]).map(|what| ActivityLine {
        at: "2026-11-24 09:41 UTC".to_owned(),
        what: what.to_owned(),
        address: "2001:db8:1234:5678:9abc:def0:1234:5678".to_owned(),
    });
    let waiting = |id: &str, operation| WaitingLine {
        id: id.to_owned(),
        about: About::of(Some(operation)).unwrap_or_else(|| unreachable!("not a login")),
        minutes: 3,
    };
    let full = Overview {
        waiting: operations().into_iter().enumerate().map(|(n, about)| waiting(&format!("w{n}"), about)).collect(),
        devices: vec![
            line("Digital Security Card+ (…0042)", "dsc-plus", "active", true),
            line("Security Code Card (…0007)", "security-code-card", "active", false),
            line("Digital Security Card+ (…0041)", "dsc-plus", "replaced", false),
        ],
        marks: vec![mark("m1", agent, true), mark("m2", "Trader Workstation", false)],
        sessions: vec![session("s1", true), session("s2", false)],
        activity: activity.collect(),
        ..empty.clone()
    };
    let states = Overview { devices: all_states.collect(), sessions: vec![session("s1", true)], ..empty.clone() };
    vec![named("settings", &full), named("settings-states", &states), named("settings-empty", &empty)]
}

pub(crate) fn reader(lang: Lang, class: &str, shown: Option<Result<String, CardProblem>>) -> CardReader {
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

#[expect(clippy::too_many_lines, reason = "samples of several pages, one after the other")]
fn demo(lang: Lang) -> Vec<Sample> {
    let frame = Frame { demo: true, path_and_query: "/demo/".to_owned(), ..frame(lang) };
    let device = |class: &str, label: &str, pin: Option<&str>| Device {
        id: format!("id-{class}"),
        class: class.to_owned(),
        label: label.to_owned(),
        pin: pin.map(str::to_owned),
        state_file: Some("/var/lib/demo/card.json".to_owned()),
    };
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
        frame: frame.clone(),
        users,
        outbox_url: "/demo/outbox".to_owned(),
        server_url: "http://localhost:8080".to_owned(),
        brokerage_url: Some("http://localhost:8081".to_owned()),
        client: "/opt/countersign/countersign-client".to_owned(),
        app: true,
    };
    let bare = Start { app: false, brokerage_url: None, client: "countersign-client".to_owned(), ..start.clone() };
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
    let unbuilt = CardReader { frame: Frame { scripts: false, ..frame.clone() }, ..reader(lang, "dsc-plus", None) };
    let none = CardReader { cards: vec![], ..reader(lang, "dsc-plus", None) };
    let mut pages = vec![
        named("demo-start", &start),
        named("demo-start-bare", &bare),
        named("demo-outbox", &Outbox { frame: frame.clone(), messages }),
        named("demo-outbox-empty", &Outbox { frame, messages: vec![] }),
        named("reader-without-scripts", &unbuilt),
        named("reader-none", &none),
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
