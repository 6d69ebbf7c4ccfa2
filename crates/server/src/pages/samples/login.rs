//! The pages of a login, and of each device.

use super::{Sample, frame, named};
use crate::pages::{
    Frame,
    login::{
        Another, Approve, Back, Barred, Chooser, CodeCard, DeviceChoice, EndReason, Ended, Passcode, Password,
        PasswordNotice, Respond, Resync, StepNotice, TimeLeft,
    },
    qr::Qr,
};
use i18n::Lang;
use operation::{Amount, Currency, Money};

pub(super) fn login(lang: Lang) -> Vec<Sample> {
    let notices = [
        None,
        Some(PasswordNotice::InvalidCredentials),
        Some(PasswordNotice::PasskeyRefused),
        Some(PasswordNotice::SignedOut),
        Some(PasswordNotice::Reported),
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

pub(super) const CLOCK: TimeLeft = TimeLeft { seconds_left: 161, total: 180, more_minutes: Some(3) };

pub(crate) fn chooser(lang: Lang, notice: Option<StepNotice>) -> Chooser {
    let device = |id: &str, label: &str, class: &str, locked_minutes, default| DeviceChoice {
        id: id.to_owned(),
        label: label.to_owned(),
        class: class.to_owned(),
        locked_minutes,
        barred: None,
        default,
        last_used: false,
    };
    let limited = Barred::Left(Amount::from(Money::from_minor(1_250_050, Currency::USD)));
    let devices = vec![
        device("d1", "Digital Security Card+ (…0042)", "dsc-plus", None, true),
        device("d2", "Security Code Card (…0007)", "security-code-card", None, false),
        device("d3", "Gold Device (…0311)", "gold", Some(Some(14)), false),
        device("d4", "Digital Security Card+ (…0043)", "dsc-plus", Some(None), false),
        DeviceChoice { barred: Some(limited), ..device("d5", "Mobile app", "phone", None, false) },
        DeviceChoice { barred: Some(Barred::TransferLock), ..device("d6", "Platinum", "platinum", None, false) },
        DeviceChoice { barred: Some(Barred::Weaker), ..device("d7", "Card", "security-code-card", None, false) },
        DeviceChoice { barred: Some(Barred::FirstAnswer), ..device("d8", "DSC", "dsc", None, false) },
    ];
    Chooser { frame: frame(lang), attempt: ATTEMPT.to_owned(), devices, clock: CLOCK, notice, two_devices: false }
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
        resync: false,
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
        another: None,
        clock: CLOCK,
        notice: None,
        attempts_left: None,
        other_devices: false,
        resync: false,
    }
}

fn approve(lang: Lang) -> Approve {
    Approve {
        frame: frame(lang),
        attempt: ATTEMPT.to_owned(),
        device_label: "Mobile app".to_owned(),
        device_class: "phone".to_owned(),
        number: None,
        silent: false,
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

pub(super) fn devices(lang: Lang) -> Vec<Sample> {
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
    let late = TimeLeft { seconds_left: 19, total: 360, more_minutes: None };
    let retry = Respond { notice: wrong, attempts_left: Some(2), resync: true, clock: late, ..respond(lang) };
    let last = Respond { notice: wrong, attempts_left: Some(1), other_devices: false, ..respond(lang) };
    let gold = passcode(lang, "gold", "Gold Device (…0311)");
    let sms = Passcode {
        sent_to: Some("+1 ••• ••• ••42".to_owned()),
        another: Some(Another::Now),
        ..passcode(lang, "sms", "SMS code")
    };
    let over = Some(StepNotice::CodeOver);
    let sms_waits = Passcode { another: Some(Another::In { minutes: 1 }), ..sms.clone() };
    let sms_no_more = Passcode { another: Some(Another::NoMore), notice: over, ..sms.clone() };
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
    let silent = Approve { silent: true, ..approve.clone() };
    let silent_number = Approve { silent: true, ..number.clone() };
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
        named("passcode-sms-waits", &sms_waits),
        named("passcode-sms-no-more", &sms_no_more),
        named("code-card-wrong", &CodeCard { notice: wrong, attempts_left: Some(5), ..card.clone() }),
        named("code-card", &card),
        named("approve", &approve),
        named("approve-number", &number),
        named("approve-silent", &silent),
        named("approve-silent-number", &silent_number),
        named("approve-scan", &scan),
    ]
}

/// A device that ran ahead, before, while and after it is brought in step.
pub(super) fn out_of_step(lang: Lang) -> Vec<Sample> {
    let wrong = Some(StepNotice::WrongResponse);
    let in_step = Respond { notice: Some(StepNotice::InStep), ..respond(lang) };
    let drifted = Passcode {
        notice: wrong,
        attempts_left: Some(1),
        resync: true,
        ..passcode(lang, "gold", "Gold Device (…0311)")
    };
    let resync = Resync {
        frame: frame(lang),
        attempt: ATTEMPT.to_owned(),
        device_label: "Digital Security Card+ (…0042)".to_owned(),
        device_class: "dsc-plus".to_owned(),
        round: "0f1e2d3c4b5a6978".to_owned(),
        challenges: Some(["612345", "798765"].map(str::to_owned)),
        clock: CLOCK,
        notice: wrong,
        attempts_left: Some(1),
        other_devices: true,
    };
    vec![
        named("respond-in-step", &in_step),
        named("passcode-drifted", &drifted),
        named("resync", &resync),
        named("resync-passcodes", &Resync { challenges: None, notice: None, attempts_left: None, ..resync.clone() }),
    ]
}
