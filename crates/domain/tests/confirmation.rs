//! The confirmation machine against a table of every (state, event) pair and against a plain model.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by stopping"
)]

use domain::{
    Nonce, Policy, Refusal, Secret, Timestamp,
    card::CardUse,
    confirmation::{
        Candidate, Channel, Confirmation, Event, Exhaustion, Facts, Operation, Outcome, Proof, State, Step, Told, What,
        Withdrawal, Withheld, offer, step,
    },
    device::{Algorithm, Keys, Method, Moving, Verification, credential::suites},
    effect::{Effect, Notice},
    id::{ConfirmationId, DeviceId, UserId},
    lockout::{Budget, DeviceFailures, UserFailures},
};
use otp::ocra::{Input, Suite};
use proptest::prelude::*;
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_unix_seconds(1_800_000_000);
const PIN: &str = "4711";

fn nonce(n: u8) -> Nonce {
    Nonce::new([n; 32])
}

fn device(n: u8) -> DeviceId {
    DeviceId::from([n; 16])
}

fn candidate(n: u8, methods: &[Method], algorithm: Option<Algorithm>) -> Candidate {
    Candidate {
        device: device(n),
        class: "a-class".into(),
        label: format!("Device {n}"),
        methods: methods.to_vec(),
        verification: Verification::of(algorithm.as_ref(), false),
        algorithm,
        moving: Moving::default(),
        failures: DeviceFailures::default(),
        default: n == 2,
    }
}

fn card_plus(n: u8) -> Candidate {
    candidate(n, &[Method::ChallengeResponse], Algorithm::ocra(suites::DSC_PLUS))
}

fn phone(n: u8) -> Candidate {
    candidate(n, &[Method::Seamless, Method::ChallengeResponse], Algorithm::ocra(suites::DSC_PLUS))
}

fn draft() -> Confirmation {
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
        },
        created_at: NOW,
        expires_at: NOW.plus(Duration::from_secs(180)),
        wrong_answers: 0,
        budget: Budget::Strangers,
        state: State::AwaitingChoice,
    }
}

fn keys() -> Keys {
    let pin = Suite::parse(suites::DSC_PLUS).unwrap().pin_hash(PIN).unwrap();
    Keys { key: Secret::new(vec![7; 32]), pin: Some(Secret::new(pin.as_bytes().to_vec())), approve: None }
}

/// What the right card would answer now.
fn right_response(confirmation: &Confirmation, counter: u64) -> String {
    let State::AwaitingResponse(state) = &confirmation.state else { panic!("no challenge: {:?}", confirmation.state) };
    let suite = Suite::parse(suites::DSC_PLUS).unwrap();
    let pin = suite.pin_hash(PIN).unwrap();
    let input =
        Input { counter: Some(counter), question: state.challenge.as_str(), pin: Some(&pin), ..Input::default() };
    suite.respond(&otp::Key::new(vec![7; 32]), &input).unwrap().as_str().to_owned()
}

/// The world around one confirmation, changed by effects as the server changes it.
struct World {
    policy: Policy,
    candidates: Vec<Candidate>,
    user: UserFailures,
    unanswered: u32,
    request_open: bool,
    unfamiliar: bool,
}

impl World {
    fn of(candidates: Vec<Candidate>) -> Self {
        let (policy, user) = (Policy::default(), UserFailures::default());
        Self { policy, candidates, user, unanswered: 0, request_open: false, unfamiliar: false }
    }

    fn facts(&self) -> Facts<'_> {
        Facts {
            candidates: &self.candidates,
            user_failures: &self.user,
            unanswered_pushes: self.unanswered,
            request_open: self.request_open,
            unfamiliar: self.unfamiliar,
            policy: &self.policy,
        }
    }

    fn offer(&self, draws_chooser: bool) -> Result<Step, Refusal> {
        offer(draft(), draws_chooser, &self.facts(), NOW, &nonce(1))
    }

    fn step(&mut self, confirmation: &Confirmation, event: Event<'_>, at: Timestamp, n: u8) -> Result<Step, Refusal> {
        let step = step(confirmation, &event, &self.facts(), at, &nonce(n))?;
        for effect in &step.effects {
            match effect {
                Effect::SaveUserFailures(failures) => self.user = failures.clone(),
                Effect::SaveDeviceFailures { device, failures } => self.one(*device).failures = *failures,
                Effect::SaveMoving { device, moving } => self.one(*device).moving = moving.clone(),
                Effect::SendPush { .. } => self.unanswered += 1,
                Effect::PushAnswered => self.unanswered = self.unanswered.saturating_sub(1),
                Effect::ForgetPushes => self.unanswered = 0,
                _ => {}
            }
        }
        Ok(step)
    }

    fn one(&mut self, device: DeviceId) -> &mut Candidate {
        self.candidates.iter_mut().find(|c| c.device == device).unwrap()
    }
}

