//! Mail and SMS: what is queued goes out once, by one node, again after trouble, and not when it is of no use any more.
//! The gateway is the tests' own, since no carrier can be had; mail goes to a real server in `web/judges`.

use super::{
    phones::{PIN, activate, known, unix_now},
    receiver::{Received, Receiver, Told},
    support::{PASSWORD, Server, queued, settled, until_next_try, until_waiting},
};
use countersign::flow::{
    messages::{
        outbox::{self, New},
        queue,
    },
    user::{self, NewUser},
};
use countersign_client::phone::{Activation, Begun};
use domain::{
    Secret,
    audit::{Actor, Kind},
    id::UserId,
    user::Username,
};
use i18n::Lang;
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use store::{contact::Channel, delivery, outbox::Message};

const SECRET: &str = "only-this-server-may-send-messages";
const NUMBER: &str = "+79161234567";

/// A server whose clock stands, the gateway, and ivan, who reads Russian and has a phone number.
struct Rig {
    server: Server,
    gateway: Receiver,
    _secret: tempfile::TempDir,
}

impl Rig {
    async fn start() -> Self {
        let gateway = Receiver::answering(204).await;
        let dir = tempfile::tempdir().unwrap();
        let secret = dir.path().join("sms.secret");
        std::fs::write(&secret, format!("{SECRET}\n")).unwrap();
        let settings =
            format!("[messages]\nsms_url = \"{}/send\"\nsms_secret_file = \"{}\"\n", gateway.url, secret.display());
        let server = Server::with(&settings).await.at_work();
        enrol(&server).await;
        Self { server, gateway, _secret: dir }
    }

    async fn begin(&self) -> Begun {
        let known = known(&self.server).await;
        Activation::new(&known, unix_now).unwrap().begin(known, "ivan", PASSWORD).await.unwrap()
    }
}

async fn enrol(server: &Server) {
    let app = Arc::clone(&server.app);
    let new = NewUser {
        username: "ivan".to_owned(),
        password: Some(Secret::new(PASSWORD.to_owned())),
        locale: Lang::Ru,
        mail: Some("ivan@example.com".to_owned()),
        phone: Some(NUMBER.to_owned()),
    };
    tokio::task::spawn_blocking(move || user::add_user(&app, &new).unwrap()).await.unwrap();
}

async fn ivan(server: &Server) -> UserId {
    let name = Username::parse("ivan").unwrap();
    server.app.store.read(move |sql| store::user::by_name(sql, &name)).await.unwrap().unwrap().id
}

async fn stored(server: &Server) -> Vec<Message> {
    let app = Arc::clone(&server.app);
    server.app.store.read(move |sql| store::outbox::latest(sql, &app.sealer, 100)).await.unwrap()
}

async fn audited(server: &Server, kind: Kind) -> Vec<Value> {
    let user = ivan(server).await;
    let rows = server.app.store.read(move |sql| store::audit::latest(sql, Some(user), 200)).await.unwrap();
    let rows = rows.into_iter().filter(|row| row.kind == kind.name());
    rows.map(|row| serde_json::from_str(&row.detail).unwrap()).collect()
}

/// Queues notices to ivan's phone.
async fn notices(server: &Server, count: usize) {
    let user = ivan(server).await;
    let queued = server.app.work::<_, store::Error, _>(Actor::Server, move |work| {
        let contacts = store::contact::of_user(work.sql, &work.app.sealer, user)?;
        let phone = contacts.iter().find(|contact| contact.channel == Channel::Sms).unwrap();
        let until = work.now.plus(outbox::NOTICE_LIFE);
        let new = New { message: "notice-wrong-answers", arguments: &json!({}), until };
        Ok((0..count).try_for_each(|_| outbox::queue(work, user, phone, new))?)
    });
    queued.await.unwrap();
}

fn body(sms: &Received) -> Value {
    serde_json::from_slice(&sms.body).unwrap()
}

/// The code in an SMS: two groups of four with a hyphen between them.
fn code(sms: &Received) -> String {
    let text = body(sms)["text"].as_str().unwrap().to_owned();
    let is_code = |word: &&str| word.len() == 9 && word.is_ascii() && word.as_bytes()[4] == b'-';
    text.split([' ', '.']).find(is_code).unwrap_or_else(|| panic!("no code in {text}")).to_owned()
}

