//! The depot by the institution's API: read, given to a user who logs in with it, taken back, given up.

use super::api::Office;
use super::rig::{Key, start};
use super::support::Server;
use countersign::flow::device::depot::{entry::Entry, export, import};
use domain::{
    Secret,
    audit::Actor,
    device::{Algorithm, Moving},
};
use pskc::Protection;
use reqwest::Method;
use serde_json::{Value, json};
use std::{num::NonZeroU32, sync::Arc};

/// Puts devices of some serial numbers into the depot.
pub async fn fill(server: &Server, class: &str, suite: &str, serials: &[&str]) {
    let entry = |serial: &&str| Entry {
        line: 1,
        serial: (*serial).to_owned(),
        class: None,
        algorithm: Algorithm::ocra(suite).unwrap(),
        moving: Moving { counter: 5, ..Moving::default() },
        terms: domain::device::inventory::Terms::default(),
        key: Secret::new(vec![7; 32]),
        pin: None,
    };
    let entries: Vec<_> = serials.iter().map(entry).map(Ok).collect();
    let (app, class) = (Arc::clone(&server.app), class.to_owned());
    let done = tokio::task::spawn_blocking(move || {
        let file = import::Import { source: "tokens.csv".to_owned(), class: Some(class), adopt: true, dry_run: false };
        let actor = Actor::Operator { name: "root".to_owned() };
        import::import(&app, actor, &file, entries.into_iter(), &mut |_| ())
    });
    let report = done.await.unwrap().unwrap();
    assert!(report.done, "{report:?}");
}

async fn act(office: &Office<'_>, serial: &str, act: &str, body: Option<Value>) -> (u16, Value) {
    office.call(Method::POST, &format!("/inventory/{serial}/{act}"), body.as_ref(), None).await
}

fn serials(list: &Value) -> Vec<&str> {
    list["data"].as_array().unwrap().iter().map(|item| item["serial"].as_str().unwrap()).collect()
}

const NO_PIN: &str = "OCRA-1:HOTP-SHA256-8:C-QN06";

