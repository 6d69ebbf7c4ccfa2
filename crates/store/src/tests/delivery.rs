//! What is to be sent to others: of each address a share, of each kind by itself.

use super::for_each_driver;
use crate::{
    Error, MIGRATIONS, Store,
    delivery::{self, Delivery, Kind},
    seal::{FreshKey, KeyRing, Sealer},
};
use domain::{Secret, Timestamp};

fn queued(kind: Kind, url: &str, number: u8) -> Delivery {
    let at = Timestamp::from_unix_seconds(i64::from(number));
    Delivery {
        user: None,
        id: [number; 16].into(),
        kind,
        client: "rp".to_owned(),
        url: url.to_owned(),
        bearer: None,
        body: Secret::new("{}".to_owned()),
        attempts: 0,
        created_at: at,
        expires_at: None,
        next_at: at,
    }
}

#[test]
fn what_is_for_one_address_does_not_stand_before_what_is_for_another() {
    for_each_driver(|fixture| {
        let store = Store::open(&fixture.options).unwrap();
        store.migrate(MIGRATIONS, 0).unwrap();
        let ring = KeyRing::new(&[[7; 32].into()]).unwrap();
        let fresh = FreshKey::new([9; 32].into(), [9; 12]);
        let sealer = store.write_blocking(move |sql| Sealer::load_or_create(sql, &ring, &fresh, 0)).unwrap();
        let many = (1..=50).map(|number| queued(Kind::Ping, "https://silent.example/", number));
        let all = many.chain([
            queued(Kind::Ping, "https://other.example/", 51),
            queued(Kind::Ping, "https://other.example/", 52),
            queued(Kind::Logout, "https://other.example/", 53),
            queued(Kind::Ping, "https://late.example/", 200),
        ]);
        for new in all {
            let sealer = sealer.clone();
            store.write_blocking(move |sql| delivery::insert(sql, &sealer, &new, [[1; 12], [2; 12]])).unwrap();
        }
        let due = |of_each, limit| {
            let sealer = sealer.clone();
            let now = Timestamp::from_unix_seconds(100);
            let due = store.read_blocking(move |sql| delivery::due(sql, &sealer, Kind::Ping, now, of_each, limit));
            let ids = |due: Vec<Delivery>| due.iter().map(|one| one.id.octets()[0]).collect::<Vec<_>>();
            due.map(ids).map_err(|error: Error| error.to_string()).unwrap()
        };
        assert_eq!(due(3, 100), [1, 51, 2, 52, 3], "the longest due of each in turn");
        assert_eq!(due(1, 100), [1, 51]);
        assert_eq!(due(100, 4), [1, 51, 2, 52]);
        assert_eq!(due(100, 100).len(), 52);
    });
}
