//! Refusals and errors in the user's language, for the full screen and for scripts alike.

use crate::first_party::Error;
use i18n::Lang;
use wire::{Failure, Notice, Reason};

/// Why a step was refused or an attempt ended.
pub(crate) fn failure(lang: Lang, failure: &Failure) -> String {
    match failure.reason {
        Reason::WrongResponse | Reason::WrongNumber => {
            let key = if failure.reason == Reason::WrongResponse {
                "terminal-wrong-response"
            } else {
                "terminal-wrong-number"
            };
            match failure.attempts_left {
                Some(left) => {
                    format!("{} {}", lang.t(key), lang.t_with("terminal-attempts-left", &[("n", left.into())]))
                }
                None => lang.t(key),
            }
        }
        Reason::Denied => lang.t("terminal-ended-denied"),
        Reason::Expired => lang.t("terminal-ended-expired"),
        Reason::TooManyAttempts => lang.t("terminal-ended-too-many"),
        Reason::AlreadyAnswered => lang.t("terminal-ended-answered"),
        Reason::DeviceLocked => match failure.retry_after {
            Some(seconds) => {
                let minutes = i64::try_from(seconds.div_ceil(60)).unwrap_or(i64::MAX);
                lang.t_with("terminal-ended-device-locked-minutes", &[("n", minutes.into())])
            }
            None => lang.t("terminal-ended-device-locked"),
        },
        Reason::NoUsableDevice => lang.t("terminal-ended-no-device"),
        Reason::InvalidCredentials => lang.t("terminal-invalid-credentials"),
    }
}

/// Why a challenge is there where a notification was wished for.
pub(crate) fn notice(lang: Lang, why: Notice) -> String {
    lang.t(match why {
        Notice::RequestOpen => "login-request-open",
        Notice::TooManyUnanswered => "login-too-many-unanswered",
        Notice::WrongNumber => "login-wrong-number",
        Notice::Superseded => "terminal-superseded",
    })
}

/// What went wrong with a request.
pub(crate) fn error(lang: Lang, error: &Error) -> String {
    match error {
        Error::Refused(refusal) => failure(lang, refusal),
        Error::InvalidSession => lang.t("terminal-ended-unknown"),
        Error::Throttled { retry_after } => {
            let seconds = i64::try_from(*retry_after).unwrap_or(i64::MAX);
            lang.t_with("terminal-throttled", &[("n", seconds.into())])
        }
        Error::Protocol { error, .. } => lang.t_with("terminal-error-protocol", &[("error", error.as_str().into())]),
        Error::Server { status } => lang.t_with("terminal-error-server", &[("status", u32::from(*status).into())]),
        Error::Network(_) => lang.t("terminal-error-network"),
        Error::Answer(_) | Error::Url(_) => lang.t("terminal-error-answer"),
        Error::Issuer { named } => lang.t_with("terminal-error-issuer", &[("url", named.as_str().into())]),
        Error::IdToken(_) => lang.t("terminal-error-id-token"),
    }
}
