//! What the pages refuse, seen without a browser. What they do is in `web/e2e/test/brokerage.test.mjs`.

use super::rig::Running;
use reqwest::{Client, redirect::Policy};

fn browser() -> Client {
    Client::builder().redirect(Policy::none()).build().unwrap()
}

#[tokio::test]
async fn forms_without_their_token_and_answers_nobody_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::demo(folder.path());
    let url = demo.text("brokerage_url");
    let http = browser();
    for path in ["/language", "/portal/withdraw", "/portal/logout", "/trader/orders", "/trader/logout", "/cards/swipe"]
    {
        let sent = http.post(format!("{url}{path}")).body("csrf=x&amount=1").send().await.unwrap();
        assert_eq!(sent.status(), 403, "{path}");
    }
    for query in ["", "?code=c&state=s", "?code=c&state=s&iss=https://e.example", "?error=access_denied&state=s"] {
        for part in ["portal", "trader"] {
            let got = http.get(format!("{url}/{part}/callback{query}")).send().await.unwrap();
            assert_eq!(got.status(), 400, "{part} {query}");
        }
    }
    for part in ["portal", "trader"] {
        let to = format!("{url}/{part}/backchannel-logout");
        assert_eq!(http.get(&to).send().await.unwrap().status(), 405);
        for body in ["", "logout_token=", "logout_token=x.y.z", "logout_token=a&logout_token=b"] {
            assert_eq!(http.post(&to).body(body).send().await.unwrap().status(), 400, "{body}");
        }
    }
}

/// The `Set-Cookie` and `Location` of a login that begins.
async fn begins(http: &Client, url: &str) -> (String, reqwest::Url) {
    let sent = http.get(format!("{url}/portal/login")).send().await.unwrap();
    assert_eq!(sent.status(), 303);
    let cookie = sent.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    (cookie, sent.headers()["location"].to_str().unwrap().parse().unwrap())
}

#[tokio::test]
async fn a_login_is_answered_only_in_its_own_browser_by_its_own_issuer_and_once() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::demo(folder.path());
    let (url, issuer) = (demo.text("brokerage_url"), demo.text("issuer"));
    let http = browser();
    let (cookie, to) = begins(&http, url).await;
    assert_eq!(to.origin().ascii_serialization(), issuer);
    let sent: std::collections::BTreeMap<_, _> = to.query_pairs().into_owned().collect();
    assert_eq!(sent["client_id"], "client-portal");
    assert_eq!(sent["code_challenge_method"], "S256");
    assert_eq!(sent["redirect_uri"], format!("{url}/portal/callback"));
    let state = &sent["state"];
    let answer = async |cookie: &str, issuer: &str| {
        let back = format!("{url}/portal/callback?error=access_denied&state={state}&iss={issuer}");
        http.get(back).header("cookie", cookie).send().await.unwrap().status().as_u16()
    };
    let other = begins(&http, url).await.0;
    assert_eq!(answer(&other, issuer).await, 400, "another browser's answer");
    assert_eq!(answer(&cookie, issuer).await, 200);
    assert_eq!(answer(&cookie, issuer).await, 400, "the same answer again");
    let (cookie, to) = begins(&http, url).await;
    let state = to.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let mixed_up = format!("{url}/portal/callback?code=c&state={state}&iss=https://e.example");
    assert_eq!(http.get(mixed_up).header("cookie", &cookie).send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn every_page_binds_the_browser() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::demo(folder.path());
    let (url, issuer) = (demo.text("brokerage_url"), demo.text("issuer"));
    for path in ["/", "/portal/", "/trader/", "/cards/", "/nothing"] {
        let page = browser().get(format!("{url}{path}")).send().await.unwrap();
        let policy = page.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self';"), "{policy}");
        assert!(policy.contains(&format!("form-action 'self' {issuer}; frame-ancestors 'none'")), "{policy}");
        assert_eq!(page.headers()["cache-control"], "no-store");
        assert_eq!(page.headers()["x-content-type-options"], "nosniff");
        let cookie = page.headers()["set-cookie"].to_str().unwrap();
        assert!(cookie.starts_with("brokerage_browser=") && cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"));
        let russian = browser().get(format!("{url}{path}")).header("accept-language", "ru-RU,en;q=0.5");
        assert!(russian.send().await.unwrap().text().await.unwrap().contains("<html lang=\"ru\">"), "{path}");
    }
}
