//! What the server's answers, and the passing of time, change.

use super::field::TextField;
use super::model::{Deadline, Effect, Focus, Model, Notice, Reply, Screen};
use super::update::start_again;
use crate::first_party::{Error, Step};
use crate::words;
use std::time::Duration;
use wire::{Next, Reason};

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
        Ok(Reply::Confirmed) if request >= model.attempt && model.attempt > 0 => {
            model.screen = Screen::Confirmed;
            model.focus = Focus::Button;
            model.notice = None;
            model.deadline = None;
            model.busy = false;
            model.request += 1;
            Vec::new()
        }
        _ if !model.expects(request) => Vec::new(),
        Ok(Reply::SignedIn(_) | Reply::Confirmed) => Vec::new(),
        Ok(Reply::Step(step)) => stepped(model, *step),
        Err(error) => failed(model, &error),
    }
}

pub(super) fn time_passed(model: &mut Model) {
    if model.deadline.is_some_and(|deadline| model.now >= deadline.ends + GRACE) {
        let expired = wire::Failure::of(Reason::Expired);
        let reason = words::failure(model.lang, model.purpose, &expired);
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
        model.notice = Some(Notice { text: words::failure(model.lang, model.purpose, failure), bad: true });
    } else if let Next::Respond { notice: Some(why), .. } = &step.next {
        model.notice = Some(Notice { text: words::notice(model.lang, *why), bad: false });
    } else if repeated {
        // The connection works again, if it had been lost.
        model.notice = None;
    }
    if repeated {
        return poll(model, BETWEEN_POLLS);
    }
    let polls = matches!(step.next, Next::Approve { .. } | Next::Qr { .. });
    match step.next {
        Next::ChooseDevice { devices, limited, .. } => {
            model.limited = limited;
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
    let text = words::error(model.lang, model.purpose, error);
    match (error, &model.screen) {
        (Error::Refused(failure), _) if failure.reason == Reason::InvalidCredentials => {
            start_again(model);
            model.notice = Some(Notice { text, bad: true });
            Vec::new()
        }
        (_, Screen::Login | Screen::Withdraw) => {
            start_again(model);
            model.notice = Some(Notice { text, bad: true });
            Vec::new()
        }
        // Nothing was sent to that device; another may still be chosen.
        (Error::Limited(_), Screen::Choose { .. }) => {
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
