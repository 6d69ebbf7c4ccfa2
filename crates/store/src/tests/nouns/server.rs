//! What the server keeps for itself: audit log, messages, deliveries, throttles, secrets and keys.

use std::time::Duration;

use domain::audit::{About, Actor, Detail, Kind as Audit, Record, news::KINDS};
use domain::id::{AuditId, DeliveryId, MessageId, UserId};
use domain::{Secret, Timestamp};
use zeroize::Zeroizing;

use super::{Nouns, at, secret};
use crate::audit::{Entry, Noted};
use crate::delivery::{Delivery, Kind};
use crate::outbox::Message;
use crate::retention::{self, Terms};
use crate::seal::{self, FreshKey, KeyRing};
use crate::secret::SigningKey;
use crate::throttle::Rate;
use crate::{audit, delivery, outbox, place, pulse, secret, throttle};

pub(super) fn all(nouns: &Nouns) {
    rows(nouns);
    messages(nouns);
    deliveries(nouns);
    buckets(nouns);
    secrets(nouns);
    signing_keys(nouns);
    data_keys(nouns);
    pulses(nouns);
    told(nouns);
    ends_of_life(nouns);
}

/// The list of tables is carried out, over all users and user by user: nothing before its time, and then all of it.
fn ends_of_life(nouns: &Nouns) {
    let day = std::time::Duration::from_secs(86_400);
    let terms = Terms { history: 400 * day, marks: 90 * day, places: 90 * day, phones: 180 * day };
    let walk = |now| {
        let (mut seen, mut after) = (Vec::new(), UserId::NOBODY);
        while let Some(last) = nouns.run(move |sql, _, _| retention::sweep_users(sql, &terms, after, now)) {
            seen.push(last);
            after = last;
        }
        assert!(!seen.is_empty() && seen.is_sorted(), "{seen:?}");
    };
    let known = || nouns.run(|sql, _, user| place::last_seen(sql, user, [1; 16]));
    assert!(known().is_some());
    walk(at(60));
    assert!(known().is_some());
    let late = at(800 * 86_400);
    assert!(!nouns.run(move |sql, _, _| retention::sweep(sql, &terms, late)), "less than a batch");
    walk(late);
    assert_eq!(known(), None);
}

/// What anybody can cause is told as counts, and everything else row by row: the statements know every kind.
fn told(nouns: &Nouns) {
    for (n, kind) in Audit::ALL.iter().copied().flat_map(|kind| [kind, kind]).enumerate() {
        let about = About { user: Some(nouns.user), ..About::default() };
        let record = Record { kind, actor: None, about, detail: Detail::default() };
        let (n, mut id) = (u8::try_from(n).unwrap(), [200; 16]);
        id[1] = n;
        let noted = [Noted { id: id.into(), record }];
        nouns.run(move |sql, _, _| audit::append(sql, at(1000 + i64::from(n)), &noted));
    }
    let own = |before: Option<AuditId>, limit| nouns.run(move |sql, _, user| audit::own(sql, user, before, limit));
    let counted = |since| nouns.run(move |sql, _, user| audit::counted(sql, user, at(since)));
    let (rows, counts) = (own(None, 1000), counted(999));
    assert!(rows.windows(2).all(|pair| pair[0].id > pair[1].id), "newest first");
    for kind in Audit::ALL {
        let rows = rows.iter().filter(|row| row.kind == kind.name()).count();
        let counts: Vec<_> = counts.iter().filter(|counted| counted.last.kind == kind.name()).collect();
        if kind.told_as_count() {
            let [one] = counts[..] else { panic!("{kind:?}: {counts:?}") };
            assert_eq!((one.count, one.since), (2, Timestamp::from_micros(one.last.at.micros() - 1_000_000)));
        }
        assert_eq!(counts.len(), usize::from(kind.told_as_count()), "{kind:?}: {counts:?}");
        assert_eq!(rows >= 2, !kind.told_as_count() && !kind.is_step(), "{kind:?}: {rows}");
    }
    assert_eq!((own(None, 1).len(), own(None, 7).len()), (1, 7), "counts take no row's place");
    assert_eq!(own(Some(rows[2].id), 2)[..], rows[3..5]);
    assert!(counted(9999).is_empty());

    // Of the kinds that are news both rows, newest first, from a row on; and the first of a kind.
    let first = |kind| nouns.run(move |sql, _, user| audit::first_of(sql, user, kind));
    let begun = first(Audit::SessionStarted).unwrap();
    assert_eq!(first(Audit::SessionStarted).map(|row| row.kind.clone()), Some(Audit::SessionStarted.name().to_owned()));
    let news = |from: AuditId, most| nouns.run(move |sql, _, user| audit::news(sql, user, from, most));
    let all = news([0; 16].into(), 1000);
    assert_eq!(all.len(), 2 * KINDS.len());
    assert!(all.windows(2).all(|pair| pair[0].id > pair[1].id), "newest first");
    assert!(all.iter().all(|row| KINDS.iter().any(|kind| kind.name() == row.kind)));
    assert!(news(begun.id, 1000).iter().all(|row| row.id >= begun.id));
    assert_eq!(news([0; 16].into(), 3)[..], all[..3]);
}

