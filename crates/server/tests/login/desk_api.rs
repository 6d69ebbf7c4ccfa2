//! The desk by its API: an agent's token, temporary access and cases, and who gets nothing.

use super::{
    desk::{agent, set},
    support::{CHALLENGE, Card, PASSWORD, Server, session},
};
use reqwest::Method;
use serde_json::{Value, json};

const DAY: u64 = 86_400;

/// What a login in the desk's program gives.
async fn tokens(server: &Server, name: &str, card: &mut Card, scope: &str) -> Value {
    let form = [
        ("client_id", "console"),
        ("username", name),
        ("password", PASSWORD),
        ("code_challenge", CHALLENGE),
        ("scope", scope),
    ];
    let (_, begun) = server.challenge(&form).await;
    let step = server.choose(&begun, card).await;
    let response = card.respond(&step);
    let (status, done) = server.challenge(&[("auth_session", session(&step)), ("response", &response)]).await;
    assert_eq!(status, 200, "{done}");
    redeemed(server, "console", &done).await
}

async fn redeemed(server: &Server, client: &str, done: &Value) -> Value {
    let code = done["authorization_code"].as_str().unwrap();
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", client),
        ("code", code),
        ("code_verifier", super::support::VERIFIER),
    ];
    let (status, given) = server.post("/oauth2/token", &form).await;
    assert_eq!(status, 200, "{given}");
    given
}

/// An agent's program.
pub(crate) struct Program<'a> {
    server: &'a Server,
    token: String,
}

impl<'a> Program<'a> {
    pub(crate) async fn of(server: &'a Server, name: &str, card: &mut Card) -> Self {
        Self::with(server, &tokens(server, name, card, "openid desk").await)
    }

    fn with(server: &'a Server, given: &Value) -> Self {
        Self { server, token: given["access_token"].as_str().unwrap().to_owned() }
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> (u16, Value) {
        let url = format!("{}/api/v1{path}", self.server.url);
        let mut request = self.server.http.request(method, url).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        self.call(Method::GET, path, None).await
    }

    async fn act(&self, path: &str) -> (u16, Value) {
        self.call(Method::POST, path, None).await
    }

    async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.call(Method::POST, path, Some(body)).await
    }

    /// Asks for a temporary access: its path.
    async fn request(&self) -> String {
        let (status, asked) = self.post("/temporary-access", &wish()).await;
        assert_eq!((status, &asked["state"]), (201, &json!("requested")), "{asked}");
        format!("/temporary-access/{}", asked["id"].as_str().unwrap())
    }

    /// Agrees with a card.
    async fn agree(&self, path: &str, card: &mut Card) -> (u16, Value) {
        let begin = if path.starts_with("/temporary") { "approve" } else { "second" };
        let (status, begun) = self.act(&format!("{path}/{begin}")).await;
        assert_eq!(status, 202, "{begun}");
        let again = self.act(&format!("{path}/{begin}")).await;
        assert_eq!((again.0, &again.1["next"]), (202, &begun["next"]), "asked twice");
        let step = if begun["next"]["step"] == "choose_device" {
            self.post(&format!("{path}/continue"), &json!({ "device_id": card.id })).await.1
        } else {
            begun
        };
        let response = card.respond(&step);
        self.post(&format!("{path}/continue"), &json!({ "response": response })).await
    }
}

fn wish() -> Value {
    json!({ "user": "alice", "reason": "Phone stolen", "identity_check": "Last withdrawals" })
}

/// A refusal: its status, slug and reason.
fn refusal(answer: &(u16, Value)) -> (u16, String, &str) {
    let (status, problem) = answer;
    let slug = problem["type"].as_str().unwrap_or_default().trim_start_matches("/problems/").to_owned();
    (*status, slug, problem["reason"].as_str().unwrap_or_default())
}

fn is(answer: &(u16, Value), status: u16, slug: &str, reason: &str) {
    assert_eq!(refusal(answer), (status, slug.to_owned(), reason), "{answer:?}");
}

