//! The demo and its brokerage: started together, stopped together.

use super::rig::{Running, answers, eventually};

#[tokio::test]
async fn the_demo_starts_it_and_takes_it_along_when_it_stops() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = Running::demo(folder.path());
    let url = demo.text("brokerage_url").to_owned();
    assert!(url.starts_with("http://localhost:"));
    assert!(answers(&url).await);
    for family in ["127.0.0.1", "[::1]"] {
        assert!(answers(&url.replace("localhost", family)).await, "{family}");
    }
    for client in ["client-portal", "web-trader", "payments"] {
        assert!(demo.secret(client).len() >= 43, "{client}");
    }
    assert_eq!(demo.terminate(), 0);
    assert!(!answers(&url).await, "the brokerage outlives its demo");
    // Once more with the same data: the same secrets, so that nothing that was registered becomes wrong.
    let portal = demo.secret("client-portal").to_owned();
    let again = Running::demo(folder.path());
    assert_eq!(again.secret("client-portal"), portal);
}

#[tokio::test]
async fn a_demo_that_dies_does_not_leave_it_running() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = Running::demo(folder.path());
    let url = demo.text("brokerage_url").to_owned();
    assert!(answers(&url).await);
    demo.child.kill().unwrap();
    demo.child.wait().unwrap();
    eventually("the brokerage stops", async || !answers(&url).await).await;
}
