//! Another password: changed by whoever is signed in, or chosen anew by whoever forgot it.

use super::Frame;
use askama::Template;

/// What a page of passwords has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordTold {
    /// The password of now is wrong.
    Wrong,
    /// The two are not the same.
    Differ,
    /// Too short.
    TooShort,
    /// Too long.
    TooLong,
    /// The name of the user or the service.
    Guessable,
    /// One that everybody chooses.
    Common,
    /// Too many logins at once.
    Busy,
}

impl PasswordTold {
    /// Everything there is to say.
    pub const ALL: [Self; 7] =
        [Self::Wrong, Self::Differ, Self::TooShort, Self::TooLong, Self::Guessable, Self::Common, Self::Busy];

    /// Its name in an address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wrong => "wrong",
            Self::Differ => "differ",
            Self::TooShort => "too-short",
            Self::TooLong => "too-long",
            Self::Guessable => "guessable",
            Self::Common => "common",
            Self::Busy => "busy",
        }
    }

    /// What has this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|told| told.name() == name)
    }

    fn key(self) -> &'static str {
        match self {
            Self::Wrong => "password-wrong",
            Self::Differ => "password-differ",
            Self::TooShort => "password-too-short",
            Self::TooLong => "password-too-long",
            Self::Guessable => "password-guessable",
            Self::Common => "password-common",
            Self::Busy => "login-busy",
        }
    }
}

/// The form of whoever is signed in.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/password.html")]
pub struct ChangePage {
    /// The frame.
    pub frame: Frame,
    /// The username, for password managers.
    pub username: String,
    /// What there is to say.
    pub told: Option<PasswordTold>,
}

/// The form of whoever forgot it: whose.
#[derive(Debug, Clone, Template)]
#[template(path = "login/forgot.html")]
pub struct ForgotPage {
    /// The frame.
    pub frame: Frame,
}

/// What is said to whomever was named.
#[derive(Debug, Clone, Template)]
#[template(path = "login/forgot_sent.html")]
pub struct SentPage {
    /// The frame.
    pub frame: Frame,
}

/// The first password is chosen.
#[derive(Debug, Clone, Template)]
#[template(path = "login/chosen.html")]
pub struct ChosenPage {
    /// The frame.
    pub frame: Frame,
}

/// Where a link leads: to a new password, or to the news that the link is not good any more.
#[derive(Debug, Clone, Template)]
#[template(path = "login/new_password.html")]
pub struct NewPasswordPage {
    /// The frame.
    pub frame: Frame,
    /// The link's handle; none where it is not good any more.
    pub link: Option<String>,
    /// What there is to say.
    pub told: Option<PasswordTold>,
}