#[tokio::test]
async fn the_code_that_comes_by_sms_activates_a_phone() {
    let rig = Rig::start().await;
    let begun = rig.begin().await;
    assert_eq!(begun.started().sent_by.as_deref(), Some("sms"));
    let sms = rig.gateway.wait_for(1).await.remove(0);
    assert_eq!((sms.path.as_str(), sms.header("content-type")), ("/send", "application/json"));
    assert_eq!(sms.header("authorization"), format!("Bearer {SECRET}"));
    let said = body(&sms);
    let id = said["id"].as_str().unwrap();
    assert_eq!(sms.header("idempotency-key"), id);
    assert_eq!(said, json!({ "id": id, "to": NUMBER, "text": said["text"], "lang": "ru" }));
    let (state, _) = begun.complete(Some(code(&sms).as_str()), PIN, None).await.unwrap();
    assert_eq!(state.username, "ivan");

    let told = rig.gateway.wait_for(2).await.remove(1);
    assert!(body(&told)["text"].as_str().unwrap().starts_with("Активировано новое устройство"), "{}", told.text());
    settled(&rig.server).await;
    let messages = stored(&rig.server).await;
    let mails = messages.iter().filter(|message| message.sent_at.is_none());
    assert_eq!(mails.count(), 1, "there is no way out for mail, so what goes there is kept: {messages:?}");
    assert_eq!((messages.len(), rig.gateway.received().len()), (3, 2));
    let dump = String::from_utf8_lossy(&rig.server.dump()).into_owned();
    for secret in [NUMBER, &code(&sms), SECRET] {
        assert!(!dump.contains(secret), "{secret} is in the database");
    }
}

#[tokio::test]
async fn trouble_is_tried_again_and_not_before_the_gateway_wants_it() {
    let rig = Rig::start().await;
    rig.gateway.answers(&[(503, None), (429, Some("40")), (401, None), (500, None)]);
    rig.begin().await;
    for (tries, seconds) in [(1, 2), (2, 40), (3, 8), (4, 16)] {
        until_next_try(&rig.server, tries, seconds).await;
        rig.gateway.wait_for(usize::try_from(tries).unwrap() + 1).await;
    }
    settled(&rig.server).await;
    let tries = rig.gateway.received();
    assert_eq!(tries.len(), 5);
    assert!(tries.iter().all(|sms| sms.body == tries[0].body), "the same each time");
    let keys: BTreeSet<_> = tries.iter().map(|sms| sms.header("idempotency-key")).collect();
    assert_eq!(keys.len(), 1, "so that the gateway can tell");
    let sent = stored(&rig.server).await.remove(0);
    assert_eq!((sent.sent_at, sent.failed), (Some(rig.server.app.now()), None));
}

#[tokio::test]
async fn what_is_refused_for_good_is_marked_and_in_the_audit_log() {
    for status in [422, 400, 307] {
        let rig = Rig::start().await;
        rig.gateway.answers(&[(status, None)]);
        rig.begin().await;
        let sms = rig.gateway.wait_for(1).await.remove(0);
        settled(&rig.server).await;
        let message = stored(&rig.server).await.remove(0);
        // It was sent while the phone went on asking.
        let failed = message.failed.map(|(at, why)| (at.unix_seconds(), why));
        let now = rig.server.app.now().unix_seconds();
        assert_eq!((message.sent_at, failed), (None, Some((now, status.to_string()))));
        let [row] = &audited(&rig.server, Kind::MessageFailed).await[..] else { panic!("one row") };
        let told = json!({ "message": "notice-activation-code", "by": { "is": "server" }, "channel": "sms", "attempts": 1, "why": status.to_string() });
        assert_eq!(*row, told, "and neither the number nor the code");
        assert_eq!(rig.gateway.received().len(), 1, "{status}");
        assert!(!code(&sms).is_empty());
    }
}

#[tokio::test]
async fn a_code_is_not_sent_when_it_is_over_and_a_notice_is_tried_for_a_day() {
    let rig = Rig::start().await;
    rig.gateway.answers(&[(503, None); 100]);
    rig.begin().await;
    let life = rig.server.app.settings.activation_life.as_secs();
    rig.gateway.wait_for(1).await;
    until_next_try(&rig.server, 1, 2).await;
    until_waiting(&rig.server, 2, 4).await;
    // Nobody looked for it while it was of use.
    rig.server.advance(life);
    settled(&rig.server).await;
    assert_eq!(rig.gateway.received().len(), 2);
    let failed = stored(&rig.server).await.remove(0).failed.unwrap();
    assert_eq!(failed.1, "it came too late");

    notices(&rig.server, 1).await;
    let day = outbox::NOTICE_LIFE.as_secs();
    rig.gateway.wait_for(3).await;
    until_next_try(&rig.server, 1, 2).await;
    rig.gateway.wait_for(4).await;
    until_next_try(&rig.server, 2, 4).await;
    rig.gateway.wait_for(5).await;
    until_next_try(&rig.server, 3, 8).await;
    until_waiting(&rig.server, 4, 16).await;
    // The last second of its day.
    rig.server.advance(day - 15);
    rig.gateway.wait_for(7).await;
    settled(&rig.server).await;
    let failed = stored(&rig.server).await.remove(0).failed.unwrap();
    assert_eq!(failed, (rig.server.app.now(), "503".to_owned()), "a further try would come too late");
}

