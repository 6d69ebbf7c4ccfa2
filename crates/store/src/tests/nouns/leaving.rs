//! A user is erased, on every database and both ways. The last of all: nothing is left of the user then.

use super::{Nouns, at};
use crate::{account, audit, erasure, user, withdrawal};
use operation::{Currency, Money, What};

pub(super) fn all(nouns: &Nouns) {
    let rows = || nouns.run(|sql, _, user| audit::page(sql, Some(user), None, 100));
    let first = rows().first().cloned().unwrap();
    let id = first.id;
    nouns.run(move |sql, _, user| audit::rewrite(sql, user, id, "{}"));
    assert_eq!(rows()[0].detail, "{}");
    let one = super::money::new(nouns, 70, "2027-01-04", None);
    nouns.run(move |sql, _, _| withdrawal::insert(sql, &one));
    let moved = || nouns.run(|sql, _, user| withdrawal::of_user(sql, user, None, 100));
    for one in moved() {
        let (id, kept) = (one.id, one.what.forgotten());
        nouns.run(move |sql, _, user| withdrawal::rewrite(sql, user, id, &kept));
    }
    let is_plain = |what: &What| what.withdrawals().iter().all(|one| one.destination.name.as_str() == "-");
    assert!(!moved().is_empty() && moved().iter().all(|one| one.payee.is_empty() && is_plain(&one.what)));

    let (id, told_at) = (nouns.name("gone-"), at(1));
    let forgotten = id.clone();
    nouns.run(move |sql, _, _| {
        account::put(
            sql,
            &account::Account { id: forgotten.clone(), equity: Money::from_minor(1, Currency::USD), told_at },
        )?;
        account::forget(sql, &forgotten)
    });
    assert!(nouns.run(move |sql, _, _| account::one(sql, &id)).is_none());
    let name = nouns.run(|sql, _, id| user::by_id(sql, id)).unwrap().username;
    let mut digest = [5; 16];
    digest[0] = nouns.user.octets()[0];
    let is_erased = || nouns.run(move |sql, _, _| erasure::is_erased_name(sql, digest));
    assert!(!is_erased());
    let (erased, wanted) = (name.clone(), name);
    let erase = || {
        let name = erased.clone();
        nouns.attempt(vec![], move |sql, _, id| erasure::erase(sql, id, &name, digest, at(99)))
    };
    assert!(erase().unwrap() && !erase().unwrap(), "once");
    assert!(is_erased());
    assert!(nouns.run(|sql, _, id| user::by_id(sql, id)).is_none());
    assert!(nouns.run(move |sql, _, _| user::by_name(sql, &wanted)).is_none());
    assert!(!moved().is_empty(), "what was moved stays");
}
