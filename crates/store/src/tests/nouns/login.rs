//! Users, their devices, and what a login consists of.

use domain::confirmation::{Confirmation, State};
use domain::desk::{Alarm, Taken};
use domain::device::{DeviceState, Keys, Moving};
use domain::id::{ConfirmationId, ContactId, DeviceId, MarkId, UserId};
use domain::lockout::{Budget, DeviceFailures, UserFailures};
use domain::pushes::Asker;
use domain::user::Username;
use domain::{Policy, Secret, Timestamp};

use super::{Nouns, at, sample, secret};
use crate::contact::{Channel, Contact};
use crate::device::{Credential, Device, Nonces, Passkey, Phone};
use crate::mark::Mark;
use crate::{Error, alarm, confirmation, contact, device, failure, mark, place, user};

pub(super) const DEVICE: [u8; 16] = [30; 16];

pub(super) fn all(nouns: &Nouns) {
    users(nouns);
    user_settings(nouns);
    contacts(nouns);
    devices(nouns);
    serials(nouns);
    changed_devices(nouns);
    failures(nouns);
    marks(nouns);
    places(nouns);
    confirmations(nouns);
    ended_confirmations(nouns);
}

fn users(nouns: &Nouns) {
    let expected = sample(nouns);
    let id = nouns.user;
    let found = nouns.run_with(vec![user::ask_by_id(id)], |sql, _, id| user::by_id(sql, id));
    assert_eq!(found.as_ref(), Some(&expected));
    let name = expected.username.clone();
    assert_eq!(nouns.run(move |sql, _, _| user::by_name(sql, &name)).as_ref(), Some(&expected));
    let unknown = Username::parse(&nouns.name("nobody")).unwrap();
    assert_eq!(nouns.run(move |sql, _, _| user::by_name(sql, &unknown)), None);
    let name = expected.username.clone();
    let again = name.clone();
    assert_eq!(nouns.run(move |sql, _, _| user::id_by_name(sql, &again)), Some(expected.id));
    assert_eq!(nouns.run(move |sql, _, _| user::look_up(sql, &name)).as_ref(), Some(&expected));
    let after = nouns.name("usea");
    assert_eq!(nouns.run(move |sql, _, _| user::page(sql, &after, 1)).len(), 1);
    let again = expected.clone();
    let taken = nouns.attempt(vec![], move |sql, _, _| user::insert(sql, &again));
    assert!(matches!(taken, Err(Error::Unique { .. })), "{taken:?}");
    let mut other = expected;
    other.id = [nouns.user.octets()[0] + 100; 16].into();
    other.username = Username::parse(&nouns.name("other")).unwrap();
    let (added, id) = (other.clone(), other.id);
    nouns.run(move |sql, _, _| user::insert(sql, &added));
    assert_eq!(nouns.run(move |sql, _, _| user::by_id(sql, id)), Some(other));
}

fn user_settings(nouns: &Nouns) {
    let now = || nouns.run(|sql, _, id| user::by_id(sql, id)).unwrap();
    assert!(nouns.run(|sql, _, id| user::rehash(sql, id, "$phc$", "$better$")));
    assert!(!nouns.run(|sql, _, id| user::rehash(sql, id, "$phc$", "$worse$")));
    assert_eq!(now().password_phc, "$better$");
    nouns.run(|sql, _, id| user::lock_password(sql, id, at(5)));
    nouns.run(|sql, _, id| user::lock_password(sql, id, at(6)));
    assert_eq!(now().password_locked_at, Some(at(5)));
    alarm(nouns);
    nouns.run(|sql, _, id| user::unlock_password(sql, id));
    assert_eq!(now().password_locked_at, None);
    assert_eq!(nouns.run(|sql, _, id| alarm::one(sql, id)), None);
    nouns.run(|sql, _, id| user::lock_password(sql, id, at(7)));
    nouns.run(|sql, _, id| user::set_password(sql, id, "$other$"));
    assert_eq!((now().password_phc.as_str(), now().password_locked_at), ("$other$", None));
    nouns.run(|sql, _, id| user::set_user_code(sql, id, Some("$code$")));
    let code = nouns.run_with(vec![user::ask_user_code(nouns.user)], |sql, _, id| user::user_code(sql, id));
    assert_eq!(code.as_deref(), Some("$code$"));
    nouns.run(|sql, _, id| user::set_default_device(sql, id, DEVICE.into()));
    nouns.run(|sql, _, id| user::set_locale(sql, id, "ru"));
    let user = now();
    assert_eq!((user.default_device, user.locale.as_str()), (Some(DEVICE.into()), "ru"));
    nouns.run(|sql, _, id| user::set_unhurried(sql, id, Some(at(5))));
    assert_eq!(now().unhurried_at, Some(at(5)));
    nouns.run(|sql, _, id| user::set_unhurried(sql, id, None));
    assert_eq!(now().unhurried_at, None);
}

