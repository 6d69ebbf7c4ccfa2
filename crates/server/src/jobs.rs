//! What the server does by itself, beside answering: for `serve` and `demo` alike.

use crate::{
    app::App,
    delivery::run,
    flow::{oidc::cache, sweep},
};
use std::{sync::Arc, time::Duration};
use store::delivery::Kind;
use tokio::task::JoinSet;

/// How often what time has ended is swept up.
const SWEEP: Duration = Duration::from_secs(15);

/// Starts every job; dropping the set ends them. What one was at is done by the next start, or by another node.
pub fn start(app: &Arc<App>) -> JoinSet<()> {
    let mut jobs = followers(app);
    jobs.spawn(sweeping(Arc::clone(app)));
    jobs
}

/// Starts those that follow what is committed.
pub fn followers(app: &Arc<App>) -> JoinSet<()> {
    let mut jobs = JoinSet::new();
    let (mail, sms) = (app.carriers.mail.is_some(), app.carriers.sms.is_some());
    for kind in Kind::ALL {
        let there = match kind {
            Kind::Logout | Kind::Ping | Kind::Push | Kind::Webhook => true,
            Kind::Mail => mail,
            Kind::Sms => sms,
        };
        if there {
            jobs.spawn(run::run(Arc::clone(app), kind));
        }
    }
    jobs.spawn(cache::follow(Arc::clone(app)));
    jobs
}

async fn sweeping(app: Arc<App>) {
    let mut ticks = tokio::time::interval(SWEEP);
    loop {
        ticks.tick().await;
        if let Err(error) = sweep::sweep(&app).await {
            tracing::warn!(%error, "what time has ended could not be swept up");
        }
    }
}
