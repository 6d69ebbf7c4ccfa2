//! What operators rely on: a serial number is one device, the log is read by time, readiness writes.

use domain::{
    Timestamp,
    audit::Kind,
    device::{DeviceState, Moving},
    id::AuditId,
    lockout::DeviceFailures,
};
use std::time::Duration;

use super::for_each_driver;
use crate::audit::Entry;
use crate::device::{self, Device, Nonces};
use crate::seal::{FreshKey, KeyRing, Sealer};
use crate::throttle::{self, Rate};
use crate::{Error, MIGRATIONS, Store, audit, pulse};

const NOW: Timestamp = Timestamp::from_unix_seconds(1_800_000_000);

fn device(user: u8, id: u8, class: &str, serial: &str) -> Device {
    Device {
        user: [user; 16].into(),
        id: [id; 16].into(),
        class: class.to_owned(),
        label: "A device".to_owned(),
        serial: serial.to_owned(),
        state: DeviceState::Active,
        algorithm: None,
        moving: Moving::default(),
        failures: DeviceFailures::default(),
        created_at: NOW,
        activated_at: Some(NOW),
        last_used_at: None,
        phone: None,
        passkey: None,
        life: None,
    }
}

#[test]
fn a_serial_number_of_a_class_is_one_device_whoever_holds_it() {
    for_each_driver(|fixture| {
        let store = Store::open(&fixture.options).unwrap();
        store.migrate(MIGRATIONS, 0).unwrap();
        let ring = KeyRing::new(&[[7; 32].into()]).unwrap();
        let sealer = store
            .write_blocking(move |sql| Sealer::load_or_create(sql, &ring, &FreshKey::new([9; 32].into(), [9; 12]), 0))
            .unwrap();
        let add = |new: Device| {
            let sealer = sealer.clone();
            let nonces = Nonces { key: [1; 12], pin: [2; 12], approve: [3; 12] };
            store.write_blocking(move |sql| device::insert(sql, &sealer, &new, None, nonces))
        };
        let first = device(1, 1, "dsc-plus", "7710042");
        add(first.clone()).unwrap();
        for again in [device(1, 2, "dsc-plus", "7710042"), device(2, 3, "dsc-plus", "7710042")] {
            assert!(matches!(add(again.clone()), Err(Error::Unique { .. })), "{again:?}");
            let kept = store.read_blocking(move |sql| device::one(sql, again.user, again.id)).unwrap();
            assert_eq!(kept, None, "nothing of it is kept");
        }
        add(device(2, 4, "gold", "7710042")).unwrap();
        for phone in [5, 6] {
            add(device(phone, phone, "phone", "")).unwrap();
        }
        store.write_blocking(move |sql| device::save_state(sql, &first, DeviceState::Revoked, NOW)).unwrap();
        add(device(2, 7, "dsc-plus", "7710042")).unwrap();
    });
}

#[test]
fn the_log_is_read_page_by_page_by_user_or_whole() {
    for_each_driver(|fixture| {
        let store = Store::open(&fixture.options).unwrap();
        store.migrate(MIGRATIONS, 0).unwrap();
        let users = [Some([1; 16].into()), Some([2; 16].into()), None];
        store
            .write_blocking(move |sql| {
                (0..9_u8).try_for_each(|n| {
                    let user = users.get(usize::from(n % 3)).copied().flatten();
                    let kind = Kind::UserAdded.name().to_owned();
                    audit::insert(sql, &Entry { user, id: [n + 1; 16].into(), at: NOW, kind, detail: "{}".to_owned() })
                })
            })
            .unwrap();
        let page = |user, before: Option<u8>, limit| {
            let before: Option<AuditId> = before.map(|n| [n; 16].into());
            let rows = store.read_blocking(move |sql| audit::page(sql, user, before, limit)).unwrap();
            rows.iter().map(|row| row.id.octets()[0]).collect::<Vec<_>>()
        };
        assert_eq!(page(None, None, 4), [9, 8, 7, 6]);
        assert_eq!(page(None, Some(6), 9), [5, 4, 3, 2, 1]);
        assert_eq!(page(users[0], None, 2), [7, 4]);
        assert_eq!(page(users[0], Some(4), 2), [1]);
        let last = |kinds| store.read_blocking(move |sql| audit::last_of(sql, [2; 16].into(), kinds)).unwrap();
        assert_eq!(last([Kind::UserAdded, Kind::SessionStarted]).map(|row| row.id), Some([8; 16].into()));
        assert_eq!(last([Kind::SessionEnded, Kind::SessionStarted]), None);
    });
}

/// An hour ahead for two seconds must not lock anybody out for an hour.
#[test]
fn a_bucket_of_a_clock_that_jumped_waits_no_longer_than_its_own_time() {
    for_each_driver(|fixture| {
        let store = Store::open(&fixture.options).unwrap();
        store.migrate(MIGRATIONS, 0).unwrap();
        let rate = Rate { burst: 3, each: Duration::from_secs(10) };
        let take = |ahead: u64| {
            let now = NOW.plus(Duration::from_secs(ahead));
            store.write_blocking(move |sql| throttle::take(sql, [7; 16], rate, now)).unwrap().map(|wait| wait.as_secs())
        };
        let look = |ahead: u64| {
            let now = NOW.plus(Duration::from_secs(ahead));
            store.read_blocking(move |sql| throttle::wait(sql, [7; 16], rate, now)).unwrap().map(|wait| wait.as_secs())
        };
        assert_eq!([take(3600), take(3600), take(3600), take(3600)], [None, None, None, Some(10)]);
        // The clock is put right: as if the bucket had just been emptied.
        assert_eq!(look(0), None);
        assert_eq!([take(0), take(0), take(9), take(10), take(10)], [None, Some(10), Some(1), None, Some(10)]);
        assert_eq!(look(15), Some(5));
        assert_eq!([take(40), take(40), take(40), take(40)], [None, None, None, Some(10)]);
    });
}

#[test]
fn a_pulse_tells_whose_was_the_last() {
    for_each_driver(|fixture| {
        let store = Store::open(&fixture.options).unwrap();
        store.migrate(MIGRATIONS, 0).unwrap();
        let beat = |at: i64| {
            let last = store.write_blocking(move |sql| pulse::beat(sql, Timestamp::from_micros(at))).unwrap();
            last.map(Timestamp::micros)
        };
        assert_eq!([beat(5), beat(3), beat(9)], [None, Some(5), Some(3)]);
        assert_eq!(store.clock().unwrap().is_some(), fixture.database.is_some());
    });
}