/// The user said "it wasn't me" at 5.
fn alarm(nouns: &Nouns) {
    let one = || nouns.run(|sql, _, id| alarm::one(sql, id)).unwrap();
    let page = |after: Option<(Timestamp, UserId)>| {
        let rows = nouns.run(move |sql, _, _| alarm::page(sql, after, 10));
        rows.into_iter().filter(|row| row.user == nouns.user).collect::<Vec<_>>()
    };
    let found = one();
    assert_eq!((found.user, found.alarm), (nouns.user, Alarm { since: at(5), taken: None }));
    assert_eq!((page(None), page(Some((at(4), nouns.user)))), (vec![found.clone()], vec![found.clone()]));
    assert_eq!(page(Some((at(5), nouns.user))), []);
    assert!(nouns.run(|sql, _, _| alarm::count(sql)) >= 1);
    let taken = Some(Taken { agent: [9; 16].into(), at: at(6) });
    let hand = |since, taken| {
        let alarm = alarm::Alarm { alarm: Alarm { since: at(since), taken }, ..found.clone() };
        nouns.run(move |sql, _, _| alarm::take(sql, &alarm))
    };
    assert!(hand(5, taken));
    assert_eq!(one().alarm.taken, taken);
    assert!(!hand(4, None), "of another lock");
    assert!(hand(5, None));
    assert_eq!(one().alarm.taken, None);
}

fn contacts(nouns: &Nouns) {
    let id = ContactId::from([20; 16]);
    nouns.run(move |sql, sealer, user| {
        let new =
            Contact { id, channel: Channel::Mail, address: secret("a@example.org"), joined_at: None, left_at: None };
        contact::insert(sql, sealer, user, contact::New { contact: &new, nonce: [1; 12], lookup: [1; 32] }, at(1))
    });
    let ask = contact::ask_of_user(nouns.user);
    let all = nouns.run_with(vec![ask], |sql, sealer, user| contact::of_user(sql, sealer, user));
    assert_eq!((all.len(), all[0].address.expose().as_str()), (1, "a@example.org"));
    let one = nouns.run(move |sql, sealer, user| contact::one(sql, sealer, user, id)).unwrap();
    assert_eq!((one.id, one.channel), (id, Channel::Mail));
    assert!(nouns.run(|sql, sealer, user| contact::one(sql, sealer, user, [0; 16].into())).is_none());
}

fn phone(nouns: &Nouns) -> Device {
    Device {
        user: nouns.user,
        id: DEVICE.into(),
        class: "phone".to_owned(),
        label: "Phone".to_owned(),
        serial: nouns.name("1-"),
        state: DeviceState::Pending,
        algorithm: None,
        moving: Moving::default(),
        failures: DeviceFailures::default(),
        created_at: at(1),
        activated_at: None,
        last_used_at: None,
        passkey: None,
        life: None,
        phone: Some(Phone {
            signing_key: "{}".to_owned(),
            platform: "ios".to_owned(),
            credential: None,
            in_doubt_until: None,
            standalone: Some("3.1".to_owned()),
        }),
    }
}

