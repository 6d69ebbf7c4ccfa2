//! Approvals on the phone: asked for, scanned, withheld, refused, and begun by the phone itself.

use crate::world::{NOW, World, card_plus, device, draft, nonce, phone, withdrawal_to};
use domain::{
    Refusal,
    confirmation::{
        AwaitingApproval, Channel, Chooser, Confirmation, Event, Outcome, Proof, State, Step, Told, What, Withheld,
        offer, own,
    },
    device::Method,
    effect::Effect,
    lockout::DeviceFailures,
};

/// The waiting approval of a step.
fn approval(confirmation: &Confirmation) -> AwaitingApproval {
    let State::AwaitingApproval(state) = &confirmation.state else { panic!("{:?}", confirmation.state) };
    state.clone()
}

#[test]
fn a_scanned_code_stands_for_the_number_and_has_one_try() {
    let mut world = World::of(vec![phone(3)]);
    world.unfamiliar = true;
    let numbered = world.offer(true).unwrap().confirmation;
    let number = approval(&numbered).number.unwrap();
    // However many were left unanswered: a code wakes nobody.
    world.left(5);
    let step = world.step(&numbered, Event::ScanChosen { device: None }, NOW, 2).unwrap();
    assert!(!step.effects.iter().any(|effect| matches!(effect, Effect::SendPush { .. })), "{:?}", step.effects);
    let scanned = step.confirmation;
    let state = approval(&scanned);
    let code = state.scan.clone().unwrap();
    assert_eq!((code.len(), &state.number, state.crossing()), (32, &None, Some(code.as_str())));
    // A page sent twice keeps the code that the phone may be reading.
    assert_eq!(world.step(&scanned, Event::ScanChosen { device: None }, NOW, 3).unwrap().confirmation, scanned);

    let approved = |crossed: Option<&str>| Event::Approved {
        device: device(3),
        number: crossed.map(str::to_owned),
        proof: Proof::Valid,
    };
    for wrong in [None, Some(number.as_str()), Some("")] {
        let missed = World::of(vec![phone(3)]).step(&scanned, approved(wrong), NOW, 4).unwrap();
        assert_eq!(missed.told, Some(Told::WrongNumber), "{wrong:?}");
        assert_eq!(missed.confirmation.state.name(), "awaiting_response", "{wrong:?}");
    }
    let right = world.step(&scanned, approved(Some(&code)), NOW, 4).unwrap();
    assert!(matches!(right.confirmation.outcome(), Some(Outcome::Confirmed { method: Method::Seamless, .. })));
}

#[test]
fn only_a_login_is_scanned_and_only_by_a_phone_that_is_not_locked() {
    let mut asked = draft();
    asked.operation.channel = Channel::Backchannel;
    asked.operation.what = withdrawal_to("DE89370400440532013000");
    let mut world = World::of(vec![phone(3)]);
    let waiting = offer(asked, Chooser::Drawn, &world.facts(), NOW, &nonce(1)).unwrap().confirmation;
    assert_eq!(world.step(&waiting, Event::ScanChosen { device: None }, NOW, 2), Err(Refusal::UnknownMethod));

    let waiting = world.offer(true).unwrap().confirmation;
    world.candidates[0].failures = DeviceFailures { consecutive: 5, last_at: Some(NOW) };
    assert!(matches!(world.step(&waiting, Event::ScanChosen { device: None }, NOW, 2), Err(Refusal::DeviceLocked(_))));
}

#[test]
fn what_the_phone_asks_for_itself_awaits_it_without_notification_or_number() {
    let mut world = World::of(vec![card_plus(1), phone(3)]);
    (world.unfamiliar, world.room) = (true, false);
    world.left(5);
    let begun = own(draft(), device(3), &world.facts(), NOW).unwrap();
    assert_eq!(begun.effects, [Effect::audit_of(domain::audit::Kind::Offered, device(3))], "no push, nothing else");
    assert_eq!(
        approval(&begun.confirmation),
        AwaitingApproval { device: device(3), number: None, scan: None, silent: false }
    );
    let approved = |number| Event::Approved { device: device(3), number, proof: Proof::Valid };
    let guessed = world.step(&begun.confirmation, approved(Some("42".to_owned())), NOW, 2).unwrap();
    assert_eq!(guessed.told, Some(Told::WrongNumber), "a number that nobody asked for is none");
    let done = world.step(&begun.confirmation, approved(None), NOW, 2).unwrap();
    assert!(matches!(done.confirmation.outcome(), Some(Outcome::Confirmed { .. })));

    assert_eq!(own(draft(), device(9), &world.facts(), NOW), Err(Refusal::UnknownDevice));
    world.candidates[1].failures = DeviceFailures { consecutive: 5, last_at: Some(NOW) };
    assert!(matches!(own(draft(), device(3), &world.facts(), NOW), Err(Refusal::DeviceLocked(_))));
}

