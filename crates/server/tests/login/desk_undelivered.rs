//! The desk's queue of messages that could not be delivered: what is told of one, and what is done about it.

use super::{
    desk::{agent, id_of},
    desk_api::Program,
    pages::{Browser, Shown},
    receiver::{Received, Receiver},
    support::{PASSWORD, Server, settled},
};
use countersign::flow::{
    messages::outbox::{self, New},
    user::{self, NewUser},
};
use domain::{
    Secret,
    audit::{Actor, Kind},
    id::{ContactId, MessageId},
};
use i18n::Lang;
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use store::contact::Channel;

const DAY: u64 = 86_400;
const NUMBER: &str = "+79161234567";
/// What stands in a message that lets somebody in.
const CODE: &str = "ABCD-2345";

/// A server with a gateway that refuses so many messages, and ivan, who has a number.
struct Rig {
    server: Server,
    gateway: Receiver,
    _secret: tempfile::TempDir,
}

impl Rig {
    async fn refusing(count: usize) -> Self {
        let gateway = Receiver::answering(204).await;
        gateway.answers(&vec![(422, None); count]);
        let dir = tempfile::tempdir().unwrap();
        let secret = dir.path().join("sms.secret");
        std::fs::write(&secret, "only-this-server-may-send-messages\n").unwrap();
        let settings = format!(
            "[messages]\na_day = 3\nsms_url = \"{}/send\"\nsms_secret_file = \"{}\"\n",
            gateway.url,
            secret.display()
        );
        let server = Server::with(&settings).await.at_work();
        let app = Arc::clone(&server.app);
        let new = NewUser {
            username: "ivan".to_owned(),
            password: Some(Secret::new(PASSWORD.to_owned())),
            locale: Lang::Ru,
            mail: None,
            phone: Some(NUMBER.to_owned()),
        };
        tokio::task::spawn_blocking(move || user::add_user(&app, &new).unwrap()).await.unwrap();
        Self { server, gateway, _secret: dir }
    }

    /// Queues a message to ivan's number that is good for so long, and waits until it is sent or given up.
    async fn send(&self, message: &'static str, life: u64) {
        let user = id_of(&self.server, "ivan").await;
        let queued = self.server.app.work::<_, store::Error, _>(Actor::Server, move |work| {
            let contacts = store::contact::of_user(work.sql, &work.app.sealer, user)?;
            let phone = contacts.iter().find(|contact| contact.channel == Channel::Sms).unwrap();
            let until = work.now.plus(std::time::Duration::from_secs(life));
            let code = json!({ "code": CODE, "minutes": 10 });
            let arguments = if message == outbox::CODE { code } else { json!({}) };
            Ok(outbox::queue(work, user, phone, New { message, arguments: &arguments, until })?)
        });
        queued.await.unwrap();
        settled(&self.server).await;
    }

    async fn notice(&self) {
        self.send("notice-wrong-answers", DAY).await;
    }

    async fn dana(&self) -> (super::support::Card, Browser<'_>) {
        let mut card = agent(&self.server, "dana", "E-1", "agent").await;
        let dana = Browser::new(&self.server);
        dana.log_in("dana", &mut card).await;
        (card, dana)
    }

    async fn audited(&self, kind: Kind) -> Vec<Value> {
        let user = id_of(&self.server, "ivan").await;
        let rows = self.server.app.store.read(move |sql| store::audit::latest(sql, Some(user), 50)).await.unwrap();
        let rows = rows.into_iter().filter(|row| row.kind == kind.name());
        rows.map(|row| serde_json::from_str(&row.detail).unwrap()).collect()
    }
}

async fn act(browser: &Browser<'_>, what: &str, fields: &[(&str, &str)]) -> Shown {
    let page = browser.get("/console/undelivered").await;
    let id = page.field("id");
    let fields = [fields, &[("id", id.as_str())]].concat();
    browser.post_and_follow(&format!("/console/undelivered/{what}"), &page, &fields).await
}

fn text(sms: &Received) -> String {
    let body: Value = serde_json::from_slice(&sms.body).unwrap();
    body["text"].as_str().unwrap().to_owned()
}

async fn listed(program: &Program<'_>, query: &str) -> Value {
    let (status, found) = program.call(Method::GET, &format!("/desk/undelivered{query}"), None).await;
    assert_eq!(status, 200, "{found}");
    found
}

