//! The page of what an attempt awaits.

use crate::{
    flow::confirm::next::{Shown, View},
    http::{
        answer::Page,
        extract::{attempt, page::Visit},
    },
    pages::{
        Frame,
        about::About,
        login::{
            Another, Approve, Barred, Chooser, CodeCard, DeviceChoice, Passcode, Passkey, Respond, Resync, StaticCode,
            StepNotice, TimeLeft,
        },
        qr::Qr,
    },
};
use axum::http::StatusCode;
use domain::{
    Timestamp,
    confirmation::{Sending, Told, Withheld},
    lockout::Until,
    money::permit::{Judged, Opens, Verdict},
};
use wire::{DeviceRef, Next};

/// The page of what is awaited.
pub(super) fn screen(visit: &Visit, attempt: &str, view: View, said: Option<StepNotice>) -> Page {
    let visit = &visit.clone().leading_on(view.onward.is_some());
    let status = StatusCode::OK;
    let devices: Vec<_> = view.devices.iter().map(|shown| choice(shown, visit.last_devices(), view.now)).collect();
    let next = view.next.clone();
    let step = Step::of(visit, attempt, view, said);
    match next {
        Next::ChooseDevice { .. } => visit.show(status, &step.chooser(devices)),
        Next::Respond { device, challenge, response_digits, .. } => {
            visit.show(status, &step.respond(device, challenge, response_digits))
        }
        Next::Passcode { device, digits, sent_to } => visit.show(status, &step.passcode(device, digits, sent_to)),
        Next::CodeCard { device, indices } => visit.show(status, &step.code_card(device, indices)),
        Next::Approve { device, number, silent, .. } => visit.show(status, &step.approve(device, number, silent)),
        Next::Qr { device, payload } => visit.show(status, &step.scanned(device, Qr::of(&payload))),
        Next::Webauthn { device, options } => visit.show(status, &step.passkey(device, &options)),
        Next::StaticCode { device } => visit.show(status, &step.static_code(device)),
    }
}

/// The page that brings the awaited device in step; none where that is not to be done.
pub(super) fn resync(visit: &Visit, attempt: &str, view: View) -> Option<Page> {
    let (Next::Respond { device, .. } | Next::Passcode { device, .. }) = view.next.clone() else { return None };
    let round = view.round.clone()?;
    let visit = &visit.clone().leading_on(view.onward.is_some());
    let step = Step::of(visit, attempt, view, None);
    let page = Resync {
        frame: step.frame,
        attempt: step.attempt,
        device_label: device.label,
        device_class: device.class,
        round: round.id,
        challenges: round.questions.map(|pair| pair.map(|question| question.as_str().to_owned())),
        clock: step.clock,
        notice: step.notice,
        attempts_left: step.attempts_left,
        other_devices: step.other_devices,
    };
    Some(visit.show(StatusCode::OK, &page))
}

/// What the page of any step shows.
struct Step {
    frame: Frame,
    attempt: String,
    clock: TimeLeft,
    notice: Option<StepNotice>,
    attempts_left: Option<u32>,
    other_devices: bool,
    two_devices: bool,
    version: i64,
    refresh_seconds: u32,
    resync: bool,
    another: Option<Another>,
}

impl Step {
    fn of(visit: &Visit, attempt: &str, view: View, said: Option<StepNotice>) -> Self {
        Self {
            other_devices: view.devices.iter().filter(|shown| shown.usable()).count() > 1,
            attempts_left: view.stands.filter(|_| said.is_none()).is_some_and(is_wrong).then_some(view.attempts_left),
            notice: said.or_else(|| view.stands.map(|told| notice(&told, view.now))),
            clock: TimeLeft {
                seconds_left: view.expires_in,
                total: view.life,
                more_minutes: view.more_time.map(|seconds| seconds.div_ceil(60)),
            },
            frame: Frame {
                about: About::of(view.operation),
                request: view.request.unwrap_or_default(),
                asker: view.asker,
                ..visit.frame_at(&attempt::address(attempt))
            },
            attempt: attempt.to_owned(),
            two_devices: view.two_devices,
            version: view.version,
            refresh_seconds: visit.reload_seconds(),
            resync: view.round.is_some(),
            another: view.sending.map(|sending| another(sending, view.now)),
        }
    }

    /// Whether the phone may scan a code instead: what is not a login is only ever shown on the phone itself.
    fn can_scan(&self) -> bool {
        self.frame.about.is_none()
    }

    fn chooser(self, devices: Vec<DeviceChoice>) -> Chooser {
        let Self { frame, attempt, clock, notice, two_devices, .. } = self;
        Chooser { frame, attempt, devices, clock, notice, two_devices }
    }

    fn respond(self, device: DeviceRef, challenge: String, response_digits: u8) -> Respond {
        Respond {
            can_push: approves(&device),
            can_scan: approves(&device) && self.can_scan(),
            frame: self.frame,
            attempt: self.attempt,
            device_label: device.label,
            device_class: device.class,
            challenge,
            response_digits,
            clock: self.clock,
            notice: self.notice,
            attempts_left: self.attempts_left,
            other_devices: self.other_devices,
            resync: self.resync,
        }
    }

