//! What the other side must do next: made here, for programs and pages alike.

use super::{assertion, round::Round};
use crate::{app::App, flow::phone::statement};
use domain::{
    Timestamp,
    confirmation::{Candidate, Channel, Confirmation, Operation, Sending, State, Told, What, Withheld},
    device::Method,
    lockout::Until,
    money::permit::Judged,
};
use operation::Amount;
use wire::{DeviceRef, LimitedDevice, LockedDevice, Next, Notice, phone};

/// The name by which a code to scan is wished for.
pub const SCAN: &str = "qr";

/// A living attempt as the outside may know it.
#[derive(Debug, Clone)]
pub struct View {
    /// What is awaited.
    pub next: Next,
    /// Every device of the user that could confirm, locked ones included.
    pub devices: Vec<Shown>,
    /// Whole seconds until the attempt dies.
    pub expires_in: u64,
    /// Whole seconds of the attempt's whole life.
    pub life: u64,
    /// Whole seconds of more time that it may have.
    pub more_time: Option<u64>,
    /// What went wrong in the last step.
    pub told: Option<Told>,
    /// What is asked of the awaited device where it may be brought in step.
    pub round: Option<Round>,
    /// When another code may be sent, where one is awaited.
    pub sending: Option<Sending>,
    /// What its page says of the step before, however often it is opened.
    pub stands: Option<Told>,
    /// The name of the program that a login on its behalf lets into.
    pub asker: Option<String>,
    /// Wrong answers left.
    pub attempts_left: u32,
    /// Where a login on behalf of another program will lead: scheme, host and port.
    pub onward: Option<String>,
    /// The handle of the authorization request that waits for this login.
    pub request: Option<String>,
    /// Whether it takes two devices.
    pub two_devices: bool,
    /// What is to be confirmed, as the phone shows it; none for a login, whose page is about nothing else.
    pub operation: Option<phone::Operation>,
    /// The moment of this view.
    pub now: Timestamp,
    /// Whether nobody began to wait for this attempt later.
    pub latest: bool,
    /// How many steps the attempt has taken.
    pub version: i64,
}

/// A device in a chooser.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The device.
    pub device: DeviceRef,
    /// Until when it is locked, if it is.
    pub locked: Option<Until>,
    /// What limits and locks say of it, where they do not let it confirm this.
    pub barred: Option<Judged>,
    /// Whether it has given the first of two answers.
    pub answered: bool,
}

impl Shown {
    /// Whether it can be chosen.
    pub fn usable(&self) -> bool {
        self.locked.is_none() && self.barred.is_none() && !self.answered
    }
}

/// The view of a living confirmation; none for an ended one.
pub fn view(
    app: &App,
    confirmation: &Confirmation,
    candidates: &[Candidate],
    told: Option<Told>,
    now: Timestamp,
) -> Option<View> {
    let policy = &app.settings.policy;
    let devices: Vec<_> = candidates
        .iter()
        .map(|c| Shown {
            device: device_ref(c),
            locked: c.failures.locked(&policy.device_lock, now),
            barred: c.judged.clone().filter(|_| !c.permitted()),
            answered: confirmation.first.is_some_and(|first| first.device == c.device),
        })
        .collect();
    let operation = &confirmation.operation;
    let onward = match &operation.channel {
        Channel::Authorization { origin, .. } => Some(origin.clone()),
        Channel::Details(back) => Some(back.origin.clone()),
        Channel::Hosted | Channel::FirstParty(_) | Channel::Backchannel => None,
        Channel::Phone | Channel::Activation | Channel::Settings { .. } => None,
        Channel::Recovery { .. } | Channel::Call { .. } => None,
    };
    let shown =
        !matches!(operation.what, What::Login | What::PhoneActivation) || operation.channel == Channel::Backchannel;
    let request = match &operation.channel {
        Channel::Authorization { request, .. } => app.handles.reveal(request),
        _ => None,
    };
    let told = told.or(confirmation.withheld().map(Told::PushWithheld));
    Some(View {
        stands: told.or_else(|| stands(confirmation, &devices, now)),
        sending: sending(confirmation, candidates, now),
        two_devices: candidates.iter().any(Candidate::needs_second),
        round: Round::in_attempt(app, confirmation, candidates),
        asker: asker(app, operation),
        onward,
        request,
        operation: shown.then(|| statement::shown(app, confirmation)),
        next: next(app, confirmation, candidates, &devices, now)?,
        devices,
        expires_in: confirmation.expires_at.seconds_from(now),
        life: confirmation.expires_at.seconds_from(confirmation.created_at),
        more_time: confirmation.may_have_more_time(policy).then_some(policy.login_life.as_secs()),
        told,
        attempts_left: confirmation.attempts_left(policy),
        now,
        latest: true,
        version: 0,
    })
}