async fn refused(program: &Program<'_>, id: &str, what: &str) -> (u16, String) {
    let body = (what == "put-aside").then(|| json!({ "reason": "Told on the telephone" }));
    let (status, problem) = program.call(Method::POST, &format!("/desk/undelivered/{id}/{what}"), body.as_ref()).await;
    (status, problem["reason"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn what_was_refused_waits_and_goes_out_once_more() {
    let rig = Rig::refusing(2).await;
    let (mut card, dana) = rig.dana().await;
    assert!(dana.get("/console").await.has("nothing waits"));
    assert!(dana.get("/console/undelivered").await.has("Every message was delivered"));
    rig.notice().await;
    assert!(dana.get("/console").await.has("1 message<"));
    let page = dana.get("/console/undelivered").await;
    for told in [">ivan<", "By SMS to ••• 67", "The address or number is refused", "422", ">Notice<"] {
        assert!(page.has(told), "{told}: {}", page.text);
    }
    assert!(!page.has("9161234567"), "{}", page.text);

    let again = act(&dana, "again", &[]).await;
    // Whether it stands there again already depends on how soon the gateway refuses it once more.
    assert!(again.has("It is being sent again"), "{}", again.text);
    settled(&rig.server).await;
    let back = dana.get("/console/undelivered").await;
    assert!(back.has("422") && back.has("The desk sent it again"), "it was refused again: {}", back.text);
    assert!(act(&dana, "again", &[]).await.has("No more is sent there again for now"));

    rig.server.advance(DAY);
    dana.log_in("dana", &mut card).await;
    assert!(act(&dana, "again", &[]).await.has("It is being sent again"));
    settled(&rig.server).await;
    assert!(dana.get("/console/undelivered").await.has("Every message was delivered"));
    let sent = rig.gateway.received();
    assert_eq!(sent.len(), 3);
    assert!(sent.iter().all(|sms| text(sms) == text(&sent[0])), "the same message");
    let keys: std::collections::BTreeSet<_> = sent.iter().map(|sms| sms.header("idempotency-key")).collect();
    assert_eq!(keys.len(), 3, "or a gateway would answer as it did before");
    let rows = rig.audited(Kind::MessageSentAgain).await;
    assert_eq!(
        (rows.len(), &rows[0]["by"]["is"], &rows[0]["message"]),
        (2, &json!("agent"), &json!("notice-wrong-answers"))
    );
    let user = id_of(&rig.server, "ivan").await;
    let timeline = dana.get(&format!("/console/user?id={user}")).await;
    assert!(timeline.has("sent you a message again that could not be delivered"), "{}", timeline.text);
}

#[tokio::test]
async fn what_needs_nothing_more_is_put_aside_with_a_reason() {
    let rig = Rig::refusing(2).await;
    let (_, dana) = rig.dana().await;
    rig.notice().await;
    assert!(act(&dana, "aside", &[("reason", " ")]).await.has("Say why, in up to 240 characters"));
    let long = "x".repeat(241);
    assert!(act(&dana, "aside", &[("reason", &long)]).await.has("Say why, in up to 240 characters"));
    let page = dana.get("/console/undelivered").await;
    let aside = act(&dana, "aside", &[("reason", "Told on the telephone")]).await;
    assert!(aside.has("It was put aside") && aside.has("Every message was delivered"), "{}", aside.text);
    let id = page.field("id");
    let late = dana.post_and_follow("/console/undelivered/again", &page, &[("id", &id)]).await;
    assert!(late.has("There is no such thing"), "a colleague was first: {}", late.text);
    let rows = rig.audited(Kind::MessagePutAside).await;
    assert_eq!((rows.len(), &rows[0]["why"]), (1, &json!("Told on the telephone")));
    assert_eq!(rig.gateway.received().len(), 1);
}

#[tokio::test]
async fn a_code_is_never_shown_and_is_sent_again_only_while_it_is_good() {
    let rig = Rig::refusing(2).await;
    let (mut card, dana) = rig.dana().await;
    let program = Program::of(&rig.server, "dana", &mut card).await;
    for _ in 0..2 {
        rig.send(outbox::CODE, 600).await;
    }
    let page = dana.get("/console/undelivered").await;
    let found = listed(&program, "").await;
    assert!(page.has(">Activation code<") && !page.has(CODE), "{}", page.text);
    assert!(!found.to_string().contains(CODE) && !found.to_string().contains(NUMBER), "{found}");
    let told = ["kind", "channel", "to", "why", "status"].map(|member| found["data"][0][member].clone());
    assert_eq!(told, ["activation_code", "sms", "••• 67", "refused", "422"].map(Value::from), "{found}");
    let ids = [0, 1].map(|at| found["data"][at]["id"].as_str().unwrap().to_owned());
    let first = listed(&program, "?limit=1").await;
    let next = first["next_cursor"].as_str().unwrap();
    let rest = listed(&program, &format!("?limit=1&cursor={next}")).await;
    assert_eq!((&rest["data"][0]["id"], &rest["next_cursor"]), (&json!(ids[1]), &Value::Null));

    assert_eq!(refused(&program, &ids[0], "send-again").await.0, 204);
    settled(&rig.server).await;
    let sent = rig.gateway.received();
    assert!(sent.len() == 3 && text(&sent[2]).contains(CODE), "the same code");
    rig.server.advance(599);
    let program = Program::of(&rig.server, "dana", &mut card).await;
    rig.server.advance(1);
    assert_eq!(refused(&program, &ids[1], "send-again").await, (409, "over".to_owned()));
    assert_eq!(refused(&program, &ids[1], "put-aside").await.0, 204);
    assert_eq!(refused(&program, &ids[1], "put-aside").await.0, 404);
    assert_eq!(refused(&program, &ids[0], "send-again").await.0, 404, "it was delivered");
    assert_eq!(listed(&program, "").await["data"], json!([]));
    assert_eq!(rig.gateway.received().len(), 3);
}

#[tokio::test]
async fn a_day_holds_no_more_and_nothing_goes_to_a_number_that_was_given_up() {
    let rig = Rig::refusing(5).await;
    let (mut card, _) = rig.dana().await;
    let program = Program::of(&rig.server, "dana", &mut card).await;
    for _ in 0..4 {
        rig.notice().await;
    }
    rig.send(outbox::CODE, 600).await;
    let found = listed(&program, "").await;
    let of = |kind: &str| {
        let rows = found["data"].as_array().unwrap().iter().filter(|row| row["kind"] == kind);
        rows.map(|row| row["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (notices, codes) = (of("notice"), of("activation_code"));
    for id in &notices[..3] {
        assert_eq!(refused(&program, id, "send-again").await.0, 204);
    }
    assert_eq!(refused(&program, &notices[3], "send-again").await, (409, "enough".to_owned()));
    settled(&rig.server).await;
    assert_eq!(rig.gateway.received().len(), 8);

    let (user, app) = (id_of(&rig.server, "ivan").await, Arc::clone(&rig.server.app));
    let left = rig.server.app.store.write(move |sql| {
        let contact: ContactId = store::contact::of_user(sql, &app.sealer, user)?[0].id;
        store::contact::leave(sql, user, contact, app.now())
    });
    assert!(left.await.unwrap());
    assert_eq!(refused(&program, &codes[0], "send-again").await, (409, "gone".to_owned()), "whose number is it now?");
}

#[tokio::test]
async fn nobody_sees_to_a_message_of_their_own_and_an_auditor_to_none() {
    let rig = Rig::refusing(0).await;
    let (mut card, _) = rig.dana().await;
    let program = Program::of(&rig.server, "dana", &mut card).await;
    let (user, app) = (id_of(&rig.server, "dana").await, Arc::clone(&rig.server.app));
    let id = MessageId::from([7; 16]);
    let given_up = rig.server.app.store.write(move |sql| {
        let message = store::outbox::Message {
            user,
            id,
            contact: None,
            message: "desk-report-login".to_owned(),
            arguments: Secret::new("{}".to_owned()),
            created_at: app.now(),
            until: None,
            sent_at: None,
            failed: None,
        };
        store::outbox::insert(sql, &app.sealer, &message, [1; 12])?;
        store::outbox::failed(sql, user, id, (app.now(), "the mail server cannot be reached"))
    });
    given_up.await.unwrap();
    let own = (403, "own_user".to_owned());
    assert_eq!(refused(&program, &id.to_string(), "send-again").await, own);
    assert_eq!(refused(&program, &id.to_string(), "put-aside").await, own);

    let mut auds = agent(&rig.server, "aud", "E-9", "auditor").await;
    let aud = Browser::new(&rig.server);
    aud.log_in("aud", &mut auds).await;
    let page = aud.get("/console/undelivered").await;
    assert!(
        page.has("By mail to the desk") && page.has("could not be reached") && !page.has("Send again"),
        "{}",
        page.text
    );
}
