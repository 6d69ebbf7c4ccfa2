//! How many requests come to a phone, whose they are, and what takes one off the count.

use crate::world::{NOW, World, card_plus, device, draft, keys, nonce, phone};
use domain::{
    Policy, Refusal, Timestamp,
    audit::Kind,
    confirmation::{Channel, Chooser, Confirmation, Event, Operation, Proof, State, Withheld, offer},
    device::Method,
    effect::Effect,
    id::{MarkId, SessionId},
    lockout::Budget,
    money::permit::{Judged, Opens, Verdict},
    pushes::{Asker, PushBudget, Unanswered, has_room, same_asker},
};
use proptest::prelude::*;
use std::time::Duration;

/// What a page or a program can do to an attempt, without a phone.
#[derive(Debug, Clone, Copy)]
enum WebAct {
    BeginAnew,
    Choose(u8),
    Method(Method),
    Scan,
    Back,
    Decline,
    Supersede,
    WrongCode,
    Wait(u64),
}

fn web_act() -> impl Strategy<Value = WebAct> {
    prop_oneof![
        Just(WebAct::BeginAnew),
        (1_u8..5).prop_map(WebAct::Choose),
        prop_oneof![Just(Method::Seamless), Just(Method::ChallengeResponse)].prop_map(WebAct::Method),
        Just(WebAct::Scan),
        Just(WebAct::Back),
        Just(WebAct::Decline),
        Just(WebAct::Supersede),
        Just(WebAct::WrongCode),
        (0_u64..3_600).prop_map(WebAct::Wait),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever is done on pages and by programs, the count never goes down, and a stranger sends no more than the limit.
    #[test]
    fn no_web_act_lowers_the_count(acts in prop::collection::vec(web_act(), 1..120)) {
        let (mut world, keys) = (World::of(vec![phone(3), card_plus(1)]), keys());
        let (mut at, mut sent) = (NOW, 0);
        let mut current = world.offer(true).unwrap().confirmation;
        for (n, act) in (0_u8..).cycle().zip(acts) {
            let before = world.unanswered.count;
            let event = match act {
                WebAct::BeginAnew => {
                    current = Confirmation {
                        created_at: at,
                        expires_at: at.plus(Duration::from_secs(180)),
                        ..world.offer(true).unwrap().confirmation
                    };
                    continue;
                }
                WebAct::Choose(n) => Event::DeviceChosen { device: device(n), method: None },
                WebAct::Method(method) => Event::MethodChosen { method },
                WebAct::Scan => Event::ScanChosen { device: None },
                WebAct::Back => Event::ReturnedToChoice,
                WebAct::Decline => Event::Declined,
                WebAct::Supersede => Event::Superseded,
                WebAct::WrongCode => Event::CodeSubmitted { code: "nonsense", keys: &keys },
                WebAct::Wait(seconds) => { at = at.plus(Duration::from_secs(seconds)); Event::TimeElapsed }
            };
            let Ok(step) = world.step(&current, event, at, n) else { continue };
            sent += step.effects.iter().filter(|effect| matches!(effect, Effect::SendPush { .. })).count();
            prop_assert!(world.unanswered.count >= before, "{act:?}");
            prop_assert!(!step.effects.contains(&Effect::PushAnswered));
            current = step.confirmation;
        }
        prop_assert!(sent <= 5, "{sent} pushes for a stranger");
    }
}

#[test]
fn a_login_cannot_be_declined_on_a_page() {
    let mut world = World::of(vec![phone(3)]);
    let waiting = world.offer(true).unwrap().confirmation;
    assert_eq!(world.step(&waiting, Event::Declined, NOW, 2), Err(Refusal::NotAwaited));
    let taken = world.step(&waiting, Event::TakenBack, NOW, 2).unwrap();
    assert!(taken.confirmation.outcome().is_some() && !taken.effects.contains(&Effect::PushAnswered));
}

#[test]
fn a_scan_that_the_phone_refuses_takes_nothing_off() {
    let mut world = World::of(vec![phone(3)]);
    let waiting = world.offer(true).unwrap().confirmation;
    world.left(4);
    let scanned = world.step(&waiting, Event::ScanChosen { device: None }, NOW, 2).unwrap().confirmation;
    world.step(&scanned, Event::Denied { device: device(3), reported: false }, NOW, 3).unwrap();
    assert_eq!(world.unanswered.count, 4);
}

fn of(channel: Channel, client: &str, budget: Budget, asker: Asker) -> Confirmation {
    let operation = Operation { channel, client: client.into(), ..draft().operation };
    Confirmation { operation, budget, asker, ..draft() }
}

fn mark(n: u8) -> MarkId {
    MarkId::from([n; 16])
}

#[test]
fn each_budget_has_its_own_end() {
    let policy = Policy::default();
    let minutes = |n: u64| NOW.plus(Duration::from_secs(60 * n));
    let full = Unanswered { count: 5, last_at: Some(NOW) };
    let strangers = PushBudget::of(&of(Channel::Hosted, "a", Budget::Strangers, Asker::Attempt)).unwrap();
    let known = PushBudget::of(&of(Channel::Hosted, "a", Budget::Known(mark(1)), Asker::Attempt)).unwrap();
    let back_end = PushBudget::of(&of(Channel::Backchannel, "a", Budget::Known(mark(1)), Asker::BackEnd)).unwrap();
    assert_eq!(PushBudget::of(&of(Channel::Phone, "a", Budget::Strangers, Asker::Attempt)), None);
    assert_eq!(back_end, PushBudget::BackEnd("a".to_owned()));
    let too_many = |budget: &PushBudget, at: Timestamp| full.too_many(budget, &policy, at);
    assert_eq!((too_many(&strangers, minutes(1)), too_many(&strangers, minutes(600))), (true, true));
    assert_eq!((too_many(&known, minutes(14)), too_many(&known, minutes(15))), (true, false));
    assert!(too_many(&back_end, minutes(15)));
    assert!(
        ![&strangers, &known, &back_end]
            .iter()
            .any(|budget| { Unanswered { count: 4, last_at: Some(NOW) }.too_many(budget, &policy, NOW) })
    );
}

#[test]
fn a_newer_request_takes_the_place_of_its_own_askers() {
    let session = |n: u8| Asker::Session { id: SessionId::from([n; 16]) };
    let by = |client: &str, asker| of(Channel::Hosted, client, Budget::Strangers, asker);
    let browser = |n: u8| Asker::Browser { digest: [n; 16] };
    for (one, other, same) in [
        (by("a", browser(1)), by("b", browser(1)), true),
        (by("a", browser(1)), by("a", browser(2)), false),
        (by("a", Asker::Attempt), by("a", Asker::Attempt), false),
        (by("a", Asker::Program { mark: mark(1) }), by("a", Asker::Program { mark: mark(1) }), true),
        (by("a", session(1)), by("a", session(1)), true),
        (by("a", session(1)), by("b", session(1)), false),
        (by("a", session(1)), by("a", browser(1)), false),
        (by("a", Asker::BackEnd), by("a", Asker::BackEnd), true),
        (by("a", Asker::BackEnd), by("b", Asker::BackEnd), false),
    ] {
        assert_eq!(same_asker(&one, &other), same, "{:?} {:?}", one.asker, other.asker);
        assert_eq!(same_asker(&other, &one), same);
    }
}

#[test]
fn strangers_keep_nobody_elses_request_away_and_back_ends_no_login() {
    let policy = Policy::default();
    let stranger = of(Channel::Hosted, "a", Budget::Strangers, Asker::Attempt);
    let owner = of(Channel::Hosted, "a", Budget::Known(mark(1)), Asker::Attempt);
    let back_end = of(Channel::Backchannel, "pay", Budget::Known(mark(2)), Asker::BackEnd);
    let five = |of: &Confirmation| vec![of.clone(); 5];
    assert!(!has_room(&stranger, five(&stranger).iter(), &policy));
    assert!(!has_room(&stranger, five(&owner).iter(), &policy));
    assert!(has_room(&owner, five(&stranger).iter(), &policy));
    assert!(has_room(&back_end, five(&stranger).iter(), &policy));
    assert!(has_room(&owner, five(&back_end).iter(), &policy));
    assert!(has_room(&stranger, five(&back_end).iter(), &policy));
    assert!(!has_room(&back_end, five(&back_end).iter(), &policy));
    assert!(!has_room(&back_end, five(&owner).iter(), &policy));
    assert!(!has_room(&owner, five(&owner).iter(), &policy));
    assert!(has_room(&stranger, five(&stranger)[..4].iter(), &policy));
}

#[test]
fn a_back_ends_request_goes_to_the_phone_whatever_the_default_is() {
    // The card of number 2 is the default device.
    let world = World::of(vec![card_plus(2), phone(3)]);
    let asked = of(Channel::Backchannel, "pay", Budget::Known(mark(9)), Asker::BackEnd);
    let step = offer(asked.clone(), Chooser::PhoneFirst, &world.facts(), NOW, &nonce(1)).unwrap();
    assert_eq!((step.confirmation.device(), step.confirmation.method()), (Some(device(3)), Some(Method::Seamless)));
    let cards = World::of(vec![card_plus(2), card_plus(1)]);
    let step = offer(asked, Chooser::PhoneFirst, &cards.facts(), NOW, &nonce(1)).unwrap();
    assert_eq!(step.confirmation.state, State::AwaitingChoice);
}

/// Whoever asks may have chosen for the user: that device is asked, or nobody.
#[test]
fn a_device_that_was_named_is_asked_or_none() {
    let mut world = World::of(vec![card_plus(1), card_plus(2), phone(3)]);
    let asked = of(Channel::Backchannel, "pay", Budget::Known(mark(9)), Asker::BackEnd);
    let named = |world: &World, n: u8| offer(asked.clone(), Chooser::Device(device(n)), &world.facts(), NOW, &nonce(1));
    for n in 1..=3 {
        let step = named(&world, n).unwrap();
        assert_eq!(step.confirmation.device(), Some(device(n)));
        assert_eq!(step.effects.first(), Some(&Effect::audit(Kind::Offered)));
    }
    assert_eq!(named(&world, 4), Err(Refusal::UnknownDevice));
    let closed =
        Judged { id: device(1), verdict: Verdict::Closed(Opens::Counting), reasons: Vec::new(), available: None };
    world.candidates[0].judged = Some(closed);
    assert_eq!(named(&world, 1), Err(Refusal::NotPermitted), "nobody else is asked in its place");
}

#[test]
fn what_waited_behind_others_is_handed_over_when_the_phone_is_free() {
    let mut world = World::of(vec![phone(3)]);
    let asked = of(Channel::Backchannel, "pay", Budget::Known(mark(9)), Asker::BackEnd);
    world.room = false;
    let waiting = offer(asked, Chooser::PhoneFirst, &world.facts(), NOW, &nonce(1)).unwrap().confirmation;
    assert_eq!(waiting.withheld(), Some(Withheld::RequestOpen));
    assert_eq!(world.step(&waiting, Event::PhoneFree, NOW, 2), Err(Refusal::NotAwaited), "there is still no room");
    world.room = true;
    let handed = world.step(&waiting, Event::PhoneFree, NOW, 2).unwrap();
    assert_eq!(handed.confirmation.method(), Some(Method::Seamless));
    assert!(handed.effects.iter().any(|effect| matches!(effect, Effect::SendPush { .. })));
    let approved = Event::Approved { device: device(3), number: None, proof: Proof::Valid };
    assert!(world.step(&handed.confirmation, approved, NOW, 3).unwrap().confirmation.outcome().is_some());

    // A login that was told to type goes on typing.
    world.room = false;
    let login = world.offer(true).unwrap().confirmation;
    world.room = true;
    assert_eq!(world.step(&login, Event::PhoneFree, NOW, 2), Err(Refusal::NotAwaited));
}
