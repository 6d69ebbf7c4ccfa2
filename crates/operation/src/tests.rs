//! The one form of operations: as it is asked, shown, kept, and was kept.

use crate::*;
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value as Json, json};

fn withdrawal() -> Json {
    json!([{
        "type": "withdrawal", "amount": "250000.00", "currency": "USD",
        "destination": { "name": "Alice Example", "account": "DE89370400440532013000" },
        "account_id": "U1234567", "reference": "house",
    }])
}

fn payment() -> Json {
    json!([{ "type": "card_payment", "merchant": "Café", "amount": "3.5", "currency": "EUR", "card_id": "c1" }])
}

fn limit_change() -> Json {
    json!([{
        "type": "limit_change", "device_id": "d1", "device": "Mobile app",
        "per_day": { "amount": "50000.00", "currency": "USD" }, "hours": 24,
    }])
}

fn read(value: &Json) -> Result<What, Unfit> {
    What::read(&value.to_string())
}

fn changed(path: &str, to: Json) -> Json {
    let mut value = withdrawal();
    *value.pointer_mut(path).unwrap() = to;
    value
}

#[test]
fn what_is_asked_comes_back_as_it_went_in() {
    let wish = json!([{
        "type": "card_preauthorisation", "amount": "1500", "currency": "USD", "card_id": "c1", "minutes": 15,
    }]);
    let change = json!([{ "type": "transfer_lock_open", "hours": 24 }]);
    for value in [withdrawal(), payment(), wish, limit_change(), change, json!([{ "type": "login" }])] {
        let what = read(&value).unwrap();
        assert_eq!(serde_json::to_value([what.clone()]).unwrap(), value);
        assert_eq!(value[0]["type"], what.name());
        assert_eq!(what.shown(), what);
    }
}

#[test]
fn money_is_checked_where_it_comes_in() {
    let asked = |amount: &str, currency: &str| {
        let mut value = withdrawal();
        value[0]["amount"] = json!(amount);
        value[0]["currency"] = json!(currency);
        read(&value).map(|what| what.amount().unwrap().money().unwrap().minor())
    };
    assert_eq!(asked("250000.00", "USD"), Ok(25_000_000));
    assert_eq!(asked("100", "JPY"), Ok(100));
    assert_eq!(asked("1.234", "BHD"), Ok(1234));
    assert_eq!(asked("1.2345", "USD"), Err(Unfit::Money(MoneyError::TooFine)));
    assert_eq!(asked("100.50", "JPY"), Err(Unfit::Money(MoneyError::TooFine)));
    assert_eq!(asked("1.00", "ZZZ"), Err(Unfit::Money(MoneyError::NotACurrency)));
    assert_eq!(asked("1.00", "usd"), Err(Unfit::Money(MoneyError::NotACurrency)));
    for amount in ["0", "0.00", "-1", "01", "1.", ".5", "1e3", "1,000", "1.00000", "", " 1", "1234567890123456"] {
        assert!(matches!(asked(amount, "USD"), Err(Unfit::Money(_))), "{amount}");
    }
}

#[test]
fn text_is_checked_where_it_comes_in() {
    for (path, name) in [
        ("/0/destination/name", "destination.name"),
        ("/0/destination/account", "destination.account"),
        ("/0/account_id", "account_id"),
        ("/0/reference", "reference"),
    ] {
        for text in ["", " ", "a\nb", "a\u{202e}b", "a\u{200b}b", &"a".repeat(141)] {
            let refused = read(&changed(path, json!(text)));
            assert!(matches!(refused, Err(Unfit::Text(named, _)) if named == name), "{path} {text:?}: {refused:?}");
        }
    }
}

