//! Subscriptions of phones: one for each, sealed, and what is said of an older one does not touch a newer.

use domain::{Secret, Timestamp};

use super::for_each_driver;
use crate::push::{self, Sent, Subscription};
use crate::seal::{FreshKey, KeyRing, Sealer};
use crate::{Error, MIGRATIONS, Store};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}

fn subscription(device: u8, id: u8) -> Subscription {
    Subscription {
        user: [1; 16].into(),
        device: [device; 16].into(),
        id: [id; 16],
        origin: format!("https://push{id}.example"),
        target: Some(Secret::new(vec![id; 90])),
        created_at: at(i64::from(id)),
        last: None,
    }
}

/// A subscription's text, its secret included.
fn text(found: Option<Subscription>) -> Option<String> {
    found.map(|s| {
        format!("{} {} {:?} {:?}", s.origin, s.created_at.unix_seconds(), s.target.map(|t| t.expose().clone()), s.last)
    })
}

fn open(store: &Store) -> Sealer {
    store.migrate(MIGRATIONS, 0).unwrap();
    let ring = KeyRing::new(&[[7; 32].into()]).unwrap();
    let fresh = FreshKey::new([9; 32].into(), [9; 12]);
    store.write_blocking(move |sql| Sealer::load_or_create(sql, &ring, &fresh, 0)).unwrap()
}

#[test]
fn a_phone_has_one_subscription_and_only_that_is_spoken_of() {
    for_each_driver(|fixture| {
        let store = Store::open(&fixture.options).unwrap();
        let sealer = open(&store);
        let (one, two, other) = (subscription(1, 1), subscription(1, 2), subscription(2, 3));
        let put = |new: &Subscription| {
            let (new, sealer) = (new.clone(), sealer.clone());
            store.write_blocking(move |sql| push::put(sql, &sealer, &new, [new.id[0]; 12])).unwrap();
        };
        let found = |of: &Subscription| {
            let (user, device, sealer) = (of.user, of.device, sealer.clone());
            let found = store.read_blocking(move |sql| {
                let one = push::one(sql, &sealer, user, device)?;
                Ok::<_, Error>((push::service(sql, user, device)?, one))
            });
            let (service, one) = found.unwrap();
            let living = one.as_ref().filter(|one| one.target.is_some());
            assert_eq!(service, living.map(|one| one.origin.clone()));
            text(one)
        };
        assert_eq!(found(&one), None);
        put(&one);
        put(&other);
        assert_eq!(found(&one), text(Some(one.clone())));
        let say = |of: &Subscription, sent: Sent, now: i64| {
            let of = of.clone();
            store.write_blocking(move |sql| push::sent(sql, &of, sent, at(now))).unwrap();
        };
        say(&one, Sent::Unreachable, 10);
        assert_eq!(found(&one), text(Some(Subscription { last: Some((at(10), Sent::Unreachable)), ..one.clone() })));

        put(&two);
        assert_eq!(found(&two), text(Some(two.clone())), "nothing is said of the newer one yet");
        say(&one, Sent::Refused, 11);
        let over = |of: &Subscription| {
            let of = of.clone();
            store.write_blocking(move |sql| push::over(sql, &of)).unwrap()
        };
        assert!(!over(&one));
        assert_eq!(found(&two), text(Some(two.clone())), "what is said of the older one is not said of it");

        say(&two, Sent::Gone, 12);
        assert!(over(&two) && !over(&two));
        let gone = Subscription { target: None, last: Some((at(12), Sent::Gone)), ..two.clone() };
        assert_eq!(found(&two), text(Some(gone)));
        put(&two);
        assert_eq!(found(&two), text(Some(two.clone())), "the same phone may subscribe again");

        let end = |of: &Subscription| {
            let (user, device) = (of.user, of.device);
            store.write_blocking(move |sql| push::end(sql, user, device)).unwrap()
        };
        assert!(end(&two) && !end(&two));
        assert_eq!(found(&two), None);
        assert_eq!(found(&other), text(Some(other.clone())), "another phone's stays");
    });
}