#[test]
fn one_device_is_awaited_at_once_and_several_are_offered() {
    let one = World::of(vec![card_plus(1)]).offer(true).unwrap().confirmation;
    assert_eq!((one.state.name(), one.device()), ("awaiting_response", Some(device(1))));
    let two = World::of(vec![card_plus(1), card_plus(2)]);
    let chooser = two.offer(true).unwrap();
    assert_eq!(chooser.confirmation.state, State::AwaitingChoice);
    assert_eq!(chooser.effects.len(), 1, "nothing but the audit row: no push and no challenge before the choice");
    let old = two.offer(false).unwrap().confirmation;
    assert_eq!(old.device(), Some(device(2)), "a program without a chooser gets the default device");
    assert_eq!(World::of(Vec::new()).offer(true), Err(Refusal::NoUsableDevice));
}

#[test]
fn locked_devices_are_not_offered() {
    let mut world = World::of(vec![card_plus(1), card_plus(2)]);
    world.candidates[1].failures = DeviceFailures { consecutive: 5, last_at: Some(NOW) };
    assert_eq!(world.offer(true).unwrap().confirmation.device(), Some(device(1)));
    assert_eq!(world.offer(false).unwrap().confirmation.device(), Some(device(1)));
    world.candidates[0].failures = DeviceFailures { consecutive: 10, last_at: Some(NOW) };
    let until = NOW.plus(Duration::from_secs(900));
    assert_eq!(world.offer(true), Err(Refusal::DeviceLocked(domain::lockout::Until::At(until))));
}

/// Every (state, event) pair, by name of what follows.
#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn every_pair() {
    let keys = keys();
    let card = candidate(4, &[Method::CodeCard], Some(Algorithm::CodeCard { places: 10 }));
    let gold = candidate(5, &[Method::TimeCode], Some(Algorithm::GOLD));
    let world = || World::of(vec![card_plus(1), phone(3), card.clone(), gold.clone()]);
    let choose = |n| Event::DeviceChosen { device: device(n), method: None };
    let state_after = |n| {
        let chooser = world().offer(true).unwrap().confirmation;
        world().step(&chooser, choose(n), NOW, 2).unwrap().confirmation
    };
    let events: Vec<(&str, Event<'_>)> = vec![
        ("choose 1", choose(1)),
        ("choose 9", choose(9)),
        ("method", Event::MethodChosen { method: Method::ChallengeResponse }),
        ("back", Event::ReturnedToChoice),
        ("code", Event::CodeSubmitted { code: "00000000", keys: &keys }),
        ("approved", Event::Approved { device: device(3), number: None, proof: Proof::Valid }),
        ("denied", Event::Denied { device: device(3), reported: false }),
        ("superseded", Event::Superseded),
        ("time", Event::TimeElapsed),
        ("declined", Event::Declined),
        ("3 ended", Event::DeviceEnded { device: device(3) }),
    ];
    let ended = Confirmation { state: State::Ended(Outcome::Denied { at: NOW, reported: false }), ..draft() };
    let table = [
        (
            world().offer(true).unwrap().confirmation,
            "awaiting_response unknown-device not-awaited awaiting_choice not-awaited not-awaited not-awaited not-awaited not-awaited denied not-awaited",
        ),
        (
            state_after(1),
            "awaiting_response unknown-device awaiting_response awaiting_choice awaiting_response not-awaited not-awaited not-awaited not-awaited denied not-awaited",
        ),
        (
            state_after(3),
            "awaiting_response unknown-device awaiting_response awaiting_choice not-awaited confirmed denied awaiting_response not-awaited denied awaiting_choice",
        ),
        (
            state_after(4),
            "awaiting_response unknown-device unknown-method awaiting_choice awaiting_card_values not-awaited not-awaited not-awaited not-awaited denied not-awaited",
        ),
        (
            state_after(5),
            "awaiting_response unknown-device unknown-method awaiting_choice awaiting_passcode not-awaited not-awaited not-awaited not-awaited denied not-awaited",
        ),
        (
            ended,
            "attempt-ended attempt-ended attempt-ended attempt-ended attempt-ended attempt-ended attempt-ended attempt-ended attempt-ended attempt-ended attempt-ended",
        ),
    ];
    for (confirmation, row) in table {
        let mut world = world();
        if let State::AwaitingCardValues(state) = &confirmation.state {
            world.candidates[2].moving.card = Some(CardUse { asked: Some(state.places), ..CardUse::default() });
        }
        assert_eq!(events.len(), row.split(' ').count());
        for ((name, event), expected) in events.iter().zip(row.split(' ')) {
            let found = match step(&confirmation, event, &world.facts(), NOW, &nonce(3)) {
                Ok(step) => step.confirmation.state.name(),
                Err(refusal) => refusal.code(),
            };
            assert_eq!(found, expected, "{} + {name}", confirmation.state.name());
        }
    }
}

