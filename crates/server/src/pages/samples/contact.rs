//! Contact points.

use super::{Sample, frame, named};
use crate::pages::{
    Frame,
    contact::{ContactCodePage, ContactLine, ContactTold, ContactUndoPage, ContactUndonePage, ContactsPage},
};
use i18n::Lang;

pub fn contact(lang: Lang) -> Vec<Sample> {
    let signed_in = Frame { signed_in: Some("alice".to_owned()), ..frame(lang) };
    let line = |id: &str, address: &str, from: Option<&str>| ContactLine {
        id: id.to_owned(),
        address: address.to_owned(),
        from: from.map(str::to_owned),
    };
    let (mail, number) = (line("1", "a•••@<example>.org", None), line("2", "••• 43", Some("2026-12-05 09:30 UTC")));
    let all =
        ContactsPage { frame: signed_in.clone(), contacts: vec![mail.clone(), number], replaces: None, told: None };
    let one = ContactsPage { contacts: vec![mail.clone()], replaces: Some(mail.clone()), ..all.clone() };
    let none = ContactsPage { contacts: Vec::new(), ..all.clone() };
    let code =
        ContactCodePage { frame: signed_in, id: Some("1".to_owned()), sent_to: mail.address.clone(), told: None };
    let undo = ContactUndoPage {
        frame: frame(lang),
        link: Some("dW5kbw".to_owned()),
        gone: vec!["m•••@example.net".to_owned()],
        back: vec![mail.address],
    };
    let mut pages = vec![
        named("contacts", &all),
        named("contacts-replace", &one),
        named("contacts-none", &none),
        named("contact-code", &code),
        named("contact-code-wrong", &ContactCodePage { told: Some(ContactTold::WrongCode), ..code.clone() }),
        named("contact-code-over", &ContactCodePage { id: None, ..code }),
        named("contact-undo", &undo),
        named("contact-undo-over", &ContactUndoPage { link: None, ..undo }),
        named("contact-undone", &ContactUndonePage { frame: frame(lang) }),
    ];
    for told in ContactTold::ALL {
        pages.push(named(&format!("contacts-{}", told.name()), &ContactsPage { told: Some(told), ..all.clone() }));
    }
    pages
}
