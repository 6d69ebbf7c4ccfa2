//! Every (state, event) pair, and single cases of devices that answer by a code.

use crate::world::{
    NOW, World, candidate, card_plus, device, draft, keys, nonce, phone, right_response, withdrawal_to,
};
use domain::{
    Refusal, Secret,
    card::{CardUse, value_at},
    confirmation::{
        Candidate, Channel, Chooser, Confirmation, Event, Exhaustion, Operation, Outcome, Proof, State, Told, offer,
        step,
    },
    device::{Algorithm, Keys, Method, credential::suites},
    effect::{Effect, Notice},
    lockout::DeviceFailures,
};
use otp::ocra::{Input, Suite};
use std::time::Duration;

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
fn locked_devices_are_shown_and_not_asked() {
    let mut world = World::of(vec![card_plus(1), card_plus(2)]);
    world.candidates[1].failures = DeviceFailures { consecutive: 5, last_at: Some(NOW) };
    let chooser = world.offer(true).unwrap();
    assert_eq!(
        chooser.confirmation.state,
        State::AwaitingChoice,
        "the user sees what happened before anything is asked"
    );
    let chosen = Event::DeviceChosen { device: device(2), method: None };
    let refused = step(&chooser.confirmation, &chosen, &world.facts(), NOW, &nonce(2));
    assert!(matches!(refused, Err(Refusal::DeviceLocked(_))), "{refused:?}");
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
        ("scan", Event::ScanChosen { device: None }),
        ("back", Event::ReturnedToChoice),
        ("code", Event::CodeSubmitted { code: "00000000", keys: &keys }),
        ("approved", Event::Approved { device: device(3), number: None, proof: Proof::Valid }),
        ("denied", Event::Denied { device: device(3), reported: false }),
        ("superseded", Event::Superseded),
        ("time", Event::TimeElapsed),
        ("declined", Event::Declined),
        ("3 ended", Event::DeviceEnded { device: device(3) }),
        ("taken back", Event::TakenBack),
        ("phone free", Event::PhoneFree),
        ("two codes", Event::Consecutive { questions: ["612345", "798765"], codes: ["1", "2"], keys: &keys }),
    ];
    let ended = Confirmation { state: State::Ended(Outcome::Denied { at: NOW, reported: false }), ..draft() };
    let table = [
        (
            world().offer(true).unwrap().confirmation,
            "awaiting_response unknown-device not-awaited not-awaited awaiting_choice not-awaited not-awaited not-awaited not-awaited not-awaited not-awaited not-awaited denied not-awaited not-awaited",
        ),
        (
            state_after(1),
            "awaiting_response unknown-device awaiting_response unknown-method awaiting_choice awaiting_response not-awaited not-awaited not-awaited not-awaited not-awaited not-awaited denied not-awaited not-awaited",
        ),
        (
            state_after(3),
            "awaiting_response unknown-device awaiting_response awaiting_approval awaiting_choice not-awaited confirmed denied awaiting_response not-awaited not-awaited awaiting_choice denied not-awaited not-awaited",
        ),
        (
            state_after(4),
            "awaiting_response unknown-device unknown-method unknown-method awaiting_choice awaiting_card_values not-awaited not-awaited not-awaited not-awaited not-awaited not-awaited denied not-awaited not-awaited",
        ),
        (
            state_after(5),
            "awaiting_response unknown-device unknown-method unknown-method awaiting_choice awaiting_passcode not-awaited not-awaited not-awaited not-awaited not-awaited not-awaited denied not-awaited not-awaited",
        ),
        (
            ended,
            "attempt-ended attempt-ended attempt-ended attempt-ended attempt-ended attempt-ended attempt-ended attempt-ended attempt-ended attempt-ended attempt-ended attempt-ended attempt-ended attempt-ended attempt-ended",
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
    assert_eq!((step.confirmation.state, step.effects), (State::AwaitingChoice, Vec::new()));
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
    let withdrawal = withdrawal_to(account);
    let mut asked = draft();
    asked.operation = Operation { what: withdrawal, channel: Channel::Backchannel, ..asked.operation };
    let facts =
        |world: &World, draft: Confirmation| offer(draft, Chooser::Drawn, &world.facts(), NOW, &nonce(1)).unwrap();
    let step = facts(&World::of(vec![card_plus(1)]), asked.clone());
    let State::AwaitingResponse(state) = &step.confirmation.state else { panic!("{:?}", step.confirmation.state) };
    let digits = state.challenge.as_str();
    assert!(digits.starts_with('8') && digits.ends_with("017"), "{digits}");

    // An account that does not end in three digits is named by none.
    let nameless = Operation { what: withdrawal_to("XY"), ..asked.operation.clone() };
    let step = facts(&World::of(vec![card_plus(1)]), Confirmation { operation: nameless, ..asked.clone() });
    let State::AwaitingResponse(state) = &step.confirmation.state else { panic!("{:?}", step.confirmation.state) };
    assert!(state.challenge.as_str().starts_with('9'), "{:?}", state.challenge);

    for (draft, locks) in [(asked, false), (draft(), true)] {
        let mut world = World::of(vec![phone(3)]);
        let waiting = facts(&world, draft).confirmation;
        let denied = Event::Denied { device: device(3), reported: true };
        let effects = world.step(&waiting, denied, NOW, 2).unwrap().effects;
        assert_eq!(effects.contains(&Effect::LockPassword), locks);
        let told = if locks { Notice::NotMe } else { Notice::NotMyOperation };
        assert!(effects.contains(&Effect::Tell(told)), "{effects:?}");
        assert!(effects.contains(&Effect::TellDesk(Box::new(waiting.operation.clone()))), "{effects:?}");
        let refused = Event::Denied { device: device(3), reported: false };
        let effects = world.step(&waiting, refused, NOW, 2).unwrap().effects;
        assert!(!effects.iter().any(|effect| matches!(effect, Effect::TellDesk(_))), "refusing is everyday");
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
fn a_card_tells_once_that_it_runs_out_and_ends_with_its_last_values() {
    let places = 8;
    let mut world = World::of(vec![candidate(4, &[Method::CodeCard], Some(Algorithm::CodeCard { places }))]);
    let keys = Keys { pin: None, ..keys() };
    let mut told = Vec::new();
    for n in 0..places / 2 {
        let chosen = Event::DeviceChosen { device: device(4), method: None };
        let asked = world.step(&draft(), chosen, NOW, u8::try_from(n).unwrap()).unwrap().confirmation;
        let State::AwaitingCardValues(state) = &asked.state else { panic!("{:?}", asked.state) };
        let code: String = state.places.iter().map(|place| value_at(&[7; 32], *place).expose().clone()).collect();
        let done = world.step(&asked, Event::CodeSubmitted { code: &code, keys: &keys }, NOW, 2).unwrap();
        assert!(matches!(done.confirmation.outcome(), Some(Outcome::Confirmed { .. })));
        let ends = |effect: &Effect| matches!(effect, Effect::Tell(_) | Effect::DeviceRanOut { .. });
        told.extend(done.effects.into_iter().filter(ends).map(|effect| (n, effect)));
    }
    let card = device(4);
    assert_eq!(
        told,
        [
            (0, Effect::Tell(Notice::CardRunsOut(card, 3))),
            (3, Effect::DeviceRanOut { device: card }),
            (3, Effect::Tell(Notice::CardUsedUp(card))),
        ]
    );
}

/// A card without counter or PIN.
fn platinum(n: u8) -> Candidate {
    candidate(n, &[Method::ChallengeResponse], Algorithm::ocra(suites::PLATINUM))
}

#[test]
fn a_response_without_counter_is_accepted_once_for_its_device() {
    let mut world = World::of(vec![platinum(1)]);
    let (first, second) = (world.offer(true).unwrap().confirmation, world.offer(true).unwrap().confirmation);
    let State::AwaitingResponse(asked) = first.state.clone() else { panic!("{:?}", first.state) };
    let suite = Suite::parse(suites::PLATINUM).unwrap();
    let input = Input { question: asked.challenge.as_str(), ..Input::default() };
    let code = suite.respond(&otp::Key::new(vec![7; 32]), &input).unwrap().as_str().to_owned();
    let keys = Keys { pin: None, ..keys() };
    let submitted = || Event::CodeSubmitted { code: &code, keys: &keys };
    let done = world.step(&first, submitted(), NOW, 2).unwrap();
    assert!(matches!(done.confirmation.outcome(), Some(Outcome::Confirmed { .. })));

    // Another attempt that was asked the same: its answer is not evaluated, and the next challenge is asked.
    let replayed = world.step(&second, submitted(), NOW, 3).unwrap();
    let State::AwaitingResponse(next) = &replayed.confirmation.state else { panic!("{:?}", replayed.confirmation) };
    assert_ne!(next.challenge, asked.challenge);
    assert_eq!((replayed.told, replayed.confirmation.wrong_answers), (None, 0));
    // One that begins later, by the same draw: not asked the same.
    let later = world.offer(true).unwrap().confirmation;
    let State::AwaitingResponse(later) = later.state else { panic!("{:?}", later.state) };
    assert_ne!(later.challenge, asked.challenge);
}

#[test]
fn a_device_has_one_challenge_in_an_attempt_however_it_is_left_and_chosen_again() {
    let mut world = World::of(vec![card_plus(1), phone(3)]);
    world.unfamiliar = true;
    let mut current = world.offer(true).unwrap().confirmation;
    let choose = |n| Event::DeviceChosen { device: device(n), method: None };
    let to_challenge = || Event::MethodChosen { method: Method::ChallengeResponse };
    let missed = || Event::Approved { device: device(3), number: Some("no".to_owned()), proof: Proof::Valid };
    let mut seen = std::collections::BTreeMap::new();
    let ways = [choose(1), choose(3), to_challenge(), Event::ReturnedToChoice, choose(1), choose(3), missed()];
    let more = [Event::ScanChosen { device: None }, to_challenge(), choose(1), choose(3), Event::Superseded];
    for (n, event) in (2_u8..).zip(ways.into_iter().chain(more)) {
        current = world.step(&current, event, NOW, n).unwrap().confirmation;
        if let State::AwaitingResponse(state) = &current.state {
            assert_eq!(seen.entry(state.device).or_insert_with(|| state.challenge.clone()), &state.challenge);
        }
    }
    assert_eq!((seen.len(), current.state.name()), (2, "awaiting_response"));
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

/// As the database had it before operations had one form: such rows are read for as long as receipts are asked for.
#[test]
fn an_operation_that_was_kept_before_the_one_form_is_read() {
    let old = r#"{"what":{"operation":"withdrawal","amount":"1.00","currency":"USD","destination_name":"Bob",
        "destination_account":"DE89 17","account_id":"U1","reference":"rent"},"client":"payments",
        "address":"192.0.2.1","agent":"","message":"order 4711","channel":{"channel":"backchannel"}}"#;
    let read: Operation = serde_json::from_str(old).unwrap();
    assert_eq!((read.what.clone(), &read.channel), (withdrawal_to("DE89 17"), &Channel::Backchannel));
    assert_eq!(read.message.as_deref(), Some("order 4711"));
    let again: Operation = serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap();
    assert_eq!(again, read);
    let login = r#"{"what":{"operation":"login"},"client":"tws","address":"192.0.2.1","agent":"Firefox",
        "channel":{"channel":"hosted"}}"#;
    assert_eq!(serde_json::from_str::<Operation>(login).unwrap().what, draft().operation.what);
}