#[test]
fn without_its_device_an_attempt_goes_to_the_others_or_nowhere() {
    let mut world = World::of(vec![phone(3), card_plus(1)]);
    let chosen = Event::DeviceChosen { device: device(3), method: None };
    let chooser = world.offer(true).unwrap().confirmation;
    let waiting = world.step(&chooser, chosen, NOW, 2).unwrap().confirmation;
    let gone = || Event::DeviceEnded { device: device(3) };
    let step = world.step(&waiting, gone(), NOW, 2).unwrap();
    assert_eq!(step.effects[..2], [Effect::WithdrawPush { device: device(3) }, Effect::PushAnswered]);
    assert_eq!((step.confirmation.state, world.unanswered), (State::AwaitingChoice, 0));
    // The device is no candidate any more where the server asks; here it is, and must not count as another.
    world.candidates.pop();
    let alone = world.step(&waiting, gone(), NOW, 2).unwrap().confirmation;
    assert_eq!(alone.outcome(), Some(Outcome::Denied { at: NOW, reported: false }));
    world.candidates = vec![card_plus(1)];
    world.candidates[0].failures = DeviceFailures { consecutive: 10, last_at: Some(NOW) };
    assert!(world.step(&waiting, gone(), NOW, 2).unwrap().confirmation.outcome().is_some(), "the other is locked");
}

#[test]
fn money_is_asked_for_by_its_own_challenges_and_a_back_ends_report_locks_no_password() {
    let account = "DE89 3704 0044 0532 0130 17";
    let withdrawal = What::Withdrawal(Withdrawal {
        amount: "1.00".into(),
        currency: "USD".into(),
        destination_name: "Bob".into(),
        destination_account: account.into(),
        account_id: "U1".into(),
        reference: "rent".into(),
    });
    let mut asked = draft();
    asked.operation = Operation { what: withdrawal, channel: Channel::Backchannel, ..asked.operation };
    let facts = |world: &World, draft: Confirmation| offer(draft, true, &world.facts(), NOW, &nonce(1)).unwrap();
    let step = facts(&World::of(vec![card_plus(1)]), asked.clone());
    let State::AwaitingResponse(state) = &step.confirmation.state else { panic!("{:?}", step.confirmation.state) };
    let digits = state.challenge.as_str();
    assert!(digits.starts_with(['8', '9']) && digits.ends_with("017"), "{digits}");

    for (draft, locks) in [(asked, false), (draft(), true)] {
        let mut world = World::of(vec![phone(3)]);
        let waiting = facts(&world, draft).confirmation;
        let denied = Event::Denied { device: device(3), reported: true };
        let effects = world.step(&waiting, denied, NOW, 2).unwrap().effects;
        assert_eq!(effects.contains(&Effect::LockPassword), locks);
        let told = if locks { Notice::NotMe } else { Notice::NotMyOperation };
        assert!(effects.contains(&Effect::Tell(told)), "{effects:?}");
    }
}

