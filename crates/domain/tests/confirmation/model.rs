//! Random sequences against a plain model.

use crate::world::{NOW, World, card_plus, device, draft, keys, phone, right_response};
use domain::{
    Refusal,
    confirmation::{Confirmation, Event, LONGEST_LIFE, Outcome, Proof, State},
    device::Method,
};
use proptest::prelude::*;
use std::{collections::BTreeMap, time::Duration};

#[derive(Debug, Clone)]
enum Act {
    Choose(u8),
    Challenge,
    Back,
    Right(u64),
    Wrong(u8),
    Approve(bool),
    Scan,
    ApproveScanned,
    Deny,
    MoreTime,
    Wait(u64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (1_u8..5).prop_map(Act::Choose),
        1 => Just(Act::Challenge),
        1 => Just(Act::Back),
        3 => (0_u64..25).prop_map(Act::Right),
        3 => (0_u8..3).prop_map(Act::Wrong),
        1 => any::<bool>().prop_map(Act::Approve),
        1 => Just(Act::Scan),
        1 => Just(Act::ApproveScanned),
        1 => Just(Act::Deny),
        1 => Just(Act::MoreTime),
        2 => (0_u64..90).prop_map(Act::Wait),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Random sequences: the attempt keeps its id, and its deadline but for the one time that it gets more; ends are final; at most one confirmation; never a
    /// success at or after the deadline, with a wrong answer, or after the third wrong one; counters only grow; each
    /// device is asked one challenge, however often it is chosen.
    #[test]
    fn against_a_plain_model(acts in prop::collection::vec(act(), 1..40), draws in any::<bool>()) {
        let mut world = World::of(vec![card_plus(1), card_plus(2), phone(3)]);
        let first = world.offer(draws).unwrap().confirmation;
        let (mut current, mut at, keys) = (first.clone(), NOW, keys());
        let (mut wrong, mut ended) = (0_u32, None::<Outcome>);
        let (mut challenges, mut last_wrong) = (BTreeMap::new(), None);
        let mut deadline = first.expires_at;
        for (n, act) in (0_u8..).zip(acts) {
            let before = current.clone();
            let counters: Vec<_> = world.candidates.iter().map(|c| c.moving.counter).collect();
            let awaited = before.device().and_then(|d| world.candidates.iter().find(|c| c.device == d).cloned());
            let code;
            let mut right = false;
            let typed = match (&act, &before.state) {
                (Act::Wrong(which), State::AwaitingResponse(_)) => Some(*which),
                _ => None,
            };
            let more = matches!(act, Act::MoreTime);
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
                Act::Wrong(which) => {
                    code = format!("nonsense {which}");
                    Event::CodeSubmitted { code: &code, keys: &keys }
                }
                Act::Scan => Event::ScanChosen { device: None },
                Act::ApproveScanned => {
                    let State::AwaitingApproval(state) = &before.state else { continue };
                    right = true;
                    let number = state.crossing().map(str::to_owned);
                    Event::Approved { device: device(3), number, proof: Proof::Valid }
                }
                Act::Approve(valid) => {
                    // Where a code is to be scanned, an approval without it is a wrong answer.
                    right = valid && !matches!(&before.state, State::AwaitingApproval(state) if state.scan.is_some());
                    let proof = if valid { Proof::Valid } else { Proof::Invalid };
                    Event::Approved { device: device(3), number: None, proof }
                }
                Act::MoreTime => Event::MoreTimeAsked,
                Act::Deny => Event::Denied { device: device(3), reported: false },
                Act::Wait(seconds) => { at = at.plus(Duration::from_secs(seconds)); Event::TimeElapsed }
            };
            let taken = world.step(&before, event, at, n);
            if let Some(outcome) = ended {
                prop_assert_eq!(taken, Err(Refusal::Ended(outcome)));
                continue;
            }
            if more && at < deadline {
                let on_phone = matches!(before.state, State::AwaitingApproval(_));
                prop_assert_eq!(taken.is_ok(), deadline == first.expires_at && !on_phone, "once, and not on a phone");
            }
            let Ok(step) = taken else { continue };
            current = step.confirmation;
            if more && at < deadline {
                deadline = deadline.plus(world.policy.login_life);
            }
            prop_assert_eq!((current.id, &current.operation, current.expires_at), (first.id, &first.operation, deadline));
            for (candidate, before) in world.candidates.iter().zip(counters) {
                prop_assert!(candidate.moving.counter >= before);
            }
            if let State::AwaitingResponse(state) = &current.state {
                let first = challenges.entry(state.device).or_insert_with(|| state.challenge.clone());
                prop_assert_eq!(&state.challenge, first);
            }
            if let Some(typed) = typed {
                // The same answer to the same question counts once, and another one always.
                let given = (before.device(), typed);
                let counted = current.wrong_answers > before.wrong_answers;
                prop_assert!(current.outcome().is_some() || counted == (last_wrong != Some(given)), "{:?}", given);
                last_wrong = Some(given);
            }
            if current.wrong_answers > wrong {
                prop_assert!(!right && at < deadline);
                wrong += 1;
                prop_assert_eq!(current.wrong_answers, wrong);
                prop_assert_eq!(current.outcome().is_some(), wrong == 3);
            }
            ended = current.outcome();
            match ended {
                Some(Outcome::Confirmed { device, .. }) => {
                    prop_assert!(right && at < deadline && wrong < 3);
                    prop_assert_eq!(Some(device), before.device(), "confirmed by the device that was awaited");
                }
                Some(Outcome::Expired { at: end }) => prop_assert!(at >= end && end == deadline),
                Some(Outcome::Exhausted { .. }) => prop_assert_eq!(wrong, 3),
                Some(Outcome::Denied { .. }) => prop_assert_eq!(before.state.name(), "awaiting_approval"),
                Some(Outcome::Abandoned { .. }) => prop_assert!(false, "nobody left"),
                None => prop_assert!(at < deadline),
            }
        }
    }

    /// Whoever needs more time has three times as much, and never more than anything may live.
    #[test]
    fn unhurried_is_longer(seconds in 1_u64..200_000) {
        let hurried = Confirmation { expires_at: NOW.plus(Duration::from_secs(seconds)), ..draft() };
        let end = hurried.clone().unhurried().expires_at;
        prop_assert_eq!(end, NOW.plus(Duration::from_secs(seconds * 3).min(LONGEST_LIFE)));
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
