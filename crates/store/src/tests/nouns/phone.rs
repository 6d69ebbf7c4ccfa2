//! What belongs to a phone: its activation, sessions, invitations, PIN, pushes and signed statements.

use domain::Secret;
use domain::id::{ConfirmationId, DeviceId, SessionId};
use domain::pushes::PushBudget;

use super::login::DEVICE;
use super::{Nouns, at, secret};
use crate::activation::{Activation, Proof};
use crate::evidence::Evidence;
use crate::invitation::{Invitation, Shown, ShownBy};
use crate::passkey_evidence::PasskeyEvidence;
use crate::password::{Change, Link};
use crate::phone_session::{Digests, PhoneSession};
use crate::pin_change::PinChange;
use crate::push::{Sent, Subscription};
use crate::{
    activation, evidence, invitation, passkey_evidence, password, phone_session, pin_change, push, pushes, user,
};

pub(super) fn all(nouns: &Nouns) {
    activations(nouns);
    ended_activations(nouns);
    sessions(nouns);
    invitations(nouns);
    pin_changes(nouns);
    password_links(nouns);
    password_changes(nouns);
    subscriptions(nouns);
    unanswered(nouns);
    untold(nouns);
    statements(nouns);
}

fn new_activation(nouns: &Nouns, digest: u8, proof: Proof) -> Activation {
    Activation {
        user: nouns.user,
        digest: [digest; 32],
        thumbprint: "key".to_owned(),
        proof,
        code: secret("code"),
        agreement: Secret::new(vec![5]),
        wrong_answers: 0,
        device: None,
        created_at: at(i64::from(digest)),
        expires_at: at(100),
        ended_at: None,
    }
}

fn found_activation(nouns: &Nouns, digest: u8) -> Activation {
    nouns.run(move |sql, sealer, user| activation::one(sql, sealer, user, [digest; 32])).unwrap()
}

fn activations(nouns: &Nouns) {
    let device = Proof::Device(ConfirmationId::from([9; 16]));
    for (digest, proof) in [(1, Proof::Code), (2, Proof::Session { by_code: false }), (3, device)] {
        let new = new_activation(nouns, digest, proof);
        let added = new.clone();
        nouns.run(move |sql, sealer, _| activation::insert(sql, sealer, &added, ([1; 12], [2; 12])));
        let found = found_activation(nouns, digest);
        assert_eq!((found.proof, found.created_at, found.expires_at), (proof, new.created_at, new.expires_at));
        assert_eq!((found.code.expose(), found.agreement.expose()), (new.code.expose(), new.agreement.expose()));
    }
    assert_eq!(nouns.run(|sql, _, user| activation::begun_since(sql, user, at(1))), 2);
    let one = new_activation(nouns, 1, Proof::Code);
    let (first, second, counted) = (one.clone(), one.clone(), one);
    assert!(nouns.run(move |sql, _, _| activation::agreed(sql, &first, DEVICE.into(), "12345678")));
    assert!(!nouns.run(move |sql, _, _| activation::agreed(sql, &second, DEVICE.into(), "87654321")));
    // "It wasn't me" came between the code and the keys: no device comes of it.
    let (added, late) = (
        new_activation(nouns, 4, Proof::Session { by_code: false }),
        new_activation(nouns, 4, Proof::Session { by_code: false }),
    );
    let digest = late.digest;
    nouns.run(move |sql, sealer, _| activation::insert(sql, sealer, &added, ([1; 12], [2; 12])));
    assert!(nouns.run(move |sql, _, user| activation::end(sql, user, digest, at(3))));
    assert!(!nouns.run(move |sql, _, _| activation::agreed(sql, &late, DEVICE.into(), "12345678")));
    nouns.run(move |sql, _, _| activation::count(sql, &counted, 2, None));
    let found = found_activation(nouns, 1);
    assert_eq!((found.wrong_answers, found.device), (2, Some((DEVICE.into(), "12345678".to_owned()))));
}