#[test]
fn the_right_response_confirms_once_and_its_counter_is_never_accepted_again() {
    let mut world = World::of(vec![card_plus(1)]);
    let confirmation = world.offer(true).unwrap().confirmation;
    let (keys, code) = (keys(), right_response(&confirmation, 5));
    let done = world.step(&confirmation, Event::CodeSubmitted { code: &code, keys: &keys }, NOW, 2).unwrap();
    assert!(matches!(done.confirmation.outcome(), Some(Outcome::Confirmed { .. })));
    assert_eq!(world.candidates[0].moving.counter, 6);
    let again = world.step(&done.confirmation, Event::CodeSubmitted { code: &code, keys: &keys }, NOW, 2);
    assert!(matches!(again, Err(Refusal::Ended(Outcome::Confirmed { .. }))));
    // The same challenge in another attempt, by chance: the old response is not accepted.
    let replay = world.step(&confirmation, Event::CodeSubmitted { code: &code, keys: &keys }, NOW, 2).unwrap();
    assert_eq!(replay.told, Some(Told::WrongAnswer));
}

#[test]
fn the_counter_may_run_ahead_by_the_window_and_no_further() {
    let keys = keys();
    for (counter, accepted) in [(10, true), (30, true), (31, false), (9, false)] {
        let mut world = World::of(vec![card_plus(1)]);
        world.candidates[0].moving.counter = 10;
        let confirmation = world.offer(true).unwrap().confirmation;
        let code = right_response(&confirmation, counter);
        let step = world.step(&confirmation, Event::CodeSubmitted { code: &code, keys: &keys }, NOW, 2).unwrap();
        assert_eq!(step.told.is_none(), accepted, "counter {counter}");
    }
}

#[test]
fn a_wrong_pin_is_a_wrong_response() {
    let mut world = World::of(vec![card_plus(1)]);
    let confirmation = world.offer(true).unwrap().confirmation;
    let code = right_response(&confirmation, 0);
    let other = Suite::parse(suites::DSC_PLUS).unwrap().pin_hash("4712").unwrap();
    let keys = Keys { key: Secret::new(vec![7; 32]), pin: Some(Secret::new(other.as_bytes().to_vec())), approve: None };
    let step = world.step(&confirmation, Event::CodeSubmitted { code: &code, keys: &keys }, NOW, 2).unwrap();
    assert_eq!((step.told, step.confirmation.attempts_left(&world.policy)), (Some(Told::WrongAnswer), 2));
}

/// The order to wake a phone for what a step left open, and for no longer than that.
fn wakes(octet: u8, step: &Step) -> Effect {
    let Confirmation { id, expires_at, .. } = step.confirmation;
    Effect::SendPush { device: device(octet), confirmation: id, until: expires_at }
}

#[test]
fn pushes_come_after_the_choice_and_stop_when_nobody_answers() {
    let mut world = World::of(vec![phone(3), card_plus(1)]);
    world.unfamiliar = true;
    let chooser = world.offer(true).unwrap();
    assert!(!chooser.effects.iter().any(|e| matches!(e, Effect::SendPush { .. })));
    let chosen = Event::DeviceChosen { device: device(3), method: None };
    let waiting = world.step(&chooser.confirmation, chosen, NOW, 2).unwrap();
    assert!(waiting.effects.contains(&wakes(3, &waiting)));
    let State::AwaitingApproval(state) = &waiting.confirmation.state else { panic!() };
    let number = state.number.clone().unwrap();
    assert_eq!(number.len(), 2);

    let to_challenge = Event::MethodChosen { method: Method::ChallengeResponse };
    let switched = world.step(&waiting.confirmation, to_challenge, NOW, 3).unwrap();
    assert!(switched.effects.contains(&Effect::WithdrawPush { device: device(3) }));
    assert_eq!(switched.confirmation.id, waiting.confirmation.id, "the same attempt");

    let wrong = if number == "00" { "01" } else { "00" };
    let approved =
        |number: &str| Event::Approved { device: device(3), number: Some(number.into()), proof: Proof::Valid };
    let missed = world.step(&waiting.confirmation, approved(wrong), NOW, 4).unwrap();
    assert_eq!(missed.told, Some(Told::WrongNumber));
    assert_eq!(missed.confirmation.state.name(), "awaiting_response", "one try: the request on the phone is over");
    let right = world.step(&waiting.confirmation, approved(&number), NOW, 4).unwrap();
    assert!(matches!(right.confirmation.outcome(), Some(Outcome::Confirmed { method: Method::Seamless, .. })));

    world.unanswered = 5;
    let chosen = Event::DeviceChosen { device: device(3), method: None };
    let quiet = world.step(&chooser.confirmation, chosen, NOW, 5).unwrap();
    assert_eq!(quiet.confirmation.state.name(), "awaiting_response");
    assert_eq!(quiet.told, Some(Told::PushWithheld(Withheld::TooManyUnanswered)), "a sudden challenge is explained");
    let again = Event::MethodChosen { method: Method::Seamless };
    let kept = world.step(&quiet.confirmation, again, NOW, 6).unwrap();
    assert_eq!(kept.confirmation, quiet.confirmation, "the challenge being typed stays");
    assert_eq!(kept.told, Some(Told::PushWithheld(Withheld::TooManyUnanswered)));
}

