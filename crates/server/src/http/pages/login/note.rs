//! What a form's answer has to say where nothing is stored that could say it: sealed into the address that the answer
//! leads to, for this browser alone. The address can be opened again, until the note is too old.

use super::screen::minutes;
use crate::{
    http::{
        extract::page::{Visit, seconds},
        problem::{Slug, Told},
    },
    pages::login::{EndReason, PasswordNotice, StepNotice},
};
use axum::http::StatusCode;
use domain::{Timestamp, lockout::Until};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use wire::Reason;

/// Octets of a sealed note at most.
pub(super) const NOTE: usize = 512;

/// How long a note says anything.
const LIFE: Duration = Duration::from_secs(600);

/// What is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Said {
    /// Unknown user, wrong password or locked user.
    InvalidCredentials,
    /// A passkey was not taken.
    PasskeyRefused,
    /// Too many tries, until then.
    Throttled(Timestamp),
    /// The device is locked.
    DeviceLocked(Until),
    /// The device was brought in step.
    InStep,
    /// No device can confirm; whether the app can be activated by the registered number.
    NoUsableDevice(bool),
}

/// A note.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Note {
    /// What is said.
    pub said: Said,
    /// The username as it was typed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub username: String,
    until: Timestamp,
}

impl Said {
    /// Of a refusal; none where it is no news but trouble, or stands with the attempt.
    pub(super) fn of(told: &Told, now: Timestamp) -> Option<Self> {
        match (told.slug, told.failure) {
            (Slug::InvalidCredentials, _) => Some(Self::InvalidCredentials),
            (Slug::Throttled, _) => told.wait.map(|wait| Self::Throttled(now.plus(wait))),
            (Slug::DeviceLocked, _) => told.locked.map(Self::DeviceLocked),
            (Slug::NotFound, Some(Reason::NoUsableDevice)) => Some(Self::NoUsableDevice(told.recover)),
            _ => None,
        }
    }

    /// On the password page: the status and the words; none where the page is another one, or nothing is left to say.
    pub(super) fn at_password(self, now: Timestamp) -> Option<(StatusCode, PasswordNotice)> {
        match self {
            Self::InvalidCredentials => Some((StatusCode::FORBIDDEN, PasswordNotice::InvalidCredentials)),
            Self::PasskeyRefused => Some((StatusCode::FORBIDDEN, PasswordNotice::PasskeyRefused)),
            Self::Throttled(until) if now < until => {
                let notice = PasswordNotice::Throttled { seconds: seconds(until.since(now)) };
                Some((StatusCode::TOO_MANY_REQUESTS, notice))
            }
            Self::Throttled(_) | Self::DeviceLocked(_) | Self::InStep | Self::NoUsableDevice(_) => None,
        }
    }

    /// In place of the password page.
    pub(super) fn in_its_place(self, now: Timestamp) -> Option<EndReason> {
        match self {
            Self::DeviceLocked(until) => stands(until, now).map(|minutes| EndReason::DeviceLocked { minutes }),
            Self::NoUsableDevice(recover) => Some(EndReason::NoUsableDevice { recover }),
            Self::InvalidCredentials | Self::PasskeyRefused | Self::Throttled(_) | Self::InStep => None,
        }
    }

    /// On the page of an attempt's step.
    pub(super) fn at_step(self, now: Timestamp) -> Option<StepNotice> {
        match self {
            Self::Throttled(until) if now < until => Some(StepNotice::Throttled { seconds: seconds(until.since(now)) }),
            Self::DeviceLocked(until) => stands(until, now).map(|minutes| StepNotice::DeviceLocked { minutes }),
            Self::InStep => Some(StepNotice::InStep),
            Self::InvalidCredentials | Self::PasskeyRefused | Self::Throttled(_) | Self::NoUsableDevice(_) => None,
        }
    }
}

/// The minutes of a lock that still stands.
fn stands(until: Until, now: Timestamp) -> Option<Option<u32>> {
    match until {
        Until::At(end) if now >= end => None,
        until => Some(minutes(until, now)),
    }
}

impl Note {
    /// A note, sealed for the browser of a visit.
    pub(super) fn seal(visit: &Visit, said: Said, username: &str, now: Timestamp) -> String {
        let note = Self { said, username: username.to_owned(), until: now.plus(LIFE) };
        visit.seal(&serde_json::to_vec(&note).unwrap_or_default())
    }

    /// The note of an address, where it is one of ours for this browser and not too old.
    pub(super) fn open(visit: &Visit, text: &str, now: Timestamp) -> Option<Self> {
        let note: Self = serde_json::from_slice(&visit.open(text)?).ok()?;
        (now < note.until).then_some(note)
    }
}