fn devices(nouns: &Nouns) {
    let new = phone(nouns);
    let id = new.id;
    let added = new.clone();
    nouns.run(move |sql, sealer, _| {
        let keys =
            Keys { key: Secret::new(vec![1]), pin: Some(Secret::new(vec![2])), approve: Some(Secret::new(vec![3])) };
        let nonces = Nonces { key: [1; 12], pin: [2; 12], approve: [3; 12] };
        device::insert(sql, sealer, &added, Some(&keys), nonces)
    });
    let found = nouns.run_with(vec![device::ask_of_user(nouns.user)], |sql, _, user| device::of_user(sql, user));
    assert_eq!(found, std::slice::from_ref(&new));
    let ask = device::ask_one(nouns.user, id);
    assert_eq!(nouns.run_with(vec![ask], move |sql, _, user| device::one(sql, user, id)).as_ref(), Some(&new));
    let ask = device::ask_keys(nouns.user);
    let keys = nouns.run_with(vec![ask], move |sql, sealer, user| {
        let none = device::keys(sql, sealer, user, [0; 16].into())?;
        assert!(none.is_none());
        device::keys(sql, sealer, user, id)
    });
    let keys = keys.unwrap();
    let plain = [Some(&keys.key), keys.pin.as_ref(), keys.approve.as_ref()].map(|key| key.unwrap().expose().clone());
    assert_eq!(plain, [vec![1], vec![2], vec![3]]);
    let printed = || nouns.run(move |sql, _, user| device::printed(sql, user, id));
    let print = |when| nouns.run(move |sql, _, user| device::print(sql, user, id, at(when)));
    assert_eq!((printed(), print(5), print(6), printed()), (None, true, false, Some(at(5))));
    nouns.run(move |sql, _, user| device::save_doubt(sql, user, id, at(9)));
    let found = nouns.run(move |sql, _, user| device::one(sql, user, id)).unwrap();
    assert_eq!(found.standing().in_doubt_until, Some(at(9)));
    let said = || nouns.run(|sql, _, user| user::code_alone(sql, user));
    assert_eq!(said(), None);
    for choice in [domain::device::recovery::Choice::Never, domain::device::recovery::Choice::Allowed] {
        nouns.run(move |sql, _, user| user::set_code_alone(sql, user, choice));
        assert_eq!(said(), Some(choice));
    }
    passkeys(nouns);
}

/// A passkey is found by class and serial number, has no keys, and moves.
fn passkeys(nouns: &Nouns) {
    let passkey = Passkey {
        id: "AQ".to_owned(),
        cose: "oA".to_owned(),
        user_handle: "Ag".to_owned(),
        counter: 1,
        backup_eligible: true,
        backed_up: false,
        transports: vec!["usb".to_owned()],
    };
    let (id, class) = ([77; 16].into(), "passkey-synced");
    let serial = nouns.name("passkey-");
    let (class_name, held) = (class.to_owned(), Some(passkey.clone()));
    let new = Device { id, class: class_name, serial: serial.clone(), phone: None, passkey: held, ..phone(nouns) };
    let added = new.clone();
    nouns.run(move |sql, sealer, _| {
        device::insert(sql, sealer, &added, None, Nonces { key: [1; 12], pin: [2; 12], approve: [3; 12] })
    });
    let (held, other) = (serial.clone(), serial);
    assert_eq!(nouns.run(move |sql, _, _| device::by_serial(sql, class, &held)), Some((nouns.user, id)));
    assert_eq!(nouns.run(move |sql, _, _| device::by_serial(sql, "passkey-bound", &other)), None);
    assert_eq!(nouns.run(move |sql, _, user| device::one(sql, user, id)).as_ref(), Some(&new));
    assert!(nouns.run(move |sql, sealer, user| device::keys(sql, sealer, user, id)).is_none());
    let moved = Passkey { counter: 9, backed_up: true, ..passkey };
    let saved = moved.clone();
    nouns.run(move |sql, _, user| device::save_passkey(sql, user, id, &saved));
    assert_eq!(nouns.run(move |sql, _, user| device::one(sql, user, id)).unwrap().passkey, Some(moved));
}