fn ended_activations(nouns: &Nouns) {
    let open = || {
        let digests = nouns.run(|sql, _, user| activation::open(sql, user));
        digests.into_iter().map(|digest| digest[0]).collect::<Vec<_>>()
    };
    assert_eq!(open(), [1, 2, 3]);
    let overdue = nouns.run(|sql, _, _| activation::overdue(sql, at(100), 100));
    assert_eq!(overdue.iter().filter(|(user, _)| *user == nouns.user).count(), 3);
    // Those that wait for a code, but not the one that has its device.
    nouns.run(|sql, _, user| activation::end_others(sql, user, [3; 32], at(50)));
    assert_eq!(open(), [1, 3]);
    assert!(nouns.run(|sql, _, user| activation::end(sql, user, [3; 32], at(51))));
    assert!(!nouns.run(|sql, _, user| activation::end(sql, user, [3; 32], at(52))));
    assert_eq!(found_activation(nouns, 3).ended_at, Some(at(51)));
    let old = DEVICE.into();
    for (digest, proof) in [(5, Proof::HandOver(old)), (6, Proof::Session { by_code: true }), (7, Proof::Phone(old))] {
        let added = new_activation(nouns, digest, proof);
        nouns.run(move |sql, sealer, _| activation::insert(sql, sealer, &added, ([1; 12], [2; 12])));
        assert_eq!(found_activation(nouns, digest).proof, proof);
    }
    assert_eq!(nouns.run(|sql, _, user| activation::awaiting_code(sql, user)), [[1; 32]]);
    let [awaited, again, other] = [5, 5, 6].map(|digest| found_activation(nouns, digest));
    assert!(nouns.run(move |sql, _, _| activation::handed_over(sql, &awaited)));
    assert!(!nouns.run(move |sql, _, _| activation::handed_over(sql, &again)), "once");
    assert!(!nouns.run(move |sql, _, _| activation::handed_over(sql, &other)), "nothing else awaits it");
    assert_eq!(found_activation(nouns, 5).proof, Proof::Phone(old));
}

fn sessions(nouns: &Nouns) {
    let new = |id: u8| PhoneSession {
        user: nouns.user,
        id: [id; 16].into(),
        device: DEVICE.into(),
        access_expires_at: at(50),
        created_at: at(1),
        last_seen_at: at(1),
    };
    for id in [1, 2, 3] {
        let added = new(id);
        let digests = Digests { access: [id; 32], refresh: [id + 100; 32] };
        nouns.run(move |sql, _, _| phone_session::insert(sql, &added, digests));
    }
    let by_access = |digest: u8, now| {
        let ask = phone_session::ask_by_access(nouns.user, [digest; 32], at(now));
        nouns.run_with(vec![ask], move |sql, _, user| phone_session::by_access(sql, user, [digest; 32], at(now)))
    };
    let by_refresh = |digest: u8| {
        let ask = phone_session::ask_by_refresh(nouns.user, [digest; 32]);
        nouns.run_with(vec![ask], move |sql, _, user| phone_session::by_refresh(sql, user, [digest; 32]))
    };
    assert_eq!((by_access(1, 49), by_access(1, 50), by_refresh(101)), (Some(new(1)), None, Some(new(1))));
    let session = new(1);
    nouns.run(move |sql, _, _| phone_session::refreshed(sql, &session, ([9; 32], at(80)), at(60)));
    assert_eq!((by_access(1, 49), by_access(9, 79).unwrap().last_seen_at), (None, at(60)));
    let lives = |id: u8| {
        let ask = phone_session::ask_lives(nouns.user, [id; 16].into());
        nouns.run_with(vec![ask], move |sql, _, user| phone_session::lives(sql, user, [id; 16].into()))
    };
    assert!(lives(1));
    assert!(nouns.run(|sql, _, user| phone_session::end(sql, user, [1; 16].into(), at(70))));
    assert!(!nouns.run(|sql, _, user| phone_session::end(sql, user, [1; 16].into(), at(70))));
    assert!(!lives(1) && lives(2));
    assert_eq!(nouns.run(|sql, _, user| phone_session::end_of_device(sql, user, DEVICE.into(), at(70))), 2);
    assert!(!lives(2) && by_refresh(102).is_none());
}

