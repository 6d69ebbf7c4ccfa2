//! Money that is held for a withdrawal, and when it leaves.

use brokerage::{
    money::Cents,
    store::{
        Store, StoreError, customer,
        withdrawal::{self, State, Withdrawal},
    },
    words::Lang,
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
        client: "client-portal".to_owned(),
        auth_req_id: None,
        pause: 5,
        devices: String::new(),
        receipt: None,
        jti: None,
        at: NOW,
        expires: NOW + PATIENCE,
    }
}

#[test]
fn a_withdrawal_that_is_not_confirmed_says_which_way_it_ended() {
    let store = Store::in_memory().unwrap();
    let reasons = [Some("denied"), Some("expired"), Some("too_many_attempts"), Some("ended"), Some("?"), None];
    for (place, reason) in reasons.into_iter().enumerate() {
        let (id, state) = (place.to_string(), State::ended(reason));
        store.run_now(|tx| withdrawal::ask(tx, &asked(&id)).map_err(StoreError::from)).unwrap();
        store.run_now(|tx| withdrawal::end(tx, &id, state).map_err(StoreError::from)).unwrap();
        let kept = store.run_now(|tx| withdrawal::one(tx, &id, "alice").map_err(StoreError::from)).unwrap().unwrap();
        let meant = match reason {
            Some("denied") => State::Declined,
            Some("expired") => State::Expired,
            _ => State::Unconfirmed,
        };
        assert_eq!(kept.state, meant, "{reason:?}");
        for lang in Lang::ALL {
            let words = |key: &str| lang.t(key, &[]);
            let said = words(&format!("withdrawal-{}-words", meant.name()));
            let other = [State::Declined, State::Expired, State::Unconfirmed].into_iter().filter(|s| *s != meant);
            for state in other {
                assert_ne!(said, words(&format!("withdrawal-{}-words", state.name())), "each has words of its own");
            }
        }
    }
}

#[test]
fn what_is_given_up_comes_back_once_and_what_is_settled_does_not() {
    let store = Store::in_memory().unwrap();
    let cash = || {
        let read = store.run_now(|tx| customer::account(tx, ACCOUNT, NOW).map_err(StoreError::from));
        read.unwrap().unwrap().cash.count()
    };
    let before = cash();
    for id in ["settled", "given up"] {
        store.run_now(|tx| withdrawal::ask(tx, &asked(id)).map_err(StoreError::from)).unwrap();
        assert!(store.run_now(|tx| withdrawal::book(tx, id, (id, id), NOW).map_err(StoreError::from)).unwrap());
    }
    let settle = |id: &str| store.run_now(|tx| withdrawal::settle(tx, id).map_err(StoreError::from)).unwrap();
    assert!(settle("settled") && !settle("settled"));
    for _ in 0..2 {
        for id in ["settled", "given up"] {
            store.run_now(|tx| withdrawal::give_up(tx, id).map_err(StoreError::from)).unwrap();
        }
        assert_eq!(before - cash(), 25_000, "one of the two came back, once");
    }
    assert!(!settle("given up"));
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
