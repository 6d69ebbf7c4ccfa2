//! Sealed values: only the right key, the right place and the very same octets open them.

use std::cell::Cell;

use proptest::prelude::*;
use zeroize::Zeroizing;

use super::{Fixture, for_each_driver};
use crate::seal::{Context, FreshKey, KeyRing, SealError, Sealer, new_data_key, rewrap};
use crate::sql::statements;
use crate::{Error, MIGRATIONS, Store};

statements! {
    /// What a thief of the database sees.
    STOLEN = "SELECT wrapped FROM data_keys ORDER BY id";
}

const HOME: Context<'static> = Context { table: "devices", row: b"row 1", field: "secret" };

fn ring(keys: &[u8]) -> KeyRing {
    let keys: Vec<_> = keys.iter().map(|octet| Zeroizing::new([*octet; 32])).collect();
    KeyRing::new(&keys).unwrap()
}

fn fresh(octet: u8) -> FreshKey {
    FreshKey::new(Zeroizing::new([octet; 32]), [octet; 12])
}

fn open(fixture: &Fixture) -> Store {
    let store = Store::open(&fixture.options).unwrap();
    store.migrate(MIGRATIONS, 0).unwrap();
    store
}

fn sealer(store: &Store, ring: &KeyRing) -> Result<Sealer, Error> {
    let ring = ring.clone();
    store.write_blocking(move |sql| Sealer::load_or_create(sql, &ring, &fresh(9), 0))
}

#[test]
fn a_value_opens_where_it_was_sealed_also_after_a_restart() {
    for_each_driver(|fixture| {
        let sealed = {
            let store = open(fixture);
            sealer(&store, &ring(&[1])).unwrap().seal(&HOME, b"secret", [3; 12]).unwrap()
        };
        assert_eq!(sealed.len(), 1 + 4 + 12 + 6 + 16);
        let sealer = sealer(&open(fixture), &ring(&[1])).unwrap();
        assert_eq!(sealer.open(&HOME, &sealed).unwrap().as_slice(), b"secret");
    });
}

#[test]
fn every_changed_bit_and_every_cut_is_refused() {
    let fixture = Fixture::sqlite(false);
    let sealer = sealer(&open(&fixture), &ring(&[1])).unwrap();
    let sealed = sealer.seal(&HOME, b"twenty octets of data", [3; 12]).unwrap();
    for bit in 0..sealed.len() * 8 {
        let mut changed = sealed.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let error = sealer.open(&HOME, &changed).unwrap_err();
        assert!(matches!(error, SealError::Refused { .. } | SealError::UnknownDataKey { .. }), "bit {bit}: {error}");
    }
    for length in 0..sealed.len() {
        assert!(sealer.open(&HOME, &sealed[..length]).is_err(), "cut to {length}");
    }
    assert!(sealer.open(&HOME, &[sealed.as_slice(), &[0]].concat()).is_err());
}

#[test]
fn a_value_that_was_moved_is_refused() {
    let fixture = Fixture::sqlite(false);
    let sealer = sealer(&open(&fixture), &ring(&[1])).unwrap();
    let sealed = sealer.seal(&HOME, b"secret", [3; 12]).unwrap();
    let elsewhere = [
        Context { table: "contacts", ..HOME },
        Context { row: b"row 2", ..HOME },
        Context { row: b"row 1s", field: "ecret", ..HOME },
        Context { row: b"", ..HOME },
        Context { field: "pin", ..HOME },
        Context { table: "devicesrow", row: b" 1", ..HOME },
    ];
    for context in elsewhere {
        let refused = SealError::Refused { table: context.table, field: context.field };
        assert_eq!(sealer.open(&context, &sealed).unwrap_err(), refused);
    }
}

#[test]
fn a_wrong_key_file_is_told_as_such() {
    for_each_driver(|fixture| {
        let store = open(fixture);
        sealer(&store, &ring(&[1])).unwrap();
        let Err(Error::Seal(error)) = sealer(&store, &ring(&[2])) else { panic!("opened by a wrong key") };
        assert_eq!(error, SealError::WrongKey { wanted: ring(&[1]).current(), held: ring(&[2]).current() });
        let message = error.to_string();
        assert!(message.contains(&ring(&[1]).current().to_string()), "{message}");
    });
}

/// SHA-256("countersign kek" ‖ 32 × 0x01), computed by another implementation.
#[test]
fn the_name_of_a_key_is_fixed() {
    assert_eq!(ring(&[1]).current().to_string(), "6c670b48");
}

#[test]
fn a_database_without_data_keys_says_so() {
    for_each_driver(|fixture| {
        let store = open(fixture);
        let none = store.read_blocking(|sql| Sealer::load(sql, &ring(&[1])).map(drop));
        assert_eq!(none, Err(Error::Seal(SealError::NoDataKey)));
    });
}

