//! The desk's agents and cases, and what is lent for a while.

use super::{Nouns, at};
use crate::{
    agent::{self, Agent},
    call::{self, Call},
    desk_case::{self, DeskCase},
    device::{self, Device, Nonces},
};
use domain::{
    desk::{self, Act, CallState, CaseState, Role, Roles, temporary::Life},
    device::{Algorithm, DeviceState, Moving},
    id::{CaseId, ConfirmationId, DeviceId, UserId},
    lockout::DeviceFailures,
};

pub(super) fn all(nouns: &Nouns) {
    agents(nouns);
    calls(nouns);
    cases(nouns);
    lent(nouns);
}

fn agents(nouns: &Nouns) {
    let added = Agent {
        user: nouns.user,
        person: "E-1017".to_owned(),
        first_name: None,
        roles: Roles::of([Role::Agent]),
        added_at: at(1),
        ended_at: None,
    };
    let new = added.clone();
    nouns.run(move |sql, _, _| agent::insert(sql, &new));
    let one = || nouns.run(|sql, _, user| agent::one(sql, user));
    assert_eq!(one(), Some(added.clone()));
    let both = Roles::of([Role::Agent, Role::Depot]);
    assert!(nouns.run(|sql, _, user| agent::end(sql, user, at(5))));
    assert!(!nouns.run(|sql, _, user| agent::end(sql, user, at(6))), "ended twice");
    assert_eq!(one().unwrap().ended_at, Some(at(5)));
    let name = Some("Dana".to_owned());
    let changed = Agent { person: "E-7".to_owned(), first_name: name, roles: both, ..added };
    let new = changed.clone();
    nouns.run(move |sql, _, _| agent::set(sql, &new));
    assert_eq!(one(), Some(changed.clone()));
    assert!(nouns.run(|sql, _, _| agent::list(sql)).contains(&changed));
}

fn calls(nouns: &Nouns) {
    let user = nouns.user;
    let asked = move |n: u8| Call {
        user,
        id: ConfirmationId::from([n; 16]),
        call: desk::Call {
            agent: UserId::from([7; 16]),
            state: CallState::Asked,
            asked_at: at(i64::from(n)),
            ended_at: at(i64::from(n) + 180),
            device: None,
        },
    };
    for n in [1, 2] {
        nouns.run(move |sql, _, _| call::insert(sql, &asked(n)));
    }
    let since = |second| nouns.run(move |sql, _, user| call::since(sql, user, at(second)));
    assert_eq!((since(0), since(1)), (vec![asked(1), asked(2)], vec![asked(2)]));
    let yes = desk::Call {
        state: CallState::Proved,
        ended_at: at(60),
        device: Some(DeviceId::from([8; 16])),
        ..asked(1).call
    };
    let proved = Call { call: yes, ..asked(1) };
    assert!(nouns.run(move |sql, _, _| call::end(sql, &proved)));
    assert!(!nouns.run(move |sql, _, _| call::end(sql, &asked(1))), "ended twice");
    assert_eq!(nouns.run(move |sql, _, _| call::by_id(sql, proved.id)), Some(proved));
    let open = |second| nouns.run(move |sql, _, user| call::open(sql, user, at(second)));
    assert_eq!((open(100), open(182)), (Some(asked(2)), None));
    let ask = call::ask_open(nouns.user, at(100));
    assert_eq!(nouns.run_with(vec![ask], |sql, _, user| call::open(sql, user, at(100))), Some(asked(2)));
}

