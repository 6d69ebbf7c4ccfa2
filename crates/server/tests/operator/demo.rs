//! The demo as a process: what its first line promises, several of them at once, and one whose data is a copy's.

use super::place::{Place, Process, demo, demo_at};
use countersign::http::problem::Slug;
use countersign_client::{
    card::Card,
    phone::{Shelf, respond},
};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    net::{Ipv4Addr, TcpListener},
    path::Path,
    thread,
};
use wire::demo::{Device, Ready};

/// That of RFC 7636, appendix B.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn block<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new().unwrap().block_on(future)
}

fn get(url: &str) -> (u16, String) {
    block(async {
        let answer = reqwest::get(url).await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    })
}

#[track_caller]
fn brokerage_answers(ready: &Ready) {
    let url = ready.brokerage_url.as_deref().expect("the demo has its brokerage, which is built beside it");
    let (status, page) = get(url);
    assert!(status == 200 && page.contains("<html"), "{url}: {status} {page}");
}

/// Whoever looks for a free port first and takes it later may come too late.
#[test]
fn every_demo_has_its_brokerage_also_where_its_port_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let (port, _next) = std::iter::repeat_with(testing::free_port)
        .find_map(|port| Some((port, TcpListener::bind((Ipv4Addr::LOCALHOST, port + 1)).ok()?)))
        .unwrap();
    let (_demo, ready) = demo_at(&folder.path().join("taken"), &port.to_string());
    brokerage_answers(&ready);
    assert_ne!(ready.brokerage_url, Some(format!("http://localhost:{}", port + 1)));

    let at_once = thread::scope(|scope| {
        let start = |n: u8| demo(&folder.path().join(n.to_string()));
        let starting: Vec<_> = (0..4).map(|n| scope.spawn(move || start(n))).collect();
        starting.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>()
    });
    let addresses: BTreeSet<_> =
        at_once.iter().flat_map(|(_, ready)| [Some(&ready.url), ready.brokerage_url.as_ref()]).collect();
    assert_eq!(addresses.len(), 8, "each its own: {addresses:?}");
    at_once.iter().for_each(|(_, ready)| brokerage_answers(ready));
}

#[test]
fn the_first_line_names_every_client_and_every_problem_has_its_page_and_its_place_in_the_list() {
    let folder = tempfile::tempdir().unwrap();
    let (_demo, ready) = demo(folder.path());
    let named: BTreeSet<_> = ready.clients.iter().map(|client| client.client_id.as_str()).collect();
    assert_eq!(named, BTreeSet::from(["client-portal", "console", "payments", "phone-app", "tws", "web-trader"]));
    let (status, page) = get(&format!("{}/problems/", ready.url));
    assert_eq!(status, 200, "{page}");
    let listed: Vec<_> = page.split("href=\"/problems/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let known: Vec<_> = Slug::ALL.iter().map(|slug| slug.name()).collect();
    assert_eq!(listed, known);
    for slug in listed {
        let (status, page) = get(&format!("{}/problems/{slug}", ready.url));
        assert!(status == 200 && page.contains(slug), "{slug}: {status}");
    }
}

/// A demo's user with two devices, logged in again and again.
struct Devices {
    url: String,
    password: String,
    phone: Device,
    card: Device,
}

impl Devices {
    fn of(ready: &Ready) -> Self {
        let alice = ready.users.iter().find(|user| user.username == "alice").unwrap();
        let of_class = |class: &str| alice.devices.iter().find(|device| device.class == class).unwrap().clone();
        let (phone, card) = (of_class("phone"), of_class("dsc-plus"));
        Self { url: ready.url.clone(), password: alice.password.clone(), phone, card }
    }

    fn post(&self, form: &[(&str, &str)]) -> (u16, Value) {
        block(async {
            let address = format!("{}/oauth2/authorize-challenge", self.url);
            let answer = reqwest::Client::new().post(address).form(form).send().await.unwrap();
            (answer.status().as_u16(), answer.json().await.unwrap())
        })
    }

    /// What a device answers to a challenge; its counter moves on.
    fn press(device: &Device, challenge: &str) -> String {
        let (file, pin) = (Path::new(device.state_file.as_deref().unwrap()), device.pin.as_deref().unwrap());
        let code = match device.class.as_str() {
            "phone" => respond(&Shelf::File(file.to_owned()), challenge, pin).unwrap(),
            _ => Card::open(file).unwrap().respond(challenge, Some(pin)).unwrap(),
        };
        code.as_str().to_owned()
    }

    /// A login with a device's response: whether it was taken.
    fn log_in(&self, device: &Device) -> bool {
        let form = [("client_id", "tws"), ("username", "alice"), ("password", &self.password)];
        let (_, begun) = self.post(&[&form[..], &[("code_challenge", CHALLENGE)]].concat());
        let session = |step: &Value| step["auth_session"].as_str().unwrap_or_else(|| panic!("{step}")).to_owned();
        let mut asked = begun;
        for (step, choice) in
            [("choose_device", ("device_id", &*device.id)), ("approve", ("method", "challenge_response"))]
        {
            if asked["next"]["step"] == step {
                asked = self.post(&[("auth_session", &session(&asked)), choice]).1;
            }
        }
        let challenge = asked["next"]["challenge"].as_str().unwrap_or_else(|| panic!("{asked}"));
        let response = Self::press(device, challenge);
        let (status, done) = self.post(&[("auth_session", &session(&asked)), ("response", &response)]);
        assert!(status == 200 || done["failure"]["reason"] == "wrong_response", "{done}");
        status == 200
    }
}

/// After a restore the database is behind what devices have counted since the copy was made. As the page on operations says:
/// up to the look-ahead they are taken up with by themselves, beyond it they are not.
#[test]
fn a_restored_database_takes_up_with_devices_that_were_used_since_its_copy() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    let (mut server, ready) = demo(&data);
    let devices = Devices::of(&ready);
    assert!(devices.log_in(&devices.card) && devices.log_in(&devices.phone));
    assert_eq!(server.stop(), Some(0));

    let place = Place::new();
    fs::copy(data.join("sealing.key"), place.path("sealing.key")).unwrap();
    place.configure_on(&format!("sqlite:{}", data.join("countersign.db").display()), "");
    let copy = place.text("copy.db");
    place.run(&["backup", "--out", &copy]).done();

    let again = |uses: usize| -> (Process, Devices) {
        for file in ["countersign.db", "countersign.db-wal", "countersign.db-shm"] {
            let _ = fs::remove_file(data.join(file));
        }
        place.run(&["restore", "--from", &copy]).done();
        let (server, ready) = demo(&data);
        let devices = Devices::of(&ready);
        for device in [&devices.card, &devices.phone] {
            (0..uses).for_each(|_| drop(Devices::press(device, "612345")));
        }
        (server, devices)
    };
    let (server, devices) = again(19);
    assert!(devices.log_in(&devices.card) && devices.log_in(&devices.phone), "the twentieth is taken");
    assert!(devices.log_in(&devices.card) && devices.log_in(&devices.phone), "and what follows it");
    drop(server);
    // Twenty-two were used since the copy now: it is behind by more than it looks ahead.
    let (_server, devices) = again(0);
    assert!(!devices.log_in(&devices.card) && !devices.log_in(&devices.phone), "too far ahead");
}