/// What the last wrong answer still means for where the attempt stands.
fn stands(confirmation: &Confirmation, devices: &[Shown], now: Timestamp) -> Option<Told> {
    if matches!(confirmation.state, State::AwaitingSentCode(_))
        && confirmation.sent.is_none_or(|sent| sent.is_over(now))
    {
        return Some(Told::CodeOver);
    }
    let wrong = confirmation.last_wrong?.device;
    match confirmation.device() {
        Some(device) => (device == wrong).then_some(Told::WrongAnswer),
        None => {
            let shown = devices.iter().find(|shown| shown.device.id == wrong.to_string())?;
            shown.locked.map(Told::DeviceLocked)
        }
    }
}

/// When another code may be sent, where one is awaited.
fn sending(confirmation: &Confirmation, candidates: &[Candidate], now: Timestamp) -> Option<Sending> {
    let State::AwaitingSentCode(state) = &confirmation.state else { return None };
    let candidate = candidates.iter().find(|candidate| candidate.device == state.device)?;
    Some(Sending::of(confirmation, candidate, now))
}

/// The name of the program that a login of our pages is for, where that is another one.
pub fn asker(app: &App, operation: &Operation) -> Option<String> {
    let Channel::Authorization { .. } = &operation.channel else { return None };
    let client = operation.asks_for();
    (client != operation.client).then(|| app.clients.find(client).map_or_else(|| client.to_owned(), |c| c.name.clone()))
}

fn next(
    app: &App,
    confirmation: &Confirmation,
    candidates: &[Candidate],
    devices: &[Shown],
    now: Timestamp,
) -> Option<Next> {
    if confirmation.state == State::AwaitingChoice {
        let usable = devices.iter().filter(|shown| shown.usable());
        return Some(Next::ChooseDevice {
            devices: usable.map(|shown| shown.device.clone()).collect(),
            locked: devices.iter().filter_map(|shown| locked(shown, now)).collect(),
            limited: devices.iter().filter_map(limited).collect(),
        });
    }
    let candidate = candidates.iter().find(|c| Some(c.device) == confirmation.device())?;
    let device = device_ref(candidate);
    let answer_length = candidate.algorithm.as_ref().map_or(0, domain::device::Algorithm::answer_length);
    match &confirmation.state {
        State::AwaitingResponse(state) => Some(Next::Respond {
            device,
            challenge: state.challenge.as_str().to_owned(),
            response_digits: answer_length,
            notice: state.withheld.map(notice),
        }),
        State::AwaitingPasscode(state) if state.method == Method::StaticCode => Some(Next::StaticCode { device }),
        State::AwaitingPasscode(_) => Some(Next::Passcode { device, digits: answer_length, sent_to: None }),
        State::AwaitingSentCode(_) => {
            let sent_to = candidate.reach.as_ref().map(|reach| reach.masked.clone());
            Some(Next::Passcode { device, digits: answer_length, sent_to })
        }
        State::AwaitingCardValues(state) => Some(Next::CodeCard { device, indices: state.places }),
        State::AwaitingApproval(state) => {
            if let Some(token) = &state.scan {
                let issuer = &app.settings.issuer;
                let payload = format!("{issuer}/app/#login={}.{token}", confirmation.id);
                return Some(Next::Qr { device, payload });
            }
            let other = |method: &&String| method.as_str() != "seamless";
            let mut fallback: Vec<_> = device.methods.iter().filter(other).cloned().collect();
            if confirmation.operation.logs_in() {
                fallback.push(SCAN.to_owned());
            }
            Some(Next::Approve { device, number: state.number.clone(), silent: state.silent, fallback })
        }
        State::AwaitingAssertion(state) => {
            let passkey = candidate.passkey.as_ref()?;
            Some(Next::Webauthn { device, options: assertion::options(app, confirmation, state, passkey)? })
        }
        State::AwaitingChoice | State::Ended(_) => None,
    }
}

fn locked(shown: &Shown, now: Timestamp) -> Option<LockedDevice> {
    let until = shown.locked?;
    let DeviceRef { id, class, label, .. } = shown.device.clone();
    Some(LockedDevice { id, class, label, retry_after: until.seconds_from(now) })
}

fn limited(shown: &Shown) -> Option<LimitedDevice> {
    let judged = shown.barred.as_ref()?;
    let DeviceRef { id, class, label, .. } = shown.device.clone();
    let available = judged.available.map(|left| Amount::from(left).digits().to_owned());
    Some(LimitedDevice { id, class, label, available })
}

fn notice(withheld: Withheld) -> Notice {
    match withheld {
        Withheld::RequestOpen => Notice::RequestOpen,
        Withheld::TooManyUnanswered => Notice::TooManyUnanswered,
        Withheld::WrongNumber => Notice::WrongNumber,
        Withheld::Superseded => Notice::Superseded,
    }
}

fn device_ref(candidate: &Candidate) -> DeviceRef {
    DeviceRef {
        id: candidate.device.to_string(),
        class: candidate.class.clone(),
        label: candidate.label.clone(),
        methods: candidate.methods.iter().map(|method| method.name().to_owned()).collect(),
        default: candidate.default,
    }
}
