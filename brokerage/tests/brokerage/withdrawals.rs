//! Money that is held for a withdrawal, and when it leaves.

use brokerage::{
    money::Cents,
    store::{
        Store, StoreError, customer,
        withdrawal::{self, State, Withdrawal},
    },
};

const ACCOUNT: &str = "U1000101";
const NOW: i64 = 1_800_000_000;
const PATIENCE: i64 = 900;

fn asked(id: &str) -> Withdrawal {
    Withdrawal {
        id: id.to_owned(),
        username: "alice".to_owned(),
        account: ACCOUNT.to_owned(),
        amount: Cents::new(25_000),
        details: "{}".to_owned(),
        state: State::Asked,
        receipt: None,
        at: NOW,
        expires: NOW + PATIENCE,
    }
}

#[test]
fn what_is_confirmed_too_late_is_not_booked_since_its_money_is_free_again() {
    let store = Store::in_memory().unwrap();
    let read =
        |now| store.run_now(|tx| customer::account(tx, ACCOUNT, now).map_err(StoreError::from)).unwrap().unwrap();
    let before = read(NOW);
    for id in ["late", "in time"] {
        store.run_now(|tx| withdrawal::ask(tx, &asked(id)).map_err(StoreError::from)).unwrap();
    }
    let held = before.free().count() - read(NOW + PATIENCE - 1).free().count();
    assert_eq!((held, read(NOW + PATIENCE).free()), (50_000, before.free()), "held until its time is over");

    let book = |id: &str, now| {
        let receipt = (id, id);
        store.run_now(|tx| withdrawal::book(tx, id, receipt, now).map_err(StoreError::from)).unwrap()
    };
    assert!(!book("late", NOW + PATIENCE));
    assert_eq!(read(NOW).cash, before.cash, "nothing left");
    assert!(book("in time", NOW + PATIENCE - 1));
    assert!(!book("in time", NOW + PATIENCE - 1), "once");
    assert_eq!(before.cash.count() - read(NOW).cash.count(), 25_000);
}
