//! Two of the user's devices: one statement, two answers in any order within its life, and a device counts once.

use crate::world::{NOW, World, card_plus, device, draft, keys, nonce, phone, right_response};
use domain::{
    Refusal,
    audit::Kind,
    confirmation::{Candidate, Chooser, Confirmation, Event, Outcome, Proof, State, offer},
    effect::Effect,
    lockout::DeviceFailures,
    money::permit::{Judged, Opens, Verdict},
};
use proptest::prelude::*;
use std::time::Duration;

fn judged(candidate: Candidate, verdict: Verdict) -> Candidate {
    let id = candidate.device;
    Candidate { judged: Some(Judged { id, verdict, reasons: Vec::new(), available: None }), ..candidate }
}

fn world() -> World {
    let devices = vec![card_plus(1), card_plus(2), phone(3)];
    World::of(devices.into_iter().map(|one| judged(one, Verdict::Second)).collect())
}

fn begun(world: &World) -> Confirmation {
    let mut draft = draft();
    draft.operation.what = crate::world::withdrawal_to("DE89370400440532013017");
    draft.operation.channel = domain::confirmation::Channel::Backchannel;
    offer(draft, Chooser::Drawn, &world.facts(), NOW, &nonce(1)).unwrap().confirmation
}

fn choose(n: u8) -> Event<'static> {
    Event::DeviceChosen { device: device(n), method: None }
}

fn approved() -> Event<'static> {
    Event::Approved { device: device(3), number: None, proof: Proof::Valid }
}

#[test]
fn the_second_answer_confirms_in_either_order() {
    let keys = keys();
    for card_first in [true, false] {
        let mut world = world();
        let begun = begun(&world);
        assert_eq!(begun.state, State::AwaitingChoice);
        let asked = world.step(&begun, choose(if card_first { 1 } else { 3 }), NOW, 2).unwrap().confirmation;
        if card_first {
            let code = right_response(&asked, 0);
            let step = world.step(&asked, Event::CodeSubmitted { code: &code, keys: &keys }, NOW, 3).unwrap();
            assert!(step.effects.contains(&Effect::audit_of(Kind::FirstConfirmed, device(1))));
            // The phone is asked at once, for nobody need be on a page.
            let asked = step.confirmation;
            assert_eq!((asked.device(), asked.first.map(|first| first.device)), (Some(device(3)), Some(device(1))));
            assert_eq!(world.step(&asked, choose(1), NOW, 4), Err(Refusal::NotPermitted), "it counts once");
            let done = world.step(&asked, approved(), NOW, 5).unwrap().confirmation;
            assert!(matches!(done.outcome(), Some(Outcome::Confirmed { device: by, .. }) if by == device(3)));
        } else {
            let step = world.step(&asked, approved(), NOW, 3).unwrap();
            let waiting = step.confirmation;
            assert_eq!((&waiting.state, waiting.outcome()), (&State::AwaitingChoice, None));
            assert_eq!(world.step(&waiting, approved(), NOW, 4), Err(Refusal::NotAwaited), "the same answer again");
            let asked = world.step(&waiting, choose(2), NOW, 5).unwrap().confirmation;
            let code = right_response(&asked, 0);
            let done = world.step(&asked, Event::CodeSubmitted { code: &code, keys: &keys }, NOW, 6).unwrap();
            let done = done.confirmation;
            assert!(matches!(done.outcome(), Some(Outcome::Confirmed { device: by, .. }) if by == device(2)));
        }
    }
}

#[test]
fn without_a_second_device_nothing_is_asked() {
    let one = World::of(vec![judged(card_plus(1), Verdict::Second)]);
    assert_eq!(one.offer(true), Err(Refusal::NotPermitted));
    let weak = judged(phone(3), Verdict::Closed(Opens::StrongerDevice));
    let mut world = World::of(vec![judged(card_plus(1), Verdict::Second), weak]);
    assert_eq!(world.offer(true), Err(Refusal::NotPermitted));
    world.candidates.push(judged(card_plus(2), Verdict::Second));
    assert!(world.offer(true).is_ok());
    world.candidates[2].failures = DeviceFailures { consecutive: 5, last_at: Some(NOW) };
    assert!(world.offer(true).is_err(), "the second one is locked");
}