/// A serial number is one device's, whoever's that is, until the device ends.
fn serials(nouns: &Nouns) {
    let add = |new: Device| {
        let nonces = Nonces { key: [1; 12], pin: [2; 12], approve: [3; 12] };
        nouns.attempt(vec![], move |sql, sealer, _| device::insert(sql, sealer, &new, None, nonces))
    };
    let second = || Device { id: [31; 16].into(), ..phone(nouns) };
    let held = || nouns.run(|sql, _, user| device::of_user(sql, user)).len();
    let before = held();
    assert!(matches!(add(second()), Err(Error::Unique { .. })), "the first device has it");
    assert_eq!(held(), before, "nothing of it is kept");
    let other = || Device { serial: nouns.name("2-"), ..second() };
    add(other()).unwrap();
    let ended = other();
    assert!(nouns.run(move |sql, _, _| device::save_state(sql, &ended, DeviceState::Revoked, at(3))));
    add(Device { id: [32; 16].into(), ..other() }).unwrap();
}

fn changed_devices(nouns: &Nouns) {
    let id = DeviceId::from(DEVICE);
    let now = || nouns.run(move |sql, _, user| device::one(sql, user, id)).unwrap();
    let failures = DeviceFailures { consecutive: 3, last_at: Some(at(7)) };
    let credential = Credential { id: "id".to_owned(), key: "{}".to_owned(), counter: 4 };
    let kept = credential.clone();
    nouns.run(move |sql, sealer, user| {
        device::save_moving(sql, user, id, &Moving { counter: 9, ..Moving::default() })?;
        device::save_failures(sql, user, id, failures)?;
        device::save_credential(sql, user, id, &credential)?;
        device::save_label(sql, user, id, "Mine")?;
        device::save_pin(sql, sealer, user, id, &Secret::new(vec![8]), [4; 12])?;
        device::used(sql, user, id, at(8))
    });
    let changed = now();
    assert_eq!((changed.moving.counter, changed.failures, changed.label.as_str()), (9, failures, "Mine"));
    assert_eq!((changed.last_used_at, changed.phone.unwrap().credential), (Some(at(8)), Some(kept)));
    let keys = nouns.run(move |sql, sealer, user| device::keys(sql, sealer, user, id)).unwrap();
    assert_eq!(keys.pin.unwrap().expose(), &vec![8]);
    let (before, ended) = (now(), now());
    assert!(nouns.run(move |sql, _, _| device::save_state(sql, &before, DeviceState::Active, at(9))));
    assert_eq!((now().state, now().activated_at), (DeviceState::Active, Some(at(9))));
    // It was read before the other change.
    assert!(!nouns.run(move |sql, _, _| device::save_state(sql, &ended, DeviceState::Suspended, at(9))));
}

fn failures(nouns: &Nouns) {
    let known = Budget::Known(MarkId::from([40; 16]));
    let load = |budget| {
        let ask = failure::ask_load(nouns.user);
        nouns.run_with(vec![ask], move |sql, _, user| failure::load(sql, user, budget))
    };
    let one = UserFailures::default().one_more(&Policy::default().user_lock, at(5));
    for budget in [Budget::Strangers, known, Budget::WithoutPassword] {
        let failures = one.clone();
        nouns.run(move |sql, _, user| failure::save(sql, user, budget, &failures));
        assert_eq!(load(budget), one);
    }
    nouns.run(|sql, _, user| failure::save(sql, user, Budget::Strangers, &UserFailures::default()));
    assert_eq!((load(Budget::Strangers), load(known)), (UserFailures::default(), one));
    let all = nouns.run(|sql, _, user| failure::of_user(sql, user));
    assert_eq!(all, [(known, load(known)), (Budget::WithoutPassword, load(Budget::WithoutPassword))]);
    nouns.run(|sql, _, user| failure::clear_all(sql, user));
    assert_eq!(nouns.run(|sql, _, user| failure::of_user(sql, user)), []);
    assert_eq!(load(known), UserFailures::default());
}

