//! Two codes in a row, typed into an attempt after a wrong answer.

use crate::world::{NOW, PIN, World, card_plus, device, keys, right_response};
use domain::{
    Refusal,
    confirmation::{Confirmation, Event, Outcome},
    device::credential::suites,
};
use otp::ocra::{Input, Suite};
use proptest::prelude::*;

const QUESTIONS: [&str; 2] = ["612345", "798765"];

fn respond(question: &str, counter: u64) -> String {
    let suite = Suite::parse(suites::DSC_PLUS).unwrap();
    let pin = suite.pin_hash(PIN).unwrap();
    let input = Input { counter: Some(counter), question, pin: Some(&pin), ..Input::default() };
    suite.respond(&otp::Key::new(vec![7; 32]), &input).unwrap().as_str().to_owned()
}

/// An attempt that got a wrong answer.
fn answered_wrong(world: &mut World) -> Confirmation {
    let first = world.offer(false).unwrap().confirmation;
    let wrong = Event::CodeSubmitted { code: "nonsense", keys: &keys() };
    world.step(&first, wrong, NOW, 2).unwrap().confirmation
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever pairs are typed: none confirms anything; each that does not fit is one wrong answer of the attempt, the device
    /// and the user, but the same again is none; one that fits moves the counter past both and makes the device's count start
    /// again; and the challenge of the attempt stays the one it was.
    #[test]
    fn a_pair_brings_in_step_or_is_one_wrong_answer(
        drift in 0_u64..1400, pairs in prop::collection::vec((0_u64..3, 0_u64..3), 1..6),
    ) {
        let (mut world, keys) = (World::of(vec![card_plus(1)]), keys());
        let mut current = answered_wrong(&mut world);
        let state = current.state.clone();
        let (mut last, mut at) = (None, 0);
        for (n, (on, gap)) in (3_u8..).zip(pairs) {
            let counter = drift + on;
            let codes = [respond(QUESTIONS[0], counter), respond(QUESTIONS[1], counter + gap)];
            let codes = [codes[0].as_str(), codes[1].as_str()];
            let before = (current.wrong_answers, world.one(device(1)).failures.consecutive, world.user.moments().len());
            let fits = gap == 1 && counter >= at && counter - at <= 1000;
            let event = Event::Consecutive { questions: QUESTIONS, codes, keys: &keys };
            let Ok(step) = world.step(&current, event, NOW, n) else {
                prop_assert!(current.outcome().is_some() || current.last_wrong.is_none(), "over, or in step already");
                break;
            };
            current = step.confirmation;
            let after = (current.wrong_answers, world.one(device(1)).failures.consecutive, world.user.moments().len());
            let confirmed = matches!(current.outcome(), Some(Outcome::Confirmed { .. }));
            prop_assert!(!confirmed);
            let moved = world.one(device(1)).moving.counter;
            if fits {
                at = counter + 2;
                prop_assert_eq!((after, moved), ((before.0, 0, before.2), at));
                prop_assert_eq!((&current.state, current.last_wrong), (&state, None));
                continue;
            }
            let again = last == Some((on, gap));
            last = Some((on, gap));
            let one = u32::from(!again);
            prop_assert_eq!(after, (before.0 + one, before.1 + one, before.2 + usize::from(!again)));
            prop_assert_eq!(moved, at, "nothing moves");
            prop_assert_eq!(current.outcome().is_some(), after.0 == 3);
        }
    }
}

#[test]
fn the_login_goes_on_by_the_challenge_that_was_asked() {
    let (mut world, keys) = (World::of(vec![card_plus(1)]), keys());
    let wrong = answered_wrong(&mut world);
    let codes = [respond(QUESTIONS[0], 300), respond(QUESTIONS[1], 301)];
    let codes = [codes[0].as_str(), codes[1].as_str()];
    let step = world.step(&wrong, Event::Consecutive { questions: QUESTIONS, codes, keys: &keys }, NOW, 3).unwrap();
    assert_eq!((step.told, step.confirmation.device()), (None, Some(device(1))));
    let old = right_response(&step.confirmation, 301);
    let replayed = world.step(&step.confirmation, Event::CodeSubmitted { code: &old, keys: &keys }, NOW, 4).unwrap();
    assert!(replayed.told.is_some(), "what was made before is of no use");
    let code = right_response(&step.confirmation, 302);
    let done = world.step(&step.confirmation, Event::CodeSubmitted { code: &code, keys: &keys }, NOW, 5).unwrap();
    assert!(matches!(done.confirmation.outcome(), Some(Outcome::Confirmed { .. })));
}

#[test]
fn it_is_taken_only_after_a_wrong_answer_of_the_awaited_device() {
    let (mut world, keys) = (World::of(vec![card_plus(1), card_plus(2)]), keys());
    let codes = [respond(QUESTIONS[0], 300), respond(QUESTIONS[1], 301)];
    let pair =
        || Event::Consecutive { questions: QUESTIONS, codes: [codes[0].as_str(), codes[1].as_str()], keys: &keys };
    let chooser = world.offer(true).unwrap().confirmation;
    assert_eq!(world.step(&chooser, pair(), NOW, 2), Err(Refusal::NotAwaited));
    let choose = |n| Event::DeviceChosen { device: device(n), method: None };
    let first = world.step(&chooser, choose(1), NOW, 3).unwrap().confirmation;
    assert_eq!(world.step(&first, pair(), NOW, 4), Err(Refusal::NotAwaited));
    let wrong = Event::CodeSubmitted { code: "nonsense", keys: &keys };
    let wrong = world.step(&first, wrong, NOW, 5).unwrap().confirmation;
    let other = world.step(&wrong, choose(2), NOW, 6).unwrap().confirmation;
    assert_eq!(world.step(&other, pair(), NOW, 7), Err(Refusal::NotAwaited), "the other one has answered nothing yet");
    assert!(world.step(&wrong, pair(), NOW, 8).is_ok());
}
