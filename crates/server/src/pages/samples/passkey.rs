//! The pages of passkeys.

use super::{Sample, confirming::operations, frame, login, named};
use crate::pages::{
    Frame,
    about::About,
    login::{Passkey, PasskeyAlone, StepNotice},
    passkey::{PasskeyTold, PasskeysPage},
};
use i18n::Lang;

const OPTIONS: &str = r#"{"challenge":"AAECAwQFBgcICQoLDA0ODw","rpId":"localhost"}"#;

pub(super) fn passkeys(lang: Lang) -> Vec<Sample> {
    let page = PasskeysPage {
        frame: Frame { signed_in: Some("alice".to_owned()), ..frame(lang) },
        label: "Passkey".to_owned(),
        options: OPTIONS.to_owned(),
        stale: false,
        told: None,
    };
    let step = Passkey {
        frame: frame(lang),
        attempt: "0f1e2d3c4b5a6978".to_owned(),
        device_label: "Security key".to_owned(),
        device_class: "passkey-bound".to_owned(),
        options: OPTIONS.to_owned(),
        clock: login::CLOCK,
        notice: None,
        attempts_left: None,
        other_devices: true,
    };
    let wrong = Passkey { notice: Some(StepNotice::WrongResponse), attempts_left: Some(2), ..step.clone() };
    let withdrawal = About::of(operations().into_iter().nth(1));
    let confirms = Passkey { frame: Frame { about: withdrawal, ..frame(lang) }, ..step.clone() };
    let alone = PasskeyAlone { frame: frame(lang), request: String::new(), options: OPTIONS.to_owned() };
    let asked = Frame { asker: Some("Client Portal".into()), ..frame(lang) };
    let mut pages = vec![
        named("passkeys", &page),
        named("passkeys-stale", &PasskeysPage { stale: true, ..page.clone() }),
        named("passkey", &step),
        named("passkey-wrong", &wrong),
        named("passkey-confirms", &confirms),
        named("passkey-alone", &alone),
        named("passkey-alone-asked", &PasskeyAlone { frame: asked, request: "h".to_owned(), ..alone }),
    ];
    pages.extend(
        PasskeyTold::ALL.map(|told| {
            named(&format!("passkeys-{}", told.name()), &PasskeysPage { told: Some(told), ..page.clone() })
        }),
    );
    pages
}
