use super::*;
use crate::{
    card::value_at,
    device::{Algorithm, Moving, credential::suites},
    effect::Notice,
    id::{DeviceId, MarkId},
    lockout::{Budget, DeviceFailures, UserFailures},
};
use otp::{
    Key,
    ocra::{Input, Suite},
};
use proptest::prelude::*;

const NOW: Timestamp = Timestamp::from_unix_seconds(1_800_000_000);
const KEY: [u8; 32] = [7; 32];

fn hash(suite: &str, pin: &str) -> Option<Secret<Vec<u8>>> {
    let suite = Suite::parse(suite).unwrap();
    suite.pin_hash(pin).map(|pin| Secret::new(pin.as_bytes().to_vec()))
}

/// What a device of a suite answers, with this PIN in it.
fn answer(suite: &str, question: &Question, pin: &str, counter: u64) -> String {
    let parsed = Suite::parse(suite).unwrap();
    let pin = parsed.pin_hash(pin);
    let question = match question {
        Question::Challenge(challenge) => challenge.as_str(),
        _ => crate::device::credential::NO_QUESTION,
    };
    let input = Input {
        question,
        pin: pin.as_ref(),
        counter: parsed.has_counter().then_some(counter),
        time: parsed.time_step().map(|step| u64::try_from(NOW.unix_seconds()).unwrap() / step),
        ..Input::default()
    };
    parsed.respond(&Key::new(KEY.to_vec()), &input).unwrap().as_str().to_owned()
}

struct World {
    algorithm: Algorithm,
    keys: Keys,
    moving: Moving,
    failures: DeviceFailures,
    user: UserFailures,
    policy: Policy,
}

impl World {
    fn of(suite: &str, pin: &str, failures: u32) -> Self {
        Self {
            algorithm: Algorithm::ocra(suite).unwrap(),
            keys: Keys { key: Secret::new(KEY.to_vec()), pin: hash(suite, pin), approve: None },
            moving: Moving::default(),
            failures: DeviceFailures { consecutive: failures, last_at: (failures > 0).then_some(NOW) },
            user: UserFailures::default(),
            policy: Policy::default(),
        }
    }

    fn question(&self) -> Question {
        Question::draw(&self.algorithm, &self.moving, &crate::Nonce::new([5; 32])).unwrap()
    }

    fn judge(&self, question: &Question, given: &Given<'_>) -> Judged {
        let counters = Counters {
            device: DeviceId::from([3; 16]),
            on_device: self.failures,
            budget: Budget::Known(MarkId::from([1; 16])),
            on_user: &self.user,
            untold: 0,
        };
        let device = Computes { algorithm: &self.algorithm, keys: &self.keys, moving: &self.moving };
        let facts = Facts { device, serial: "SN-0042", counters, question, policy: &self.policy };
        judge(&facts, given, NOW)
    }
}

fn counted(judged: &Judged) -> u32 {
    let (Judged::Wrong(effects) | Judged::WrongSerial(effects)) = judged else { return 0 };
    let saved = effects.iter().find_map(|effect| match effect {
        Effect::SaveDeviceFailures { failures, .. } => Some(failures.consecutive),
        _ => None,
    });
    saved.unwrap_or(0)
}