#[tokio::test]
async fn a_temporary_access_from_the_request_to_the_code_by_two_agents_programs() {
    let server = Server::start().await;
    server.user("alice", 1).await;
    let mut danas = agent(&server, "dana", "E-1", "agent").await;
    let mut emils = agent(&server, "emil", "E-2", "supervisor").await;
    let dana = Program::of(&server, "dana", &mut danas).await;
    let emil = Program::of(&server, "emil", &mut emils).await;
    let path = dana.request().await;
    is(&dana.post("/temporary-access", &wish()).await, 409, "wrong-state", "under_way");
    is(&dana.act(&format!("{path}/approve")).await, 403, "second-person-needed", "");
    is(&dana.act(&format!("{path}/reveal")).await, 409, "wrong-state", "proposed");
    let wrong = emil.act(&format!("{path}/approve")).await.1;
    let wrong = match wrong["next"]["step"].as_str() {
        Some("choose_device") => emil.post(&format!("{path}/continue"), &json!({ "device_id": emils.id })).await.1,
        _ => wrong,
    };
    assert!(wrong["next"]["challenge"].is_string(), "{wrong}");
    let (_, wrong) = emil.post(&format!("{path}/continue"), &json!({ "response": "00000000" })).await;
    assert_eq!((&wrong["failure"]["reason"], &wrong["state"]), (&json!("wrong_response"), &json!("requested")));
    let (status, approved) = emil.agree(&path, &mut emils).await;
    assert_eq!((status, &approved["state"], &approved["second"]), (200, &json!("approved"), &json!("emil")));
    assert_eq!(dana.get(&path).await.1["state"], "approved");

    let waits = dana.act(&format!("{path}/reveal")).await;
    is(&waits, 409, "waits", "");
    assert_eq!(waits.1["until"], approved["not_before"], "{waits:?}");
    server.advance(DAY + 1);
    is(&dana.get(&path).await, 401, "unauthorized", "invalid_token");
    let dana = Program::of(&server, "dana", &mut danas).await;
    let emil = Program::of(&server, "emil", &mut emils).await;
    is(&emil.act(&format!("{path}/reveal")).await, 403, "role-needed", "not_the_first");
    let (status, shown) = dana.act(&format!("{path}/reveal")).await;
    assert_eq!((status, shown["code"].as_str().map(str::len)), (200, Some(14)), "{shown}");
    assert!(shown["full_until"].as_str() < shown["card_until"].as_str(), "{shown}");
    is(&dana.act(&format!("{path}/reveal")).await, 409, "wrong-state", "done");
    let (_, stands) = dana.get(&path).await;
    assert!(stands["state"] == "revealed" && !stands.to_string().contains(shown["code"].as_str().unwrap()));
    is(&dana.post("/temporary-access", &wish()).await, 409, "temporary-access-in-a-row", "");
    let (_, done) = dana.get("/desk/cases?state=done").await;
    assert_eq!((&done["data"][0]["kind"], done["data"].as_array().unwrap().len()), (&json!("temporary_access"), 1));
    let begun = server.begin("alice", PASSWORD, &[]).await.1;
    assert!(begun["next"].to_string().contains("temporary-code"), "{begun}");
}

#[tokio::test]
async fn a_case_is_proposed_listed_seconded_and_rejected() {
    let server = Server::with("[temporary]\nwait = \"1s\"\n").await;
    server.user("alice", 1).await;
    let mut danas = agent(&server, "dana", "E-1", "agent").await;
    let mut emils = agent(&server, "emil", "E-2", "supervisor").await;
    let dana = Program::of(&server, "dana", &mut danas).await;
    let emil = Program::of(&server, "emil", &mut emils).await;
    let case = |kind: &str| {
        let mut case = wish();
        case["kind"] = kind.into();
        case
    };
    is(&dana.post("/desk/cases", &case("master_key")).await, 400, "bad-request", "kind");
    is(&dana.post("/desk/cases", &json!({ "kind": "password_link" })).await, 400, "bad-request", "body");
    let mut nobody = case("password_link");
    nobody["user"] = "nobody".into();
    is(&dana.post("/desk/cases", &nobody).await, 404, "not-found", "");
    let mut silent = case("password_link");
    silent["reason"] = " ".into();
    is(&dana.post("/desk/cases", &silent).await, 400, "bad-request", "reason");
    let mut own = case("password_link");
    own["user"] = "dana".into();
    is(&dana.post("/desk/cases", &own).await, 403, "role-needed", "own_user");

    let (status, made) = dana.post("/desk/cases", &case("password_link")).await;
    assert_eq!((status, &made["state"]), (201, &json!("proposed")), "{made}");
    let (_, other) = dana.post("/desk/cases", &case("temporary_access")).await;
    let first = emil.get("/desk/cases?limit=1").await.1;
    assert_eq!(first["data"][0]["id"], other["id"], "{first}");
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = emil.get(&format!("/desk/cases?state=proposed&limit=1&cursor={cursor}")).await.1;
    assert!(second["data"][0]["id"] == made["id"] && second.get("next_cursor").is_none(), "{second}");
    assert_eq!(emil.get("/desk/cases?state=unheard_of").await.0, 400);
    let of_another_kind = format!("/temporary-access/{}", made["id"].as_str().unwrap());
    is(&dana.get(&of_another_kind).await, 404, "not-found", "");

    let path = format!("/desk/cases/{}", made["id"].as_str().unwrap());
    let early = emil.post(&format!("{path}/continue"), &json!({ "response": "12345678" })).await;
    assert_eq!((early.0, &early.1["state"]), (200, &json!("proposed")), "nothing was asked yet");
    server.advance(2);
    let (status, done) = emil.agree(&path, &mut emils).await;
    assert_eq!((status, &done["state"]), (200, &json!("done")), "{done}");
    let rejected = emil.act(&format!("/desk/cases/{}/reject", other["id"].as_str().unwrap())).await;
    assert_eq!((rejected.0, &rejected.1["state"]), (200, &json!("rejected")), "{rejected:?}");
    is(
        &dana.act(&format!("/desk/cases/{}/reject", other["id"].as_str().unwrap())).await,
        409,
        "wrong-state",
        "rejected",
    );
    let found = dana.get("/desk/users?search=ali").await.1;
    assert_eq!((&found["data"][0]["username"], &found["data"][0]["id"]), (&json!("alice"), &made["user"]), "{found}");
    is(&dana.get("/desk/users?search=+").await, 400, "bad-request", "search");
}