#[test]
fn only_one_operation_with_exactly_its_members_is_one() {
    let mut extra = withdrawal();
    extra[0]["urgent"] = json!(true);
    let mut deep = withdrawal();
    deep[0]["destination"]["urgent"] = json!(true);
    let mut missing = withdrawal();
    missing[0].as_object_mut().unwrap().remove("reference");
    // How a payment is carried out is nothing that a client could say.
    let mut carried = payment();
    carried[0]["declined"] = json!("p1");
    let (number, kind) = (changed("/0/amount", json!(250_000)), changed("/0/type", json!("gift")));
    for bad in [json!("x"), json!({}), json!([null]), json!([[]])] {
        assert_eq!(read(&bad), Err(Unfit::Form), "{bad}");
    }
    for (bad, member) in [(missing, "reference"), (number, "amount"), (kind, "type")] {
        assert_eq!(read(&bad), Err(Unfit::Member(member)), "{bad}");
    }
    for (bad, member) in [(extra, "urgent"), (deep, "destination.urgent"), (carried, "declined")] {
        assert_eq!(read(&bad), Err(Unfit::Extra(member.to_owned())), "{bad}");
    }
    let one = withdrawal()[0].clone();
    for bad in [json!([]), json!([one, payment()[0]]), json!([payment()[0], payment()[0]])] {
        assert_eq!(read(&bad), Err(Unfit::NotOne), "{bad}");
    }
    assert_eq!(read(&json!([one, one])), Err(Unfit::Twice));
    for (once, twice) in [
        ("\"currency\"", "\"amount\":\"1.00\",\"currency\""),
        ("\"reference\"", "\"reference\":\"other\",\"reference\""),
        ("\"name\"", "\"name\":\"Mallory\",\"name\""),
    ] {
        let text = withdrawal().to_string().replacen(once, twice, 1);
        assert_eq!(What::read(&text), Err(Unfit::Form), "{text}");
    }
}

/// As the database has it.
#[derive(Debug, PartialEq, Deserialize)]
struct Row {
    #[serde(deserialize_with = "kept::read")]
    what: What,
}

/// Whichever member is missing or of another type, its name is told; what is not ours is told as far as it can be shown.
#[test]
fn a_refusal_names_the_member() {
    fn members<'a>(value: &'a Json, within: &str) -> Vec<String> {
        let of = |(name, value): (&'a String, &'a Json)| match value.is_object() {
            true => members(value, &format!("{within}{name}.")),
            false => vec![format!("{within}{name}")],
        };
        value.as_object().unwrap().iter().flat_map(of).collect()
    }
    for good in [withdrawal(), payment()] {
        for member in members(&good[0], "") {
            let (mut gone, mut other) = (good.clone(), good.clone());
            let path = member.replace('.', "/");
            let (within, name) =
                path.rsplit_once('/').map_or((String::new(), path.as_str()), |(w, n)| (format!("/{w}"), n));
            gone[0].pointer_mut(&within).unwrap().as_object_mut().unwrap().remove(name);
            *other[0].pointer_mut(&format!("/{path}")).unwrap() = json!(7);
            for bad in [gone, other] {
                let refused = read(&bad).unwrap_err();
                assert!(matches!(&refused, Unfit::Member(named) if *named == member), "{bad}: {refused:?}");
                assert!(refused.to_string().starts_with(&format!("{member} is missing")), "{refused}");
            }
        }
    }
    let mut odd = payment();
    odd[0][format!("<b>\u{202e}{}", "x".repeat(100))] = json!(1);
    assert_eq!(read(&odd), Err(Unfit::Extra(format!("b{}", "x".repeat(63)))));
}

#[test]
fn rows_of_before_the_one_form_are_read() {
    let row = |what: Json| serde_json::from_value::<Row>(json!({ "what": what })).map(|row| row.what);
    let now = |value: Json| serde_json::from_value::<What>(value[0].clone()).unwrap();
    let old = row(json!({
        "operation": "withdrawal", "amount": "250000.00", "currency": "USD", "destination_name": "Alice Example",
        "destination_account": "DE89370400440532013000", "account_id": "U1234567", "reference": "house",
    }));
    assert_eq!(old.unwrap(), now(withdrawal()));
    let old = row(json!({
        "operation": "card_payment", "merchant": "Café", "amount": "3.5", "currency": "EUR", "card_id": "c1",
        "declined": "p1",
    }));
    assert_eq!(old.as_ref().unwrap().shown(), now(payment()));
    assert!(matches!(old.unwrap(), What::CardPayment(CardPayment { declined: Some(id), .. }) if id == "p1"));
    let old = row(json!({
        "operation": "card_preauthorisation", "amount": "1500", "currency": "USD", "card_id": "c1", "minutes": 15,
    }));
    assert_eq!(old.unwrap().name(), "card_preauthorisation");
    assert_eq!(row(json!({ "operation": "login" })).unwrap(), What::Login);
    assert_eq!(row(json!({ "operation": "phone_activation" })).unwrap(), What::PhoneActivation);
    for what in [now(withdrawal()), now(payment()), What::Login, What::Authentication, What::PhoneActivation] {
        assert_eq!(row(serde_json::to_value(&what).unwrap()).unwrap(), what);
    }
    assert!(row(json!({ "operation": "gift" })).is_err());
    assert!(row(json!({ "type": "gift" })).is_err());
}