#[tokio::test]
async fn a_serial_number_is_given_to_a_user_taken_back_and_given_up() {
    let server = start(&Key::new()).await;
    server.user("alice", 0).await;
    server.user("bob", 0).await;
    let office = Office::of(&server, "office").await;
    fill(&server, "dsc-plus", NO_PIN, &["A-1", "A-2", "A-3"]).await;

    let first = office.get("/inventory?limit=2").await;
    assert_eq!(serials(&first), ["A-1", "A-2"]);
    let next = office.get(&format!("/inventory?cursor={}", first["next_cursor"].as_str().unwrap())).await;
    assert_eq!((serials(&next), next.get("next_cursor")), (vec!["A-3"], None));
    let one = office.get("/inventory/A-1").await;
    assert_eq!((&one["state"], &one["class"], &one["adopted"]), (&json!("in_stock"), &json!("dsc-plus"), &json!(true)));
    assert_eq!((&one["history"][0]["state"], &one["history"][0]["by"]), (&json!("in_stock"), &json!("operator")));

    let (status, given) = act(&office, "A-1", "assign", Some(json!({ "user": "alice", "label": "Card" }))).await;
    assert_eq!((status, &given["state"]), (200, &json!("assigned")), "{given}");
    let devices = office.get("/users/alice/devices").await["data"].clone();
    assert_eq!(devices.as_array().unwrap().len(), 1);
    let device = &devices[0];
    assert_eq!((&device["id"], &device["serial"]), (&given["device_id"], &json!("A-1")));
    assert_eq!((&device["state"], &device["label"]), (&json!("active"), &json!("Card")));
    assert_eq!(serials(&office.get("/inventory?state=assigned").await), ["A-1"]);
    let (status, twice) = act(&office, "A-1", "assign", Some(json!({ "user": "bob" }))).await;
    assert_eq!((status, &twice["type"]), (409, &json!("/problems/wrong-state")), "{twice}");

    let (status, back) = act(&office, "A-1", "return", None).await;
    assert_eq!((status, &back["state"], back.get("user")), (200, &json!("returned"), None), "{back}");
    assert_eq!(office.get("/users/alice/devices").await["data"][0]["state"], "revoked");
    let (status, _) = act(&office, "A-1", "assign", Some(json!({ "user": "bob" }))).await;
    assert_eq!(status, 200);
    let (status, gone) = act(&office, "A-1", "retire", None).await;
    assert_eq!((status, &gone["state"]), (200, &json!("retired")));
    assert_eq!(office.get("/users/bob/devices").await["data"][0]["state"], "revoked");
    assert_eq!(act(&office, "A-1", "return", None).await.0, 409);

    let told = office.get("/inventory/A-1").await;
    let states: Vec<_> = told["history"].as_array().unwrap().iter().map(|event| event["state"].clone()).collect();
    assert_eq!(states, ["retired", "assigned", "returned", "assigned", "in_stock"]);
    assert!(told["history"].as_array().unwrap()[..4].iter().all(|event| event["by"] == "client"), "{told}");
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_changes_nothing() {
    let server = start(&Key::new()).await;
    server.user("alice", 0).await;
    let office = Office::of(&server, "office").await;
    fill(&server, "dsc-plus", "OCRA-1:HOTP-SHA256-8:C-QN06-PSHA256", &["P-1"]).await;
    for (serial, verb, body, status, reason) in [
        ("X-1", "assign", Some(json!({ "user": "alice", "pin": "7294" })), 404, None),
        ("X-1", "return", None, 404, None),
        ("P-1", "return", None, 409, None),
        ("P-1", "assign", Some(json!({ "user": "nobody", "pin": "7294" })), 400, Some("user")),
        ("P-1", "assign", Some(json!({ "user": "alice" })), 400, Some("pin")),
        ("P-1", "assign", Some(json!({ "user": "alice", "pin": "1111" })), 400, Some("pin")),
        ("P-1", "assign", Some(json!({ "user": "alice", "key": "00" })), 400, Some("body")),
        ("P-1", "assign", Some(json!({})), 400, Some("body")),
    ] {
        let (found, refused) = act(&office, serial, verb, body.clone()).await;
        assert_eq!((found, refused["reason"].as_str()), (status, reason), "{serial} {verb} {body:?}: {refused}");
    }
    for (query, reason) in [("state=lost", "state"), ("limit=0", "limit"), ("limit=101", "limit")] {
        let (status, refused) = office.call(Method::GET, &format!("/inventory?{query}"), None, None).await;
        assert_eq!((status, &refused["reason"]), (400, &json!(reason)), "{query}");
    }
    assert_eq!(office.call(Method::GET, "/inventory/X-1", None, None).await.0, 404);
    assert_eq!(office.get("/inventory/P-1").await["history"].as_array().unwrap().len(), 1);
    assert_eq!(office.get("/users/alice/devices").await["data"], json!([]));

    // Whoever may only look does not give away.
    let (_, narrow) = super::api::token(&server, "office", &[("scope", "inventory:read")]).await;
    let reader = Office::with(&server, narrow["access_token"].as_str().unwrap().to_owned());
    assert_eq!(serials(&reader.get("/inventory").await), ["P-1"]);
    assert_eq!(act(&reader, "P-1", "retire", None).await.0, 403);
}

/// Sends a file of devices.
async fn send(office: &Office<'_>, query: &str, kind: &str, headers: &[(&str, &str)], file: &str) -> (u16, Value) {
    let request = office.request(Method::POST, &format!("/inventory/imports{query}")).header("content-type", kind);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let answer = request.body(file.to_owned()).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn a_makers_file_comes_in_whole_or_not_at_all() {
    let server = start(&Key::new()).await;
    let office = Office::of(&server, "office").await;
    let key = "3132333435363738393031323334353637383930";
    let good = format!("serial,type,suite,key\nB-1,ocra,{NO_PIN},{key}\nB-2,ocra,{NO_PIN},{key}\n");
    let with = "?class=dsc-plus&adopt=true&source=may.csv";

    let (status, looked) = send(&office, &format!("{with}&dry_run=true"), "text/csv", &[], &good).await;
    assert_eq!((status, &looked["new"], &looked["done"]), (200, &json!(2), &json!(false)), "{looked}");
    assert_eq!(serials(&office.get("/inventory").await), [""; 0], "it was only looked");
    let (status, done) = send(&office, with, "text/csv; charset=utf-8", &[], &good).await;
    assert_eq!((status, &done["done"], &done["classes"]["dsc-plus"]), (200, &json!(true), &json!(2)), "{done}");
    let (status, again) = send(&office, with, "text/csv", &[], &good).await;
    assert_eq!((status, &again["same"], &again["new"]), (200, &json!(2), &json!(0)), "{again}");
    let one = office.get("/inventory/B-1").await;
    assert_eq!((&one["state"], &one["history"][0]["by"]), (&json!("in_stock"), &json!("client")), "{one}");

    // One device that is refused keeps the others out as well.
    let other = good.replace("B-2", "B-3").replace(key, &key.replace("31", "41"));
    let (status, refused) = send(&office, with, "text/csv", &[], &other).await;
    assert_eq!((status, &refused["reason"]), (400, &json!("file")), "{refused}");
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.contains("line 2") && detail.contains("another key"), "{detail}");
    assert!(!refused.to_string().contains(key), "a refusal never shows a key");
    let (_, looked) = send(&office, &format!("{with}&dry_run=true"), "text/csv", &[], &other).await;
    assert_eq!((&looked["wrong"], &looked["refused"][0]["serial"]), (&json!(1), &json!("B-1")), "{looked}");
    assert_eq!(serials(&office.get("/inventory").await), ["B-1", "B-2"]);
}

/// The depot of another server, as its encrypted PSKC file.
async fn exported(serials: &[&str], protection: Protection) -> String {
    let maker = start(&Key::new()).await;
    fill(&maker, "dsc-plus", NO_PIN, serials).await;
    let app = Arc::clone(&maker.app);
    let written = tokio::task::spawn_blocking(move || {
        let mut file = Vec::new();
        export::export(&app, &mut file, &protection).unwrap();
        String::from_utf8(file).unwrap()
    });
    written.await.unwrap()
}

#[tokio::test]
async fn an_encrypted_file_is_opened_by_what_a_header_brings() {
    let server = start(&Key::new()).await;
    let office = Office::of(&server, "office").await;
    let (kind, with) = ("application/pskc+xml", "?adopt=true&class=dsc-plus");
    let key = || pskc::Secret::new(vec![9; 16]);
    let hexadecimal = "09".repeat(16);
    let by_key = exported(&["C-1"], Protection::Key { name: "ours".to_owned(), key: key() }).await;
    for headers in [&[][..], &[("pskc-key", "00000000000000000000000000000000")], &[("pskc-key", "no")]] {
        let (status, refused) = send(&office, with, kind, headers, &by_key).await;
        assert_eq!((status, &refused["type"]), (400, &json!("/problems/bad-request")), "{headers:?} {refused}");
    }
    let (status, done) = send(&office, with, kind, &[("PSKC-Key", &hexadecimal)], &by_key).await;
    assert_eq!((status, &done["done"], &done["new"]), (200, &json!(true), &json!(1)), "{done}");

    let password = pskc::Secret::new(b"qwerty".to_vec());
    let by_password = Protection::Password { password, iterations: NonZeroU32::new(1000).unwrap() };
    let by_password = exported(&["C-2"], by_password).await;
    let (status, done) = send(&office, with, kind, &[("PSKC-Password", "qwerty")], &by_password).await;
    assert_eq!((status, &done["new"]), (200, &json!(1)), "{done}");
    assert_eq!(serials(&office.get("/inventory").await), ["C-1", "C-2"]);

    // A header cannot carry it, and the answer says what does.
    let (status, refused) = send(&office, with, kind, &[("PSKC-Password", "пароль")], &by_password).await;
    assert!(status == 400 && refused["detail"].as_str().unwrap().contains("token import"), "{refused}");

    let both = [("PSKC-Password", "qwerty"), ("PSKC-Key", hexadecimal.as_str())];
    assert_eq!(send(&office, with, kind, &both, &by_key).await.0, 400);
    assert_eq!(send(&office, with, "text/csv", &both[..1], "serial,type,key\n").await.1["reason"], "csv");
    assert_eq!(send(&office, with, "application/json", &[], "{}").await.0, 415);
    assert_eq!(send(&office, "?clas=gold", kind, &[], &by_key).await.0, 400);
    let large = " ".repeat((8 << 20) + 1);
    let (status, refused) = send(&office, with, kind, &[], &large).await;
    assert!(status == 413 && refused["detail"].as_str().unwrap().contains("token import"), "{refused}");
}