#[test]
fn one_request_at_a_time_is_on_the_phone() {
    let mut world = World::of(vec![phone(3)]);
    let first = world.offer(true).unwrap().confirmation;
    assert_eq!(first.state.name(), "awaiting_approval");
    world.request_open = true;
    let second = world.offer(true).unwrap();
    assert_eq!(second.confirmation.state.name(), "awaiting_response");
    assert_eq!(second.told, Some(Told::PushWithheld(Withheld::RequestOpen)));
    world.request_open = false;
    let asked = Event::MethodChosen { method: Method::Seamless };
    let pushed = world.step(&second.confirmation, asked, NOW, 2).unwrap();
    assert!(pushed.effects.contains(&wakes(3, &pushed)), "when the phone is free again");

    let older = world.step(&first, Event::Superseded, NOW, 3).unwrap();
    assert_eq!(older.confirmation.state.name(), "awaiting_response", "the older attempt goes on without it");
    assert!(older.effects.contains(&Effect::WithdrawPush { device: device(3) }));
}

#[test]
fn refusing_is_an_answer_and_a_success_forgets_all_pushes() {
    let mut world = World::of(vec![phone(3)]);
    world.unanswered = 3;
    let waiting = world.offer(true).unwrap().confirmation;
    world.unanswered += 1;
    world.step(&waiting, Event::Denied { device: device(3), reported: false }, NOW, 2).unwrap();
    assert_eq!(world.unanswered, 3);
    let approved = Event::Approved { device: device(3), number: None, proof: Proof::Valid };
    world.step(&waiting, approved, NOW, 2).unwrap();
    assert_eq!(world.unanswered, 0);
}

#[test]
fn it_was_not_me_locks_the_password() {
    let mut world = World::of(vec![phone(3)]);
    let waiting = world.offer(true).unwrap().confirmation;
    let denied = world.step(&waiting, Event::Denied { device: device(3), reported: true }, NOW, 2).unwrap();
    assert!(denied.effects.contains(&Effect::LockPassword));
    assert_eq!(denied.confirmation.outcome(), Some(Outcome::Denied { at: NOW, reported: true }));
}

#[test]
fn the_fifth_wrong_answer_locks_the_device_and_leaves_the_attempt_to_another() {
    let mut world = World::of(vec![card_plus(1), card_plus(2)]);
    world.candidates[0].failures = DeviceFailures { consecutive: 4, last_at: Some(NOW) };
    let chooser = world.offer(true).unwrap().confirmation;
    let chosen = Event::DeviceChosen { device: device(1), method: None };
    let waiting = world.step(&chooser, chosen, NOW, 2).unwrap().confirmation;
    let keys = keys();
    let locked = world.step(&waiting, Event::CodeSubmitted { code: "1", keys: &keys }, NOW, 2).unwrap();
    assert!(matches!(locked.told, Some(Told::DeviceLocked(_))));
    assert_eq!(locked.confirmation.state, State::AwaitingChoice);
    world.candidates.remove(1);
    world.candidates[0].failures = DeviceFailures { consecutive: 4, last_at: Some(NOW) };
    let ended = world.step(&waiting, Event::CodeSubmitted { code: "1", keys: &keys }, NOW, 2).unwrap();
    let because = ended.confirmation.outcome();
    assert!(matches!(because, Some(Outcome::Exhausted { because: Exhaustion::DeviceLocked(_), .. })), "{because:?}");
}