#[test]
fn a_new_key_encryption_key_wraps_all_data_keys_and_touches_no_value() {
    for_each_driver(|fixture| {
        let store = open(fixture);
        let sealed = sealer(&store, &ring(&[1])).unwrap().seal(&HOME, b"secret", [3; 12]).unwrap();
        store.write_blocking(|sql| new_data_key(sql, &ring(&[1]), &fresh(8), 1)).unwrap();
        let rewrapped = |keys: &'static [u8]| {
            store.write_blocking(move |sql| {
                let last = Cell::new(0);
                let nonce = || {
                    last.set(last.get() + 1);
                    [last.get(); 12]
                };
                rewrap(sql, &ring(keys), &nonce)
            })
        };
        assert!(matches!(rewrapped(&[2]), Err(Error::Seal(SealError::WrongKey { .. }))));
        assert_eq!(rewrapped(&[2, 1]), Ok(2));
        assert_eq!(rewrapped(&[2, 1]), Ok(0));
        assert!(sealer(&store, &ring(&[1])).is_err(), "the old key is of no more use");
        let sealer = sealer(&store, &ring(&[2])).unwrap();
        assert_eq!(sealer.open(&HOME, &sealed).unwrap().as_slice(), b"secret");
    });
}

#[test]
fn a_new_data_key_seals_and_the_old_one_still_opens() {
    for_each_driver(|fixture| {
        let store = open(fixture);
        let ring = ring(&[1]);
        let sealer = sealer(&store, &ring).unwrap();
        let other_node = sealer.seal(&HOME, b"old", [3; 12]).unwrap();
        let (reloading, by) = (sealer.clone(), ring.clone());
        store.write_blocking(move |sql| new_data_key(sql, &by, &fresh(8), 1)).unwrap();
        let stale = store.read_blocking({
            let ring = ring.clone();
            move |sql| Sealer::load(sql, &ring)
        });
        let new = stale.unwrap().seal(&HOME, b"new", [3; 12]).unwrap();
        assert_eq!(new[1..5], [0, 0, 0, 2]);
        assert_eq!(sealer.open(&HOME, &new).unwrap_err(), SealError::UnknownDataKey { id: 2 });
        store.read_blocking(move |sql| reloading.reload(sql, &ring)).unwrap();
        assert_eq!(sealer.open(&HOME, &new).unwrap().as_slice(), b"new");
        assert_eq!(sealer.open(&HOME, &other_node).unwrap().as_slice(), b"old");
    });
}

#[test]
fn the_database_holds_no_key_in_the_clear() {
    let fixture = Fixture::sqlite(false);
    let store = open(&fixture);
    sealer(&store, &ring(&[1])).unwrap();
    let row = store.read_blocking(|sql| sql.one(STOLEN, &[])).unwrap();
    assert_eq!(row.bytes(0).unwrap().len(), 12 + 32 + 16);
    drop(store);
    for file in std::fs::read_dir(fixture.dir.path()).unwrap() {
        let octets = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!octets.windows(32).any(|window| window == [9; 32] || window == [1; 32]));
    }
}

#[test]
fn a_key_file_is_read_line_by_line() {
    let (one, two) = ("01".repeat(32), "02".repeat(32));
    let text = format!("# of 2026\n  {two}\n\n# of 2025\n{one}\r\n");
    let parsed = KeyRing::parse(&text).unwrap();
    assert_eq!(parsed.current(), ring(&[2]).current());
    assert_eq!(format!("{parsed:?}"), format!("{:?}", ring(&[2, 1])));
    assert!(!format!("{parsed:?}").contains("0101"));
    assert_eq!(KeyRing::parse("# nothing\n").err(), Some(SealError::NoKey));
    for bad in [&one[1..], &one.replace("01", "0g"), &one.replacen("01", "+1", 1), &one.replacen("01", "é", 1)] {
        assert_eq!(KeyRing::parse(&format!("{two}\n{bad}")).err(), Some(SealError::KeyLine { line: 2 }), "{bad}");
    }
    let missing = KeyRing::from_file("/nowhere/at/all".as_ref());
    assert!(matches!(missing, Err(SealError::KeyFile(_))));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_value_opens_again_and_only_there(
        plaintext: Vec<u8>, row: Vec<u8>, other: Vec<u8>, nonce: [u8; 12],
    ) {
        let fixture = Fixture::sqlite(false);
        let sealer = sealer(&open(&fixture), &ring(&[1])).unwrap();
        let context = Context { row: &row, ..HOME };
        let sealed = sealer.seal(&context, &plaintext, nonce).unwrap();
        prop_assert_eq!(sealer.open(&context, &sealed).unwrap().to_vec(), plaintext);
        prop_assert_eq!(sealer.open(&Context { row: &other, ..HOME }, &sealed).is_ok(), row == other);
    }
}
