//! Codes that are sent: how many, to what they are bound, and when they are good no more.

use crate::world::{NOW, World, candidate, device, draft, keys, nonce};
use domain::{
    Timestamp,
    confirmation::{
        Candidate, Chooser, Confirmation, Event, Outcome, Reach, State, Step, Told, offer,
        sent_code::{LIFE, MOST, TRIES, WAIT},
    },
    device::{Algorithm, Method},
    effect::Effect,
    id::ConfirmationId,
};
use proptest::prelude::*;
use std::time::Duration;

fn sms() -> Candidate {
    let reach = Some(Reach { masked: "••• 42".into(), from: None });
    Candidate { reach, ..candidate(1, &[Method::SentCode], Some(Algorithm::SENT)) }
}

/// The question of a code that a step sends.
fn sent(step: &Step) -> Option<String> {
    step.effects.iter().find_map(|effect| match effect {
        Effect::SendCode { question, .. } => Some(question.clone()),
        _ => None,
    })
}

fn code(question: &str) -> String {
    Algorithm::SENT.sent(&keys(), question).unwrap().expose().clone()
}

fn type_in(world: &mut World, confirmation: &Confirmation, code: &str, at: Timestamp) -> Step {
    world.step(confirmation, Event::CodeSubmitted { code, keys: &keys() }, at, 3).unwrap()
}

#[test]
fn the_code_of_this_attempt_confirms_and_that_of_another_does_not() {
    let mut world = World::of(vec![sms()]);
    let begun = world.offer(true).unwrap();
    let right = code(&sent(&begun).expect("one device: its code is sent at once"));
    assert_eq!(right.len(), 6);
    let other = Confirmation { id: ConfirmationId::from([3; 16]), ..draft() };
    let other = offer(other, Chooser::Drawn, &world.facts(), NOW, &nonce(1)).unwrap();
    let stolen = code(&sent(&other).unwrap());
    assert_ne!(stolen, right);
    let wrong = type_in(&mut world, &begun.confirmation, &stolen, NOW);
    assert_eq!((wrong.told, wrong.confirmation.wrong_answers), (Some(Told::WrongAnswer), 1));
    let done = type_in(&mut world, &wrong.confirmation, &right, NOW);
    assert!(matches!(done.confirmation.outcome(), Some(Outcome::Confirmed { method: Method::SentCode, .. })));
}

#[test]
fn a_code_is_sent_to_nobody_who_is_not_there() {
    let world = World::of(vec![sms()]);
    let asked = offer(draft(), Chooser::PhoneFirst, &world.facts(), NOW, &nonce(1)).unwrap();
    assert_eq!((&asked.confirmation.state, sent(&asked)), (&State::AwaitingChoice, None));
}

#[test]
fn where_as_many_as_may_be_went_today_none_is_sent_and_nothing_is_judged() {
    let from = NOW.plus(Duration::from_secs(3600));
    let full = Candidate { reach: Some(Reach { masked: "••• 42".into(), from: Some(from) }), ..sms() };
    let mut world = World::of(vec![full]);
    let begun = world.offer(true).unwrap();
    assert_eq!(sent(&begun), None);
    let typed = type_in(&mut world, &begun.confirmation, &code("anything"), NOW);
    assert_eq!((typed.told, typed.confirmation), (Some(Told::CodeOver), begun.confirmation));
    assert!(typed.effects.is_empty(), "it counts nowhere");
}

/// What somebody does with an attempt.
#[derive(Debug, Clone, Copy)]
enum Act {
    Again,
    ChooseOnceMore,
    Back,
    Wrong,
}

fn act() -> impl Strategy<Value = (u64, Act)> {
    let act = prop_oneof![Just(Act::Again), Just(Act::ChooseOnceMore), Just(Act::Back), Just(Act::Wrong)];
    (0..200_u64, act)
}

proptest! {
    /// Whatever is done in an attempt, in whatever order: no more codes than may be, none too early after another, each a
    /// different one; a code is judged no later and no more often than it is good; no other code clears a failure.
    #[test]
    fn no_order_of_steps_gets_more_codes_or_tries(acts in prop::collection::vec(act(), 1..40)) {
        let mut world = World::of(vec![sms(), candidate(2, &[Method::CodeCard], Some(Algorithm::CodeCard { places: 10 }))]);
        // As lenient as settings may be, so that what ends a code is its own rule and not the attempt's.
        world.policy.wrong_answers = 10;
        world.policy.device_lock.from = 1000;
        world.policy.device_lock.for_good_from = 1000;
        world.policy.user_lock.failures = 1000;
        let mut now = NOW;
        let until = NOW.plus(Duration::from_secs(86_000));
        let mut attempt = Confirmation { expires_at: until, ..world.offer(true).unwrap().confirmation };
        let mut codes: Vec<(Timestamp, String, u32)> = Vec::new();
        for (n, (gap, act)) in acts.into_iter().enumerate() {
            now = now.plus(Duration::from_secs(gap));
            // No two wrong answers are the same one sent again.
            let typed = format!("x{n:05}");
            let keys = keys();
            let event = match act {
                Act::Again => Event::MethodChosen { method: Method::SentCode },
                Act::ChooseOnceMore => Event::DeviceChosen { device: device(1), method: None },
                Act::Back => Event::ReturnedToChoice,
                Act::Wrong => Event::CodeSubmitted { code: &typed, keys: &keys },
            };
            let awaited = matches!(attempt.state, State::AwaitingSentCode(_));
            let Ok(step) = world.step(&attempt, event, now, 3) else { continue };
            prop_assert!(step.confirmation.wrong_answers >= attempt.wrong_answers);
            if matches!(act, Act::Wrong) && awaited {
                let judged = step.confirmation.wrong_answers > attempt.wrong_answers;
                let good = codes.last().is_some_and(|(at, _, tries)| now < at.plus(LIFE) && *tries < TRIES);
                prop_assert_eq!(judged, good);
                if let (true, Some((_, _, tries))) = (judged, codes.last_mut()) {
                    *tries += 1;
                }
            }
            if let Some(question) = sent(&step) {
                prop_assert!(codes.last().is_none_or(|(at, ..)| now >= at.plus(WAIT)));
                prop_assert!(codes.iter().all(|(_, earlier, _)| *earlier != question));
                codes.push((now, question, 0));
            }
            prop_assert!(codes.len() <= usize::try_from(MOST).unwrap());
            if step.confirmation.outcome().is_some() {
                break;
            }
            attempt = step.confirmation;
        }
    }
}
