//! The pages of what is confirmed and is no login.

use super::{
    Sample, frame,
    login::{chooser, ended, respond},
    named,
};
use crate::pages::{
    Frame,
    about::About,
    ask::Ask,
    login::{Back, Chooser, EndReason, Respond},
};
use i18n::Lang;
use operation::{
    Amount, Call, CardPayment, CardPreauthorisation, ContactChange, DeskAct, DeskCase, Destination, DeviceOrder,
    LimitChange, PasskeyAddition, PinChange, Text, TransferLockOpen, TwoDevicesChange, What, Withdrawal,
};
use wire::phone::{Asked, Operation};

/// An operation of each kind that is not a login.
pub(super) fn operations() -> [Operation; 17] {
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
    let payment = CardPayment {
        merchant: Text::fenced("Café du Commerce"),
        amount: amount("1480.50", "EUR"),
        card_id: Text::fenced("•••• 4242"),
        declined: None,
    };
    let wish =
        CardPreauthorisation { amount: amount("1500", "USD"), card_id: Text::fenced("card-alice-4417"), minutes: 15 };
    let [limit, passkey, pin, order, contact] = of_own();
    [
        asked("Telephone desk", Some("call 4711"), What::Authentication),
        asked("Client Portal", None, withdrawal("DE89370400440532013000")),
        asked("Client Portal", None, withdrawal("MT84MALT011000012345MTLCAST001S")),
        asked("Payments", Some("terminal 12"), What::CardPayment(payment)),
        asked("Mobile app", None, What::CardPreauthorisation(wish)),
        asked("Countersign", None, limit),
        asked("Countersign", None, What::TwoDevicesChange(TwoDevicesChange { above: None, hours: 24 })),
        asked("Countersign", None, What::TransferLockOpen(TransferLockOpen { hours: 168 })),
        asked("Countersign", None, passkey),
        asked("Countersign", None, pin),
        asked("Countersign", None, order),
        asked("Countersign", None, What::DeskCase(desk_case())),
        asked("Countersign", None, What::NumberRecovery),
        asked("Mobile app", None, What::PhoneMove),
        asked("Countersign", None, contact),
        asked("Secure-login desk", None, What::Call(call())),
        asked("Countersign", None, What::NewsAcknowledgement),
    ]
}

/// What concerns the user's own devices, limits and contact points.
fn of_own() -> [What; 5] {
    let limit = LimitChange {
        device_id: Text::fenced("019ac1de-0000-7000-8000-000000000001"),
        device: Text::fenced("Mobile app <1>"),
        per_day: Some(amount("50000.00", "USD")),
        per_five_days: None,
        hours: 24,
    };
    let passkey = PasskeyAddition {
        device_id: Text::fenced("019ac1de-0000-7000-8000-000000000002"),
        device: Text::fenced("Security key"),
        synced: true,
    };
    let pin = PinChange { device_id: limit.device_id.clone(), device: Text::fenced("Digital Security Card+ <1>") };
    let order = DeviceOrder {
        device: Text::fenced("Digital Security Card+"),
        address: Text::fenced("Alice <Example>, 12 Long Street, Springfield"),
        deposit: Some(amount("20.00", "USD")),
        replaces: Some(Text::fenced("Gold Device (…0311)")),
    };
    let contact = ContactChange {
        new: Some(Text::fenced("alice.example@mail.example")),
        old: Some(Text::fenced("alice@old.example")),
    };
    [
        What::LimitChange(limit),
        What::PasskeyAddition(passkey),
        What::PinChange(pin),
        What::DeviceOrder(order),
        What::ContactChange(contact),
    ]
}

fn call() -> Call {
    Call { first_name: Text::fenced("Dana"), words: Text::fenced("amber harbour") }
}

fn desk_case() -> DeskCase {
    DeskCase {
        case: Text::fenced("019aa000-0000-7000-8000-0000000000c1"),
        act: DeskAct::TemporaryAccess,
        card: None,
        proof: Some(Text::fenced("Mobile app")),
        user: Text::fenced("alice"),
        first: Text::fenced("dana"),
        reason: Text::fenced("Phone <stolen>, number changed"),
        identity_check: Text::fenced("Date of birth, last two withdrawals"),
    }
}

fn withdrawal(account: &str) -> What {
    What::Withdrawal(Withdrawal {
        amount: amount("250000.00", "USD"),
        destination: Destination { name: Text::fenced("Alice Example"), account: Text::fenced(account) },
        account_id: Text::fenced("U1234567"),
        reference: Text::fenced("House <deposit>"),
    })
}

fn amount(digits: &str, currency: &str) -> Amount {
    Amount::parse(digits, currency).unwrap_or_else(|error| unreachable!("{error}"))
}

pub(super) fn confirming(lang: Lang) -> Vec<Sample> {
    let mut pages = Vec::new();
    let names = [
        "authentication",
        "withdrawal",
        "withdrawal-nameless",
        "card-payment",
        "card-preauthorisation",
        "limit-change",
        "two-devices-change",
        "transfer-lock-open",
        "passkey-addition",
        "pin-change",
        "device-order",
        "desk-case",
        "number-recovery",
        "phone-move",
        "contact-change",
        "call",
        "news-acknowledgement",
    ];
    for (name, operation) in names.into_iter().zip(operations()) {
        let frame = Frame { about: About::of(Some(operation)), ..frame(lang) };
        pages.push(named(&format!("confirm-{name}"), &Respond { frame: frame.clone(), ..respond(lang) }));
        let signed_in = Frame { signed_in: Some("alice".to_owned()), ..frame.clone() };
        pages.push(named(&format!("ask-{name}"), &Ask { frame: signed_in, request: "h".to_owned() }));
        pages.push(named(&format!("confirm-{name}-choose"), &Chooser { frame: frame.clone(), ..chooser(lang, None) }));
        let mut two = Chooser { two_devices: true, ..chooser(lang, None) };
        two.devices.truncate(2);
        pages.push(named(&format!("confirm-{name}-two"), &Chooser { frame, ..two }));
    }
    let back = |client: Option<&str>| Back { client: client.map(str::to_owned), address: "/settings".to_owned() };
    for reason in [
        EndReason::Denied,
        EndReason::Expired,
        EndReason::TooManyAttempts,
        EndReason::AlreadyAnswered,
        EndReason::NoUsableDevice { recover: false },
        EndReason::Told,
        EndReason::Changes,
        EndReason::Added,
        EndReason::ContactChanged,
        EndReason::NewsKnown,
    ] {
        for client in [None, Some("Client Portal")] {
            let page = ended(lang, reason, Some(back(client)));
            pages.push(named(&format!("confirm-ended-{reason:?}-{}", client.is_some()), &page));
        }
    }
    pages
}