#[tokio::test]
async fn one_person_is_not_two_in_whatever_programs() {
    let server = Server::start().await;
    server.user("alice", 1).await;
    let mut danas = agent(&server, "dana", "E-1", "agent").await;
    let dana = Program::of(&server, "dana", &mut danas).await;
    let path = dana.request().await;
    let approve = format!("{path}/approve");
    // Another session of the same account, and another account of the same person.
    let elsewhere = Program::of(&server, "dana", &mut danas).await;
    is(&elsewhere.act(&approve).await, 403, "second-person-needed", "");
    let mut twins = agent(&server, "dana2", "E-1", "supervisor").await;
    let twin = Program::of(&server, "dana2", &mut twins).await;
    is(&twin.act(&approve).await, 403, "second-person-needed", "");
    // A role that is lost between the question and the answer.
    let mut emils = agent(&server, "emil", "E-2", "supervisor").await;
    let emil = Program::of(&server, "emil", &mut emils).await;
    let begun = emil.act(&approve).await.1;
    set(&server, "emil", "E-2", "auditor").await;
    let answer = json!({ "response": emils.respond(&begun) });
    is(&emil.post(&format!("{path}/continue"), &answer).await, 403, "role-needed", "role");
    assert_eq!(emil.get(&path).await.1["state"], "requested", "an auditor still sees it");
    // What was asked in one session is not answered in another.
    set(&server, "emil", "E-2", "agent").await;
    let other = Program::of(&server, "emil", &mut emils).await;
    let taken = other.post(&format!("{path}/continue"), &answer).await;
    assert_eq!((taken.0, &taken.1["state"]), (200, &json!("requested")), "{taken:?}");
    let (_, approved) = other.agree(&path, &mut emils).await;
    assert_eq!(approved["state"], "approved", "{approved}");
}

#[tokio::test]
async fn no_token_but_an_agents_opens_the_desk() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let mut danas = agent(&server, "dana", "E-1", "agent").await;
    // A customer, even in the desk's own program.
    let customer = Program::of(&server, "alice", &mut cards[0]).await;
    is(&customer.get("/desk/cases").await, 403, "role-needed", "no_agent");
    // An agent whose token is not for the desk, and one for whom another program asked.
    let reader = Program::with(&server, &tokens(&server, "dana", &mut danas, "openid").await);
    is(&reader.get("/desk/cases").await, 403, "insufficient-scope", "desk");
    let begun = server.begin("dana", PASSWORD, &[("scope", "openid desk")]).await;
    assert_eq!((begun.0, &begun.1["error"]), (400, &json!("invalid_scope")), "{begun:?}");
    let done = server.log_in("dana", &mut danas, &[]).await;
    let trader = Program::with(&server, &redeemed(&server, "tws", &done).await);
    is(&trader.get("/desk/cases").await, 403, "insufficient-scope", "desk");
    // Nothing, nonsense, and a refresh token in an access token's place.
    let given = tokens(&server, "dana", &mut danas, "openid offline_access desk").await;
    let refresh = given["refresh_token"].as_str().unwrap().to_owned();
    for token in ["x".to_owned(), refresh.clone()] {
        let program = Program { server: &server, token };
        is(&program.get("/desk/cases").await, 401, "unauthorized", "invalid_token");
    }
    // The agent's token is no back end's.
    let dana = Program::with(&server, &given);
    assert_eq!(dana.get("/desk/cases").await.0, 200);
    is(&dana.get("/users").await, 401, "unauthorized", "invalid_token");
    // Use keeps it; idleness ends it, and a refresh does not bring it back.
    server.advance(500);
    assert_eq!(dana.get("/desk/cases").await.0, 200);
    server.advance(500);
    let form = [("grant_type", "refresh_token"), ("client_id", "console"), ("refresh_token", &refresh)];
    let (status, fresh) = server.post("/oauth2/token", &form).await;
    assert_eq!(status, 200, "{fresh}");
    let dana = Program::with(&server, &fresh);
    assert_eq!(dana.get("/desk/cases").await.0, 200);
    server.advance(601);
    is(&dana.get("/desk/cases").await, 401, "unauthorized", "invalid_token");
    let dana = Program::of(&server, "dana", &mut danas).await;
    // Whoever is no agent any more is one no more at once.
    let app = std::sync::Arc::clone(&server.app);
    tokio::task::spawn_blocking(move || countersign::flow::desk::agent::end(&app, "dana").unwrap()).await.unwrap();
    is(&dana.get("/desk/cases").await, 403, "role-needed", "no_agent");
}
