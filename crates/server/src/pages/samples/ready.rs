//! What would work without one of the devices.

use super::{Sample, frame, named};
use crate::pages::{
    Frame,
    ready::{Gone, ReadyPage, Room, Vouched},
};
use i18n::Lang;
use operation::{Amount, Currency, Money};

pub fn ready(lang: Lang) -> Vec<Sample> {
    let card = || "Digital Security Card+ (…0042)".to_owned();
    let gone = |id: &str, label: &str, chosen| Gone { id: id.to_owned(), label: label.to_owned(), chosen };
    let left = Some(Amount::from(Money::from_minor(12_500_000, Currency::USD)));
    let some = ReadyPage {
        frame: Frame { signed_in: Some("alice".to_owned()), ..frame(lang) },
        devices: vec![gone("d1", "Pixel 9", true), gone("d2", &card(), false)],
        login: vec![card()],
        phone: Vouched::Devices(vec![card()]),
        password: vec![card()],
        money: vec![Room { label: card(), left }, Room { label: "Gold Device".to_owned(), left: None }],
    };
    let none = ReadyPage {
        devices: vec![gone("d1", "Pixel 9", true)],
        login: vec![],
        phone: Vouched::Nothing,
        password: vec![],
        money: vec![],
        ..some.clone()
    };
    let code = ReadyPage { phone: Vouched::Code("••• 99".to_owned()), ..none.clone() };
    let nothing = ReadyPage { devices: vec![], ..code.clone() };
    vec![
        named("ready", &some),
        named("ready-none", &none),
        named("ready-code", &code),
        named("ready-nothing", &nothing),
    ]
}
