//! Contact points that change, on every database and both ways.

use super::{Nouns, at, secret};
use crate::{
    Stmt,
    contact::{self, Channel, Contact},
    contact_change,
    contact_wish::{self, Nonces, Wish},
    sql::params,
};
use domain::{
    contact_change::{Change, Wish as Asked},
    id::{ConfirmationId, ContactId},
};

pub(super) fn all(nouns: &Nouns) {
    points(nouns);
    wishes(nouns);
    changes(nouns);
}

fn points(nouns: &Nouns) {
    let id = ContactId::from([21; 16]);
    nouns.run(move |sql, sealer, user| {
        let new = Contact {
            id,
            channel: Channel::Sms,
            address: secret("+12025550143"),
            joined_at: Some(at(5)),
            left_at: None,
        };
        contact::insert(sql, sealer, user, contact::New { contact: &new, nonce: [2; 12], lookup: [2; 32] }, at(5))
    });
    let found = |lookup: u8| nouns.run(move |sql, _, _| contact::users(sql, [lookup; 32], 100)).contains(&nouns.user);
    assert!(found(2) && !found(3));
    nouns.run(move |sql, _, user| contact::file(sql, user, id, [3; 32]));
    assert!(!found(2) && found(3));
    let not_filed = || nouns.run(|sql, _, _| contact::not_filed(sql, 100)).contains(&(nouns.user, id));
    assert!(!not_filed());
    const UNFILE: Stmt = Stmt::registered("probe", "UPDATE contacts SET lookup = NULL WHERE user_id = $1 AND id = $2");
    nouns.run(move |sql, _, user| sql.apply(UNFILE, &params![user.octets(), id.octets()]));
    assert!(not_filed() && !found(3), "as an older version left it");
    nouns.run(move |sql, _, user| contact::file(sql, user, id, [3; 32]));
    assert!(!not_filed() && found(3));
    let listed = || nouns.run(|sql, sealer, user| contact::of_user(sql, sealer, user));
    let there = |id: ContactId| listed().iter().any(|contact| contact.id == id);
    assert!(there(id));
    assert!(nouns.run(move |sql, _, user| contact::leave(sql, user, id, at(9))));
    assert!(!nouns.run(move |sql, _, user| contact::leave(sql, user, id, at(10))), "once");
    assert!(!there(id) && !found(3), "nobody is found by what is gone");
    let every = nouns.run(|sql, sealer, user| contact::every(sql, sealer, user));
    let left = every.iter().find(|contact| contact.id == id).unwrap();
    assert_eq!((left.joined_at, left.left_at), (Some(at(5)), Some(at(9))));
    nouns.run(move |sql, _, user| contact::come_back(sql, user, id));
    assert!(there(id));
    nouns.run(move |sql, _, user| contact::leave(sql, user, id, at(11)));
}

fn wishes(nouns: &Nouns) {
    let wish = |n: u8, address: Option<&str>| Wish {
        user: nouns.user,
        id: [n; 16].into(),
        channel: Channel::Mail,
        address: address.map(secret),
        code: address.map(|_| secret("K7QM-2XWP")),
        old: (n == 62).then(|| [20; 16].into()),
        confirmation: (n == 62).then(|| [9; 16].into()),
        wrong_codes: 0,
        created_at: at(10),
        expires_at: at(900),
    };
    for (n, address) in [(61, Some("new@example.org")), (62, None)] {
        let new = wish(n, address);
        let nonces = Nonces { address: [n; 12], code: [n + 100; 12] };
        nouns.run(move |sql, sealer, _| contact_wish::insert(sql, sealer, &new, nonces));
    }
    let one = || nouns.run(|sql, sealer, user| contact_wish::one(sql, sealer, user, [61; 16].into())).unwrap();
    let found = one();
    assert_eq!(found.address.as_ref().map(|it| it.expose().as_str()), Some("new@example.org"));
    assert_eq!(found.code.as_ref().map(|it| it.expose().as_str()), Some("K7QM-2XWP"));
    assert_eq!((found.asked(), found.contact().map(|it| it.id)), (Asked::Add, Some([61; 16].into())));
    assert_eq!(nouns.run(|sql, _, user| contact_wish::made_since(sql, user, at(9))), 1, "what is removed is not sent");
    nouns.run(|sql, _, user| contact_wish::wrong(sql, user, [61; 16].into()));
    let confirmation = ConfirmationId::from([8; 16]);
    let awaits = || nouns.run(move |sql, _, user| contact_wish::awaits(sql, user, [61; 16].into(), confirmation));
    assert!(awaits() && !awaits());
    assert_eq!((one().wrong_codes, one().code.is_none(), one().confirmation), (1, true, Some(confirmation)));
    let of = |id: [u8; 16]| {
        nouns.run(move |sql, sealer, user| contact_wish::of_confirmation(sql, sealer, user, id.into())).unwrap()
    };
    assert_eq!(of([9; 16]).asked(), Asked::Remove([20; 16].into()));
    assert_eq!(of([8; 16]).id, [61; 16].into());
    assert_eq!(nouns.run(|sql, _, _| contact_wish::sweep(sql, at(10))), 2);
}

fn changes(nouns: &Nouns) {
    let change = |n: u8| Change {
        id: [n; 16].into(),
        at: at(n.into()),
        added: Some([n; 16].into()),
        ended: (n == 2).then(|| [1; 16].into()),
        undone: false,
    };
    for n in [2, 1] {
        let (new, digest) = (change(n), (n == 2).then_some([n; 32]));
        nouns.run(move |sql, _, user| contact_change::insert(sql, user, &new, digest));
    }
    assert_eq!(nouns.run(|sql, _, user| contact_change::of_user(sql, user)), [change(1), change(2)]);
    let of = |digest: u8| nouns.run(move |sql, _, user| contact_change::of_link(sql, user, [digest; 32]));
    assert_eq!((of(2), of(1)), (Some(change(2)), None));
    let undo = || nouns.run(|sql, _, user| contact_change::undo(sql, user, [2; 16].into(), at(50)));
    assert!(undo() && !undo());
    assert!(of(2).unwrap().undone);
}