fn invitations(nouns: &Nouns) {
    let by = ShownBy::Session(SessionId::from([60; 16]));
    let new = |digest: u8| Invitation {
        user: nouns.user,
        digest: [digest; 32],
        shown_by: by,
        shown: Secret::new(Shown { handle: format!("handle{digest}"), id: "123".to_owned() }),
        wrong_ids: 0,
        created_at: at(i64::from(digest)),
        expires_at: at(100),
        used_at: None,
    };
    for digest in [1, 2] {
        let added = new(digest);
        nouns.run(move |sql, sealer, _| invitation::insert(sql, sealer, &added, [digest; 12]));
    }
    let open = || nouns.run(|sql, sealer, user| invitation::open(sql, sealer, user, at(50)));
    assert_eq!(open().unwrap().shown.expose(), new(2).shown.expose());
    assert_eq!(nouns.run(|sql, _, user| invitation::made_since(sql, user, at(1))), 1);
    let two = new(2);
    assert_eq!(nouns.run(move |sql, _, _| invitation::wrong(sql, &two)), 1);
    assert_eq!(open().unwrap().wrong_ids, 1);
    let take = || nouns.run(|sql, _, user| invitation::take_up(sql, user, [2; 32], at(51)));
    assert_eq!((take(), take()), (Some(by), None));
    assert_eq!(open().unwrap().digest, [1; 32]);
    nouns.run(|sql, _, user| invitation::withdraw(sql, user, at(52)));
    assert!(open().is_none());
    let latest = nouns.run(move |sql, sealer, user| invitation::latest(sql, sealer, user, by));
    assert_eq!((latest.as_ref().unwrap().digest, latest.unwrap().used_at), ([2; 32], Some(at(51))));
    let by_phone = ShownBy::Phone(DEVICE.into());
    let added = Invitation { shown_by: by_phone, ..new(3) };
    nouns.run(move |sql, sealer, _| invitation::insert(sql, sealer, &added, [3; 12]));
    assert_eq!(open().unwrap().shown_by, by_phone);
    assert!(nouns.run(move |sql, sealer, user| invitation::latest(sql, sealer, user, by_phone)).is_some());
    assert_eq!(nouns.run(|sql, _, user| invitation::take_up(sql, user, [3; 32], at(51))), Some(by_phone));
    assert_eq!(nouns.run(|sql, _, _| invitation::sweep(sql, at(101))), 3);
}

fn pin_changes(nouns: &Nouns) {
    let new = |digest: u8| PinChange {
        user: nouns.user,
        digest: [digest; 32],
        device: DeviceId::from(DEVICE),
        agreement: Secret::new(vec![digest]),
        challenge: "12345678".to_owned(),
        wrong_answers: 0,
        created_at: at(1),
        expires_at: at(100),
        ended_at: None,
    };
    for digest in [1, 2] {
        let added = new(digest);
        nouns.run(move |sql, sealer, _| pin_change::insert(sql, sealer, &added, [digest; 12]));
    }
    let one =
        |digest: u8| nouns.run(move |sql, sealer, user| pin_change::one(sql, sealer, user, [digest; 32])).unwrap();
    assert_eq!((one(1).agreement.expose().clone(), one(1).ended_at), (vec![1], None));
    let counted = new(1);
    nouns.run(move |sql, _, _| pin_change::count(sql, &counted, 2, None));
    assert_eq!(one(1).wrong_answers, 2);
    assert!(nouns.run(|sql, _, user| pin_change::end(sql, user, [1; 32], at(5))));
    assert!(!nouns.run(|sql, _, user| pin_change::end(sql, user, [1; 32], at(6))));
    nouns.run(|sql, _, user| pin_change::end_of_device(sql, user, DEVICE.into(), at(7)));
    assert_eq!((one(1).ended_at, one(2).ended_at), (Some(at(5)), Some(at(7))));
    assert_eq!(nouns.run(|sql, _, _| pin_change::sweep(sql, at(100))), 2);
}