fn marks(nouns: &Nouns) {
    let mark = |id: u8| Mark {
        user: nouns.user,
        id: [id; 16].into(),
        client: "web".to_owned(),
        agent: "Firefox".to_owned(),
        address: (id > 1).then(|| "192.0.2.1".to_owned()),
        created_at: at(1),
        last_seen_at: at(1),
    };
    let valid = |digest: u8| {
        let ask = mark::ask_valid(nouns.user, [digest; 32], "web");
        nouns.run_with(vec![ask], move |sql, _, user| mark::valid(sql, user, [digest; 32], "web"))
    };
    for id in [1, 2, 3] {
        let new = mark(id);
        nouns.run(move |sql, _, _| mark::insert(sql, &new, [id; 32]));
        assert_eq!(valid(id), Some(mark(id)));
    }
    assert_eq!(nouns.run(|sql, _, user| mark::valid(sql, user, [1; 32], "other")), None);
    nouns.run(|sql, _, user| mark::seen(sql, user, [3; 16].into(), at(2)));
    nouns.run(|sql, _, user| mark::seen(sql, user, [3; 16].into(), at(61)));
    nouns.run(|sql, _, user| mark::seen(sql, user, [2; 16].into(), at(61)));
    let asks = vec![mark::ask_of_user(nouns.user)];
    let all = nouns.run_with(asks, |sql, _, user| mark::of_user(sql, user));
    assert_eq!(
        all.iter().map(|(mark, digest)| (digest[0], mark.last_seen_at)).collect::<Vec<_>>(),
        [
            (2, at(61)),
            (3, at(2)), // the second login; and within a minute of it none is written
            (1, at(1)),
        ]
    );
    assert!(nouns.run(|sql, _, user| mark::revoke(sql, user, [1; 16].into(), at(9))));
    assert!(!nouns.run(|sql, _, user| mark::revoke(sql, user, [1; 16].into(), at(9))));
    assert_eq!((valid(1), valid(2).is_some()), (None, true));
    nouns.run(|sql, _, user| mark::revoke_others(sql, user, [2; 16].into(), at(9)));
    assert!(valid(2).is_some());
    nouns.run(|sql, _, user| mark::revoke_others(sql, user, [1; 16].into(), at(9)));
    assert_eq!(valid(2), None);
    nouns.run(|sql, _, user| mark::revoke_all(sql, user, at(9)));
    assert_eq!(valid(2), None);
}

fn places(nouns: &Nouns) {
    let both = [[1; 16], [2; 16]];
    let last_seen = |place| {
        let ask = place::ask_last_seen(nouns.user, place);
        nouns.run_with(vec![ask], move |sql, _, user| place::last_seen(sql, user, place))
    };
    assert_eq!(last_seen([1; 16]), None);
    nouns.run(move |sql, _, user| place::seen(sql, user, both, at(5)));
    nouns.run(move |sql, _, user| place::seen(sql, user, both, at(64)));
    assert_eq!(last_seen([1; 16]), Some(at(5)), "within a minute of the last time: not written");
    nouns.run(move |sql, _, user| place::seen(sql, user, [[2; 16], [3; 16]], at(65)));
    assert_eq!([1, 2, 3].map(|n| last_seen([n; 16])), [5, 65, 65].map(|seconds| Some(at(seconds))));
}

fn attempt(nouns: &Nouns, id: u8, state: State) -> Confirmation {
    let operation = r#"{"what":{"operation":"login"},"client":"web","address":"192.0.2.1","agent":"Firefox",
        "channel":{"channel":"hosted"}}"#;
    Confirmation {
        id: [id; 16].into(),
        user: nouns.user,
        operation: serde_json::from_str(operation).unwrap(),
        created_at: at(i64::from(id)),
        expires_at: at(100),
        wrong_answers: 0,
        budget: Budget::Known([40; 16].into()),
        asker: Asker::Attempt,
        last_wrong: None,
        first: None,
        sent: None,
        asked: std::collections::BTreeMap::new(),
        state,
    }
}

/// A state by its JSON form.
fn state(text: &str) -> State {
    serde_json::from_str(text).unwrap()
}

