//! Another password, changed or chosen anew.

use super::{Sample, frame, named};
use crate::pages::{
    Frame,
    login::{Back, EndReason, Ended},
    password::{ChangePage, ChosenPage, ForgotPage, NewPasswordPage, PasswordTold, SentPage},
};
use i18n::Lang;

pub fn password(lang: Lang) -> Vec<Sample> {
    let signed_in = Frame { signed_in: Some("alice".to_owned()), ..frame(lang) };
    let change = ChangePage { frame: signed_in.clone(), username: "alice".to_owned(), told: None };
    let link = Some("cGFzc3dvcmQtbGluaw".to_owned());
    let new = NewPasswordPage { frame: frame(lang), link, told: None };
    let ended = |frame: Frame, address: &str| Ended {
        frame,
        reason: EndReason::PasswordChanged,
        back: Some(Back { client: None, address: address.to_owned() }),
    };
    let mut pages = vec![
        named("password", &change),
        named("forgot", &ForgotPage { frame: frame(lang) }),
        named("forgot-sent", &SentPage { frame: frame(lang) }),
        named("password-chosen", &ChosenPage { frame: frame(lang) }),
        named("new-password", &new),
        named("new-password-over", &NewPasswordPage { link: None, ..new.clone() }),
        named("password-changed", &ended(signed_in, "/settings")),
        named("password-changed-anew", &ended(frame(lang), "/login")),
    ];
    for told in PasswordTold::ALL {
        pages.push(named(&format!("password-{}", told.name()), &ChangePage { told: Some(told), ..change.clone() }));
        pages.push(named(
            &format!("new-password-{}", told.name()),
            &NewPasswordPage { told: Some(told), ..new.clone() },
        ));
    }
    pages
}