fn password_links(nouns: &Nouns) {
    let new = |digest: u8| Link {
        user: nouns.user,
        digest: [digest; 32],
        created_at: at(1),
        expires_at: at(10 + i64::from(digest)),
    };
    for digest in [1, 2, 3] {
        let added = new(digest);
        nouns.run(move |sql, _, _| password::insert_link(sql, &added));
    }
    let lives = |digest: u8, now| nouns.run(move |sql, _, user| password::link_lives(sql, user, [digest; 32], now));
    assert!(lives(1, at(10)) && !lives(1, at(11)) && !lives(9, at(10)));
    let living = |now| nouns.run(move |sql, _, user| password::living_link(sql, user, now));
    assert_eq!((living(at(10)), living(at(13))), (Some(at(13)), None), "the one that lives longest");
    let used = |digest: u8, now| nouns.run(move |sql, _, user| password::use_link(sql, user, [digest; 32], now));
    assert!(used(1, at(5)) && !used(1, at(5)) && !lives(1, at(5)));
    assert!(!used(2, at(12)), "it was over");
    nouns.run(|sql, _, user| password::end_links(sql, user, at(6)));
    assert!(!lives(2, at(7)) && !lives(3, at(7)));
    assert_eq!(living(at(7)), None);
    assert_eq!(nouns.run(|sql, _, _| password::sweep_links(sql, at(12))), 2);
}

fn password_changes(nouns: &Nouns) {
    let new = |id: u8, session: Option<u8>| Change {
        user: nouns.user,
        confirmation: [id; 16].into(),
        password_phc: format!("$phc$ {id}"),
        session: session.map(|id| [id; 16].into()),
        mark: session.map(|id| [id; 16].into()),
        expires_at: at(100),
    };
    for (id, session) in [(1, Some(7)), (2, None), (3, None)] {
        let added = new(id, session);
        nouns.run(move |sql, _, _| password::insert(sql, &added));
    }
    let taken = |id: u8| nouns.run(move |sql, _, user| password::take(sql, user, [id; 16].into()));
    assert_eq!(taken(1), Some(new(1, Some(7))));
    assert_eq!(taken(1), None, "it is there once");
    assert_eq!(taken(2), Some(new(2, None)));
    assert_eq!(nouns.run(|sql, _, _| password::sweep(sql, at(99))), 0);
    assert_eq!(nouns.run(|sql, _, _| password::sweep(sql, at(100))), 1);
}

fn subscriptions(nouns: &Nouns) {
    let new = || Subscription {
        user: nouns.user,
        device: DEVICE.into(),
        id: [1; 16],
        origin: "https://push.example".to_owned(),
        target: Some(Secret::new(vec![1])),
        created_at: at(1),
        last: None,
    };
    let (put, sent, over, again) = (new(), new(), new(), new());
    let lives = || {
        let ask = push::ask_service(nouns.user);
        let service = nouns.run_with(vec![ask], |sql, _, user| push::service(sql, user, DEVICE.into()));
        service.as_deref() == Some("https://push.example")
    };
    let one = || nouns.run(|sql, sealer, user| push::one(sql, sealer, user, DEVICE.into()));
    assert!(!lives() && one().is_none());
    nouns.run(move |sql, sealer, _| push::put(sql, sealer, &put, [1; 12]));
    nouns.run(move |sql, _, _| push::sent(sql, &sent, Sent::Accepted, at(5)));
    let found = one().unwrap();
    assert_eq!(
        (lives(), found.target.unwrap().expose().clone(), found.last),
        (true, vec![1], Some((at(5), Sent::Accepted)))
    );
    assert!(nouns.run(move |sql, _, _| push::over(sql, &over)));
    assert!(!nouns.run(move |sql, _, _| push::over(sql, &again)));
    assert!(!lives() && one().unwrap().target.is_none());
    assert!(nouns.run(|sql, _, user| push::end(sql, user, DEVICE.into())));
    assert!(!nouns.run(|sql, _, user| push::end(sql, user, DEVICE.into())));
}

