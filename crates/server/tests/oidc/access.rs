//! What has access to a user's login, as the settings page lists it, and how each is ended.

use super::rig::{Browser, Key, Shown, redemption, send, start};
use super::support::{Card, Server};
use serde_json::Value;

/// The rows of a list that can be ended at `path`, each with the id to send back.
fn rows(page: &Shown, path: &str) -> Vec<(String, String)> {
    let lines = page.text.split("<li>").filter(|line| line.contains(&format!("action=\"{path}\"")));
    let id = |line: &str| line.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    lines.map(|line| (line.split("</form>").next().unwrap().to_owned(), id(line))).collect()
}

const SESSIONS: &str = "/settings/sessions/end";
const PROGRAMS: &str = "/settings/programs/end";
const MARKS: &str = "/settings/marks/revoke";

async fn tokens(browser: &Browser<'_>, client: &str, scope: &str, card: &mut Card) -> Value {
    let code = browser.code(client, &[("scope", scope)], card).await;
    browser.server.post("/oauth2/token", &redemption(client, &code)).await.1
}

async fn refreshes(server: &Server, client: &str, tokens: &Value) -> bool {
    let token = tokens["refresh_token"].as_str().unwrap();
    let form = [("grant_type", "refresh_token"), ("client_id", client), ("refresh_token", token)];
    send(server, "/oauth2/token", &form, &[]).await.0 == 200
}

#[tokio::test]
async fn programs_stand_in_their_session_and_what_outlives_it_is_ended_by_itself() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let mut bobs = server.user("bob", 1).await;
    let (mine, other) = (Browser::new(&server), Browser::new(&server));
    tokens(&mine, "rp", "openid", &mut cards[0]).await;
    let kept = tokens(&mine, "other-rp", "openid offline_access", &mut cards[0]).await;
    tokens(&other, "quiet", "openid", &mut cards[0]).await;

    let page = mine.get("/settings").await;
    let sessions = rows(&page, SESSIONS);
    assert_eq!(sessions.len(), 2, "{}", page.text);
    let of = |own: bool| &sessions.iter().find(|(line, _)| line.contains("This session") == own).unwrap().0;
    assert!(of(true).contains("Logged in to rp<") && of(false).contains("Logged in to quiet<"), "{sessions:?}");
    let [(line, grant)] = &rows(&page, PROGRAMS)[..] else { panic!("one program stays: {}", page.text) };
    assert!(line.contains("<strong>other-rp"), "{line}");

    // Nobody else ends it, and what is none ends nothing.
    let stranger = Browser::new(&server);
    let begun = stranger.authorize("rp", &[]).await;
    stranger.log_in(&begun, "bob", &mut bobs[0]).await;
    let csrf = stranger.get("/settings").await.field("csrf");
    assert_eq!(stranger.post(PROGRAMS, &[("csrf", &csrf), ("id", grant)]).await.status, 303);
    let csrf = page.field("csrf");
    for nonsense in ["", "x", "00000000-0000-0000-0000-000000000000"] {
        let answer = mine.post(PROGRAMS, &[("csrf", &csrf), ("id", nonsense)]).await;
        assert!([303, 400].contains(&answer.status), "{nonsense}: {}", answer.status);
    }
    assert_eq!(rows(&mine.get("/settings").await, PROGRAMS).len(), 1);
    assert_eq!(mine.post(PROGRAMS, &[("id", grant)]).await.status, 403, "a form of another site");

    assert_eq!(mine.post(PROGRAMS, &[("csrf", &csrf), ("id", grant)]).await.status, 303);
    let page = mine.get("/settings").await;
    assert!(rows(&page, PROGRAMS).is_empty() && page.text.contains("Lasting access of other-rp was ended"));
    assert!(!refreshes(&server, "other-rp", &kept).await);
    assert_eq!(rows(&page, SESSIONS).len(), 2, "sessions go on");
}

#[tokio::test]
async fn one_button_ends_everything_but_the_browser_that_asks() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let (mine, thief) = (Browser::new(&server), Browser::new(&server));
    let stolen = tokens(&thief, "other-rp", "openid offline_access", &mut cards[0]).await;
    tokens(&mine, "rp", "openid", &mut cards[0]).await;
    let page = mine.get("/settings").await;
    assert_eq!((rows(&page, SESSIONS).len(), rows(&page, PROGRAMS).len(), rows(&page, MARKS).len()), (2, 1, 2));

    let ended = mine.post("/settings/access/end-others", &[("csrf", &page.field("csrf"))]).await;
    assert_eq!((ended.status, ended.location.as_deref()), (303, Some("/settings?said=others-ended")));
    let page = mine.get("/settings?said=others-ended").await;
    assert!(page.text.contains("Everything but this browser was ended."), "{}", page.text);
    assert_eq!((rows(&page, SESSIONS).len(), rows(&page, PROGRAMS).len(), rows(&page, MARKS).len()), (1, 0, 1));
    assert!(!page.text.contains("/settings/access/end-others"), "nothing more to end");
    assert!(!refreshes(&server, "other-rp", &stolen).await);
    assert_eq!(thief.get("/settings").await.status, 303, "its session is over");
    assert!(mine.authorize("rp", &[("prompt", "none")]).await.parameters().contains_key("code"), "the own one goes on");
}