/// What once was taken is told as it was, though it would be refused today.
#[test]
fn what_was_kept_is_read_as_it_stands() {
    let old = json!({ "what": {
        "operation": "card_payment", "merchant": "Books \u{202e}00.5 DSU\u{202c}", "amount": "1.2345",
        "currency": "ZZZ", "card_id": "c1",
    }});
    let What::CardPayment(payment) = serde_json::from_value::<Row>(old).unwrap().what else { panic!("no payment") };
    assert_eq!(payment.merchant.as_str(), "Books \u{202e}00.5 DSU\u{202c}");
    assert_eq!((payment.amount.digits(), payment.amount.money()), ("1.2345", Err(MoneyError::NotACurrency)));
    assert!(What::CardPayment(payment).check().is_err());
}

#[test]
fn a_challenge_names_an_account_that_can_be_compared() {
    let purpose = |account: &str| read(&changed("/0/destination/account", json!(account))).unwrap().purpose();
    assert_eq!(purpose("DE89370400440532013017"), Purpose::MoneyTo(LastDigits::of("017").unwrap()));
    assert_eq!(purpose("XY"), Purpose::Money);
    assert_eq!(read(&payment()).unwrap().purpose(), Purpose::Money);
    assert_eq!(
        (What::Authentication.purpose(), What::PhoneActivation.purpose()),
        (Purpose::Login, Purpose::DeviceChange)
    );
}

#[test]
fn every_detail_is_listed() {
    for value in [withdrawal(), payment()] {
        let what = read(&value).unwrap();
        let mut shown: Vec<_> = what.rows().iter().map(|row| format!("{:?}", row.value)).collect();
        shown.push(what.amount().unwrap().to_string());
        let mut texts = Vec::new();
        collect(&value[0], &mut texts);
        for text in texts.iter().filter(|text| *text != what.name()) {
            assert!(shown.iter().any(|line| line.contains(text)), "{text} is not listed");
        }
    }
}

fn collect(value: &Json, texts: &mut Vec<String>) {
    match value {
        Json::String(text) => texts.push(text.clone()),
        Json::Object(members) => members.values().for_each(|member| collect(member, texts)),
        _ => {}
    }
}

#[test]
fn what_changes_limits_is_a_device_change() {
    let change = read(&limit_change()).unwrap();
    assert_eq!((change.purpose(), change.amount()), (Purpose::DeviceChange, None));
    let rows: Vec<_> = change.rows().iter().map(|row| (row.key, format!("{:?}", row.value))).collect();
    assert!(rows.iter().any(|(key, value)| *key == "confirm-per-day" && value.contains("50000.00")), "{rows:?}");
    assert!(rows.contains(&("confirm-per-five-days", "Limit(None)".to_owned())), "{rows:?}");
    assert!(rows.contains(&("confirm-after", "Hours(24)".to_owned())), "{rows:?}");
    let mut bad = limit_change();
    bad[0]["per_day"]["amount"] = json!("0");
    assert_eq!(read(&bad), Err(Unfit::Money(MoneyError::Zero)));
}

proptest! {
    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = What::read(&text);
    }

    #[test]
    fn no_member_panics(
        kind in "(login|withdrawal|card_payment|card_preauthorisation)", amount in "[0-9.]{0,20}", other in any::<String>(),
    ) {
        let value = json!([{
            "type": kind, "amount": amount, "currency": "USD", "merchant": other, "card_id": other, "minutes": 1,
            "destination": { "name": other, "account": other }, "account_id": other, "reference": other,
        }]);
        let _ = What::read(&value.to_string());
    }
}