#[derive(Debug, Clone)]
enum Act {
    Choose(u8),
    Challenge,
    Back,
    Right(u64),
    Wrong,
    Approve(bool),
    Deny,
    Wait(u64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (1_u8..5).prop_map(Act::Choose),
        1 => Just(Act::Challenge),
        1 => Just(Act::Back),
        3 => (0_u64..25).prop_map(Act::Right),
        3 => Just(Act::Wrong),
        1 => any::<bool>().prop_map(Act::Approve),
        1 => Just(Act::Deny),
        2 => (0_u64..90).prop_map(Act::Wait),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Random sequences: the attempt keeps its id and deadline; ends are final; at most one confirmation; never a
    /// success at or after the deadline, with a wrong answer, or after the third wrong one; counters only grow.
    #[test]
    fn against_a_plain_model(acts in prop::collection::vec(act(), 1..40), draws in any::<bool>()) {
        let mut world = World::of(vec![card_plus(1), card_plus(2), phone(3)]);
        let first = world.offer(draws).unwrap().confirmation;
        let (mut current, mut at, keys) = (first.clone(), NOW, keys());
        let (mut wrong, mut ended) = (0_u32, None::<Outcome>);
        for (n, act) in (0_u8..).zip(acts) {
            let before = current.clone();
            let counters: Vec<_> = world.candidates.iter().map(|c| c.moving.counter).collect();
            let awaited = before.device().and_then(|d| world.candidates.iter().find(|c| c.device == d).cloned());
            let code;
            let mut right = false;
            let event = match act {
                Act::Choose(n) => Event::DeviceChosen { device: device(n), method: None },
                Act::Challenge => Event::MethodChosen { method: Method::ChallengeResponse },
                Act::Back => Event::ReturnedToChoice,
                Act::Right(ahead) => {
                    if let (State::AwaitingResponse(_), Some(card)) = (&before.state, &awaited) {
                        code = right_response(&before, card.moving.counter + ahead);
                        right = ahead <= 20;
                    } else {
                        code = "12345678".to_owned();
                    }
                    Event::CodeSubmitted { code: &code, keys: &keys }
                }
                Act::Wrong => Event::CodeSubmitted { code: "nonsense", keys: &keys },
                Act::Approve(valid) => {
                    right = valid;
                    let proof = if valid { Proof::Valid } else { Proof::Invalid };
                    Event::Approved { device: device(3), number: None, proof }
                }
                Act::Deny => Event::Denied { device: device(3), reported: false },
                Act::Wait(seconds) => { at = at.plus(Duration::from_secs(seconds)); Event::TimeElapsed }
            };
            let taken = world.step(&before, event, at, n);
            if let Some(outcome) = ended {
                prop_assert_eq!(taken, Err(Refusal::Ended(outcome)));
                continue;
            }
            let Ok(step) = taken else { continue };
            current = step.confirmation;
            prop_assert_eq!((current.id, &current.operation, current.expires_at), (first.id, &first.operation, first.expires_at));
            for (candidate, before) in world.candidates.iter().zip(counters) {
                prop_assert!(candidate.moving.counter >= before);
            }
            if current.wrong_answers > wrong {
                prop_assert!(!right && at < first.expires_at);
                wrong += 1;
                prop_assert_eq!(current.wrong_answers, wrong);
                prop_assert_eq!(current.outcome().is_some(), wrong == 3);
            }
            ended = current.outcome();
            match ended {
                Some(Outcome::Confirmed { device, .. }) => {
                    prop_assert!(right && at < first.expires_at && wrong < 3);
                    prop_assert_eq!(Some(device), before.device(), "confirmed by the device that was awaited");
                }
                Some(Outcome::Expired { at: end }) => prop_assert!(at >= end && end == first.expires_at),
                Some(Outcome::Exhausted { .. }) => prop_assert_eq!(wrong, 3),
                Some(Outcome::Denied { .. }) => prop_assert_eq!(before.state.name(), "awaiting_approval"),
                None => prop_assert!(at < first.expires_at),
            }
        }
    }

    /// States survive being written and read.
    #[test]
    fn states_read_back(draws in any::<bool>(), chosen in 1_u8..4) {
        let mut world = World::of(vec![card_plus(1), card_plus(2), phone(3)]);
        let first = world.offer(draws).unwrap().confirmation;
        let step = world.step(&first, Event::DeviceChosen { device: device(chosen), method: None }, NOW, 7).unwrap();
        let text = serde_json::to_string(&step.confirmation.state).unwrap();
        prop_assert_eq!(serde_json::from_str::<State>(&text).unwrap(), step.confirmation.state);
    }
}
