//! Passkeys: what they confirm, as the second factor and alone, and that one that has ended confirms nothing.

use crate::world::{NOW, World, card_plus, device, draft, nonce, passkey};
use domain::{
    Refusal,
    confirmation::{Confirmation, Event, Outcome, Proof, State, Told, What, alone},
    device::Method,
    lockout::{Budget, DeviceFailures},
};
use proptest::prelude::*;
use std::time::Duration;

fn asserted(proof: Proof) -> Event<'static> {
    Event::Asserted { proof }
}

fn login_alone() -> Confirmation {
    let mut draft = draft();
    draft.operation.passkey_alone = true;
    draft.budget = Budget::WithoutPassword;
    draft
}

#[test]
fn each_attempt_has_a_nonce_of_its_own_and_a_page_sent_twice_keeps_it() {
    let mut world = World::of(vec![passkey(1)]);
    let step = world.offer(true).unwrap().confirmation;
    let State::AwaitingAssertion(state) = &step.state else { panic!("{:?}", step.state) };
    assert_eq!((state.device, state.nonce.len(), step.method()), (device(1), 32, Some(Method::Webauthn)));
    let again = world.step(&step, Event::DeviceChosen { device: device(1), method: None }, NOW, 9).unwrap();
    assert_eq!(again.confirmation, step);
}

#[test]
fn a_passkey_alone_confirms_a_login_and_counts_no_failed_password() {
    let world = World::of(vec![card_plus(1), passkey(2)]);
    let began = alone(login_alone(), device(2), &world.facts(), NOW, &nonce(1)).unwrap().confirmation;
    assert!(!began.operation.behind_password() && !began.operation.takes_password() && began.operation.logs_in());
    let mut world = world;
    let done = world.step(&began, asserted(Proof::Valid), NOW, 2).unwrap().confirmation;
    let confirmed = Outcome::Confirmed { device: device(2), method: Method::Webauthn, at: NOW };
    assert_eq!(done.outcome(), Some(confirmed));
}

#[test]
fn only_a_passkey_comes_alone_and_only_where_that_was_asked() {
    let mut world = World::of(vec![card_plus(1), passkey(2)]);
    let begin = |world: &World, draft, n| alone(draft, device(n), &world.facts(), NOW, &nonce(1)).map(drop);
    assert_eq!(begin(&world, login_alone(), 1), Err(Refusal::UnknownMethod), "a card is no passkey");
    assert_eq!(begin(&world, login_alone(), 3), Err(Refusal::UnknownDevice));
    assert_eq!(begin(&world, draft(), 2), Err(Refusal::UnknownMethod), "a login by password");
    world.one(device(2)).failures = DeviceFailures { consecutive: 1000, last_at: None };
    assert!(matches!(begin(&world, login_alone(), 2), Err(Refusal::DeviceLocked(_))));
}

#[test]
fn a_passkey_vouches_for_no_phone() {
    assert!(!passkey(1).may_confirm(&What::PhoneActivation) && passkey(1).may_confirm(&What::Login));
}

#[test]
fn what_does_not_hold_is_a_wrong_answer_and_the_third_ends_it() {
    let mut world = World::of(vec![passkey(1)]);
    let mut current = world.offer(true).unwrap().confirmation;
    for n in 1..3 {
        let step = world.step(&current, asserted(Proof::Invalid), NOW, n).unwrap();
        assert_eq!((step.told, step.confirmation.wrong_answers), (Some(Told::WrongAnswer), u32::from(n)));
        current = step.confirmation;
    }
    let over = world.step(&current, asserted(Proof::Invalid), NOW, 3).unwrap().confirmation;
    assert!(matches!(over.outcome(), Some(Outcome::Exhausted { .. })), "{:?}", over.state);
    assert_eq!(world.one(device(1)).failures.consecutive, 3);
}

#[derive(Debug, Clone)]
enum Act {
    Choose(u8),
    Back,
    Assert(bool),
    Code,
    /// A passkey is removed, and whoever awaits it is told or not.
    End(u8, bool),
    Wait(u64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (1_u8..5).prop_map(Act::Choose),
        1 => Just(Act::Back),
        4 => any::<bool>().prop_map(Act::Assert),
        1 => Just(Act::Code),
        2 => (1_u8..4, any::<bool>()).prop_map(|(n, told)| Act::End(n, told)),
        1 => (0_u64..60).prop_map(Act::Wait),
    ]
}

proptest! {
    /// Whatever happens in whatever order: a passkey that has ended confirms nothing, and one that confirms was awaited,
    /// signed what holds, in time, and with fewer than three wrong answers before.
    #[test]
    fn no_ended_passkey_confirms(acts in prop::collection::vec(act(), 1..30), draws in any::<bool>()) {
        let mut world = World::of(vec![passkey(1), passkey(2), passkey(3), card_plus(4)]);
        let mut current = world.offer(draws).unwrap().confirmation;
        let (mut at, mut ended) = (NOW, Vec::new());
        let keys = crate::world::keys();
        for (n, act) in (0_u8..).zip(acts) {
            let (before, mut holds) = (current.clone(), false);
            let event = match act {
                Act::Choose(n) => Event::DeviceChosen { device: device(n), method: None },
                Act::Back => Event::ReturnedToChoice,
                Act::Assert(valid) => {
                    holds = valid;
                    asserted(if valid { Proof::Valid } else { Proof::Invalid })
                }
                Act::Code => Event::CodeSubmitted { code: "12345678", keys: &keys },
                Act::End(n, told) => {
                    ended.push(device(n));
                    world.candidates.retain(|candidate| candidate.device != device(n));
                    if !told {
                        continue;
                    }
                    Event::DeviceEnded { device: device(n) }
                }
                Act::Wait(seconds) => { at = at.plus(Duration::from_secs(seconds)); Event::TimeElapsed }
            };
            let Ok(step) = world.step(&before, event, at, n) else { continue };
            current = step.confirmation;
            if let Some(Outcome::Confirmed { device, method, .. }) = current.outcome() {
                prop_assert!(!ended.contains(&device), "{device} has ended");
                prop_assert_eq!((Some(device), method), (before.device(), Method::Webauthn));
                prop_assert!(holds && at < before.expires_at && before.wrong_answers < 3);
                break;
            }
        }
    }
}
