//! The page of what an attempt awaits.

use crate::{
    flow::confirm::next::{Shown, View},
    http::{answer::Page, extract::page::Visit},
    pages::{
        Frame,
        about::About,
        error::ErrorKind,
        login::{Approve, Chooser, CodeCard, DeviceChoice, Passcode, Respond, StepNotice, TimeLeft},
        qr::Qr,
    },
};
use axum::http::StatusCode;
use domain::{
    Timestamp,
    confirmation::{Told, Withheld},
    lockout::Until,
};
use wire::{DeviceRef, Next};

/// The page of what is awaited.
#[expect(clippy::too_many_lines, reason = "an arm for each screen, each no more than its context")]
pub(super) fn screen(visit: &Visit, attempt: &str, view: View, said: Option<StepNotice>) -> Page {
    let visit = &visit.clone().leading_on(view.onward.is_some());
    let about = About::of(view.operation);
    let about_more = about.is_some();
    let request = view.request.clone().unwrap_or_default();
    let frame =
        Frame { about, request, asker: view.asker.clone(), ..visit.frame_at(&format!("/login?attempt={attempt}")) };
    let attempt = attempt.to_owned();
    let clock = TimeLeft { seconds_left: view.expires_in, total: view.life };
    let notice = said.or_else(|| view.stands.map(|told| notice(&told, view.now)));
    let attempts_left = view.stands.filter(|_| said.is_none()).is_some_and(is_wrong).then_some(view.attempts_left);
    let other_devices = view.devices.iter().filter(|shown| shown.locked.is_none()).count() > 1;
    let devices = || view.devices.iter().map(|shown| choice(shown, view.now)).collect();
    let status = StatusCode::OK;
    match view.next {
        Next::ChooseDevice { .. } => visit.show(status, &Chooser { frame, attempt, devices: devices(), clock, notice }),
        Next::Respond { device, challenge, response_digits, .. } => visit.show(
            status,
            &Respond {
                can_push: approves(&device),
                can_scan: approves(&device) && !about_more,
                frame,
                attempt,
                device_label: device.label,
                device_class: device.class,
                challenge,
                response_digits,
                clock,
                notice,
                attempts_left,
                other_devices,
            },
        ),
        Next::Passcode { device, digits, sent_to } => visit.show(
            status,
            &Passcode {
                frame,
                attempt,
                device_label: device.label,
                device_class: device.class,
                digits,
                sent_to,
                clock,
                notice,
                attempts_left,
                other_devices,
            },
        ),
        Next::CodeCard { device, indices } => visit.show(
            status,
            &CodeCard {
                frame,
                attempt,
                device_label: device.label,
                device_class: device.class,
                indices,
                clock,
                notice,
                attempts_left,
                other_devices,
            },
        ),
        next @ (Next::Approve { .. } | Next::Qr { .. }) => {
            let (device, number, scan) = match next {
                Next::Approve { device, number, .. } => (device, number, None),
                Next::Qr { device, payload } => (device, None, Qr::of(&payload)),
                _ => return visit.error(ErrorKind::Internal),
            };
            let page = Approve {
                frame,
                attempt,
                device_label: device.label,
                device_class: device.class,
                number,
                can_scan: scan.is_none() && !about_more,
                scan,
                clock,
                notice,
                other_devices,
                version: view.version,
                refresh_seconds: visit.reload_seconds(),
            };
            visit.show(status, &page)
        }
        Next::StaticCode { .. } | Next::Webauthn { .. } => visit.error(ErrorKind::Internal),
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
        Told::DeviceLocked(until) => StepNotice::DeviceLocked { minutes: minutes(*until, now) },
    }
}

/// Whether a device approves on a screen of its own.
fn approves(device: &DeviceRef) -> bool {
    device.methods.iter().any(|method| method == "seamless")
}

fn choice(shown: &Shown, now: Timestamp) -> DeviceChoice {
    DeviceChoice {
        id: shown.device.id.clone(),
        label: shown.device.label.clone(),
        class: shown.device.class.clone(),
        locked_minutes: shown.locked.map(|until| minutes(until, now)),
        default: shown.device.default,
    }
}

/// Whole minutes until a lock ends, rounded up; none when only the desk can lift it.
pub(super) fn minutes(until: Until, now: Timestamp) -> Option<u32> {
    until.seconds_from(now).map(|seconds| u32::try_from(seconds.div_ceil(60)).unwrap_or(u32::MAX))
}
