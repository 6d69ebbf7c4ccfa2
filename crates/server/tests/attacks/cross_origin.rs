//! Pages of other sites: what their scripts may read, and what asking does.

use super::{
    rig::{self, Browser, CALLBACK, Key, redemption},
    support::{CHALLENGE, Server},
};
use countersign::http::routes;
use reqwest::{Method, Response, header::HeaderMap};

const APP: &str = "https://app.example";
const EVIL: &str = "https://evil.example";

/// `rp` has a program at [`APP`], `other-rp` one elsewhere.
async fn start() -> Server {
    let more = [
        ("rp", "allowed_origins = [\"https://app.example\"]"),
        ("other-rp", "allowed_origins = [\"https://other.example\"]"),
    ];
    Server::with(&rig::settings(&Key::new(), &more)).await.at_work()
}

async fn ask(server: &Server, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = server.http.request(method, format!("{}{path}", server.url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

fn allowed(headers: &HeaderMap) -> Option<&str> {
    headers.get("access-control-allow-origin").map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn what_is_public_may_be_read_by_any_page() {
    let server = start().await;
    for path in ["/.well-known/openid-configuration", "/oauth2/jwks", "/oauth2/receipt-keys"] {
        for origin in [APP, EVIL, "null"] {
            let answer = ask(&server, Method::GET, path, &[("origin", origin)]).await;
            assert_eq!((answer.status().as_u16(), allowed(answer.headers())), (200, Some("*")), "{path} {origin}");
            assert_eq!(answer.headers()["cross-origin-resource-policy"], "cross-origin");
            assert!(!answer.headers().contains_key("access-control-allow-credentials"));
            let beforehand = [("origin", origin), ("access-control-request-method", "GET")];
            let answer = ask(&server, Method::OPTIONS, path, &beforehand).await;
            assert_eq!((answer.status().as_u16(), allowed(answer.headers())), (204, Some("*")), "{path} {origin}");
            assert!(answer.headers()["access-control-allow-methods"].to_str().unwrap().contains("GET"));
        }
    }
}

#[tokio::test]
async fn a_client_is_called_by_its_own_pages_only() {
    let server = start().await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    for (origin, wanted) in [(APP, Some(APP)), (EVIL, None), ("https://other.example", None)] {
        let code = browser.code("rp", &[], &mut cards[0]).await;
        let request = server.http.post(format!("{}/oauth2/token", server.url)).form(&redemption("rp", &code));
        let answer = request.header("origin", origin).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), allowed(answer.headers())), (200, wanted), "{origin}");
        assert!(answer.headers().get_all("vary").iter().any(|value| value == "origin"));
        let tokens: serde_json::Value = answer.json().await.unwrap();
        let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
        let about = [("origin", origin), ("authorization", &bearer)];
        let answer = ask(&server, Method::GET, "/oauth2/userinfo", &about).await;
        assert_eq!((answer.status().as_u16(), allowed(answer.headers())), (200, wanted), "{origin}");
    }
    // Errors can be read too; and what a browser asks beforehand is allowed to pages of any client.
    let answer = ask(&server, Method::GET, "/oauth2/userinfo", &[("origin", APP)]).await;
    assert_eq!((answer.status().as_u16(), allowed(answer.headers())), (401, Some(APP)));
    for (origin, wanted) in [(APP, Some(APP)), (EVIL, None), ("null", None), ("https://app.example.evil.example", None)]
    {
        let beforehand =
            [("origin", origin), ("access-control-request-method", "POST"), ("access-control-request-headers", "dpop")];
        let answer = ask(&server, Method::OPTIONS, "/oauth2/token", &beforehand).await;
        assert_eq!((answer.status().as_u16(), allowed(answer.headers())), (204, wanted), "{origin}");
        let said = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let methods = said("access-control-allow-methods");
        assert_eq!(methods.is_some_and(|all| all.contains("POST")), wanted.is_some());
        assert_eq!(said("access-control-allow-headers").is_some_and(|all| all.contains("dpop")), wanted.is_some());
    }
}

#[tokio::test]
async fn nothing_else_is_for_scripts_of_other_sites() {
    let server = start().await;
    for route in routes::all().filter(|route| !route.path.contains('{')) {
        let shared = [
            "/.well-known/",
            "/oauth2/jwks",
            "/oauth2/receipt-keys",
            "/oauth2/token",
            "/oauth2/revoke",
            "/oauth2/userinfo",
            "/oauth2/par",
            "/oauth2/authorize-challenge",
        ];
        if shared.iter().any(|path| route.path.starts_with(path)) {
            continue;
        }
        let method = Method::from_bytes(route.method.to_uppercase().as_bytes()).unwrap();
        for method in [method, Method::OPTIONS] {
            let answer = ask(&server, method, route.path, &[("origin", APP)]).await;
            assert_eq!(allowed(answer.headers()), None, "{}", route.path);
            assert_eq!(answer.headers()["cross-origin-resource-policy"], "same-origin", "{}", route.path);
        }
    }
}

#[tokio::test]
async fn every_route_takes_options_and_head_and_neither_does_anything() {
    let server = start().await;
    let units = server.app.store.units();
    // Readiness is about writing, whoever asks and however.
    for route in routes::all().filter(|route| route.path != "/readyz") {
        let path = route.path.replace(['{', '}', '*'], "");
        let answer = ask(&server, Method::OPTIONS, &path, &[]).await;
        let allow = answer.headers().get("allow").map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        assert_eq!(answer.status(), 204, "OPTIONS {path}");
        assert!(allow.contains(&route.method.to_uppercase()) && allow.contains("OPTIONS"), "{path}: {allow}");
        let answer = ask(&server, Method::HEAD, &path, &[]).await;
        let has_get = routes::all().any(|other| other.path == route.path && other.method == "get");
        assert_eq!(answer.status() == 405, !has_get, "HEAD {path}: {}", answer.status());
        assert!(!answer.status().is_server_error(), "HEAD {path}");
    }
    assert_eq!((server.app.store.units() - units).writes, 0);
    for method in [Method::OPTIONS, Method::HEAD] {
        assert_eq!(ask(&server, method, "/nothing/here", &[]).await.status(), 404);
    }
}

/// Link checkers and mail scanners ask before the person does.
#[tokio::test]
async fn head_uses_nothing_up_that_is_good_once() {
    let server = start().await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    let form = [
        ("client_id", "rp"),
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let (_, pushed) = server.post("/oauth2/par", &form).await;
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", "rp")
        .append_pair("request_uri", pushed["request_uri"].as_str().unwrap())
        .finish();
    let path = format!("/oauth2/authorize?{query}");
    for _ in 0..3 {
        assert_eq!(ask(&server, Method::HEAD, &path, &[]).await.status(), 200);
    }
    let led = browser.get(&path).await;
    assert!(led.location.as_deref().is_some_and(|to| to.starts_with("/login?request=")), "{}", led.status);
    let done = browser.log_in(&led, "alice", &mut cards[0]).await;
    assert!(done.parameters().contains_key("code"));
    let cookie = browser.cookies();
    let gone = ask(&server, Method::HEAD, "/oauth2/logout?client_id=rp", &[("cookie", &cookie)]).await;
    assert_eq!(gone.status(), 200);
    assert!(browser.authorize("rp", &[("prompt", "none")]).await.parameters().contains_key("code"), "still signed in");
}