proptest! {
    /// A device starts by its own serial number and its own answer, and by nothing else; every try counts.
    #[test]
    fn a_device_starts_by_its_serial_and_its_answer_only(
        suite in prop::sample::select(vec![suites::DSC_PLUS, suites::DSC, suites::PLATINUM]),
        serial_right in any::<bool>(), answer_right in any::<bool>(), spelled in any::<bool>(), before in 0_u32..5,
    ) {
        let world = World::of(suite, "4711", before);
        let question = world.question();
        let right = answer(suite, &question, "4711", 0);
        let answer = if answer_right { right } else { answer(suite, &question, "4712", 40) };
        let serial = match (serial_right, spelled) {
            (true, true) => " sn 0042",
            (true, false) => "SN-0042",
            (false, _) => "SN-0043",
        };
        let judged = world.judge(&question, &Given::Start { serial, answer: &answer });
        match (serial_right, answer_right) {
            (true, true) => {
                let device = DeviceId::from([3; 16]);
                let cleared = Effect::SaveDeviceFailures { device, failures: DeviceFailures::default() };
                let Judged::Right(effects) = &judged else { panic!("{judged:?}") };
                prop_assert_eq!(effects.contains(&cleared), before > 0);
            }
            // Platinum takes no PIN: another counter makes no other answer.
            (true, false) if suite == suites::PLATINUM => prop_assert!(matches!(judged, Judged::Right(_))),
            (true, false) => { prop_assert!(matches!(judged, Judged::Wrong(_))); prop_assert_eq!(counted(&judged), before + 1) }
            (false, _) => {
                prop_assert!(matches!(judged, Judged::WrongSerial(_)), "{:?}", judged);
                prop_assert_eq!(counted(&judged), before + 1);
            }
        }
    }

    /// However often a thief proves PINs of their own choice, what was counted on the device stays counted, and the lock
    /// stops that too.
    #[test]
    fn a_chosen_pin_clears_no_count(before in 0_u32..12, pin in "[0-9]{4}") {
        let world = World::of(suites::DSC_PLUS, "4711", before);
        let question = world.question();
        let made = answer(suites::DSC_PLUS, &question, &pin, 3);
        let hash = hash(suites::DSC_PLUS, &pin).unwrap();
        match world.judge(&question, &Given::NewPin { pin: &hash, answer: &made }) {
            Judged::Right(effects) => {
                prop_assert!(before < 5);
                let moving = Moving { counter: 4, ..Moving::default() };
                prop_assert_eq!(effects, [Effect::SaveMoving { device: DeviceId::from([3; 16]), moving }]);
            }
            Judged::NotEvaluated(Over::DeviceLocked(_)) => prop_assert!(before >= 5),
            other => prop_assert!(false, "{:?}", other),
        }
        let other = World::of(suites::DSC_PLUS, "4711", 0);
        let current = answer(suites::DSC_PLUS, &question, "4711", 3);
        let judged = other.judge(&question, &Given::NewPin { pin: &hash, answer: &current });
        prop_assert_eq!(matches!(judged, Judged::Right(_)), pin == "4711");
    }
}

#[test]
fn a_code_card_answers_by_the_values_at_two_places_and_is_asked_the_same_ones_until_then() {
    let mut world = World::of(suites::PLATINUM, "", 0);
    world.algorithm = Algorithm::CodeCard { places: 20 };
    let Question::Places(pair) = world.question() else { panic!("no places") };
    let value = pair.map(|place| value_at(&KEY, place).expose().clone()).concat();
    let start = |answer| world.judge(&Question::Places(pair), &Given::Start { serial: "SN0042", answer });
    let typed = value.to_lowercase();
    let Judged::Right(effects) = start(&typed) else { panic!("refused") };
    let spent = effects.iter().any(|effect| match effect {
        Effect::SaveMoving { moving, .. } => moving.card.as_ref().is_some_and(|card| card.spent.len() == 2),
        _ => false,
    });
    assert!(spent, "{effects:?}");
    assert!(matches!(start("AAAAAA"), Judged::Wrong(_)));
}

#[test]
fn locks_stop_all_and_what_has_no_serial_never_starts() {
    let world = World::of(suites::DSC_PLUS, "4711", 5);
    let question = world.question();
    let right = answer(suites::DSC_PLUS, &question, "4711", 0);
    let given = Given::Start { serial: "SN-0042", answer: &right };
    assert!(matches!(world.judge(&question, &given), Judged::NotEvaluated(Over::DeviceLocked(_))));
    let wrong = World::of(suites::DSC_PLUS, "4711", 4).judge(&question, &Given::Start { serial: "1", answer: &right });
    let Judged::WrongSerial(effects) = wrong else { panic!("{wrong:?}") };
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Tell(Notice::DeviceLocked(..)))), "{effects:?}");
    assert!(!is_on_it("", "") && !is_on_it("", "1") && is_on_it("ab 12", "AB-12"));
}