#[test]
fn a_first_answer_ends_with_its_device() {
    let mut world = world();
    let asked = world.step(&begun(&world), choose(3), NOW, 2).unwrap().confirmation;
    let first = world.step(&asked, approved(), NOW, 3).unwrap().confirmation;
    world.candidates.retain(|candidate| candidate.device != device(3));
    let ended = world.step(&first, Event::DeviceEnded { device: device(3) }, NOW, 4).unwrap().confirmation;
    assert_eq!(ended.first, None);
    let asked = world.step(&ended, choose(1), NOW, 5).unwrap().confirmation;
    let (code, keys) = (right_response(&asked, 0), keys());
    let again = world.step(&asked, Event::CodeSubmitted { code: &code, keys: &keys }, NOW, 6).unwrap().confirmation;
    assert_eq!(
        (again.outcome(), again.first.map(|first| first.device)),
        (None, Some(device(1))),
        "two are needed still"
    );
}

#[derive(Debug, Clone)]
enum Act {
    Choose(u8),
    Back,
    Right,
    Wrong,
    Approve(bool),
    Deny,
    Weaken(u8),
    Wait(u64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (1_u8..4).prop_map(Act::Choose),
        1 => Just(Act::Back),
        4 => Just(Act::Right),
        1 => Just(Act::Wrong),
        3 => prop::bool::weighted(0.8).prop_map(Act::Approve),
        1 => Just(Act::Deny),
        1 => (1_u8..4).prop_map(Act::Weaken),
        1 => (0_u64..60).prop_map(Act::Wait),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Whatever is done: where it ends confirmed, two different devices answered right, each while it was permitted, and
    /// within its life.
    #[test]
    fn two_devices_or_none(acts in prop::collection::vec(act(), 1..40)) {
        let mut world = world();
        let (mut current, mut at, keys) = (begun(&world), NOW, keys());
        let mut right = std::collections::BTreeSet::new();
        for (n, act) in (0_u8..).zip(acts) {
            let before = current.clone();
            let code;
            let event = match act {
                Act::Choose(n) => choose(n),
                Act::Back => Event::ReturnedToChoice,
                Act::Right => {
                    let State::AwaitingResponse(state) = &before.state else { continue };
                    let card = world.candidates.iter().find(|c| c.device == state.device).unwrap();
                    code = right_response(&before, card.moving.counter);
                    if card.permitted() {
                        right.insert(state.device);
                    }
                    Event::CodeSubmitted { code: &code, keys: &keys }
                }
                Act::Wrong => Event::CodeSubmitted { code: "nonsense", keys: &keys },
                Act::Approve(valid) => {
                    let phone = world.candidates.iter().find(|c| c.device == device(3)).unwrap();
                    if valid && phone.permitted() && before.device() == Some(device(3)) {
                        right.insert(device(3));
                    }
                    let proof = if valid { Proof::Valid } else { Proof::Invalid };
                    Event::Approved { device: device(3), number: None, proof }
                }
                Act::Deny => Event::Denied { device: device(3), reported: false },
                Act::Weaken(n) => {
                    let one = world.candidates.iter_mut().find(|c| c.device == device(n)).unwrap();
                    *one = judged(one.clone(), Verdict::Closed(Opens::StrongerDevice));
                    continue;
                }
                Act::Wait(seconds) => { at = at.plus(Duration::from_secs(seconds)); Event::TimeElapsed }
            };
            let Ok(step) = world.step(&before, event, at, n) else { continue };
            current = step.confirmation;
            if let Some(Outcome::Confirmed { device: by, at: confirmed, .. }) = current.outcome() {
                prop_assert!(confirmed < current.expires_at);
                prop_assert!(right.len() >= 2 && right.contains(&by), "{right:?}");
                prop_assert!(current.first.is_some_and(|first| first.device != by && right.contains(&first.device)));
                return Ok(());
            }
        }
    }
}