#[test]
fn a_phone_does_not_vouch_for_the_one_that_takes_its_place() {
    assert!(!phone(3).may_confirm(&What::PhoneActivation));
    assert!(card_plus(1).may_confirm(&What::PhoneActivation));
    assert!(phone(3).may_confirm(&What::Login));
}

/// The order to wake a phone for what a step left open, and for no longer than that.
fn wakes(octet: u8, step: &Step) -> Effect {
    let Confirmation { id, expires_at, .. } = step.confirmation;
    Effect::SendPush { device: device(octet), confirmation: id, until: expires_at }
}

#[test]
fn a_scan_may_be_wished_for_with_the_device_that_it_is_to_be_done_with() {
    let mut world = World::of(vec![phone(3), card_plus(1)]);
    let chooser = world.offer(true).unwrap().confirmation;
    assert_eq!(world.step(&chooser, Event::ScanChosen { device: None }, NOW, 2), Err(Refusal::NotAwaited));
    let scan = |of| Event::ScanChosen { device: Some(device(of)) };
    let step = world.step(&chooser, scan(3), NOW, 2).unwrap();
    assert!(matches!(&step.confirmation.state, State::AwaitingApproval(state) if state.scan.is_some()));
    assert!(!step.effects.iter().any(|effect| matches!(effect, Effect::SendPush { .. })), "it bothers nobody");
    let at_card = world.step(&chooser, Event::DeviceChosen { device: device(1), method: None }, NOW, 2).unwrap();
    assert!(world.step(&at_card.confirmation, scan(3), NOW, 3).is_ok(), "also away from another device");
    assert_eq!(world.step(&chooser, scan(1), NOW, 2), Err(Refusal::UnknownMethod), "a card scans nothing");
    assert_eq!(world.step(&chooser, scan(9), NOW, 2), Err(Refusal::UnknownDevice));
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
    assert_eq!(switched.confirmation.id, waiting.confirmation.id, "the same attempt");

    let wrong = if number == "00" { "01" } else { "00" };
    let approved =
        |number: &str| Event::Approved { device: device(3), number: Some(number.into()), proof: Proof::Valid };
    let missed = world.step(&waiting.confirmation, approved(wrong), NOW, 4).unwrap();
    assert_eq!(missed.told, Some(Told::WrongNumber));
    assert_eq!(missed.confirmation.state.name(), "awaiting_response", "one try: the request on the phone is over");
    let right = world.step(&waiting.confirmation, approved(&number), NOW, 4).unwrap();
    assert!(matches!(right.confirmation.outcome(), Some(Outcome::Confirmed { method: Method::Seamless, .. })));

    world.left(5);
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
fn a_request_without_room_on_the_phone_is_asked_by_a_challenge() {
    let mut world = World::of(vec![phone(3)]);
    let first = world.offer(true).unwrap().confirmation;
    assert_eq!(first.state.name(), "awaiting_approval");
    world.room = false;
    let second = world.offer(true).unwrap();
    assert_eq!(second.confirmation.state.name(), "awaiting_response");
    assert_eq!(second.told, Some(Told::PushWithheld(Withheld::RequestOpen)));
    world.room = true;
    let asked = Event::MethodChosen { method: Method::Seamless };
    let pushed = world.step(&second.confirmation, asked, NOW, 2).unwrap();
    assert!(pushed.effects.contains(&wakes(3, &pushed)), "when the phone is free again");

    let older = world.step(&first, Event::Superseded, NOW, 3).unwrap();
    assert_eq!(older.confirmation.state.name(), "awaiting_response", "the older attempt goes on without it");
}

#[test]
fn refusing_is_an_answer_and_a_success_forgets_all_pushes() {
    let mut world = World::of(vec![phone(3)]);
    world.left(3);
    let waiting = world.offer(true).unwrap().confirmation;
    world.left(4);
    world.step(&waiting, Event::Denied { device: device(3), reported: false }, NOW, 2).unwrap();
    assert_eq!(world.unanswered.count, 3);
    let approved = Event::Approved { device: device(3), number: None, proof: Proof::Valid };
    world.step(&waiting, approved, NOW, 2).unwrap();
    assert_eq!(world.unanswered.count, 0);
}

#[test]
fn it_was_not_me_locks_the_password() {
    let mut world = World::of(vec![phone(3)]);
    let waiting = world.offer(true).unwrap().confirmation;
    let denied = world.step(&waiting, Event::Denied { device: device(3), reported: true }, NOW, 2).unwrap();
    assert!(denied.effects.contains(&Effect::LockPassword));
    assert_eq!(denied.confirmation.outcome(), Some(Outcome::Denied { at: NOW, reported: true }));
}