fn cases(nouns: &Nouns) {
    let octets = |n: u8| {
        let mut id = nouns.user.octets();
        id[0] = n;
        id
    };
    let new = |n: u8| DeskCase {
        user: nouns.user,
        id: CaseId::from(octets(n)),
        act: Act::TemporaryAccess,
        state: CaseState::Proposed,
        first: UserId::from([7; 16]),
        second: None,
        reason: "The phone was stolen".to_owned(),
        identity_check: "date of birth, last login".to_owned(),
        card: (n == 1).then(|| DeviceId::from([8; 16])),
        proof: (n == 2).then(|| DeviceId::from([9; 16])),
        device: None,
        created_at: at(10),
        changed_at: at(10),
        until: at(100 + i64::from(n)),
        not_before: at(20),
    };
    for n in [1, 2] {
        let added = new(n);
        nouns.run(move |sql, sealer, _| desk_case::insert(sql, sealer, &added, octets_of(n), [[n; 12], [n + 100; 12]]));
    }
    assert_eq!(nouns.run(|sql, sealer, user| desk_case::of_user(sql, sealer, user)), [new(1), new(2)]);
    let (id, other) = (new(1).id, new(2).id);
    assert_eq!(nouns.run(move |sql, sealer, _| desk_case::by_id(sql, sealer, id)), Some(new(1)));
    assert_eq!(nouns.run(move |sql, sealer, user| desk_case::one(sql, sealer, user, other)), Some(new(2)));
    let objects = |n: u8| nouns.run(move |sql, sealer, user| desk_case::of_objection(sql, sealer, user, octets_of(n)));
    assert_eq!((objects(2), objects(9)), (Some(new(2)), None));
    let seconded = DeskCase {
        state: CaseState::Seconded,
        second: Some(UserId::from([8; 16])),
        device: Some(DeviceId::from([6; 16])),
        until: at(300),
        changed_at: at(30),
        ..new(1)
    };
    let pass = || {
        let case = seconded.clone();
        nouns.run(move |sql, _, _| desk_case::pass(sql, &case, CaseState::Proposed))
    };
    assert!(pass());
    assert!(!pass(), "from a state that it is in no more");
    let of_user = |cases: Vec<DeskCase>| cases.into_iter().filter(|case| case.user == nouns.user).collect::<Vec<_>>();
    let listed = |state| of_user(nouns.run(move |sql, sealer, _| desk_case::in_state(sql, sealer, state, 50)));
    assert_eq!(listed(CaseState::Seconded), std::slice::from_ref(&seconded));
    assert_eq!(listed(CaseState::Proposed), [new(2)]);
    let page = |before| {
        of_user(nouns.run(move |sql, sealer, _| desk_case::page(sql, sealer, CaseState::Proposed, before, 50)))
    };
    assert_eq!((page(None), page(Some(other))), (vec![new(2)], vec![]));
    let due = |when| {
        let due = nouns.run(move |sql, _, _| desk_case::due(sql, CaseState::Proposed, at(when), 50));
        due.into_iter().filter(|(user, _)| *user == nouns.user).collect::<Vec<_>>()
    };
    assert_eq!((due(101), due(102)), (vec![], vec![(nouns.user, other)]));
}

fn octets_of(n: u8) -> [u8; 32] {
    [n; 32]
}

fn lent(nouns: &Nouns) {
    let device = Device {
        user: nouns.user,
        id: DeviceId::from([0x4c; 16]),
        class: "temporary-code".to_owned(),
        label: "Temporary code".to_owned(),
        serial: String::new(),
        state: DeviceState::Active,
        algorithm: Some(Algorithm::Static { characters: 12 }),
        moving: Moving::default(),
        failures: DeviceFailures::default(),
        created_at: at(1),
        activated_at: Some(at(1)),
        last_used_at: None,
        phone: None,
        passkey: None,
        life: Some(Life { full_until: Some(at(40)), until: at(50) }),
    };
    let added = device.clone();
    let nonces = Nonces { key: [1; 12], pin: [2; 12], approve: [3; 12] };
    nouns.run(move |sql, sealer, _| device::insert(sql, sealer, &added, None, nonces));
    let id = device.id;
    assert_eq!(nouns.run(move |sql, _, user| device::one(sql, user, id)), Some(device.clone()));
    let due = |when| {
        let due = nouns.run(move |sql, _, _| device::lent(sql, at(when), 50));
        due.contains(&(nouns.user, id))
    };
    assert_eq!((due(49), due(50)), (false, true));
    nouns.run(move |sql, _, _| device::save_state(sql, &device, DeviceState::Expired, at(60)));
    assert!(!due(60), "it has ended");
}
