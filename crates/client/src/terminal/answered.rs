//! What the server's answers, and the passing of time, change.

use super::field::TextField;
use super::model::{Deadline, Effect, Focus, Model, Notice, Reply, Screen};
use super::update::start_again;
use crate::first_party::{Error, Step};
use std::time::Duration;
use wire::{Failure, Next, Reason};

/// The server says itself that an attempt expired; this much later the program stops waiting for it to say so.
const GRACE: Duration = Duration::from_secs(2);
const BETWEEN_POLLS: Duration = Duration::from_millis(250);
const AFTER_TROUBLE: Duration = Duration::from_secs(2);

pub(super) fn answered(model: &mut Model, request: u64, result: Result<Reply, Error>) -> Vec<Effect> {
    match result {
        // A login that succeeded while the user reached for another key is still a login.
        Ok(Reply::SignedIn(who)) if request >= model.attempt && model.attempt > 0 => {
            model.screen = Screen::SignedIn(who);
            model.focus = Focus::Button;
            model.notice = None;
            model.deadline = None;
            model.busy = false;
            model.request += 1;
            Vec::new()
        }
        _ if !model.expects(request) => Vec::new(),
        Ok(Reply::SignedIn(_)) => Vec::new(),
        Ok(Reply::Step(step)) => stepped(model, step),
        Err(error) => failed(model, &error),
    }
}

pub(super) fn time_passed(model: &mut Model) {
    if model.deadline.is_some_and(|deadline| model.now >= deadline.ends + GRACE) {
        let reason = model.lang.t("terminal-ended-expired");
        end(model, reason);
    }
}

fn stepped(model: &mut Model, step: Step) -> Vec<Effect> {
    model.busy = false;
    let left = Duration::from_secs(step.expires_in);
    let total = model.deadline.map_or(left, |deadline| deadline.total.max(left));
    model.deadline = Some(Deadline { ends: model.now + left, total });
    let repeated = matches!(&model.screen, Screen::Wait { next } if *next == step.next);
    if let Some(failure) = &step.failure {
        model.notice = Some(Notice { text: failure_text(model, failure), bad: true });
    } else if repeated {
        // The connection works again, if it had been lost.
        model.notice = None;
    }
    if repeated {
        return poll(model, BETWEEN_POLLS);
    }
    let polls = matches!(step.next, Next::Approve { .. } | Next::Qr { .. });
    match step.next {
        Next::ChooseDevice { devices } => {
            let selected = devices.iter().position(|device| device.default).unwrap_or_default();
            model.devices = devices;
            model.screen = Screen::Choose { selected, open: None };
        }
        next @ (Next::Approve { .. } | Next::Qr { .. } | Next::Webauthn { .. }) => model.screen = Screen::Wait { next },
        next => model.screen = Screen::Answer { response: response_field(&next), next },
    }
    model.focus = model.stops().first().copied().unwrap_or(Focus::Button);
    if polls { poll(model, Duration::ZERO) } else { Vec::new() }
}

fn response_field(next: &Next) -> TextField {
    match next {
        Next::CodeCard { .. } => TextField::code(),
        Next::StaticCode { .. } => TextField::default(),
        _ => TextField::digits(),
    }
}

fn poll(model: &mut Model, after: Duration) -> Vec<Effect> {
    model.request += 1;
    vec![Effect::Poll { request: model.request, after }]
}

fn failed(model: &mut Model, error: &Error) -> Vec<Effect> {
    model.busy = false;
    let text = error_text(model, error);
    match (error, &model.screen) {
        (Error::Refused(failure), _) if failure.reason == Reason::InvalidCredentials => {
            start_again(model);
            model.notice = Some(Notice { text, bad: true });
            Vec::new()
        }
        (_, Screen::Login) => {
            start_again(model);
            model.notice = Some(Notice { text, bad: true });
            Vec::new()
        }
        (error, Screen::Wait { .. }) if error.is_passing() => {
            model.notice = Some(Notice { text, bad: true });
            let after = match error {
                Error::Throttled { retry_after } => Duration::from_secs(*retry_after),
                _ => AFTER_TROUBLE,
            };
            poll(model, after)
        }
        (error, Screen::Choose { .. } | Screen::Answer { .. }) if error.is_passing() => {
            model.notice = Some(Notice { text, bad: true });
            Vec::new()
        }
        _ => {
            end(model, text);
            Vec::new()
        }
    }
}

fn end(model: &mut Model, reason: String) {
    start_again(model);
    model.screen = Screen::Ended { reason };
    model.focus = Focus::Button;
}

fn failure_text(model: &Model, failure: &Failure) -> String {
    let lang = model.lang;
    match failure.reason {
        Reason::WrongResponse | Reason::WrongNumber => {
            let key = if failure.reason == Reason::WrongResponse { "terminal-wrong-response" } else { "terminal-wrong-number" };
            match failure.attempts_left {
                Some(left) => format!("{} {}", lang.t(key), lang.t_with("terminal-attempts-left", &[("n", left.into())])),
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

fn error_text(model: &Model, error: &Error) -> String {
    let lang = model.lang;
    match error {
        Error::Refused(failure) => failure_text(model, failure),
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