#[tokio::test]
async fn what_was_under_way_when_the_server_stopped_is_sent_again_under_the_same_key() {
    let mut rig = Rig::start().await;
    rig.gateway.answers(&[Told::from((NEVER, None))]);
    notices(&rig.server, 1).await;
    rig.gateway.wait_for(1).await;
    rig.server = rig.server.restart().await.at_work();
    let left = queued(&rig.server).await.remove(0);
    assert_eq!(
        (left.attempts, left.next_at.since(rig.server.app.now())),
        (1, Duration::from_secs(30)),
        "still claimed"
    );
    rig.server.advance(30);
    let sent = rig.gateway.wait_for(2).await;
    settled(&rig.server).await;
    assert_eq!(sent[0].header("idempotency-key"), sent[1].header("idempotency-key"));
    assert_eq!((sent[0].body.clone(), rig.gateway.received().len()), (sent[1].body.clone(), 2));
}

/// The gateway takes the request and does not answer.
const NEVER: u16 = 0;

#[tokio::test]
async fn of_two_nodes_one_sends() {
    let rig = Rig::start().await;
    let other = rig.server.another_node().await.at_work();
    notices(&rig.server, 10).await;
    notices(&other, 10).await;
    rig.gateway.wait_for(20).await;
    settled(&rig.server).await;
    let ids: BTreeSet<_> = rig.gateway.received().iter().map(|sms| body(sms)["id"].to_string()).collect();
    assert_eq!((ids.len(), rig.gateway.received().len()), (20, 20), "each once");
    assert!(stored(&other).await.iter().all(|message| message.sent_at.is_some()));
}

#[tokio::test]
async fn a_gateway_that_hangs_keeps_nothing_else_waiting() {
    let rig = Rig::start().await;
    rig.gateway.answers(&[Told::from((NEVER, None)); 40]);
    // More than are sent at once.
    notices(&rig.server, 40).await;
    rig.gateway.wait_for(32).await;
    let client = Receiver::start(&[]).await;
    let url = client.url.clone();
    let pinged = rig.server.app.work::<_, store::Error, _>(Actor::Server, move |work| {
        let new = queue::New {
            user: None,
            kind: delivery::Kind::Ping,
            client: "tws",
            url: &url,
            bearer: None,
            body: "{}".to_owned(),
            expires_at: None,
        };
        Ok(queue::queue(work, new)?)
    });
    pinged.await.unwrap();
    client.wait_for(1).await;
    assert_eq!(rig.gateway.received().len(), 32);
}

#[tokio::test]
async fn without_a_way_out_messages_are_kept_and_the_operator_is_told() {
    let server = Server::with("").await.at_work();
    server.user("alice", 0).await;
    activate(&server, "alice").await;
    let kept = stored(&server).await.remove(0);
    assert_eq!((kept.message.as_str(), kept.sent_at, kept.failed), ("notice-device-activated", None, None));
    assert!(queued(&server).await.is_empty());
    let (code, checked, _) = server.command(&["check", "--json"]).await;
    let warnings: Vec<String> = serde_json::from_value(checked["warnings"].clone()).unwrap();
    let about: Vec<_> = warnings.iter().map(|warning| warning.split(' ').next().unwrap()).collect();
    assert_eq!((code, about), (0, vec!["messages.mail_url", "messages.sms_url", "institution.desk_mail"]));
}

#[tokio::test]
async fn old_messages_are_forgotten() {
    let server = Server::with("").await;
    enrol(&server).await;
    notices(&server, 2).await;
    server.advance(6 * 86_400);
    notices(&server, 1).await;
    server.advance(86_400);
    countersign::flow::sweep::sweep(&server.app).await.unwrap();
    assert_eq!(stored(&server).await.len(), 1);
}
