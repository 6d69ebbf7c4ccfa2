//! Bad input: a clear error each, never a 500, nothing lost.

use super::support::{CHALLENGE, PASSWORD, Server, VERIFIER, session};
use serde_json::Value;

const FORM: &str = "application/x-www-form-urlencoded";

struct Case {
    what: &'static str,
    path: &'static str,
    content_type: &'static str,
    body: Vec<u8>,
    status: u16,
    error: &'static str,
}

fn case(what: &'static str, path: &'static str, body: impl Into<Vec<u8>>, status: u16, error: &'static str) -> Case {
    Case { what, path, content_type: FORM, body: body.into(), status, error }
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn cases(handle: &str) -> Vec<Case> {
    const CHALLENGE_PATH: &str = "/oauth2/authorize-challenge";
    let first = format!("client_id=tws&username=alice&password=x&code_challenge={CHALLENGE}");
    let token = format!("grant_type=authorization_code&client_id=tws&code=abc&code_verifier={VERIFIER}");
    let later = |rest: &str| format!("auth_session={handle}&{rest}");
    let other = if handle.ends_with('A') { 'B' } else { 'A' };
    let mut cases = vec![
        case("nothing", CHALLENGE_PATH, "", 400, "invalid_request"),
        case("no password", CHALLENGE_PATH, first.replace("password=x&", ""), 400, "invalid_request"),
        case("empty username", CHALLENGE_PATH, first.replace("alice", ""), 400, "invalid_request"),
        case("two usernames", CHALLENGE_PATH, format!("{first}&username=bob"), 400, "invalid_request"),
        case("long username", CHALLENGE_PATH, first.replace("alice", &"a".repeat(257)), 400, "invalid_request"),
        case(
            "long password",
            CHALLENGE_PATH,
            first.replace("password=x", &format!("password={}", "x".repeat(1025))),
            400,
            "invalid_request",
        ),
        case("bad UTF-8", CHALLENGE_PATH, first.replace("alice", "%ff%fe"), 400, "invalid_request"),
        case("raw bad UTF-8", CHALLENGE_PATH, [first.as_bytes(), b"\xff\xfe"].concat(), 400, "invalid_request"),
        case("a hundred fields", CHALLENGE_PATH, "a=b&".repeat(100), 400, "invalid_request"),
        case("too large", CHALLENGE_PATH, vec![b'a'; 20_000], 413, "invalid_request"),
        case("unknown client", CHALLENGE_PATH, first.replace("tws", "nobody"), 400, "invalid_client"),
        case("client without a form", CHALLENGE_PATH, first.replace("tws", "portal"), 400, "unauthorized_client"),
        case("plain PKCE", CHALLENGE_PATH, format!("{first}&code_challenge_method=plain"), 400, "invalid_request"),
        case("short challenge", CHALLENGE_PATH, first.replace(CHALLENGE, "abc"), 400, "invalid_request"),
        case("unknown scope", CHALLENGE_PATH, format!("{first}&scope=openid+root"), 400, "invalid_scope"),
        case(
            "endless version",
            CHALLENGE_PATH,
            format!("{first}&client_version={}", "9".repeat(300)),
            400,
            "invalid_request",
        ),
        case("newline in username", CHALLENGE_PATH, first.replace("alice", "alice%0Aroot"), 400, "access_denied"),
        case("unknown handle", CHALLENGE_PATH, "auth_session=abc&response=1", 400, "invalid_session"),
        case("long handle", CHALLENGE_PATH, format!("auth_session={}", "A".repeat(5000)), 400, "invalid_session"),
        case(
            "changed handle",
            CHALLENGE_PATH,
            format!("auth_session={}{other}", &handle[..79]),
            400,
            "invalid_session",
        ),
        case("unknown device", CHALLENGE_PATH, later("device_id=nonsense"), 400, "invalid_request"),
        case(
            "another's device",
            CHALLENGE_PATH,
            later("device_id=00000000-0000-7000-8000-000000000000"),
            400,
            "invalid_request",
        ),
        case("unknown method", CHALLENGE_PATH, later("method=telepathy"), 400, "invalid_request"),
        case("a method it has not", CHALLENGE_PATH, later("method=seamless"), 400, "invalid_request"),
        case("device and response", CHALLENGE_PATH, later("device_id=1&response=2"), 400, "invalid_request"),
        case("long response", CHALLENGE_PATH, later(&format!("response={}", "1".repeat(65))), 400, "invalid_request"),
        case("wait of words", CHALLENGE_PATH, later("wait=long"), 400, "invalid_request"),
        case("credential", CHALLENGE_PATH, later("wait=99999999999999999999999"), 400, "invalid_request"),
        case("no grant type", "/oauth2/token", "client_id=tws", 400, "invalid_request"),
        case(
            "password grant",
            "/oauth2/token",
            token.replace("authorization_code", "password"),
            400,
            "unsupported_grant_type",
        ),
        case("unknown code", "/oauth2/token", token.clone(), 400, "invalid_grant"),
        case("a handle as a code", "/oauth2/token", token.replace("abc", handle), 400, "invalid_grant"),
        case("short verifier", "/oauth2/token", token.replace(VERIFIER, "abc"), 400, "invalid_grant"),
        case("unknown client", "/oauth2/token", token.replace("tws", "nobody"), 400, "invalid_client"),
        case("no such endpoint", "/oauth2/nothing", "a=b", 404, "invalid_request"),
        case("nothing in our API", "/api/v1/nothing", "a=b", 404, "/problems/not-found"),
        case("a page that is none", "/nothing", "a=b", 404, "page"),
        case("a form without a token", "/login", "username=a&password=b", 403, "page"),
        case("bad UTF-8 to a page", "/login", "username=%ff", 400, "page"),
        case("too large for a page", "/login", vec![b'a'; 20_000], 413, "page"),
        case("get only", "/settings", "a=b", 405, "page"),
    ];
    for path in [CHALLENGE_PATH, "/oauth2/token"] {
        cases.push(Case {
            content_type: "application/json",
            ..case("JSON", path, r#"{"client_id":"tws"}"#, 415, "invalid_request")
        });
        cases.push(Case { content_type: "text/plain", ..case("text", path, first.clone(), 415, "invalid_request") });
    }
    cases.push(Case {
        content_type: "multipart/form-data; boundary=x",
        ..case("multipart", "/login", "--x--", 415, "page")
    });
    cases
}

#[tokio::test]
async fn each_gets_its_error_and_the_attempt_lives_on() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let (_, step) = server.begin("alice", PASSWORD, &[]).await;
    for case in cases(session(&step)) {
        let request =
            server.http.post(format!("{}{}", server.url, case.path)).header("content-type", case.content_type);
        let answer = request.body(case.body).send().await.unwrap();
        let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
        assert_eq!(answer.status().as_u16(), case.status, "{}", case.what);
        let text = answer.text().await.unwrap();
        if case.error == "page" {
            assert!(kind.starts_with("text/html") && text.contains("<h1"), "{}: {kind} {text}", case.what);
            continue;
        }
        let body: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{}: {text}", case.what));
        let found = if case.error.starts_with('/') { &body["type"] } else { &body["error"] };
        assert_eq!(found, case.error, "{}: {text}", case.what);
        let described = ["error_description", "failure", "title"].iter().any(|name| !body[*name].is_null());
        assert!(described, "{}: says what to do: {text}", case.what);
    }
    let (_, asked) = server.challenge(&[("auth_session", session(&step))]).await;
    assert_eq!(asked["next"], step["next"], "nothing was lost");
    let response = cards[0].respond(&step);
    assert_eq!(server.challenge(&[("auth_session", session(&step)), ("response", &response)]).await.0, 200);
}

/// Methods that a path does not take, and paths that are no text.
#[tokio::test]
async fn other_methods_and_odd_paths() {
    let server = Server::start().await;
    for (path, status) in [
        ("/oauth2/token", 405),
        ("/oauth2/authorize-challenge", 405),
        ("/logout", 405),
        ("/help/%ff", 404),
        ("/assets/..%2f..%2fCargo.toml", 404),
        ("/assets/%00", 404),
        ("/login?attempt=%ff", 200),
        ("/login?attempt=zz", 200),
        ("/problems/none", 404),
        ("/api/v1/users", 401),
        ("/api/v1/nothing", 404),
        ("/api/v2/users", 404),
        ("/.well-known/none", 404),
        ("/settings/", 404),
    ] {
        let answer = server.http.get(format!("{}{path}", server.url)).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{path}");
    }
}
