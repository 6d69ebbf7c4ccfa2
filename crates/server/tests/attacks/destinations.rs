//! Servers of others that take what they are sent and say nothing.

use super::{
    receiver::Receiver,
    support::{Server, WIDE, queued, until},
};
use countersign::flow::messages::queue::{self, New};
use domain::{Secret, audit::Actor, id::UserId};
use store::delivery::Kind;

/// Queues something for an address.
async fn queue(server: &Server, kind: Kind, count: usize, url: &str) {
    let url = url.to_owned();
    let queued = server.app.work::<_, store::Error, _>(Actor::Server, move |work| {
        for _ in 0..count {
            let new = New {
                user: (kind == Kind::Push).then(|| UserId::from([1; 16])),
                kind,
                client: "rp",
                url: &url,
                bearer: Some(Secret::new("token".to_owned())),
                body: "{}".to_owned(),
                expires_at: None,
            };
            queue::queue(work, new)?;
        }
        Ok(())
    });
    queued.await.unwrap();
}

/// A quarter of the lane.
const SHARE: usize = 16;

/// Whether a silent one has had its share, and since then no more than one at a time (each takes five seconds).
fn has_a_share(silent: &Receiver) -> bool {
    (SHARE..2 * SHARE).contains(&silent.received().len())
}

#[tokio::test]
async fn one_that_is_silent_holds_a_share_and_others_are_served_meanwhile() {
    // Status 0: it takes the request and never answers.
    let silent = Receiver::answering(0).await;
    let other = Receiver::start(&[]).await;
    let server = Server::with(WIDE).await.at_work();
    queue(&server, Kind::Ping, 500, &format!("{}/ping", silent.url)).await;
    silent.wait_for(SHARE).await;
    // Another port is another origin, whatever the path.
    queue(&server, Kind::Ping, 200, &format!("{}/ping", other.url)).await;
    other.wait_for(200).await;
    assert!(has_a_share(&silent), "{}", silent.received().len());
}

#[tokio::test]
async fn what_is_of_another_kind_waits_for_none_of_them() {
    let silent = Receiver::answering(0).await;
    let server = Server::with(WIDE).await.at_work();
    queue(&server, Kind::Ping, 500, &format!("{}/ping", silent.url)).await;
    silent.wait_for(SHARE).await;
    // A push whose phone has no subscription is over as soon as its lane looks at it.
    queue(&server, Kind::Push, 20, "https://push.example").await;
    let over = async || queued(&server).await.iter().all(|waiting| waiting.kind != Kind::Push).then_some(());
    until("pushes wait for no pings", over).await;
    assert!(has_a_share(&silent), "{}", silent.received().len());
}

/// CIBA, 10.2; module `fapi-ciba` and its like answer a ping so.
#[tokio::test]
async fn a_ping_that_is_refused_is_not_sent_again() {
    for (status, sent) in [(401, 1), (403, 1), (404, 1), (400, 1), (500, 2), (429, 2)] {
        let receiver = Receiver::start(&[status]).await;
        let server = Server::with(WIDE).await.at_work();
        queue(&server, Kind::Ping, 1, &format!("{}/ping", receiver.url)).await;
        receiver.wait_for(1).await;
        if sent == 1 {
            super::support::settled(&server).await;
        } else {
            super::support::until_next_try(&server, 1, 1).await;
            receiver.wait_for(2).await;
            super::support::settled(&server).await;
        }
        assert_eq!(receiver.received().len(), sent, "{status}");
    }
}