fn approval() -> State {
    let device = DeviceId::from(DEVICE);
    state(&format!(r#"{{"state":"awaiting_approval","device":"{device}"}}"#))
}

fn confirmations(nouns: &Nouns) {
    let new = attempt(nouns, 1, State::AwaitingChoice);
    let (added, id) = (new.clone(), new.id);
    nouns.run(move |sql, _, _| confirmation::insert(sql, &added, [1; 32]));
    let by_id = || {
        let ask = confirmation::ask_by_id(nouns.user, id);
        nouns.run_with(vec![ask], move |sql, _, user| confirmation::by_id(sql, user, id)).unwrap()
    };
    let by_handle = |digest: u8| {
        let ask = confirmation::ask_by_handle(nouns.user, [digest; 32]);
        nouns.run_with(vec![ask], move |sql, _, user| confirmation::by_handle(sql, user, [digest; 32]))
    };
    assert_eq!((by_id().confirmation, by_id().version), (new.clone(), 0));
    assert_eq!(by_handle(1), Some(by_id()));
    let pending = |now| {
        let ask = confirmation::ask_pending(nouns.user, at(now));
        nouns.run_with(vec![ask], move |sql, _, user| confirmation::pending(sql, user, at(now))).len()
    };
    assert_eq!(pending(50), 0);
    let awaits = Confirmation { state: approval(), wrong_answers: 1, ..new };
    let (saved, again) = (awaits.clone(), awaits.clone());
    assert!(nouns.run(move |sql, _, _| confirmation::save(sql, 0, &saved)));
    assert!(!nouns.run(move |sql, _, _| confirmation::save(sql, 0, &again)), "another step was saved first");
    assert_eq!((by_id().confirmation, by_id().version), (awaits, 1));
    assert_eq!((pending(50), pending(100)), (1, 0));
    nouns.run(move |sql, _, user| confirmation::hand_over(sql, user, id, [2; 32]));
    assert_eq!((by_handle(1), by_handle(2)), (None, Some(by_id())));
    let (seen, stale) = (by_id(), by_id());
    assert_eq!(nouns.run(move |sql, _, _| confirmation::waits(sql, &seen)), 1);
    assert_eq!(by_id().waiter, 1);
    let late = nouns.attempt(vec![], move |sql, _, _| confirmation::waits(sql, &stale));
    assert_eq!(late, Err(Error::Retry), "another one was numbered first");
}

fn ended_confirmations(nouns: &Nouns) {
    let open = |now| {
        let ask = confirmation::ask_open(nouns.user, at(now));
        nouns.run_with(vec![ask], move |sql, _, user| confirmation::open(sql, user, at(now))).len()
    };
    let new = attempt(nouns, 2, State::AwaitingChoice);
    let added = new.clone();
    nouns.run(move |sql, _, _| confirmation::insert(sql, &added, [3; 32]));
    assert_eq!((open(50), open(100)), (2, 0));
    let overdue = |now| {
        let found = nouns.run(move |sql, _, _| confirmation::overdue(sql, at(now), 10));
        found.into_iter().filter(|(user, _)| *user == nouns.user).map(|(_, id)| id).collect::<Vec<_>>()
    };
    assert!(overdue(99).is_empty());
    assert_eq!(overdue(100).len(), 2);
    let expired = state(r#"{"state":"ended","outcome":"denied","at":60000000,"reported":false}"#);
    let ended = Confirmation { state: expired, ..new };
    assert!(nouns.run(move |sql, _, _| confirmation::save(sql, 0, &ended)));
    assert_eq!((open(50), overdue(100)), (1, vec![ConfirmationId::from([1; 16])]));
    let given = |id: u8| nouns.run(move |sql, _, user| confirmation::given(sql, user, [id; 16].into(), at(61)));
    assert!(given(1));
    assert!(!given(1));
    let state = state(r#"{"state":"ended","outcome":"denied","at":60000000,"reported":false}"#);
    let (new, ended) =
        (attempt(nouns, 3, State::AwaitingChoice), Confirmation { state, ..attempt(nouns, 3, State::AwaitingChoice) });
    nouns.run(move |sql, _, _| confirmation::insert(sql, &new, [4; 32]));
    assert!(nouns.run(move |sql, _, _| confirmation::save_given(sql, 0, &ended, at(60))));
    assert!(!given(3), "it gave with its last step");
    nouns.run(|sql, _, user| confirmation::forfeit(sql, user, at(62)));
    assert!(!given(2), "what has ended gives nothing any more");
}
