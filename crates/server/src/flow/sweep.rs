//! Ending what time has ended, so that the log tells of it even when nobody comes back to look.

use crate::{
    app::{App, nonce},
    flow::{
        Refused,
        confirm::effects::{Scene, carry_out},
    },
};
use domain::{
    confirmation::{Event, Facts, step},
    lockout::UserFailures,
};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use store::Error;

/// Confirmations ended in one unit of work.
const BATCH: u32 = 100;

/// How long a back end's request that is over is still told apart from one that never was.
const ANSWERED_FOR: Duration = Duration::from_secs(3600);

/// Ends overdue confirmations and sessions, and forgets what is of no more use; the number of confirmations ended.
pub async fn sweep(app: &Arc<App>) -> Result<usize, Refused> {
    let unit_app = Arc::clone(app);
    let ended = app.store.write(move |sql| {
        let now = unit_app.now();
        store::throttle::sweep(sql, now)?;
        crate::flow::phone::activate::sweep(&unit_app, sql, now, BATCH)?;
        crate::flow::phone::invite::sweep(sql, now)?;
        store::request::sweep(sql, now)?;
        store::replay::sweep(sql, now)?;
        store::pin_change::sweep(sql, now)?;
        store::backchannel::sweep(sql, now.minus(ANSWERED_FOR))?;
        crate::flow::login::session::sweep(&unit_app, sql, now, BATCH)?;
        crate::flow::messages::queue::sweep(sql, now)?;
        crate::flow::messages::outbox::sweep(sql, now)?;
        let overdue = store::confirmation::overdue(sql, now, BATCH)?;
        for (user, id) in &overdue {
            let Some(stored) = store::confirmation::by_id(sql, *user, *id)? else { continue };
            let facts = Facts {
                candidates: &[],
                user_failures: &UserFailures::default(),
                unanswered_pushes: 0,
                request_open: false,
                unfamiliar: false,
                policy: &unit_app.settings.policy,
            };
            let before = &stored.confirmation;
            let Ok(taken) = step(before, &Event::TimeElapsed, &facts, now, &nonce()) else { continue };
            if store::confirmation::save(sql, stored.version, &taken.confirmation)? {
                let detail = json!({ "attempt": id.to_string(), "client": before.operation.client });
                let scene = Scene { user: Some(*user), budget: before.budget, now, detail };
                carry_out(&unit_app, sql, &scene, &taken.effects)?;
            }
        }
        Ok::<_, Error>(overdue.len())
    });
    Ok(ended.await?)
}