fn rows(nouns: &Nouns) {
    let id = nouns.user.octets()[0];
    let noted = |user, id: u8| {
        let about = About { user, ..About::default() };
        let record = Record { kind: Audit::Confirmed, actor: Some(Actor::Server), about, detail: Detail::default() };
        Noted { id: [id; 16].into(), record }
    };
    // Two and one: as many statements.
    let three = [noted(Some(nouns.user), 1), noted(Some(nouns.user), 2), noted(None, id)];
    nouns.run(move |sql, _, _| audit::append(sql, at(2), &three));
    let latest = nouns.run(|sql, _, user| audit::latest(sql, Some(user), 10));
    assert_eq!(latest.iter().map(|row| row.id.octets()[0]).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(
        (latest[0].user, latest[0].at, latest[0].kind.as_str()),
        (Some(nouns.user), at(2), Audit::Confirmed.name())
    );
    assert_eq!(latest[0].record().unwrap().actor, Some(Actor::Server));
    let row = Entry { id: [3; 16].into(), ..latest[0].clone() };
    let kept = row.clone();
    nouns.run(move |sql, _, _| audit::insert(sql, &row));
    assert_eq!(nouns.run(|sql, _, user| audit::latest(sql, Some(user), 1)), [kept]);
    let page = |before: u8| nouns.run(move |sql, _, user| audit::page(sql, Some(user), Some([before; 16].into()), 1));
    assert_eq!((page(3), page(1)), (vec![latest[0].clone()], vec![]));
    let all = nouns.run(|sql, _, _| audit::page(sql, None, None, 1));
    assert_eq!(all.len(), 1);
    let last = |kinds| nouns.run(move |sql, _, user| audit::last_of(sql, user, kinds));
    assert_eq!(last([Audit::UserAdded, Audit::Confirmed]).map(|row| row.id), Some([3; 16].into()));
    assert_eq!(last([Audit::UserAdded, Audit::SessionEnded]), None);
    let nobody = nouns.run(|sql, _, _| audit::latest(sql, None, 10));
    assert!(nobody.iter().any(|row| row.user.is_none() && row.id.octets()[0] == id));
}

fn messages(nouns: &Nouns) {
    let new = |id: u8| Message {
        user: nouns.user,
        id: MessageId::from([id; 16]),
        contact: (id == 1).then_some([20; 16].into()),
        message: "notice".to_owned(),
        arguments: secret("{}"),
        created_at: at(i64::from(id)),
        until: Some(at(90)),
        sent_at: None,
        failed: None,
    };
    for id in [1, 2] {
        let added = new(id);
        nouns.run(move |sql, sealer, _| outbox::insert(sql, sealer, &added, [id; 12]));
    }
    let recent = nouns.run(|sql, _, user| outbox::recent(sql, user, at(0)));
    let shown: Vec<_> = recent.iter().map(|one| (one.contact, one.message.as_str(), one.at)).collect();
    assert_eq!(shown, [(Some([20; 16].into()), "notice", at(1)), (None, "notice", at(2))]);
    assert_eq!(nouns.run(|sql, _, user| outbox::recent(sql, user, at(1))), recent[1..]);
    let one = |id: u8| nouns.run(move |sql, sealer, user| outbox::one(sql, sealer, user, [id; 16].into())).unwrap();
    assert_eq!((one(1).contact, one(2).contact), (new(1).contact, None));
    let latest = nouns.run(|sql, sealer, _| outbox::latest(sql, sealer, 10));
    assert_eq!((latest[0].id, latest[0].arguments.expose().as_str()), ([2; 16].into(), "{}"));
    assert!(nouns.run(|sql, _, user| outbox::sent(sql, user, [1; 16].into(), at(5))));
    assert!(!nouns.run(|sql, _, user| outbox::sent(sql, user, [1; 16].into(), at(6))));
    nouns.run(|sql, _, user| outbox::failed(sql, user, [2; 16].into(), (at(7), "gateway")));
    assert_eq!((one(1).sent_at, one(2).failed), (Some(at(5)), Some((at(7), "gateway".to_owned()))));
    undelivered(nouns);
    assert_eq!(nouns.run(|sql, _, _| outbox::sweep(sql, at(2))), 2);
}

/// The second message was given up at 7.
fn undelivered(nouns: &Nouns) {
    let id = MessageId::from([2; 16]);
    let one = || nouns.run(move |sql, _, _| outbox::undelivered_one(sql, id));
    let page = |after: Option<(Timestamp, MessageId)>| {
        let rows = nouns.run(move |sql, _, _| outbox::undelivered(sql, after, 10));
        rows.into_iter().filter(|row| row.user == nouns.user).collect::<Vec<_>>()
    };
    let row = one().unwrap();
    assert_eq!(
        (row.user, row.contact, row.message.as_str(), row.why.as_str()),
        (nouns.user, None, "notice", "gateway")
    );
    assert_eq!((row.created_at, row.failed_at, row.until, row.again_at), (at(2), at(7), Some(at(90)), None));
    assert_eq!(page(None), std::slice::from_ref(&row));
    assert_eq!(page(Some((at(7), MessageId::from([1; 16])))), std::slice::from_ref(&row));
    assert_eq!(page(Some((at(7), id))), []);
    assert!(nouns.run(|sql, _, _| outbox::count_undelivered(sql)) >= 1);

    let sent = row.clone();
    assert!(nouns.run(move |sql, _, _| outbox::again(sql, &sent, at(8), at(99))));
    let stale = row.clone();
    assert!(!nouns.run(move |sql, _, _| outbox::again(sql, &stale, at(8), at(99))), "somebody was first");
    assert_eq!((one(), page(None)), (None, vec![]));
    let since = |from| {
        let row = row.clone();
        nouns.run(move |sql, _, _| outbox::again_since(sql, &row, at(from)))
    };
    assert_eq!((since(7), since(8)), (1, 0));
    nouns.run(|sql, _, user| outbox::failed(sql, user, [2; 16].into(), (at(9), "550")));
    let back = one().unwrap();
    assert_eq!((back.failed_at, back.until, back.again_at), (at(9), Some(at(99)), Some(at(8))));
    let (aside, stale) = (back.clone(), row.clone());
    assert!(!nouns.run(move |sql, _, _| outbox::put_aside(sql, &stale, at(10))), "it failed anew since");
    assert!(nouns.run(move |sql, _, _| outbox::put_aside(sql, &aside, at(10))));
    assert!(!nouns.run(move |sql, _, _| outbox::again(sql, &back, at(11), at(99))), "it is aside");
    assert_eq!((one(), page(None)), (None, vec![]));
}

fn deliveries(nouns: &Nouns) {
    let new = |id: u8, kind| Delivery {
        user: Some(nouns.user),
        id: DeliveryId::from([id; 16]),
        kind,
        client: "web".to_owned(),
        url: "https://rp.example".to_owned(),
        bearer: Some(secret("bearer")),
        body: secret("body"),
        attempts: 0,
        created_at: at(1),
        expires_at: None,
        next_at: at(i64::from(id)),
    };
    for (id, kind) in [(1, Kind::Ping), (2, Kind::Logout), (3, Kind::Push), (4, Kind::Mail)] {
        let added = new(id, kind);
        nouns.run(move |sql, sealer, _| delivery::insert(sql, sealer, &added, [[id; 12], [id + 100; 12]]));
    }
    let of = |kind: Kind| nouns.run(move |sql, sealer, _| delivery::due(sql, sealer, kind, at(10), 10, 10));
    let due = || [Kind::Ping, Kind::Logout, Kind::Push].into_iter().flat_map(of).collect::<Vec<_>>();
    let found = due();
    assert_eq!(found.iter().map(|delivery| delivery.kind).collect::<Vec<_>>(), [Kind::Ping, Kind::Logout, Kind::Push]);
    let bearer = found[0].bearer.as_ref().map(|bearer| bearer.expose().as_str());
    assert_eq!((bearer, found[0].body.expose().as_str()), (Some("bearer"), "body"));
    let claim = |due: &Delivery| {
        let due = due.clone();
        nouns.run(move |sql, _, _| delivery::claim(sql, &due, at(20)))
    };
    let claimed: Vec<_> = found.iter().map(|due| claim(due).unwrap()).collect();
    assert!(claim(&found[0]).is_none(), "another node was first");
    assert_eq!((claimed[0].attempts, due().len()), (1, 0));
    let [ping, logout, push] = <[Delivery; 3]>::try_from(claimed).unwrap();
    let lost = ping.clone();
    assert!(nouns.run(move |sql, _, _| delivery::done(sql, &ping, at(11))));
    assert!(!nouns.run(move |sql, _, _| delivery::done(sql, &lost, at(12))));
    assert!(nouns.run(move |sql, _, _| delivery::again(sql, &logout, at(9))));
    assert!(nouns.run(move |sql, _, _| delivery::give_up(sql, &push, at(11))));
    assert_eq!(due().iter().map(|delivery| delivery.attempts).collect::<Vec<_>>(), [1]);
    assert_eq!(nouns.run(|sql, _, _| delivery::sweep(sql, at(1))), 2);
    // What is left must not be seen by the other way.
    let done = |delivery: Delivery| nouns.run(move |sql, _, _| delivery::done(sql, &delivery, at(11)));
    due().into_iter().for_each(|left| assert!(done(left)));
    assert_eq!(nouns.run(|sql, _, _| delivery::sweep(sql, at(1))), 1);
}

fn buckets(nouns: &Nouns) {
    let bucket = [nouns.user.octets()[0] + 10; 16];
    let rate = Rate { burst: 2, each: Duration::from_secs(10) };
    let take = |now| {
        let ask = throttle::ask(bucket);
        nouns.run_with(vec![ask], move |sql, _, _| throttle::take(sql, bucket, rate, at(now)))
    };
    let wait = |now| nouns.run(move |sql, _, _| throttle::wait(sql, bucket, rate, at(now)));
    assert_eq!((take(100), wait(100), take(100)), (None, None, None));
    assert_eq!((take(100), wait(103)), (Some(Duration::from_secs(10)), Some(Duration::from_secs(7))));
    assert_eq!((take(110), take(110).is_some()), (None, true));
    assert_eq!(nouns.run(|sql, _, _| throttle::sweep(sql, at(129))), 0);
    assert_eq!(nouns.run(|sql, _, _| throttle::sweep(sql, at(130))), 1);
}

fn secrets(nouns: &Nouns) {
    let name = nouns.name("secret");
    let get = |fresh: &'static [u8]| {
        let name = name.clone();
        let found = nouns.run(move |sql, sealer, _| secret::get_or_insert(sql, sealer, &name, (fresh, [1; 12]), at(1)));
        found.expose().clone()
    };
    assert_eq!((get(b"first"), get(b"second")), (b"first".to_vec(), b"first".to_vec()));
}

