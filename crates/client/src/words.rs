//! Refusals and errors in the user's language, for the full screen and for scripts alike.

use crate::first_party::{Error, Purpose};
use i18n::Lang;
use wire::{Failure, Notice, Reason};

/// Why a step was refused or an attempt ended.
pub(crate) fn failure(lang: Lang, purpose: Purpose, failure: &Failure) -> String {
    let login = purpose == Purpose::Login;
    let said = |of_login: &str, of_withdrawal: &str| lang.t(if login { of_login } else { of_withdrawal });
    match failure.reason {
        Reason::WrongResponse | Reason::WrongNumber => {
            let words = if failure.reason == Reason::WrongResponse {
                said("terminal-wrong-response", "withdraw-wrong-response")
            } else {
                said("terminal-wrong-number", "withdraw-wrong-number")
            };
            match failure.attempts_left {
                Some(left) => format!("{words} {}", lang.t_with("terminal-attempts-left", &[("n", left.into())])),
                None => words,
            }
        }
        Reason::CodeOver => lang.t("terminal-code-over"),
        Reason::Denied => said("terminal-ended-denied", "withdraw-ended-denied"),
        Reason::Expired => said("terminal-ended-expired", "withdraw-ended-expired"),
        Reason::TooManyAttempts => said("terminal-ended-too-many", "withdraw-ended-too-many"),
        Reason::AlreadyAnswered => said("terminal-ended-answered", "withdraw-ended-answered"),
        Reason::DeviceLocked => match failure.retry_after {
            Some(seconds) => {
                let minutes = i64::try_from(seconds.div_ceil(60)).unwrap_or(i64::MAX);
                lang.t_with("terminal-ended-device-locked-minutes", &[("n", minutes.into())])
            }
            None => lang.t("terminal-ended-device-locked"),
        },
        Reason::NoUsableDevice => said("terminal-ended-no-device", "withdraw-ended-no-device"),
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
pub(crate) fn error(lang: Lang, purpose: Purpose, error: &Error) -> String {
    match error {
        Error::Refused(refusal) => failure(lang, purpose, refusal),
        Error::InvalidSession if purpose == Purpose::Withdrawal => lang.t("withdraw-ended-unknown"),
        Error::InvalidSession => lang.t("terminal-ended-unknown"),
        Error::Limited(devices) if devices.is_empty() => lang.t("withdraw-ended-no-device"),
        Error::Limited(devices) => {
            let labels: Vec<_> = devices.iter().map(|device| device.label.as_str()).collect();
            lang.t_with("withdraw-limited", &[("devices", labels.join(", ").into())])
        }
        Error::NotTaken(member) => lang.t(match member.as_str() {
            "login" => "desk-error-login",
            "cash" => "withdraw-error-cash",
            "currency" => "withdraw-error-currency",
            "name" => "withdraw-error-name",
            "destination" => "withdraw-error-account",
            _ => "withdraw-error-not-taken",
        }),
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
