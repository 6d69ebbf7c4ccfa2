//! What strangers cause is told to its owner as a count, and never in the place of what the owner or a device did.

use super::{
    phones::{self, activate},
    rig::{self, Browser, Key},
    support::{PASSWORD, Server},
};
use countersign_client::phone::Phone;
use i18n::Lang;
use wire::phone::manage::ActivityLine;

async fn start() -> (Server, Phone) {
    let server = Server::with(&rig::settings(&Key::new(), &[])).await;
    server.user("boris", 0).await;
    let phone = activate(&server, "boris").await;
    for label in ["Boris’s phone", "Old phone"] {
        phone.rename(label).await.unwrap();
    }
    (server, phone)
}

fn texts(lines: &[ActivityLine]) -> Vec<&str> {
    lines.iter().map(|line| line.text.as_str()).collect()
}

#[tokio::test]
async fn wrong_passwords_take_no_row_of_the_owner() {
    let (server, phone) = start().await;
    let before = phone.activity(Some(Lang::En.tag())).await.unwrap();
    let own: Vec<_> = before.iter().filter(|line| line.count == 1).cloned().collect();
    assert!(texts(&own).iter().filter(|text| text.contains(" is now called ")).count() == 2, "{before:?}");
    for (tries, all) in [(59, 59), (1, 60), (240, 300)] {
        for n in 0..tries {
            let (status, _) = server.begin("boris", &format!("a wrong guess {n}"), &[]).await;
            assert_eq!(status, 400);
        }
        let after = phone.activity(Some(Lang::En.tag())).await.unwrap();
        let kept: Vec<_> = own.iter().filter(|line| after.contains(line)).collect();
        assert_eq!(kept.len(), own.len(), "after {all}: {after:?}");
        let told: Vec<_> = after.iter().filter(|line| line.text.starts_with("Wrong password")).collect();
        let [line] = told[..] else { panic!("{told:?}") };
        assert_eq!((line.count, line.alarming), (all, true), "also while nothing is compared: {line:?}");
        assert!(line.text.contains(&format!("{all} times since ")), "{line:?}");
        assert_eq!(line.address.as_deref(), Some("127.0.0.1"));
    }
}

#[tokio::test]
async fn the_settings_page_tells_the_same() {
    let (server, phone) = start().await;
    // A login whose password is right, by a browser that is not known: its steps are no end of rows either.
    for n in 0..30 {
        // More would keep later requests off the phone.
        if n < 3 {
            server.begin("boris", PASSWORD, &[]).await;
        }
        server.begin("boris", "a wrong guess", &[("client_mark", "rubbish")]).await;
    }
    let browser = Browser::new(&server);
    server.advance(2 * 86_400);
    let csrf = browser.get("/login").await.field("csrf");
    let begun = browser.post("/login", &[("csrf", &csrf), ("username", "boris"), ("password", PASSWORD)]).await;
    let to = begun.location.unwrap();
    let page = browser.get(&to).await;
    let Some(number) = page.text.split("id=\"number\">").nth(1).map(|rest| rest.split('<').next().unwrap()) else {
        panic!("no request: {}", page.text)
    };
    phone.approve(&phone.one(None).await.unwrap(), phones::PIN, Some(number)).await.unwrap();
    assert_eq!(browser.get(&to).await.location.as_deref(), Some("/settings"));
    let settings = browser.get("/settings").await.text;
    assert_eq!(settings.matches(" is now called ").count(), 2, "{settings}");
    assert_eq!(settings.matches("Wrong password").count(), 1);
    assert!(settings.contains("Wrong password: 30 times since"), "{settings}");
    assert!(settings.contains("Old phone activated"), "{settings}");
}