fn untold(nouns: &Nouns) {
    let count = || nouns.run(|sql, _, user| user::by_id(sql, user)).unwrap().untold_answers;
    for n in 1..=3 {
        nouns.run(|sql, _, user| user::count_untold(sql, user));
        assert_eq!(count(), n);
    }
    nouns.run(|sql, _, user| user::forget_untold(sql, user));
    assert_eq!(count(), 0);
}

fn unanswered(nouns: &Nouns) {
    let client = PushBudget::BackEnd("bank".to_owned());
    let count = |budget: &PushBudget| {
        let (ask, budget) = (pushes::ask_load(nouns.user), budget.clone());
        nouns.run_with(vec![ask], move |sql, _, user| pushes::load(sql, user, &budget)).count
    };
    let sum = || nouns.run(|sql, _, user| user::by_id(sql, user)).unwrap().unanswered_pushes;
    for budget in [&PushBudget::Strangers, &client, &client] {
        let budget = budget.clone();
        nouns.run(move |sql, _, user| pushes::sent(sql, user, &budget, at(5)));
    }
    assert_eq!((count(&PushBudget::Strangers), count(&client), sum()), (1, 2, 3));
    let budget = client.clone();
    nouns.run(move |sql, _, user| pushes::answered(sql, user, &budget));
    assert_eq!((count(&client), sum()), (1, 2));
    for left in [1, 1] {
        nouns.run(move |sql, _, user| pushes::answered(sql, user, &PushBudget::Strangers));
        assert_eq!((count(&PushBudget::Strangers), sum()), (0, left), "none is taken off where none is");
    }
    nouns.run(|sql, _, user| pushes::forget(sql, user));
    assert_eq!((count(&PushBudget::Strangers), count(&client), sum()), (0, 0, 0));
}

fn statements(nouns: &Nouns) {
    let id = ConfirmationId::from([1; 16]);
    let new = |statement: &str| Evidence {
        user: nouns.user,
        confirmation: id,
        device: DEVICE.into(),
        statement: statement.to_owned(),
        at: at(5),
    };
    for statement in ["a.b.c", "d.e.f"] {
        let kept = new(statement);
        nouns.run(move |sql, _, _| evidence::keep(sql, &kept));
        assert_eq!(nouns.run(move |sql, _, user| evidence::one(sql, user, id)), Some(new(statement)));
    }
    assert_eq!(nouns.run(|sql, _, user| evidence::one(sql, user, [2; 16].into())), None);
    // Each of two passkeys leaves what it signed.
    let by = |device: u8| PasskeyEvidence {
        user: nouns.user,
        confirmation: id,
        device: [device; 16].into(),
        statement: "{}".to_owned(),
        authenticator_data: vec![device],
        client_data: vec![1],
        signature: vec![2],
        at: at(5),
    };
    for device in [1, 2] {
        let kept = by(device);
        nouns.run(move |sql, _, _| passkey_evidence::keep(sql, &kept));
    }
    let one = |device: u8| nouns.run(move |sql, _, user| passkey_evidence::one(sql, user, id, [device; 16].into()));
    assert_eq!((one(1), one(2), one(3)), (Some(by(1)), Some(by(2)), None));
}