    fn passcode(self, device: DeviceRef, digits: u8, sent_to: Option<String>) -> Passcode {
        Passcode {
            frame: self.frame,
            attempt: self.attempt,
            device_label: device.label,
            device_class: device.class,
            digits,
            sent_to,
            another: self.another,
            clock: self.clock,
            notice: self.notice,
            attempts_left: self.attempts_left,
            other_devices: self.other_devices,
            resync: self.resync,
        }
    }

    fn static_code(self, device: DeviceRef) -> StaticCode {
        StaticCode {
            frame: self.frame,
            attempt: self.attempt,
            device_label: device.label,
            device_class: device.class,
            clock: self.clock,
            notice: self.notice,
            attempts_left: self.attempts_left,
            other_devices: self.other_devices,
        }
    }

    fn code_card(self, device: DeviceRef, indices: [u32; 2]) -> CodeCard {
        CodeCard {
            frame: self.frame,
            attempt: self.attempt,
            device_label: device.label,
            device_class: device.class,
            indices,
            clock: self.clock,
            notice: self.notice,
            attempts_left: self.attempts_left,
            other_devices: self.other_devices,
        }
    }

    fn passkey(self, device: DeviceRef, options: &serde_json::Value) -> Passkey {
        Passkey {
            frame: self.frame,
            attempt: self.attempt,
            device_label: device.label,
            device_class: device.class,
            options: options.to_string(),
            clock: self.clock,
            notice: self.notice,
            attempts_left: self.attempts_left,
            other_devices: self.other_devices,
        }
    }

    /// A device that scans a code first.
    fn scanned(self, device: DeviceRef, code: Option<Qr>) -> Approve {
        Approve { can_scan: code.is_none() && self.can_scan(), scan: code, ..self.approve(device, None, false) }
    }

    /// A device that approves on a screen of its own.
    fn approve(self, device: DeviceRef, number: Option<String>, silent: bool) -> Approve {
        Approve {
            can_scan: self.can_scan(),
            frame: self.frame,
            attempt: self.attempt,
            device_label: device.label,
            device_class: device.class,
            number,
            silent,
            scan: None,
            clock: self.clock,
            notice: self.notice,
            other_devices: self.other_devices,
            version: self.version,
            refresh_seconds: self.refresh_seconds,
        }
    }
}

/// Whether it was something wrong, which counts.
fn is_wrong(told: Told) -> bool {
    matches!(told, Told::WrongAnswer | Told::WrongNumber | Told::PushWithheld(Withheld::WrongNumber))
}

fn notice(told: &Told, now: Timestamp) -> StepNotice {
    match told {
        Told::PushWithheld(why) => match why {
            Withheld::RequestOpen => StepNotice::RequestOpen,
            Withheld::TooManyUnanswered => StepNotice::TooManyUnanswered,
            Withheld::WrongNumber => StepNotice::WrongNumber,
            Withheld::Superseded => StepNotice::Superseded,
        },
        Told::WrongAnswer => StepNotice::WrongResponse,
        Told::WrongNumber => StepNotice::WrongNumber,
        Told::CodeOver => StepNotice::CodeOver,
        Told::DeviceLocked(until) => StepNotice::DeviceLocked { minutes: minutes(*until, now) },
    }
}

/// When another code may be sent, as the page says it.
fn another(sending: Sending, now: Timestamp) -> Another {
    match sending {
        Sending::Now => Another::Now,
        Sending::From(from) => Another::In { minutes: from.seconds_from(now).div_ceil(60) },
        Sending::NoMore => Another::NoMore,
    }
}

/// Whether a device approves on a screen of its own.
fn approves(device: &DeviceRef) -> bool {
    device.methods.iter().any(|method| method == "seamless")
}

fn choice(shown: &Shown, last: &str, now: Timestamp) -> DeviceChoice {
    DeviceChoice {
        id: shown.device.id.clone(),
        label: shown.device.label.clone(),
        class: shown.device.class.clone(),
        locked_minutes: shown.locked.map(|until| minutes(until, now)),
        barred: shown.answered.then_some(Barred::FirstAnswer).or_else(|| shown.barred.as_ref().map(barred)),
        default: shown.device.default,
        last_used: last.split('.').any(|device| device == shown.device.id),
    }
}

fn barred(judged: &Judged) -> Barred {
    match (judged.verdict, judged.available) {
        (Verdict::Closed(Opens::StrongerDevice), None) => Barred::Weaker,
        (Verdict::Closed(Opens::TransferLock), _) | (_, None) => Barred::TransferLock,
        (_, Some(left)) => Barred::Left(left.into()),
    }
}

/// Whole minutes until a lock ends, rounded up; none when only the desk can lift it.
pub(super) fn minutes(until: Until, now: Timestamp) -> Option<u32> {
    until.seconds_from(now).map(|seconds| u32::try_from(seconds.div_ceil(60)).unwrap_or(u32::MAX))
}