fn signing_keys(nouns: &Nouns) {
    let kid = nouns.name("key");
    let new = SigningKey {
        kid: kid.clone(),
        algorithm: "ES256".to_owned(),
        private: Secret::new(vec![1]),
        public_jwk: "{}".to_owned(),
        created_at: at(1),
        signs_at: at(2),
        retired_at: None,
    };
    nouns.run(move |sql, sealer, _| secret::insert_signing_key(sql, sealer, &new, [1; 12]));
    let (from, retired, again) = (kid.clone(), kid.clone(), kid.clone());
    assert!(nouns.run(move |sql, _, _| secret::sign_from(sql, &from, at(3))));
    assert!(nouns.run(move |sql, _, _| secret::retire(sql, &retired, at(4))));
    assert!(!nouns.run(move |sql, _, _| secret::retire(sql, &again, at(5))));
    let keys = nouns.run(|sql, sealer, _| secret::signing_keys(sql, sealer));
    let found = keys.iter().find(|key| key.kid == kid).unwrap();
    assert_eq!((found.signs_at, found.retired_at, found.private.expose()), (at(3), Some(at(4)), &vec![1]));
}

fn data_keys(nouns: &Nouns) {
    let old = KeyRing::new(&[[7; 32].into()]).unwrap();
    let id = nouns.run(move |sql, _, _| {
        let fresh = FreshKey::new(Zeroizing::new([8; 32]), [8; 12]);
        seal::new_data_key(sql, &old, &fresh, 0)
    });
    assert!(id >= 2);
    let both = KeyRing::new(&[[6; 32].into(), [7; 32].into()]).unwrap();
    let back = KeyRing::new(&[[7; 32].into(), [6; 32].into()]).unwrap();
    for ring in [both, back] {
        let wrapped = nouns.run(move |sql, _, _| seal::rewrap(sql, &ring, &|| [1; 12]));
        assert_eq!(wrapped, u64::from(id));
    }
}

fn pulses(nouns: &Nouns) {
    let beat = |now| nouns.run(move |sql, _, _| pulse::beat(sql, at(now)));
    beat(9);
    assert_eq!((beat(3), beat(5)), (Some(at(9)), Some(at(3))));
}
