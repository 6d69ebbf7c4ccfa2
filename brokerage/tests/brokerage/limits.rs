//! What the page of a withdrawal says of each device, from what the institution's API answers.

use askama::Template as _;
use brokerage::{
    institution::Limits,
    web::{
        frame::Frame,
        pages::{Given, Withdraw},
    },
    words::Lang,
};
use serde_json::{Value, json};

fn answer(code: &str) -> Value {
    json!({
        "zone": "America/New_York", "business_day": "2026-12-02", "currency": "USD",
        "day": { "date": "2026-12-02", "used": "250000.00" },
        "five_days": { "from": "2026-11-25", "to": "2026-12-02", "used": "250000.00" },
        "devices": [
            {
                "id": "1", "class": "phone", "label": "Mobile app", "per_day": "200000.00", "per_five_days": "500000.00",
                "own_per_day": null, "own_per_five_days": null, "available": "0.00",
                "reasons": [{ "code": code, "amount": "200000.00" }],
            },
            {
                "id": "2", "class": "dsc-plus", "label": "Card <+>", "per_day": null, "per_five_days": null,
                "own_per_day": null, "own_per_five_days": null, "available": null, "reasons": [],
            },
        ],
        "lock": { "state": "open" },
    })
}

fn page(lang: Lang, limits: Option<Limits>) -> String {
    let text = String::new;
    let frame = Frame { lang, csrf: text(), path: text(), part: "portal", user: None, issuer: text() };
    Withdraw { frame, accounts: Vec::new(), given: Given::default(), limits, wrong: None }.render().unwrap()
}

#[test]
fn each_device_stands_there_with_what_is_left_and_why() {
    for (lang, left, none) in [(Lang::En, "0.00\u{a0}USD", "no limit"), (Lang::Ru, "0,00\u{a0}USD", "без лимита")]
    {
        let said = page(lang, Some(serde_json::from_value(answer("class_per_day")).unwrap()));
        assert!(said.contains("data-device=\"Mobile app\" class=\"spent\"") && said.contains(left), "{said}");
        assert!(!said.contains("<+>") && said.contains(none) && said.matches("class=\"spent\"").count() == 1, "{said}");
        assert!(!page(lang, None).contains("data-device"), "where nothing is known the page goes on without");
    }
}

#[test]
fn every_reason_has_words_of_its_own_and_one_that_is_new_has_some() {
    let codes = ["class_per_day", "class_per_five_days", "own_per_day", "recovered_per_day", "transfer_lock_closed"];
    for lang in Lang::ALL {
        let said = |code: &str| page(lang, Some(serde_json::from_value(answer(code)).unwrap()));
        let mut pages: Vec<_> = codes.iter().chain(&["two_devices", "payee_is_new"]).map(|code| said(code)).collect();
        pages.sort();
        pages.dedup();
        assert_eq!(pages.len(), codes.len() + 2);
    }
}
