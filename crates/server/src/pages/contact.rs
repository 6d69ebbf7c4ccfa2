//! Contact points: listed, added, replaced, removed, and a change of them undone.

use super::Frame;
use askama::Template;

/// What a page of contact points has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactTold {
    /// Neither a mail address nor a number, or not of the kind that it is to replace.
    Address,
    /// It is there already.
    Known,
    /// There is no such one any more.
    Unknown,
    /// It is the only one.
    Last,
    /// There are as many as may be.
    TooMany,
    /// The code is wrong.
    WrongCode,
    /// Too many codes were sent.
    TooOften,
}

impl ContactTold {
    /// Everything there is to say.
    pub const ALL: [Self; 7] =
        [Self::Address, Self::Known, Self::Unknown, Self::Last, Self::TooMany, Self::WrongCode, Self::TooOften];

    /// Its name in an address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Known => "known",
            Self::Unknown => "unknown",
            Self::Last => "last",
            Self::TooMany => "too-many",
            Self::WrongCode => "wrong-code",
            Self::TooOften => "too-often",
        }
    }

    /// What has this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|told| told.name() == name)
    }

    fn key(self) -> &'static str {
        match self {
            Self::Address => "contact-told-address",
            Self::Known => "contact-told-known",
            Self::Unknown => "contact-told-unknown",
            Self::Last => "contact-told-last",
            Self::TooMany => "contact-told-too-many",
            Self::WrongCode => "contact-told-wrong-code",
            Self::TooOften => "contact-told-too-often",
        }
    }
}

/// A contact point.
#[derive(Debug, Clone)]
pub struct ContactLine {
    /// Its id, sent back as `id` and `replaces`.
    pub id: String,
    /// The mail address or number, masked.
    pub address: String,
    /// From when on codes and links may go there, as text; none where they do now.
    pub from: Option<String>,
}

/// The contact points of whoever is signed in, and the form for another one.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/contacts.html")]
pub struct ContactsPage {
    /// The frame.
    pub frame: Frame,
    /// What there is.
    pub contacts: Vec<ContactLine>,
    /// The one that the form replaces; none where it adds one.
    pub replaces: Option<ContactLine>,
    /// What there is to say.
    pub told: Option<ContactTold>,
}

/// The code that was sent is typed.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/contact_code.html")]
pub struct ContactCodePage {
    /// The frame.
    pub frame: Frame,
    /// The wish, sent back as `id`; none where its code is not good any more.
    pub id: Option<String>,
    /// Where the code went, masked.
    pub sent_to: String,
    /// What there is to say.
    pub told: Option<ContactTold>,
}

/// Where a link leads that undoes a change.
#[derive(Debug, Clone, Template)]
#[template(path = "login/contact_undo.html")]
pub struct ContactUndoPage {
    /// The frame.
    pub frame: Frame,
    /// The link's handle; none where it is not good any more.
    pub link: Option<String>,
    /// What would be used no more, masked.
    pub gone: Vec<String>,
    /// What would be used again, masked.
    pub back: Vec<String>,
}

/// A change was undone.
#[derive(Debug, Clone, Template)]
#[template(path = "login/contact_undone.html")]
pub struct ContactUndonePage {
    /// The frame.
    pub frame: Frame,
}
