//! A confirmation and the world around it.

use domain::{
    Nonce, Policy, Refusal, Secret, Timestamp,
    confirmation::{
        Candidate, Channel, Chooser, Confirmation, Destination, Event, Facts, Operation, State, Step, What, Withdrawal,
        offer, step,
    },
    device::{Algorithm, Keys, Method, Moving, Verification, credential::suites},
    effect::Effect,
    id::{ConfirmationId, DeviceId, UserId},
    lockout::{Budget, DeviceFailures, UserFailures},
    pushes::{Asker, Unanswered},
};
use operation::{Amount, Text};
use otp::ocra::{Input, Suite};
use std::time::Duration;

pub const NOW: Timestamp = Timestamp::from_unix_seconds(1_800_000_000);
pub const PIN: &str = "4711";

pub fn nonce(n: u8) -> Nonce {
    Nonce::new([n; 32])
}

pub fn device(n: u8) -> DeviceId {
    DeviceId::from([n; 16])
}

pub fn candidate(n: u8, methods: &[Method], algorithm: Option<Algorithm>) -> Candidate {
    Candidate {
        judged: None,
        reach: None,
        device: device(n),
        class: "a-class".into(),
        label: format!("Device {n}"),
        methods: methods.to_vec(),
        verification: Verification::of(algorithm.as_ref(), false),
        algorithm,
        moving: Moving::default(),
        failures: DeviceFailures::default(),
        passkey: None,
        card_only: false,
        default: n == 2,
    }
}

pub fn card_plus(n: u8) -> Candidate {
    candidate(n, &[Method::ChallengeResponse], Algorithm::ocra(suites::DSC_PLUS))
}

pub fn phone(n: u8) -> Candidate {
    candidate(n, &[Method::Seamless, Method::ChallengeResponse], Algorithm::ocra(suites::DSC_PLUS))
}

pub fn passkey(n: u8) -> Candidate {
    Candidate { verification: Verification::Platform, ..candidate(n, &[Method::Webauthn], None) }
}

pub fn withdrawal_to(account: &str) -> What {
    What::Withdrawal(Withdrawal {
        amount: Amount::parse("1.00", "USD").unwrap(),
        destination: Destination { name: Text::parse("Bob").unwrap(), account: Text::parse(account).unwrap() },
        account_id: Text::parse("U1").unwrap(),
        reference: Text::parse("rent").unwrap(),
    })
}

pub fn draft() -> Confirmation {
    Confirmation {
        id: ConfirmationId::from([9; 16]),
        user: UserId::from([8; 16]),
        operation: Operation {
            what: What::Login,
            message: None,
            client: "tws".into(),
            address: "192.0.2.1".into(),
            agent: String::new(),
            channel: Channel::Hosted,
            passkey_alone: false,
        },
        created_at: NOW,
        expires_at: NOW.plus(Duration::from_secs(180)),
        wrong_answers: 0,
        budget: Budget::Strangers,
        asker: Asker::Attempt,
        asked: std::collections::BTreeMap::new(),
        last_wrong: None,
        first: None,
        sent: None,
        state: State::AwaitingChoice,
    }
}

pub fn keys() -> Keys {
    let pin = Suite::parse(suites::DSC_PLUS).unwrap().pin_hash(PIN).unwrap();
    Keys { key: Secret::new(vec![7; 32]), pin: Some(Secret::new(pin.as_bytes().to_vec())), approve: None }
}

/// What the right card would answer now.
pub fn right_response(confirmation: &Confirmation, counter: u64) -> String {
    let State::AwaitingResponse(state) = &confirmation.state else { panic!("no challenge: {:?}", confirmation.state) };
    let suite = Suite::parse(suites::DSC_PLUS).unwrap();
    let pin = suite.pin_hash(PIN).unwrap();
    let input =
        Input { counter: Some(counter), question: state.challenge.as_str(), pin: Some(&pin), ..Input::default() };
    suite.respond(&otp::Key::new(vec![7; 32]), &input).unwrap().as_str().to_owned()
}

/// The world around one confirmation, changed by effects as the server changes it.
pub struct World {
    pub policy: Policy,
    pub candidates: Vec<Candidate>,
    pub user: UserFailures,
    pub unanswered: Unanswered,
    pub room: bool,
    pub unfamiliar: bool,
    pub silent: bool,
    pub untold: u32,
}

impl World {
    pub fn of(candidates: Vec<Candidate>) -> Self {
        let (policy, user) = (Policy::default(), UserFailures::default());
        Self {
            policy,
            candidates,
            user,
            unanswered: Unanswered::default(),
            room: true,
            unfamiliar: false,
            silent: false,
            untold: 0,
        }
    }

    pub fn facts(&self) -> Facts<'_> {
        Facts {
            candidates: &self.candidates,
            user_failures: &self.user,
            unanswered: self.unanswered,
            any_unanswered: self.unanswered.count > 0,
            room: self.room,
            unfamiliar: self.unfamiliar,
            silent: self.silent,
            untold: self.untold,
            policy: &self.policy,
        }
    }

    pub fn offer(&self, draws_chooser: bool) -> Result<Step, Refusal> {
        let chooser = if draws_chooser { Chooser::Drawn } else { Chooser::Default };
        offer(draft(), chooser, &self.facts(), NOW, &nonce(1))
    }

    pub fn step(
        &mut self,
        confirmation: &Confirmation,
        event: Event<'_>,
        at: Timestamp,
        n: u8,
    ) -> Result<Step, Refusal> {
        let step = step(confirmation, &event, &self.facts(), at, &nonce(n))?;
        for effect in &step.effects {
            match effect {
                Effect::SaveUserFailures(failures) => self.user = failures.clone(),
                Effect::SaveDeviceFailures { device, failures } => self.one(*device).failures = *failures,
                Effect::SaveMoving { device, moving } => self.one(*device).moving = moving.clone(),
                Effect::SendPush { .. } => self.unanswered = self.unanswered.one_more(at),
                Effect::PushAnswered => self.unanswered = self.unanswered.one_less(),
                Effect::CountUntold => self.untold += 1,
                Effect::ForgetUntold => self.untold = 0,
                Effect::ForgetPushes => self.unanswered = Unanswered::default(),
                _ => {}
            }
        }
        Ok(step)
    }

    /// So many pushes were left unanswered, the last a moment ago.
    pub fn left(&mut self, count: u32) {
        self.unanswered = Unanswered { count, last_at: Some(NOW) };
    }

    pub fn one(&mut self, device: DeviceId) -> &mut Candidate {
        self.candidates.iter_mut().find(|c| c.device == device).unwrap()
    }
}
